// Learned scores: what they say before they know anything, from which moments they learn, and that what they have
// learned survives restarts bit for bit.
#include "runtime/engine/weighing.hpp"
#include "runtime/learn/logistic.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

std::string intent(const std::string& from = "contact.plan, count(visited, last 14 days)",
                   const std::string& within = "8 days") {
  return "score intent {\n  predict became_mql within " + within + "\n  from " + from +
         "\n  bands cold below 20%, warm below 60%, hot\n}\n";
}

/// Who joins is asked about at once: the keen get an offer, the others a welcome.
std::string asking(const std::string& score = intent(), const std::string& condition = "intent > 15%") {
  return project(score + workflow("if " + condition + " { send offer } else { send welcome }\nwait 30 days"));
}

/// People who join one after the other; of the pros two in five reach it, of the others one in twenty.
void live(World& world, int from, int to) {
  for (int i = from; i < to; ++i) {
    const bool pro = i % 2 == 0;
    world.contact(person(i), {{"plan", pro ? "pro" : "free"}});
    world.event(person(i), "joined");
    // By chance: a pattern would be learned from one and be wrong of the next.
    const bool comes = Dice(17, 5, static_cast<std::uint64_t>(i)).uniform() < (pro ? 0.4 : 0.05);
    if (comes) world.later(world.now + days(i % 7) + hours(1), person(i), "became_mql");
    world.pass(hours(1));
  }
}

const LearnedScore& learned(const World& world) {
  return *world.engine->scores().find("intent");
}

double foretold(const LearnedScore& score, bool pro) {
  std::vector<double> context(score.spec.entries.size());
  context[0] = 1;
  context[pro ? 2 : 1] = 1;
  return learn::probability_of(score.in_force.log_odds(learn::entries_of(context)));
}

std::string state_of(const World& world) {
  Scores scores = world.engine->scores();
  return scores.save();
}

BOOST_AUTO_TEST_SUITE(scores)

BOOST_AUTO_TEST_CASE(one_that_has_learned_nothing_says_what_it_begins_with) {
  World world(asking(intent(), "intent is cold"));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "offer");
  const auto said = world.said<audit::Predicted>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].second.probability == 50'000'000U);  // where nobody says how frequent it is
  BOOST_TEST(said[0].second.model == 0U);
  BOOST_TEST(!knows_enough(learned(world)));
}

BOOST_AUTO_TEST_CASE(it_begins_with_the_baseline_of_a_goal_that_is_reached_by_the_same) {
  const std::string goal = "goal keen { reach became_mql within 8 days\n baseline 22%\n target 30% }\n";
  World world(asking(goal + intent(), "intent is warm"));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "offer");
  BOOST_TEST(world.said<audit::Predicted>().at(0).second.probability == 220'000'000U);
  BOOST_TEST(learned(world).spec.prior_of == "keen");
  // Another window is another rate.
  World other(asking(goal + intent("contact.plan", "9 days")));
  BOOST_TEST(learned(other).spec.prior_of == "");
}

BOOST_AUTO_TEST_CASE(a_prediction_teaches_when_its_window_is_over_and_not_before) {
  World world(asking());
  world.contact(ann);
  world.event(ann, "joined");
  const Instant asked = world.now;
  world.pass(days(2));
  world.event(ann, "became_mql");
  world.run(asked + days(8));
  BOOST_TEST(world.said<audit::Observed>().empty());
  world.pass(minutes(1));
  const auto observed = world.said<audit::Observed>();
  BOOST_REQUIRE(observed.size() == 1U);
  BOOST_TEST(observed[0].second.came);
  BOOST_TEST(observed[0].second.predicted.ms == asked.ms);
  BOOST_TEST(learned(world).observed == 1U);
  BOOST_TEST(world.cell(ann).predictions.empty());
}

BOOST_AUTO_TEST_CASE(what_comes_true_comes_after_it_was_asked_and_within_the_window) {
  struct Case {
    Duration after;  // of the asking
    bool came;
  };
  for (const Case& one : {Case{Duration{0}, false}, Case{Duration{-5}, false}, Case{Duration{1}, true},
                          Case{days(8), true}, Case{days(8) + Duration{1}, false}}) {
    World world(asking());
    world.contact(ann);
    world.event(ann, "joined");
    const Instant when = world.now + one.after;
    world.later(std::max(when, world.now), ann, "became_mql", {}, {"", "", when});
    world.pass(days(9));
    const auto observed = world.said<audit::Observed>();
    BOOST_REQUIRE(observed.size() == 1U);
    BOOST_TEST(observed[0].second.came == one.came, "after " << one.after.ms << " ms");
  }
}

BOOST_AUTO_TEST_CASE(it_learns_from_what_was_known_when_it_was_asked) {
  World world(asking());
  world.contact(ann, {{"plan", "free"}});
  world.event(ann, "joined");
  world.contact(ann, {{"plan", "pro"}});
  for (int i = 0; i < 3; ++i) world.event(ann, "visited", {{"page", "pricing"}});
  world.pass(days(9));
  const auto observed = world.said<audit::Observed>();
  BOOST_REQUIRE(observed.size() == 1U);
  BOOST_TEST(observed[0].second.context == (std::vector<double>{1, 1, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(list(learned(world).spec.entries) ==
             "(all), contact.plan is free, contact.plan is pro, count(visited, last 14 days)");
}

BOOST_AUTO_TEST_CASE(who_is_asked_about_often_counts_at_most_a_few_times_a_window) {
  World world(project(intent() + workflow("repeat up to 40 times every 12 hours until intent > 99% { }")));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(15));
  const auto said = world.said<audit::Predicted>();
  BOOST_TEST(said.size() == 8U);  // in fifteen days, of windows of eight
  for (std::size_t i = 1; i < said.size(); ++i) BOOST_TEST((said[i].first - said[i - 1].first >= days(2)));
}

BOOST_AUTO_TEST_CASE(who_is_forgotten_teaches_nothing) {
  World world(asking());
  world.contact(ann);
  world.event(ann, "joined");
  PersonIn in;
  in.act = PersonIn::Act::forget;
  in.key_field = name_id("email");
  in.key = ann;
  in.by = "a@acme.example";
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.pass(days(9));
  BOOST_TEST(world.said<audit::Predicted>().size() == 1U);
  BOOST_TEST(world.said<audit::Observed>().empty());
}

BOOST_AUTO_TEST_CASE(what_it_learns_decides) {
  World world(asking(), {.stride = hours(1)});
  live(world, 0, 600);
  const LearnedScore& score = learned(world);
  BOOST_TEST(score.observed > 300U);
  BOOST_TEST(score.version > 10U);
  BOOST_TEST(std::abs(foretold(score, true) - 0.40) < 0.08);
  BOOST_TEST(std::abs(foretold(score, false) - 0.05) < 0.04);
  world.contact(person(1000), {{"plan", "pro"}});
  world.contact(person(1001), {{"plan", "free"}});
  world.event(person(1000), "joined");
  world.event(person(1001), "joined");
  BOOST_TEST(list(world.got(person(1000))) == "offer");
  BOOST_TEST(list(world.got(person(1001))) == "welcome");
  const std::optional<learn::Card> card = card_of(score);
  BOOST_REQUIRE(card.has_value());
  BOOST_TEST(card->rows == score.observed);
  BOOST_TEST(card->auc->value > 0.7);
  BOOST_TEST(card->log_loss < card->base_log_loss);
}

BOOST_AUTO_TEST_CASE(it_is_in_force_only_once_it_has_seen_both) {
  World world(asking(), {.stride = hours(1)});
  live(world, 0, 320);
  std::uint64_t observed = 0, came = 0;
  std::optional<Instant> enough;
  for (const auto& [when, e] : world.said<audit::Observed>()) {
    ++observed;
    came += e.came ? 1 : 0;
    if (!enough && came >= enough_of_each && observed - came >= enough_of_each) enough = when;
  }
  BOOST_REQUIRE(enough.has_value());
  const auto published = world.said<audit::Published>();
  BOOST_REQUIRE(!published.empty());
  BOOST_TEST((published[0].first >= *enough));
  BOOST_TEST((published[0].first - *enough <= hours(1)));
  // Nothing changes from one publishing to the next.
  for (std::size_t i = 1; i < published.size(); ++i) {
    BOOST_TEST((published[i].first - published[i - 1].first >= hours(1)));
    BOOST_TEST(published[i].second.version == published[i - 1].second.version + 1);
    BOOST_TEST(published[i].second.choice == "score intent");
  }
  for (const auto& [when, e] : world.said<audit::Predicted>()) {
    const auto later =
        std::count_if(published.begin(), published.end(), [&](const auto& p) { return p.first <= when; });
    BOOST_TEST(e.model == static_cast<std::uint32_t>(later));
  }
}

BOOST_AUTO_TEST_CASE(what_it_has_learned_survives_restarts_bit_for_bit) {
  const Folder folder;
  World one(asking(), {.stride = hours(1)});
  World other(asking(), {.path = folder.file("s.db"), .stride = hours(1), .checkpoint_cells = 50});
  for (int i = 0; i < 300; i += 60) {
    live(one, i, i + 60);
    live(other, i, i + 60);
    other.reopen();
    BOOST_TEST((state_of(one) == state_of(other)));
  }
  // And from the journal alone.
  Standing anew;
  must(other.store->records(0, [&](const store::Record& record) -> Result<void> {
    for (const audit::Stamped& stamped : must(audit::read(record.audit)))
      anew.apply(stamped.at, stamped.entry, other.engine->deployments());
    return {};
  }));
  BOOST_TEST((anew.scores.save() == state_of(other)));
  BOOST_TEST(learned(other).version > 0U);
}

BOOST_AUTO_TEST_CASE(an_edit_elsewhere_leaves_it_and_an_edit_of_it_begins_anew) {
  World world(asking(), {.stride = hours(1)});
  live(world, 0, 300);
  const std::uint64_t observed = learned(world).observed;
  BOOST_REQUIRE(observed > 0U);
  // Other constants, counters and fields come before: places in the module move, and nothing is meant otherwise.
  world.deploy(project("segment keen = count(visited where page == \"pricing\", last 7 days) >= 2\n" + intent() +
                       workflow("if intent > 15% and contact is keen { send offer }\nwait 30 days")));
  BOOST_TEST(learned(world).observed == observed);
  world.deploy(asking(intent("contact.plan")));
  BOOST_TEST(learned(world).observed == 0U);
  BOOST_TEST(learned(world).version == 0U);
  // Predictions of the other one that are still under way are nobody's.
  world.pass(days(9));
  BOOST_TEST(learned(world).observed == 0U);
}

void steer(World& world, audit::Steered::Act act, const std::string& state = "") {
  const WeightsIn in{act, "score intent", state, "a@acme.example", "a test"};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
}

BOOST_AUTO_TEST_CASE(hands_on_a_score) {
  using Act = audit::Steered::Act;
  World world(asking(), {.stride = hours(1)});
  live(world, 0, 300);
  const double known = foretold(learned(world), true);
  const std::string state = exported(learned(world));
  steer(world, Act::freeze);
  const std::uint32_t version = learned(world).version;
  const double kept = foretold(learned(world), true);
  live(world, 300, 400);
  BOOST_TEST(learned(world).version == version);
  BOOST_TEST(learned(world).changed);
  steer(world, Act::reset);
  steer(world, Act::import, state);
  BOOST_TEST(std::abs(foretold(learned(world), true) - kept) < 1e-12);
  steer(world, Act::unfreeze);
  BOOST_TEST(learned(world).version == version + 1);
  steer(world, Act::reset);
  BOOST_TEST(learned(world).observed == 0U);
  BOOST_TEST(std::abs(foretold(learned(world), true) - rate_unheard) < 1e-12);
  // What was said before the reset teaches nothing.
  world.pass(days(9));
  BOOST_TEST(learned(world).observed == 0U);
  steer(world, Act::import, "not a score");
  BOOST_TEST(learned(world).version == version + 1);
  steer(world, Act::import, state);
  BOOST_TEST(learned(world).version == version + 2);
  BOOST_TEST(std::abs(foretold(learned(world), true) - known) < 0.02);
  BOOST_TEST(world.said<audit::Steered>().size() == 4U);
  BOOST_TEST(world.said<audit::Refused>().size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
