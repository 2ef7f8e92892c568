// Wilson's and Newcombe's intervals, and Student's t from Boost.Math.
#include "runtime/learn/measure.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace fairlead::learn {
namespace {

constexpr double z = 1.959963984540054;  // 97.5% quantile of the standard normal

}  // namespace

Interval wilson(std::uint64_t successes, std::uint64_t n) {
  if (n == 0) return {0, 1};
  const double count = static_cast<double>(n);
  const double p = static_cast<double>(successes) / count;
  const double scale = 1 + z * z / count;
  const double middle = (p + z * z / (2 * count)) / scale;
  const double half = z * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / scale;
  // The bounds at 0 and n are exact; rounding would put them a hair off.
  return {successes == 0 ? 0 : std::max(0.0, middle - half), successes == n ? 1 : std::min(1.0, middle + half)};
}

Lift lift(std::uint64_t treated_successes, std::uint64_t treated, std::uint64_t held_successes, std::uint64_t held) {
  if (treated == 0 || held == 0) return {0, {-1, 1}};  // nothing is known of one side, so of the difference
  const double p1 = static_cast<double>(treated_successes) / static_cast<double>(treated);
  const double p2 = static_cast<double>(held_successes) / static_cast<double>(held);
  const Interval w1 = wilson(treated_successes, treated);
  const Interval w2 = wilson(held_successes, held);
  const double difference = p1 - p2;
  return {difference,
          {difference - std::hypot(p1 - w1.low, w2.high - p2), difference + std::hypot(w1.high - p1, p2 - w2.low)}};
}

Mean mean_of(std::span<const double> runs) {
  if (runs.empty()) return {};
  const double n = static_cast<double>(runs.size());
  double sum = 0;
  for (const double run : runs) sum += run;
  const double mean = sum / n;
  if (runs.size() == 1) return {mean, 0};
  double squares = 0;
  for (const double run : runs) squares += (run - mean) * (run - mean);
  const boost::math::students_t_distribution<double> t(n - 1);
  const double quantile = boost::math::quantile(boost::math::complement(t, 0.025));
  return {mean, quantile * std::sqrt(squares / (n - 1) / n)};
}

}  // namespace fairlead::learn
