// How many people it takes to see a lift, before anybody has been sent anything.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/learn/sequence.hpp"

namespace fairlead::learn {

/// What is expected of two groups that chance makes.
struct Expected {
  double rate = 0;     // of those who are held out, or of the variant that is compared with
  double treated = 0;  // the rate of the others
  double held = 0;     // share of the first among both, above 0 and below 1
};

enum class Looks { one, any };

/// The chance that the interval is on the right side of zero at so many people in both groups together: at one look
/// that is planned for then (Newcombe's interval, `lift`, which is of 95%), or at that look of somebody who looks at
/// any time
/// (`lift_sequence`). Of the second it is the least: an earlier look may have shown it already.
double power(const Expected& expected, Looks looks, double people, double error = 0.05);

/// The fewest people at which the power is `wanted`; nothing where `most` are not enough.
std::optional<std::uint64_t> people_needed(const Expected& expected, Looks looks, double wanted = 0.8,
                                           double error = 0.05, std::uint64_t most = 100'000'000'000);

/// The smallest relative lift, as 0.1 of 10%, that so many people show with this power; nothing where not even one that
/// takes the rate to 1 would be.
std::optional<double> lift_seen(double rate, double held, Looks looks, double people, double wanted = 0.8,
                                double error = 0.05);

}  // namespace fairlead::learn
