// The most that one pass through a workflow can send and cost, whatever happens: the worst of all ways, with every
// repeat gone round as often as it may. Limits and rules only make it less, so it holds with or without them.
#pragma once

#include <string>
#include <vector>

#include "runtime/engine/flow.hpp"
#include "runtime/values/decimal.hpp"

namespace fairlead::engine {

struct WorstCase {
  std::uint64_t messages = 0;  // saturates
  /// What messages and calls cost, in the project's currency; nothing where it cannot be told before it runs.
  std::optional<Decimal> money;
  /// Calls that spend what only the run knows: their steps.
  std::vector<std::string> unknown;
  /// Records whose rows it goes through and does something for: messages and money have one row of each in them, since
  /// nobody knows how many there will be.
  std::vector<std::string> rows_of;
  /// Workflows that it goes on to, whose own worst case comes on top.
  std::vector<std::string> follows;
  bool operator==(const WorstCase&) const = default;
};

WorstCase worst_case(const Flow& flow);

}  // namespace fairlead::engine
