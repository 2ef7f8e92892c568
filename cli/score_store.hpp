// Scores that a project declares, in its store.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace fairlead::cli {

/// Whether a path is a store, or a project with one; then the store.
std::optional<std::string> store_at(const std::string& path);

/// Shows what the scores of a store have learned, or the one of that name.
void show_scores(const std::string& db, const std::string& name, bool json, int& exit_code);

/// Writes down what was learned for a score of that name, to be imported.
std::string learned_file(const std::string& score, const std::vector<std::string>& features, const std::string& state);

void add_score_hands(CLI::App& score, Session& session);

}  // namespace fairlead::cli
