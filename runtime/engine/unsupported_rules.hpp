// Rules and heads of workflows that this runtime cannot keep yet. A rule that is not kept is never passed over.
#pragma once

#include "runtime/engine/unsupported.hpp"

namespace fairlead::engine {

/// Rules that bind a workflow, and that neither the compiler has settled nor a guard keeps.
void of_rules(const bytecode::Module& module, std::vector<Unsupported>& out);

/// What workflows say before their steps.
void of_heads(const bytecode::Module& module, std::vector<Unsupported>& out);

}  // namespace fairlead::engine
