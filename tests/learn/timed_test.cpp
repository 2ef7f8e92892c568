// Learners whose goals take their time, and who forget: what is in force, how it comes back from bytes, and what
// another window makes of it.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/learn/delay.hpp"
#include "runtime/learn/learners.hpp"
#include "runtime/learn/shares.hpp"
#include "runtime/learn/triangle.hpp"
#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

constexpr std::int64_t window = 6'400;
const std::vector<bool> both(2, true);
const std::vector<Share> even(2, whole / 2);

LearnerSpec timed(std::size_t features, std::int64_t half_life = 0) {
  return {.options = 2, .features = features, .start = {}, .window = window, .half_life = half_life};
}

/// Decisions one after another, a goal now and then, within the window.
void live(Learner& learner, std::size_t features, std::int64_t from, std::int64_t to) {
  for (std::int64_t at = from; at < to; ++at) {
    Dice dice(17, 3, static_cast<std::uint64_t>(at));
    std::vector<double> x(features);
    if (features > 0) x[0] = 1;
    for (std::size_t i = 1; i < features; ++i) x[i] = static_cast<double>(dice.below(2));
    const Decision decision{dice.below(2), x, at, even};
    learner.decided(decision);
    // Goals of decisions that were made long ago: the same context, since its dice are known.
    if (at % 5 == 0 && at >= from + 700) {
      const std::int64_t then = at - 700;
      Dice before(17, 3, static_cast<std::uint64_t>(then));
      std::vector<double> y(features);
      if (features > 0) y[0] = 1;
      for (std::size_t i = 1; i < features; ++i) y[i] = static_cast<double>(before.below(2));
      learner.reached({before.below(2), y, then, even}, at);
    }
    if (at % 250 == 0) learner.age(at);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timed_learners)

BOOST_AUTO_TEST_CASE(the_plain_learner_has_the_trials_in_effect) {
  const auto learner = make_learner(timed(0));
  DelayedEvidence evidence(2, window);
  for (std::int64_t at = 0; at < 4'000; ++at) {
    const auto option = static_cast<std::size_t>(at % 2);
    learner->decided({option, {}, at, {}});
    evidence.decided(option, at);
    if (at % 40 != 1) continue;
    learner->reached({option, {}, at, {}}, at + 300);
    evidence.reached(option, at, at + 300);
  }
  learner->age(4'400);
  BOOST_TEST((learner->weights({}, both) == best_of(evidence.posteriors(4'400))));
  BOOST_TEST(learner->evidence()[1].trials == 2'000U);  // what happened is counted whole
  BOOST_TEST(learner->in_effect()[0].trials < 2'000);
}

BOOST_AUTO_TEST_CASE(what_is_in_force_stays_as_it_was) {
  for (const std::size_t features : {std::size_t{0}, std::size_t{3}}) {
    const auto learner = make_learner(timed(features, 20'000));
    live(*learner, features, 0, 3'000);
    learner->age(3'000);
    const std::vector<double> x(features, 1.0);
    const auto wanted = learner->weights(x, both);
    const auto in_force = learner->settled();
    live(*learner, features, 3'000, 4'000);
    learner->age(9'000);
    BOOST_TEST((learner->weights(x, both) != wanted));
    BOOST_TEST((in_force->weights(x, both) == wanted));
    const auto loaded = make_learner({.options = 2, .features = features, .start = {}});
    BOOST_REQUIRE(loaded->load(in_force->save()).has_value());
    BOOST_TEST((loaded->weights(x, both) == wanted));
    BOOST_TEST(loaded->save() == in_force->save());
  }
}

BOOST_AUTO_TEST_CASE(comes_back_from_bytes_to_the_bit) {
  for (const std::size_t features : {std::size_t{0}, std::size_t{3}}) {
    const auto learner = make_learner(timed(features, 9'000));
    live(*learner, features, 0, 8'000);
    // Whoever reads it does not know the window yet.
    const auto loaded = make_learner({.options = 2, .features = features, .start = {}});
    BOOST_REQUIRE(loaded->load(learner->save()).has_value());
    BOOST_TEST(loaded->save() == learner->save());
    live(*learner, features, 8'000, 16'000);
    live(*loaded, features, 8'000, 16'000);
    BOOST_TEST(loaded->save() == learner->save());
    const std::string good = learner->save();
    for (std::size_t length = 0; length < good.size(); length += 1 + good.size() / 4'000)
      BOOST_REQUIRE(!loaded->load(std::string_view(good).substr(0, length)).has_value());
    BOOST_TEST(loaded->save() == good);
  }
}

BOOST_AUTO_TEST_CASE(a_young_decision_counts_in_part_for_the_linear_learner) {
  // One feature, always 1: with S goals and n decisions that are half a window old and know of no delays, A is
  // 1 + S + (n - S) / 2.
  const std::vector<double> one{1};
  const auto learner = make_linear(timed(1));
  for (int i = 0; i < 100; ++i) learner->decided({0, one, 0, {}});
  learner->age(window / 2);
  BOOST_TEST(learner->coefficients()[0][0] == 0);
  const auto half = learner->weights(one, both);
  // sd 1 / sqrt(1 + 50) and 1, both with a mean of 0: even, as far as the grid promises.
  BOOST_TEST(std::abs(half[0] - 0.5) < 2e-3);
  DelayedEvidence evidence(2, window);
  for (int i = 0; i < 100; ++i) evidence.decided(0, 0);
  for (int i = 0; i < 10; ++i) {
    learner->reached({0, one, 0, {}}, 500);
    evidence.reached(0, 0, 500);
  }
  learner->age(2'000);
  evidence.grow_old(window / 2);
  const double g = evidence.had_time(static_cast<double>(window) / 2);
  BOOST_TEST(std::abs(learner->coefficients()[0][0] - 10 / (1 + 10 + 90 * g)) < 1e-9);
}

BOOST_AUTO_TEST_CASE(with_windows_closed_the_linear_learner_is_the_one_without) {
  const auto young = make_linear(timed(3));
  const auto plain = make_linear({.options = 2, .features = 3, .start = {}});
  live(*young, 3, 0, 3'000);
  live(*plain, 3, 0, 3'000);
  young->age(3'000 + 3 * window);
  const std::vector<double> x{1, 0, 1};
  const auto got = young->weights(x, both), wanted = plain->weights(x, both);
  BOOST_TEST(std::abs(got[0] - wanted[0]) < 1e-9);
  for (std::size_t option = 0; option < 2; ++option) {
    for (std::size_t i = 0; i < 3; ++i)
      BOOST_TEST(std::abs(young->coefficients()[option][i] - plain->coefficients()[option][i]) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(everything_fades_to_where_it_began) {
  for (const std::size_t features : {std::size_t{0}, std::size_t{3}}) {
    const auto learner = make_learner({.options = 2, .features = features, .start = {0.8, 0.2}, .half_life = 1'000});
    const std::vector<double> x(features, 1.0);
    for (int i = 0; i < 2'000; ++i) learner->decided({0, x, i, {}});
    for (int i = 0; i < 1'000; ++i) learner->decided({1, x, 2'000 + i, {}});
    for (int i = 0; i < 100; ++i) learner->reached({1, x, 2'900, {}}, 3'000);
    learner->age(3'000);
    BOOST_TEST(learner->weights(x, both)[1] > 0.6);
    BOOST_TEST(!learner->aged(3'005));
    BOOST_TEST(learner->aged(3'100));
    learner->age(3'000 + 40'000);
    BOOST_TEST(std::abs(learner->weights(x, both)[0] - 0.8) < 1e-6);
    learner->age(3'000 + 4'000'000);  // beyond what a double holds
    BOOST_TEST(std::abs(learner->weights(x, both)[0] - 0.8) < 1e-9);
    learner->decided({0, x, 5'000'000, {}});
    learner->age(5'000'000);
    BOOST_TEST(std::abs(learner->in_effect()[0].trials - 1) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(time_alone_is_worth_a_version_only_while_windows_are_open) {
  for (const std::size_t features : {std::size_t{0}, std::size_t{3}}) {
    const auto learner = make_learner(timed(features));
    const std::vector<double> x(features, 1.0);
    learner->age(0);
    BOOST_TEST(!learner->aged(window));
    learner->decided({0, x, 50, {}});
    std::size_t versions = 0;
    for (std::int64_t at = 60; at < 10 * window; at += 10) {
      if (!learner->aged(at)) continue;
      learner->age(at);
      ++versions;
    }
    BOOST_TEST(versions <= DelayedEvidence::steps + 2);
    BOOST_TEST(versions >= DelayedEvidence::steps / 2);
    BOOST_TEST(std::abs(learner->in_effect()[0].trials - 1) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(another_window_keeps_what_is_known) {
  for (const std::size_t features : {std::size_t{0}, std::size_t{3}}) {
    const auto learner = make_learner({.options = 2, .features = features, .start = {}});
    live(*learner, features, 0, 2'000);
    const std::vector<double> x(features, 1.0);
    const auto before = learner->weights(x, both);
    learner->adopt(window, 0);
    BOOST_TEST(std::abs(learner->weights(x, both)[0] - before[0]) < 1e-9);
    learner->adopt(window, 0);
    live(*learner, features, 2'000, 3'000);
    const auto effect = learner->in_effect()[0].trials;
    BOOST_TEST(effect < static_cast<double>(learner->evidence()[0].trials));
    learner->adopt(2 * window, 0);
    BOOST_TEST(std::abs(learner->in_effect()[0].trials - static_cast<double>(learner->evidence()[0].trials)) < 1e-6);
    learner->adopt(0, 0);
    BOOST_TEST(std::abs(learner->in_effect()[0].trials - static_cast<double>(learner->evidence()[0].trials)) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(what_was_in_force_elsewhere_can_be_begun_with) {
  for (const std::size_t features : {std::size_t{0}, std::size_t{3}}) {
    const auto elsewhere = make_learner(timed(features));
    live(*elsewhere, features, 0, 5'000);
    elsewhere->age(5'000);
    const auto fresh = make_learner(timed(features));
    fresh->age(50'000);
    BOOST_REQUIRE(fresh->load(elsewhere->settled()->save()).has_value());
    const std::vector<double> x(features, 1.0);
    BOOST_TEST(std::abs(fresh->weights(x, both)[0] - elsewhere->weights(x, both)[0]) < 1e-9);
    fresh->decided({0, x, 50'001, {}});
    fresh->age(50'001 + 3 * window);
    BOOST_TEST(std::abs(fresh->in_effect()[0].trials - elsewhere->in_effect()[0].trials - 1) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(an_inverse_is_one) {
  Dice dice(4, 4);
  for (const std::size_t n : {1U, 2U, 7U, 20U}) {
    Triangle a(n * (n + 1) / 2, 0.0);
    for (std::size_t i = 0; i < n; ++i) a[place(i, i)] = 1;
    for (int k = 0; k < 50; ++k) {
      std::vector<double> x;
      for (std::size_t i = 0; i < n; ++i) x.push_back(dice.uniform() - 0.3);
      add_square(a, x, 1 + dice.uniform());
    }
    const Triangle b = inverted(a, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double> unit(n, 0.0), half, whole_way;
      unit[i] = 1;
      times(a, unit, half);
      times(b, half, whole_way);
      for (std::size_t j = 0; j < n; ++j) BOOST_TEST(std::abs(whole_way[j] - unit[j]) < 1e-9);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
