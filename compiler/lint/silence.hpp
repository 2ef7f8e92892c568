// Silences: `// lint off NAME: reason`, at the end of a line or on lines of its own above it.
#pragma once

#include "compiler/lint/lints.hpp"

namespace fairlead::compiler::lint {

struct Silence {
  std::string name;
  Place place;             // of the name
  std::uint32_t line = 0;  // the one that it is about
  bool sound = true;       // false: reported already
  bool used = false;
};

/// The silences of the project's own files. What is wrong with one is added to `diagnostics`.
std::vector<Silence> silences(const Subject& subject, std::vector<grammar::Diagnostic>& diagnostics);

}  // namespace fairlead::compiler::lint
