// Any text is compiled or refused with a reason, and what is compiled passes the verifier and survives the file format.
#include <cstdlib>

#include "compiler/compile.hpp"

using namespace fairlead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const compiler::Compiled compiled =
      compiler::compile({grammar::Source("fuzz.lead", std::string(reinterpret_cast<const char*>(data), size))});
  if (!compiled.module) {
    if (compiled.errors() == 0) std::abort();
    return 0;
  }
  if (!bytecode::verify(*compiled.module)) std::abort();
  const Result<bytecode::Module> read = bytecode::decode(bytecode::encode(*compiled.module));
  if (!read || !(*read == *compiled.module)) std::abort();
  if (bytecode::disassemble(*compiled.module).empty()) std::abort();
  return 0;
}
