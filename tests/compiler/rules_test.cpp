// Rules and heads of workflows: what they become in the module, what they mean, and what is known because of them.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using bytecode::Module;
using bytecode::Otherwise;
using bytecode::Period;
using bytecode::RuleKind;
using grammar::Code;
using testing::codes_of;
using testing::compile_text;
using testing::project;
using testing::workflow;

Module module_of(const std::string& text) {
  Compiled compiled = compile_text(text);
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled));
  const std::string bytes = bytecode::encode(*compiled.module);
  const Result<Module> again = bytecode::decode(bytes);
  BOOST_REQUIRE_MESSAGE(again.has_value(), describe(again.error()));
  BOOST_TEST((*again == *compiled.module));
  BOOST_TEST(!bytecode::disassemble(*again).empty());
  return std::move(*compiled.module);
}

const std::string sms =
    "channel sms {\n  to contact.email\n  consent not needed because \"a test\"\n  content { text: Text }\n}\n";

/// A policy `house` over a workflow with these steps.
std::string under(const std::string& rules, const std::string& steps = "send welcome",
                  const std::string& head = "enter on downloaded\n", const std::string& fields = "") {
  return project(sms + "policy house {\n" + rules + "\n}\n" + workflow(steps, head), fields, "under house\n");
}

bytecode::Rule rule_of(const std::string& rule) {
  const Module module = module_of(under("r: " + rule));
  BOOST_REQUIRE(module.rules.size() == 1U);
  BOOST_TEST(module.rules[0].name == "house.r");
  BOOST_TEST(module.rules[0].text == rule);
  return module.rules[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_test)

BOOST_AUTO_TEST_CASE(every_verb_is_lowered) {
  const auto several = rule_of("forbid send by email, sms otherwise stop");
  BOOST_TEST((several.kind == RuleKind::forbid));
  BOOST_TEST(several.channels.size() == 2U);
  BOOST_TEST((several.otherwise == Otherwise::stop));
  const auto spend = rule_of("limit spend to $10_000 per month");
  BOOST_TEST((spend.kind == RuleKind::spend));
  BOOST_TEST(spend.amount.to_string() == "10000");
  BOOST_TEST((spend.period == Period::month));
  BOOST_TEST(spend.whole_project);
  BOOST_TEST(!rule_of("limit spend to $5 per week per contact").whole_project);
  const auto moves = rule_of("limit weight moves to 20% per day");
  BOOST_TEST((moves.kind == RuleKind::moves));
  BOOST_TEST(moves.amount.to_string() == "0.2");
  const auto deciding = rule_of("forbid deciding on protected");
  BOOST_TEST((deciding.kind == RuleKind::deciding));
  BOOST_TEST((deciding.label == bytecode::Label::guarded));
  const auto sending = rule_of("forbid sending private to sms, email");
  BOOST_TEST((sending.kind == RuleKind::sending));
  BOOST_TEST(sending.channels.size() == 2U);
  const auto kept = rule_of("keep audit 730 days");
  BOOST_TEST((kept.kind == RuleKind::keep));
  BOOST_TEST(kept.window.ms == days(730).ms);
  BOOST_TEST((rule_of("require data ready").kind == RuleKind::data));
  BOOST_TEST((rule_of("allow retract").effect == bytecode::Effect::retract));
  BOOST_TEST((rule_of("forbid spend when amount > $500").when != bytecode::none));
  BOOST_TEST((rule_of("forbid publish when workflow is nurture").effect == bytecode::Effect::publish));
  const auto ban = rule_of("ban \"guaranteed\", \"risk free\" in email, sms");
  BOOST_TEST(ban.words.size() == 2U);
  BOOST_TEST(ban.channels.size() == 2U);
  BOOST_TEST(rule_of("ban \"guaranteed\" in content").channels.empty());
  const auto word = rule_of("require \"here\" in email");
  BOOST_TEST((word.kind == RuleKind::words));
  BOOST_TEST(!word.hole);
  BOOST_TEST(rule_of("limit messages to 3 per hour").window.ms == hours(1).ms);
  BOOST_TEST(rule_of("limit messages to 30 per day per project").whole_project);
  const auto shared = rule_of("limit messages to 5 per 7 days per contact, share nurture 3");
  BOOST_REQUIRE(shared.shares.size() == 1U);
  BOOST_TEST(shared.shares[0].count == 3U);
}

BOOST_AUTO_TEST_CASE(a_hash_is_of_the_meaning) {
  const auto hash = [](const std::string& rules) { return module_of(under(rules)).rules[0].hash; };
  const Hash plain = hash("a: forbid send when contact.vip and contact.visits > 3");
  BOOST_TEST((hash("b: forbid  send when contact.vip and contact.visits>3 because \"sleep\"") == plain));
  BOOST_TEST((hash("a: forbid send when contact.vip and contact.visits > 4") != plain));
  BOOST_TEST((hash("a: forbid send when contact.vip or contact.visits > 3") != plain));
  BOOST_TEST((hash("a: forbid send by email when contact.vip and contact.visits > 3") != plain));
  BOOST_TEST((hash("a: forbid send when contact.vip and contact.visits > 3 otherwise stop") != plain));
  BOOST_TEST((hash("a: ban \"Risk-free\" in content") == hash("a: ban \"risk free\" in content")));
  BOOST_TEST((hash("a: limit messages to 5 per week") != hash("a: limit messages to 5 per 7 days")));
  // What a segment means is what the rule means.
  const auto of_segment = [](const std::string& segment) {
    return module_of(project("segment odd = " + segment + "\npolicy house { a: forbid send when contact is odd }\n" +
                                 workflow("send welcome"),
                             "", "under house\n"))
        .rules[0]
        .hash;
  };
  BOOST_TEST((of_segment("contact.visits > 3") != of_segment("contact.visits > 4")));
  BOOST_TEST((of_segment("contact.visits > 3") == of_segment("contact.visits  >  3")));
}

BOOST_AUTO_TEST_CASE(hours_and_the_message_itself_are_the_clocks_alone) {
  const auto by_clock = [](const std::string& condition) {
    const Module module = module_of(under("r: forbid send " + condition + " otherwise defer up to 3 days"));
    return module.rules[0].clock_only;
  };
  BOOST_TEST(by_clock("between 21:00 and 08:00"));
  BOOST_TEST(by_clock("between 21:00 and 08:00 when not content.transactional"));
  BOOST_TEST(by_clock("when channel is email and not now between 08:00 and 21:00"));
  BOOST_TEST(!by_clock("when content is welcome"));
  BOOST_TEST(!by_clock("between 21:00 and 08:00 when channel.consent is not given"));
  BOOST_TEST(!by_clock("between 21:00 and 08:00 when contact.vip"));
}

BOOST_AUTO_TEST_CASE(banned_words_are_found_in_what_is_fixed) {
  const auto banned = [](const std::string& body, const std::string& word = "risk free") {
    return codes_of(project("policy house { claims: ban \"" + word +
                                "\" in content }\ncontent offer { email { subject "
                                "\"Offer\" body \"" +
                                body + "\" } }\n" + workflow("send offer"),
                            "", "under house\n"));
  };
  const std::vector<Code> broken{Code::rule_broken};
  BOOST_TEST((banned("It is Risk  Free today") == broken));
  BOOST_TEST((banned("Risk-\\nfree, {contact.country}") == broken));
  BOOST_TEST((banned("{contact.first_name or \"risk free friend\"}") == broken));
  BOOST_TEST((banned("{\"risk\"}{\" free\"}").empty()));  // between holes it is looked for when the message goes out
  BOOST_TEST((banned("A risk. Free!").empty()));
  BOOST_TEST((banned("riskfree").empty()));
  // Only what a bound workflow sends.
  BOOST_TEST(codes_of(project("policy house { claims: ban \"risk free\" in content }\ncontent offer { email { subject "
                              "\"Offer\" body \"risk free\" } }\n" +
                                  workflow("send welcome"),
                              "", "under house\n"))
                 .empty());
}

BOOST_AUTO_TEST_CASE(words_that_are_there_and_goals_that_say_enough) {
  BOOST_TEST(codes_of(under("r: prove require \"here it is\" in email")).empty());
  BOOST_TEST(codes_of(under("r: require link in sms")).empty());  // nothing goes by sms
  BOOST_TEST(
      codes_of(project("policy house { r: require link in email }\ncontent offer { email { subject \"Offer\" body "
                       "\"{link(\"https://a.example\")}\" } }\n" +
                           workflow("send offer"),
                       "", "under house\n"))
          .empty());
  // A receipt needs no way out of it.
  BOOST_TEST(
      codes_of(project("policy house { r: require link in email }\ncontent receipt transactional { email { subject "
                       "\"Receipt\" body \"Thanks\" } }\n" +
                           workflow("send receipt"),
                       "", "under house\n"))
          .empty());
  const std::string goal = "goal bought { reach became_mql within 3 days\n baseline 3%\n target 4%\n holdout 5% }\n";
  const auto goals = [&](const std::string& rule) {
    return codes_of(project(goal + "policy house { r: " + rule + " }\n" +
                                workflow("choose c { explore at least 2% option a { } option b { } }",
                                         "enter on downloaded\ntoward bought\n"),
                            "", "under house\n"));
  };
  BOOST_TEST(goals("prove require goal with baseline, target, holdout of at least 5%").empty());
  BOOST_TEST((goals("require goal with holdout of at least 5.1%") == std::vector<Code>{Code::rule_broken}));
  BOOST_TEST(goals("require every choose to explore at least 2%").empty());
  BOOST_TEST((goals("prove require every choose to explore at least 3%") == std::vector<Code>{Code::rule_broken}));
}

BOOST_AUTO_TEST_CASE(what_no_rule_allows_does_not_compile) {
  BOOST_TEST((codes_of(under("default forbid")) == std::vector<Code>{Code::not_allowed}));
  BOOST_TEST((codes_of(under("default forbid\nr: allow send by sms")) == std::vector<Code>{Code::not_allowed}));
  BOOST_TEST((codes_of(under("default forbid\nr: allow publish")) == std::vector<Code>{Code::not_allowed}));
  BOOST_TEST(codes_of(under("default forbid\nr: allow send by email, sms")).empty());
  BOOST_TEST(codes_of(under("default forbid\nr: allow send when contact.vip")).empty());  // asked at the act
}

BOOST_AUTO_TEST_CASE(sums_of_the_library_are_in_the_currency_of_the_project) {
  const Module module = module_of(
      "use std.channels\nuse std.policies.spend_control\nuse std.policies.agent_autonomy\nproject p {\ntime zone "
      "\"Europe/Oslo\"\ncurrency EUR\nunder spend_control, agent_autonomy\n}\nrecord contact { key email: Email, "
      "consent: { email: Consent } }\nrole marketing_lead { \"ana@acme.example\" }\nevent downloaded\naction "
      "top_up(sum: "
      "Money in EUR) effect spend sum\nworkflow w for contact {\nenter on downloaded\nsteps { do top_up(sum: €300) "
      "}\n}\n");
  const auto daily = std::find_if(module.rules.begin(), module.rules.end(),
                                  [](const bytecode::Rule& rule) { return rule.name == "spend_control.daily"; });
  BOOST_REQUIRE((daily != module.rules.end()));
  BOOST_TEST(daily->amount.to_string() == "1000");
}

BOOST_AUTO_TEST_CASE(heads_are_lowered) {
  const Module module = module_of(project(
      "segment keen = count(visited, last 7 days) >= 3\nsegment stale = not seen(visited, last 7 days)\n" +
      workflow("send welcome",
               "enter on downloaded, visited at most 500 per day\nenter when keen at most 5 per 7 days\nenter when "
               "stale\nenter by hand\nbudget $2_000 per month\nrollout shadow 3 days, 5% for 7 days when lift above 0% "
               "at 95%, then 100%\n")));
  const bytecode::Workflow& w = module.workflows[0];
  BOOST_REQUIRE(w.head.entries.size() == 4U);
  BOOST_TEST((w.head.entries[0].triggers == std::vector<bytecode::Index>{0, 1}));
  BOOST_TEST(w.head.entries[0].at_most->most.to_string() == "500");
  BOOST_TEST((w.head.entries[0].at_most->period == Period::day));
  BOOST_TEST(!w.head.entries[1].by_clock);
  BOOST_TEST(w.head.entries[2].by_clock);
  BOOST_TEST(w.head.budget->most.to_string() == "2000");
  BOOST_REQUIRE(w.head.rollout.size() == 3U);
  BOOST_TEST(w.head.rollout[0].shadow);
  BOOST_TEST(w.head.rollout[1].confidence.to_string() == "0.95");
  BOOST_TEST(w.head.rollout[2].share.to_string() == "1");
  const Module nobody = module_of(project(workflow("wait 1 day", "enter every 1 day at 06:00\n").replace(17, 12, "")));
  BOOST_TEST(nobody.workflows[0].subject.empty());
  BOOST_TEST(nobody.workflows[0].head.entries[0].at->second == 6 * 3600);
}

BOOST_AUTO_TEST_CASE(what_leaving_vouches_for_survives_waits) {
  const std::string note = "content note(n: Number) { email { subject \"a\" body \"{n}\" } }\n";
  const auto with = [&](const std::string& head, const std::string& steps) {
    return codes_of(
        project(note + workflow(steps, "enter on downloaded\n" + head), "score: Number?\nother: Number?\n"));
  };
  const std::vector<Code> absent{Code::optional_used};
  const std::string use = "send note(n: contact.score)\n";
  BOOST_TEST((with("", use) == absent));
  BOOST_TEST(with("leave when not contact.score exists\n", use).empty());
  BOOST_TEST(with("leave when contact.vip or not contact.score exists\n", use + "wait 1 day\n" + use).empty());
  BOOST_TEST((with("leave when contact.vip and not contact.score exists\n", use) == absent));
  // Written to, it is not known until leaving is asked again.
  BOOST_TEST((with("leave when not contact.score exists\n", "set contact.score = contact.other\n" + use) == absent));
  BOOST_TEST(
      with("leave when not contact.score exists\n", "set contact.score = contact.other\nwait 1 day\n" + use).empty());
  // A condition that may fail instead of holding vouches for nothing.
  BOOST_TEST((with("leave when contact.visits / contact.visits > 2 or not contact.score exists\n", use) == absent));
  // An event is looked at before leaving is asked.
  BOOST_TEST((with("leave when not contact.score exists\n",
                   "wait up to 1 day for visited where contact.score > 3 { } otherwise { }\n") == absent));
}

BOOST_AUTO_TEST_CASE(what_every_entry_says_is_known_at_the_first_step) {
  const std::string note = "content note(n: Number) { email { subject \"a\" body \"{n}\" } }\n";
  const auto with = [&](const std::string& head, const std::string& steps) {
    return codes_of(project(note + "segment scored = contact.score exists and contact.vip\n" + workflow(steps, head),
                            "score: Number?\n"));
  };
  const std::vector<Code> absent{Code::optional_used};
  BOOST_TEST(with("enter on downloaded where pages exists\n", "wait 1 day\nsend note(n: event.pages)").empty());
  BOOST_TEST(with("enter on downloaded where event.pages exists\n", "send note(n: event.pages)").empty());
  BOOST_TEST(
      (with("enter on downloaded where pages exists\nenter on downloaded\n", "send note(n: event.pages)") == absent));
  BOOST_TEST(with("enter on downloaded where contact.score exists\n", "send note(n: contact.score)").empty());
  BOOST_TEST(
      (with("enter on downloaded where contact.score exists\n", "wait 1 day\nsend note(n: contact.score)") == absent));
  BOOST_TEST(with("enter when scored\n", "send note(n: contact.score)").empty());
  BOOST_TEST((with("enter when scored\nenter by hand\n", "send note(n: contact.score)") == absent));
  // Where not every entry has an event, there is none.
  BOOST_TEST((with("enter on downloaded\nenter by hand\n", "if event.asset == \"a\" { stop }") ==
              std::vector<Code>{Code::event_not_here}));
}

BOOST_AUTO_TEST_CASE(a_message_that_may_be_put_off_makes_facts_old) {
  BOOST_TEST(codes_of(under("r: forbid send between 21:00 and 08:00 otherwise skip",
                            "if contact.mrr exists {\nsend welcome\nif contact.mrr > $3 { stop }\n}"))
                 .empty());
  BOOST_TEST((codes_of(under("r: forbid send between 21:00 and 08:00 otherwise defer",
                             "if contact.mrr exists {\nsend welcome\nif contact.mrr > $3 { stop }\n}")) ==
              std::vector<Code>{Code::optional_used}));
  BOOST_TEST(codes_of(under("r: forbid send by sms between 21:00 and 08:00 otherwise defer",
                            "if contact.mrr exists {\nsend welcome\nif contact.mrr > $3 { stop }\n}"))
                 .empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
