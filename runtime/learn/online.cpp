// Logistic regression that learns row by row.
#include "runtime/learn/online.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/learn/logistic.hpp"

namespace fairlead::learn {

OnlineLogistic::OnlineLogistic(std::size_t size, const Prior& prior)
    : mean_(size, 0.0), covariance_(size), product_(size) {
  mean_[0] = prior.intercept;
  covariance_.at(0, 0) = prior.intercept_variance;
  for (std::size_t k = 1; k < size; ++k) covariance_.at(k, k) = prior.variance;
}

OnlineLogistic::OnlineLogistic(std::vector<double> mean, Symmetric covariance)
    : mean_(std::move(mean)), covariance_(std::move(covariance)), product_(mean_.size()) {}

double OnlineLogistic::log_odds(std::span<const Entry> row) const {
  double z = 0;
  for (const Entry& entry : row) z += mean_[entry.feature] * entry.value;
  return z;
}

double OnlineLogistic::deviation(std::size_t weight) const {
  return std::sqrt(std::max(0.0, covariance_.at(weight, weight)));
}

void OnlineLogistic::learn(std::span<const Entry> row, bool outcome) {
  const std::size_t size = mean_.size();
  std::fill(product_.begin(), product_.end(), 0.0);
  double z = 0;
  for (const Entry& entry : row) {
    z += mean_[entry.feature] * entry.value;
    // The row of the covariance left of the diagonal, and the column below it: they are the same by symmetry.
    for (std::size_t k = 0; k <= entry.feature; ++k) product_[k] += covariance_.at(entry.feature, k) * entry.value;
    for (std::size_t k = entry.feature + 1; k < size; ++k)
      product_[k] += covariance_.at(k, entry.feature) * entry.value;
  }
  double variance = 0;
  for (const Entry& entry : row) variance += product_[entry.feature] * entry.value;
  const double p = probability_of(z);
  const double weight = p * (1 - p);
  const double scale = 1 / (1 + weight * std::max(0.0, variance));
  const double error = (outcome ? 1.0 : 0.0) - p;
  for (std::size_t k = 0; k < size; ++k) {
    mean_[k] += product_[k] * error * scale;
    const double factor = product_[k] * weight * scale;
    for (std::size_t j = 0; j <= k; ++j) covariance_.at(k, j) -= factor * product_[j];
  }
}

void OnlineLogistic::save(ByteWriter& out) const {
  out.varint(mean_.size());
  for (const double w : mean_) out.f64(w);
  for (std::size_t k = 0; k < mean_.size(); ++k) {
    for (std::size_t j = 0; j <= k; ++j) out.f64(covariance_.at(k, j));
  }
}

void OnlineLogistic::load(ByteReader& in) {
  if (in.varint() != mean_.size()) return in.fail();
  for (double& w : mean_) {
    w = in.f64();
    if (!std::isfinite(w)) in.fail();
  }
  for (std::size_t k = 0; k < mean_.size(); ++k) {
    for (std::size_t j = 0; j <= k; ++j) {
      covariance_.at(k, j) = in.f64();
      if (!std::isfinite(covariance_.at(k, j))) in.fail();
    }
  }
}

std::vector<Entry> entries_of(std::span<const double> context) {
  std::vector<Entry> out;
  for (std::size_t i = 0; i < context.size(); ++i) {
    if (context[i] != 0) out.push_back({static_cast<std::uint32_t>(i), context[i]});
  }
  return out;
}

double log_odds_of(double rate) {
  return std::clamp(std::log(rate) - std::log1p(-rate), -most_log_odds, most_log_odds);
}

}  // namespace fairlead::learn
