// What is found of one workflow by looking at it alone: where nobody comes, and of each effect the rules that ask for
// a condition. What depends on other workflows, or needs no formula, is added by the prover.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/proof/proof.hpp"
#include "compiler/proof/solver.hpp"

namespace fairlead::compiler::proof {

/// Of an effect and a rule.
struct Finding {
  Index rule = none;
  Verdict verdict = Verdict::guarded;
  std::string because;
  std::vector<Note> facts, way, example;  // as in an obligation
};

struct LookedEffect {
  Index step = none, channel = none;
  bool nobody = false;           // comes here; then there is no finding
  std::optional<int128> amount;  // that it spends, where that is the same whenever it is asked for
  std::vector<Finding> findings;
};

struct Looked {
  std::vector<Index> nobody;  // steps to which nobody comes
  std::vector<LookedEffect> effects;
  Solver::Count count;
};

/// Whether a rule is judged by looking at the workflow alone.
constexpr bool by_condition(bytecode::RuleKind kind) {
  return kind == bytecode::RuleKind::forbid || kind == bytecode::RuleKind::approval ||
         kind == bytecode::RuleKind::closed;
}

/// By which channels a message may go; none where it is no message.
std::vector<Index> channels_of(const bytecode::Step& step);

/// Formulas and questions are of this workflow only, so what is found never depends on what others there are.
Looked look_at(const Program& program, Index workflow);

}  // namespace fairlead::compiler::proof
