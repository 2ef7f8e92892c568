// What is durable, behind one interface of batch-sized calls. SQLite is the embedded store (sqlite_store.cpp).
//
// Journal first: a commit appends one record for the whole batch (journal: the cells' new states; audit: what was
// decided and done), advances the range head that is lease, fence, sequencer and head of the hash chain at once,
// and moves outbox and inbox rows. Cells (a contact's instances, counters and caps) are written in key order at a
// checkpoint, later; after a crash the journal's tail is read over them. docs/inside/journal.md draws it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/values/hash.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::store {

/// One up for every change that an older binary would not understand.
constexpr std::uint32_t format_version = 5;
/// What this binary understands too. Such a store becomes one of `format_version` when it is opened to run on.
constexpr std::uint32_t oldest_version = 1;
/// Contacts hash to one of so many partitions, for ever. `part` leads every key.
constexpr std::uint16_t partitions = 4096;
/// Partition of what belongs to no contact: learners, tallies, clocks. Beyond the contacts' partitions.
constexpr std::uint16_t global_part = partitions;

/// Internal and permanent. A contact's keys (e-mail, CRM id) point to it.
struct ContactId {
  std::uint16_t part = 0;
  std::uint64_t id = 0;
  auto operator<=>(const ContactId&) const = default;
};

struct ContactHash {
  std::size_t operator()(const ContactId& id) const {
    // Every bit of the number counts for the low ones, by which tables of open addressing tell their slots apart.
    std::uint64_t mixed = (id.id * 4099 + id.part) * 0x9e3779b97f4a7c15U;
    mixed ^= mixed >> 32U;
    return static_cast<std::size_t>(mixed);
  }
};

struct Head {
  std::uint64_t epoch = 0;       // one up at each claim; the fence
  std::uint64_t seq = 0;         // of the last batch
  std::uint64_t checkpoint = 0;  // seq up to which the cells' rows are current
  Hash chain{};                  // after the last batch
};

/// Personal values of a contact, outside journal and audit, which know only `commitment`.
struct Person {
  ContactId id;
  std::string salt;
  std::string data;
};

/// From a hash of (field, value) to the contact. The value itself is not kept here.
struct Key {
  Hash key{};
  ContactId contact;
};

struct Event {
  ContactId contact;
  std::string id;  // the sender's, or made from its content; who writes one has asked whether it is there
  Instant at;
  std::uint32_t type = 0;  // name_id of the event type
  std::string content;     // name of the content it answers; empty: none
  std::string salt;
  std::string data;  // values of its fields
};

enum class InboxKind : std::uint8_t { contact = 1, event = 2, command = 3, row = 4 };

/// What came from outside and is not consumed yet. `not_before` lies in the future only in trials.
struct Inbox {
  std::uint64_t id = 0;  // given by the store, in order of arrival
  Instant not_before;
  InboxKind kind = InboxKind::contact;
  std::string body;
};

/// `failed` and `uncertain` are dead letters: what did not go out, and what may have gone out; both keep their payload
/// until somebody decides. `asked` waits for a person's word and is never handed over; `settled` is what that became,
/// however it ended.
enum class OutboxState : std::uint8_t {
  ready = 1,
  claimed = 2,
  sent = 3,
  withheld = 4,
  failed = 5,
  asked = 6,
  settled = 7,
  uncertain = 8
};

/// Why a row that is ready is not handed over before its time.
enum class WaitsFor : std::uint8_t {
  nothing = 0,
  rule = 1,   // a rule defers it
  turn = 2,   // its channel takes no more at the moment: it has a place in the queue
  retry = 3,  // it was tried, and did not go out
  resume = 4  // its workflow is paused
};

struct Outbox {
  std::string key;  // idempotency key: hash of (instance, step, visit)
  ContactId contact;
  std::string channel;
  std::string payload;         // what the connector is handed; emptied once sent (it is personal)
  std::string origin;          // what the engine needs to ask the rules again
  std::uint64_t revision = 0;  // of the contact when it was filled
  Instant valid_until;         // the instant until which clock rules hold
  Instant filled_at;
  OutboxState state = OutboxState::ready;
  std::uint32_t attempts = 0;  // claims since it was filled, or since somebody had it tried again
  Instant not_before;          // ready: earliest hand-over; 1970: when it was filled
  WaitsFor waits = WaitsFor::nothing;
};

/// A claim counts one attempt.
struct OutboxMove {
  std::string key;
  OutboxState state = OutboxState::sent;
  Instant not_before{};  // ready
  WaitsFor waits = WaitsFor::nothing;
  bool anew = false;  // ready: attempts are counted from nothing again
};

struct Cell {
  ContactId id;
  std::optional<Instant> due;  // when it next wants to move by itself
  std::string state;           // empty: the row goes away
  /// The `due` of the row that this one replaces, where the writer knows it; else it is looked up.
  std::optional<std::optional<Instant>> was_due{};
};

struct Timer {
  Instant due;
  ContactId id;
  auto operator<=>(const Timer&) const = default;
};

struct TimerRun {
  std::vector<Timer> timers;  // ascending
  Instant until;              // they are all that are due before it
};

/// A contact whose personal values are erased: person, keys and events, and what was set aside that says its key.
struct Forgotten {
  ContactId contact;
  std::string key;
};

struct Deployment {
  std::uint32_t version = 0;  // 1, 2, …
  Instant at;
  Hash fingerprint{};
  std::string module;
};

/// A row of outside data that could not be taken in: set aside, never lost.
struct Rejected {
  std::string source;
  std::uint64_t line = 0;
  std::string reason;
  std::string raw;
};

/// What grows old in a store and can go a row at a time (docs/inside/engine.md says why nobody misses it).
enum class Aging : std::uint8_t {
  event = 1,    // what people did; its id stays, so that it is known when it arrives again
  outbox = 2,   // what is done with: sent, withheld, settled
  journal = 3,  // blobs up to the checkpoint; their hashes stay
  rejected = 4  // what was set aside
};

/// A row that is old.
struct OldRow {
  std::int64_t number = 0;  // of the journal: its seq
  std::uint64_t bytes = 0;  // of what it holds
  ContactId contact;        // this and what follows: of an event
  std::string id;
  Instant at;
  std::string content;
};

struct OldRows {
  std::vector<OldRow> rows;
  std::optional<std::int64_t> next;  // where to look on; none: that was all
};

/// What a batch removes, by number.
struct Pruning {
  Instant before;  // all of it is older
  std::vector<std::int64_t> events, outbox, journal, rejected;
};

/// A row of a record beside the contact.
struct Row {
  std::uint32_t record = 0;  // name_id of the record
  std::string key;           // rows are in the order of their keys' bytes
  std::string data;          // in a batch: empty where the row goes away
  bool operator==(const Row&) const = default;
};

/// One transaction.
struct Batch {
  Instant at;
  std::string journal;
  std::string audit;
  std::vector<Outbox> fill;
  std::vector<OutboxMove> move;
  std::vector<Person> persons;
  std::vector<Key> keys;
  std::vector<Event> events;
  std::vector<Row> rows;                // of records beside the contact, each key once
  std::vector<std::uint64_t> consumed;  // inbox ids
  std::vector<Inbox> post;              // inbox rows of our own making (a trial's reactions)
  std::vector<Rejected> rejected;       // what could not be taken in
  std::vector<Forgotten> forget;        // erased last, so that nothing of the same batch is left of them
  bool ask_again = false;               // what waits for a rule, or for its workflow to be resumed, is due at once
  std::optional<Deployment> deploy;     // a new version; its number is one more than the newest
  std::optional<Pruning> prune;         // what is old and goes
};

struct Record {
  std::uint64_t seq = 0;
  Instant at;
  std::string journal;
  std::string audit;
};

class Store {
 public:
  virtual ~Store() = default;
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Becomes the owner of the range: the epoch goes up, whoever owned it is fenced. Refused with store_locked
  /// while another process holds it.
  virtual Result<Head> claim() = 0;
  [[nodiscard]] virtual Result<Head> head() = 0;

  /// The batch as a whole or not at all. Begins by advancing the head where epoch and seq are still
  /// ours (else store_fenced). chain' = SHA-256(chain, seq, at, SHA-256(journal), SHA-256(audit)).
  virtual Result<Head> commit(const Batch& batch) = 0;
  /// Writes cells and the global state in key order and moves the checkpoint to `upto`; in one transaction.
  virtual Result<void> checkpoint(std::uint64_t upto, const std::vector<Cell>& cells, const std::string& global) = 0;

  /// Empties the journal blobs up to the checkpoint, which recovery needs no more; their hashes stay, so the chain
  /// holds. They know contacts by number, but may hold what a `let` kept. Freed pages are overwritten, the log is cut
  /// off.
  virtual Result<void> let_go() = 0;

  /// While it is on, reads see one state of the store and cost less; the next write of this process ends it. For the
  /// owner alone, whose tables nobody else changes.
  virtual void hold_reads(bool on) = 0;

  // Reads, by key. Each sees what was committed.
  virtual Result<std::optional<Cell>> cell(ContactId id) = 0;
  virtual Result<std::string> global() = 0;
  virtual Result<std::optional<Person>> person(ContactId id) = 0;
  virtual Result<std::optional<ContactId>> find(const Hash& key) = 0;
  virtual Result<std::optional<Event>> event(ContactId id, const std::string& event_id) = 0;
  virtual Result<std::vector<Event>> events(ContactId id) = 0;  // oldest first
  /// Whether one of that id came, also where it was pruned since.
  virtual Result<bool> knows_event(ContactId id, const std::string& event_id) = 0;
  /// Every timer that is due from `from` on and before `to`; where there are more than `enough`, those of the first
  /// part of that time. Some may be of a contact that has another `due` by now: its cell says.
  virtual Result<TimerRun> timers(Instant from, Instant to, std::size_t enough) = 0;
  /// The first of them; it may be overtaken too.
  virtual Result<std::optional<Instant>> next_timer(Instant from) = 0;
  virtual Result<std::vector<Inbox>> inbox(Instant until, std::size_t limit) = 0;  // by not_before, then id
  virtual Result<std::optional<Instant>> next_inbox() = 0;
  virtual Result<std::vector<Outbox>> outbox(OutboxState state, std::size_t limit) = 0;  // oldest first
  /// What is ready and may be handed over by `until`: by `not_before`, then in the order of filling.
  virtual Result<std::vector<Outbox>> outbox_due(Instant until, std::size_t limit) = 0;
  /// The earliest `not_before` of what is ready.
  virtual Result<std::optional<Instant>> next_outbox() = 0;
  virtual Result<std::optional<Outbox>> outbox(const std::string& key) = 0;
  virtual Result<std::vector<Outbox>> outbox_latest(OutboxState state, std::size_t limit) = 0;  // newest first
  /// How many rows there are of each state; a state that has none is not there.
  virtual Result<std::map<OutboxState, std::uint64_t>> outbox_counts() = 0;
  /// Every contact with its person, in key order; for filling counters and for reports.
  virtual Result<void> contacts(const std::function<Result<void>(const Person&)>& each) = 0;

  virtual Result<std::optional<Row>> row(std::uint32_t record, const std::string& key) = 0;
  /// The first rows of a record whose keys come after that one, in the order of their keys; fewer than `limit` only
  /// where there are no more.
  virtual Result<std::vector<Row>> rows(std::uint32_t record, const std::string& after, std::size_t limit) = 0;
  /// How many rows there are of each record; one that has none is not there.
  virtual Result<std::map<std::uint32_t, std::uint64_t>> row_counts() = 0;

  /// Any process may append; only the owner consumes.
  virtual Result<void> post(const std::vector<Inbox>& rows, const std::vector<Rejected>& rejected) = 0;
  virtual Result<std::vector<Rejected>> rejected(std::size_t limit) = 0;

  /// What is older than `before`: an event by when it happened, the outbox by when a row was ready last, the journal by
  /// when the batch was, and what was set aside by the first commit of each day, which writes down what lies there.
  /// Looks behind `after` at `limit` rows at most, and ends where they hold much. What came since the checkpoint is
  /// never old.
  virtual Result<OldRows> old_rows(Aging what, Instant before, std::int64_t after, std::size_t limit) = 0;
  /// Events and the rest that are older than this may have been pruned; none where nothing ever was.
  virtual Result<std::optional<Instant>> pruned_before() = 0;

  /// Records after `seq`, in order, until `each` gives a fault.
  virtual Result<void> records(std::uint64_t after, const std::function<Result<void>(const Record&)>& each) = 0;
  /// Recomputes the whole chain from its start; chain_broken with range, batch and what does not match. A journal blob
  /// that was let go is taken by its hash.
  virtual Result<Head> verify() = 0;

  virtual Result<Deployment> deploy(Instant at, const Hash& fingerprint, const std::string& module) = 0;
  virtual Result<std::vector<Deployment>> deployments() = 0;  // oldest first
  /// Small named facts: the project's seed and salts, a connector's offset.
  virtual Result<std::optional<std::string>> note(const std::string& name) = 0;
  virtual Result<void> set_note(const std::string& name, const std::string& value) = 0;
};

/// Reads of one state of the store while it lives, or until the next write.
class Reading {
 public:
  explicit Reading(Store& store) : store_(store) { store_.hold_reads(true); }
  ~Reading() { store_.hold_reads(false); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  Store& store_;
};

enum class Durability : std::uint8_t { full, none };
enum class Access : std::uint8_t { create, existing, read };

/// A file, or ":memory:". Its format version is checked: a newer one is refused with store_newer.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, Access access,
                                           Durability durability = Durability::full);

/// The next link of the audit chain.
Hash link(const Hash& chain, std::uint64_t seq, Instant at, const Hash& journal, const Hash& audit);

}  // namespace fairlead::store
