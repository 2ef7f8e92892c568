// Counters of a contact's history.
#include "runtime/engine/counters.hpp"

#include <algorithm>

namespace fairlead::engine {

using bytecode::CounterKind;

namespace {

using Place = std::ptrdiff_t;

/// How many of the instants, which rise, are not after `t`.
Place until(const std::vector<Instant>& at, Instant t) {
  return std::upper_bound(at.begin(), at.end(), t) - at.begin();
}

void drop(CounterState& state, Place first, Place last) {
  state.at.erase(state.at.begin() + first, state.at.begin() + last);
  if (!state.amounts.empty()) state.amounts.erase(state.amounts.begin() + first, state.amounts.begin() + last);
  if (!state.events.empty()) state.events.erase(state.events.begin() + first, state.events.begin() + last);
}

}  // namespace

void take(CounterState& state, const bytecode::Counter& counter, const Happening& happening, Instant now) {
  const bool last = counter.kind == CounterKind::last;
  const bool named = last && counter.field != bytecode::none;
  Place place = until(state.at, happening.at);
  // Of two at one instant the one with the greater id is the last, whichever came first: filling agrees with living.
  while (named && place > 0 && state.at[static_cast<std::size_t>(place - 1)] == happening.at &&
         happening.id < state.events[static_cast<std::size_t>(place - 1)])
    --place;
  state.at.insert(state.at.begin() + place, happening.at);
  if (named) state.events.insert(state.events.begin() + place, happening.id);
  if (counter.kind == CounterKind::sum) {
    const Tag tag = happening.amount.tag();  // of an event that an older version took in, it may be of any kind
    state.amounts.insert(state.amounts.begin() + place,
                         tag == Tag::number || tag == Tag::money ? happening.amount.as_decimal() : Decimal());
  }
  // Nothing that has left the window comes back into it; of what has happened, only the last is the last.
  const Place old = last ? std::max<Place>(until(state.at, now) - 1, 0) : until(state.at, now - counter.window);
  drop(state, 0, old);
}

std::uint64_t counted(const CounterState& state, const bytecode::Counter& counter, Instant now) {
  const Place some = until(state.at, now) - until(state.at, now - counter.window);
  return static_cast<std::uint64_t>(std::max<Place>(some, 0));
}

Result<Value> summed(const CounterState& state, const bytecode::Counter& counter, const FieldType& type, Instant now) {
  Decimal sum;
  const Place end = std::min(until(state.at, now), static_cast<Place>(state.amounts.size()));
  for (Place i = until(state.at, now - counter.window); i < end; ++i) {
    const Result<Decimal> next = add(sum, state.amounts[static_cast<std::size_t>(i)]);
    if (!next) return tl::unexpected(next.error());
    sum = *next;
  }
  return type.kind == TypeKind::money ? Value::money(sum) : Value::of(sum);
}

std::optional<std::size_t> latest(const CounterState& state, Instant now) {
  const Place some = until(state.at, now);
  if (some == 0) return std::nullopt;
  return static_cast<std::size_t>(some - 1);
}

const CounterState* find(const Cell& cell, std::uint32_t counter) {
  const auto at = std::find_if(cell.counters.begin(), cell.counters.end(),
                               [counter](const CounterState& s) { return s.id == counter; });
  return at == cell.counters.end() ? nullptr : &*at;
}

}  // namespace fairlead::engine
