// The probability that each of several normal arms is the best: the integral of f_i(x) prod_{j != i} F_j(x).
//
// With r_i = f_i / F_i this is r_i T, where T is the product of all F_j, and its slope is r_i T (sum_{j != i} r_j - z_i
// / sd_i). So a point of the grid costs each arm its F and f, which a table gives, and a division. Below the highest of
// the arms' lower ends some arm is sure to be above x, and nobody wins there; so the grid begins at that end, and goes
// up in steps of a part of the narrowest standard deviation that is still in play. An arm leaves where x has passed it:
// its F is 1 from there on. Steps change only then, and slopes correct the trapezoid rule there (Hermite's rule). A
// choice with a context asks this for every decision, so it counts its nanoseconds.
#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {
namespace {

constexpr double negligible = 1e-12;  // a thousandth of what a probability is rounded to when it is written down
constexpr double reach = 7;           // in standard deviations: an arm is further off with a probability of 1e-12
/// In standard deviations, from one point of the grid to the next. It does not divide the reach: with equal arms
/// rounding would decide what the last point is.
constexpr double stride = 0.83;

/// The standard normal distribution at one place.
struct StandardNormal {
  double below, density;
};

/// The standard normal distribution within 6 standard deviations, from a table with a Taylor series about the nearest
/// node: the error is below 1e-7.
class NormalTable {
 public:
  NormalTable() {
    for (int k = 0; k < nodes; ++k) {
      const double z = at(k);
      nodes_[static_cast<std::size_t>(k)] = {0.5 * std::erfc(-z / std::sqrt(2.0)),
                                             std::exp(-0.5 * z * z) / root_two_pi};
    }
  }

  /// -last_node <= z <= last_node
  [[nodiscard]] StandardNormal operator()(double z) const {
    const int k = static_cast<int>((z + last_node) * per_unit + 0.5);
    const auto [below, density] = nodes_[static_cast<std::size_t>(k)];
    const double node = at(k);
    const double d = z - node;
    const double e = -d * (node + d / 2);  // density(z) = density(node) exp(e)
    return {below + density * d * (1 - d * (node / 2 - d * (node * node - 1) / 6)),
            density * (1 + e * (1 + e * (0.5 + e / 6)))};
  }

 private:
  static constexpr double root_two_pi = 2.5066282746310002;
  static constexpr int per_unit = 16;
  static constexpr int last_node = 8;

  static constexpr int nodes = 2 * last_node * per_unit + 1;

  static double at(int k) { return static_cast<double>(k) / per_unit - last_node; }

  std::array<StandardNormal, nodes> nodes_;
};

struct Arm {
  std::size_t option;
  double mean, sd, precision;  // precision: 1 / sd
  double low, high;            // where it begins and ends to count
  // At the point of the grid, which is z standard deviations above the mean:
  double z = 0, ratio = 0;  // ratio: r_i
  StandardNormal at{};
};

}  // namespace

std::vector<double> best_of(std::span<const Normal> options) {
  static const NormalTable normal;
  std::vector<double> weights(options.size(), 0.0);
  std::vector<Arm> arms;
  arms.reserve(options.size());
  double from = -HUGE_VAL, to = -HUGE_VAL;
  bool measurable = true;
  for (std::size_t i = 0; i < options.size(); ++i) {
    // An arm that is known for certain is given a width that doubles can still resolve.
    const double mean = options[i].mean;
    const double sd = std::max(options[i].sd, 1e-12 * (1 + std::abs(mean)));
    const Arm arm{i, mean, sd, 1 / sd, mean - reach * sd, mean + reach * sd};
    measurable &= std::isfinite(arm.low) && std::isfinite(arm.high);
    from = std::max(from, arm.low);
    to = std::max(to, arm.high);
    arms.push_back(arm);
  }

  double step = 0;  // to this point from the one before
  double x = from;
  double sum = 0;
  while (measurable && x < to) {
    double narrowest = HUGE_VAL;
    for (std::size_t i = 0; i < arms.size();) {
      if (x >= arms[i].high) {
        arms[i] = arms.back();
        arms.pop_back();
      } else {
        narrowest = std::min(narrowest, arms[i++].sd);
      }
    }
    const double next = stride * narrowest;
    double all_below = 1;
    for (Arm& arm : arms) {
      arm.z = (x - arm.mean) * arm.precision;
      arm.at = normal(arm.z);
      all_below *= arm.at.below;
    }
    if (all_below < negligible) {  // where arms are near each other, some of them is hardly ever so low
      x += next;
      continue;
    }
    double ratios = 0;
    for (Arm& arm : arms) {
      arm.ratio = arm.at.density * arm.precision / arm.at.below;
      ratios += arm.ratio;
    }
    const double value_factor = (step + next) / 2;
    const double slope_factor = (next * next - step * step) / 12;
    for (const Arm& arm : arms) {
      const double best = all_below * arm.ratio;
      const double part = best * (value_factor + slope_factor * (ratios - arm.ratio - arm.z * arm.precision));
      weights[arm.option] += part;
      sum += part;
    }
    step = next;
    x += next;
  }

  if (!(sum > 0)) return std::vector<double>(options.size(), 1 / static_cast<double>(options.size()));
  for (double& weight : weights) weight = std::max(weight, 0.0) / sum;
  return weights;
}

}  // namespace fairlead::learn
