// What the parts of bench_learning share: arms that convert at known rates, means over runs with their interval, and
// the lines of the report.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/values/random.hpp"
#include "tests/bench/gate.hpp"

namespace fairlead::bench {

const std::vector<double> two_rates{0.020, 0.025};
const std::vector<double> five_rates{0.010, 0.015, 0.020, 0.025, 0.030};

/// Seed of all that is reported and held to limits. What had to be chosen (how often a change is expected, a half-life)
/// was chosen on runs with seed 77, and is not to be chosen on this one.
constexpr std::uint64_t gate_seed = 6'000'001;

/// The mean of independent runs, with half of its 95% interval (normal).
struct Estimate {
  double mean = 0, half = 0;
};

inline Estimate estimate(std::span<const double> runs) {
  const auto n = static_cast<double>(runs.size());
  double sum = 0, squares = 0;
  for (const double x : runs) sum += x;
  for (const double x : runs) squares += (x - sum / n) * (x - sum / n);
  return {sum / n, 1.96 * std::sqrt(squares / (n - 1) / n)};
}

/// `one(run)` for each of so many runs.
template <class Run>
Estimate mean_of(std::uint64_t runs, Run one) {
  std::vector<double> values;
  for (std::uint64_t run = 0; run < runs; ++run) values.push_back(one(run));
  return estimate(values);
}

/// A line of the report. `reference` says what others reached.
inline void row(const std::string& what, Estimate found, const std::string& reference) {
  fmt::print("  {:<58} {:>7.1f} ± {:<5.1f} {:<16}\n", what, found.mean, found.half, reference);
}

/// A line that is held to something: the mean is to be at most (or at least) `limit`.
inline void row(const std::string& what, Estimate found, const std::string& reference, double limit,
                bool at_least = false) {
  const bool met = at_least ? found.mean >= limit : found.mean <= limit;
  all_met = all_met && met;
  fmt::print("  {:<58} {:>7.1f} ± {:<5.1f} {:<16} asked {} {:.1f}{}\n", what, found.mean, found.half, reference,
             at_least ? ">=" : "<=", limit, met ? "" : "   NOT MET");
}

// The parts, one a file.
void stationary();
void speed();
void delayed();
void drifting();
void budgeted();
void allocated();

}  // namespace fairlead::bench
