// Everything that the language has and this version has not is answered by one message that says so.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;
using testing::project;
using testing::workflow;

struct Later {
  std::string word;  // what the message quotes
  std::string text;
};

std::string field(const std::string& f) {
  return project("", f + "\n");
}
std::string head(const std::string& clause) {
  return project(workflow("send welcome", "enter on downloaded\n" + clause + "\n"));
}
std::string rule(const std::string& r) {
  return project("policy brand {\n" + r + "\n}\n", "", "under brand\n");
}
std::string step(const std::string& s) {
  return project(workflow("send welcome\n" + s + "\nwait 1 day"));
}
std::string choice(const std::string& clause) {
  return step("choose c toward qualified {\n" + clause + "\noption a { send welcome }\noption b { }\n}");
}
std::string segment(const std::string& s) {
  return project("segment asked = " + s + "\n");
}

std::vector<Later> all() {
  return {
      {"role", project("role legal { \"lee@acme.example\" }\n")},
      {"team", project("team sales {\n  \"kim@acme.example\" capacity 30 per week\n}\n")},
      {"score", project("score intent {\n  predict became_mql within 30 days\n  from count(visited, last 14 days), "
                        "contact.plan\n  bands cold below 20%, hot\n}\n")},
      {"points", project("points engagement {\n  +10 when downloaded, last 30 days\n  -20 when idle(60 days)\n}\n")},
      {"connector", project("connector twilio for sms {\n  secret account, token\n  post "
                            "\"https://a.example/{account}\" {\n    form To: to\n  }\n}\n")},
      {"action", project("action create_deal(title: Text, amount: Money) returns { deal: Text } effect write\n")},
      {"model", project("model copywriter { connector openai_compatible  name \"x\"  version \"y\" }\n")},
      {"record campaign", project("record campaign { key name: Text }\n")},
      {"complete", field("city: Text complete 98%")},
      {"fresh", field("score: Number = 0 fresh 24 hours")},
      {"without", project("goal sold {\n  reach became_mql within 9 days\n  without unsubscribed above 0.5%\n}\n")},
      {"reach sum", project("goal sold {\n  reach sum purchased.amount within 60 days\n}\n")},
      {"one of", project("content news {\n  email {\n    subject one of {\n      plain \"a\"\n      urgent \"b\"\n    "
                         "}\n    body \"c\"\n  }\n}\n")},
      {"file", project("content news {\n  email {\n    subject \"a\"\n    body file \"news.html\"\n  }\n}\n")},
      {"write with", project("content news {\n  email {\n    subject \"a\"\n    body write with copywriter {\n      "
                             "prompt \"b\"\n      otherwise file \"c.html\"\n    }\n  }\n}\n")},
      {"default", rule("default forbid")},
      {"require", rule("big: require approval by legal before publish")},
      {"require", rule("fit: require data ready")},
      {"allow", rule("pausing: allow retract")},
      {"ban", rule("claims: ban \"guaranteed\", \"risk free\" in content")},
      {"keep", rule("kept: keep audit 730 days")},
      {"forbid deciding", rule("fair: forbid deciding on protected")},
      {"forbid sending", rule("no_leak: forbid sending private to retargeting")},
      {"forbid publish", rule("no_ads: forbid publish")},
      {"limit spend", rule("spend: limit spend to $10_000 per month")},
      {"limit weight", rule("learning: limit weight moves to 20% per day")},
      {"share", rule("frequency: limit messages to 5 per 7 days per contact, share nurture 3")},
      {"waivable", rule("nights: forbid send between 21:00 and 08:00 otherwise defer waivable by legal")},
      {"otherwise hold", rule("nights: forbid send between 21:00 and 08:00 otherwise hold for legal")},
      {"otherwise stop", rule("nights: forbid send between 21:00 and 08:00 otherwise stop")},
      {"prove", rule("no_consent: prove forbid send when channel.consent is not given")},
      {"budget", head("budget $2_000 per month")},
      {"pause", head("pause when rate(complained per sent, last 7 days) > 0.1%")},
      {"rollout", head("rollout shadow 3 days, 5% for 7 days, then 100% with approval by legal")},
      {"waive", head("waive brand.nights until 2027-01-31 because \"opted in\"")},
      {"enter when", head("enter when hot")},
      {"enter every", head("enter every 1 day at 06:00")},
      {"enter by", head("enter by hand")},
      {"at most", project(workflow("send welcome", "enter on downloaded at most 500 per day\n"))},
      {"for campaign", project("workflow ads for campaign {\n  enter on downloaded\n  steps { stop }\n}\n")},
      {"approve", step("approve by legal up to 2 days {\n  send welcome\n}\notherwise { stop }")},
      {"do", step("do create_deal(title: \"Inbound\", amount: contact.mrr)")},
      {"let", step("let deal = do create_deal(title: \"Inbound\")")},
      {"assign", step("assign to sales by least loaded")},
      {"repeat", step("repeat up to 5 times every 7 days until contact.vip {\n  send welcome\n}")},
      {"for each", step("for each campaign where budget > $5 {\n  stop\n}")},
      {"allocate", step("allocate $10_000 per week across campaign where vip {\n  each between 5% and 50%\n}")},
      {"follow", step("follow winback")},
      {"split",
       step("split subject_test {\n  variant a 50% { send welcome }\n  variant b 50% { }\n  adopt when sure\n}")},
      {"plan", step("plan path toward qualified {\n  at most 6 plays, at least 2 days apart\n  stage aware\n  play "
                    "educate { send welcome }\n}")},
      {"by best", step("send welcome by best of email, sms")},
      {"at best", step("send welcome at best hour between 08:00 and 20:00")},
      {"at best", step("send welcome by email at best hour")},
      {"forget", choice("forget with half-life 30 days")},
      {"move", choice("move at most 10% per day with approval by legal beyond")},
      {"at least", step("choose c toward qualified {\noption a at least 10% { send welcome }\noption b { }\n}")},
      {"at most",
       step("choose c toward qualified {\noption a start 10% at most 50% { send welcome }\noption b { }\n}")},
      {"sum", segment("sum(purchased.amount, last 30 days) > $5")},
      {"last", segment("last(downloaded).asset == \"guide\"")},
      {"since last", segment("since last(downloaded) > 3 days")},
      {"idle", segment("idle(30 days)")},
      {"rate", segment("rate(complained per sent, last 7 days) > 0.1%")},
      {"last", project("content news {\n  email {\n    subject \"You read {last(downloaded).asset or \"it\"}\"\n    "
                       "body \"a\"\n  }\n}\n")},
      {"release", project("content news {\n  email {\n    subject \"{release contact.country because \"it is "
                          "fine\"}\"\n    body \"a\"\n  }\n}\n")},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(later_test)

BOOST_AUTO_TEST_CASE(one_message_names_it) {
  for (const Later& later : all()) {
    const Compiled compiled = testing::compile_text(later.text);
    BOOST_TEST_CONTEXT(later.word << " in:\n"
                                  << later.text.substr(later.text.find("content welcome")) << "\n"
                                  << testing::rendered(compiled)) {
      BOOST_REQUIRE(compiled.diagnostics.size() == 1U);
      const grammar::Diagnostic& d = compiled.diagnostics.front();
      BOOST_TEST((d.code == Code::not_supported || d.code == Code::no_prover));
      BOOST_TEST(
          d.message ==
          fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", later.word));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_page_lists_it) {
  const std::string page = testing::read_text(std::string(FAIRLEAD_SOURCE_DIR) + "/docs/language.md");
  const std::size_t list = page.find("\n## Not yet");
  BOOST_REQUIRE(list != std::string::npos);
  for (const Later& later : all()) {
    const std::string word = later.word.substr(0, later.word.find(' '));
    BOOST_TEST(page.find(word, list) != std::string::npos, "docs/language.md does not list " << later.word);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
