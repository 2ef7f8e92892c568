// Budgets over options whose returns diminish: the best that there is, limits that hold to the unit, and curves that
// are found.
#include "runtime/learn/allocate.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

using namespace fairlead;
using namespace fairlead::learn;

namespace {

Decimal percent(int n) {
  return Decimal::from_units(static_cast<int128>(n) * Decimal::one / 100);
}

double returns(std::span<const double> gains, double scale, std::span<const std::int64_t> amounts) {
  double sum = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) sum += gains[i] * std::log1p(static_cast<double>(amounts[i]) / scale);
  return sum;
}

std::int64_t sum(std::span<const std::int64_t> amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(allocations)

BOOST_AUTO_TEST_CASE(the_next_unit_returns_the_same_everywhere) {
  // gain / (scale + x) is one number: 2 / 200 = 1 / 100 = 3 / 300.
  const std::vector<Range> free(3, {0, 10'000});
  BOOST_TEST(*allot(std::vector<double>{2, 1, 3}, 100, 300, free) == (std::vector<std::int64_t>{100, 0, 200}),
             boost::test_tools::per_element());
  // Nothing to be had: nothing is spent beyond the leasts.
  BOOST_TEST(*allot(std::vector<double>{0, 0, 0}, 100, 300, std::vector<Range>(3, {5, 100})) ==
                 (std::vector<std::int64_t>{5, 5, 5}),
             boost::test_tools::per_element());
  // More than anybody may have is kept.
  BOOST_TEST(*allot(std::vector<double>{1, 1, 1e-30}, 100, 300, std::vector<Range>(3, {0, 40})) ==
                 (std::vector<std::int64_t>{40, 40, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(!allot(std::vector<double>{1, 1}, 100, 10, std::vector<Range>(2, {6, 9})).has_value());
  BOOST_TEST(!allot(std::vector<double>{1, 1}, 100, 10, std::vector<Range>{{0, 9}, {3, 2}}).has_value());
}

BOOST_AUTO_TEST_CASE(no_unit_could_be_better_spent) {
  Dice dice(3, 1);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t n = 1 + dice.below(7);
    const auto total = static_cast<std::int64_t>(1 + dice.below(100'000));
    const double scale = 1 + dice.uniform() * static_cast<double>(total);
    std::vector<double> gains;
    std::vector<Range> ranges;
    for (std::size_t i = 0; i < n; ++i) {
      gains.push_back(dice.uniform() < 0.15 ? 0.0 : std::exp(dice.uniform() * 12 - 6));
      const auto least = static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(total) / n + 1));
      ranges.push_back({least, least + static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(total)))});
    }
    const std::vector<std::int64_t> got = *allot(gains, scale, total, ranges);
    BOOST_REQUIRE(sum(got) <= total);
    bool room = false;
    for (std::size_t i = 0; i < n; ++i) {
      BOOST_REQUIRE(ranges[i].least <= got[i]);
      BOOST_REQUIRE(got[i] <= ranges[i].most);
      room = room || (gains[i] > 0 && got[i] < ranges[i].most);
    }
    // Either all is spent, or nobody could use more.
    BOOST_REQUIRE((sum(got) == total || !room));
    // Moving one unit from anybody to anybody else is never better: the problem is concave, so nothing is.
    const double best = returns(gains, scale, got);
    for (std::size_t from = 0; from < n; ++from) {
      for (std::size_t to = 0; to < n; ++to) {
        if (from == to || got[from] == ranges[from].least || got[to] == ranges[to].most) continue;
        std::vector<std::int64_t> other = got;
        --other[from];
        ++other[to];
        BOOST_REQUIRE(returns(gains, scale, other) <= best * (1 + 1e-12) + 1e-12);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(shares_and_moves_hold_to_the_unit) {
  BOOST_TEST((share_of(1'001, percent(5), percent(50)) == Range{51, 500}));
  const std::int64_t past[] = {300, 340};
  BOOST_TEST((within_reach({51, 500}, past, 1'001, percent(10)) == Range{240, 400}));

  // A year of days with gains that jump about: in no seven days does anything move further than it may, nothing is
  // ever out of its range, and there always is a way.
  Dice dice(4, 2);
  constexpr std::int64_t total = 1'000'003;
  constexpr std::size_t n = 5, window = 7;
  const std::vector<Range> ends(n, share_of(total, percent(5), percent(50)));
  std::vector<std::vector<std::int64_t>> days{std::vector<std::int64_t>(n, total / n)};
  const std::int64_t room = total / 5;
  std::int64_t furthest = 0;
  for (int day = 0; day < 365; ++day) {
    std::vector<double> gains;
    std::vector<Range> ranges;
    for (std::size_t i = 0; i < n; ++i) {
      gains.push_back(std::exp(dice.uniform() * 10));
      std::vector<std::int64_t> recent;
      for (std::size_t d = days.size() - std::min(days.size(), window); d < days.size(); ++d)
        recent.push_back(days[d][i]);
      ranges.push_back(within_reach(ends[i], recent, total, percent(20)));
    }
    const auto got = allot(gains, total / 5.0, total, ranges);
    BOOST_REQUIRE(got.has_value());
    BOOST_REQUIRE(sum(*got) <= total);
    days.push_back(*got);
    for (std::size_t i = 0; i < n; ++i) {
      BOOST_REQUIRE((ends[i].least <= (*got)[i] && (*got)[i] <= ends[i].most));
      for (std::size_t d = days.size() - std::min(days.size(), window + 1); d < days.size(); ++d) {
        furthest = std::max(furthest, std::abs(days[d][i] - (*got)[i]));
        BOOST_REQUIRE(std::abs(days[d][i] - (*got)[i]) <= room);
      }
    }
  }
  BOOST_TEST(furthest == room);  // it went as far as it might
}

BOOST_AUTO_TEST_CASE(a_ceiling_is_never_passed_by_paying_out) {
  Dice dice(6, 3);
  for (int round = 0; round < 200; ++round) {
    const auto total = static_cast<std::int64_t>(dice.below(1'000'000));
    std::int64_t spent = 0;
    for (std::int64_t left = 24; left > 0; --left) {
      const std::int64_t part = paced_out(total, spent, left);
      // Some of what may be paid out is not; the rest of the period has it.
      spent += left > 1 && dice.uniform() < 0.3 ? part / 2 : part;
      BOOST_REQUIRE(spent <= total);
    }
    BOOST_TEST(spent == total);
  }
  BOOST_TEST(paced_out(100, 130, 3) == 0);  // the ceiling came down
}

BOOST_AUTO_TEST_CASE(curves_are_found_and_drawn_as_sure_as_they_are) {
  Dice dice(8, 4);
  const auto noise = [&] { return dice.uniform() + dice.uniform() + dice.uniform() - 1.5; };  // deviation 1/2
  ResponseCurve curve(1'000);
  std::vector<double> spread;
  for (const int until : {20, 500}) {
    for (int i = until == 20 ? 0 : 20; i < until; ++i) {
      const auto spent = static_cast<std::int64_t>(dice.below(4'000));
      curve.observe(spent, 2 + 1.5 * std::log1p(static_cast<double>(spent) / 1'000) + noise());
    }
    double mean = 0, squares = 0;
    constexpr int draws = 4'000;
    for (int i = 0; i < draws; ++i) {
      const double gain = curve.draw(dice).gain;
      BOOST_REQUIRE(gain >= 0);
      mean += gain / draws;
      squares += gain * gain / draws;
    }
    spread.push_back(std::sqrt(squares - mean * mean));
    // What is drawn lies around what is believed.
    BOOST_TEST(std::abs(mean - curve.mean().gain) < 5 * spread.back() / std::sqrt(draws) + 0.01);
  }
  BOOST_TEST(std::abs(curve.mean().gain - 1.5) < 4 * spread[1]);
  BOOST_TEST(std::abs(curve.mean().base - 2) < 0.25);
  // As sure as least squares is: sigma / (deviation of the bends * sqrt(n)).
  BOOST_TEST(std::abs(spread[1] / (0.5 / (0.42 * std::sqrt(500.0))) - 1) < 0.2);
  BOOST_TEST(spread[1] < spread[0] / 2);
}

BOOST_AUTO_TEST_SUITE_END()
