// Where a person is: what the cell, the journal and the outbox say of one contact. For whoever only looks, beside a
// running engine; nothing here owns the store or changes it.
#pragma once

#include "runtime/engine/recovery.hpp"
#include "runtime/engine/sender.hpp"

namespace fairlead::engine {

/// What a choice or a split drew for a pass.
struct Drawn {
  Instant at;
  std::string of;      // `nurture/offer`
  std::string option;  // empty: none was eligible, or the draw fell to none
  bool learned = true;
};

/// A pass as the audit tells it.
struct PassHistory {
  std::string workflow;
  std::uint64_t serial = 0;
  std::uint32_t version = 0;
  Mode mode = Mode::live;
  Instant entered;
  std::optional<Instant> left;
  std::string reason;  // as audit::Left has it
  std::vector<Drawn> drawn;
  std::string deferring_step, deferring_rule;  // of the last message that a rule deferred
};

/// A row of the outbox that is not done with.
struct Lying {
  store::Outbox row;
  Origin origin;
  std::optional<Instant> deferred;  // ready: it waits until then, for what `row.waits` says
  std::string why;                  // the rule that defers it, or what the other side said last
};

struct Whereabouts {
  store::ContactId contact;
  Record record;
  Cell cell;
  Zone zone;  // on whose clock the contact's waits are
  std::vector<PassHistory> passes;
  std::vector<Lying> outbox;
};

/// One way on from where a pass stands.
struct WayOn {
  std::string event, of_content, where;  // empty event: the time is over, or the word is not given
  std::string step;                      // `nurture/send story#1`; empty: the end of the workflow
  std::uint32_t line = 0;
};

/// What a pass waits for.
struct Waits {
  enum class For : std::uint8_t { time, events, approval, rule, round, turn, nothing };
  For what = For::nothing;  // nothing: its step is not in its version any more
  std::optional<Instant> until;
  std::string role, asked;  // approval: whose word, and the key of what lies in the outbox
  std::string rule;         // that defers what is to be sent
  std::vector<WayOn> ways;
};

/// Whom a key belongs to: the value of any of the key fields that the newest version has.
Result<std::optional<store::ContactId>> find_contact(store::Store& store, const bytecode::Module& module,
                                                     std::string_view key);

/// Reads the whole audit: what was drawn and why a pass ended stand nowhere else. Its cost grows with the journal.
Result<Whereabouts> whereabouts(store::Store& store, const View& view, store::ContactId contact,
                                std::optional<Cell> cell);

/// The row that the round of a loop is about: `campaign` and `spring_sale`.
struct AtRow {
  std::string record, row;
};
/// Of every loop that a pass is in, the outermost first.
std::vector<AtRow> rows_at(const Version& version, const Instance& instance);

/// The step at which a pass stands; null where its version does not have it.
const bytecode::Step* step_of(const Version& version, const Instance& instance);
Waits waits_of(const Version& version, const Instance& instance, const Whereabouts& person);

}  // namespace fairlead::engine
