// The parts of `fairlead weights`.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::cli {

/// The choice of that key, or whose key ends so; null where there is none or several, and it says so.
const engine::LearnedChoice* choice_or_report(const engine::View& view, const std::string& name, std::string& key);

/// Adds freeze, unfreeze, reset, export and import. `db`: the store, once it is known.
void add_weights_hands(CLI::App& weights, std::shared_ptr<std::string> db, Session& session);

/// Prints a patch that writes the learned shares into the project's files, as what its choices start with.
void print_as_source(const engine::View& view, const std::string& project, const std::string& choice, int& exit_code);

}  // namespace fairlead::cli
