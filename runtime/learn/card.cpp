// The figures of a model card.
#include "runtime/learn/card.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fairlead::learn {

namespace {

constexpr double z = 1.959963984540054;  // 97.5% quantile of the standard normal
constexpr std::size_t groups_of_card = 10;
constexpr int most_steps = 100;

std::vector<std::uint32_t> ascending(std::span<const double> values) {
  std::vector<std::uint32_t> out(values.size());
  std::iota(out.begin(), out.end(), 0U);
  // Ties stay in the order of the rows, so that the same rows give the same groups.
  std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  return out;
}

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> mid_ranks(std::span<const double> values) {
  const std::vector<std::uint32_t> order = ascending(values);
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) out[order[k]] = static_cast<double>(i + end + 1) / 2;
    i = end;
  }
  return out;
}

double variance(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return squares / (n - 1);
}

/// Mean outcome of the tenth of the rows with the highest predictions; of rows that are tied at its border, as many as
/// belong to it count with their mean.
double top_decile_rate(std::span<const double> scores, const std::vector<bool>& outcomes,
                       const std::vector<std::uint32_t>& order) {
  const double wanted = std::max(1.0, std::floor(static_cast<double>(scores.size()) / 10));
  double left = wanted, positives = 0;
  for (std::size_t end = order.size(); end > 0 && left > 0;) {
    std::size_t begin = end;
    double tied = 0;
    while (begin > 0 && scores[order[begin - 1]] == scores[order[end - 1]]) tied += outcomes[order[--begin]] ? 1 : 0;
    const double rows = static_cast<double>(end - begin);
    const double taken = std::min(rows, left);
    positives += tied * taken / rows;
    left -= taken;
    end = begin;
  }
  return positives / wanted;
}

}  // namespace

std::optional<Auc> auc(std::span<const double> scores, const std::vector<bool>& outcomes) {
  std::vector<double> of[2];
  for (std::size_t i = 0; i < scores.size(); ++i) of[outcomes[i] ? 1 : 0].push_back(scores[i]);
  if (of[0].empty() || of[1].empty()) return std::nullopt;
  const std::vector<double> among_all = mid_ranks(scores);
  const std::vector<double> among_own[2] = {mid_ranks(of[0]), mid_ranks(of[1])};
  const double count[2] = {static_cast<double>(of[0].size()), static_cast<double>(of[1].size())};
  // For each row, the part of the other side that it is ordered rightly against.
  std::vector<double> placed[2];
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::size_t side = outcomes[i] ? 1 : 0;
    const double below = (among_all[i] - among_own[side][placed[side].size()]) / count[1 - side];
    placed[side].push_back(side == 1 ? below : 1 - below);
  }
  Auc out;
  out.value = std::accumulate(placed[1].begin(), placed[1].end(), 0.0) / count[1];
  out.standard_error = std::sqrt(variance(placed[0]) / count[0] + variance(placed[1]) / count[1]);
  out.interval = {std::max(0.0, out.value - z * out.standard_error), std::min(1.0, out.value + z * out.standard_error)};
  return out;
}

std::optional<Calibration> calibration(std::span<const double> log_odds, const std::vector<bool>& outcomes) {
  // Newton's method in two unknowns. Where the predictions order the outcomes without a fault there is no finite
  // answer, and the steps run away.
  double a = 0, b = 1;
  for (int step = 0; step < most_steps; ++step) {
    double ga = 0, gb = 0, haa = 0, hab = 0, hbb = 0;
    for (std::size_t i = 0; i < log_odds.size(); ++i) {
      const double x = log_odds[i];
      const double p = probability_of(a + b * x);
      const double error = (outcomes[i] ? 1.0 : 0.0) - p;
      const double w = p * (1 - p);
      ga += error, gb += error * x;
      haa += w, hab += w * x, hbb += w * x * x;
    }
    const double determinant = haa * hbb - hab * hab;
    if (!(determinant > 1e-12 * haa * hbb) || !std::isfinite(determinant)) return std::nullopt;
    const double da = (hbb * ga - hab * gb) / determinant;
    const double db = (haa * gb - hab * ga) / determinant;
    if (std::abs(da) + std::abs(db) < 1e-10 * (1 + std::abs(a) + std::abs(b)))
      return Calibration{b, std::sqrt(haa / determinant), a};
    // A step of more than 1 is shortened: from far away, Newton's may throw it further.
    const double length = std::min(1.0, 1 / std::max(std::abs(da), std::abs(db)));
    a += length * da;
    b += length * db;
    if (std::abs(b) > 1e3) return std::nullopt;
  }
  return std::nullopt;
}

Card judge(std::span<const double> log_odds, const std::vector<bool>& outcomes, double base_rate) {
  Card out;
  out.rows = log_odds.size();
  out.base_rate = base_rate;
  const double n = static_cast<double>(out.rows);
  const double base_log_odds = std::log(base_rate / (1 - base_rate));
  std::vector<double> predicted(out.rows);
  for (std::size_t i = 0; i < out.rows; ++i) {
    const double y = outcomes[i] ? 1 : 0;
    predicted[i] = probability_of(log_odds[i]);
    out.positives += outcomes[i] ? 1U : 0U;
    out.log_loss += log_loss_of(log_odds[i], outcomes[i]) / n;
    out.base_log_loss += log_loss_of(base_log_odds, outcomes[i]) / n;
    out.brier += (y - predicted[i]) * (y - predicted[i]) / n;
    out.base_brier += (y - base_rate) * (y - base_rate) / n;
  }
  out.auc = auc(log_odds, outcomes);
  out.calibration = calibration(log_odds, outcomes);
  const std::vector<std::uint32_t> order = ascending(log_odds);
  if (out.positives > 0)
    out.top_decile_lift = top_decile_rate(log_odds, outcomes, order) / (static_cast<double>(out.positives) / n);
  const std::size_t groups = std::min<std::size_t>(groups_of_card, out.rows);
  for (std::size_t g = 0; g < groups; ++g) {
    CalibrationGroup group;
    const std::size_t begin = g * out.rows / groups, end = (g + 1) * out.rows / groups;
    group.rows = end - begin;
    group.least = predicted[order[begin]];
    group.most = predicted[order[end - 1]];
    for (std::size_t k = begin; k < end; ++k) {
      group.predicted += predicted[order[k]] / static_cast<double>(group.rows);
      group.positives += outcomes[order[k]] ? 1U : 0U;
    }
    out.expected_calibration_error +=
        static_cast<double>(group.rows) / n * std::abs(group.predicted - group.observed());
    out.groups.push_back(group);
  }
  return out;
}

std::optional<Drift> drift(std::span<const double> log_odds, const std::vector<bool>& outcomes) {
  Drift out;
  double variance = 0;
  for (std::size_t i = log_odds.size() - log_odds.size() / 4; i < log_odds.size(); ++i) {
    const double p = probability_of(log_odds[i]);
    ++out.rows;
    out.came += outcomes[i] ? 1 : 0;
    out.foretold += p;
    variance += p * (1 - p);
  }
  if (out.rows < least_drift_rows || out.foretold < 10) return std::nullopt;
  out.z = (static_cast<double>(out.came) - out.foretold) / std::sqrt(variance);
  return out;
}

}  // namespace fairlead::learn
