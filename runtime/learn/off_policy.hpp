// Off-policy evaluation: what a policy would have earned, from a log in which another policy chose and wrote down with
// which probability (the propensity). docs/inside/learning.md has the assumptions.
//
// With n rows, r the reward, a the arm that was logged, mu its propensity, pi the policy that is evaluated, and the
// weight w = pi(a | x) / mu:
//   IPS    mean of w r                                              Horvitz and Thompson 1952; unbiased
//   SNIPS  sum of w r over sum of w                                 Hajek 1971; Swaminathan and Joachims 2015
//   DR     mean of sum_a pi(a | x) q(x, a) + w (r - q(x, logged))   Robins, Rotnitzky and Zhao 1994; Dudik, Langford
//          with q from rows of other folds                          and Li 2011; cross-fitting: Chernozhukov et al.
//          2018
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/learn/encoding.hpp"
#include "runtime/learn/measure.hpp"

namespace fairlead::learn {

/// What was logged, one of each a row.
struct Logged {
  std::size_t arms = 0;
  std::vector<std::uint32_t> arm;  // below `arms`
  std::vector<double> reward;
  std::vector<double> propensity;  // of the arm that was logged: in (0, 1]
  [[nodiscard]] std::size_t rows() const { return arm.size(); }
};

/// The policy that is evaluated: a row's distribution over the arms. Rows may share one.
struct Policy {
  std::vector<std::vector<double>> distributions;
  std::vector<std::uint32_t> of_row;
  [[nodiscard]] std::span<const double> at(std::size_t row) const { return distributions[of_row[row]]; }
};

/// An estimate with its standard error and the normal 95% interval.
struct Estimate {
  double value = 0, standard_error = 0;
  [[nodiscard]] Interval interval() const;
};

/// What a model thinks each row earns, from a model that has not seen the row.
struct DirectModel {
  std::vector<double> taken;     // q(x, logged arm)
  std::vector<double> expected;  // sum over the arms of pi(a | x) q(x, a)
};

/// By ridge regression: what all arms share, q0(x), and for each arm what it adds, d_a(x); both linear in the features.
/// The penalties are worth so many rows: 1 for what is shared, 10 for how an arm differs in the mean; for how it
/// differs along a feature, 10, 100, 1,000 or 1,000,000, whichever foretells best a fold that was not fitted on. Five
/// folds, drawn with a fixed seed; a row's model has seen neither the row nor its fold. `features` may have no width:
/// then an arm's mean, drawn toward the mean of all, is the model.
DirectModel cross_fitted(const Logged& log, const Policy& policy, const Features& features);

struct OffPolicy {
  Estimate logged;  // the log's own mean reward
  Estimate ips, snips, dr;
  Estimate mean_weight;                          // 1 is expected where the propensities are right and support is whole
  double effective_sample_size = 0;              // (sum w)^2 / sum w^2 (Kish 1965); 0 where every weight is 0
  double largest_weight = 0, largest_share = 0;  // of all weight
  std::uint64_t rows_used = 0;                   // with a weight above 0
  std::uint64_t rows_rewarded = 0;               // of these, with a reward that is not 0
  bool constant_reward = false;                  // all of `rows_used` have the same reward: no variance can be seen
};

/// For two rows at least. Standard errors: the standard deviation of the summands over sqrt(n) for IPS and DR; by the
/// delta method for SNIPS, in which the sum of weights is a random number too.
OffPolicy evaluate(const Logged& log, const Policy& policy, const DirectModel& model);

}  // namespace fairlead::learn
