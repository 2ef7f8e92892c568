// What weights are made of and how they move: goals that take their time, evidence that fades, limits of movement, and
// hands on them.
#include <algorithm>

#include "runtime/engine/decide.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

const char* const pair = "option good { send welcome }\noption bad { send offer }";

std::string choosing(const std::string& clauses, const std::string& policy = "") {
  return project(
      policy + workflow("choose way {\n" + clauses + "\n" + pair + "\n}", "toward qualified\nenter on joined"),
      policy.empty() ? "" : "under brand");
}

/// People who join every `apart`; who got the option `liked` reaches the goal `after` that, one of two.
void live(World& world, int from, int to, Duration apart = minutes(7), Duration after = minutes(5),
          const std::string& liked = "welcome") {
  for (int i = from; i < to; ++i) {
    world.contact(person(i), {{"plan", i % 2 == 0 ? "pro" : "free"}, {"country", i % 3 == 0 ? "NO" : "US"}});
    world.event(person(i), "joined");
    if (world.got(person(i)).at(0) == liked && i % 2 == 0) world.later(world.now + after, person(i), "became_mql");
    world.pass(apart);
  }
}

const LearnedChoice& way(World& world) {
  return world.tallies().choices().at("nurture/way");
}

void steer(World& world, audit::Steered::Act act, const std::string& state = "") {
  const WeightsIn in{act, "nurture/way", state, "ann@acme.example", "a test"};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
}

std::string state_of(World& world) {
  const auto aged = way(world).learning->clone();
  aged->age(world.now.ms);
  return aged->settled()->save();
}

/// The shares of the last decision.
std::vector<std::uint32_t> drawn(World& world) {
  return world.said<audit::Decided>().back().second.shares;
}

BOOST_AUTO_TEST_SUITE(weights)

BOOST_AUTO_TEST_CASE(the_learner_is_told_when) {
  World world(choosing(""));
  live(world, 0, 40, minutes(7), hours(3));
  world.pass(days(1));
  // A day old, in a window of fourteen.
  const LearnedChoice& learned = way(world);
  std::uint64_t goals = 0;
  for (const auto& [when, credited] : world.said<audit::Credited>()) {
    BOOST_TEST((when - credited.decided == hours(3)));
    ++goals;
  }
  BOOST_TEST(goals > 5U);
  const auto aged = learned.learning->clone();
  aged->age(world.now.ms);
  double trials = 0, decisions = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    trials += aged->in_effect()[i].trials;
    decisions += static_cast<double>(learned.decisions[i]);
  }
  BOOST_TEST(decisions == 40);
  BOOST_TEST(trials > 1);
  BOOST_TEST(trials < 40);
  aged->age((world.now + days(30)).ms);
  BOOST_TEST(aged->in_effect()[0].trials + aged->in_effect()[1].trials == 40);
}

BOOST_AUTO_TEST_CASE(what_is_in_force_changes_only_when_it_is_published) {
  World world(choosing("explore at least 5%"), {.stride = minutes(10)});
  live(world, 0, 120);
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_version;
  for (const auto& [when, d] : world.said<audit::Decided>()) {
    const auto [known, fresh] = by_version.try_emplace(d.model, d.shares);
    BOOST_TEST((known->second == d.shares));
  }
  BOOST_TEST(by_version.size() > 5U);
}

BOOST_AUTO_TEST_CASE(time_alone_publishes_while_windows_are_open_and_then_no_more) {
  World world(choosing(""));
  live(world, 0, 20);
  const auto count = [&] { return world.said<audit::Published>().size(); };
  world.pass(hours(2));
  const std::size_t before = count();
  // The clock goes on because others come in, who are not in the workflow.
  const auto idle = [&](int day_from, int day_to) {
    for (int hour = 24 * day_from; hour < 24 * day_to; ++hour) {
      world.contact("other" + std::to_string(hour) + "@a.example");
      world.pass(hours(1));
    }
  };
  idle(0, 15);
  const std::size_t aged = count() - before;
  BOOST_TEST(aged > 20U);
  BOOST_TEST(aged <= 68U);  // a version for each of the 64 parts of the window, not for each hour
  idle(15, 20);
  BOOST_TEST(count() - before == aged);
}

BOOST_AUTO_TEST_CASE(what_it_forgets_fades_by_time) {
  World keeps(choosing("explore at least 5%")), forgets(choosing("forget with half-life 10 days\nexplore at least 5%"));
  for (World* world : {&keeps, &forgets}) {
    live(*world, 0, 200);
    world->pass(days(60));
    live(*world, 200, 300, minutes(7), minutes(5), "offer");
    world->pass(hours(2));
    live(*world, 300, 301);
  }
  // Two months are six half-lives: what the others liked in them outweighs the past.
  BOOST_TEST(drawn(keeps)[0] > drawn(forgets)[0]);
  BOOST_TEST(drawn(forgets)[1] > 500'000'000U);
}

/// Whether no two decisions of one context and the same options, no more than `within` apart, differ by more than
/// `most` in any share; and whether some do by `least`, so that the limit is what held them.
void moves_no_faster(World& world, Duration within, double most, double least) {
  const auto all = world.said<audit::Decided>();
  double furthest = 0, longest = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (all[i].second.eligible != all[j].second.eligible || all[i].second.context != all[j].second.context) continue;
      const double far = static_cast<double>(learn::distance(all[i].second.shares, all[j].second.shares)) / 1e9;
      longest = std::max(longest, far);
      if (all[i].first - all[j].first < within) furthest = std::max(furthest, far);
    }
  }
  BOOST_TEST_MESSAGE("within: " << furthest << ", over all: " << longest);
  BOOST_TEST(furthest <= most);
  BOOST_TEST(furthest > least);
  BOOST_TEST(longest > most);  // they do move, and would have moved further
}

BOOST_AUTO_TEST_CASE(weights_move_no_faster_than_they_may) {
  World world(choosing("move at most 10% per 12 hours\nexplore at least 5%"));
  live(world, 0, 300, minutes(15));
  moves_no_faster(world, hours(12), 0.10, 0.05);
}

BOOST_AUTO_TEST_CASE(in_no_context_do_weights_move_faster) {
  World world(choosing("learn from contact.plan, contact.country\nmove at most 10% per day"));
  // A way of which nobody knows how long it is counts as the longest, and takes ten days. From even weights it is half
  // of that at most, so that a day takes 5%.
  live(world, 0, 300, hours(4));
  moves_no_faster(world, hours(25), 0.10, 0.04);
}

BOOST_AUTO_TEST_CASE(a_rule_over_all_chooses_holds_too) {
  World world(
      choosing("move at most 40% per 6 hours", "policy brand { slow: limit weight moves to 15% per 24 hours }\n"));
  live(world, 0, 300, minutes(15));
  moves_no_faster(world, hours(24), 0.15, 0.075);
}

BOOST_AUTO_TEST_CASE(a_way_that_is_gone_in_part_survives_a_restart) {
  const std::string text = choosing("learn from contact.plan\nmove at most 10% per day\nforget with half-life 9 days");
  World straight(text);
  live(straight, 0, 80, minutes(45));
  const Folder folder;
  World broken(text, {.path = folder.file("a.db")});
  live(broken, 0, 30, minutes(45));
  broken.reopen();
  live(broken, 30, 50, minutes(45));
  must(broken.engine->checkpoint());
  live(broken, 50, 70, minutes(45));
  broken.reopen();
  live(broken, 70, 80, minutes(45));
  BOOST_TEST(way(straight).in_force.moving());
  BOOST_TEST((straight.tallies().save() == broken.tallies().save()));
  BOOST_TEST((must(look(*broken.store)).ledger.save() == straight.tallies().save()));
}

BOOST_AUTO_TEST_CASE(frozen_weights_stay_and_learn_and_go_on) {
  const Folder folder;
  World world(choosing("explore at least 5%"), {.path = folder.file("a.db")});
  live(world, 0, 20);
  steer(world, audit::Steered::Act::freeze);
  live(world, 20, 21);
  const auto frozen = drawn(world);
  world.reopen();
  live(world, 21, 120);
  BOOST_TEST((drawn(world) == frozen));
  BOOST_TEST(way(world).frozen->by == "ann@acme.example");
  BOOST_TEST(way(world).decisions[0] + way(world).decisions[1] == 120U);
  steer(world, audit::Steered::Act::freeze);  // once is enough
  BOOST_TEST(world.said<audit::Refused>().size() == 1U);
  steer(world, audit::Steered::Act::unfreeze);
  live(world, 120, 121);
  BOOST_TEST(drawn(world)[0] > frozen[0]);
  const auto said = world.said<audit::Steered>();
  BOOST_REQUIRE(said.size() == 2U);
  BOOST_TEST(said[0].second.because == "a test");
}

BOOST_AUTO_TEST_CASE(reset_begins_anew_and_an_import_brings_it_back) {
  const Folder folder;
  World world(choosing("explore at least 5%"), {.path = folder.file("a.db")});
  live(world, 0, 150);
  world.pass(hours(1));
  live(world, 150, 151);
  const std::string state = state_of(world);
  const auto before = drawn(world);
  BOOST_TEST(before[0] > 800'000'000U);
  // Somebody's goal is on its way when it begins anew, and says nothing of what it learns from then on.
  world.contact("late@a.example");
  world.event("late@a.example", "joined");
  const std::uint32_t version = way(world).version;
  steer(world, audit::Steered::Act::reset);
  world.event("late@a.example", "became_mql");
  BOOST_TEST(way(world).reached[0] + way(world).reached[1] == 0U);
  BOOST_TEST(way(world).version == version + 1);
  world.reopen();
  live(world, 151, 152);
  BOOST_TEST((drawn(world) == std::vector<std::uint32_t>{500'000'000, 500'000'000}));
  steer(world, audit::Steered::Act::import, "not a learner");
  BOOST_TEST(world.said<audit::Refused>().size() == 1U);
  steer(world, audit::Steered::Act::import, state);
  world.reopen();
  live(world, 152, 153);
  BOOST_TEST(std::abs(static_cast<double>(drawn(world)[0]) - static_cast<double>(before[0])) < 20'000'000);
  BOOST_TEST(way(world).decisions[0] + way(world).decisions[1] == 152U);  // 151 and one since
  BOOST_TEST((must(look(*world.store)).ledger.save() == world.tallies().save()));
}

BOOST_AUTO_TEST_CASE(another_window_keeps_what_was_learned) {
  const std::string before = choosing("explore at least 5%");
  std::string after = before;
  after.replace(after.find("within 14 days"), 14, "within 20 days");
  const Folder folder;
  World world(before, {.path = folder.file("a.db")});
  live(world, 0, 100);
  world.deploy(after);
  BOOST_TEST(way(world).spec.learner.window == days(20).ms);
  BOOST_TEST(way(world).decisions[0] + way(world).decisions[1] == 100U);
  live(world, 100, 140);
  const std::string saved = world.tallies().save();
  world.reopen();
  BOOST_TEST((world.tallies().save() == saved));
  BOOST_TEST(drawn(world)[0] > 600'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
