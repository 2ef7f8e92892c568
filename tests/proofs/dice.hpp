// Chance that is the same everywhere: mt19937 and its own arithmetic, no std distribution.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace fairlead::soundness {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_()) % n; }
  bool likely(std::uint32_t percent) { return below(100) < percent; }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[below(static_cast<std::uint32_t>(of.size()))];
  }
  std::string one(const std::vector<std::string>& of) { return any(of); }

 private:
  std::mt19937 random_;
};

}  // namespace fairlead::soundness
