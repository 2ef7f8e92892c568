// What is said of a limit on spending that is not proved: how much one act alone may come to.
#pragma once

#include <optional>
#include <string>

#include "compiler/proof/flow_counts.hpp"

namespace fairlead::compiler::proof {

/// Why a limit on spending may be broken at a step that spends `each` (in units) every time; none where that is not
/// fixed.
std::string adds_up(const Program& program, FlowCounts& counts, Index workflow, Index step, const bytecode::Rule& rule,
                    std::optional<int128> each);

}  // namespace fairlead::compiler::proof
