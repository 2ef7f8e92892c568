// Passes: who enters, where each stands, who leaves, and that nobody is lost.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfPasses : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::Entered& entered);
  void see(Instant at, const audit::EntryCounted& counted);
  void see(Instant, const audit::StepTaken& taken) {
    if (PassState* state = known_.going_on(taken.pass, "a step")) state->step = taken.step;
  }
  void see(Instant at, const audit::Left& left);
  void see(Instant, const audit::Skipped& skipped) { known_.going_on(skipped.pass, "a skipped wait"); }
  void see(Instant, const audit::Decided& decided) { known_.going_on(decided.pass, "a choice"); }
  void see(Instant, const audit::SplitTaken& taken) { known_.going_on(taken.pass, "a split"); }
  void see(Instant, const audit::Paused& paused) { paused_.insert(paused.workflow); }
  void see(Instant, const audit::Resumed& resumed) { paused_.erase(resumed.workflow); }
  void end();

 private:
  std::map<std::string, std::vector<Instant>> counted_;  // entries, by workflow
  std::set<std::string> paused_;
};

}  // namespace fairlead::simulation
