// Lints: what is no mistake, but most likely not what was meant. Each is a row of the table in lints.cpp and a function
// in a file of its own (or of its family) that reads the checked project and never changes it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/program.hpp"
#include "compiler/proof/proof.hpp"

namespace fairlead::compiler::lint {

/// What a lint may read: a project without errors.
struct Subject {
  const Program& program;
  const std::vector<grammar::Source>& files;
  std::size_t own;                          // the first so many files are the project's, the others the library's
  const std::vector<grammar::Node>& trees;  // the files' roots, the project's own first
  std::string folder;                       // empty where the project lies on no disk
  const proof::Proofs* proofs = nullptr;    // none where nothing was to be proved
  std::vector<grammar::Node> heads = {};    // all declarations of the project's own files: `run` collects them
};

class Findings;
using Function = void (*)(const Subject& subject, Findings& found);

struct Lint {
  grammar::Code code;
  grammar::Severity level;  // unless the project says otherwise
  Function run;             // none: the checks themselves report it
  bool elsewhere = false;   // it depends on more than the text, so that a silence may be needed at times only
  [[nodiscard]] std::string_view name() const;   // as the project and its silences call it
  [[nodiscard]] std::string_view about() const;  // in a few words
};

/// Every lint, in the order of its code.
std::span<const Lint> lints();
const Lint* find(std::string_view name);
const Lint* find(grammar::Code code);
/// What somebody may have meant who wrote `name`.
std::string suggestion(std::string_view name);

/// Runs them all where `diagnostics` has no error, then gives every lint the level that the project sets and takes away
/// what a comment silences.
void run(Subject subject, std::vector<grammar::Diagnostic>& diagnostics);

}  // namespace fairlead::compiler::lint
