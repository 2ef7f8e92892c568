// What became of rows of the outbox, as the audit tells it: a row that is done with keeps nothing but its key.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"

namespace fairlead::engine {

/// A row of the outbox: what it was, and what happened to it last.
struct OutboxHistory {
  std::string workflow, content, channel, action;
  Instant since;    // of the last thing that happened to it
  std::string why;  // in words; empty: it was filled in, or went out
};

/// Of the rows with these keys, those of which the audit says anything. Reads the whole audit.
Result<std::map<std::string, OutboxHistory>> outbox_history(store::Store& store, const std::vector<std::string>& keys);

}  // namespace fairlead::engine
