// Logistic regression: against closed forms, against the conditions of a minimum, and at the edges of floating point.
#include "runtime/learn/logistic.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "runtime/learn/card.hpp"
#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

struct Sample {
  Features features;
  std::vector<bool> outcomes;
  std::vector<std::uint32_t> rows;
};

/// Roughly normal: the sum of twelve uniform numbers.
double normal(Dice& dice) {
  double out = -6;
  for (int i = 0; i < 12; ++i) out += dice.uniform();
  return out;
}

/// Rows whose log-odds are -1 + the sum over the features of (-1)^f x_f / (1 + f).
Sample sample(std::uint64_t seed, std::uint32_t n, std::uint32_t width) {
  Sample out{Features(width), {}, {}};
  Dice dice(seed, 2);
  std::vector<Entry> row(width);
  for (std::uint32_t i = 0; i < n; ++i) {
    double z = -1;
    for (std::uint32_t f = 0; f < width; ++f) {
      row[f] = {f, normal(dice)};
      z += (f % 2 == 0 ? 1 : -1) * row[f].value / (1 + f);
    }
    out.features.add(row);
    out.outcomes.push_back(dice.uniform() < probability_of(z));
    out.rows.push_back(i);
  }
  return out;
}

Logistic fitted(const Sample& s, double l2) {
  const Result<Logistic> out = fit_batch(s.features, s.outcomes, s.rows, l2);
  BOOST_REQUIRE(out.has_value());
  return *out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logistic)

BOOST_AUTO_TEST_CASE(two_groups_have_their_log_odds) {
  // 30 of 100 without the feature, 60 of 80 with it; with almost no penalty the fit is exact.
  Sample s{Features(1), {}, {}};
  for (std::uint32_t i = 0; i < 180; ++i) {
    const Entry one{0, 1};
    s.features.add(i < 100 ? std::span<const Entry>() : std::span(&one, 1));
    s.outcomes.push_back(i < 100 ? i < 30 : i < 160);
    s.rows.push_back(i);
  }
  const Logistic got = fitted(s, 1e-9);
  BOOST_TEST(std::abs(got.intercept - std::log(30.0 / 70)) < 1e-7);
  BOOST_TEST(std::abs(got.weights[0] - (std::log(60.0 / 20) - std::log(30.0 / 70))) < 1e-7);
}

BOOST_AUTO_TEST_CASE(the_slope_is_zero_where_it_stops) {
  const Sample s = sample(1, 2'000, 8);
  for (const double l2 : {0.01, 1.0, 100.0}) {
    const Logistic got = fitted(s, l2);
    double free = 0;
    std::vector<double> slope(8, 0.0);
    for (const std::uint32_t i : s.rows) {
      const double error = probability_of(got.log_odds(s.features.row(i))) - (s.outcomes[i] ? 1 : 0);
      free += error;
      for (const Entry& entry : s.features.row(i)) slope[entry.feature] += error * entry.value;
    }
    BOOST_TEST(std::abs(free) < 1e-3);
    for (std::size_t f = 0; f < 8; ++f) BOOST_TEST(std::abs(slope[f] + l2 * got.weights[f]) < 1e-3);
  }
  BOOST_TEST(std::abs(fitted(s, 1e6).weights[0]) < 0.01);
}

BOOST_AUTO_TEST_CASE(finds_what_the_rows_were_drawn_from) {
  // Standard errors are below 0.03 with 20,000 rows.
  const Logistic got = fitted(sample(2, 20'000, 4), 1);
  BOOST_TEST(std::abs(got.intercept + 1) < 0.1);
  for (std::size_t f = 0; f < 4; ++f)
    BOOST_TEST(std::abs(got.weights[f] - (f % 2 == 0 ? 1 : -1) / (1.0 + static_cast<double>(f))) < 0.1);
}

BOOST_AUTO_TEST_CASE(one_pass_comes_close_to_the_batch) {
  const Sample s = sample(3, 5'000, 12);
  const Logistic batch = fitted(s, 1), online = fit_one_pass(s.features, s.outcomes, s.rows, 1);
  double batch_loss = 0, online_loss = 0;
  for (const std::uint32_t i : s.rows) {
    batch_loss += log_loss_of(batch.log_odds(s.features.row(i)), s.outcomes[i]) / 5'000;
    online_loss += log_loss_of(online.log_odds(s.features.row(i)), s.outcomes[i]) / 5'000;
  }
  BOOST_TEST(online_loss >= batch_loss);
  BOOST_TEST(online_loss < batch_loss + 0.001);
  BOOST_TEST(online.steps == 5'000U);
}

BOOST_AUTO_TEST_CASE(outcomes_that_are_told_apart_without_doubt_have_finite_weights) {
  Sample s{Features(1), {}, {}};
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Entry x{0, i < 100 ? -1.0 : 1.0};
    s.features.add(std::span(&x, 1));
    s.outcomes.push_back(i >= 100);
    s.rows.push_back(i);
  }
  const Logistic got = fitted(s, 1);
  BOOST_TEST(got.weights[0] > 2);
  BOOST_TEST(got.weights[0] < 20);
  const Logistic free = fitted(s, 1e-6);
  BOOST_TEST(std::isfinite(free.weights[0]));
  const Logistic online = fit_one_pass(s.features, s.outcomes, s.rows, 1);
  BOOST_TEST(std::isfinite(online.weights[0]));
  BOOST_TEST(online.weights[0] > 1);
}

BOOST_AUTO_TEST_CASE(numbers_far_out_stay_numbers) {
  BOOST_TEST(probability_of(1'000) == 1);
  BOOST_TEST(probability_of(-1'000) == 0);
  BOOST_TEST(log_loss_of(1'000, true) == 0);
  BOOST_TEST(log_loss_of(-1'000, true) == 1'000);
  BOOST_TEST(std::abs(log_loss_of(40, true) - std::exp(-40.0)) < 1e-30);
  BOOST_TEST(std::abs(log_loss_of(0, false) - std::log(2.0)) < 1e-15);
  Sample s = sample(4, 500, 2);
  const Entry far{0, 1e8};
  s.features.add(std::span(&far, 1));
  s.outcomes.push_back(false);
  s.rows.push_back(500);
  const Logistic got = fitted(s, 1);
  BOOST_TEST(std::isfinite(got.intercept));
  BOOST_TEST(std::isfinite(got.weights[0]));
  const Logistic online = fit_one_pass(s.features, s.outcomes, s.rows, 1);
  BOOST_TEST(std::isfinite(online.weights[0]));
}

BOOST_AUTO_TEST_CASE(one_outcome_is_nothing_to_learn_from) {
  Sample s = sample(5, 50, 1);
  s.outcomes.assign(50, true);
  const Result<Logistic> got = fit_batch(s.features, s.outcomes, s.rows, 1);
  BOOST_REQUIRE(!got.has_value());
  BOOST_TEST(describe(got.error()).find("have the same outcome") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
