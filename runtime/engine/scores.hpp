// Learned scores: what of each is known, what is in force, and how it did. Fed with audit entries and with nothing
// else.
//
// A score is learned from predictions whose window is over, and not sooner, also where what they foretell has come:
// those that come true early would otherwise stand for all, and every young score would promise too much.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/deployments.hpp"
#include "runtime/learn/card.hpp"
#include "runtime/learn/online.hpp"

namespace fairlead::engine {

/// Where no goal says how frequent it is (`baseline`), what a score foretells is taken to be so frequent until it has
/// learned more.
constexpr double rate_unheard = 0.05;
/// A score begins to be in force with so many predictions that came true, and so many that did not.
constexpr std::uint64_t enough_of_each = 10;
/// So many predictions, the last ones, are what it is judged by.
constexpr std::size_t most_judged = 4'096;
/// While a score is being asked, a new prediction is noted in each of so many parts of its window.
constexpr std::int64_t predictions_a_window = 4;

/// What a score learns by.
struct ScoreSpec {
  std::uint64_t meaning = 0;          // another one is another score
  std::vector<std::string> features;  // `contact.plan: free | pro`
  std::vector<std::string> entries;   // of a context: `contact.plan is pro`
  double prior = rate_unheard;        // the rate before anything was learned
  std::string prior_of;               // the goal whose baseline it is; empty: none
};

/// What it foretells, within how long, from what: as a number that a change of any of these changes.
std::uint64_t meaning_of(const bytecode::Module& module, const bytecode::Score& score);
ScoreSpec spec_of(const bytecode::Module& module, const bytecode::Score& score);

struct LearnedScore {
  ScoreSpec spec;
  learn::OnlineLogistic learning, in_force;
  std::uint32_t version = 0;  // 0: nothing is in force but the prior
  Instant published_at;
  bool changed = false;                  // something was learned that is not in force
  bool imported = false;                 // it began with what was learned elsewhere
  std::uint64_t predicted = 0;           // all that was said
  std::uint64_t observed = 0, came = 0;  // whose window is over
  Instant since;                         // of a reset or an import: what was said before teaches nothing
  std::string frozen_by;                 // who keeps what is in force as it is; empty: nobody
  struct Judged {
    double log_odds = 0;  // said by what was known right before it was learned from
    bool came = false;
  };
  std::deque<Judged> judged;
};

LearnedScore begin(ScoreSpec spec);
/// Whether it has learned enough to be in force.
bool knows_enough(const LearnedScore& learned);
bool to_publish(const LearnedScore& learned);
/// How it did on the predictions that it is judged by, each of which was made again right before it was learned from.
/// Nothing where there is none.
std::optional<learn::Card> card_of(const LearnedScore& learned);
/// Whether what came lately is what was foretold.
std::optional<learn::Drift> drift_of(const LearnedScore& learned);

/// The name of a score in entries that speak of choices too: `score intent`.
std::string key_of_score(const std::string& name);
/// The score of such a name; empty where it is a choice.
std::string score_of_key(const std::string& key);

/// Why somebody's hand cannot do that; empty where it can. `state`: what is to be imported.
std::string refused(const LearnedScore& learned, audit::Steered::Act act, std::string_view state);
/// What import takes, and brings back.
std::string exported(const LearnedScore& learned);

class Scores {
 public:
  void apply(Instant at, const audit::Entry& entry, const Deployments& deployments);

  [[nodiscard]] const LearnedScore* find(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, LearnedScore>& all() const { return scores_; }

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  void steer(const audit::Steered& steered, Instant at);

  std::map<std::string, LearnedScore> scores_;
};

}  // namespace fairlead::engine
