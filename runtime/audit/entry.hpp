// What the audit says: one entry for everything that was decided and done. The audit is the truth that lasts; tallies,
// learners and reports are read from it, and can be made again from it alone.
//
// A batch's entries are one blob: names are written once a blob and then go by number, so that an entry is tens
// of bytes. Personal values never stand here, only commitments to them (SHA-256 of salt and value).
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/store/store.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::audit {

/// One pass of a contact through a workflow.
struct Pass {
  store::ContactId contact;
  std::string workflow;
  std::uint64_t serial = 0;  // 1 for the contact's first pass through it, 2 for the next, …
  bool operator==(const Pass&) const = default;
};

/// How a pass goes, fixed when it begins. Held out: nothing goes out, to measure against. Shadow: nothing goes out,
/// since its workflow is only tried yet; such a pass is on neither side of a measurement.
enum class Mode : std::uint8_t { live = 1, held_out = 2, shadow = 3 };

struct Deployed {
  std::uint32_t version = 0;
  Hash fingerprint{};
};
struct ContactStored {
  store::ContactId contact;
  bool created = false;
  Hash commitment{};
};
struct EventTaken {
  store::ContactId contact;
  std::string type, id;
  Instant at;
  Hash commitment{};
};
/// Outside data that could not be used: an event of nobody we know.
struct Refused {
  std::string what, reason;
};
struct Entered {
  Pass pass;
  Mode mode = Mode::live;
  std::uint32_t version = 0;
  std::string goal;  // empty: none
};
struct StepTaken {
  Pass pass;
  std::string step;
};
struct Left {
  Pass pass;
  std::string reason;  // `end`, `stop`, `on unsubscribed`, `when`
};
struct Decided {
  Pass pass;
  Mode mode = Mode::live;
  std::string choice;
  std::vector<std::string> options;
  std::uint64_t eligible = 0;            // a bit an option
  std::vector<std::uint32_t> shares;     // billionths, the vector that was drawn from; empty where nothing was eligible
  std::uint32_t chosen = 0;              // their number where the draw fell to none of them
  std::vector<double> context;           // as the learner read it
  std::uint32_t model = 0;               // version of the weights
  std::uint64_t purpose = 0, index = 0;  // of the dice: seed and these give the draw again
};
/// A message was filled into the outbox, or was not because the contact is held out.
struct Effect {
  Pass pass;
  std::string step, key, content, channel;
  bool suppressed = false;
};
/// A rule was asked at a send and fired, or a message could not be made. Where the rule is waived it goes out all the
/// same.
struct Guarded {
  Pass pass;
  std::string step, rule;  // waived at hand-over: no step
  enum class Action : std::uint8_t { skipped = 1, deferred = 2, impossible = 3, waived = 4 };
  Action action = Action::skipped;
  Instant until;       // deferred; waived: when the waiver runs out
  std::string detail;  // impossible: why; waived: who signed
};
/// How many times each rule was asked in this batch: a count, since most questions are answered `allowed`.
struct Asked {
  std::string rule;
  std::uint64_t times = 0;
};
struct Handed {
  std::string key;
  enum class Result : std::uint8_t { sent = 1, withheld = 2, failed = 3, deferred = 4 };
  Result result = Result::sent;
  std::string detail;            // the rule that withheld or deferred it, or what failed
  std::string content, channel;  // of a message
  Instant until;                 // deferred: when the rules are asked again
};
/// A call was filled into the outbox, or was not because the contact is held out.
struct Acted {
  Pass pass;
  std::string step, key, action, effect;  // `spend`, `write`, …
  bool suppressed = false;
};
/// What became of a call, or of an assignment (its action is `assign to TEAM`).
struct ActionHanded {
  std::string key;
  Handed::Result result = Handed::Result::sent;
  std::string detail;  // why it was withheld
  std::string action;
};
/// Somebody was asked for an approval, or was not because nothing would go out. The hashes are of what was shown.
struct ApprovalAsked {
  Pass pass;
  std::string step, key, role;
  Instant until;
  Hash effects{};  // salted: arguments and contents
  Hash rules{};    // that bind the workflow
  bool suppressed = false;
};
struct ApprovalEnded {
  Pass pass;
  std::string step, key;
  enum class Result : std::uint8_t { approved = 1, rejected = 2, lapsed = 3, changed = 4, left = 5 };
  Result result = Result::approved;
  std::string by, because;  // who decided; empty: nobody
};
/// A contact was assigned to a colleague, or was not because it is held out.
struct Assigned {
  Pass pass;
  std::string step, key, team, by;  // `round robin`, `least loaded`
  std::string assignee;             // an address; empty where nobody was told
  Instant until;                    // the end of its goal's window; 1970: there is none, or it was reached before
  bool suppressed = false;
};
/// An entry that counts, since its clause takes `at most N per PERIOD`.
struct EntryCounted {
  Pass pass;
  std::string clause;  // `on downloaded`, `by hand`
};
/// Somebody would have entered, or the clock would have begun a workflow, and it was not to be.
struct KeptOut {
  store::ContactId contact;  // what belongs to no contact: partition 4096
  std::string workflow, reason;
};
/// A pass reached its workflow's goal.
struct Reached {
  Pass pass;
  std::string goal;
  Mode mode = Mode::live;
};
/// The goal's window of a pass is over without it.
struct Closed {
  Pass pass;
  std::string goal;
  Mode mode = Mode::live;
};
/// A decision is credited with its goal: as older journals have it, which do not say when it was taken.
struct Outcome {
  Pass pass;
  std::string choice;
  std::vector<std::string> options;
  std::uint32_t chosen = 0;
  std::vector<double> context;
  Mode mode = Mode::live;
};
/// New weights are in force.
struct Published {
  std::string choice;  // or `score intent`, of which there are no options
  std::vector<std::string> options;
  std::uint32_t version = 0;
  std::vector<std::uint32_t> shares;  // mean over recent contexts, every option eligible
};
struct FieldSet {
  Pass pass;
  std::string field;
  Hash commitment{};
};
/// A replayed row whose arm was not the one that was chosen: no effect, no outcome, no update.
struct Unmatched {
  Pass pass;
  std::string choice;
  std::uint32_t chosen = 0, logged = 0;
};
/// Which variant of a split a pass takes: a hash of the contact, so the same each time.
struct SplitTaken {
  Pass pass;
  Mode mode = Mode::live;
  std::string split, variant;
};

/// A colleague let a pass go on from its wait before it was over.
struct Skipped {
  Pass pass;
  std::string step, by, because;
};
/// A contact's personal values were erased; what the audit holds of it are numbers and commitments to what is gone.
struct Forgotten {
  store::ContactId contact;
  std::string by, because;
};

/// A message or call was tried and did not go out; it will be tried again.
struct Retrying {
  std::string key;
  std::uint32_t attempts = 0;  // so far
  Instant until;               // not before
  std::string detail;          // what the other side said
};
/// A message or call is not tried any more by itself: somebody has to look at it.
struct SetAside {
  std::string key;
  enum class Why : std::uint8_t { refused = 1, exhausted = 2, uncertain = 3 };
  Why why = Why::refused;
  std::uint32_t attempts = 0;
  std::string detail;
};
/// Somebody looked at what was set aside.
struct Resolved {
  std::string key;
  enum class How : std::uint8_t { retry = 1, drop = 2 };
  How how = How::retry;
  std::string by, because;
};
/// A connector that failed again and again is left alone for a while (open), or works again.
struct Circuit {
  std::string connector;
  bool open = false;
  Instant until;       // open: then it is tried with one message
  std::string detail;  // open: what it said last
};
/// So many messages were handed over by a channel whose pace is limited.
struct Paced {
  std::string channel;
  std::uint32_t count = 0;
  std::uint64_t window = 0;  // milliseconds: for how long they count
};

/// Nobody enters a workflow any more, and nobody in it goes on.
struct Paused {
  std::string workflow;
  std::string by, because;  // empty `by`: its own `pause when`
};
struct Resumed {
  std::string workflow, by, because;
};
/// What a `rate` of a workflow counts.
struct Rated {
  std::string workflow, rate;
  Instant at;  // when it happened
  std::uint32_t of = 0, per = 0;
  std::uint64_t window = 0;  // milliseconds
};
/// What the next Effect or Acted counts as toward limits over all contacts (without a channel: as no message) and
/// costs, where that is not what the newest version says of its channel and content.
struct Charged {
  std::string workflow, channel;
  Decimal cost;
};
/// It does not go out, so what it would have cost is there again.
struct Released {
  std::string workflow;
  Decimal cost;
  Instant at;  // of the charge
};

/// What becomes of people under way when a version comes into force.
enum class InFlight : std::uint8_t { stay = 1, move = 2, leave = 3 };

/// What a deployment did with the people who were under way. `version` is in force from here on.
struct Rolled {
  std::uint32_t version = 0, before = 0;  // the same where no new version came, and people were treated only
  InFlight how = InFlight::stay;
  std::uint32_t undoes = 0;  // the version that this takes back; 0: it takes nothing back
  /// Passes in workflows that are not the same any more: moved (of an undo: moved back), kept on the version that they
  /// follow, and ended.
  std::uint64_t moved = 0, stayed = 0, left = 0;
  std::string by, because;  // may be empty
};
/// A pass goes on in another version, at the step where it stands.
struct Moved {
  Pass pass;
  std::uint32_t from = 0, to = 0;
};

/// A stage of a workflow's rollout begins. `stage` 0: the rollout is there, and its first stage waits for somebody's
/// word.
struct RolledOut {
  std::string workflow;
  std::string stages;       // as the workflow says them; empty: it has no rollout any more
  std::uint32_t stage = 0;  // how many of them have begun
  std::string by, because;  // who let it begin; empty `by`: nobody had to
};
/// The zone that a contact's values name is not one: another clock is used.
struct ZoneUnknown {
  store::ContactId contact;
  std::string used;  // `the zones of the country`, `the zone of the project`
};

/// What was old and no longer needed was removed from the store: one entry for each transaction that did so. Nothing of
/// the audit goes.
struct Pruned {
  Instant before;                                                     // what was removed is older
  std::uint64_t events = 0, messages = 0, batches = 0, rejected = 0;  // rows; of batches: journal blobs
  std::uint64_t kept = 0;   // events that are as old and stay, since somebody under way reads them
  std::uint64_t bytes = 0;  // of what was removed
  bool more = false;        // another transaction goes on with it
  std::string by, because;  // may be empty
};

/// A row of a record beside the contact came in, and is not as it was.
struct RowStored {
  std::string record;
  std::string key;  // as the store has it
  bool created = false;
  Hash commitment{};  // to its values
};
/// A row is gone: an import had all there is, and not this.
struct RowRemoved {
  std::string record, key;
};

/// A decision is credited with its goal.
struct Credited {
  Pass pass;
  std::string choice;
  std::vector<std::string> options;
  std::uint32_t chosen = 0;
  std::vector<double> context;
  Mode mode = Mode::live;
  Instant decided;
};
/// Somebody laid hands on the weights of a choice.
struct Steered {
  std::string choice;  // or `score intent`
  enum class Act : std::uint8_t {
    freeze = 1,    // what is in force stays so; it goes on learning
    unfreeze = 2,  // what it has learned comes into force again
    reset = 3,     // it begins anew
    import = 4     // it begins with what was learned elsewhere
  };
  Act act = Act::freeze;
  std::string state;        // import: a learner's, saved
  std::string by, because;  // `because` may be empty
};

/// What a score says of a contact: the first time that it is asked, and again while it is being asked when some time
/// has passed. Whether it comes true is observed.
struct Predicted {
  store::ContactId contact;
  std::string score;
  std::uint32_t probability = 0;  // billionths
  std::uint32_t model = 0;        // version of the score; 0: nothing was in force but what it begins with
};
/// The window of a prediction is over.
struct Observed {
  store::ContactId contact;
  std::string score;
  std::uint64_t meaning = 0;    // of the score when it was asked: another one is another score
  std::vector<double> context;  // as it was when it was asked
  bool came = false;
  Instant predicted;
};

using Entry =
    std::variant<Deployed, ContactStored, EventTaken, Refused, Entered, StepTaken, Left, Decided, Effect, Guarded,
                 Asked, Handed, Reached, Closed, Outcome, Published, FieldSet, Unmatched, SplitTaken, Acted,
                 ActionHanded, ApprovalAsked, ApprovalEnded, Assigned, EntryCounted, KeptOut, Skipped, Forgotten,
                 Retrying, SetAside, Resolved, Circuit, Paced, Paused, Resumed, Rated, Charged, Released, Rolled, Moved,
                 RolledOut, ZoneUnknown, Pruned, RowStored, RowRemoved, Credited, Steered, Predicted, Observed>;

/// Entry with the instant it belongs to.
struct Stamped {
  Instant at;
  Entry entry;
};

/// Collects the entries of one batch.
class Writer {
 public:
  void add(Instant at, const Entry& entry);
  [[nodiscard]] bool empty() const { return out_.size() == 0; }
  std::string take();

 private:
  ByteWriter out_;
  std::vector<std::string> names_;
  std::int64_t last_ms_ = 0;
  friend class WriteArchive;
};

/// The entries of a blob, in order. `module_damaged`-like faults never happen to what verify() has passed; a malformed
/// blob is chain_broken.
Result<std::vector<Stamped>> read(std::string_view blob);

/// One line for a person; JSON has its own form in the command.
std::string to_string(const Pass& pass);

}  // namespace fairlead::audit
