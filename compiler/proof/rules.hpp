// Which rules are about which effects: one answer for the prover, the runtime and whoever explains them.
#pragma once

#include "runtime/bytecode/module.hpp"

namespace fairlead::compiler::proof {

/// Whether a rule that binds the workflow is about the effect of a step: of a message by `channel`, or of a call.
bool concerns(const bytecode::Module& module, const bytecode::Rule& rule, bytecode::Index workflow,
              const bytecode::Step& step, bytecode::Index channel);

}  // namespace fairlead::compiler::proof
