// An instruction taken apart as its row of the opcode table says, for the verifier and the disassembler.
#pragma once

#include <array>

#include "runtime/bytecode/module.hpp"

namespace fairlead::bytecode {

struct Operand {
  char kind = '.';  // the letter of opcodes.def; '.': unused
  unsigned value = 0;
};

/// Operands in the order in which the table names them; the third of an AX instruction is unused.
std::array<Operand, 3> operands(Instruction instruction);

}  // namespace fairlead::bytecode
