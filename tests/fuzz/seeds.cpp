// Writes the bodies of compiled projects into a folder, for fuzz_module to begin with: fuzz_seeds FOLDER PROJECT…
#include <fmt/format.h>

#include <fstream>

#include "compiler/compile.hpp"

int main(int count, char** arguments) {
  constexpr std::size_t header = 4 + 4 + 32;  // magic, version, hash
  for (int i = 2; i < count; ++i) {
    const fairlead::compiler::Compiled compiled = fairlead::compiler::compile_path(arguments[i]);
    if (!compiled.module) {
      fmt::print(stderr, "{} does not compile\n", arguments[i]);
      return 1;
    }
    std::ofstream(fmt::format("{}/module-{}", arguments[1], i), std::ios::binary)
        << fairlead::bytecode::encode(*compiled.module).substr(header);
  }
  return 0;
}
