// The direct model of doubly robust estimates: ridge regression of the reward, cross-fitted.
//
// The doubly robust estimate is right whatever this model is, as long as the propensities are; a better model makes it
// sharper. A model that follows the noise of few rows costs most where weights are large; one that is drawn too far to
// the mean gives away what the context tells. So how far arms may differ along a feature is chosen by validation, among
// the rows that the model may see.
#include <array>
#include <cmath>
#include <limits>

#include "runtime/learn/off_policy.hpp"
#include "runtime/learn/symmetric.hpp"
#include "runtime/values/random.hpp"

namespace fairlead::learn {

namespace {

constexpr std::uint64_t folds = 5;
constexpr std::uint64_t fold_seed = 0, fold_purpose = 0x666f6c64;  // "fold"
constexpr double shared_penalty = 1, arm_mean_penalty = 10;
/// From the strictest, so that a tie goes to the plainer model.
constexpr std::array<double, 4> arm_slope_penalties{1e6, 1e3, 1e2, 1e1};

/// Least squares on the features and a 1 before them, with penalties that are chosen late.
class Ridge {
 public:
  explicit Ridge(std::size_t width) : matrix_(width + 1), right_(width + 1, 0.0) {}

  void add(std::span<const Entry> row, double target) {
    matrix_.at(0, 0) += 1;
    right_[0] += target;
    for (const Entry& a : row) {
      right_[a.feature + 1] += a.value * target;
      matrix_.at(a.feature + 1, 0) += a.value;
      for (const Entry& b : row) {
        if (b.feature <= a.feature) matrix_.at(a.feature + 1, b.feature + 1) += a.value * b.value;
      }
    }
  }

  /// The intercept, then a coefficient for each feature.
  [[nodiscard]] std::vector<double> solved(double mean_penalty, double slope_penalty) const {
    Symmetric factor = matrix_;
    factor.at(0, 0) += mean_penalty;
    for (std::size_t i = 1; i < factor.size; ++i) factor.at(i, i) += slope_penalty;
    std::vector<double> out = right_;
    // Penalties above 0 make it positive definite; enormous features may overflow, and then the mean has to do.
    if (factorise(factor)) {
      solve(factor, out);
    } else {
      out.assign(out.size(), 0.0);
    }
    return out;
  }

 private:
  Symmetric matrix_;
  std::vector<double> right_;
};

double value(const std::vector<double>& coefficients, std::span<const Entry> row) {
  double out = coefficients[0];
  for (const Entry& entry : row) out += coefficients[entry.feature + 1] * entry.value;
  return out;
}

/// What is fitted on some of the folds.
struct Model {
  double mean = 0;
  std::vector<double> shared;
  std::vector<Ridge> residuals;           // an arm each: what the shared part leaves
  std::vector<std::vector<double>> arms;  // solved

  template <class Uses>
  Model(const Logged& log, const Features& features, const Uses& uses) : residuals(log.arms, Ridge(features.width())) {
    double rows = 0;
    for (std::size_t i = 0; i < log.rows(); ++i) {
      if (!uses(i)) continue;
      mean += log.reward[i];
      ++rows;
    }
    mean /= std::max(1.0, rows);
    Ridge all(features.width());
    for (std::size_t i = 0; i < log.rows(); ++i) {
      if (uses(i)) all.add(features.row(i), log.reward[i] - mean);
    }
    shared = all.solved(shared_penalty, shared_penalty);
    for (std::size_t i = 0; i < log.rows(); ++i) {
      if (uses(i)) residuals[log.arm[i]].add(features.row(i), log.reward[i] - common(features.row(i)));
    }
  }

  void solve_arms(double slope_penalty) {
    arms.clear();
    for (const Ridge& arm : residuals) arms.push_back(arm.solved(arm_mean_penalty, slope_penalty));
  }

  [[nodiscard]] double common(std::span<const Entry> row) const { return mean + value(shared, row); }
};

/// The penalty that foretells a fold best which the model has not seen; both are outside the fold that is held out.
double chosen_penalty(const Logged& log, const Features& features, const std::vector<std::uint64_t>& fold,
                      std::uint64_t held_out) {
  const std::uint64_t judged = (held_out + 1) % folds;
  Model model(log, features, [&](std::size_t i) { return fold[i] != held_out && fold[i] != judged; });
  double least = std::numeric_limits<double>::infinity(), out = arm_slope_penalties.front();
  for (const double penalty : arm_slope_penalties) {
    model.solve_arms(penalty);
    double loss = 0;
    for (std::size_t i = 0; i < log.rows(); ++i) {
      if (fold[i] != judged) continue;
      const std::span<const Entry> row = features.row(i);
      const double distance = log.reward[i] - model.common(row) - value(model.arms[log.arm[i]], row);
      loss += distance * distance;
    }
    if (loss < least) least = loss, out = penalty;
  }
  return out;
}

}  // namespace

DirectModel cross_fitted(const Logged& log, const Policy& policy, const Features& features) {
  const std::size_t n = log.rows();
  DirectModel out{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
  std::vector<std::uint64_t> fold(n);
  Dice dice(fold_seed, fold_purpose);
  for (std::uint64_t& f : fold) f = dice.below(folds);
  for (std::uint64_t f = 0; f < folds; ++f) {
    Model model(log, features, [&](std::size_t i) { return fold[i] != f; });
    model.solve_arms(features.width() == 0 ? arm_slope_penalties.front() : chosen_penalty(log, features, fold, f));
    for (std::size_t i = 0; i < n; ++i) {
      if (fold[i] != f) continue;
      const std::span<const Entry> row = features.row(i);
      const double common = model.common(row);
      out.taken[i] = common + value(model.arms[log.arm[i]], row);
      const std::span<const double> pi = policy.at(i);
      for (std::size_t a = 0; a < log.arms; ++a) {
        if (pi[a] > 0) out.expected[i] += pi[a] * (common + value(model.arms[a], row));
      }
    }
  }
  return out;
}

}  // namespace fairlead::learn
