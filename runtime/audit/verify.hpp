// Whether the audit is whole: the hash chain over every batch, and that each record can be read.
#pragma once

#include "runtime/audit/entry.hpp"

namespace fairlead::audit {

struct Whole {
  store::Head head;
  std::uint64_t batches = 0;
  std::uint64_t entries = 0;
  std::uint64_t prunings = 0;  // that came to their end
  Pruned pruned;               // all that went, and of the last of them: by whom, and how old it was
  Instant pruned_at;           // the last of them
};

/// chain_broken says where it is not.
Result<Whole> verify(store::Store& store);

}  // namespace fairlead::audit
