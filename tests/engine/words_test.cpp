// What a rule holds until somebody in its role has said yes to exactly it: to whom it is shown, what a word is good
// for, and how the waiting ends without one.
#include "tests/engine/asked.hpp"

namespace fairlead::engine::testing {
namespace {

using Ended = audit::ApprovalEnded::Result;

const std::string ann = "ann@a.example";
const std::string lee = "lee@a.example";
const std::string head =
    "role legal { \"lee@a.example\", \"a@acme.example\" }\nrole lead { \"kim@a.example\" }\n"
    "action create_deal(title: Text, worth: Number) returns { deal: Text } effect write\n"
    "action pay(sum: Money) effect spend sum\naction launch(what: Text) effect publish\n"
    "action pause(what: Text) effect retract\n"
    "content hello { email { subject \"Hi\" body \"You are on {contact.plan}.\" } }\n";

std::string under(const std::string& rules, const std::string& steps, const std::string& enter = "enter on joined",
                  const std::string& goal = "") {
  return project(head + workflow(steps, enter), "under brand", goal) + "policy brand {\n" + rules + "\n}\n";
}

const std::string norway = "r: require approval by legal before send by email when contact.country == \"NO\"";

std::vector<Ended> ends(World& world) {
  std::vector<Ended> out;
  for (const auto& [when, ended] : world.said<audit::ApprovalEnded>()) out.push_back(ended.result);
  return out;
}

void joins(World& world, const Words& words) {
  world.contact(ann, words);
  world.event(ann, "joined");
}

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(it_is_shown_and_goes_out_with_the_word) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "NO"}, {"plan", "pro"}});
  BOOST_TEST(calls(world).empty());
  const auto rows = asked(world);
  BOOST_REQUIRE(rows.size() == 1U);
  const auto shown = nlohmann::json::parse(rows[0].payload);
  BOOST_TEST(shown["role"] == "legal");
  BOOST_TEST(shown["rule"] == "brand.r");
  BOOST_TEST(shown["step"] == "nurture/send hello#1");
  BOOST_TEST(!shown.contains("until"));
  BOOST_REQUIRE(shown["effects"].size() == 1U);
  BOOST_TEST(shown["effects"][0]["body"] == "You are on pro.");
  // It is asked for once, however long it takes.
  world.pass(days(3));
  BOOST_TEST(calls(world).empty());
  BOOST_TEST(world.said<audit::ApprovalAsked>().size() == 1U);
  say(world, "kim@a.example", true);
  say(world, "a@acme.example", true);  // owns the workflow
  BOOST_TEST(calls(world).empty());
  const auto refused = world.said<audit::Refused>();
  BOOST_REQUIRE(refused.size() == 2U);
  BOOST_TEST(refused[0].second.reason == "who says so is not in the role legal");
  BOOST_TEST(refused[1].second.reason == "who asks does not approve");
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, ping");
  BOOST_TEST(asked(world).empty());
  const auto ended = world.said<audit::ApprovalEnded>();
  BOOST_REQUIRE(ended.size() == 1U);
  BOOST_TEST((ended[0].second.result == Ended::approved));
  BOOST_TEST(ended[0].second.by == lee);
  BOOST_TEST(ended[0].second.because == "because of it");
  const auto kept = must(world.store->outbox(rows[0].key));
  BOOST_REQUIRE(kept.has_value());
  BOOST_TEST(kept->payload.empty());  // what was shown is personal
  // It was used once, and nothing of it is left.
  BOOST_TEST(world.cell(ann).words.empty());
  must(world.store->verify());
}

BOOST_AUTO_TEST_CASE(whom_the_rule_is_not_about_waits_for_nobody) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "SE"}});
  BOOST_TEST(calls(world) == "hello, ping");
  BOOST_TEST(world.said<audit::ApprovalAsked>().empty());
}

BOOST_AUTO_TEST_CASE(a_no_leaves_it_out) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "NO"}});
  say(world, lee, false);
  BOOST_TEST(calls(world) == "ping");
  BOOST_TEST((ends(world) == std::vector{Ended::rejected}));
  const auto guarded = world.said<audit::Guarded>();
  BOOST_REQUIRE(guarded.size() == 1U);
  BOOST_TEST(guarded[0].second.rule == "brand.r");
  BOOST_TEST((guarded[0].second.action == audit::Guarded::Action::skipped));
  world.pass(days(3));
  BOOST_TEST(calls(world) == "ping");
}

BOOST_AUTO_TEST_CASE(a_word_is_for_what_was_shown) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "NO"}, {"plan", "free"}});
  world.contact(ann, {{"plan", "pro"}});
  say(world, lee, true);
  BOOST_TEST(calls(world).empty());
  BOOST_TEST((ends(world) == std::vector{Ended::changed}));
  // It is shown as it is now, and they look again.
  BOOST_REQUIRE(asked(world).size() == 1U);
  BOOST_TEST(nlohmann::json::parse(asked(world)[0].payload)["effects"][0]["body"] == "You are on pro.");
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, ping");
  BOOST_TEST(world.provider.sent.at(0).body == "You are on pro.");
}

BOOST_AUTO_TEST_CASE(other_rules_want_another_word) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "NO"}});
  world.deploy(under(norway + "\nmore: limit messages to 9 per day", "send hello\nsend ping"));
  say(world, lee, true);
  BOOST_TEST(calls(world).empty());
  BOOST_TEST((ends(world) == std::vector{Ended::changed}));
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, ping");
}

BOOST_AUTO_TEST_CASE(how_long_it_is_held_is_as_the_rule_says_now) {
  const std::string steps = "send hello\nsend ping";
  const std::string held = "r: forbid send by email when contact.country == \"NO\" otherwise hold for legal";
  World world(under(held, steps));
  joins(world, {{"country", "NO"}});
  BOOST_TEST(!nlohmann::json::parse(asked(world).at(0).payload).contains("until"));
  world.deploy(under(held + " up to 2 hours", steps));
  say(world, lee, true);  // of what was shown under the old rule; it is shown anew
  BOOST_TEST(asked(world).at(0).payload.find("\"until\"") != std::string::npos);
  // All in one millisecond: each question is one of its own.
  world.deploy(under(held, steps));
  say(world, lee, true);
  BOOST_TEST(!nlohmann::json::parse(asked(world).at(0).payload).contains("until"));
  world.deploy(under(held + " up to 2 hours", steps));
  say(world, lee, true);
  world.pass(hours(3));
  BOOST_TEST(calls(world) == "ping");
  BOOST_TEST((ends(world).back() == Ended::lapsed));
}

BOOST_AUTO_TEST_CASE(without_the_rule_nothing_is_held) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "NO"}});
  world.deploy(under("other: limit messages to 9 per day", "send hello\nsend ping"));
  world.pass(hours(1));
  BOOST_TEST(calls(world) == "hello, ping");
  BOOST_TEST(asked(world).empty());
}

BOOST_AUTO_TEST_CASE(it_is_held_for_as_long_as_its_condition_holds) {
  World world(under(norway, "send hello\nsend ping"));
  joins(world, {{"country", "NO"}});
  world.contact(ann, {{"country", "SE"}});
  world.pass(hours(1));
  BOOST_TEST(calls(world) == "hello, ping");
  BOOST_TEST((ends(world) == std::vector{Ended::changed}));
  BOOST_TEST(asked(world).empty());
}

BOOST_AUTO_TEST_CASE(who_leaves_is_not_asked_about_any_more) {
  World world(under(norway, "send hello\nsend ping", "enter on joined\nleave on purchased"));
  joins(world, {{"country", "NO"}});
  world.event(ann, "purchased");
  BOOST_TEST((ends(world) == std::vector{Ended::left}));
  BOOST_TEST(asked(world).empty());
  BOOST_TEST(world.cell(ann).words.empty());
  world.pass(days(1));
  BOOST_TEST(calls(world).empty());
}

BOOST_AUTO_TEST_CASE(any_rule_may_hold_for_a_role_and_a_time) {
  for (const char* rule :
       {"r: forbid send by email when contact.country == \"NO\" otherwise hold for legal up to 2 days",
        "r: limit messages to 1 per 7 days per contact otherwise hold for legal up to 2 days"}) {
    for (const bool word : {false, true}) {
      World world(under(rule, "send ping\nsend hello"));
      joins(world, {{"country", "NO"}});
      BOOST_REQUIRE(asked(world).size() == 1U);
      BOOST_TEST(nlohmann::json::parse(asked(world)[0].payload)["until"] == "2026-01-07T12:00:00Z");
      world.pass(hours(47));
      BOOST_TEST(calls(world) == "ping");
      if (word) say(world, lee, true);
      world.pass(hours(2));
      BOOST_TEST(calls(world) == (word ? "ping, hello" : "ping"));
      BOOST_TEST((ends(world) == std::vector{word ? Ended::approved : Ended::lapsed}));
      BOOST_TEST(world.cell(ann).instances.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_shown_anew_is_not_held_for_longer) {
  World world(under("r: forbid send by email when contact.country == \"NO\" otherwise hold for legal up to 2 days",
                    "send hello"));
  joins(world, {{"country", "NO"}, {"plan", "free"}});
  world.pass(hours(40));
  world.contact(ann, {{"plan", "pro"}});
  say(world, lee, true);
  BOOST_REQUIRE(asked(world).size() == 1U);
  BOOST_TEST(nlohmann::json::parse(asked(world)[0].payload)["until"] == "2026-01-07T12:00:00Z");
  world.pass(hours(9));
  BOOST_TEST((ends(world) == std::vector{Ended::changed, Ended::lapsed}));
  BOOST_TEST(calls(world).empty());
}

BOOST_AUTO_TEST_CASE(money_is_held_too_and_set_aside_when_it_goes) {
  World world(under("r: limit spend to $100 per month otherwise hold for legal", "do pay(sum: $80)\nsend ping"));
  world.contact("bob@a.example");
  world.event("bob@a.example", "joined");
  BOOST_TEST(calls(world) == "pay, ping");
  joins(world, {});
  BOOST_TEST(calls(world) == "pay, ping");
  say(world, lee, true);
  BOOST_TEST(calls(world) == "pay, ping, pay, ping");
}

BOOST_AUTO_TEST_CASE(every_role_is_asked_in_its_turn) {
  World world(under(norway + "\nl: require approval by lead before send when contact.plan is pro", "send hello"));
  joins(world, {{"country", "NO"}, {"plan", "pro"}});
  BOOST_REQUIRE(asked(world).size() == 1U);
  say(world, lee, true);
  BOOST_TEST(calls(world).empty());
  BOOST_REQUIRE(asked(world).size() == 1U);
  BOOST_TEST(nlohmann::json::parse(asked(world)[0].payload)["role"] == "lead");
  say(world, "kim@a.example", true);
  BOOST_TEST(calls(world) == "hello");
}

BOOST_AUTO_TEST_CASE(an_approval_around_it_is_the_word) {
  World world(under(norway, "approve by legal up to 2 days { send hello } otherwise { }\nsend ping"));
  joins(world, {{"country", "NO"}});
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, ping");
  BOOST_TEST(world.said<audit::ApprovalAsked>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_approval_by_somebody_else_is_not) {
  World world(under(norway, "approve by lead up to 2 days { send hello } otherwise { }\nsend ping"));
  joins(world, {{"country", "NO"}});
  say(world, "kim@a.example", true);
  BOOST_TEST(calls(world).empty());
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, ping");
}

BOOST_AUTO_TEST_CASE(what_was_approved_may_still_have_to_wait_for_the_morning) {
  World world(
      under(norway + "\nnight: forbid send between 21:00 and 08:00 otherwise defer up to 12 hours", "send hello"),
      {.start = "2026-01-06T02:30Z", .stride = hours(1)});  // 03:30 in Oslo
  world.contact(ann, {{"country", "NO"}});
  world.event(ann, "joined");
  world.pass(hours(24));
  BOOST_TEST(calls(world) == "");
  say(world, lee, true);
  BOOST_TEST(calls(world) == "");  // 03:30
  world.pass(hours(13));
  BOOST_TEST(calls(world) == "hello");
  BOOST_TEST(world.said<audit::ApprovalAsked>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_who_is_held_out) {
  World world(
      under(norway, "send hello\nset contact.stage = done", "toward qualified\nenter on joined", "holdout 100%"),
      {.holdout = true});
  joins(world, {{"country", "NO"}});
  BOOST_TEST(asked(world).empty());
  BOOST_TEST(world.field(ann, "stage") == "done");
  const auto said = world.said<audit::ApprovalAsked>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].second.suppressed);
}

BOOST_AUTO_TEST_CASE(calls_are_held_with_their_arguments) {
  for (const bool yes : {false, true}) {
    World world(under("r: require approval by legal before do create_deal when worth > 10 and contact.plan is pro",
                      "let d = do create_deal(title: \"For {contact.email}\", worth: 12.5)\nsend ping"));
    joins(world, {{"plan", "pro"}});
    BOOST_TEST(calls(world).empty());
    BOOST_REQUIRE(asked(world).size() == 1U);
    const auto shown = nlohmann::json::parse(asked(world)[0].payload);
    BOOST_TEST(shown["effects"][0]["arguments"]["title"] == "For ann@a.example");
    world.pass(hours(5));
    BOOST_TEST(calls(world).empty());
    say(world, lee, yes);
    BOOST_TEST(calls(world) == (yes ? "create_deal, ping" : "ping"));
  }
}

BOOST_AUTO_TEST_CASE(it_outlives_a_restart) {
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(under(norway + "\nl: require approval by lead before send when contact.plan is pro", "send hello"),
                {.path = folder.file("a.db")});
    joins(world, {{"country", "NO"}, {"plan", "pro"}});
    if (checkpoint) must(world.engine->checkpoint());
    world.reopen();
    say(world, lee, true);
    if (checkpoint) must(world.engine->checkpoint());
    world.reopen();
    BOOST_TEST(calls(world).empty());
    say(world, "kim@a.example", true);
    BOOST_TEST(calls(world) == "hello");
    must(world.store->verify());
  }
}

BOOST_AUTO_TEST_SUITE_END()

// ---- rules about calls

BOOST_AUTO_TEST_SUITE(rules_of_calls)

BOOST_AUTO_TEST_CASE(each_effect_is_forbidden_by_its_name_and_under_a_condition) {
  const std::string steps =
      "do pay(sum: $9)\ndo pay(sum: $90)\ndo launch(what: \"a\")\ndo pause(what: \"a\")\n"
      "do create_deal(title: \"a\", worth: 3)\ndo create_deal(title: \"b\", worth: 4)";
  for (const auto& [rule, left] :
       {std::pair("forbid spend when amount > $10", "pay, launch, pause, create_deal, create_deal"),
        {"forbid spend when contact.plan is pro", "pay, pay, launch, pause, create_deal, create_deal"},
        {"forbid publish", "pay, pay, pause, create_deal, create_deal"},
        {"forbid retract when workflow is nurture", "pay, pay, launch, create_deal, create_deal"},
        {"forbid write when contact.plan is free", "pay, pay, launch, pause"},
        {"forbid do create_deal when title == \"b\"", "pay, pay, launch, pause, create_deal"},
        {"forbid do create_deal when worth < 4 otherwise stop", "pay, pay, launch, pause"}}) {
    World world(under(std::string("r: ") + rule, steps));
    joins(world, {});
    BOOST_TEST(calls(world) == left, rule);
  }
}

BOOST_AUTO_TEST_CASE(what_no_rule_allows_is_not_called) {
  World world(
      under("default forbid\na: allow spend when amount < $10\nb: allow publish when contact.plan is pro\n"
            "c: allow retract",
            "do pay(sum: $9)\ndo pay(sum: $90)\ndo launch(what: \"a\")\ndo pause(what: \"a\")"));
  joins(world, {});
  BOOST_TEST(calls(world) == "pay, pause");
  BOOST_TEST(world.tallies().rules.at("brand.default forbid").skipped == 2U);
}

BOOST_AUTO_TEST_CASE(a_call_waits_for_its_hour) {
  World world(under("r: forbid publish between 06:00 and 09:00 otherwise defer", "do launch(what: \"a\")\nsend ping"));
  joins(world, {});
  BOOST_TEST(calls(world).empty());
  world.pass(hours(1));
  BOOST_TEST(calls(world).empty());
  world.pass(hours(2));
  BOOST_TEST(calls(world) == "launch, ping");
}

BOOST_AUTO_TEST_CASE(rules_are_asked_again_when_a_call_is_handed_over) {
  // The first try fails; before the second the contact is another, and so the rule speaks.
  for (const bool changes : {false, true}) {
    for (const char* rule : {"forbid do create_deal when title == \"b\" and worth > 2.5 and contact.plan is pro",
                             "forbid spend when amount == $90.05 and contact.plan is pro"}) {
      World world(under(std::string("r: ") + rule, "do create_deal(title: \"b\", worth: 3)\ndo pay(sum: $90.05)"));
      bool down = true;
      world.provider.answers = [&](const connect::Message&) {
        return down ? connect::Answer{connect::Outcome::failed, "down", {}} : connect::Answer{};
      };
      joins(world, {{"plan", "free"}});
      if (changes) world.contact(ann, {{"plan", "pro"}});
      down = false;
      world.pass(hours(3));
      const bool spend = std::string(rule).find("spend") != std::string::npos;
      // Which of two is tried again first is a matter of chance.
      const bool both = calls(world) == "create_deal, pay" || calls(world) == "pay, create_deal";
      BOOST_TEST((changes ? calls(world) == (spend ? "create_deal" : "pay") : both), rule << ": " << calls(world));
      std::size_t withheld = 0;
      for (const auto& [when, handed] : world.said<audit::ActionHanded>()) {
        if (handed.result != audit::Handed::Result::withheld) continue;
        BOOST_TEST(handed.detail == "brand.r");
        ++withheld;
      }
      BOOST_TEST(withheld == (changes ? 1U : 0U));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
