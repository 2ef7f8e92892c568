// Evidence whose goals take their time. A decision that is young in its window has not failed yet: it counts as the
// part of a trial that had the time to succeed, after Vernade, Cappé and Perchet (Stochastic bandit models for delayed
// conversions, UAI 2017, for a known distribution of delays and a window). With S goals so far,
//
//   trials in effect N = sum over decisions of G(min(age, window)),   rate ~ Beta(a + S, b + max(N - S, 0)),
//
// where G(t) is the probability that a goal which is reached within the window takes t at most. Here G is learned from
// the goals of all options together. Those of young decisions are quick ones, since slow ones are yet to come, so G
// cannot be their plain frequencies. Decisions and delays are put into `steps` equal parts of the window, and G is the
// chain ladder (Mack, Distribution-free calculation of the standard error of chain ladder reserve estimates, ASTIN
// Bulletin 23, 1993): the estimate of Lynden-Bell (Monthly Notices of the Royal Astronomical Society 155, 1971) for
// times that are truncated on the right. From the end of the window backwards,
//
//   G(end of part k - 1) = G(end of part k) (1 - r_k),
//   r_k = goals that took part k / goals that took part k or less, both of decisions older than the end of part k.
//
// A prior of one goal, spread evenly over the window, stands in for what no decision is old enough to tell.
//
// Assumes that delays do not depend on the option or on when the decision was taken, and that a decision reaches its
// goal once at most. What it does where the first is not so: docs/inside/learning.md.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {

class DelayedEvidence {
 public:
  static constexpr std::size_t steps = 64;

  /// `window`: how long after its decision a goal counts, in any unit of time that the caller keeps to (milliseconds,
  /// decisions); at least 1.
  DelayedEvidence(std::size_t options, std::int64_t window);

  /// A decision for `option` at `at`. In the order of time it costs a few additions; in any other it is right too.
  void decided(std::size_t option, std::int64_t at);

  /// The goal of a decision that was taken at `decided_at`, reached at `at`. False, and nothing is learned, where it
  /// lies outside the window, or no decision was taken in that part of time.
  bool reached(std::size_t option, std::int64_t decided_at, std::int64_t at);

  /// What is believed of each option's rate at `now`, which is not before the last decision.
  [[nodiscard]] std::vector<Beta> posteriors(std::int64_t now, Beta prior = {1, 1});

  /// G(age), as last learned: 0 at 0, 1 from the window's end on, and straight between the ends of parts.
  [[nodiscard]] double had_time(double age) const;

 private:
  /// The decisions of one part of time that may still be waiting for goals.
  struct Cohort {
    std::int64_t part = 0;                   // of time: decided_at in [part step, (part + 1) step)
    std::vector<double> trials, sum_of_age;  // one an option; ages at the part's end, so that sums stay small
    std::array<double, steps> goals{};       // by how many parts of the window they took
    std::size_t counted = 0;                 // parts of the window that all of its decisions have lived through
  };

  [[nodiscard]] std::int64_t part_of(std::int64_t at) const;
  void grow_old(std::int64_t now);
  void learn_curve();

  double step_;
  std::int64_t window_;
  std::vector<double> settled_, successes_;      // one an option: decisions whose window is closed; goals
  std::deque<Cohort> open_;                      // oldest first, no two of one part
  std::array<double, steps> within_{}, took_{};  // for r_k: goals that took part k or less, and part k
  std::array<double, steps + 1> curve_{};        // G at the ends of parts; curve_[0] = 0
  bool stale_ = true;
};

}  // namespace fairlead::learn
