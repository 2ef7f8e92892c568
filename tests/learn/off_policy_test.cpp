// Off-policy estimates: by hand on three rows, and in simulated logs where the truth is known.
#include "runtime/learn/off_policy.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

bool near(double got, double wanted, double tolerance = 1e-12) {
  return std::abs(got - wanted) <= tolerance;
}

/// Somebody of one of two kinds; three arms; which arm is best depends on the kind, and the logging policy prefers the
/// arm that is worst, with propensities from 0.1 to 0.7.
struct World {
  Logged log;
  Features features{2};
  Policy policy;  // always the arm that is best for the kind, and now and then another
  double truth = 0;
};

constexpr double rates[2][3] = {{0.1, 0.2, 0.3}, {0.9, 0.2, 0.1}};
constexpr double logging[2][3] = {{0.7, 0.2, 0.1}, {0.1, 0.3, 0.6}};

World world(std::uint64_t seed, std::size_t rows) {
  World out;
  out.log.arms = 3;
  out.policy.distributions = {{0.05, 0.05, 0.9}, {0.9, 0.05, 0.05}};
  Dice dice(seed, 1);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint32_t kind = dice.uniform() < 0.4 ? 1 : 0;
    const double u = dice.uniform();
    const std::uint32_t arm = u < logging[kind][0] ? 0 : u < logging[kind][0] + logging[kind][1] ? 1 : 2;
    out.log.arm.push_back(arm);
    out.log.propensity.push_back(logging[kind][arm]);
    out.log.reward.push_back(dice.uniform() < rates[kind][arm] ? 1 : 0);
    const Entry entry{kind, 1};
    out.features.add(std::span(&entry, 1));
    out.policy.of_row.push_back(kind);
  }
  for (std::uint32_t kind = 0; kind < 2; ++kind) {
    for (std::uint32_t arm = 0; arm < 3; ++arm)
      out.truth += (kind == 1 ? 0.4 : 0.6) * out.policy.distributions[kind][arm] * rates[kind][arm];
  }
  return out;
}

bool covers(const Estimate& estimate, double truth) {
  return estimate.interval().low <= truth && truth <= estimate.interval().high;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(off_policy)

BOOST_AUTO_TEST_CASE(three_rows_by_hand) {
  const Logged log{2, {0, 1, 0}, {1, 2, 0}, {0.5, 0.25, 0.5}};
  const Policy policy{{{0.25, 0.75}}, {0, 0, 0}};
  const DirectModel model{{0.5, 1, 0.5}, {0.875, 0.875, 0.875}};
  // Weights 0.5, 3, 0.5; their sum is 4, the sum of their squares 9.5.
  const OffPolicy got = evaluate(log, policy, model);
  BOOST_TEST(near(got.logged.value, 1));
  BOOST_TEST(near(got.ips.value, 6.5 / 3));
  const double mean = 6.5 / 3;
  const double spread = (0.5 - mean) * (0.5 - mean) + (6 - mean) * (6 - mean) + mean * mean;
  BOOST_TEST(near(got.ips.standard_error, std::sqrt(spread / 2 / 3)));
  BOOST_TEST(near(got.snips.value, 6.5 / 4));
  const double v = 6.5 / 4;
  const double distances = 0.25 * (1 - v) * (1 - v) + 9 * (2 - v) * (2 - v) + 0.25 * v * v;
  BOOST_TEST(near(got.snips.standard_error, std::sqrt(distances * 3 / 2) / 4));
  // 0.875 + 0.5 (1 - 0.5), 0.875 + 3 (2 - 1), 0.875 + 0.5 (0 - 0.5)
  BOOST_TEST(near(got.dr.value, 0.875 + 1));
  BOOST_TEST(near(got.effective_sample_size, 16 / 9.5));
  BOOST_TEST(near(got.largest_weight, 3));
  BOOST_TEST(near(got.largest_share, 0.75));
  BOOST_TEST(near(got.mean_weight.value, 4.0 / 3));
  BOOST_TEST(got.rows_used == 3U);
  BOOST_TEST(got.rows_rewarded == 2U);
  BOOST_TEST(!got.constant_reward);
}

BOOST_AUTO_TEST_CASE(a_policy_that_the_log_never_followed) {
  const Logged log{2, {0, 0}, {1, 0}, {0.5, 0.5}};
  const OffPolicy got = evaluate(log, {{{0, 1}}, {0, 0}}, {{0, 0}, {0, 0}});
  BOOST_TEST(got.effective_sample_size == 0);
  BOOST_TEST(got.snips.value == 0);
  BOOST_TEST(got.rows_used == 0U);
  BOOST_TEST(got.constant_reward);
}

// 1,000 logs of 2,000 rows. Were the true coverage 95%, a coverage outside 93% to 97% would be seen less than once in
// 200; the mean of the estimates has a standard error of a thirtieth of an estimate's.
BOOST_AUTO_TEST_CASE(intervals_cover_and_estimates_are_unbiased) {
  constexpr int runs = 1'000;
  int ips = 0, snips = 0, dr = 0;
  double ips_sum = 0, snips_sum = 0, dr_sum = 0, ips_error = 0, snips_error = 0, dr_error = 0, truth = 0;
  for (int run = 0; run < runs; ++run) {
    const World w = world(static_cast<std::uint64_t>(run), 2'000);
    truth = w.truth;
    const OffPolicy got = evaluate(w.log, w.policy, cross_fitted(w.log, w.policy, w.features));
    ips += covers(got.ips, truth), snips += covers(got.snips, truth), dr += covers(got.dr, truth);
    ips_sum += got.ips.value, snips_sum += got.snips.value, dr_sum += got.dr.value;
    ips_error += got.ips.standard_error, snips_error += got.snips.standard_error, dr_error += got.dr.standard_error;
  }
  BOOST_TEST_MESSAGE("coverage of 95% intervals: IPS " << ips / 10.0 << "%, SNIPS " << snips / 10.0 << "%, DR "
                                                       << dr / 10.0 << "%; standard errors " << ips_error / runs << ", "
                                                       << snips_error / runs << ", " << dr_error / runs);
  for (const int covered : {ips, snips, dr}) {
    BOOST_TEST(covered >= 930);
    BOOST_TEST(covered <= 970);
  }
  const double tolerance = 4 * ips_error / runs / std::sqrt(static_cast<double>(runs));
  BOOST_TEST(near(ips_sum / runs, truth, tolerance));
  BOOST_TEST(near(snips_sum / runs, truth, tolerance));
  BOOST_TEST(near(dr_sum / runs, truth, tolerance));
  // What a model that knows the kinds is for.
  BOOST_TEST(dr_error < snips_error);
  BOOST_TEST(snips_error < ips_error);
  // The log's own mean is no answer: it is far away.
  const World one = world(0, 2'000);
  BOOST_TEST(!covers(evaluate(one.log, one.policy, cross_fitted(one.log, one.policy, one.features)).logged, truth));
}

BOOST_AUTO_TEST_CASE(a_direct_model_that_is_wrong_does_no_harm) {
  const World w = world(3, 20'000);
  const DirectModel wrong{std::vector<double>(20'000, 0.9), std::vector<double>(20'000, 0.9)};
  const Estimate dr = evaluate(w.log, w.policy, wrong).dr;
  BOOST_TEST(covers(dr, w.truth));
  BOOST_TEST(dr.standard_error >
             evaluate(w.log, w.policy, cross_fitted(w.log, w.policy, w.features)).dr.standard_error);
}

BOOST_AUTO_TEST_CASE(propensities_that_are_wrong_are_seen_by_the_mean_weight) {
  World w = world(4, 20'000);
  const Estimate right = evaluate(w.log, w.policy, cross_fitted(w.log, w.policy, w.features)).mean_weight;
  BOOST_TEST(std::abs(right.value - 1) < 4 * right.standard_error);
  for (double& p : w.log.propensity) p = 1.0 / 3;
  const Estimate wrong = evaluate(w.log, w.policy, cross_fitted(w.log, w.policy, w.features)).mean_weight;
  BOOST_TEST(std::abs(wrong.value - 1) > 10 * wrong.standard_error);
}

BOOST_AUTO_TEST_CASE(the_model_has_not_seen_the_row_that_it_speaks_of) {
  // One row has an enormous reward. A model that had seen it would foretell some of it for that row.
  World w = world(5, 500);
  const DirectModel before = cross_fitted(w.log, w.policy, w.features);
  w.log.reward[17] = 1e6;
  const DirectModel after = cross_fitted(w.log, w.policy, w.features);
  BOOST_TEST(near(after.taken[17], before.taken[17], 1e-6));
  BOOST_TEST(near(after.expected[17], before.expected[17], 1e-6));
  double moved = 0;
  for (std::size_t i = 0; i < 500; ++i) moved = std::max(moved, std::abs(after.taken[i] - before.taken[i]));
  BOOST_TEST(moved > 100);
}

BOOST_AUTO_TEST_SUITE_END()
