// A workflow as a graph of words and counts, before anything is drawn: boxes for steps, ways between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/trial/report.hpp"

namespace fairlead::trial {

struct Box {
  enum class Look : std::uint8_t { entry, send, wait, choose, branch, set, stop, end };
  Look look = Look::entry;
  std::string words;          // `wait up to 3 days`
  std::uint64_t passed = 0;   // who came to it
  std::uint64_t waiting = 0;  // who stands there now
  bool holds = false;         // somebody may stand here for a while, and so leave from here
};

struct Way {
  std::size_t from = 0, to = 0;  // boxes
  std::string label;             // `clicked`, `otherwise`, `story`, `yes`; empty where it is the only one
  std::optional<std::uint64_t> count;
  bool exact = true;  // false: somebody may have left between, so the count is worked out to the nearest
};

struct Flow {
  std::vector<Box> boxes;  // the first is the entry
  std::vector<Way> ways;   // in the order of the source
};

/// The steps that can be reached, in the words of the source where the module has it. Counts of ways follow from
/// the counts of steps as far as they can be told. Never trusts an index.
Flow flow_of(const bytecode::Module& module, const WorkflowRow& row);

}  // namespace fairlead::trial
