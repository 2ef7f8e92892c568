// A random project after somebody has worked on it.
#pragma once

#include "tests/proofs/dice.hpp"

namespace fairlead::soundness {

/// With other rules: some gone, some said a little differently, one called otherwise.
std::string edited_rules(const std::string& text, Dice& dice);
/// With other steps: some of its sends and waits gone, others put before them.
std::string edited_steps(const std::string& text, Dice& dice);

}  // namespace fairlead::soundness
