// Off-policy evaluation: the estimators.
#include "runtime/learn/off_policy.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::learn {

namespace {

constexpr double z = 1.959963984540054;  // 97.5% quantile of the standard normal

/// Mean of independent summands.
Estimate mean_estimate(std::span<const double> summands) {
  const double n = static_cast<double>(summands.size());
  double mean = 0;
  for (const double x : summands) mean += x;
  mean /= n;
  double squares = 0;
  for (const double x : summands) squares += (x - mean) * (x - mean);
  return {mean, std::sqrt(squares / (n - 1) / n)};
}

}  // namespace

Interval Estimate::interval() const {
  return {value - z * standard_error, value + z * standard_error};
}

OffPolicy evaluate(const Logged& log, const Policy& policy, const DirectModel& model) {
  const std::size_t n = log.rows();
  OffPolicy out;
  std::vector<double> weights(n), weighted(n), robust(n);
  double sum = 0, squares = 0, earned = 0;
  double least_reward = 0, most_reward = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double w = policy.at(i)[log.arm[i]] / log.propensity[i];
    weights[i] = w;
    weighted[i] = w * log.reward[i];
    robust[i] = model.expected[i] + w * (log.reward[i] - model.taken[i]);
    sum += w;
    squares += w * w;
    earned += weighted[i];
    out.largest_weight = std::max(out.largest_weight, w);
    if (w > 0) {
      if (out.rows_used == 0) least_reward = most_reward = log.reward[i];
      least_reward = std::min(least_reward, log.reward[i]);
      most_reward = std::max(most_reward, log.reward[i]);
      ++out.rows_used;
      out.rows_rewarded += log.reward[i] != 0 ? 1U : 0U;
    }
  }
  out.constant_reward = least_reward == most_reward;
  out.logged = mean_estimate(log.reward);
  out.ips = mean_estimate(weighted);
  out.dr = mean_estimate(robust);
  out.mean_weight = mean_estimate(weights);
  if (sum > 0) {
    out.effective_sample_size = sum * sum / squares;
    out.largest_share = out.largest_weight / sum;
    out.snips.value = earned / sum;
    double spread = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double distance = weights[i] * (log.reward[i] - out.snips.value);
      spread += distance * distance;
    }
    const double count = static_cast<double>(n);
    out.snips.standard_error = std::sqrt(spread * count / (count - 1)) / sum;
  }
  return out;
}

}  // namespace fairlead::learn
