// What is asked of the history beside `count`: sums, the last event, how long ago it was, silence and points; by the
// same rules: exact windows, late and repeated events, new questions, restarts.
#include "runtime/engine/unsupported.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
const std::string declared = "event paid { amount: Money, note: Text? }\n";

/// Asks one condition for each visit, and once more for each `joined`: `again after` is whole seconds.
std::string asking(const std::string& condition, const std::string& more = "") {
  const std::string steps = "if " + condition + " { send offer } else { send reminder }";
  return project(declared + more + workflow(steps, "enter on visited\nagain after 1 second") +
                 workflow(steps, "enter on joined\nagain after 1 second", "other"));
}

void ask(World& world) {
  world.event(ann, "visited", {{"page", "ask"}});
}

std::string answers(World& world) {
  return list(world.got(ann));
}

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(a_sum_is_of_its_window) {
  World world(asking("sum(paid.amount where note exists, last 2 days) >= $10"));
  world.contact(ann);
  const Instant t = world.now + hours(1);
  world.later(t, ann, "paid", {{"amount", "4"}, {"note", "x"}});
  world.later(t + hours(1), ann, "paid", {{"amount", "6"}, {"note", "y"}});
  world.later(t + hours(1), ann, "paid", {{"amount", "100"}});  // is not asked for
  world.later(t + minutes(30), ann, "visited", {{"page", "ask"}});
  world.later(t + days(2) - Duration{1}, ann, "visited", {{"page", "ask"}});
  world.later(t + days(2), ann, "joined");
  world.run(t + days(3));
  BOOST_TEST(answers(world) == "reminder, offer, reminder");
}

BOOST_AUTO_TEST_CASE(an_empty_sum_is_zero) {
  World world(asking("sum(paid.amount, last 2 days) == $0"));
  world.contact(ann);
  ask(world);
  world.event(ann, "paid", {{"amount", "1"}});
  world.pass(minutes(1));
  ask(world);
  BOOST_TEST(answers(world) == "offer, reminder");
}

BOOST_AUTO_TEST_CASE(late_and_repeated_events_are_added_where_and_once) {
  World world(asking("sum(paid.amount, last 2 days) == $10"));
  world.contact(ann);
  world.pass(days(10));
  world.event(ann, "paid", {{"amount", "7"}}, {.at = world.now - days(2)});  // has just left the window
  world.event(ann, "paid", {{"amount", "10"}}, {.id = "order-1", .at = world.now - days(2) + Duration{60'001}});
  world.event(ann, "paid", {{"amount", "10"}}, {.id = "order-1"});
  ask(world);
  world.pass(minutes(1));
  ask(world);
  world.pass(minutes(1));  // leaves the window by when it happened, not by when it arrived
  ask(world);
  BOOST_TEST(answers(world) == "offer, offer, reminder");
}

BOOST_AUTO_TEST_CASE(the_last_is_the_last_that_happened) {
  World world(asking("(last(paid).amount or $0) == $5"));
  world.contact(ann);
  ask(world);  // nothing was paid
  world.event(ann, "paid", {{"amount", "5"}});
  world.pass(minutes(1));
  ask(world);
  world.event(ann, "paid", {{"amount", "9"}}, {.at = world.now - days(3)});   // late, and so not the last
  world.event(ann, "paid", {{"amount", "7"}}, {.at = world.now + hours(1)});  // has not happened yet
  world.pass(minutes(1));
  ask(world);
  world.pass(hours(1));
  ask(world);
  BOOST_TEST(answers(world) == "reminder, offer, offer, reminder");
}

BOOST_AUTO_TEST_CASE(of_two_at_one_instant_filling_and_living_know_the_same_one) {
  const Folder folder;
  const std::string question = asking("(last(paid).amount or $0) == $5");
  for (const bool filled : {false, true}) {
    World world(filled ? project(declared + workflow("send welcome")) : question);
    world.contact(ann);
    const Instant t = world.now;
    world.event(ann, "paid", {{"amount", "5"}}, {.id = "order-2", .at = t});
    world.event(ann, "paid", {{"amount", "6"}}, {.id = "order-1", .at = t});
    if (filled) world.deploy(question);
    ask(world);
    BOOST_TEST(answers(world) == "offer");
  }
}

BOOST_AUTO_TEST_CASE(how_long_ago_it_was) {
  World world(asking("(since last(paid) or 90 days) >= 2 days"));
  world.contact(ann);
  ask(world);
  world.event(ann, "paid", {{"amount", "5"}});
  world.pass(days(2) - Duration{1});
  ask(world);
  world.pass(Duration{1001});
  ask(world);
  BOOST_TEST(answers(world) == "offer, reminder, offer");
}

BOOST_AUTO_TEST_CASE(once_seen_is_seen_for_ever) {
  World world(asking("seen(paid where amount > $3)"));
  world.contact(ann);
  world.event(ann, "paid", {{"amount", "3"}});
  ask(world);
  world.event(ann, "paid", {{"amount", "4"}});
  world.pass(days(4000));
  ask(world);
  BOOST_TEST(answers(world) == "reminder, offer");
}

BOOST_AUTO_TEST_CASE(silence_is_broken_by_what_the_contact_does) {
  // The one who asks is an event too, so a timer asks.
  World world(project(declared + workflow("wait 3 days\nif idle(3 days) { send offer } else { send reminder }\n"
                                          "wait 2 days\nif idle(3 days) { send offer } else { send reminder }\n"
                                          "wait 1 day\nif idle(3 days) { send offer } else { send reminder }")));
  world.contact(ann);
  world.event(ann, "joined");
  const Instant t = world.now;
  world.later(t + days(4), ann, "paid", {{"amount", "1"}});
  world.later(t + days(4) + hours(1), ann, "delivered");  // what a provider says is nothing that the contact did
  world.run(t + days(7));
  // Exactly three days after joining nothing lies in `(t - 3 days, t]`.
  BOOST_TEST(answers(world) == "offer, reminder, reminder");
}

BOOST_AUTO_TEST_CASE(who_never_did_anything_is_silent) {
  World world(
      project(declared + workflow("if idle(1 day) { send offer } else { send reminder }", "enter on delivered")));
  world.contact(ann);
  world.event(ann, "delivered");
  BOOST_TEST(answers(world) == "offer");
}

BOOST_AUTO_TEST_CASE(points_are_for_each_event_and_for_what_holds) {
  World world(asking("engagement == 15",
                     "points engagement {\n  +10 when paid where amount > $5, last 10 days\n"
                     "  -5 when seen(downloaded, last 1 day)\n  +0.5 when contact.plan is pro\n}\n"));
  world.contact(ann);
  world.event(ann, "paid", {{"amount", "6"}});
  world.event(ann, "paid", {{"amount", "7"}});
  world.event(ann, "paid", {{"amount", "5"}});
  ask(world);  // 20
  world.event(ann, "downloaded", {{"asset", "x"}});
  world.pass(minutes(1));
  ask(world);  // 15
  world.pass(days(1));
  ask(world);  // 20
  BOOST_TEST(answers(world) == "reminder, offer, reminder");
}

BOOST_AUTO_TEST_CASE(new_questions_are_answered_from_the_events_that_are_kept) {
  const Folder folder;
  World world(project(declared + workflow("send welcome")), {.path = folder.file("a.db"), .batch_items = 2});
  world.contact(ann);
  world.event(ann, "paid", {{"amount", "4"}, {"note", "old"}});
  world.pass(days(3));
  world.event(ann, "paid", {{"amount", "6"}, {"note", "new"}});
  world.deploy(
      asking("sum(paid.amount, last 2 days) == $6 and (last(paid).note or \"\") == \"new\" and "
             "(since last(paid where amount < $5) or 0 seconds) >= 3 days and not idle(1 day)"));
  const Cell filled = world.cell(ann);
  BOOST_TEST(filled.counters.size() == 4U);
  world.reopen();
  BOOST_TEST((world.cell(ann) == filled));
  ask(world);
  BOOST_TEST(answers(world) == "offer");
}

BOOST_AUTO_TEST_CASE(what_is_kept_survives_checkpoints_and_restarts) {
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(asking("sum(paid.amount, last 2 days) == $6 and (last(paid).note or \"\") == \"b\""),
                {.path = folder.file("a.db")});
    world.contact(ann);
    world.event(ann, "paid", {{"amount", "4"}, {"note", "a"}});
    if (checkpoint) must(world.engine->checkpoint());
    world.pass(hours(1));
    world.event(ann, "paid", {{"amount", "2"}, {"note", "b"}});
    const Cell before = world.cell(ann);
    world.reopen();
    BOOST_TEST((world.cell(ann) == before));
    ask(world);
    BOOST_TEST(answers(world) == "offer");
  }
}

BOOST_AUTO_TEST_CASE(only_what_can_be_asked_for_is_kept) {
  World world(asking("(last(paid).amount or $0) == $5 and sum(paid.amount, last 1 hour) > $1"));
  world.contact(ann);
  for (int i = 0; i < 50; ++i) {
    world.event(ann, "paid", {{"amount", "5"}});
    world.pass(hours(1));
  }
  for (const CounterState& state : world.cell(ann).counters) BOOST_TEST(state.at.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_measured_yet_is_refused_by_name) {
  const auto refused = [](const std::string& more) {
    const bytecode::Module module = compiled(project(declared + more + workflow("send welcome")));
    const Result<void> can = supported(module);
    return can ? std::string("runs") : describe(can.error());
  };
  BOOST_TEST(refused("") == "runs");
  BOOST_TEST(refused("score intent { predict became_mql within 30 days\n from contact.plan }\n") == "runs");
  BOOST_TEST(
      refused("goal revenue { reach sum paid.amount within 60 days }\n").starts_with("`reach sum of goal revenue`"));
  BOOST_TEST(refused("goal calm { reach became_mql within 60 days\n without unsubscribed above 1% }\n")
                 .starts_with("`without of goal calm`"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
