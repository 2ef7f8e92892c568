// A simulation: the real engine on a virtual clock, with people who answer messages as the `simulate` block says.
#pragma once

#include <functional>

#include "runtime/engine/engine.hpp"
#include "runtime/trial/report.hpp"

namespace fairlead::trial {

/// Simulations begin here: a Monday, so that weeks are whole. 2026-01-05T00:00Z.
constexpr Instant simulation_start{1'767'571'200'000};
/// The virtual clock moves by so much at a time: messages are handed over at the end of each.
constexpr Duration stride = minutes(30);

/// Runs simulation `index` of the module on this store, from where it stood if the store has begun it already.
/// `rows` of records beside the contact, and then `contacts`, are taken in at the start. `progress` is told the share
/// that is done.
Result<Report> simulate(store::Store& store, connect::Connector& connector, const bytecode::Module& module,
                        bytecode::Index index, const std::vector<engine::ContactIn>& contacts,
                        const std::function<void(double)>& progress, const std::vector<engine::RowIn>& rows = {});

/// Whether a simulation has begun on this store, or nothing has at all: a real project's store is none to simulate on.
Result<bool> may_simulate(store::Store& store);

/// What the engine's tallies show.
Report make_report(const engine::Engine& engine, const bytecode::Module& module, std::string title);

}  // namespace fairlead::trial
