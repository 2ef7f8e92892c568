// What benches measure time with, and hold a figure to its limit with.
#pragma once

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <string>

namespace fairlead::bench {

using Clock = std::chrono::steady_clock;

inline double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Seconds of processor time of this process, without what the kernel does for its writes where `user` is asked for.
inline double processor(bool user = false) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + (user ? 0.0 : seconds(usage.ru_stime));
}

inline bool all_met = true;
/// A line of the report; what misses its limit makes the bench end with 1.
inline void gate(const std::string& what, double value, double limit, bool at_least) {
  const bool met = at_least ? value >= limit : value <= limit;
  all_met = all_met && met;
  fmt::print("  {:<58} {:>12.4g}   asked {} {:.4g}{}\n", what, value, at_least ? ">=" : "<=", limit,
             met ? "" : "   NOT MET");
}

}  // namespace fairlead::bench
