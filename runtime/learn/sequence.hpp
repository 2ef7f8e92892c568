// Intervals and tests that hold at every look: whoever looks daily, or after every row, and stops when they like what
// they see, is wrong no more often than is said. (Of an interval for one planned look that is not so: looking a hundred
// times at two groups that do not differ finds a difference in over a third of all cases.)
//
// Sources: Robbins 1970 and Howard, Ramdas, McAuliffe and Sekhon 2021 (Annals of Statistics 49: mixture and stitched
// boundaries, empirical Bernstein); Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024 (asymptotic sequences); Lindon
// and Malek 2022 (counts). docs/inside/learning.md has the formulas and what they rest on.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/learn/measure.hpp"

namespace fairlead::learn {

/// Mean of outcomes in [0, 1] that come one after another, each with the same mean given those before: no further
/// assumption, and no approximation. Empirical Bernstein, by the stitched boundary (Howard et al. 2021, theorem 4 with
/// equation 10; eta = 2, s = 1.4, beginning at a sum of squares of 1).
class BoundedSequence {
 public:
  /// `error`: the chance, over all looks together, that the mean is ever outside. In (0, 1).
  explicit BoundedSequence(double error = 0.05);
  /// `outcome` in [0, 1].
  void add(double outcome);
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] double mean() const;
  /// Within [0, 1]; all of it before the first outcome.
  [[nodiscard]] Interval interval() const;

 private:
  double log_error_;  // log(zeta(s) / (error / 2 * log(eta)^s))
  std::uint64_t rows_ = 0;
  double sum_ = 0, squares_ = 0;  // of the distances from what the outcomes before foretold
};

/// What is known of one group.
struct Proportion {
  std::uint64_t successes = 0, rows = 0;
};

/// Where nobody knows how many rows there will be, as in reports and gates. It makes the interval a little wider at
/// other sizes, and never wrong.
constexpr double usual_rows = 10'000;

/// Difference of two independent proportions (treated minus held out), at every look: a normal mixture on the
/// information so far (Robbins 1970), which is narrowest at `planned` rows in both groups together and valid at all. It
/// takes the difference for normal, so it says [-1, 1] until each group has 10 successes and 10 failures; and it takes
/// the groups to grow in the same shares all along, as by a holdout.
Lift lift_sequence(Proportion treated, Proportion held, double planned, double error = 0.05);

/// Sample ratio: whether counts came from these shares (each above 0, summing to 1), at every look. The log of a Bayes
/// factor, a Dirichlet around the shares against the shares themselves: where they are right, it ever exceeds log(1 /
/// a) with a chance of at most a.
double sample_ratio_evidence(std::span<const std::uint64_t> counts, std::span<const double> shares);
/// The alarm: evidence of 1,000, so at most one false alarm in a thousand checks, however often each looks.
bool sample_ratio_alarm(std::span<const std::uint64_t> counts, std::span<const double> shares);

}  // namespace fairlead::learn
