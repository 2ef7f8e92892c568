// Chance that can be replayed: a counter-based generator (Philox 4x32-10, Salmon et al. 2011). A draw is a function of
// what it is for (seed, instance, step key, visit) and of nothing else: not of order, not of a thread. The
// samplers are our own, since those of the standard library differ between implementations.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fairlead {

/// Philox 4x32 with ten rounds: four random words from a 128-bit counter and a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A stream of draws for one purpose.
class Dice {
 public:
  /// `seed` is the run's; `purpose` and `index` name the draw (an instance, a step key and a visit, hashed).
  Dice(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index = 0);

  std::uint32_t next32();
  std::uint64_t next64();
  /// Uniform in [0, bound), exactly (rejection, Lemire 2019). `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1), 53 bits.
  double uniform();

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace fairlead
