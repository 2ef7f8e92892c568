// Whether the audit is whole: the hash chain over every batch, and that each record can be read.
#pragma once

#include "runtime/audit/entry.hpp"

namespace fairlead::audit {

struct Whole {
  store::Head head;
  std::uint64_t batches = 0;
  std::uint64_t entries = 0;
};

/// chain_broken says where it is not.
Result<Whole> verify(store::Store& store);

}  // namespace fairlead::audit
