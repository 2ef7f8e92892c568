// Counters over a contact's history: exact windows, late and repeated events, new ones, and restarts.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

/// Asks one condition for each visit to the page `ask`, and once more for each `joined`: `again after` is whole
/// seconds.
std::string asking(const std::string& condition) {
  const std::string steps = "if " + condition + " { send offer } else { send reminder }";
  return project(workflow(steps, "enter on visited where event.page == \"ask\"\nagain after 1 second") +
                 workflow(steps, "enter on joined\nagain after 1 second", "other"));
}

std::string answers(World& world) {
  return list(world.got(ann));
}

BOOST_AUTO_TEST_SUITE(counters)

BOOST_AUTO_TEST_CASE(a_window_is_exact) {
  World world(asking("count(visited where page == \"pricing\", last 7 days) >= 2"));
  world.contact(ann);
  const Instant t = world.now + hours(1);
  world.later(t, ann, "visited", {{"page", "pricing"}});
  world.later(t + hours(1), ann, "visited", {{"page", "pricing"}});
  world.later(t + hours(1), ann, "visited", {{"page", "jobs"}});
  for (const Instant when : {t + minutes(30), t + hours(2), t + days(7) - Duration{1}}) {
    world.later(when, ann, "visited", {{"page", "ask"}});
  }
  world.later(t + days(7), ann, "joined");
  world.run(t + days(9));
  BOOST_TEST(answers(world) == "reminder, offer, offer, reminder");
}

BOOST_AUTO_TEST_CASE(the_event_that_asks_is_counted) {
  World world(asking("count(visited, last 1 hour) == 1"));
  world.contact(ann);
  world.event(ann, "visited", {{"page", "ask"}});
  BOOST_TEST(answers(world) == "offer");
}

BOOST_AUTO_TEST_CASE(late_events_land_where_they_belong) {
  World world(asking("count(purchased, last 2 days) >= 1"));
  world.contact(ann);
  world.pass(days(10));
  world.event(ann, "purchased", {}, {.at = world.now - days(2)});  // has just left the window
  world.event(ann, "visited", {{"page", "ask"}});
  world.event(ann, "purchased", {}, {.at = world.now - days(2) + Duration{60'001}});
  world.pass(minutes(1));
  world.event(ann, "visited", {{"page", "ask"}});
  world.pass(minutes(1));  // the late one leaves the window by when it happened, not by when it arrived
  world.event(ann, "visited", {{"page", "ask"}});
  BOOST_TEST(answers(world) == "reminder, offer, reminder");
}

BOOST_AUTO_TEST_CASE(what_is_dated_in_the_future_waits_for_its_time) {
  World world(asking("seen(purchased, last 2 days)"));
  world.contact(ann);
  world.event(ann, "purchased", {}, {.at = world.now + hours(1)});
  world.event(ann, "visited", {{"page", "ask"}});
  world.pass(hours(1));
  world.event(ann, "visited", {{"page", "ask"}});
  BOOST_TEST(answers(world) == "reminder, offer");
}

BOOST_AUTO_TEST_CASE(a_second_arrival_of_one_event_changes_nothing) {
  World world(
      project(workflow("if count(purchased, last 2 days) >= 2 { send offer } else { send reminder }",
                       "enter on visited\nagain after 1 second", "a") +
              workflow("wait up to 5 days\n for purchased { send welcome }\n otherwise { }", "enter on joined", "b")));
  world.contact(ann);
  world.event(ann, "purchased", {}, {.id = "order-1"});
  world.event(ann, "joined");
  const Cell before = world.cell(ann);
  world.event(ann, "purchased", {}, {.id = "order-1"});
  BOOST_TEST((world.cell(ann) == before));
  world.later(world.now + hours(1), ann, "purchased", {}, {.id = "order-1"});
  world.later(world.now + hours(1), ann, "purchased", {}, {.id = "order-1"});
  world.pass(hours(2));
  BOOST_TEST((world.cell(ann) == before));
  world.event(ann, "visited", {{"page", "x"}});
  BOOST_TEST(answers(world) == "reminder");
  world.event(ann, "purchased", {}, {.id = "order-2"});
  BOOST_TEST(answers(world) == "reminder, welcome");
  BOOST_TEST(world.tallies().events == 4U);
  // One id means another event for another contact.
  world.contact("bob@a.example");
  world.event("bob@a.example", "purchased", {}, {.id = "order-2"});
  BOOST_TEST(world.tallies().events == 5U);
}

BOOST_AUTO_TEST_CASE(a_new_counter_is_filled_from_the_events_that_are_kept) {
  const Folder folder;
  const std::string without = project(workflow("wait 1 day\nsend welcome"));
  World world(without, {.path = folder.file("a.db"), .batch_items = 2});
  for (const std::string& who : {ann, std::string("bob@a.example"), std::string("cat@a.example")}) {
    world.contact(who);
    world.event(who, "visited", {{"page", "pricing"}});
    world.pass(days(1));
    world.event(who, "visited", {{"page", "pricing"}});
    world.event(who, "visited", {{"page", "jobs"}});
    world.event(who, "joined");
  }
  world.deploy(asking("count(visited where page == \"pricing\", last 7 days) >= 2"));
  const Instant t = world.start;
  for (const std::string& who : {ann, std::string("cat@a.example")}) {
    BOOST_REQUIRE(world.cell(who).counters.size() == 1U);
    BOOST_TEST(world.cell(who).counters[0].at.size() == 2U);
  }
  BOOST_TEST((world.cell(ann).counters[0].at == std::vector<Instant>{t, t + days(1)}));
  world.later(t + days(7) - Duration{1}, ann, "visited", {{"page", "ask"}});
  world.later(t + days(7), ann, "joined");
  world.reopen();
  world.pass(days(9));
  BOOST_TEST(answers(world) == "welcome, offer, reminder");
}

BOOST_AUTO_TEST_CASE(filling_survives_a_crash_of_the_deployment) {
  // The version is in the store, but nothing else of the deployment was done.
  const Folder folder;
  World world(project(workflow("send welcome")), {.path = folder.file("a.db")});
  world.contact(ann);
  world.event(ann, "visited", {{"page", "pricing"}});
  world.module = compiled(asking("count(visited where page == \"pricing\", last 7 days) >= 1"));
  must(world.store->deploy(world.now, bytecode::fingerprint(world.module), bytecode::encode(world.module)));
  world.reopen();
  BOOST_REQUIRE(world.cell(ann).counters.size() == 1U);
  world.event(ann, "visited", {{"page", "ask"}});
  BOOST_TEST(answers(world) == "offer");
}

BOOST_AUTO_TEST_CASE(counters_survive_checkpoints_and_restarts) {
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(asking("count(visited where page == \"pricing\", last 7 days) >= 2"), {.path = folder.file("a.db")});
    world.contact(ann);
    world.event(ann, "visited", {{"page", "pricing"}});
    if (checkpoint) must(world.engine->checkpoint());
    world.pass(hours(1));
    world.event(ann, "visited", {{"page", "pricing"}});
    const Cell before = world.cell(ann);
    world.reopen();
    BOOST_TEST((world.cell(ann) == before));
    world.event(ann, "visited", {{"page", "ask"}});
    BOOST_TEST(answers(world) == "offer");
  }
}

BOOST_AUTO_TEST_CASE(a_pass_keeps_the_counters_of_its_own_version) {
  World world(
      project(workflow("wait 2 days\nif count(purchased, last 7 days) >= 1 { send offer } else { send reminder }")));
  world.contact(ann);
  world.event(ann, "joined");
  world.deploy(project(workflow("wait 2 days\nsend welcome")));
  world.event(ann, "purchased");
  world.pass(days(3));
  BOOST_TEST(answers(world) == "offer");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
