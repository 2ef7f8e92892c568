// Shares: exact sums, exact floors, and draws that follow them.
#include "runtime/learn/shares.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

using namespace fairlead;
using namespace fairlead::learn;

namespace {

std::uint64_t sum_of(const std::vector<Share>& shares) {
  return std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
}

std::vector<Share> expected(std::initializer_list<Share> shares) {
  return shares;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shares_of_weights)

BOOST_AUTO_TEST_CASE(floor_is_additive) {
  const std::vector<double> weights{0.5, 0.3, 0.2};
  BOOST_TEST(shares(weights, {true, true, true}, 50'000'000) == expected({475'000'000, 305'000'000, 220'000'000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ineligible_get_nothing_and_the_rest_is_renormalised) {
  const std::vector<double> weights{0.5, 0.3, 0.2};
  BOOST_TEST(shares(weights, {false, true, true}, 0) == expected({0, 600'000'000, 400'000'000}),
             boost::test_tools::per_element());
  BOOST_TEST(shares(weights, {false, false, true}, 100'000'000) == expected({0, 0, whole}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_earlier_option) {
  const std::vector<double> zeros{0, 0, 0};
  BOOST_TEST(shares(zeros, {true, true, true}, 0) == expected({333'333'334, 333'333'333, 333'333'333}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(largest_remainder_wins_the_last_billionth) {
  const std::vector<double> weights{1, 1, 5};  // 142857142.857…, twice, and 714285714.285…
  BOOST_TEST(shares(weights, {true, true, true}, 0) == expected({142'857'143, 142'857'143, 714'285'714}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(floors_may_take_everything) {
  const std::vector<double> weights{0.9, 0.1};
  BOOST_TEST(shares(weights, {true, true}, whole / 2) == expected({whole / 2, whole / 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(always_exact) {
  const bool held = rc::check("sum, floors and zeros are exact", [] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 30);
    const auto raw = *rc::gen::container<std::vector<double>>(
        count, rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 1'000'000), rc::gen::inRange(-300, 3)),
                            [](const std::pair<int, int>& p) { return p.first * std::pow(10.0, p.second); }));
    auto eligible = *rc::gen::container<std::vector<bool>>(count, rc::gen::arbitrary<bool>());
    eligible[*rc::gen::inRange<std::size_t>(0, count)] = true;
    const auto k = static_cast<Share>(std::count(eligible.begin(), eligible.end(), true));
    const auto floor = *rc::gen::inRange<Share>(0, whole / k + 1);

    const auto result = shares(raw, eligible, floor);
    RC_ASSERT(result.size() == count);
    RC_ASSERT(sum_of(result) == whole);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += eligible[i] ? raw[i] : 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!eligible[i]) {
        RC_ASSERT(result[i] == 0U);
        continue;
      }
      RC_ASSERT(result[i] >= floor);
      const double above = static_cast<double>(whole) - static_cast<double>(k) * floor;
      const double ideal = floor + above * (sum > 0 ? raw[i] / sum : 1.0 / k);
      RC_ASSERT(std::abs(result[i] - ideal) <= 1.001);
    }
  });
  BOOST_TEST(held);
}

BOOST_AUTO_TEST_CASE(each_has_its_own_floor) {
  const std::vector<double> weights{1, 0, 0};
  const std::vector<Bounds> bounds{{0, whole}, {100'000'000, whole}, {50'000'000, whole}};
  BOOST_TEST(shares(weights, {true, true, true}, bounds) == expected({850'000'000, 100'000'000, 50'000'000}),
             boost::test_tools::per_element());
  // The floor of one who is not eligible is nobody's.
  BOOST_TEST(shares(weights, {true, true, false}, bounds) == expected({900'000'000, 100'000'000, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_cap_takes_away_goes_to_the_others) {
  const std::vector<double> weights{0.8, 0.15, 0.05};
  BOOST_TEST(shares(weights, {true, true, true}, std::vector<Bounds>{{0, 600'000'000}, {}, {}}) ==
                 expected({600'000'000, 300'000'000, 100'000'000}),
             boost::test_tools::per_element());
  // It may bring another one to its cap in turn.
  BOOST_TEST(shares(weights, {true, true, true}, std::vector<Bounds>{{0, 600'000'000}, {0, 200'000'000}, {}}) ==
                 expected({600'000'000, 200'000'000, 200'000'000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_none_may_carry_goes_to_nobody) {
  const std::vector<double> weights{0.8, 0.2};
  const std::vector<Share> given =
      shares(weights, {true, true}, std::vector<Bounds>{{0, 300'000'000}, {0, 100'000'000}});
  BOOST_TEST(given == expected({300'000'000, 100'000'000}), boost::test_tools::per_element());
  BOOST_TEST(shares(weights, {false, true}, std::vector<Bounds>{{}, {0, 0}}) == expected({0, 0}),
             boost::test_tools::per_element());
  Dice dice(3, 5);
  std::vector<int> drawn(3, 0);
  for (int i = 0; i < 100'000; ++i) ++drawn[draw(given, dice)];
  BOOST_TEST(drawn[0] > 29'000);
  BOOST_TEST(drawn[0] < 31'000);
  BOOST_TEST(drawn[2] > 59'000);
  BOOST_TEST(drawn[2] < 61'000);
}

BOOST_AUTO_TEST_CASE(always_within_bounds) {
  const bool held = rc::check("floors, caps and the sum hold", [] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 12);
    const auto raw = *rc::gen::container<std::vector<double>>(
        count, rc::gen::map(rc::gen::inRange(0, 1'000), [](int w) { return static_cast<double>(w) / 7; }));
    const std::vector<bool> eligible(count, true);
    std::vector<Bounds> bounds;
    std::uint64_t caps = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto floor = *rc::gen::inRange<Share>(0, whole / static_cast<Share>(count) + 1);
      bounds.push_back({floor, *rc::gen::inRange<Share>(floor, whole + 1)});
      caps += bounds.back().cap;
    }
    const auto result = shares(raw, eligible, bounds);
    for (std::size_t i = 0; i < count; ++i) {
      RC_ASSERT(result[i] >= bounds[i].floor);
      RC_ASSERT(result[i] <= bounds[i].cap);
    }
    RC_ASSERT(sum_of(result) == std::min<std::uint64_t>(whole, caps));
    // Among those that are not at their cap, what is above the floor goes by weight.
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < count; ++k) {
        if (result[i] == bounds[i].cap || result[k] == bounds[k].cap) continue;
        const double above_i = result[i] - bounds[i].floor, above_k = result[k] - bounds[k].floor;
        RC_ASSERT(std::abs(above_i * raw[k] - above_k * raw[i]) <= 2.01 * (raw[i] + raw[k]));
      }
    }
  });
  BOOST_TEST(held);
}

BOOST_AUTO_TEST_CASE(draws_follow_the_shares) {
  const std::vector<Share> given{0, 50'000'000, 625'000'000, 0, 325'000'000, 0};
  std::vector<double> seen(given.size(), 0);
  const int draws = 200'000;
  Dice dice(7, 11);
  for (int i = 0; i < draws; ++i) ++seen[draw(given, dice)];
  double chi_square = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] == 0) {
      BOOST_TEST(seen[i] == 0);
      continue;
    }
    const double wanted = draws * (given[i] / 1e9);
    chi_square += (seen[i] - wanted) * (seen[i] - wanted) / wanted;
  }
  BOOST_TEST(chi_square < 13.8);  // two degrees of freedom, p = 0.001
}

BOOST_AUTO_TEST_CASE(a_certain_option_is_always_drawn) {
  const std::vector<Share> given{0, whole, 0};
  Dice dice(1, 2);
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(draw(given, dice) == 1U);
}

BOOST_AUTO_TEST_CASE(on_a_way_nothing_is_further_than_the_way_gone) {
  const bool holds = rc::check("the bounds of both ends, exact sums, and no step too far", [] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 7);
    const auto some = [&](double nobody) {
      std::vector<double> weights;
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += weights.emplace_back(*rc::gen::inRange(0, 1'000));
      std::vector<Share> out;
      for (const double w : weights) out.push_back(static_cast<Share>(sum > 0 ? w / sum * (1 - nobody) * whole : 0));
      return out;
    };
    const std::vector<Share> from = some(*rc::gen::element(0.0, 0.3)), to = some(*rc::gen::element(0.0, 0.2));
    const double way = *rc::gen::inRange(0, 1'001) / 1000.0;
    const std::vector<Share> at = between(from, to, way);
    RC_ASSERT(sum_of(at) <= whole);
    const auto within = [&](double a, double b, double x) {
      RC_ASSERT(x >= std::min(a, b) && x <= std::max(a, b));
      RC_ASSERT(std::abs(x - a) <= way * std::abs(b - a) + 1e-6);
    };
    for (std::size_t i = 0; i < n; ++i) within(from[i], to[i], at[i]);
    const auto nobody = [](const std::vector<Share>& shares) { return static_cast<double>(whole - sum_of(shares)); };
    within(nobody(from), nobody(to), nobody(at));
    RC_ASSERT(distance(from, at) <= distance(from, to));
  });
  BOOST_TEST(holds);
  const std::vector<Share> from{whole, 0}, to{0, whole};
  BOOST_TEST((between(from, to, 0) == from));
  BOOST_TEST((between(from, to, 1) == to));
  BOOST_TEST((between(from, to, 0.25) == std::vector<Share>{whole / 4 * 3, whole / 4}));
}

BOOST_AUTO_TEST_SUITE_END()
