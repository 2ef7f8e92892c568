// What colleagues do with the weights of a choice.
#pragma once

#include <string>
#include <string_view>

#include "runtime/engine/ledger.hpp"

namespace fairlead::engine {

/// As it is said at the command line: `freeze`.
std::string_view verb(audit::Steered::Act act);

/// Why it cannot be done; empty where it can. `state`: what is to be imported.
std::string refused(const LearnedChoice& learned, audit::Steered::Act act, std::string_view state);

}  // namespace fairlead::engine
