// Counts messages again, by an arithmetic of its own, to see that what is proved of a limit is so.
#pragma once

#include "tests/proofs/life.hpp"

namespace fairlead::soundness {

/// Of a limit that is proved at a step: when the message of the step was one too many; empty: never.
std::string too_many(const bytecode::Module& module, const bytecode::Rule& rule, const std::string& step,
                     const Life& life);

}  // namespace fairlead::soundness
