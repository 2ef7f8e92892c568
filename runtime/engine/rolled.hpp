// What was deployed last, read back from the audit: what an undo takes back.
#pragma once

#include <optional>
#include <vector>

#include "runtime/audit/entry.hpp"

namespace fairlead::engine {

struct LastRolled {
  audit::Rolled rolled;
  /// Whom it moved, and who has taken no step since: these go back.
  std::vector<audit::Moved> moved;
};

/// Nothing where no more than one version was ever in force. Goes through the whole audit.
Result<std::optional<LastRolled>> last_rolled(store::Store& store);

}  // namespace fairlead::engine
