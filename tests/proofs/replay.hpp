// The prover's example of somebody who breaks a rule, put back on the machine: what is read is what a person reads, so
// the words are held to it as well.
#pragma once

#include "compiler/proof/proof.hpp"
#include "tests/proofs/bystander.hpp"

namespace fairlead::soundness {

/// An example as values; nothing where it says what no machine can be told (`why`).
std::optional<std::vector<compiler::diff::Given>> read_example(const bytecode::Module& module,
                                                               const std::vector<compiler::proof::Note>& example,
                                                               std::string& why);

enum class Replayed : std::uint8_t {
  breaks,     // whatever else is so of them
  harmless,   // somebody of whom all that is so does not break the rule
  no_example  // it cannot be put on the machine
};

struct Replay {
  Replayed outcome = Replayed::no_example;
  std::string why;  // no_example: the reason; harmless: who
};

/// Whether everybody of whom the example is so breaks the rule. `several` different people are made up for it.
Replay replay(const bytecode::Module& module, const vm::Program& program, const compiler::proof::Obligation& obligation,
              Dice& dice, int several = 5);

}  // namespace fairlead::soundness
