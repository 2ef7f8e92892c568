// What people did before they entered, beside what they did after: for lifts that are corrected by it.
#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/learn/adjusted.hpp"
#include "runtime/store/store.hpp"

namespace fairlead::trial {

/// One goal that holds somebody out. Before: the goal's event in as long a time before entering as the goal's window
/// is, whatever else its `where` asks for, since the journal has no values. Each contact counts once, with its first
/// pass toward the goal, and when its window has closed, not sooner.
struct GoalBefore {
  std::string goal, event;
  Duration within;
  learn::BeforeAfter treated, held;
  std::uint64_t open = 0;  // whose window has not closed
};

/// In the order of the module, from the store's whole journal; `now` is where the store's clock stands.
Result<std::vector<GoalBefore>> before_and_after(store::Store& store, const bytecode::Module& module, Instant now);

}  // namespace fairlead::trial
