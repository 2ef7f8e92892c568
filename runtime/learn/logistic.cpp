// Logistic regression with an L2 penalty, in a batch and in one pass.
#include "runtime/learn/logistic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/learn/symmetric.hpp"

namespace fairlead::learn {

namespace {

constexpr std::uint32_t most_steps = 100;
constexpr int most_halvings = 40;
constexpr double enough = 1e-12;          // Newton decrement, as a part of the objective
constexpr double armijo = 1e-4;           // part of the promised decrease that a step has to bring
constexpr double intercept_variance = 4;  // before the first row of one pass: log-odds from about -4 to 4

struct Problem {
  const Features& features;
  const std::vector<bool>& outcomes;
  std::span<const std::uint32_t> rows;
  double l2;

  /// What is minimised. `point` is the intercept, then the weights.
  [[nodiscard]] double objective(const std::vector<double>& point) const {
    double out = 0;
    for (const std::uint32_t i : rows) out += log_loss_of(at(point, i), outcomes[i]);
    double squares = 0;
    for (std::size_t k = 1; k < point.size(); ++k) squares += point[k] * point[k];
    return out + l2 / 2 * squares;
  }

  [[nodiscard]] double at(const std::vector<double>& point, std::uint32_t i) const {
    double z = point[0];
    for (const Entry& entry : features.row(i)) z += point[entry.feature + 1] * entry.value;
    return z;
  }

  void slope_and_curvature(const std::vector<double>& point, std::vector<double>& slope, Symmetric& curvature) const {
    std::fill(slope.begin(), slope.end(), 0.0);
    std::fill(curvature.entries.begin(), curvature.entries.end(), 0.0);
    for (const std::uint32_t i : rows) {
      const std::span<const Entry> row = features.row(i);
      const double p = probability_of(at(point, i));
      const double error = p - (outcomes[i] ? 1.0 : 0.0);
      const double weight = p * (1 - p);
      slope[0] += error;
      curvature.at(0, 0) += weight;
      for (const Entry& a : row) {
        slope[a.feature + 1] += error * a.value;
        curvature.at(a.feature + 1, 0) += weight * a.value;
        for (const Entry& b : row) {
          if (b.feature <= a.feature) curvature.at(a.feature + 1, b.feature + 1) += weight * a.value * b.value;
        }
      }
    }
    for (std::size_t k = 1; k < point.size(); ++k) {
      slope[k] += l2 * point[k];
      curvature.at(k, k) += l2;
    }
  }
};

}  // namespace

double Logistic::log_odds(std::span<const Entry> row) const {
  double z = intercept;
  for (const Entry& entry : row) z += weights[entry.feature] * entry.value;
  return z;
}

double probability_of(double log_odds) {
  if (log_odds >= 0) return 1 / (1 + std::exp(-log_odds));
  const double e = std::exp(log_odds);
  return e / (1 + e);
}

double log_loss_of(double log_odds, bool y) {
  const double margin = y ? log_odds : -log_odds;
  return margin > 0 ? std::log1p(std::exp(-margin)) : -margin + std::log1p(std::exp(margin));
}

Result<Logistic> fit_batch(const Features& features, const std::vector<bool>& outcomes,
                           std::span<const std::uint32_t> rows, double l2) {
  double positives = 0;
  for (const std::uint32_t i : rows) positives += outcomes[i] ? 1 : 0;
  const double n = static_cast<double>(rows.size());
  if (positives == 0 || positives == n)
    return fault(FaultCode::bad_input,
                 fmt::format("all {} rows to learn from have the same outcome, so there is nothing to "
                             "tell apart; take more of them",
                             rows.size()));
  const Problem problem{features, outcomes, rows, l2};
  std::vector<double> point(features.width() + 1, 0.0), slope(point.size()), step(point.size()), tried(point.size());
  point[0] = std::log(positives / (n - positives));
  double value = problem.objective(point);
  Symmetric curvature(point.size());
  for (std::uint32_t steps = 1; steps <= most_steps; ++steps) {
    problem.slope_and_curvature(point, slope, curvature);
    // Where all rows are told apart without doubt the intercept's curvature underflows; a hair of it keeps the step
    // finite.
    curvature.at(0, 0) += 1e-12 * n;
    if (!factorise(curvature))
      return fault(FaultCode::bad_input,
                   "the columns are too large or too alike to be fitted; drop those that say the same");
    step = slope;
    solve(curvature, step);
    double decrement = 0;
    for (std::size_t k = 0; k < step.size(); ++k) decrement += step[k] * slope[k];
    if (decrement <= enough * (1 + value)) {
      // So near, the whole step squares what is left of the error, and the objective is too coarse to see it.
      for (std::size_t k = 0; k < point.size(); ++k) point[k] -= step[k];
      return Logistic{point[0], {point.begin() + 1, point.end()}, steps};
    }
    double length = 1;
    bool better = false;
    for (int halving = 0; halving < most_halvings && !better; ++halving) {
      for (std::size_t k = 0; k < point.size(); ++k) tried[k] = point[k] - length * step[k];
      const double there = problem.objective(tried);
      if (there <= value - armijo * length * decrement) {
        better = true;
        point = tried;
        value = there;
      }
      length /= 2;
    }
    // No shorter step helps: what is left is rounding.
    if (!better) return Logistic{point[0], {point.begin() + 1, point.end()}, steps};
  }
  return fault(FaultCode::bad_input,
               fmt::format("the fit did not settle in {} steps; a larger --l2 helps", most_steps));
}

Logistic fit_one_pass(const Features& features, const std::vector<bool>& outcomes, std::span<const std::uint32_t> rows,
                      double l2) {
  OnlineLogistic online(features.width() + 1, {0, intercept_variance, 1 / l2});
  std::vector<Entry> x;
  for (const std::uint32_t i : rows) {
    x.assign(1, {0, 1.0});
    for (const Entry& entry : features.row(i)) x.push_back({entry.feature + 1, entry.value});
    online.learn(x, outcomes[i]);
  }
  const std::span<const double> mean = online.weights();
  return {mean[0], {mean.begin() + 1, mean.end()}, static_cast<std::uint32_t>(rows.size())};
}

OnlineLogistic belief_after(const Logistic& fitted, const Features& features, const std::vector<bool>& outcomes,
                            std::span<const std::uint32_t> rows, double l2) {
  std::vector<double> point{fitted.intercept};
  point.insert(point.end(), fitted.weights.begin(), fitted.weights.end());
  const std::size_t size = point.size();
  std::vector<double> slope(size);
  Symmetric precision(size), covariance(size);
  Problem{features, outcomes, rows, l2}.slope_and_curvature(point, slope, precision);
  precision.at(0, 0) += 1 / intercept_variance;
  // With the penalty on every weight it is positive definite.
  factorise(precision);
  std::vector<double> column(size);
  for (std::size_t k = 0; k < size; ++k) {
    std::fill(column.begin(), column.end(), 0.0);
    column[k] = 1;
    solve(precision, column);
    for (std::size_t row = k; row < size; ++row) covariance.at(row, k) = column[row];
  }
  return {std::move(point), std::move(covariance)};
}

}  // namespace fairlead::learn
