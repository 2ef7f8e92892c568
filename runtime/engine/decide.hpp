// One adaptive choice: who is eligible, how likely each option is, and which one the dice give. The live engine and
// off-policy replay decide through this same function.
#pragma once

#include "runtime/engine/deployments.hpp"
#include "runtime/engine/ledger.hpp"
#include "runtime/learn/shares.hpp"

namespace fairlead::engine {

/// Fills eligibility, context, the exact shares and the option drawn from them; `shares` stays empty where nothing is
/// eligible, and `chosen` is their number where the draw fell to nobody. A condition that fails to evaluate makes its
/// option ineligible, a feature that fails is absent. The draw is a function of (seed, pass, choice, visit) and of
/// nothing else.
audit::Decided decide(const Version& version, Index choice, const LearnedChoice& learned, const vm::World& world,
                      std::uint64_t seed, const audit::Pass& pass, audit::Mode mode, std::uint64_t visit = 1);

/// The draw of a choice whose options were looked at already, of what is eligible in a context: a function of the seed,
/// `purpose` and `index`. Whose it is is left open.
audit::Decided draw(const bytecode::Choice& choice, const LearnedChoice& learned, const std::vector<bool>& eligible,
                    std::vector<double> context, std::uint64_t seed, std::uint64_t purpose, std::uint64_t index);

/// What a choice goes by. A newer version may learn something else under its name, or have it no more, which says
/// nothing of the options here: they stand as they start, in `unlearned`.
const LearnedChoice& weights_for(const LearnedChoice* known, const bytecode::Choice& choice,
                                 std::optional<LearnedChoice>& unlearned);

/// What the shares are by some weights on average over the recent contexts, every option eligible: for showing.
std::vector<std::uint32_t> typical_shares(const LearnedChoice& learned, const InForce& by);

/// What each option's share may be.
std::vector<learn::Bounds> bounds_of(const bytecode::Choice& choice);

/// How a choice is learned where goals are known at once, and nothing limits how weights move.
ChoiceSpec spec_of(const bytecode::Choice& choice);
/// How a choice of a module is learned: also its goal's window, its half-life, and what limits how its weights move.
ChoiceSpec spec_of(const bytecode::Module& module, const bytecode::Choice& choice);

}  // namespace fairlead::engine
