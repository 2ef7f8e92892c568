// Replay: what the journal holds is what the engine has in memory, whichever way it is read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/engine/engine.hpp"

namespace fairlead::simulation {

/// Everybody whom the audit has ever named as stored.
std::vector<store::ContactId> contacts_of(const std::vector<store::Record>& journal);

/// What differs between a living engine and (1) what a stranger reads from a copy of its store at `copy`: the
/// checkpoint and the tail over it; (2) the journal read from its first record on, without any checkpoint.
std::vector<std::string> differences(engine::Engine& live, const std::map<store::ContactId, engine::Cell>& cells,
                                     const std::vector<store::Record>& journal, const std::string& copy);

}  // namespace fairlead::simulation
