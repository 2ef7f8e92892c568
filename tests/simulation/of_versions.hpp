// Versions: which is in force, who is moved, kept or ended when one comes, and what an undo takes back.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfVersions : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::Deployed& deployed);
  void see(Instant at, const audit::Moved& moved);
  void see(Instant, const audit::StepTaken& taken) { untouched_.erase(taken.pass); }
  void see(Instant, const audit::ApprovalAsked& asked) { asked_.insert(asked.pass); }
  void see(Instant at, const audit::Left& left);
  void see(Instant, const audit::Paused& paused) { paused_.insert(paused.workflow); }
  void see(Instant, const audit::Resumed& resumed) { paused_.erase(resumed.workflow); }
  void see(Instant at, const audit::Rolled& rolled);
  void batch_over();

 private:
  [[nodiscard]] bool differs(const std::string& workflow, std::uint32_t a, std::uint32_t b) const;
  /// Passes that go on in an older version, of a workflow that is another now.
  [[nodiscard]] std::size_t behind() const;
  void check_undo(const audit::Rolled& rolled);

  std::map<audit::Pass, audit::Moved, Before> moved_;      // in this batch
  std::size_t ended_ = 0;                                  // in this batch, by the deployment
  std::map<audit::Pass, audit::Moved, Before> untouched_;  // moved by the last deployment, and no step since
  std::set<audit::Pass, Before> asked_;                    // since the last deployment
  std::uint32_t last_ = 0;                                 // the version that the last one put into force
  std::set<std::string> paused_, said_by_;
};

}  // namespace fairlead::simulation
