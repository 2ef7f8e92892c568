// What the conditions of rules come to, of whatever contact, hour, message or call they may be asked: by the prover's
// own formulas and its solver. What they say can never be, never can; what is too hard to tell may be.
#pragma once

#include "compiler/lint/policies.hpp"
#include "compiler/proof/solver.hpp"
#include "compiler/proof/world.hpp"

namespace fairlead::compiler::lint {

using proof::Formula;

class Asking {
 public:
  explicit Asking(const Program& program);

  /// By which channels what a rule is about may go; none among them: as a call.
  [[nodiscard]] std::vector<Index> ways(const bytecode::Rule& rule) const;
  /// Whether a rule is about what goes by the channel.
  [[nodiscard]] bool has(Index rule, Index channel) const {
    const std::vector<Index> all = ways(program_.module.rules[rule]);
    return applies_.contains({rule, channel}) && std::find(all.begin(), all.end(), channel) != all.end();
  }
  /// Where a guard denies; of an `allow`, where it allows.
  Formula applies(Index rule, Index channel) { return applies_.at({rule, channel}); }
  /// Of the same over all its ways.
  Formula applies(Index rule);
  /// Whether it surely is not so, ever.
  bool never(Formula f);
  /// Whether they are surely never all so at once. What speaks of different things is asked apart.
  bool never(std::vector<Formula> parts);
  /// Whether the second is so wherever the first is. Both can be.
  bool implies(Formula a, Formula b);

  proof::Formulas formulas;

 private:
  Formula with_history(Formula f);
  /// Whether they speak of something in common.
  bool meet(Formula a, Formula b);

  const Program& program_;
  proof::World world_;
  proof::Solver solver_;
  Formula history_ = proof::Formulas::yes;
  std::map<std::pair<Index, Index>, Formula> applies_;
};

}  // namespace fairlead::compiler::lint
