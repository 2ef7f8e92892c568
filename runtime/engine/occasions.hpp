// `enter every`: when the clock next begins a workflow that is for nobody.
#pragma once

#include "runtime/engine/deployments.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// What belongs to no contact has a cell like a contact's: passes for nobody, and when the clock brings the next.
constexpr store::ContactId nobody{store::global_part, 1};

/// The occasions of a version. One that stood before, with the same words, keeps its time; a new one is first due after
/// `now`.
std::vector<Occasion> occasions_of(const Version& version, const std::vector<Occasion>& before, Instant now);

/// To the first time after `now`: whatever lies between was missed, and is not made up for.
void move_on(Occasion& occasion, const Zone& zone, Instant now);

}  // namespace fairlead::engine
