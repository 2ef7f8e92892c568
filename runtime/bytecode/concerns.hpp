// Which rules are about which effects: one answer for the prover, the guards and whoever explains them.
#pragma once

#include "runtime/bytecode/module.hpp"

namespace fairlead::bytecode {

/// What goes out, as far as rules look at it.
struct Act {
  bool message = true;
  Index channel = none;                     // of a message
  bool generated = false;                   // a model has written some of it
  EffectKind effect = EffectKind::message;  // of a call
  std::string_view action{};                // of a call; empty: of none that has a name
};

/// A message with a content, by a channel of it; and a call.
Act message(const Module& module, Index content, Index channel);
Act call(const Action& action);

/// Whether a rule that binds its workflow is about an act. What is transactional is looked at elsewhere.
bool concerns(const Rule& rule, const Act& act);

/// Whether a rule that binds the workflow is about the effect of a step: of a message by `channel`, or of a call.
bool concerns(const Module& module, const Rule& rule, Index workflow, const Step& step, Index channel);

}  // namespace fairlead::bytecode
