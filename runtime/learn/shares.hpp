// Probabilities as they are logged and drawn: whole billionths that sum to exactly one, so that the probability in the
// journal is, to the last digit, the one that was used.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/values/random.hpp"

namespace fairlead::learn {

using Share = std::uint32_t;  // billionths
constexpr Share whole = 1'000'000'000;

/// The floor is additive: p = floor + (1 - k floor) w over the k eligible options (language, section 10.11);
/// options that are not eligible get nothing. `weights` are the model's, one an option, not negative; those of the
/// eligible are renormalised (all zero: evenly). Every eligible option's share is at least `floor`, exactly; the rest is rounded by largest
/// remainder, ties to the earlier option. Requires k floor <= whole and at least one eligible option.
std::vector<Share> shares(std::span<const double> weights, const std::vector<bool>& eligible, Share floor);

/// Draws an option with exactly these probabilities.
std::size_t draw(std::span<const Share> shares, Dice& dice);

}  // namespace fairlead::learn
