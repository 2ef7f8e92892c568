// Which instructions of a function are tests, and where their answers lead. For prepare.cpp alone.
#pragma once

#include <optional>

#include "runtime/vm/prepare.hpp"

namespace fairlead::vm {

/// Where the answer of a test leads: to an instruction, or to the function's end with the answer as it then is.
struct Onward {
  std::size_t pc = 0;
  std::optional<bool> gives;
};

struct Found {
  Test test;
  Onward yes, no;
  std::size_t past = 0;  // the instruction after those that make the answer
};

/// In the order of the code; none where there is nothing to be found.
std::vector<Found> find_tests(const bytecode::Function& function, std::span<const Value> constants);

}  // namespace fairlead::vm
