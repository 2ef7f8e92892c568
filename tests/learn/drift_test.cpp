// Rates that change. Seeds are fixed; each case says how often a right implementation would fail.
#include "runtime/learn/drift.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

double log_beta(double a, double b) {
  return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
}

/// Decisions for two options in turn, in batches of 250.
void play(ChangingEvidence& evidence, int decisions, double first, double second, Dice& dice) {
  for (int i = 0; i < decisions; ++i) {
    const std::size_t option = i % 2 == 0 ? 0 : 1;
    evidence.decided(option);
    if (dice.uniform() < (option == 0 ? first : second)) evidence.reached(option);
    if (i % 250 == 249) evidence.close_batch();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drift)

BOOST_AUTO_TEST_CASE(one_batch_is_thompson_sampling) {
  ChangingEvidence evidence(2, 1000, {1, 49});
  BOOST_TEST(std::abs(evidence.weights()[0] - 0.5) < 1e-9);
  for (int i = 0; i < 100; ++i) evidence.decided(0);
  for (int i = 0; i < 5; ++i) evidence.reached(0);
  BOOST_TEST(std::abs(evidence.weights()[0] - 0.5) < 1e-9);  // not before the batch is taken in
  evidence.close_batch();
  const std::vector<Beta> posteriors{{6, 144}, {1, 49}};
  BOOST_TEST((evidence.weights() == best_of(posteriors)));
  evidence.close_batch();  // an empty one changes nothing
  BOOST_TEST((evidence.weights() == best_of(posteriors)));
}

BOOST_AUTO_TEST_CASE(two_batches_are_bayes_rule) {
  const Beta prior{1, 49};
  ChangingEvidence evidence(1, 500, prior);
  for (int i = 0; i < 200; ++i) evidence.decided(0);
  for (int i = 0; i < 10; ++i) evidence.reached(0);
  evidence.close_batch();
  for (int i = 0; i < 300; ++i) evidence.decided(0);
  for (int i = 0; i < 3; ++i) evidence.reached(0);
  evidence.close_batch();
  const double changed = -std::expm1(-300.0 / 500);
  const double same = std::log(1 - changed) + log_beta(11 + 3, 239 + 297) - log_beta(11, 239);
  const double anew = std::log(changed) + log_beta(1 + 3, 49 + 297) - log_beta(1, 49);
  const double wanted = 1 / (1 + std::exp(anew - same));
  BOOST_TEST(std::abs(evidence.unchanged_for(300) - wanted) < 1e-9);
  BOOST_TEST(std::abs(evidence.unchanged_for(299) - 1) < 1e-12);
  BOOST_TEST(evidence.unchanged_for(500) == 0);
}

BOOST_AUTO_TEST_CASE(sees_a_fall_and_seldom_what_is_not_there) {
  // 200 histories each. A fall of one option from 3% to 1% after 20,000 decisions is to be seen within 10,000 (half of
  // them for the other option) in more than nine of ten; where nothing changes, at most one in twenty may think so at
  // the end. It was 199 and 1 of 200: where the truth is 98% and 2%, either limit fails for fewer than 1 of 100 seeds.
  int seen = 0, imagined = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    ChangingEvidence falls(2, 50'000, {1, 49}), stays(2, 50'000, {1, 49});
    Dice dice(31, 9, run);
    play(falls, 20'000, 0.03, 0.02, dice);
    play(falls, 10'000, 0.01, 0.02, dice);
    seen += falls.unchanged_for(11'000) < 0.5 ? 1 : 0;
    play(stays, 30'000, 0.03, 0.02, dice);
    imagined += stays.unchanged_for(11'000) < 0.5 ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("of 200: seen " << seen << ", imagined " << imagined);
  BOOST_TEST(seen > 180);
  BOOST_TEST(imagined <= 10);
}

BOOST_AUTO_TEST_CASE(weights_turn_after_a_change) {
  // The better option becomes the worse one. Whoever forgets nothing needs 20,000 more decisions to see them equal.
  ChangingEvidence evidence(2, 50'000, {1, 49});
  const auto plain = make_learner({.options = 2, .features = 0, .start = {}});
  Dice dice(32, 9);
  for (int i = 0; i < 30'000; ++i) {
    const std::size_t option = i % 2 == 0 ? 0 : 1;
    const bool good = (option == 0) == (i < 20'000);
    evidence.decided(option);
    plain->decided(option, {});
    if (dice.uniform() < (good ? 0.03 : 0.01)) {
      evidence.reached(option);
      plain->reached(option, {});
    }
    if (i % 250 == 249) evidence.close_batch();
    if (i == 19'999) BOOST_TEST(evidence.weights()[0] > 0.95);
  }
  BOOST_TEST(evidence.weights()[1] > 0.95);
  BOOST_TEST(plain->weights({}, {true, true})[0] > 0.9);
}

BOOST_AUTO_TEST_SUITE_END()
