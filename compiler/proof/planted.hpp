// Mistakes that can be switched on, to see that the tests of the prover find them (tests/proofs/planted_test.cpp): each is one
// that whoever writes a prover may make, at the place where it would be made. Only the tests' own copy of the prover
// is compiled with FAIRLEAD_PLANTED_PROOFS; everywhere else `planted` is false at compile time, and nothing of it is left.
#pragma once

#include <cstdint>

namespace fairlead::compiler::proof {

enum class Mistake : std::uint8_t {
  none,
};

#ifdef FAIRLEAD_PLANTED_PROOFS
inline Mistake the_planted_mistake = Mistake::none;
inline bool planted(Mistake mistake) {
  return the_planted_mistake == mistake;
}
/// The figures of `proofs --bounds` are no verdicts, and take longer than these.
inline bool without_figures = false;
#else
constexpr bool without_figures = false;
constexpr bool planted(Mistake) {
  return false;
}
#endif

}  // namespace fairlead::compiler::proof
