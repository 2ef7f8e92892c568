// What the compiler's tests share: small projects in memory, and the files of the repository.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "compiler/compile.hpp"

namespace fairlead::compiler::testing {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Every diagnostic as a person reads it, with an empty line between.
inline std::string rendered(const Compiled& compiled) {
  std::string out;
  for (const grammar::Diagnostic& d : compiled.diagnostics) {
    if (!out.empty()) out += '\n';
    out += grammar::render(d, compiled.files, false);
  }
  return out;
}

inline Compiled compile_text(std::string text) { return compile({grammar::Source("test.lead", std::move(text))}); }

}  // namespace fairlead::compiler::testing
