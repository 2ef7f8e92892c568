// Counters of a contact's history: kept up to date as events arrive, so that a question reads what is there and nothing
// is ever gone through. Windows are `(t - w, t]`; late events land where they belong, and what is dated in the future
// waits for its time.
#pragma once

#include "runtime/bytecode/module.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// What a counter takes of an event.
struct Happening {
  Instant at;
  std::string id;
  Value amount;  // sum: what its field holds; absent where it says nothing
};

/// Takes a matching event in, and lets go of what no question at `now` or later can reach.
void take(CounterState& state, const bytecode::Counter& counter, const Happening& happening, Instant now);

/// How many events lie in the window that ends at `now`.
std::uint64_t counted(const CounterState& state, const bytecode::Counter& counter, Instant now);
/// What the events of that window add up to, as `type` says: a number or money. Overflow is a fault.
Result<Value> summed(const CounterState& state, const bytecode::Counter& counter, const FieldType& type, Instant now);
/// The place of the last event that had happened by `now`; nothing where there was none.
std::optional<std::size_t> latest(const CounterState& state, Instant now);

/// The counter's state in a cell; null where nothing that it counts has happened yet.
const CounterState* find(const Cell& cell, std::uint32_t counter);

}  // namespace fairlead::engine
