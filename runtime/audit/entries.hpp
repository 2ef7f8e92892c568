// The whole audit of a store, entry by entry: for whoever looks back.
#pragma once

#include <functional>

#include "runtime/audit/entry.hpp"

namespace fairlead::audit {

/// Every entry, in the order of the journal. chain_broken where a record cannot be read.
Result<void> entries(store::Store& store, const std::function<void(const Stamped&)>& each);

}  // namespace fairlead::audit
