// A lift corrected by what people did beforehand.
#include "runtime/learn/adjusted.hpp"

#include <algorithm>

namespace fairlead::learn {
namespace {

struct Moments {
  double n = 0, before = 0, after = 0, of_before = 0, of_after = 0, together = 0;  // means, variances, covariance

  explicit Moments(const BeforeAfter& group) : n(static_cast<double>(group.rows())) {
    before = static_cast<double>(group.before()) / n;
    after = static_cast<double>(group.after()) / n;
    of_before = before * (1 - before);
    of_after = after * (1 - after);
    together = static_cast<double>(group.people[1][1]) / n - before * after;
  }
  /// Of the mean of after - theta before.
  [[nodiscard]] double variance(double theta) const {
    return (of_after - 2 * theta * together + theta * theta * of_before) / n;
  }
};

}  // namespace

AdjustedLift adjusted_lift(const BeforeAfter& treated, const BeforeAfter& held, double planned, double error) {
  AdjustedLift out;
  out.plain = lift_sequence({treated.after(), treated.rows()}, {held.after(), held.rows()}, planned, error);
  out.adjusted = out.plain;
  const bool says_nothing = out.plain.interval.low <= -1 && out.plain.interval.high >= 1;
  if (says_nothing || treated.before() + held.before() == 0) return out;
  const Moments t(treated), h(held);
  const double of_before = t.n * t.of_before + h.n * h.of_before;
  if (of_before <= 0) return out;
  const double theta = (t.n * t.together + h.n * h.together) / of_before;
  const double variance = t.variance(theta) + h.variance(theta), plain = t.variance(0) + h.variance(0);
  const double difference = (t.after - h.after) - theta * (t.before - h.before);
  const double half = mixture_half_width(variance, t.n + h.n, planned, error);
  out.adjusted = {difference, {std::max(-1.0, difference - half), std::min(1.0, difference + half)}};
  out.gone = 1 - variance / plain;
  return out;
}

}  // namespace fairlead::learn
