// The probability that each arm is the best, by quadrature: the integral of f_i(x) prod_{j != i} F_j(x).
//
// All arms share one grid, the sorted union of a grid for each arm that is dense around the arm's own mean, so that a
// narrow arm beside a wide one is seen as sharply as alone. Densities need no constants: the mass on the grid
// normalises them. This runs again after every decision that is replayed, so it counts its microseconds.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {
namespace {

constexpr int half_points = 24;  // on either side of an arm's mean
constexpr double reach = 10;     // how many standard deviations the grid goes out: skewed arms have long tails
constexpr double centre = 4;     // the smaller, the denser around the mean

/// Below this log-density (the mode's is 0) an arm has no mass worth an exponential.
constexpr double negligible = -45;

/// Merges one arm's points into the sorted grid. `scratch` saves an allocation.
void add_points(std::vector<double>& grid, std::vector<double>& scratch, double mean, double sd, double low,
                double high) {
  double points[2 * half_points + 1];
  std::size_t count = 0;
  for (int k = -half_points; k <= half_points; ++k) {
    const double u = static_cast<double>(k) / half_points;
    const double x = std::clamp(mean + sd * u * (centre + (reach - centre) * u * u), low, high);
    // What was clipped falls on one end point, which is kept once: an arm may have much of its density there.
    if (count == 0 || x > points[count - 1]) points[count++] = x;
  }
  scratch.resize(grid.size() + count);
  std::merge(grid.begin(), grid.end(), points, points + count, scratch.begin());
  grid.swap(scratch);
}

/// Turns the densities of one arm on the grid into its distribution function, in place; entries are `stride` apart.
void cumulate(std::span<const double> grid, double* entry, std::size_t stride) {
  double sum = 0;
  double before = *entry;
  *entry = 0;
  double* at = entry;
  for (std::size_t k = 1; k < grid.size(); ++k) {
    at += stride;
    const double density = *at;
    sum += 0.5 * (before + density) * (grid[k] - grid[k - 1]);
    *at = sum;
    before = density;
  }
  const double scale = sum > 0 ? 1 / sum : 0;
  at = entry;
  for (std::size_t k = 0; k < grid.size(); ++k, at += stride) *at *= scale;
}

/// others[i] = the product of all below[j] but below[i].
void products(const double* below, std::size_t arms, double* others) {
  double product = 1;
  for (std::size_t i = 0; i < arms; ++i) {
    others[i] = product;
    product *= below[i];
  }
  product = 1;
  for (std::size_t i = arms; i-- > 0;) {
    others[i] *= product;
    product *= below[i];
  }
}

/// `below[k * arms + i]` is arm i's distribution function at grid point k.
std::vector<double> integrate(const std::vector<double>& below, std::size_t arms) {
  std::vector<double> result(arms, 0.0);
  std::vector<double> buffer(2 * arms);
  double* left = buffer.data();
  double* right = left + arms;
  double* won = result.data();
  const double* row = below.data();
  const double* last = row + below.size() - arms;
  products(row, arms, left);
  for (; row != last; row += arms) {
    const double* next = row + arms;
    products(next, arms, right);
    for (std::size_t i = 0; i < arms; ++i) won[i] += (next[i] - row[i]) * (left[i] + right[i]);
    std::swap(left, right);
  }
  double sum = 0;
  for (const double p : result) sum += p;
  if (!(sum > 0)) return std::vector<double>(arms, 1 / static_cast<double>(arms));
  for (double& p : result) p /= sum;
  return result;
}

}  // namespace

std::vector<double> best_of(std::span<const Beta> arms) {
  if (arms.empty()) return {};
  if (arms.size() == 1) return {1.0};
  // Just inside (0, 1), where both logarithms are finite; so a = 1 or b = 1 needs no case of its own.
  constexpr double low = 1e-300;
  constexpr double high = 1 - std::numeric_limits<double>::epsilon() / 2;

  std::vector<double> grid;
  std::vector<double> scratch;
  for (const auto& [a, b] : arms) {
    const double n = a + b;
    const double mean = a / n;
    add_points(grid, scratch, mean, std::sqrt(mean * (b / n) / (n + 1)), low, high);
  }

  struct Kernel {
    double a, b, top;
  };
  std::vector<Kernel> kernels;
  kernels.reserve(arms.size());
  for (const auto& [a, b] : arms) {
    // The log-density at the mode is taken off, lest the exponential overflow or vanish.
    const double mode = a + b > 2 ? std::clamp((a - 1) / (a + b - 2), low, high) : 0.5;
    kernels.push_back({a - 1, b - 1, (a - 1) * std::log(mode) + (b - 1) * std::log1p(-mode)});
  }

  const std::size_t count = arms.size();
  std::vector<double> below(grid.size() * count);
  double* entry = below.data();
  for (const double x : grid) {
    const double log_x = std::log(x);
    const double log_rest = std::log1p(-x);
    for (const Kernel& kernel : kernels) {
      const double log_density = kernel.a * log_x + kernel.b * log_rest - kernel.top;
      *entry++ = log_density > negligible ? std::exp(log_density) : 0.0;
    }
  }
  for (std::size_t i = 0; i < count; ++i) cumulate(grid, below.data() + i, count);
  return integrate(below, count);
}

std::vector<double> best_of(std::span<const Normal> arms) {
  if (arms.empty()) return {};
  if (arms.size() == 1) return {1.0};
  const std::size_t count = arms.size();
  constexpr double infinity = std::numeric_limits<double>::infinity();

  std::vector<double> grid;
  std::vector<double> scratch;
  std::vector<Normal> known;
  known.reserve(count);
  for (const auto& [mean, sd] : arms) {
    // An arm that is known for certain is given a width that the grid can still resolve.
    known.push_back({mean, std::max(sd, 1e-12 * (1 + std::abs(mean)))});
    add_points(grid, scratch, mean, known.back().sd, -infinity, infinity);
  }

  std::vector<double> below(grid.size() * count);
  double* entry = below.data();
  for (const double x : grid) {
    for (const auto& [mean, sd] : known) {
      const double z = (x - mean) / sd;
      const double log_density = -0.5 * z * z;
      *entry++ = log_density > negligible ? std::exp(log_density) : 0.0;
    }
  }
  for (std::size_t i = 0; i < count; ++i) cumulate(grid, below.data() + i, count);
  return integrate(below, count);
}

}  // namespace fairlead::learn
