// What a module may hold that this runtime cannot carry out: it is refused by name before anything runs.
#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace fairlead::engine {

struct Unsupported {
  std::string what;  // as the language writes it: `plan path`
  std::string file;
  std::uint32_t line = 0;
};

std::vector<Unsupported> unsupported(const bytecode::Module& module);

/// A fault that names all of it; nothing where the module can run.
Result<void> check_supported(const bytecode::Module& module);

}  // namespace fairlead::engine
