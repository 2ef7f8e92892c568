// What the prover says of a project, by the names that the audit uses.
#pragma once

#include <optional>

#include "compiler/compile.hpp"
#include "tests/proofs/life.hpp"

namespace fairlead::soundness {

struct Verdicts {
  std::map<Pair, compiler::proof::Verdict> all;  // of the channels that a message may take the worst counts
  std::set<Pair> by_facts;                       // proved of something that is known there
  std::set<std::string> unreachable;             // steps
};

/// The project as it runs, with every rule a guard; nothing where the text says what does not compile.
std::optional<bytecode::Module> runnable(const std::string& text);
Verdicts verdicts(const bytecode::Module& module, const std::string& text);

/// What was seen and should not have been.
std::vector<std::string> violations(const bytecode::Module& module, const Verdicts& verdicts, const Life& life);

}  // namespace fairlead::soundness
