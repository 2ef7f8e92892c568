// A lift from which what people did beforehand is taken out: CUPED (Deng, Xu, Kohavi, Walker 2013).
//
// Whoever reached the goal's event before the experiment is likelier to do so again, in both groups. That chance put
// more of them into one group is noise; with theta = cov(after, before) / var(before) within groups,
//
//   lift = (mean after, treated - held) - theta (mean before, treated - held)
//
// has the same mean, since both groups had the same before, and the variance (1 - rho^2) of what it had.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/learn/sequence.hpp"

namespace fairlead::learn {

/// People of one group: `people[before][after]`, 1 where they reached it.
struct BeforeAfter {
  std::array<std::array<std::uint64_t, 2>, 2> people{};

  [[nodiscard]] std::uint64_t rows() const { return people[0][0] + people[0][1] + people[1][0] + people[1][1]; }
  [[nodiscard]] std::uint64_t before() const { return people[1][0] + people[1][1]; }
  [[nodiscard]] std::uint64_t after() const { return people[0][1] + people[1][1]; }
};

struct AdjustedLift {
  Lift plain;     // lift_sequence
  Lift adjusted;  // the same interval of the corrected lift, at every look
  /// The part of the variance that is gone: with 0.2 the interval is as narrow as a quarter more people would make it.
  double gone = 0;
};

AdjustedLift adjusted_lift(const BeforeAfter& treated, const BeforeAfter& held, double planned, double error = 0.05);

/// Half of the interval of lift_sequence, for a difference of this variance at so many rows.
double mixture_half_width(double variance, double rows, double planned, double error);

}  // namespace fairlead::learn
