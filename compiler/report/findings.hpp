// What was found, each finding with a name by which it is known again tomorrow, and whether it was known before.
#pragma once

#include <string>
#include <vector>

#include "compiler/compile.hpp"

namespace fairlead::compiler::report {

struct Finding {
  const grammar::Diagnostic* diagnostic = nullptr;
  std::string fingerprint;
  std::string path;         // of the file, from the project's folder; empty where it has no place
  std::string declaration;  // in which it stands: `workflow nurture`; empty outside of all
  bool known = false;       // it is in the baseline
};

/// A finding of a baseline, as a reviewer reads it.
struct Noted {
  std::string fingerprint, code, file, declaration, message;
};

/// Borrows what was compiled, which must outlive it.
struct Findings {
  Findings(const Compiled& compiled);  // NOLINT(google-explicit-constructor): it is the same, looked at closely

  const Compiled* compiled;
  std::vector<Finding> all;  // in the order of the diagnostics
  bool compared = false;     // with a baseline
  std::vector<Noted> gone;   // what the baseline has and is not found any more

  [[nodiscard]] const std::vector<grammar::Source>& files() const { return compiled->files; }
  /// Those that are not known.
  [[nodiscard]] std::size_t fresh(grammar::Severity severity) const;
  [[nodiscard]] std::size_t known() const;
  /// Leaves out what is known.
  void only_new();
};

}  // namespace fairlead::compiler::report
