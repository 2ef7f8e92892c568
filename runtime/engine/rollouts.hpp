// Adoption in stages: which stage of each workflow's `rollout` is in force, whom it reaches, and what lets the next
// begin: the clock, somebody's word, or a lift that was measured.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/cohorts.hpp"
#include "runtime/engine/deployments.hpp"

namespace fairlead::engine {

/// Where a workflow's rollout stands.
struct Rollout {
  std::string stages;       // as the workflow says them: with others it begins anew
  std::uint32_t stage = 0;  // how many have begun; 0: the first waits for somebody's word
  Instant since;            // when the last of these did
  std::string by, because;  // who let it begin; empty `by`: nobody had to
  bool operator==(const Rollout&) const = default;
};

/// What the audit says of rollouts, live as well as after a restart.
class Rollouts {
 public:
  void apply(Instant at, const audit::Entry& entry);

  /// By the workflow's name; null where it has none.
  [[nodiscard]] const Rollout* find(const std::string& workflow) const;
  [[nodiscard]] const std::map<std::string, Rollout>& all() const { return rollouts_; }
  /// The passes since a rollout began, the treated and then the held out; null unless a stage ahead of it asks for a
  /// lift.
  [[nodiscard]] const Cohorts* measured(const std::string& workflow) const;

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  std::map<std::string, Rollout> rollouts_;
  std::map<std::string, Cohorts> measured_;
};

/// As it stands in a workflow: `5% for 7 days`.
std::string to_string(const bytecode::RolloutStage& stage);
/// All of them, with commas; empty where there are none.
std::string to_string(const std::vector<bytecode::RolloutStage>& stages);

/// The stage that is in force; null where the workflow has no rollout, or its first stage has not begun.
const bytecode::RolloutStage* present_stage(const Rollouts& rollouts, const Version& version, Index workflow);
/// Whether whoever enters now enters in shadow.
bool in_shadow(const Rollouts& rollouts, const Version& version, Index workflow);
/// Why the rollout does not let a contact in yet; empty where it does. `salt`: the store's.
std::string not_reached(const Rollouts& rollouts, const std::string& salt, const Version& version, Index workflow,
                        store::ContactId contact);

/// When the stage that is in force has lasted its time; nothing where it goes on without an end, or none has begun.
std::optional<Instant> stage_over(const Rollout& rollout, const std::vector<bytecode::RolloutStage>& stages);
/// What a stage looks at that begins when the lift is above something.
struct LiftGate {
  learn::Proportion treated, held;
  learn::Lift lift;          // at the confidence that the stage asks for, whenever it is looked at
  bool wrong_ratio = false;  // as many are not held out as the goal says, so that nothing can be told
  bool open = false;         // the stage may begin
};
/// Of the next stage, where it is one of these.
std::optional<LiftGate> lift_gate(const Rollouts& rollouts, const Version& version, Index workflow, Instant now);

/// Why somebody's word does not let the next stage begin; empty where it does.
std::string word_refused(const Rollout& rollout, const Version& version, Index workflow, const std::string& by,
                         Instant now);

}  // namespace fairlead::engine
