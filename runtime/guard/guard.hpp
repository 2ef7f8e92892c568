// Guards: what a rule says about one message or call, asked at the act. A guard that fails to evaluate denies.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/guard/caps.hpp"
#include "runtime/vm/vm.hpp"

namespace fairlead::guard {

using bytecode::Index;

/// Whether a message goes out or, in a pass that is held out or in shadow, only would. What would go out is counted by
/// passes of the same kind alone, so that each takes the way that it would take if all of its kind went out.
enum class Side : std::uint8_t { out = 0, held_out = 1, shadow = 2 };

/// A message that counts toward limits; names by their ids.
struct Counted {
  Instant at;
  std::uint32_t channel = 0;
  std::uint32_t workflow = 0;
  Side side = Side::out;
  bool operator==(const Counted&) const = default;
};

/// What a message or a call costs, for limits of what is spent on one contact; names by their ids.
struct Spent {
  Instant at;
  std::uint32_t channel = 0;  // 0: a call
  std::uint32_t workflow = 0;
  Side side = Side::out;
  Decimal cost;
  bool operator==(const Spent&) const = default;
};

/// The message (or, with an action instead of content and channel, the call) that is judged, and what is known of its
/// recipient.
struct Site {
  Index workflow = bytecode::none;
  Index content = bytecode::none;
  Index channel = bytecode::none;
  Index action = bytecode::none;
  std::span<const Value> arguments{};      // of a call
  Value amount{};                          // that a call spends
  std::span<const std::string> granted{};  // roles that have said yes to exactly this
  std::span<const Counted> counted;        // what went out before, oldest first
  std::span<const Spent> spent{};          // what that cost
  std::optional<Instant> held;             // since when a deferred message waits
  Side side = Side::out;  // where nothing goes out, rules are asked so that the pass takes the same way
  const Zone* project_zone = nullptr;
  const Caps* caps = nullptr;  // what counts over all contacts
  Decimal cost;                // of the message or call
};

struct Verdict {
  enum class Kind : std::uint8_t { allowed, defer, skip, hold, stop };  // ascending strength (language, section 10.6)
  Kind kind = Kind::allowed;
  Index rule = bytecode::none;
  Instant until;              // defer, hold: when to ask again
  std::string detail;         // where the guard itself failed: why
  std::vector<Index> fired;   // every rule that something follows from, in the order of `rules`
  std::vector<Index> waived;  // rules that fired, and whose waivers are in force: nothing follows from them
};

/// Which rules to ask: at the send all; at hand-over, where a message has been counted already, only those that forbid.
enum class Ask : std::uint8_t { all, forbidding };

/// Asks `rules` of `program`'s module; the strongest verdict wins (language, section 10.6). `world` is the recipient's;
/// its `site` and `parameters` are set here, and empty afterwards. `asked` gets the indices of the rules that applied.
Verdict judge(const vm::Program& program, std::span<const Index> rules, const Site& site, vm::World& world, Ask ask,
              std::vector<Index>& asked);

/// When a waiver is over: its last day ends by the project's clock.
Instant runs_out(const bytecode::Waiver& waiver, const Zone& project_zone);

/// Whether `cost` more would be above `budget`, of what the workflow spends.
bool over_budget(const bytecode::Quota& budget, std::uint32_t workflow, Decimal cost, const Caps& caps, Instant now,
                 const Zone& project_zone);

/// First instant of the calendar period (not a window) that `t` lies in, and of the next one. Weeks begin on Monday.
std::pair<Instant, Instant> calendar_period(bytecode::Period which, Instant t, const Zone& zone);

/// The longest window of any limit per contact on messages (or on what is spent): how long what it counts must be kept.
Duration longest_window(const bytecode::Module& module, bytecode::RuleKind of = bytecode::RuleKind::limit);

}  // namespace fairlead::guard
