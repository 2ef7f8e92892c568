// The head of a workflow beside its triggers: the other ways in, how many may come, what it may spend, when it pauses,
// and in which stages it is adopted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/bytecode/rule.hpp"

namespace fairlead::bytecode {

/// So many, or so much, in a period.
struct Quota {
  Decimal most;
  Period period = Period::window;
  Duration window;
  bool operator==(const Quota&) const = default;
};

/// One `enter` clause.
struct Entry {
  enum class Kind : std::uint8_t { event, segment, every, hand };
  Kind kind = Kind::hand;
  std::vector<Index> triggers;  // event: of the workflow's
  Index segment = none;         // segment: on becoming a member of it
  bool by_clock = false;        // segment: time alone may make somebody a member
  Duration every;               // every
  std::optional<TimeOfDay> at;  // every
  std::optional<Quota> at_most;
  std::uint32_t line = 0;
  bool operator==(const Entry&) const = default;
};

/// One stage of a rollout.
struct RolloutStage {
  bool shadow = false;            // decides and records, and sends nothing
  Decimal share;                  // of contacts, where it is not a shadow
  std::optional<Duration> lasts;  // the last stage stays
  std::string approval_by;        // a role that lets it begin; empty: nobody is asked
  std::optional<Decimal> lift;    // it begins where the lift is above this …
  Decimal confidence;             // … with this confidence
  bool operator==(const RolloutStage&) const = default;
};

struct Head {
  std::vector<Entry> entries;
  std::optional<Quota> budget;
  Index pause = none;  // function, true where nobody is to go on
  std::vector<RolloutStage> rollout;
  std::vector<Waiver> waivers;
  bool operator==(const Head&) const = default;

  /// The waiver of a rule that somebody has signed, of several the one that lasts longest; null where there is none.
  [[nodiscard]] const Waiver* signed_waiver(Index rule) const {
    const Waiver* out = nullptr;
    for (const Waiver& one : waivers) {
      if (one.rule == rule && !one.signed_by.empty() && (out == nullptr || out->until < one.until)) out = &one;
    }
    return out;
  }
};

}  // namespace fairlead::bytecode
