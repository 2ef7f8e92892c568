// People who are made up for a simulation.
#pragma once

#include "runtime/engine/engine.hpp"

namespace fairlead::trial {

/// As many as the simulation wants. Each value is drawn by the seed, the field and the person alone: another line of
/// the mix changes nothing of this one. Keys are made: `person.1@people.example`.
Result<std::vector<engine::ContactIn>> make_people(const bytecode::Module& module,
                                                   const bytecode::Simulation& simulation);

}  // namespace fairlead::trial
