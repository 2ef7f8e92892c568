// What is said beforehand against what happens in simulated experiments of exactly that size.
#include "runtime/learn/power.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

constexpr int runs = 1'000;

struct Shown {
  double at_the_end = 0, ever = 0, one_look = 0;  // shares of the runs
};

/// Experiments with so many people, and fifty looks on the way.
Shown simulated(const Expected& expected, std::uint64_t people, std::uint64_t seed) {
  Shown out;
  for (int run = 0; run < runs; ++run) {
    Dice dice(seed, 71, static_cast<std::uint64_t>(run));
    Proportion treated, held;
    bool ever = false, now = false;
    const auto look = [&] {
      now = lift_sequence(treated, held, usual_rows).interval.low > 0;
      ever = ever || now;
    };
    for (std::uint64_t i = 1; i <= people; ++i) {
      const bool out_of = dice.uniform() < expected.held;
      Proportion& group = out_of ? held : treated;
      ++group.rows;
      group.successes += dice.uniform() < (out_of ? expected.rate : expected.treated) ? 1U : 0U;
      if (i % (people / 50) == 0) look();
    }
    look();
    out.at_the_end += now ? 1.0 / runs : 0;
    out.ever += ever ? 1.0 / runs : 0;
    out.one_look += lift(treated.successes, treated.rows, held.successes, held.rows).interval.low > 0 ? 1.0 / runs : 0;
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(power_of_comparisons)

// A share of 80% among 1,000 runs has a standard error of 1.3%; 4% is three of them. What is said is an approximation
// too, so a right one fails about once in a hundred cases of these six.
BOOST_AUTO_TEST_CASE(as_many_are_shown_as_was_said) {
  const Expected cases[] = {{0.05, 0.075, 0.5}, {0.10, 0.14, 0.2}, {0.02, 0.04, 0.1}};
  std::uint64_t seed = 1;
  for (const Expected& expected : cases) {
    const auto any = people_needed(expected, Looks::any), one = people_needed(expected, Looks::one);
    BOOST_REQUIRE(any.has_value());
    BOOST_REQUIRE(one.has_value());
    BOOST_TEST(*one < *any);
    const Shown often = simulated(expected, *any, seed++), once = simulated(expected, *one, seed++);
    BOOST_TEST_MESSAGE(expected.rate << " v " << expected.treated << ", " << expected.held << " held out: " << *any
                                     << " people show it at the last look in " << often.at_the_end * 100
                                     << "% of 1,000 runs, at some look in " << often.ever * 100 << "%; " << *one
                                     << " people at one look in " << once.one_look * 100 << "%");
    BOOST_TEST(std::abs(often.at_the_end - 0.8) < 0.04);
    BOOST_TEST(often.ever >= 0.78);
    BOOST_TEST(std::abs(once.one_look - 0.8) < 0.04);
  }
}

BOOST_AUTO_TEST_CASE(more_people_show_less) {
  const Expected expected{0.02, 0.022, 0.1};
  for (const Looks looks : {Looks::one, Looks::any}) {
    double before = 0;
    for (const double people : {1e3, 1e4, 1e5, 1e6, 1e7}) {
      const double now = power(expected, looks, people);
      BOOST_TEST(now >= before);
      before = now;
    }
    BOOST_TEST(before > 0.99);
    const std::uint64_t needed = *people_needed(expected, looks);
    BOOST_TEST(power(expected, looks, static_cast<double>(needed)) >= 0.8);
    BOOST_TEST(power(expected, looks, static_cast<double>(needed) * 0.98) < 0.8);
    // The same the other way round: so many people show that lift, and no smaller one.
    const std::optional<double> lift = lift_seen(0.02, 0.1, looks, static_cast<double>(needed));
    BOOST_REQUIRE(lift.has_value());
    BOOST_TEST(std::abs(*lift - 0.1) < 0.002);
    BOOST_TEST(!people_needed({0.02, 0.02, 0.1}, looks).has_value());
    BOOST_TEST(!lift_seen(0.02, 0.1, looks, 2).has_value());  // nobody is held out
  }
}

BOOST_AUTO_TEST_SUITE_END()
