// What is another in a workflow's next version: steps by their keys and by what they mean, and the order of those that
// both versions have.
#pragma once

#include <string>
#include <vector>

#include "runtime/engine/flow.hpp"

namespace fairlead::engine {

struct StepChange {
  enum class Kind : std::uint8_t { added, removed, changed, reordered };
  Kind kind = Kind::changed;
  std::string key;
  std::uint32_t line = 0;         // in the new version's file; of a removed step in the old one's
  std::vector<std::string> what;  // changed: `its content`, `how long it waits`
  bool operator==(const StepChange&) const = default;
};

struct Changes {
  std::vector<StepChange> steps;  // in the order of the new flow, the removed ones after it
  std::vector<std::string> head;  // `who enters it`, `who leaves it`
  /// Nothing differs, not even where a step leads: whoever follows one version does what the other would do.
  bool same = true;
};

/// `before` and `after` are of the same workflow, in two versions.
Changes compare(const Flow& before, const Flow& after);

/// Of a workflow's pass that stands at a step of the old flow: where it is, seen from a change. A step that is added is
/// taken to stand behind those that lead to it.
enum class Seen : std::uint8_t { before, at, past };
Seen seen(const Flow& before, const Flow& after, Index stands, const StepChange& change);

}  // namespace fairlead::engine
