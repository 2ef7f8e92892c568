// Budgets: the linear program where rates are known, its limits, and money that is never overspent.
#include "runtime/learn/budget.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

/// A rate that is all but known.
Beta known(double rate) {
  constexpr double n = 1e10;
  return {rate * n, (1 - rate) * n};
}

const std::vector<Beta> four{known(0.004), known(0.012), known(0.015), known(0.030)};
const std::vector<double> costs{0, 0.001, 0.0005, 0.05};
const std::vector<bool> all(4, true);

}  // namespace

BOOST_AUTO_TEST_SUITE(budgets)

BOOST_AUTO_TEST_CASE(known_rates_give_the_linear_program) {
  // Push and text messages mixed so that a cent a decision is spent: x = 0.0095 / 0.0495, 893.9 goals of 50,000.
  const Paced got = paced(four, costs, all, 0.01);
  BOOST_TEST(std::abs(got.weights[3] - 0.0095 / 0.0495) < 1e-4);
  BOOST_TEST(std::abs(got.weights[2] - 0.0400 / 0.0495) < 1e-4);
  // What a unit of money is worth at the margin: (0.030 - 0.015) / 0.0495.
  BOOST_TEST(std::abs(got.price - 0.015 / 0.0495) < 1e-3);
  double goals = 0;
  const double rates[] = {0.004, 0.012, 0.015, 0.030};
  for (std::size_t i = 0; i < 4; ++i) goals += 50'000 * got.weights[i] * rates[i];
  BOOST_TEST(std::abs(goals - 893.94) < 0.2);
}

BOOST_AUTO_TEST_CASE(money_enough_has_no_price) {
  const Paced got = paced(four, costs, all, 0.06);
  BOOST_TEST(got.price == 0);
  BOOST_TEST(std::abs(got.weights[3] - 1) < 1e-9);
  BOOST_TEST(std::abs(got.spending - 0.05) < 1e-9);
}

BOOST_AUTO_TEST_CASE(without_money_only_what_is_free) {
  const Paced got = paced(four, costs, all, 0);
  BOOST_TEST(got.weights[0] == 1);
  BOOST_TEST(got.spending == 0);
  // Two that are free share as Thompson sampling has it.
  const std::vector<Beta> rates{{3, 97}, {9, 91}, {50, 50}};
  const std::vector<double> two_free{0, 0, 1};
  const Paced shared = paced(rates, two_free, std::vector<bool>(3, true), 0);
  BOOST_TEST(shared.weights[2] == 0);
  BOOST_TEST(shared.weights[1] > 0.9);
  BOOST_TEST(shared.weights[1] < 1);
}

BOOST_AUTO_TEST_CASE(what_nobody_can_afford_is_said) {
  const std::vector<bool> dear{false, false, false, true};
  const Paced one = paced(four, costs, dear, 0.01);
  BOOST_TEST(one.weights[3] == 1);
  BOOST_TEST(one.spending == 0.05);
  const Paced nobody = paced(four, costs, std::vector<bool>(4, false), 0.01);
  BOOST_TEST(std::accumulate(nobody.weights.begin(), nobody.weights.end(), 0.0) == 0);
}

BOOST_AUTO_TEST_CASE(spends_what_it_may_and_no_more) {
  // Random beliefs, costs of very different sizes, options left out: the expected spending is the allowance within a
  // ten-thousandth wherever money is scarce, and never above it.
  Dice dice(41, 11);
  int scarce = 0;
  for (int i = 0; i < 300; ++i) {
    const std::size_t options = 2 + dice.below(5);
    std::vector<Beta> rates;
    std::vector<double> price;
    std::vector<bool> eligible;
    for (std::size_t k = 0; k < options; ++k) {
      rates.push_back({1 + std::floor(50 * dice.uniform()), 1 + std::floor(5000 * dice.uniform())});
      price.push_back(k == 0 ? 0 : std::pow(10, 6 * dice.uniform() - 3));
      eligible.push_back(k == 0 || dice.below(4) > 0);
    }
    const double allowance = std::pow(10, 6 * dice.uniform() - 4);
    const Paced got = paced(rates, price, eligible, allowance);
    double sum = 0, spending = 0;
    for (std::size_t k = 0; k < options; ++k) {
      sum += got.weights[k];
      spending += got.weights[k] * price[k];
      BOOST_TEST((eligible[k] || got.weights[k] == 0));
    }
    BOOST_TEST(std::abs(sum - 1) < 1e-9);
    BOOST_TEST(spending <= allowance * (1 + 1e-9));
    BOOST_TEST(std::abs(spending - got.spending) < 1e-9 * (1 + spending));
    if (got.price > 0) {
      BOOST_TEST(spending > allowance * 0.999, "spends " << spending << " of " << allowance);
      ++scarce;
    }
  }
  BOOST_TEST(scarce > 50);
}

BOOST_AUTO_TEST_CASE(the_same_evidence_gives_the_same_bits) {
  const std::vector<Beta> rates{{3, 400}, {5, 300}, {2, 90}};
  const std::vector<double> price{0, 0.1, 1};
  const std::vector<bool> three(3, true);
  BOOST_TEST((paced(rates, price, three, 0.2).weights == paced(rates, price, three, 0.2).weights));
}

BOOST_AUTO_TEST_SUITE_END()
