// Workflows that are paused, by hand or by their own rate: nobody enters, nobody goes on, nothing is handed over.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfPauses : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::Paused& paused);
  void see(Instant at, const audit::Resumed& resumed);
  void see(Instant at, const audit::EventTaken& taken);
  void see(Instant at, const audit::Entered& entered);
  void see(Instant, const audit::StepTaken& taken) { goes_on(taken.pass, "a step"); }
  void see(Instant at, const audit::Effect& effect);
  void see(Instant, const audit::Acted& acted) { goes_on(acted.pass, "a call"); }
  void see(Instant, const audit::Decided& decided) { goes_on(decided.pass, "a choice"); }
  void see(Instant, const audit::ApprovalEnded& ended) { woken_.insert(ended.pass); }
  void see(Instant, const audit::Skipped& skipped) { woken_.insert(skipped.pass); }
  void see(Instant at, const audit::KeptOut& kept);
  void batch_over();
  void handed(const Delivered& message, const Act& act);

 private:
  struct Happened {
    Instant at;
    bool of = false, per = false;
  };

  void goes_on(const audit::Pass& pass, const char* what);
  /// Whether what a workflow's `pause when` asks holds.
  [[nodiscard]] bool too_much(const std::string& workflow, const PausingSays& says, Instant now) const;

  std::set<std::string> paused_;
  std::map<std::string, std::vector<Happened>> rates_;  // since the workflow was resumed
  std::set<std::string> rated_;                         // in this batch
  std::set<audit::Pass, Before> woken_;                 // by a person, in this batch
};

}  // namespace fairlead::simulation
