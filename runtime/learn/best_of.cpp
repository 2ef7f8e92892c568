// The probability that each of several beta arms is the best, by quadrature: the integral of f_i(x) prod_{j != i}
// F_j(x). (Normal arms, whose F is known: best_of_normals.cpp.)
//
// All arms share one grid, the sorted union of a grid for each arm that is dense around the arm's own mode, so that a
// narrow arm beside a wide one is seen as sharply as alone. Betas are taken on the logit scale, t = log(x / (1 - x)):
// which arm is best is the same there, the density is x^a (1 - x)^b, smooth everywhere, with no edge at 0 or 1, and its
// slope costs a multiplication. With slopes the trapezoid rule can be corrected at its ends (Hermite's rule, h^2 / 12
// times the difference of the slopes), which makes few points do. Nothing needs its exact constant, as every weight has
// the same product of all the constants in it. This runs again for every decision that is replayed, so it counts its
// microseconds.
#include <algorithm>
#include <cmath>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {
namespace {

constexpr int half_points = 12;  // on either side of an arm's mode
constexpr double reach = 10;     // how many standard deviations the grid goes out: skewed arms have long tails
constexpr double centre = 4;     // the smaller, the denser around the mode
constexpr double root_two_pi = 2.5066282746310002;

/// An arm's density at a point of the grid, or a product of distribution functions; with its derivative.
struct Sloped {
  double value = 0, slope = 0;
};

Sloped operator*(Sloped a, Sloped b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}

/// Where an arm has its mass. Its density counts as zero from `low` down and from `high` up, as the grid may be coarse
/// out there.
struct Extent {
  double mode, sd;
  [[nodiscard]] double low() const { return mode - reach * sd; }
  [[nodiscard]] double high() const { return mode + reach * sd; }
};

std::vector<double> grid_of(std::span<const Extent> arms) {
  constexpr std::size_t points = 2 * half_points + 1;
  std::vector<double> grid;
  std::vector<double> merged;
  grid.reserve(points * arms.size());
  merged.reserve(points * arms.size());
  for (const Extent& arm : arms) {
    double own[points];
    for (std::size_t k = 0; k < points; ++k) {
      const double u = (static_cast<double>(k) - half_points) / half_points;
      own[k] = arm.mode + arm.sd * u * (centre + (reach - centre) * u * u);
    }
    merged.resize(grid.size() + points);
    std::merge(grid.begin(), grid.end(), own, own + points, merged.begin());
    grid.swap(merged);
  }
  return grid;
}

/// `densities[k * arms + i]` is arm i's at grid point k, up to a constant factor of the arm.
std::vector<double> integrate(std::span<const double> grid, std::span<const Sloped> densities, std::size_t arms) {
  std::vector<double> weights(arms, 0.0);
  std::vector<double> below(arms, 0.0);  // distribution functions
  std::vector<Sloped> before(arms);      // before[i]: the product of the distribution functions of all arms up to i
  double step = 0;                       // to this point from the one before
  const Sloped* last = densities.data();
  for (std::size_t k = 0; k < grid.size(); ++k) {
    const Sloped* here = densities.data() + k * arms;
    const double next = k + 1 < grid.size() ? grid[k + 1] - grid[k] : 0.0;
    Sloped product{1, 0};
    for (std::size_t i = 0; i < arms; ++i) {
      below[i] += step / 2 * (last[i].value + here[i].value) + step * step / 12 * (last[i].slope - here[i].slope);
      before[i] = product;
      product = product * Sloped{below[i], here[i].value};
    }
    const double value_factor = (step + next) / 2;
    const double slope_factor = (next * next - step * step) / 12;
    product = {1, 0};
    for (std::size_t i = arms; i-- > 0;) {
      const Sloped best = here[i] * (before[i] * product);
      weights[i] += value_factor * best.value + slope_factor * best.slope;
      product = product * Sloped{below[i], here[i].value};
    }
    step = next;
    last = here;
  }

  double sum = 0;
  for (double& weight : weights) {
    weight = std::max(weight, 0.0);  // the correction may leave a hopeless arm a hair below
    sum += weight;
  }
  if (!(sum > 0)) return std::vector<double>(arms, 1 / static_cast<double>(arms));  // scores beyond all measure
  for (double& weight : weights) weight /= sum;
  return weights;
}

}  // namespace

std::vector<double> best_of(std::span<const Beta> arms) {
  const std::size_t count = arms.size();
  if (count <= 1) return std::vector<double>(count, 1.0);
  std::vector<Extent> extents(count);
  std::vector<double> tops(count);  // log-densities at the mode, which keep the exponential from vanishing
  for (std::size_t i = 0; i < count; ++i) {
    const auto [a, b] = arms[i];
    extents[i] = {std::log(a / b), std::sqrt(1 / a + 1 / b)};
    tops[i] = -a * std::log1p(b / a) - b * std::log1p(a / b);
  }
  const std::vector<double> grid = grid_of(extents);
  std::vector<Sloped> densities(grid.size() * count);
  Sloped* entry = densities.data();
  for (const double t : grid) {
    const double odds = std::exp(-t);
    const double log_x = -std::log1p(odds);
    const double x = 1 / (1 + odds);
    for (std::size_t i = 0; i < count; ++i, ++entry) {
      if (t <= extents[i].low() || t >= extents[i].high()) continue;
      const auto [a, b] = arms[i];
      const double n = a + b;
      const double value = std::exp(n * log_x - b * t - tops[i]) / (extents[i].sd * root_two_pi);
      *entry = {value, value * (a - n * x)};
    }
  }
  return integrate(grid, densities, count);
}

}  // namespace fairlead::learn
