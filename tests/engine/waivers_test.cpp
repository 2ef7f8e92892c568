// Waivers at the act: the rule is asked all the same, what it lets pass is on record, and after the last day nothing
// is.
#include "runtime/engine/plan.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

using Action = audit::Guarded::Action;

/// A workflow that asks to be spared a rule until 2026-01-06, by the clock of New York.
std::string asking(const std::string& rule, const std::string& steps, const std::string& more = "") {
  return project(
             workflow(steps,
                      "enter on joined\nagain after 1 minute\nwaive brand.a until 2026-01-06 because \"a launch\"") +
                 more,
             "under brand") +
         "role legal { \"lee@acme.example\" }\npolicy brand {\n a: " + rule + " waivable by legal\n}\n";
}

/// As if somebody had signed all waivers.
void let_sign(World& world) {
  for (bytecode::Workflow& workflow : world.module.workflows) {
    for (bytecode::Waiver& waiver : workflow.head.waivers) waiver.signed_by = "lee@acme.example";
  }
  must(world.engine->deploy(world.now, world.module));
}

std::size_t waived(World& world) {
  std::size_t out = 0;
  for (const auto& [at, entry] : world.said<audit::Guarded>()) {
    if (entry.action != Action::waived) continue;
    ++out;
    BOOST_TEST(entry.rule == "brand.a");
    BOOST_TEST(entry.detail == "signed by lee@acme.example");
    BOOST_TEST(to_string(entry.until) == "2026-01-07T05:00:00Z");
  }
  return out;
}

const std::string ann = "ann@a.example";

BOOST_AUTO_TEST_SUITE(waivers)

BOOST_AUTO_TEST_CASE(without_a_signature_the_rule_stands) {
  World world(asking("forbid send between 06:00 and 09:00", "send welcome"));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(minutes(1));
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(waived(world) == 0U);
}

BOOST_AUTO_TEST_CASE(with_one_it_is_asked_and_lets_pass_until_the_last_day_is_over) {
  World world(asking("forbid send between 06:00 and 09:00", "send welcome"));
  let_sign(world);
  world.contact(ann);
  world.event(ann, "joined");  // 07:00 in New York
  world.pass(minutes(2));
  BOOST_TEST(world.got(ann).size() == 1U);
  // Asked when the message was filled, and once more when it was handed over.
  BOOST_TEST(waived(world) == 2U);
  BOOST_TEST(world.engine->ledger().rules.at("brand.a").waived == 2U);
  BOOST_TEST(world.engine->ledger().rules.at("brand.a").asked > 0U);
  // Outside of the hours there is nothing to waive.
  world.run("2026-01-05T20:00Z");
  world.event(ann, "joined");
  world.pass(minutes(2));
  BOOST_TEST(world.got(ann).size() == 2U);
  BOOST_TEST(waived(world) == 2U);
  // The last minute of the morning of the last day, and the first of the next.
  world.run("2026-01-06T13:58Z");
  world.event(ann, "joined");
  world.pass(minutes(1));
  BOOST_TEST(world.got(ann).size() == 3U);
  world.run("2026-01-07T11:30Z");
  world.event(ann, "joined");
  world.pass(minutes(2));
  BOOST_TEST(world.got(ann).size() == 3U);
  BOOST_TEST(waived(world) == 4U);
  BOOST_TEST((world.said<audit::Guarded>().back().second.action == Action::skipped));
  // And the tallies outlast a restart.
  must(world.engine->checkpoint());
  world.reopen();
  BOOST_TEST(world.engine->ledger().rules.at("brand.a").waived == 4U);
}

BOOST_AUTO_TEST_CASE(midnight_of_the_project_is_the_end) {
  for (const bool before : {true, false}) {
    World world(asking("forbid send between 21:00 and 08:00", "send welcome"));
    let_sign(world);
    world.contact(ann);
    world.run(before ? "2026-01-07T04:59Z" : "2026-01-07T05:00Z");
    world.event(ann, "joined");
    BOOST_TEST(world.got(ann).size() == (before ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(what_goes_out_under_a_waived_limit_counts) {
  World world(asking("limit messages to 1 per 7 days", "send welcome\nsend reminder\nsend offer"));
  let_sign(world);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(minutes(2));
  BOOST_TEST(world.got(ann).size() == 3U);
  BOOST_TEST(waived(world) == 2U);
  BOOST_TEST(world.cell(ann).counted.size() == 3U);
  // After the last day those three are remembered.
  world.run("2026-01-10T12:00Z");
  world.event(ann, "joined");
  world.pass(minutes(2));
  BOOST_TEST(world.got(ann).size() == 3U);
}

BOOST_AUTO_TEST_CASE(another_rule_and_another_workflow_are_not_spared) {
  const std::string other = workflow("send offer", "enter on joined", "other");
  World world(asking("forbid send between 06:00 and 09:00", "send welcome", other));
  let_sign(world);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(minutes(2));
  BOOST_TEST((world.got(ann) == std::vector<std::string>{"welcome"}));

  World strict(
      project(workflow("send welcome", "enter on joined\nwaive brand.a until 2026-01-06 because \"a launch\""),
              "under brand") +
      "role legal { \"lee@acme.example\" }\npolicy brand {\n a: forbid send between 06:00 and 09:00 waivable by "
      "legal\n b: forbid send when contact.plan is free otherwise stop\n}\n");
  let_sign(strict);
  strict.contact(ann);
  strict.event(ann, "joined");
  strict.pass(minutes(2));
  BOOST_TEST(strict.got(ann).empty());
  // What did not go out was not let pass.
  BOOST_TEST(waived(strict) == 0U);
}

BOOST_AUTO_TEST_CASE(it_is_asked_again_at_hand_over) {
  for (const bool in_time : {true, false}) {
    Options patient;
    patient.pacing.attempts = 10'000;
    World world(asking("forbid send when contact.plan is pro", "send welcome"), patient);
    let_sign(world);
    world.contact(ann);
    // Nobody takes messages for a while, and meanwhile the contact comes under the rule.
    world.provider.answers = [](const connect::Message&) {
      return connect::Answer{connect::Outcome::failed, "busy", {}};
    };
    world.event(ann, "joined");
    BOOST_TEST(waived(world) == 0U);
    world.contact(ann, {{"plan", "pro"}});
    if (!in_time) world.run("2026-01-07T05:00Z");
    world.provider.answers = nullptr;
    world.pass(hours(2));
    BOOST_TEST(world.got(ann).size() == (in_time ? 1U : 0U));
    // Each attempt is let pass as long as the waiver is in force; the first one after it is the last.
    BOOST_TEST(waived(world) > 0U);
    const auto handed = world.said<audit::Handed>();
    const bool withheld = !handed.empty() && handed.back().second.result == audit::Handed::Result::withheld &&
                          handed.back().second.detail == "brand.a";
    BOOST_TEST(withheld == !in_time);
  }
}

BOOST_AUTO_TEST_CASE(money_that_is_spent_beyond_a_waived_limit) {
  const std::string buying = "action ad(amount: Money) effect spend amount\n";
  World world(asking("limit spend to $5 per day", "do ad(amount: $4)\ndo ad(amount: $4)", buying));
  let_sign(world);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(minutes(2));
  BOOST_TEST(world.provider.sent.size() == 2U);
  BOOST_TEST(waived(world) == 1U);
}

BOOST_AUTO_TEST_CASE(a_plan_says_what_is_waived) {
  World world(asking("forbid send between 06:00 and 09:00", "send welcome"));
  BOOST_TEST(must(plan(world.store.get(), world.module)).waivers.empty());
  bytecode::Module next = world.module;
  next.workflows[0].head.waivers[0].signed_by = "lee@acme.example";
  const Plan added = must(plan(world.store.get(), next));
  BOOST_REQUIRE(added.waivers.size() == 1U);
  BOOST_TEST(added.waivers[0].rule == "brand.a");
  BOOST_TEST(added.waivers[0].added);
  world.module = next;
  must(world.engine->deploy(world.now, next));
  BOOST_TEST(!must(plan(world.store.get(), next)).waivers.at(0).added);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
