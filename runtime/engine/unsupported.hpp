// What a module may hold and this runtime cannot carry out yet. It is refused when it is deployed, by name, rather than
// left out in silence.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace fairlead::engine {

struct Unsupported {
  std::string what;  // as it is written: `plan path`
  std::string file;
  std::uint32_t line = 0;
};

/// In the order of the module's tables.
std::vector<Unsupported> unsupported(const bytecode::Module& module);

/// Refuses a module with any of it.
Result<void> supported(const bytecode::Module& module);

}  // namespace fairlead::engine
