// Logistic regression with an L2 penalty: P(y = 1 | x) = 1 / (1 + exp(-z)), z = intercept + weights . x.
//
// Two ways to the weights. In a batch: those that minimise
//   sum over the rows of log(1 + exp(-s z)), s = 1 where y = 1 and -1 where it is 0, + l2 / 2 |weights|^2,
// the intercept being free of the penalty (l2 = 1 is what scikit-learn calls C = 1). In one online pass (online.hpp),
// from a prior that is the penalty's: variance 1 / l2 a weight.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/learn/online.hpp"
#include "runtime/values/fault.hpp"

namespace fairlead::learn {

struct Logistic {
  double intercept = 0;
  std::vector<double> weights;  // one a feature
  std::uint32_t steps = 0;      // of Newton's method; in one pass, rows

  /// z, the log-odds.
  [[nodiscard]] double log_odds(std::span<const Entry> row) const;
};

double probability_of(double log_odds);
/// -log P(y) at these log-odds, without overflow or cancellation.
double log_loss_of(double log_odds, bool y);

/// By Newton's method (iteratively reweighted least squares) with steps that are halved until they help. The objective
/// is strictly convex for l2 > 0 once both outcomes occur, so the weights do not depend on where it starts. `bad_input`
/// where only one outcome occurs, or where it does not converge. `rows` are indices into `features` and `outcomes`.
Result<Logistic> fit_batch(const Features& features, const std::vector<bool>& outcomes,
                           std::span<const std::uint32_t> rows, double l2);

/// In the order of `rows`, each of them once.
Logistic fit_one_pass(const Features& features, const std::vector<bool>& outcomes, std::span<const std::uint32_t> rows,
                      double l2);

/// What is believed after a batch: normal around its weights, with the inverse of the curvature there (Laplace's
/// approximation), so that learning can go on online.
OnlineLogistic belief_after(const Logistic& fitted, const Features& features, const std::vector<bool>& outcomes,
                            std::span<const std::uint32_t> rows, double l2);

}  // namespace fairlead::learn
