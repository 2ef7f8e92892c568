// How many contacts are in a segment now: what a plan tells of a segment before it is in force.
#pragma once

#include <map>
#include <string>

#include "runtime/engine/deployments.hpp"
#include "runtime/store/store.hpp"

namespace fairlead::engine {

/// By name, of the segments that ask for nothing but the contact's record. Those that ask for what happened or what
/// time it is are left out.
using Members = std::map<std::string, std::uint64_t>;

/// One walk over all contacts, for each of the versions. As in a turn, a segment that ends in a fault has nobody.
Result<std::vector<Members>> count_members(store::Store& store, const std::vector<const Version*>& versions);

}  // namespace fairlead::engine
