// Workflows for nobody: what the clock begins, when, and that each occasion is one whatever happens to the process.
#include "runtime/engine/occasions.hpp"

#include "runtime/engine/unsupported.hpp"
#include "runtime/trial/test.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string report = "action report(n: Number) effect write\n";

std::string for_nobody(const std::string& enter, const std::string& steps = "do report(n: 1)",
                       const std::string& name = "daily") {
  return "workflow " + name + " {\n  owner \"a@acme.example\"\n  " + enter + "\n  steps {\n" + steps + "\n  }\n}\n";
}

/// When passes began, on the clock of the project.
std::string began(World& world, const std::string& workflow = "daily") {
  const Zone zone = must(Zone::load(world.module.zone));
  std::vector<std::string> out;
  for (const auto& [when, entered] : world.said<audit::Entered>()) {
    if (entered.pass.workflow != workflow) continue;
    const CivilTime civil = zone.civil(when);
    out.push_back(to_string(civil.date).substr(5) + " " + to_string(civil.time));
  }
  return list(out);
}

BOOST_AUTO_TEST_SUITE(occasions)

BOOST_AUTO_TEST_CASE(each_day_at_its_time_on_the_projects_clock) {
  World world(project(report + for_nobody("enter every 1 day at 06:00")));  // it is 07:00 there
  world.run(world.now);
  BOOST_TEST(to_string(*must(world.engine->next_due())) == "2026-01-06T11:00:00Z");
  world.pass(days(3));
  BOOST_TEST(began(world) == "01-06 06:00, 01-07 06:00, 01-08 06:00");
  BOOST_TEST(world.provider.sent.size() == 3U);
  BOOST_TEST(to_string(*must(world.engine->next_due())) == "2026-01-09T11:00:00Z");
  BOOST_TEST(world.said<audit::Entered>()[2].second.pass.serial == 3U);
  BOOST_TEST(world.tallies().contacts == 0U);
}

BOOST_AUTO_TEST_CASE(a_gap_and_a_fold_are_one_occasion_each) {
  // 2026-03-08 has no 02:30 in New York, 2026-11-01 has 01:30 twice.
  World spring(project(report + for_nobody("enter every 1 day at 02:30")), {.start = "2026-03-07T12:00Z"});
  spring.pass(days(2));
  BOOST_TEST(began(spring) == "03-08 03:00, 03-09 02:30");
  World autumn(project(report + for_nobody("enter every 1 day at 01:30")), {.start = "2026-10-31T12:00Z"});
  autumn.pass(days(2));
  BOOST_TEST(began(autumn) == "11-01 01:30, 11-02 01:30");
  BOOST_TEST(to_string(autumn.said<audit::Entered>()[0].first) == "2026-11-01T05:30:00Z");
}

BOOST_AUTO_TEST_CASE(several_days_and_lengths_without_a_time) {
  World world(project(report + for_nobody("enter every 2 days at 06:00") +
                      for_nobody("enter every 10 hours", "do report(n: 2)", "often")));
  world.pass(days(5));
  BOOST_TEST(began(world) == "01-06 06:00, 01-08 06:00, 01-10 06:00");
  BOOST_TEST(began(world, "often").starts_with("01-05 17:00, 01-06 03:00, 01-06 13:00"));
  BOOST_TEST(world.said<audit::Entered>().size() == 3U + 12U);
}

BOOST_AUTO_TEST_CASE(what_was_missed_is_begun_once) {
  World world(project(report + for_nobody("enter every 1 day at 06:00")));
  // On the real clock a turn happens when the process is there.
  world.engine.reset();
  world.engine = must(Engine::open(*world.store, world.provider, {}));
  must(world.engine->deploy(world.now, world.module));
  const Instant back = world.now + days(9) + hours(5);
  must(world.engine->batch(back));
  must(world.engine->batch(back));
  BOOST_TEST(began(world) == "01-14 12:00");
  BOOST_TEST(to_string(*must(world.engine->next_due())) <= to_string(back));  // the outbox
  must(world.engine->hand_over(back));
  must(world.engine->batch(back));
  BOOST_TEST(to_string(*must(world.engine->next_due())) == "2026-01-15T11:00:00Z");
  BOOST_TEST(world.provider.sent.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_pass_that_still_goes_on_is_not_begun_again) {
  World world(project(report + for_nobody("enter every 1 day at 06:00", "do report(n: 1)\nwait 36 hours")));
  world.pass(days(4));
  BOOST_TEST(began(world) == "01-06 06:00, 01-08 06:00");
  const auto said = world.said<audit::KeptOut>();
  BOOST_REQUIRE(said.size() == 2U);
  BOOST_TEST(said[0].second.workflow == "daily");
  BOOST_TEST(said[0].second.reason == "its last pass still goes on");
}

BOOST_AUTO_TEST_CASE(a_new_version_keeps_the_time_of_what_it_did_not_change) {
  World world(project(report + for_nobody("enter every 3 days at 06:00")));
  world.pass(days(2));
  world.deploy(project(report + for_nobody("enter every 3 days at 06:00", "do report(n: 2)")));
  world.pass(days(3));
  BOOST_TEST(began(world) == "01-06 06:00, 01-09 06:00");
  world.deploy(project(report + for_nobody("enter every 3 days at 05:00")));
  world.pass(days(1));
  BOOST_TEST(began(world) == "01-06 06:00, 01-09 06:00, 01-11 05:00");
  world.deploy(project(report));
  world.pass(days(9));
  BOOST_TEST(began(world) == "01-06 06:00, 01-09 06:00, 01-11 05:00");
  BOOST_TEST(!must(world.engine->next_due()).has_value());
}

BOOST_AUTO_TEST_CASE(a_crash_anywhere_changes_nothing) {
  std::string expected;
  for (const int often : {0, 1, 2}) {
    const Folder folder;
    World world(
        project(report + for_nobody("enter every 1 day at 06:00", "do report(n: 1)\nwait 30 hours\ndo report(n: 2)") +
                for_nobody("enter every 7 hours at most 2 per day", "do report(n: 3)", "often")),
        {.path = folder.file("a.db")});
    int step = 0;
    const auto perhaps = [&] {
      if (often == 0 || ++step % often != 0) return;
      if (step % 3 == 0) must(world.engine->checkpoint());
      world.reopen();
    };
    const Instant end = world.now + days(6);
    while (true) {
      const auto due = must(world.engine->next_due());
      if (!due || end < *due) break;
      world.provider.clock = *due;
      const Engine::Progress done = must(world.engine->batch(*due));
      if (done.items > 0) perhaps();
      if (done.more) continue;
      if (must(world.engine->hand_over(*due)) > 0) perhaps();
    }
    must(world.engine->checkpoint());
    std::string got = began(world) + "\n" + began(world, "often") + "\n" + must(world.store->global());
    for (const Sent& sent : world.provider.sent) got += sent.key + sent.arguments + "\n";
    if (often == 0) expected = got;
    BOOST_TEST((got == expected), often);
  }
  BOOST_TEST(expected.size() > 500U);
}

BOOST_AUTO_TEST_CASE(tests_in_the_language_drive_the_clock) {
  const bytecode::Module module =
      compiled(project(report + for_nobody("enter every 1 day at 06:00") +
                       "test \"each morning\" {\n  after 17 hours\n  expect not entered daily\n  after 2 hours\n"
                       "  expect entered daily, left daily\n}\n"));
  const trial::TestResult result = must(trial::run_test(module, {0, bytecode::none}));
  for (const auto& failure : result.failures) BOOST_TEST(false, failure.text);
}

BOOST_AUTO_TEST_CASE(what_has_no_meaning_is_refused_by_name) {
  const auto all = unsupported(compiled(project(report + for_nobody("enter every 6 hours at 06:00"))));
  BOOST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all[0].what == "workflow daily: enter every 6 hours at 06:00");
  BOOST_TEST(unsupported(compiled(project(report + for_nobody("enter every 1 week at 06:00")))).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
