// Approvals: who may give them, for what, for how long, and that nothing goes out under one that is not what was shown.
#include "tests/engine/asked.hpp"

namespace fairlead::engine::testing {
namespace {

using Ended = audit::ApprovalEnded::Result;

const std::string ann = "ann@a.example";
const std::string lee = "lee@a.example";
const std::string head =
    "role legal { \"lee@a.example\", \"sam@a.example\", \"a@acme.example\" }\n"
    "action create_deal(title: Text) effect write\n"
    "content hello { email { subject \"Hi\" body \"You are on {contact.plan}.\" } }\n";
const std::string asking =
    "approve by legal up to 2 days {\n  send hello\n  do create_deal(title: \"For {contact.email}\")\n"
    "  set contact.stage = done\n} otherwise { send ping }\nsend reminder";

Ended ended(World& world) {
  const auto said = world.said<audit::ApprovalEnded>();
  BOOST_REQUIRE(said.size() == 1U);
  return said[0].second.result;
}

BOOST_AUTO_TEST_SUITE(approvals)

BOOST_AUTO_TEST_CASE(what_waits_is_shown_and_goes_out_when_approved) {
  World world(project(head + workflow(asking)));
  world.contact(ann, {{"plan", "pro"}});
  world.event(ann, "joined");
  BOOST_TEST(calls(world).empty());
  const auto rows = asked(world);
  BOOST_REQUIRE(rows.size() == 1U);
  const auto shown = nlohmann::json::parse(rows[0].payload);
  BOOST_TEST(shown["role"] == "legal");
  BOOST_TEST(shown["step"] == "nurture/approve#1");
  BOOST_TEST(shown["until"] == "2026-01-07T12:00:00Z");
  BOOST_REQUIRE(shown["effects"].size() == 2U);
  BOOST_TEST(shown["effects"][0]["body"] == "You are on pro.");
  BOOST_TEST(shown["effects"][1]["arguments"]["title"] == "For ann@a.example");
  world.pass(hours(30));
  BOOST_TEST(calls(world).empty());
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, create_deal, reminder");
  BOOST_TEST(world.field(ann, "stage") == "done");
  BOOST_TEST(asked(world).empty());
  const auto kept = must(world.store->outbox(rows[0].key));
  BOOST_REQUIRE(kept.has_value());
  BOOST_TEST(kept->payload.empty());  // what was shown is personal
  const auto said = world.said<audit::ApprovalEnded>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST((said[0].second.result == Ended::approved));
  BOOST_TEST(said[0].second.by == lee);
  BOOST_TEST(said[0].second.because == "because of it");
  BOOST_TEST(world.said<audit::ApprovalAsked>().at(0).second.role == "legal");
  // It is used once.
  post(world, rows[0].key, lee, true);
  world.pass(days(3));
  BOOST_TEST(calls(world) == "hello, create_deal, reminder");
  BOOST_TEST(world.said<audit::Refused>().at(0).second.reason == "nothing waits for it");
}

BOOST_AUTO_TEST_CASE(without_a_word_it_lapses) {
  World world(project(head + workflow(asking)));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(47));
  BOOST_TEST(calls(world).empty());
  world.pass(hours(2));
  BOOST_TEST(calls(world) == "ping, reminder");
  BOOST_TEST(world.when(ann, "ping") == "2026-01-07T12:00:00Z");
  BOOST_TEST(asked(world).empty());
  BOOST_TEST((ended(world) == Ended::lapsed));
}

BOOST_AUTO_TEST_CASE(a_yes_that_comes_too_late_does_not_count) {
  World world(project(head + workflow(asking)));
  world.contact(ann);
  world.event(ann, "joined");
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(WorkflowIn{WorkflowIn::Act::pause, "nurture", lee, ""})}}, {}));
  // Nothing goes on in a workflow that is paused, so that nothing has ended the waiting.
  world.pass(hours(49));
  BOOST_TEST(calls(world).empty());
  say(world, lee, true);
  BOOST_TEST((ended(world) == Ended::lapsed));
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(WorkflowIn{WorkflowIn::Act::resume, "nurture", lee, ""})}},
      {}));
  world.run(world.now);
  BOOST_TEST(calls(world) == "ping, reminder");
}

BOOST_AUTO_TEST_CASE(a_no_goes_the_other_way) {
  World world(project(head + workflow(asking)));
  world.contact(ann);
  world.event(ann, "joined");
  say(world, lee, false);
  BOOST_TEST(calls(world) == "ping, reminder");
  BOOST_TEST((ended(world) == Ended::rejected));
  world.pass(days(5));
  BOOST_TEST(calls(world) == "ping, reminder");
}

BOOST_AUTO_TEST_CASE(not_everybody_may_decide) {
  World world(project(head + workflow(asking)));
  world.contact(ann);
  world.event(ann, "joined");
  say(world, "kim@a.example", true);
  say(world, "a@acme.example", true);  // owns the workflow
  BOOST_TEST(calls(world).empty());
  const auto refused = world.said<audit::Refused>();
  BOOST_REQUIRE(refused.size() == 2U);
  BOOST_TEST(refused[0].second.reason == "who says so is not in the role legal");
  BOOST_TEST(refused[1].second.reason == "who asks does not approve");
  say(world, "sam@a.example", true);
  BOOST_TEST(calls(world) == "hello, create_deal, reminder");
}

BOOST_AUTO_TEST_CASE(it_is_for_what_was_shown) {
  World world(project(head + workflow(asking)));
  world.contact(ann, {{"plan", "pro"}});
  world.event(ann, "joined");
  world.contact(ann, {{"plan", "free"}});
  say(world, lee, true);
  BOOST_TEST(calls(world) == "ping, reminder");
  BOOST_TEST((ended(world) == Ended::changed));
}

BOOST_AUTO_TEST_CASE(what_was_not_shown_may_change) {
  World world(project(head + workflow(asking)));
  world.contact(ann, {{"plan", "pro"}});
  world.event(ann, "joined");
  world.contact(ann, {{"mrr", "$7"}});
  say(world, lee, true);
  BOOST_TEST(calls(world) == "hello, create_deal, reminder");
}

BOOST_AUTO_TEST_CASE(other_rules_end_it) {
  const std::string bound = project(head + workflow(asking, "under brand\nenter on joined"));
  World world(bound + "policy brand { often: limit messages to 9 per day }\n");
  world.contact(ann);
  world.event(ann, "joined");
  world.deploy(bound + "policy brand { often: limit messages to 8 per day }\n");
  say(world, lee, true);
  BOOST_TEST(calls(world) == "ping, reminder");
  BOOST_TEST((ended(world) == Ended::changed));
}

BOOST_AUTO_TEST_CASE(other_rules_end_it_up_to_the_hand_over) {
  const std::string bound = project(head + workflow(asking, "under brand\nenter on joined"));
  World world(bound + "policy brand { often: limit messages to 9 per day }\n");
  world.contact(ann);
  world.event(ann, "joined");
  post(world, asked(world).at(0).key, lee, true);
  must(world.engine->batch(world.now));
  world.deploy(bound + "policy brand { often: limit messages to 8 per day }\n");
  world.pass(minutes(1));
  BOOST_TEST(calls(world) == "reminder");  // which needed no approval
  BOOST_TEST(world.said<audit::ActionHanded>().at(0).second.detail.starts_with("the approval has lapsed"));
}

BOOST_AUTO_TEST_CASE(who_leaves_takes_the_question_along) {
  World world(project(head + workflow(asking, "enter on joined\nleave on purchased")));
  world.contact(ann);
  world.event(ann, "joined");
  const std::string key = asked(world).at(0).key;
  world.event(ann, "purchased");
  BOOST_TEST(asked(world).empty());
  BOOST_TEST((ended(world) == Ended::left));
  post(world, key, lee, true);
  world.pass(days(3));
  BOOST_TEST(calls(world).empty());
}

BOOST_AUTO_TEST_CASE(who_leaves_at_the_word_leaves) {
  World world(project(head + workflow(asking, "enter on joined\nleave when contact.stage is nurturing")));
  world.contact(ann);
  world.event(ann, "joined");
  world.contact(ann, {{"stage", "nurturing"}});
  say(world, lee, true);
  BOOST_TEST(calls(world).empty());
  BOOST_TEST((ended(world) == Ended::left));
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_who_is_held_out) {
  for (const bool owed : {false, true}) {
    const std::string steps =
        owed ? "approve by legal up to 2 days { send hello\nsend receipt } otherwise { }" : asking;
    World world(project(head + workflow(steps, "toward qualified\nenter on joined"), "", "holdout 100%"),
                {.holdout = true});
    world.contact(ann);
    world.event(ann, "joined");
    BOOST_TEST(calls(world).empty());
    const auto said = world.said<audit::ApprovalAsked>();
    BOOST_REQUIRE(said.size() == 1U);
    BOOST_TEST(said[0].second.suppressed == !owed);
    if (!owed) {
      BOOST_TEST(world.field(ann, "stage") == "done");  // the way of who is approved, without a word sent
      continue;
    }
    // A receipt is sent to who is held out, too, and so it is asked about, alone.
    BOOST_TEST(nlohmann::json::parse(asked(world).at(0).payload)["effects"].size() == 1U);
    say(world, lee, true);
    BOOST_TEST(calls(world) == "receipt");
  }
}

BOOST_AUTO_TEST_CASE(a_rule_may_hold_what_was_approved_and_then_it_is_looked_at_again) {
  for (const bool changed : {false, true}) {
    World world(project(head + workflow("approve by legal up to 2 days { send hello } otherwise { }"), "under quiet") +
                    "policy quiet { nights: forbid send between 21:00 and 08:00 otherwise defer }\n",
                {.start = "2026-01-06T01:00Z", .stride = hours(1)});  // 20:00 in New York
    world.contact(ann, {{"plan", "pro"}});
    world.event(ann, "joined");
    world.pass(hours(2));
    say(world, lee, true);
    BOOST_TEST(calls(world).empty());
    if (changed) world.contact(ann, {{"plan", "free"}});
    world.pass(days(1));
    BOOST_TEST(calls(world) == (changed ? "" : "hello"));
    BOOST_TEST(world.cell(ann).instances.empty());
  }
}

BOOST_AUTO_TEST_CASE(it_outlives_a_restart) {
  for (const bool checkpoint : {false, true}) {
    for (const bool word : {false, true}) {
      const Folder folder;
      World world(project(head + workflow(asking)), {.path = folder.file("a.db")});
      world.contact(ann);
      world.event(ann, "joined");
      if (checkpoint) must(world.engine->checkpoint());
      world.reopen();
      BOOST_TEST(asked(world).size() == 1U);
      if (word) {
        // The word lies in the inbox when the process ends, and then once more between the turn and the hand-over.
        post(world, asked(world).at(0).key, lee, true);
        world.reopen();
        must(world.engine->batch(world.now));
        world.reopen();
      }
      world.pass(days(3));
      BOOST_TEST(calls(world) == (word ? "hello, create_deal, reminder" : "ping, reminder"));
      BOOST_TEST((ended(world) == (word ? Ended::approved : Ended::lapsed)));
      must(world.store->verify());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_is_not_asked_about) {
  World world(
      project(head + "action save(amount: Money) effect write\n" +
              workflow("approve by legal up to 2 days { do save(amount: contact.mrr / 0) } otherwise { send ping }")));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(asked(world).empty());
  BOOST_TEST(calls(world) == "ping");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
