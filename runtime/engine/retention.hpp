// What may be pruned from a store: what looks back how far, and what of the old people under way still read.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/engine/deployments.hpp"
#include "runtime/engine/state.hpp"
#include "runtime/store/store.hpp"

namespace fairlead::engine {

/// Something of a project that looks back.
struct Need {
  std::string what;   // goal `qualified`
  std::string place;  // `x.lead:12`; of a counter, what asks it first. May be empty
  Duration window;
};

/// What a version looks back over, the longest first: what it counts and adds up over a window, goals, limits, rates.
/// A version after it that asks for about the same is filled from what is kept.
std::vector<Need> needs_of(const bytecode::Module& module);

/// So much is kept at least: the longest of them, and a day.
Duration least_kept(const std::vector<Need>& needs);

/// `30 days`, `36 hours`.
std::string length_text(Duration length);

/// Whether somebody's cell still reads an event, however old it is: a pass has bound it, or may come to a wait for it
/// (`wait … for E of CONTENT` counts from that send), or a counter is asked for the last one's field.
bool still_read(const Cell& cell, const store::OldRow& event);

struct Amount {
  std::uint64_t rows = 0, bytes = 0;
};
/// What a pruning removes.
struct Prunable {
  Amount events, outbox, journal, rejected;
  std::uint64_t kept = 0;  // events that are as old, and are still read
};

/// Looks through all of a store. What came since the checkpoint is not counted, though a pruning writes a checkpoint
/// first. `cell_of`: the newest state of a contact's.
Result<Prunable> prunable(store::Store& store, Instant before,
                          const std::function<Result<Cell>(store::ContactId)>& cell_of);

/// Counters that a version would begin with, and that look back beyond what is kept: how they are written.
std::vector<std::string> cut_short(const Deployments& deployments, const bytecode::Module& next, Instant pruned_before,
                                   Instant now);

}  // namespace fairlead::engine
