// What an instruction reads beside fields, parameters and constants.
#pragma once

#include "runtime/bytecode/module.hpp"

namespace fairlead::bytecode {

/// Whether it asks for what happened, what time it is, or where a pass stands: for more than the contact's record.
constexpr bool reads_the_moment(Opcode op) {
  switch (op) {
    case Opcode::event:
    case Opcode::site:
    case Opcode::local:
    case Opcode::now:
    case Opcode::today:
    case Opcode::local_time:
    case Opcode::count:
    case Opcode::seen:
    case Opcode::sum:
    case Opcode::last:
    case Opcode::since:
    case Opcode::rate:
    case Opcode::score:
    case Opcode::within: return true;
    default: return false;
  }
}

}  // namespace fairlead::bytecode
