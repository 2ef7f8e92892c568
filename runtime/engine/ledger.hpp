// What the audit adds up to: tallies for reports, and the learners. It is fed with audit entries and with nothing else,
// live as well as after a restart, so both always agree.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/in_force.hpp"

namespace fairlead::engine {

/// What a choice learns by; `learner.features` is the length of its context, `features` says what stands in it.
struct ChoiceSpec {
  std::vector<std::string> options;
  std::vector<std::string> features;
  learn::LearnerSpec learner;
  std::vector<learn::Bounds> bounds;  // of each option's share
  std::vector<MoveLimit> moves;       // of the choice, and of the rules that bind it
};

/// Whether the weights of one can be read, and fed, with the decisions of the other. What the options start with may
/// differ.
bool fits(const ChoiceSpec& a, const ChoiceSpec& b);
/// Whether a choice goes on with what it has learned when it is deployed with another spec. Else it begins anew.
bool keeps(const ChoiceSpec& a, const ChoiceSpec& b);

/// Weights of one choice: what is being learned, and what was last published and is in force.
struct LearnedChoice {
  ChoiceSpec spec;
  std::unique_ptr<learn::Learner> learning;
  InForce in_force;
  std::uint32_t version = 0;
  bool changed = false;  // something was learned that is not in force
  /// Somebody keeps what is in force as it is.
  struct Frozen {
    Instant at;
    std::string by, because;
  };
  std::optional<Frozen> frozen;
  Instant since;  // when somebody let it begin anew, or with other evidence: goals of decisions before teach nothing
  std::deque<std::vector<double>> recent;         // contexts of the last decisions, for the shares that are shown
  std::vector<std::uint64_t> decisions, reached;  // of live contacts, one an option
  struct Point {
    Instant at;
    std::vector<std::uint32_t> shares;
  };
  std::vector<Point> history;
};

struct GoalTally {
  std::uint64_t treated = 0, treated_reached = 0, held = 0, held_reached = 0;  // windows closed or goal reached
  std::uint64_t entered = 0;                                                   // all, open ones included
};
struct RuleTally {
  std::uint64_t asked = 0, skipped = 0, deferred = 0, withheld = 0, waived = 0;
};
struct WorkflowTally {
  std::uint64_t entered = 0, held_out = 0, finished = 0, left = 0;
};
/// Of messages, of calls, and of assignments (`assign to TEAM`).
struct MessageTally {
  std::uint64_t sent = 0, suppressed = 0;
};

/// Nothing has been learned yet.
LearnedChoice begin(ChoiceSpec spec);

/// Whether a publishing at `at` would change what is in force.
bool to_publish(const LearnedChoice& learned, Instant at);
/// What would be in force after it.
InForce next_in_force(const LearnedChoice& learned, Instant at);

class Ledger {
 public:
  /// Choices that a deployed version has; a learner is kept while its options and features stay the same, and begins
  /// anew when they do not. One that is kept goes by the version's window, half-life, floors and limits from now on.
  void learn(const std::string& key, ChoiceSpec spec);

  void apply(Instant at, const audit::Entry& entry);

  [[nodiscard]] LearnedChoice* choice(const std::string& key);
  [[nodiscard]] const std::map<std::string, LearnedChoice>& choices() const { return choices_; }

  std::string save() const;
  Result<void> load(std::string_view bytes);

  std::uint64_t contacts = 0;
  std::uint64_t events = 0;
  std::uint64_t refused = 0;
  std::map<std::string, GoalTally> goals;
  std::map<std::string, RuleTally> rules;
  std::map<std::string, WorkflowTally> workflows;
  std::map<std::string, std::uint64_t> steps;                            // by key: times taken
  std::map<std::pair<std::string, std::string>, MessageTally> messages;  // content, channel
  std::map<std::string, MessageTally> actions;
  Instant first, last;
  Instant published_at;  // of the last publishing

 private:
  void credit(const std::string& key, const std::vector<std::string>& options, std::uint32_t chosen,
              const std::vector<double>& context, audit::Mode mode, std::int64_t decided, Instant at);
  void steer(const audit::Steered& steered, Instant at);

  std::map<std::string, LearnedChoice> choices_;
};

/// How many recent contexts the shown shares are averaged over.
constexpr std::size_t recent_contexts = 32;

}  // namespace fairlead::engine
