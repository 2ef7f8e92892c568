// From typed expressions to code.
#pragma once

#include "compiler/program.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::compiler {

/// Fills the code of every function of the module from its typed expression. The program must be free of errors.
void emit(Program& program, const std::vector<grammar::Source>& files, std::vector<grammar::Diagnostic>& diagnostics);

}  // namespace fairlead::compiler
