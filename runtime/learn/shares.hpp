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

/// What an option's share may be.
struct Bounds {
  Share floor = 0, cap = whole;
};

/// The floors are additive: p = floor + (1 - the floors) w over the eligible options (language, section 10.11);
/// options that are not eligible get nothing. `weights` are the model's, one an option, not negative; those of the
/// eligible are renormalised (all zero: evenly). What a cap takes away goes to the others in the same way, and what
/// none of them may carry to nobody: only then do the shares come to less than the whole. Every eligible option's share
/// is within its bounds, exactly; the rest is rounded by largest remainder, ties to the earlier option. Requires that
/// the floors of the eligible come to the whole at most, that no floor is above its cap, and an eligible option.
std::vector<Share> shares(std::span<const double> weights, const std::vector<bool>& eligible,
                          std::span<const Bounds> bounds);

/// The same with one floor for all and no cap.
std::vector<Share> shares(std::span<const double> weights, const std::vector<bool>& eligible, Share floor);

/// What lies on the way from some shares to others, `way` of it (0 to 1): no option, and not nobody either, is further
/// from where it begins than `way` of its distance. Whatever bounds both keep, it keeps.
std::vector<Share> between(std::span<const Share> from, std::span<const Share> to, double way);

/// How far apart they are: of the option, or of nobody, whose share differs most.
Share distance(std::span<const Share> a, std::span<const Share> b);

/// Draws an option with exactly these probabilities; their number where it is nobody.
std::size_t draw(std::span<const Share> shares, Dice& dice);

}  // namespace fairlead::learn
