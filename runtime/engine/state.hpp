// A contact's cell: everything the engine keeps of one contact beside the personal values. Names go by their
// 32-bit ids (name_id), so that a cell outlives edits and stays small; tens of bytes for a waiting pass.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/guard/guard.hpp"

namespace fairlead::engine {

using audit::Mode;
using guard::Counted;

/// An event that a pass has bound: `event` is number 0.
struct Bound {
  std::uint8_t number = 0;
  std::string event_id;
  bool operator==(const Bound&) const = default;
};

/// When a content was last sent in this pass, for `wait … for clicked of welcome`.
struct SentAt {
  std::uint32_t content = 0;
  Instant at;
  bool operator==(const SentAt&) const = default;
};

/// A value that a pass keeps: what a `let` made, or an action answered.
struct Kept {
  std::uint8_t number = 0;
  std::string value;
  bool operator==(const Kept&) const = default;
};

/// An effect as an approver was shown it: it is carried out only as long as it is the same.
struct Shown {
  std::uint32_t step = 0;
  std::uint64_t digest = 0;
  bool operator==(const Shown&) const = default;
};

/// A `repeat` that a pass is in.
struct Round {
  std::uint32_t step = 0;   // key of the repeat
  std::uint32_t count = 0;  // rounds that have begun
  Instant since;            // when the last of them did
  bool operator==(const Round&) const = default;
};

/// One pass of the contact through a workflow, between two turns: a step number's key and what is live.
struct Instance {
  std::uint32_t workflow = 0;
  std::uint32_t version = 0;  // of the deployment whose flow it follows
  std::uint64_t serial = 0;
  Mode mode = Mode::live;
  Instant entered;
  std::uint32_t step = 0;       // key of the step at which it stands
  Instant since;                // since when it stands there
  std::optional<Instant> wake;  // when it moves by itself
  std::optional<Instant> held;  // a send that a rule defers: since when
  std::vector<Bound> bound;
  std::vector<SentAt> sent;
  std::vector<Round> rounds;
  /// One up for every further round of any repeat, so that no step is taken twice under one number.
  std::uint64_t visit = 1;
  std::vector<Kept> kept;
  std::vector<Shown> shown;  // what is decided on, or was approved and is not done yet
  bool operator==(const Instance&) const = default;
};

/// What a counter holds: the events that it may be asked about, in the order in which they happened.
struct CounterState {
  std::uint32_t id = 0;
  std::vector<Instant> at;            // ascending; within the window when last touched, or the last and what is to come
  std::vector<Decimal> amounts{};     // one each where it adds up
  std::vector<std::string> events{};  // one each where it is asked for a field of the last: their ids
  bool operator==(const CounterState&) const = default;
};

/// A goal's window of one pass.
struct Watch {
  std::uint32_t workflow = 0;
  std::uint64_t serial = 0;
  std::uint32_t goal = 0;
  Mode mode = Mode::live;
  Instant since, until;
  bool operator==(const Watch&) const = default;
};

/// A decision whose goal may still be reached.
struct OpenDecision {
  std::uint32_t workflow = 0;
  std::uint64_t serial = 0;
  std::uint32_t version = 0;
  std::uint32_t choice = 0;
  std::uint32_t goal = 0;
  std::uint32_t chosen = 0;
  Mode mode = Mode::live;
  Instant at, until;
  std::vector<double> context;
  bool operator==(const OpenDecision&) const = default;
};

/// What a score has said of the contact, until its window is over.
struct Prediction {
  std::uint32_t score = 0;
  std::uint64_t meaning = 0;  // of the score when it was asked
  bool came = false;          // what it foretells has happened
  Instant at, until;
  std::vector<double> context;
  bool operator==(const Prediction&) const = default;
};

/// A workflow that the contact has been through.
struct Past {
  std::uint32_t workflow = 0;
  std::uint64_t serial = 0;
  Instant left;
  /// The passes that a `leave` ended: what was not handed over yet is cancelled. Only the last of them, since of a pass
  /// that lies further back nothing can still be in the outbox.
  std::vector<std::uint64_t> early;
  bool operator==(const Past&) const = default;
};

/// When the clock next begins a workflow that is for nobody. Only in the cell of what belongs to no contact.
struct Occasion {
  std::uint32_t workflow = 0;
  Duration every;
  std::int32_t second = -1;  // `at`: seconds since midnight; -1: it has no `at`
  Date day;                  // on the project's clock, where it has one
  Instant next;
  bool operator==(const Occasion&) const = default;
};

/// An arm of a wait that an event took while the workflow was paused: the pass goes on with it when it is resumed.
struct TakenArm {
  std::uint32_t workflow = 0;
  std::uint32_t arm = 0;
  bool operator==(const TakenArm&) const = default;
};

/// What a rule holds until somebody in a role has said yes to exactly it; and their yes, until the effect is done.
struct Word {
  std::uint32_t workflow = 0;  // a contact is in a workflow once at a time, and stands at one step of it
  std::string role, rule;
  std::uint64_t digest = 0;  // of the effect as it was shown
  Instant asked, until;      // until: 1970 where the rule holds it for as long as it takes
  bool given = false;
  bool operator==(const Word&) const = default;
};

/// What was chosen inside a `send` at which a pass still stands, or that somebody is asked about: its channel, its
/// hour, the words of a slot. It stays until the message went out, or did not.
struct Picked {
  std::uint32_t workflow = 0, step = 0, choice = 0;
  std::uint32_t version = 0;  // that has the options
  std::uint64_t visit = 0;
  std::uint32_t chosen = 0;
  Instant at;
  bool operator==(const Picked&) const = default;
};

struct Cell {
  std::uint64_t revision = 0;  // one up whenever something changes that a rule could read
  std::vector<Instance> instances;
  std::vector<CounterState> counters;
  std::vector<Counted> counted;
  std::vector<Watch> watches;
  std::vector<OpenDecision> open;
  std::vector<Past> past;
  std::vector<Occasion> occasions{};
  std::vector<TakenArm> taken{};
  /// Workflows whose last pass was in shadow: nothing of it went out, so `again` does not count it once that is over.
  std::vector<std::uint32_t> tried{};
  std::vector<Word> words{};
  std::vector<guard::Spent> spent{};  // oldest first
  std::vector<Prediction> predictions{};
  std::vector<Picked> picked{};
  bool operator==(const Cell&) const = default;

  /// The earliest instant at which something here moves by itself; passes through a workflow that is paused do not.
  [[nodiscard]] std::optional<Instant> due(const std::set<std::uint32_t>& paused = {}) const;
};

/// On which side of the limits the messages of a pass stand.
guard::Side side_of(Mode mode);

/// Whether an event took an arm of what the contact waits for in that workflow while it was paused.
bool has_taken(const Cell& cell, std::uint32_t workflow);

/// Whether what the contact comes to in that workflow waits for a word, or goes by one.
bool has_words(const Cell& cell, std::uint32_t workflow);

std::string encode(const Cell& cell);
Result<Cell> decode_cell(std::string_view bytes);

/// A contact's values, by field id. The bytes of texts belong to `bytes`: a vector, not a string, because a short
/// string keeps its bytes inside itself, and the values of a record that is moved would point to where it was.
struct Record {
  std::vector<char> bytes;
  Arena arena;                                          // lists
  std::vector<std::pair<std::uint32_t, Value>> values;  // ascending by id

  [[nodiscard]] Value get(std::uint32_t field) const;
  [[nodiscard]] std::string_view encoded() const { return {bytes.data(), bytes.size()}; }
};

/// Ascending by id; absent values are left out.
std::string encode_values(std::vector<std::pair<std::uint32_t, Value>> values);
Result<void> decode_values(std::string_view bytes, Record& out);

}  // namespace fairlead::engine
