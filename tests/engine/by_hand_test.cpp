// Entering by hand, and `at most N per PERIOD`: who comes in, who does not, and what is said of it.
#include "runtime/engine/unsupported.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

void enter(World& world, const std::string& workflow, const std::string& email) {
  const EnterIn in{workflow, email.empty() ? 0 : name_id("email"), email};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
}

std::string refused(World& world) {
  std::vector<std::string> out;
  for (const auto& [when, entry] : world.said<audit::Refused>()) out.push_back(entry.reason);
  return list(out);
}

BOOST_AUTO_TEST_SUITE(by_hand)

BOOST_AUTO_TEST_CASE(who_is_brought_in_goes_through_it) {
  World world(project(workflow("send welcome\nwait 1 day\nsend reminder", "enter by hand\nagain after 3 days")));
  world.contact(ann);
  enter(world, "nurture", ann);
  BOOST_TEST(list(world.got(ann)) == "welcome");
  enter(world, "nurture", ann);
  BOOST_TEST(refused(world) == "already in it");
  world.pass(days(2));
  enter(world, "nurture", ann);
  BOOST_TEST(refused(world) == "already in it, not again");
  world.pass(days(2));
  enter(world, "nurture", ann);
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder, welcome");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_with_a_reason) {
  World world(
      project("action report(n: Number) effect write\n" + workflow("send welcome") +
              workflow("send welcome", "enter by hand", "hand") +
              "workflow alone {\n  owner \"a@acme.example\"\n  enter by hand\n  steps {\ndo report(n: 1)\n  }\n}\n"));
  world.contact(ann);
  enter(world, "nurture", ann);
  enter(world, "other", ann);
  enter(world, "hand", "bob@a.example");
  enter(world, "hand", "");
  enter(world, "alone", ann);
  BOOST_TEST(
      refused(world) ==
      "it does not say `enter by hand`, the project has no such workflow, it is of nobody we know, nobody says who "
      "is to enter, the workflow is for nobody");
  BOOST_TEST(world.provider.sent.empty());
  enter(world, "alone", "");
  enter(world, "alone", "");
  BOOST_TEST(world.provider.sent.size() == 2U);
}

BOOST_AUTO_TEST_CASE(no_more_enter_than_the_clause_takes) {
  World world(project(workflow("send welcome", "enter on joined at most 2 per day")));
  const auto join = [&](int i) {
    world.contact(person(i));
    world.event(person(i), "joined");
  };
  for (int i = 0; i < 4; ++i) join(i);
  BOOST_TEST(world.provider.sent.size() == 2U);
  const auto said = world.said<audit::KeptOut>();
  BOOST_REQUIRE(said.size() == 2U);
  BOOST_TEST(said[0].second.reason == "`enter on joined` takes at most 2 per day");
  world.run("2026-01-06T04:59Z");  // 23:59 in New York
  join(4);
  BOOST_TEST(world.provider.sent.size() == 2U);
  world.reopen();
  world.run("2026-01-06T05:00Z");
  join(5);
  must(world.engine->checkpoint());
  world.reopen();
  join(6);
  join(7);
  BOOST_TEST(world.provider.sent.size() == 4U);
  // Who was kept out may come another time.
  world.pass(days(1));
  world.event(person(7), "joined");
  BOOST_TEST(world.provider.sent.size() == 5U);
}

BOOST_AUTO_TEST_CASE(each_clause_counts_on_its_own) {
  World world(project(workflow(
      "send welcome", "enter on joined at most 1 per 2 days\nenter on purchased, joined at most 1 per 3 hours")));
  for (int i = 0; i < 4; ++i) {
    world.contact(person(i));
    world.event(person(i), i == 3 ? "purchased" : "joined");
  }
  BOOST_TEST(world.provider.sent.size() == 2U);
  const auto counted = world.said<audit::EntryCounted>();
  BOOST_REQUIRE(counted.size() == 2U);
  BOOST_TEST(counted[0].second.clause == "on joined");
  BOOST_TEST(counted[1].second.clause == "on purchased, joined");
  world.pass(hours(3));
  world.event(person(3), "purchased");
  BOOST_TEST(world.provider.sent.size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_counted_is_refused_by_name) {
  const auto all = unsupported(compiled(project(workflow("send welcome", "enter on joined at most 2 per 100 days"))));
  BOOST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all[0].what == "workflow nurture: enter at most so many per 100 days");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
