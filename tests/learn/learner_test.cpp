// The learners: they find what is best, fade their start, and come back from bytes bit for bit.
#include "runtime/learn/learner.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/learn/learners.hpp"
#include "runtime/learn/shares.hpp"
#include "runtime/values/bytes.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

const std::vector<double> no_context;

LearnerSpec plain(std::size_t options) {
  return {.options = options, .features = 0, .start = {}};
}
LearnerSpec linear(std::size_t options, std::size_t features) {
  return {.options = options, .features = features, .start = {}};
}

void feed(Learner& learner, std::size_t option, int trials, int successes, const std::vector<double>& x = no_context) {
  for (int i = 0; i < trials; ++i) learner.decided(option, x);
  for (int i = 0; i < successes; ++i) learner.reached(option, x);
}

/// Expected regret of `rounds` decisions where option i succeeds at rates[i].
double regret(const std::vector<double>& rates, int rounds, std::uint64_t seed) {
  const auto learner = make_learner(plain(rates.size()));
  const std::vector<bool> all(rates.size(), true);
  const double best = *std::max_element(rates.begin(), rates.end());
  Dice dice(seed, 1);
  double lost = 0;
  std::vector<Share> current;
  for (int round = 0; round < rounds; ++round) {
    // Three rounds of delay cost nothing that can be measured, and save the debug build most of its time here.
    if (round % 4 == 0) current = shares(learner->weights(no_context, all), all, 0);
    const std::size_t option = draw(current, dice);
    lost += best - rates[option];
    learner->decided(option, no_context);
    if (dice.uniform() < rates[option]) learner->reached(option, no_context);
  }
  return lost;
}

/// Goals reached in `rounds` decisions on two kinds of contact; which option is best depends on the kind.
int goals(Learner& learner, bool with_context, int rounds, std::uint64_t seed) {
  const double rates[2][2] = {{0.02, 0.10}, {0.10, 0.02}};
  const std::vector<bool> all(2, true);
  Dice dice(seed, 2);
  int reached = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round % 50 == 0) learner.age(round);
    const std::size_t kind = dice.below(2);
    const std::vector<double> x =
        with_context ? std::vector<double>{1, kind == 0 ? 1.0 : 0.0, kind == 1 ? 1.0 : 0.0} : std::vector<double>{};
    const std::vector<Share> drawn = shares(learner.weights(x, all), all, 0);
    const std::size_t option = draw(drawn, dice);
    const Decision decision{option, x, round, drawn};
    learner.decided(decision);
    if (dice.uniform() < rates[kind][option]) {
      learner.reached(decision, round);
      ++reached;
    }
  }
  return reached;
}

/// A linear learner that has seen something.
std::unique_ptr<Learner> experienced() {
  auto learner = make_learner({.options = 3, .features = 4, .start = {0.5, std::nullopt, std::nullopt}});
  Dice dice(3, 3);
  for (int i = 0; i < 500; ++i) {
    const std::vector<double> x{1, dice.uniform(), dice.uniform() * 3 - 1, static_cast<double>(dice.below(2))};
    const std::size_t option = dice.below(3);
    learner->decided(option, x);
    if (dice.below(10) == 0) learner->reached(option, x);
  }
  return learner;
}

const std::vector<double> some_context{1, 0.3, -0.7, 1};

}  // namespace

BOOST_AUTO_TEST_SUITE(learners)

BOOST_AUTO_TEST_CASE(finds_the_better_of_two_close_rates) {
  const auto learner = make_learner(plain(2));
  feed(*learner, 0, 40'000, 800);
  feed(*learner, 1, 40'000, 1000);
  BOOST_TEST(learner->weights(no_context, {true, true})[1] > 0.99);
  BOOST_TEST((learner->evidence() == std::vector<OptionEvidence>{{40'000, 800}, {40'000, 1000}}));
}

BOOST_AUTO_TEST_CASE(regret_is_that_of_thompson_sampling) {
  double sum = 0;
  for (std::uint64_t run = 0; run < 20; ++run) sum += regret({0.010, 0.015, 0.020, 0.025, 0.030}, 10'000, run);
  const double mean = sum / 20;
  BOOST_TEST_MESSAGE("mean regret " << mean);
  BOOST_TEST(mean > 25);
  BOOST_TEST(mean < 55);
}

BOOST_AUTO_TEST_CASE(prior_is_where_rates_begin) {
  LearnerSpec spec = plain(2);
  spec.prior = {1, 49};
  const auto learner = make_learner(spec);
  feed(*learner, 0, 300, 9);
  const std::vector<Beta> posteriors{{10, 340}, {1, 49}};
  BOOST_TEST((learner->weights(no_context, {true, true}) == best_of(posteriors)));
  BOOST_TEST((learner->clone()->weights(no_context, {true, true}) == best_of(posteriors)));
  const auto loaded = make_learner(spec);
  BOOST_REQUIRE(loaded->load(learner->save()).has_value());
  BOOST_TEST((loaded->weights(no_context, {true, true}) == best_of(posteriors)));
  // Expecting 50%, an option that nobody has seen looks far better than expecting 2%.
  const auto flat = make_learner(plain(2));
  feed(*flat, 0, 300, 9);
  BOOST_TEST(flat->weights(no_context, {true, true})[1] > learner->weights(no_context, {true, true})[1] + 0.5);
}

BOOST_AUTO_TEST_CASE(kept_weights_are_those_of_the_evidence) {
  // Whatever was asked before, the answer is that of a learner which is asked for the first time.
  const auto asked_often = make_learner(plain(5));
  std::vector<OptionEvidence> seen(5);
  Dice dice(11, 4);
  for (int i = 0; i < 400; ++i) {
    const std::size_t option = dice.below(5);
    if (dice.below(3) > 0) {
      asked_often->decided(option, no_context);
      ++seen[option].trials;
    }
    if (dice.below(9) == 0) {
      asked_often->reached(option, no_context);
      ++seen[option].successes;
    }
    const std::size_t left_out = dice.below(5);  // more sets in turn than are kept
    std::vector<bool> eligible(5, true);
    eligible[left_out] = false;
    if (dice.below(2) == 0) eligible[(left_out + 1) % 5] = false;
    const auto fresh = make_learner(plain(5));
    for (std::size_t k = 0; k < 5; ++k)
      feed(*fresh, k, static_cast<int>(seen[k].trials), static_cast<int>(seen[k].successes));
    const auto wanted = fresh->weights(no_context, eligible);
    BOOST_REQUIRE((asked_often->weights(no_context, eligible) == wanted));
    BOOST_REQUIRE((asked_often->weights(no_context, eligible) == wanted));
  }
  const auto other = make_learner(plain(5));
  feed(*other, 2, 500, 40);
  BOOST_REQUIRE(asked_often->load(other->save()).has_value());
  const std::vector<bool> all(5, true);
  BOOST_TEST((asked_often->weights(no_context, all) == other->weights(no_context, all)));
}

BOOST_AUTO_TEST_CASE(linear_learner_uses_the_context) {
  const int rounds = 6000;
  int plain_goals = 0;
  int linear_goals = 0;
  for (std::uint64_t run = 0; run < 5; ++run) {
    plain_goals += goals(*make_learner(plain(2)), false, rounds, run);
    linear_goals += goals(*make_learner(linear(2, 3)), true, rounds, run);
  }
  BOOST_TEST_MESSAGE("goals: plain " << plain_goals << ", linear " << linear_goals);
  // Without context 6% is all there is, 1,800; with it 10%, 3,000.
  BOOST_TEST(plain_goals < 2000);
  BOOST_TEST(linear_goals > 2700);
}

BOOST_AUTO_TEST_CASE(linear_score_is_the_ridge_regression) {
  // One feature, always 1: A = 1 + trials, so the mean is successes / (1 + trials) and the sd v / sqrt(1 + trials).
  const auto learner = make_linear(linear(2, 1));
  const std::vector<double> one{1};
  feed(*learner, 0, 99, 10, one);
  feed(*learner, 1, 399, 50, one);
  const double rate = 61.0 / 500;
  const double v = std::sqrt(rate * (1 - rate));
  const std::vector<Normal> scores{{0.1, v / 10}, {0.125, v / 20}};
  const auto wanted = best_of(scores);
  const auto got = learner->weights(one, {true, true});
  BOOST_TEST(std::abs(got[0] - wanted[0]) < 1e-9);
  BOOST_TEST(std::abs(got[1] - wanted[1]) < 1e-9);
}

BOOST_AUTO_TEST_CASE(ineligible_options_get_nothing) {
  for (const auto& spec : {plain(3), linear(3, 4)}) {
    const auto learner = make_learner(spec);
    const auto& x = spec.features == 0 ? no_context : some_context;
    const auto two = learner->weights(x, {true, false, true});
    BOOST_TEST(two[1] == 0);
    BOOST_TEST(std::abs(two[0] - 0.5) < 1e-9);
    BOOST_TEST((learner->weights(x, {false, true, false}) == std::vector<double>{0, 1, 0}));
  }
}

BOOST_AUTO_TEST_CASE(start_fades_with_trials) {
  LearnerSpec spec{.options = 3, .features = 0, .start = {0.6, std::nullopt, std::nullopt}};
  const auto learner = make_learner(spec);
  const auto bare = make_learner(plain(3));
  const std::vector<bool> all(3, true);

  auto got = learner->weights(no_context, all);
  BOOST_TEST(std::abs(got[0] - 0.6) < 1e-12);
  BOOST_TEST(std::abs(got[1] - 0.2) < 1e-12);
  BOOST_TEST(std::abs(got[2] - 0.2) < 1e-12);

  // Among the eligible the start is renormalised: 0.6 and 0.2 become 0.75 and 0.25.
  got = learner->weights(no_context, {true, false, true});
  BOOST_TEST(std::abs(got[0] - 0.75) < 1e-12);
  BOOST_TEST(got[1] == 0);

  for (Learner* each : {learner.get(), bare.get()}) {
    feed(*each, 0, 100, 2);
    feed(*each, 1, 100, 5);
    feed(*each, 2, 100, 9);
  }
  const auto thompson = bare->weights(no_context, all);
  got = learner->weights(no_context, all);
  BOOST_TEST(std::abs(got[0] - (100 * 0.6 + 300 * thompson[0]) / 400) < 1e-12);
  BOOST_TEST(std::abs(got[2] - (100 * 0.2 + 300 * thompson[2]) / 400) < 1e-12);
}

BOOST_AUTO_TEST_CASE(start_of_the_linear_learner) {
  const auto learner = make_learner({.options = 2, .features = 4, .start = {0.9, 0.1}});
  const auto got = learner->weights(some_context, {true, true});
  BOOST_TEST(std::abs(got[0] - 0.9) < 1e-12);
}

BOOST_AUTO_TEST_CASE(saved_and_cloned_models_are_the_same_bits) {
  const std::vector<bool> all(3, true);
  const auto learner = experienced();
  const auto wanted = learner->weights(some_context, all);

  const auto loaded = make_learner({.options = 3, .features = 4, .start = {0.5, std::nullopt, std::nullopt}});
  BOOST_REQUIRE(loaded->load(learner->save()).has_value());
  const auto cloned = learner->clone();
  for (Learner* copy : {loaded.get(), cloned.get()}) {
    BOOST_TEST((copy->weights(some_context, all) == wanted));
    BOOST_TEST(copy->save() == learner->save());
    BOOST_TEST((copy->evidence() == learner->evidence()));
    // And they go on alike.
    const auto original = learner->clone();
    original->decided(1, some_context);
    copy->decided(1, some_context);
    original->reached(1, some_context);
    copy->reached(1, some_context);
    BOOST_TEST((copy->weights(some_context, all) == original->weights(some_context, all)));
  }
  // The clones' lives are their own.
  BOOST_TEST((learner->weights(some_context, all) == wanted));
  // A model that is rebuilt from the same decisions is the same.
  BOOST_TEST(experienced()->save() == learner->save());
}

BOOST_AUTO_TEST_CASE(plain_learner_saves_and_loads) {
  const auto learner = make_learner(plain(2));
  feed(*learner, 0, 1000, 20);
  feed(*learner, 1, 1000, 25);
  const auto loaded = make_learner(plain(2));
  BOOST_REQUIRE(loaded->load(learner->save()).has_value());
  const std::vector<bool> all(2, true);
  BOOST_TEST((loaded->weights(no_context, all) == learner->weights(no_context, all)));
  BOOST_TEST((learner->clone()->weights(no_context, all) == learner->weights(no_context, all)));
}

BOOST_AUTO_TEST_CASE(malformed_bytes_are_refused_and_change_nothing) {
  const auto source = experienced();
  const std::string good = source->save();
  const auto learner = make_learner(linear(3, 4));
  const std::string before = learner->save();
  for (std::size_t length = 0; length < good.size(); ++length) {
    BOOST_REQUIRE(!learner->load(std::string_view(good).substr(0, length)).has_value());
  }
  BOOST_TEST(!learner->load(good + "x").has_value());
  std::string not_finite = good;
  not_finite.replace(not_finite.size() - 8, 8, "\xff\xff\xff\xff\xff\xff\xff\x7f");
  BOOST_TEST(!learner->load(not_finite).has_value());
  BOOST_TEST(learner->save() == before);

  BOOST_TEST(!make_learner(linear(3, 5))->load(good).has_value());
  BOOST_TEST(!make_learner(linear(2, 4))->load(good).has_value());
  BOOST_TEST(!make_learner(plain(3))->load(good).has_value());

  const auto counts = make_learner(plain(3));
  const std::string plain_bytes = counts->save();
  for (std::size_t length = 0; length < plain_bytes.size(); ++length) {
    BOOST_REQUIRE(!counts->load(std::string_view(plain_bytes).substr(0, length)).has_value());
  }
  BOOST_TEST(!counts->load(plain_bytes + "x").has_value());
  BOOST_TEST(!learner->load(plain_bytes).has_value());
  BOOST_REQUIRE(!make_learner(plain(2))->load(plain_bytes).has_value());
  BOOST_TEST((make_learner(plain(2))->load("").error().code == FaultCode::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
