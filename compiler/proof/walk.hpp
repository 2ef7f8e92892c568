// One workflow, looked at by itself: its world, the formulas and the solver are its own.
#pragma once

#include "compiler/proof/looked.hpp"
#include "compiler/proof/reach.hpp"

namespace fairlead::compiler::proof {

class Walk {
 public:
  Walk(const Program& program, Index workflow);

  Looked look();

 private:
  [[nodiscard]] const bytecode::Module& module() const { return p_.module; }
  [[nodiscard]] const bytecode::Workflow& workflow() const { return p_.module.workflows[workflow_]; }

  // ---- what can be at an act (walk.cpp)
  Effect effect_of(Index s, Index channel);
  Formula possible(Formula state, Index s, Index channel, const Effect& effect);
  bool may_hold(Index s, Formula state);
  Formula past_stops(Index s, Formula state);
  [[nodiscard]] bool approved(Index s, const bytecode::Rule& rule) const;
  Formula known_history(Index s, Index channel, const Effect& effect);
  Formula fires(Index rule, const Effect& effect);
  void effect(Index s, Index channel);

  // ---- whether it breaks a rule (judge.cpp)
  struct Act {
    Index step = none, channel = none;
    Formula state = Formulas::no;    // when it is carried out
    Formula arrival = Formulas::no;  // before anything held it back
    const Effect& effect;
  };
  void judge(Finding& finding, const Act& act);
  void forbid(Finding& finding, const Act& act);
  void refute(Finding& finding, const Act& act, Formula fires);
  void went_stale(Finding& finding, const Act& act, Formula fires, const Example& example);
  void explain(Finding& finding, const Act& act, Formula fires);
  [[nodiscard]] bool is_count(Variable v);
  void illustrate(Finding& finding, const Act& act, const Example& example);
  void closed(Finding& finding, const Act& act);
  bool holds_in(Formula f, const Example& example);
  bool allows(const Example& example, const std::vector<Variable>& spoken_of, Formula fact);

  const Program& p_;
  Index workflow_;
  Formulas f_;
  Solver solver_;
  World world_;
  struct Fired {
    Formula formula = Formulas::no;
    bool settled = false;
  };
  std::map<std::tuple<Index, Index, Index>, Fired> fired_;  // rule, content, channel
  std::optional<Reach> reach_;
  Looked out_;
};

}  // namespace fairlead::compiler::proof
