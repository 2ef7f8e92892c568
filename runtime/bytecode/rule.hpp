// The rules of policies: what may never happen, what needs somebody's word, how often what may, and what the compiler
// has looked at already. Each is compiled apart from the workflows that it binds.
#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/index.hpp"
#include "runtime/bytecode/labels.hpp"
#include "runtime/values/decimal.hpp"
#include "runtime/values/hash.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::bytecode {

enum class RuleKind : std::uint8_t {
  forbid,    // an effect, where its condition holds
  limit,     // messages in a period
  closed,    // `default forbid`: what no `allow` allows
  allow,     // an effect, where its condition holds
  approval,  // an effect wants a role's word first
  spend,     // a limit of what is spent in a period
  moves,     // a limit of how far weights move in a period
  deciding,  // forbid deciding on a label
  sending,   // forbid sending a label to channels
  goal,      // what a workflow's goal must say
  explore,   // what every choice must keep for each option
  words,     // what the contents of a channel must have
  ban,       // what no content may say
  data,      // contacts whose data is not ready
  keep,      // for how long the audit is kept
};

/// What goes out of a workflow.
enum class Effect : std::uint8_t { send, generated, spend, publish, retract, write, action };

/// In ascending strength (language, section 10.6), but for `defer`, which is weaker than `skip`.
enum class Otherwise : std::uint8_t { skip, defer, hold, stop };

enum class Period : std::uint8_t { window, day, week, month };

/// What of a limit is kept for one workflow.
struct LimitShare {
  Index workflow = none;
  std::uint32_t count = 0;
  bool operator==(const LimitShare&) const = default;
};

/// A word that a field is marked with.

struct Rule {
  std::string name;  // `brand.night_texts`; a workflow's own limit: `whitepaper_nurture.limit`
  RuleKind kind = RuleKind::forbid;
  Effect effect = Effect::send;
  std::string action;              // effect `do`: which
  std::vector<Index> channels;     // only by these; empty: all
  Index workflow = none;           // only this workflow's; none: all
  bool transactional = true;       // whether transactional content is under it too
  Index when = none;               // function, true where the rule applies; none: always
  bool clock_only = false;         // `when` reads nothing but the clock
  std::uint32_t count = 0;         // limit
  std::vector<LimitShare> shares;  // limit
  bool whole_project = false;      // a limit over all contacts together
  Decimal amount;                  // spend; moves, explore and goal (the holdout): a share
  Period period = Period::window;
  Duration window;                                         // sliding; keep: how long
  Label label = Label::personal;                           // deciding, sending
  std::vector<std::string> words;                          // ban; words: the one that is wanted
  bool hole = false;                                       // words: it is the name of a hole
  bool baseline = false, target = false, holdout = false;  // goal: what it must say
  std::string role;                                        // approval: whose word
  Otherwise otherwise = Otherwise::skip;
  std::string hold_for;     // hold: which role
  Duration up_to;           // defer, hold: zero is as long as the condition holds
  std::string waivable_by;  // a role; empty: nobody
  bool proved = false;      // it says `prove`, and looking was enough
  std::string because;
  std::string text;  // as written, on one line
  Hash hash{};       // of what it means
  std::string file;
  std::uint32_t line = 0;
  bool operator==(const Rule&) const = default;
};

/// `waive brand.night_texts until 2027-01-31 because "…"`: without effect until somebody in the role has signed it.
struct Waiver {
  Index rule = none;
  Date until;  // its last day, by the project's clock
  std::string because;
  std::uint32_t line = 0;
  std::string signed_by;  // an address; empty: nobody has, or nobody whose signature holds
  Instant signed_at;      // as the signer's machine had it
  bool operator==(const Waiver&) const = default;
};

}  // namespace fairlead::bytecode
