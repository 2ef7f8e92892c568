// What `fairlead where` says of a person, as sentences.
#pragma once

#include <string>
#include <vector>

#include "cli/shown.hpp"
#include "runtime/engine/whereabouts.hpp"

namespace fairlead::cli {

/// Whom it is about, and by what.
struct Asked {
  std::string key;    // as it was given
  std::string store;  // ` --db x.db`: what other commands need to find the same store; empty where they find it so
  bool all = false;   // of workflows too that the person was never in
  Instant now;
};

/// Whether the person may enter a workflow of the newest version.
struct Entry {
  bool may = true;
  bool in_it = false;
  std::optional<Instant> from;  // it may again, from then on
  std::string rollout;          // it may not yet, since its rollout does not reach it
  std::vector<std::string> on;  // the events that bring people in
};
Entry entry_of(const engine::View& view, bytecode::Index workflow, const engine::Whereabouts& person, Instant now);

std::string where_text(const engine::View& view, const engine::Whereabouts& person, const Asked& asked);
std::string where_json(const engine::View& view, const engine::Whereabouts& person, const Asked& asked);

}  // namespace fairlead::cli
