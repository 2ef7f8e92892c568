// Which rules are about which effects: one answer for the prover, the runtime and whoever explains them.
#pragma once

#include "runtime/bytecode/module.hpp"

namespace fairlead::compiler::proof {

/// What goes out, as far as rules look at it.
struct Act {
  bool message = true;
  bytecode::Index channel = bytecode::none;                     // of a message
  bool generated = false;                                       // a model has written some of it
  bytecode::EffectKind effect = bytecode::EffectKind::message;  // of a call
  std::string_view action{};                                    // of a call; empty: of none that has a name
};

/// Whether a rule that binds its workflow is about an act. What is transactional is looked at elsewhere.
bool concerns(const bytecode::Rule& rule, const Act& act);

/// Whether a rule that binds the workflow is about the effect of a step: of a message by `channel`, or of a call.
bool concerns(const bytecode::Module& module, const bytecode::Rule& rule, bytecode::Index workflow,
              const bytecode::Step& step, bytecode::Index channel);

}  // namespace fairlead::compiler::proof
