// Goals that take their time. Seeds are fixed; each case says how often a right implementation would fail.
#include "runtime/learn/delay.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

constexpr std::int64_t window = 20'000;

struct Goal {
  std::int64_t at, decided_at;
  std::size_t option;
};

/// `decisions` one after another, a goal with a chance of `rate` each, after a delay of Weibull's law: exponential
/// where `shape` is 1. Options take turns. Up to the time of the last decision.
DelayedEvidence history(std::int64_t decisions, double rate, double mean, double shape, std::uint64_t seed) {
  DelayedEvidence out(2, window);
  std::vector<Goal> goals;
  Dice dice(seed, 8);
  for (std::int64_t at = 0; at < decisions; ++at) {
    const auto option = static_cast<std::size_t>(at % 2);
    out.decided(option, at);
    if (!(dice.uniform() < rate)) continue;
    const double delay = mean * std::pow(-std::log1p(-dice.uniform()), 1 / shape);
    goals.push_back({at + static_cast<std::int64_t>(std::ceil(delay)), at, option});
  }
  std::ranges::sort(goals, {}, &Goal::at);
  for (const Goal& goal : goals) {
    if (goal.at < decisions) out.reached(goal.option, goal.decided_at, goal.at);
  }
  return out;
}

double trials(const Beta& b) {
  return b.a + b.b - 2;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delays)

BOOST_AUTO_TEST_CASE(before_any_goal_every_part_of_the_window_is_alike) {
  DelayedEvidence evidence(2, 6400);
  for (int i = 0; i < 10; ++i) evidence.decided(0, 0);
  BOOST_TEST(std::abs(trials(evidence.posteriors(1600)[0]) - 2.5) < 1e-9);
  BOOST_TEST(std::abs(trials(evidence.posteriors(3200)[0]) - 5) < 1e-9);
  BOOST_TEST(std::abs(trials(evidence.posteriors(6400)[0]) - 10) < 1e-9);
  BOOST_TEST(trials(evidence.posteriors(6400)[1]) == 0);
}

BOOST_AUTO_TEST_CASE(with_windows_closed_it_counts_as_everybody_does) {
  DelayedEvidence evidence(2, 1000);
  for (int i = 0; i < 500; ++i) evidence.decided(i % 2 == 0 ? 0 : 1, i);
  for (int i = 0; i < 20; ++i) BOOST_TEST(evidence.reached(0, 2 * i, 2 * i + 50 * i));
  const auto got = evidence.posteriors(100'000, {1, 49});
  BOOST_TEST(got[0].a == 21);
  BOOST_TEST(got[0].b == 49 + 230);
  BOOST_TEST(got[1].a == 1);
  BOOST_TEST(got[1].b == 49 + 250);
}

BOOST_AUTO_TEST_CASE(goals_outside_the_window_teach_nothing) {
  DelayedEvidence evidence(2, 1000);
  evidence.decided(0, 5000);
  BOOST_TEST(!evidence.reached(0, 5000, 4999));
  BOOST_TEST(!evidence.reached(0, 5000, 6001));
  BOOST_TEST(!evidence.reached(1, 5000, 5500));  // of an option that was not chosen
  BOOST_TEST(!evidence.reached(0, 7000, 7100));  // of a decision that is not known
  BOOST_TEST(evidence.posteriors(9000)[0].a == 1);
  evidence.decided(0, 9000);
  BOOST_TEST(evidence.reached(0, 9000, 10'000));  // at the window's very end
  BOOST_TEST(evidence.posteriors(10'000)[0].a == 2);
}

BOOST_AUTO_TEST_CASE(a_goal_in_its_first_part_counts_with_a_young_decision) {
  // More goals than trials in effect: the rate is high, and no count is negative.
  DelayedEvidence evidence(1, 64'000);
  evidence.decided(0, 10);
  BOOST_TEST(evidence.reached(0, 10, 11));
  const Beta b = evidence.posteriors(12)[0];
  BOOST_TEST(b.a == 2);
  BOOST_TEST(b.b == 1);
}

BOOST_AUTO_TEST_CASE(order_makes_no_difference) {
  DelayedEvidence forward(2, 1000), backward(2, 1000);
  for (int i = 0; i < 3000; ++i) forward.decided(i % 3 == 0 ? 0 : 1, i);
  for (int i = 3000; i-- > 0;) backward.decided(i % 3 == 0 ? 0 : 1, i);
  for (int i = 0; i < 900; i += 9) forward.reached(0, i, i + i % 700);
  for (int i = 891; i >= 0; i -= 9) backward.reached(0, i, i + i % 700);
  const auto a = forward.posteriors(3100), b = backward.posteriors(3100);
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(a[i].a == b[i].a);
    BOOST_TEST(std::abs(a[i].b - b[i].b) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(news_that_is_late_corrects_the_curve) {
  // The curve was learned before it heard of the slow goals; it ends as that of somebody who heard of them in time.
  DelayedEvidence in_time(1, 6400), late(1, 6400);
  for (DelayedEvidence* each : {&in_time, &late}) {
    for (int i = 0; i < 1000; ++i) each->decided(0, i);
    for (int i = 0; i < 500; i += 10) each->reached(0, i, i + 300);
  }
  for (int i = 0; i < 500; i += 10) in_time.reached(0, i, i + 3000);
  (void)in_time.posteriors(5500);
  (void)late.posteriors(5500);
  for (int i = 0; i < 500; i += 10) late.reached(0, i, i + 3000);
  (void)in_time.posteriors(5501);
  (void)late.posteriors(5501);
  for (const double age : {250.0, 1000.0, 3050.0, 5000.0})
    BOOST_TEST(std::abs(in_time.had_time(age) - late.had_time(age)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(learns_how_long_goals_take) {
  // 60,000 decisions, 6,000 goals, a third of the decisions young. The standard error of G is 0.01 at most, so a
  // distance of 0.04 would be chance in fewer than 1 of 10,000 seeds for each of the twenty points.
  for (const double shape : {1.0, 0.5, 3.0}) {
    DelayedEvidence evidence = history(60'000, 0.1, 5'000, shape, 21);
    (void)evidence.posteriors(60'000);
    const auto law = [&](double t) { return -std::expm1(-std::pow(t / 5'000, shape)); };
    for (int i = 1; i <= 20; ++i) {
      const double age = 1'000.0 * i;
      const double wanted = law(age) / law(window);
      BOOST_TEST(std::abs(evidence.had_time(age) - wanted) < 0.04,
                 "shape " << shape << ", age " << age << ": " << evidence.had_time(age) << " v " << wanted);
    }
  }
}

BOOST_AUTO_TEST_CASE(rates_are_right_while_decisions_are_young) {
  // Of 40,000 decisions half are in their window; 5% reach a goal within any time, 4.9% within the window. Means of
  // 20 histories have a standard error of 0.0003, so 0.0015 is five of them. Counting the young as failures is 0.006
  // off.
  double corrected = 0, at_once = 0;
  constexpr int runs = 20;
  for (std::uint64_t run = 0; run < runs; ++run) {
    DelayedEvidence evidence = history(40'000, 0.05, 5'000, 1, 100 + run);
    for (const Beta& b : evidence.posteriors(40'000)) {
      corrected += (b.a - 1) / trials(b) / (2 * runs);
      at_once += (b.a - 1) / 20'000 / (2 * runs);
    }
  }
  const double truth = 0.05 * -std::expm1(-4.0);
  BOOST_TEST_MESSAGE("rate " << truth << ", corrected " << corrected << ", young ones as failures " << at_once);
  BOOST_TEST(std::abs(corrected - truth) < 0.0015);
  BOOST_TEST(at_once < truth - 0.004);
}

BOOST_AUTO_TEST_CASE(evidence_counts_half_after_its_half_life) {
  DelayedEvidence evidence(2, 0, 100);
  for (int i = 0; i < 50; ++i) evidence.decided(0, 7);
  for (int i = 0; i < 10; ++i) evidence.reached(0, 7, 7);
  for (const double halves : {0.0, 1.0, 3.5}) {
    const Beta b = evidence.posteriors(7 + static_cast<std::int64_t>(100 * halves), {1, 49})[0];
    BOOST_TEST(std::abs((b.a - 1) - 10 * std::exp2(-halves)) < 1e-9);
    BOOST_TEST(std::abs((b.b - 49) - 40 * std::exp2(-halves)) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(fading_goes_on_beyond_what_a_double_holds) {
  // Units double with each decision: a thousand of them would come near the largest double, ten thousand beyond it.
  DelayedEvidence evidence(2, 0, 1);
  for (int i = 0; i < 10'000; ++i) {
    evidence.decided(i % 2 == 0 ? 0 : 1, i);
    if (i % 4 == 0) evidence.reached(0, i, i);
  }
  // 1 + 1/4 + 1/16 + … = 4/3 trials of the last option, half of that of the other; of its decisions each second reaches
  // its goal, the first of them three before the last: (1 + 1/16 + …) / 8 = 2/15.
  const auto got = evidence.in_effect(9'999);
  BOOST_TEST(std::abs(got[1].trials - 4.0 / 3) < 1e-9);
  BOOST_TEST(std::abs(got[0].trials - 2.0 / 3) < 1e-9);
  BOOST_TEST(std::abs(got[0].successes - 2.0 / 15) < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_goal_fades_with_its_decision) {
  // However late a goal comes, it never outweighs its trial: with every decision reaching its goal after 900, the rate
  // among those that had the time is 1 and stays so while they fade.
  DelayedEvidence evidence(1, 1000, 500);
  for (int i = 0; i < 3000; i += 3) {
    evidence.decided(0, i);
    if (i >= 900) evidence.reached(0, i - 900, i);
  }
  evidence.grow_old(3000);
  for (const std::int64_t later : {4'000, 6'000, 9'000}) {
    evidence.grow_old(later);
    const InEffect e = evidence.in_effect(later)[0];
    // Goals of the last 900 never came. 2^(-t/500) over all decisions, and over those before 2100.
    double trials = 0, goals = 0;
    for (int i = 0; i < 3000; i += 3) {
      const double counts = std::exp2(-static_cast<double>(later - i) / 500);
      trials += counts;
      if (i < 2100) goals += counts;
    }
    BOOST_TEST(std::abs(e.trials / trials - 1) < 1e-9);
    BOOST_TEST(std::abs(e.successes / goals - 1) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(comes_back_from_bytes_and_goes_on_alike) {
  DelayedEvidence evidence(2, 1000, 3000);
  const auto live = [&](DelayedEvidence& each, int from, int to, std::uint64_t seed) {
    Dice own(seed, 8);
    for (int i = from; i < to; ++i) {
      each.decided(own.below(2), i);
      if (own.below(4) == 0) each.reached(own.below(2), i - static_cast<std::int64_t>(own.below(900)), i);
      if (i % 97 == 0) each.grow_old(i);
    }
  };
  live(evidence, 0, 4000, 1);
  ByteWriter out;
  evidence.save(out);
  DelayedEvidence copy(2, 0);
  ByteReader in(out.str());
  BOOST_REQUIRE(copy.load(in));
  BOOST_TEST(in.at_end());
  live(evidence, 4000, 6000, 2);
  live(copy, 4000, 6000, 2);
  BOOST_TEST((evidence.in_effect(6000) == copy.in_effect(6000)));
  for (std::size_t length = 0; length < out.size(); ++length) {
    ByteReader cut(std::string_view(out.str()).substr(0, length));
    BOOST_REQUIRE(!DelayedEvidence(2, 0).load(cut));
  }
}

BOOST_AUTO_TEST_CASE(another_window_counts_what_is_open_whole) {
  DelayedEvidence evidence(1, 1000);
  for (int i = 0; i < 500; ++i) evidence.decided(0, i);
  for (int i = 0; i < 10; ++i) evidence.reached(0, i, i + 100);
  evidence.adopt(2000, 0, 500);
  BOOST_TEST(evidence.in_effect(500)[0].trials == 500);
  BOOST_TEST(evidence.in_effect(500)[0].successes == 10);
  // A goal of theirs still counts; its delay says nothing of the new window.
  BOOST_TEST(evidence.reached(0, 400, 900));
  BOOST_TEST(evidence.in_effect(900)[0].successes == 11);
  evidence.decided(0, 1000);
  BOOST_TEST(evidence.in_effect(1000)[0].trials == 500);  // young
  evidence.grow_old(9000);
  BOOST_TEST(evidence.in_effect(9000)[0].trials == 501);
}

BOOST_AUTO_TEST_SUITE_END()
