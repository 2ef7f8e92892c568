// The virtual clock: moves an engine from one thing that is due to the next.
#pragma once

#include <functional>

#include "runtime/engine/engine.hpp"

namespace fairlead::trial {

/// Does everything that is due up to `end`, a stride at a time, messages handed over at the end of each. `start` is
/// where the strides are counted from. `progress` (may be empty) is told where the clock stands.
Result<void> run_until(engine::Engine& engine, Instant start, Instant end, Duration stride,
                       const std::function<void(Instant)>& progress);

}  // namespace fairlead::trial
