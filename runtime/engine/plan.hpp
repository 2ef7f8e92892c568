// What would change if a project were deployed on a store: for people under way, for what has been learned, for the
// rules, and for the worst case. Reads only; beside a running engine it sees what was committed last.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/changes.hpp"
#include "runtime/engine/recovery.hpp"
#include "runtime/engine/worst_case.hpp"

namespace fairlead::engine {

/// How many passes stand before, at and past a change.
struct Around {
  std::uint64_t before = 0, at = 0, past = 0;
};
/// Passes that a move leaves with the version that they follow, and why.
struct Staying {
  std::string why;
  std::uint64_t passes = 0;
};

/// The passes of one workflow that follow one version.
struct Following {
  std::uint32_t version = 0;
  std::uint64_t passes = 0;
  bool same = false;  // the new version does for them what theirs does
  std::vector<StepChange> changes;
  std::vector<Around> around;  // one for each of `changes`
  std::uint64_t moves = 0;     // that a move takes along; the rest are in `stays`
  std::vector<Staying> stays;
};

struct WorkflowPlan {
  enum class Kind : std::uint8_t { unchanged, changed, added, removed };
  Kind kind = Kind::unchanged;
  std::string name, file, subject;
  std::uint32_t line = 0;
  Changes changes;                   // from the version in force
  std::vector<Following> following;  // oldest version first
  std::optional<WorstCase> before, after;
};

struct RulePlan {
  enum class Kind : std::uint8_t { same, changed, added, removed };
  Kind kind = Kind::same;
  std::string name, text, before;         // as written now, and before where it is changed
  std::vector<std::string> binds, frees;  // workflows that it binds from now on, and no more
};

/// A rule and a step that both versions have: proved by the one, and only guarded by the other.
struct ProofPlan {
  std::string step, rule;
  bool proved = false;  // from now on
};

/// A rule that lets a workflow pass for a time, since somebody has signed for it.
struct WaiverPlan {
  std::string workflow, rule, by, because;
  Date until;
  bool added = false;  // the version in force has no such waiver
};

struct WeightPlan {
  enum class Kind : std::uint8_t { kept, reset, added, removed };
  Kind kind = Kind::kept;
  std::string choice;
  std::vector<std::string> why;              // of a reset: what differs
  std::uint64_t decisions = 0, reached = 0;  // the evidence there is, of people who were not held out
  std::string like;                          // removed: a new choice with the same options, which begins anew
};

/// A segment that is new, or that others are in from now on.
struct SegmentPlan {
  std::string name;
  std::optional<std::uint64_t> before;  // how many are in it by the version in force
  std::uint64_t now = 0;
};

struct Plan {
  std::uint32_t in_force = 0, next = 0;  // versions; 0: nothing is in force
  bool same = false;                     // the project is the version in force
  std::string currency;
  std::vector<WorkflowPlan> workflows;
  std::vector<RulePlan> rules;  // those that are not the same, or bind otherwise
  std::vector<ProofPlan> proofs;
  std::vector<WaiverPlan> waivers;
  std::vector<WeightPlan> weights;
  std::vector<SegmentPlan> segments;  // of those that ask for nothing but the contact's record
  std::uint64_t rules_now = 0;
  /// Counters that begin with less than they look back over, since what lies before `pruned_before` may be gone.
  std::vector<std::string> cut_short;
  Instant pruned_before;
};

/// `store`: null, or one on which nothing was deployed, is fine: then all of it is new.
Result<Plan> plan(store::Store* store, const bytecode::Module& module);

}  // namespace fairlead::engine
