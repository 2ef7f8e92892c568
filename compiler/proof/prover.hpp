// Every effect of every workflow and every rule that is about it: what each workflow comes to by itself, and what has
// to be counted over all of them.
#pragma once

#include <map>
#include <set>

#include "compiler/proof/flow_counts.hpp"
#include "compiler/proof/labels.hpp"
#include "compiler/proof/looked.hpp"
#include "compiler/proof/portrait.hpp"
#include "compiler/proof/proof.hpp"

namespace fairlead::compiler::proof {

class Prover {
 public:
  Prover(const Program& program, Cache* cache);

  Proofs run();

 private:
  [[nodiscard]] const bytecode::Module& module() const { return p_.module; }

  // ---- one after the other (prove.cpp)
  void look();
  /// What the cache knows of a workflow.
  void recall(Index w, Portrait portrait);
  [[nodiscard]] bool recalled(Index w) const { return recalled_.contains(w); }
  void keep();
  void workflow(Index w);
  void effect(LookedEffect& effect);
  void judge(Obligation& o, LookedEffect& effect);
  void finish(Obligation& o);
  void settled();
  [[nodiscard]] Place place_of(const Obligation& o) const;

  // ---- limits (limits.cpp)
  /// How many messages a limit counts of each workflow, at most.
  struct Counted {
    Index workflow = none;
    Most most;
    bool bound = false, shared = false;  // by the rule; with a part of its own
    Note note;                           // how many of them may come from there
  };
  const std::vector<Counted>& counted(Index rule);
  void limit(Obligation& o);
  void spend(Obligation& o, const LookedEffect& effect);
  bool within_budgets(Index rule) const;

  // ---- labels, and rules about a workflow as a whole (whole.cpp)
  void sending(Obligation& o);
  void whole(Index rule);
  void deciding(Index rule);
  void moves(Index rule);

  const Program& p_;
  Cache* cache_;
  Flows flows_;
  FlowCounts counts_;
  Index workflow_ = none;
  std::vector<Looked> looked_;                     // by workflow
  std::vector<Portrait> portraits_;                // likewise, where there is a cache
  std::set<Index> recalled_;                       // workflows that it knew
  std::set<Index> nobody_;                         // steps to which nobody comes
  std::map<Index, std::vector<Counted>> counted_;  // by rule
  std::map<Index, bool> budgets_;                  // by rule
  std::pair<std::string, std::string> named_;      // name and key of the effect that is looked at
  std::set<Index> data_, measured_;                // rules that were looked at for the project
  std::set<Index> together_;                       // limits that several workflows may break together
  Proofs out_;
};

}  // namespace fairlead::compiler::proof
