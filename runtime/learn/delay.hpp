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
// With a half-life H a decision of age t counts 2^(-t / H) of what it would, and so does its goal: by the age of the
// decision, not of the goal, so that a rate is that of goals among decisions whatever the delay. (Discounted Thompson
// sampling: Raj and Kalyani, Taming non-stationary bandits, 2017, by time instead of by decisions.) Delays themselves
// are not forgotten.
//
// Assumes that delays do not depend on the option or on when the decision was taken, and that a decision reaches its
// goal once at most. What it does where the first is not so: docs/inside/learning.md.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "runtime/learn/learner.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::learn {

class DelayedEvidence {
 public:
  static constexpr std::size_t steps = 64;

  /// `window`: how long after its decision a goal counts, in any unit of time that the caller keeps to (milliseconds,
  /// decisions); 0: goals are known at once. `half_life`: in the same unit; 0: nothing is forgotten.
  DelayedEvidence(std::size_t options, std::int64_t window, std::int64_t half_life = 0);

  /// A decision for `option` at `at`. In the order of time it costs a few additions; in any other it is right too.
  void decided(std::size_t option, std::int64_t at);

  /// The goal of a decision that was taken at `decided_at`, reached at `at`. False, and nothing is learned, where it
  /// lies outside the window, or no decision was taken in that part of time. The goal of a decision from before
  /// adopt(), or of `unknown_time`, counts, and teaches nothing of delays.
  bool reached(std::size_t option, std::int64_t decided_at, std::int64_t at);

  /// What is believed of each option's rate at `now`, which is not before the last decision.
  [[nodiscard]] std::vector<Beta> posteriors(std::int64_t now, Beta prior = {1, 1});
  /// The trials and goals in effect at `now`.
  [[nodiscard]] std::vector<InEffect> in_effect(std::int64_t now) const;

  /// G(age), as last learned: 0 at 0, 1 from the window's end on, and straight between the ends of parts.
  [[nodiscard]] double had_time(double age) const;

  /// Learns from what has become old enough by `now`. `settled` hears of each part of time whose decisions count whole
  /// from now on.
  void grow_old(std::int64_t now, const std::function<void(std::int64_t)>& settled = {});

  /// Another window and half-life from `now` on: open decisions count whole.
  void adopt(std::int64_t window, std::int64_t half_life, std::int64_t now);
  /// Takes the place of everything: evidence of windows that are closed, as of `now`.
  void begin_with(std::span<const InEffect> evidence, std::int64_t now);

  [[nodiscard]] std::int64_t window() const { return window_; }
  [[nodiscard]] std::int64_t half_life() const { return half_life_; }
  [[nodiscard]] bool waiting() const { return !open_.empty(); }
  /// Whether `now` lies in another part of the window's length than `then` (with a half-life: or so much later that a
  /// hundredth is forgotten), so that what counts is not the same.
  [[nodiscard]] bool other_part(std::int64_t then, std::int64_t now) const;

  // For learners that keep sums of their own over decisions (linear.cpp), in the same parts and the same units.

  /// The part of time in which a decision lies; part x begins at x / steps windows.
  [[nodiscard]] std::int64_t part_of(std::int64_t at) const;
  /// What something of `at` is in the units that sums are kept in: 1 without a half-life. A sum, divided by unit(now),
  /// is what it counts at `now`.
  [[nodiscard]] double unit(std::int64_t at) const;
  /// Units grow; before they are more than a double holds, all sums are multiplied with the factor that this gives. To
  /// be called before decided(), which does so for its own.
  double rebase(std::int64_t at);
  /// G at the mean age of an option's decisions of a part of time.
  [[nodiscard]] double had_time(std::int64_t part, std::size_t option, std::int64_t now) const;

  void save(ByteWriter& out) const;
  /// False where the bytes are not of so many options.
  bool load(ByteReader& in);

 private:
  /// The decisions of one part of time that may still be waiting for goals.
  struct Cohort {
    std::int64_t part = 0;                   // of time: decided_at in [part step, (part + 1) step)
    std::vector<double> trials, sum_of_age;  // one an option; ages at the part's end, so that sums stay small
    std::array<double, steps> goals{};       // by how many parts of the window they took
    std::size_t counted = 0;                 // parts of the window that all of its decisions have lived through
  };

  void learn_curve() const;
  [[nodiscard]] const Cohort* cohort(std::int64_t part) const;
  [[nodiscard]] double had_time(const Cohort& cohort, std::size_t option, std::int64_t now) const;

  double step_;
  std::int64_t window_, half_life_;
  std::int64_t epoch_ = 0;                         // when a unit was 1
  bool begun_ = false;                             // epoch_ is that of something
  std::int64_t whole_before_ = unknown_time;       // decisions of before count whole, and are in no cohort
  std::vector<double> settled_, successes_;        // one an option: decisions whose window is closed; goals
  std::deque<Cohort> open_;                        // oldest first, no two of one part
  std::array<double, steps> within_{}, took_{};    // for r_k: goals that took part k or less, and part k
  mutable std::array<double, steps + 1> curve_{};  // G at the ends of parts; curve_[0] = 0
  mutable bool stale_ = true;
};

}  // namespace fairlead::learn
