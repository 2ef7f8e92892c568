// Adaptive choices: who is eligible, the probabilities that are logged, outcomes, and that learning survives restarts
// bit for bit.
#include <numeric>

#include "runtime/learn/shares.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

std::string choosing(const std::string& clauses, const std::string& after = "") {
  return project(workflow("choose way {\n" + clauses + "\n}\n" + after, "toward qualified\nenter on joined"));
}

const char* const three = R"(
  explore at least 5%
  option story start 60% { send welcome }
  option demo when contact.plan is pro { send offer }
  option rest { })";

/// People who join every few minutes, half of them `pro`, some of whom reach the goal.
void live(World& world, int from, int to) {
  for (int i = from; i < to; ++i) {
    world.contact(person(i), {{"plan", i % 2 == 0 ? "pro" : "free"}, {"country", i % 3 == 0 ? "NO" : "US"}});
    world.event(person(i), "joined");
    if (i % 5 == 0) world.later(world.now + minutes(45), person(i), "became_mql");
    world.pass(minutes(7));
  }
}

BOOST_AUTO_TEST_SUITE(choose)

BOOST_AUTO_TEST_CASE(what_a_choice_learns_from_is_what_it_was_told_to) {
  World world(choosing(std::string("learn from contact.country, contact.plan") + three));
  live(world, 0, 5);
  const auto decisions = world.said<audit::Decided>();
  BOOST_REQUIRE(decisions.size() == 5U);
  const auto context = [&](std::size_t i) { return decisions[i].second.context; };
  BOOST_TEST(!context(0).empty());
  BOOST_TEST((context(2) == context(4)));  // pro, US
  BOOST_TEST((context(0) != context(2)));  // pro, NO
  BOOST_TEST((context(1) != context(2)));  // free, US
}

BOOST_AUTO_TEST_CASE(probabilities_are_whole_and_keep_the_floor_and_can_be_drawn_again) {
  World world(choosing(std::string("learn from contact.country, contact.plan") + three), {.seed = 99});
  live(world, 0, 150);
  const auto decisions = world.said<audit::Decided>();
  BOOST_REQUIRE(decisions.size() == 150U);
  std::vector<std::size_t> taken(3);
  bool moved = false;
  for (const auto& [when, d] : decisions) {
    BOOST_REQUIRE(d.shares.size() == 3U);
    BOOST_TEST(std::accumulate(d.shares.begin(), d.shares.end(), std::uint64_t{0}) == 1'000'000'000U);
    const bool pro = (d.eligible & 2U) != 0;
    for (std::size_t o = 0; o < 3; ++o) {
      const bool eligible = (d.eligible >> o & 1U) != 0;
      BOOST_TEST((eligible ? d.shares[o] >= 50'000'000U : d.shares[o] == 0U));
    }
    BOOST_TEST((d.eligible & 5U) == 5U);
    moved = moved || d.model > 0;
    Dice dice(world.engine->seed(), d.purpose, d.index);
    BOOST_TEST(learn::draw(d.shares, dice) == d.chosen);
    BOOST_TEST((d.chosen != 1 || pro));
    ++taken[d.chosen];
  }
  BOOST_TEST(moved);
  for (const std::size_t n : taken) BOOST_TEST(n > 5U);
  BOOST_TEST(world.engine->seed() == 99U);
}

BOOST_AUTO_TEST_CASE(weights_come_into_force_every_hour_also_where_there_is_always_something_to_do) {
  World world(choosing(three), {.stride = minutes(30)});
  live(world, 0, 100);  // 700 minutes
  const auto published = world.said<audit::Published>();
  BOOST_TEST(published.size() >= 10U);
  BOOST_TEST(published.size() <= 12U);
  std::uint32_t version = 0;
  for (const auto& [when, p] : published) BOOST_TEST(p.version == ++version);
}

BOOST_AUTO_TEST_CASE(where_nothing_is_eligible_the_flow_goes_on) {
  World world(
      choosing("option a when contact.plan is pro { send welcome }\noption b when contact.mrr > $5 { send offer }",
               "send ping"));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "ping");
  const auto decisions = world.said<audit::Decided>();
  BOOST_REQUIRE(decisions.size() == 1U);
  BOOST_TEST(decisions[0].second.shares.empty());
  BOOST_TEST(world.cell(ann).open.empty());
}

BOOST_AUTO_TEST_CASE(a_condition_that_fails_makes_its_option_ineligible) {
  World world(choosing("option a when contact.mrr / $0 > 1 { send welcome }\noption b { send offer }"));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "offer");
}

BOOST_AUTO_TEST_CASE(an_outcome_counts_within_the_window_and_once) {
  World world(choosing(three, "wait 60 days"));
  const std::pair<const char*, Instant> cases[] = {
      {"at_once@a.example", world.now},
      {"last@a.example", world.now + days(14)},
      {"too_late@a.example", world.now + days(14) + Duration{1}},
      {"twice@a.example", world.now + days(1)},
  };
  world.contact("before@a.example");
  for (const auto& [who, when] : cases) world.contact(who);
  world.event("before@a.example", "became_mql");
  world.event("before@a.example", "joined");
  for (const auto& [who, when] : cases) world.event(who, "joined");
  for (const auto& [who, when] : cases) world.later(when, who, "became_mql");
  world.later(world.now + days(2), "twice@a.example", "became_mql");
  // Arrives within the window, but happened before the contact came in.
  world.contact("earlier@a.example");
  world.event("earlier@a.example", "joined");
  world.later(world.now + days(1), "earlier@a.example", "became_mql", {}, {.at = world.now - Duration{1}});
  world.pass(days(30));
  std::map<std::uint64_t, int> outcomes, reached, closed;
  for (const auto& [when, o] : world.said<audit::Credited>()) ++outcomes[o.pass.contact.id];
  for (const auto& [when, r] : world.said<audit::Reached>()) ++reached[r.pass.contact.id];
  for (const auto& [when, c] : world.said<audit::Closed>()) ++closed[c.pass.contact.id];
  const std::pair<const char*, int> expected[] = {{"before@a.example", 0}, {"at_once@a.example", 1},
                                                  {"last@a.example", 1},   {"too_late@a.example", 0},
                                                  {"twice@a.example", 1},  {"earlier@a.example", 0}};
  for (const auto& [who, n] : expected) {
    const std::uint64_t id = world.id(who)->id;
    BOOST_TEST(outcomes[id] == n, who);
    BOOST_TEST(reached[id] == n, who);
    BOOST_TEST(closed[id] == 1 - n, who);
    BOOST_TEST(world.cell(who).open.empty());
    BOOST_TEST(world.cell(who).watches.empty());
  }
  std::uint64_t credited = 0;
  const LearnedChoice& learned = world.tallies().choices().at("nurture/way");
  for (const std::uint64_t n : learned.reached) credited += n;
  BOOST_TEST(credited == 3U);
  const GoalTally& tally = world.tallies().goals.at("qualified");
  BOOST_TEST(tally.treated == 6U);
  BOOST_TEST(tally.treated_reached == 3U);
}

BOOST_AUTO_TEST_CASE(who_is_held_out_teaches_nothing) {
  World world(project(workflow(std::string("choose way {") + three + "\n}", "toward qualified\nenter on joined"), "",
                      "holdout 100%"),
              {.holdout = true});
  live(world, 0, 20);
  BOOST_TEST(world.said<audit::Decided>().size() == 20U);
  BOOST_TEST(world.provider.sent.empty());
  const LearnedChoice& learned = world.tallies().choices().at("nurture/way");
  BOOST_TEST(std::accumulate(learned.decisions.begin(), learned.decisions.end(), 0U) == 0U);
  BOOST_TEST(learned.version == 0U);
}

BOOST_AUTO_TEST_CASE(learning_is_the_same_to_the_bit_however_often_the_store_was_opened) {
  for (const char* features : {"", "learn from contact.country, contact.plan, count(visited, last 7 days)\n"}) {
    const std::string text = choosing(std::string(features) + three);
    World straight(text, {.stride = minutes(30)});
    live(straight, 0, 90);
    const Folder folder;
    World broken(text, {.path = folder.file("a.db"), .stride = minutes(30)});
    live(broken, 0, 25);
    broken.reopen();
    live(broken, 25, 40);
    must(broken.engine->checkpoint());
    live(broken, 40, 60);
    broken.reopen();
    live(broken, 60, 61);
    broken.reopen();
    live(broken, 61, 90);
    BOOST_TEST((straight.tallies().save() == broken.tallies().save()));
    broken.reopen();
    BOOST_TEST((straight.tallies().save() == broken.tallies().save()));
    // What a command sees beside the engine is the same again.
    BOOST_TEST((must(look(*broken.store)).ledger.save() == straight.tallies().save()));
  }
}

BOOST_AUTO_TEST_CASE(better_options_get_more) {
  World world(choosing("explore at least 5%\noption good { send welcome }\noption bad { send offer }"));
  for (int i = 0; i < 400; ++i) {
    world.contact(person(i));
    world.event(person(i), "joined");
    if (world.got(person(i)).at(0) == "welcome" && i % 2 == 0) world.event(person(i), "became_mql");
    world.pass(minutes(7));
  }
  const auto decisions = world.said<audit::Decided>();
  BOOST_TEST(decisions.back().second.shares[0] > 900'000'000U);
  BOOST_TEST(decisions.back().second.shares[1] >= 50'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
