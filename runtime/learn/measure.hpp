// Intervals for what the reports print.
#pragma once

#include <cstdint>
#include <span>

namespace fairlead::learn {

struct Interval {
  double low = 0, high = 0;
};

/// Wilson's score interval for a proportion, 95%. n = 0: [0, 1].
Interval wilson(std::uint64_t successes, std::uint64_t n);

/// Difference of two independent proportions (treated minus held out), 95%: Newcombe 1998, method 10.
struct Lift {
  double difference = 0;
  Interval interval;
};
Lift lift(std::uint64_t treated_successes, std::uint64_t treated, std::uint64_t held_successes, std::uint64_t held);

/// Mean and half-width of the 95% interval of the mean (Student's t) over independent runs; a single run has half-width
/// 0.
struct Mean {
  double mean = 0, half_width = 0;
};
Mean mean_of(std::span<const double> runs);

}  // namespace fairlead::learn
