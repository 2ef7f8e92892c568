// The figures of a model card: by hand, by counting every pair, and in simulations where the truth is known.
#include "runtime/learn/card.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

bool near(double got, double wanted, double tolerance = 1e-12) {
  return std::abs(got - wanted) <= tolerance;
}

double by_pairs(const std::vector<double>& scores, const std::vector<bool>& outcomes) {
  double right = 0, pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (!outcomes[i] || outcomes[j]) continue;
      right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      ++pairs;
    }
  }
  return right / pairs;
}

/// Log-odds between -3 and 3, and outcomes that follow them.
void draw(std::uint64_t seed, std::size_t n, std::vector<double>& log_odds, std::vector<bool>& outcomes) {
  Dice dice(seed, 3);
  log_odds.clear();
  outcomes.clear();
  for (std::size_t i = 0; i < n; ++i) {
    log_odds.push_back(6 * dice.uniform() - 3);
    outcomes.push_back(dice.uniform() < probability_of(log_odds.back()));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cards)

BOOST_AUTO_TEST_CASE(auc_is_the_part_of_pairs_in_order) {
  Dice dice(1, 4);
  for (int round = 0; round < 20; ++round) {
    std::vector<double> scores;
    std::vector<bool> outcomes;
    for (int i = 0; i < 60; ++i) {
      scores.push_back(static_cast<double>(dice.below(12)));  // with ties
      outcomes.push_back(i < 2 ? i == 0 : dice.uniform() < scores.back() / 12);
    }
    BOOST_TEST(near(auc(scores, outcomes)->value, by_pairs(scores, outcomes)));
  }
  const std::vector<double> scores{1, 2, 3, 4};
  BOOST_TEST(auc(scores, {false, false, true, true})->value == 1);
  BOOST_TEST(auc(scores, {true, true, false, false})->value == 0);
  BOOST_TEST(!auc(scores, {true, true, true, true}));
  BOOST_TEST(!auc({}, {}));
}

BOOST_AUTO_TEST_CASE(delong_by_hand) {
  // Positives at 2, 4, 5, negatives at 1, 3: the positives are above 1/2, 1, 1 of the negatives; the negatives are
  // below 1 and 2/3 of the positives. Variances 1/12 and 1/18.
  const std::vector<double> scores{2, 4, 5, 1, 3};
  const Auc got = *auc(scores, {true, true, true, false, false});
  BOOST_TEST(near(got.value, 5.0 / 6));
  BOOST_TEST(near(got.standard_error, std::sqrt(1.0 / 12 / 3 + 1.0 / 18 / 2)));
  BOOST_TEST(got.interval.high == 1);
}

// 1,000 samples of 400 rows. Were the coverage 95%, one outside 93% to 97% would be seen less than once in 200.
BOOST_AUTO_TEST_CASE(intervals_of_the_auc_cover) {
  std::vector<double> log_odds;
  std::vector<bool> outcomes;
  draw(99, 400'000, log_odds, outcomes);
  const double truth = auc(log_odds, outcomes)->value;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    draw(1'000 + seed, 400, log_odds, outcomes);
    const Interval interval = auc(log_odds, outcomes)->interval;
    covered += interval.low <= truth && truth <= interval.high;
  }
  BOOST_TEST_MESSAGE("coverage of the 95% interval of the AUC: " << covered / 10.0 << "%");
  BOOST_TEST(covered >= 930);
  BOOST_TEST(covered <= 970);
}

BOOST_AUTO_TEST_CASE(calibration_sees_what_is_too_extreme_and_what_is_off) {
  std::vector<double> log_odds;
  std::vector<bool> outcomes;
  draw(7, 50'000, log_odds, outcomes);
  const Calibration right = *calibration(log_odds, outcomes);
  BOOST_TEST(std::abs(right.slope - 1) < 4 * right.slope_error);
  BOOST_TEST(std::abs(right.intercept) < 0.05);
  std::vector<double> changed = log_odds;
  for (double& z : changed) z = 2 * z + 1;  // log-odds = (z - 1) / 2
  const Calibration extreme = *calibration(changed, outcomes);
  BOOST_TEST(near(extreme.slope, right.slope / 2, 1e-8));
  BOOST_TEST(near(extreme.intercept, right.intercept - right.slope / 2, 1e-8));
  BOOST_TEST(near(extreme.slope_error, right.slope_error / 2, 1e-8));
  // Nothing finite fits what is ordered without a fault, and nothing at all where every prediction is the same.
  const std::vector<double> ordered{-2, -1, 1, 2}, same{1, 1, 1, 1};
  BOOST_TEST(!calibration(ordered, {false, false, true, true}));
  BOOST_TEST(!calibration(same, {false, false, true, true}));
  BOOST_TEST(!calibration(ordered, {true, true, true, true}));
}

BOOST_AUTO_TEST_CASE(a_card_by_hand) {
  // Twenty rows: ten predicted at 1/4, of which two happened, ten at 3/4, of which eight did.
  std::vector<double> log_odds(20, std::log(1.0 / 3));
  std::vector<bool> outcomes(20, false);
  for (std::size_t i = 10; i < 20; ++i) log_odds[i] = std::log(3.0), outcomes[i] = i >= 12;
  outcomes[0] = outcomes[1] = true;
  const Card card = judge(log_odds, outcomes, 0.4);
  BOOST_TEST(card.rows == 20U);
  BOOST_TEST(card.positives == 10U);
  BOOST_TEST(near(card.log_loss, -(16 * std::log(0.75) + 4 * std::log(0.25)) / 20));
  BOOST_TEST(near(card.base_log_loss, -(std::log(0.4) + std::log(0.6)) / 2));
  BOOST_TEST(near(card.brier, (16 * 0.0625 + 4 * 0.5625) / 20));
  BOOST_TEST(near(card.base_brier, (0.36 + 0.16) / 2));
  BOOST_TEST(near(card.auc->value, by_pairs(log_odds, outcomes)));
  // The highest tenth is two of ten rows that are tied, and counts with their mean: 0.8 over 0.5.
  BOOST_TEST(near(card.top_decile_lift, 1.6));
  BOOST_REQUIRE(card.groups.size() == 10U);
  double error = 0;
  for (const CalibrationGroup& group : card.groups) {
    BOOST_TEST(group.rows == 2U);
    error += std::abs(group.predicted - group.observed()) / 10;
  }
  BOOST_TEST(near(card.expected_calibration_error, error));
  BOOST_TEST(near(card.groups.front().predicted, 0.25));
  BOOST_TEST(near(card.groups.back().most, 0.75));
}

BOOST_AUTO_TEST_CASE(few_rows_have_a_card_too) {
  const std::vector<double> one{0.5};
  const Card card = judge(one, {true}, 0.5);
  BOOST_TEST(card.groups.size() == 1U);
  BOOST_TEST(!card.auc);
  BOOST_TEST(!card.calibration);
  BOOST_TEST(near(card.top_decile_lift, 1));
}

BOOST_AUTO_TEST_SUITE_END()
