// The engine: takes what is due (timers, and what came through the inbox), moves contacts by turns, and commits a whole
// batch in one transaction: the cells' new states, the audit of what was decided, the messages for the outbox.
//
// Whatever reaches a turn (time, chance, the outside) comes in here, so a turn is a function of what the journal
// holds. After a fault from a commit the engine must not be used again: open a new one on the same store.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/container/node_hash_map.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>

#include "runtime/connect/connector.hpp"
#include "runtime/engine/cells.hpp"
#include "runtime/engine/deployments.hpp"
#include "runtime/engine/intake.hpp"
#include "runtime/engine/queue.hpp"
#include "runtime/engine/record_rows.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::engine {

struct Settings {
  std::uint64_t seed = 0;           // of every draw; kept with the store from the first opening on
  bool virtual_clock = false;       // a turn happens at the instant it was due, not at the clock's now
  bool holdout = true;              // false: nobody is held out, and no rollout keeps anybody out or in shadow
  std::size_t batch_items = 2'000;  // most turns in one transaction; on a real clock eight times as many in a backlog
  /// Changed cells after which rows are written: the more, the fewer pages a cell costs, and the longer a start after a
  /// crash. Each takes about half a kilobyte of memory until then.
  std::size_t checkpoint_cells = 200'000;
  Duration publish_every = hours(1);  // new weights come into force at most so often
  Pacing pacing;                      // how messages leave: rates, retries, and when a connector is left alone
  std::size_t prune_rows = 5'000;     // most rows that are looked at, or removed, in one transaction
  /// What the version in force looks back over is not pruned; false: only what people under way read, for tests.
  bool keep_windows = true;
};

/// How a version comes into force.
struct Deploying {
  audit::InFlight in_flight = audit::InFlight::stay;
  std::string by, because;  // for the audit; may be empty
};

/// Watches turns; a trial answers messages and events with events of its own, which go into the same transaction.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void arrived(store::ContactId contact, Instant now, std::vector<store::Inbox>& post) = 0;
  virtual void happened(const EventIn& event, Instant now, std::vector<store::Inbox>& post) = 0;
  virtual void sent(store::ContactId contact, const std::string& key, const std::string& content, Instant filled,
                    std::vector<store::Inbox>& post) = 0;
  /// A pass went on from a step that has several ways: of a branch, a repeat and an approval 0 (it holds, another
  /// round, approved) or 1; of a wait for events the number of the arm, or that of all arms where the time was over; of
  /// a split that of the variant.
  virtual void took(const std::string& /*step*/, std::uint32_t /*way*/) {}
};

/// A contact as a turn sees it.
struct Person {
  Record record;
  std::string salt;
  bool dirty = false;
};

struct Origin;  // sender.hpp

class Engine {
 public:
  /// Claims the store, reads the checkpoint and the journal's tail over it, and settles what a crash left
  /// between hand-over and record.
  static Result<std::unique_ptr<Engine>> open(store::Store& store, connect::Connector& connector, Settings settings);

  /// Puts a project into force, and treats the people who are under way, in one transaction. New counters are filled
  /// from the events that are kept. True where it was new; where it was not, people are treated all the same. A fault
  /// where it has what this runtime cannot carry out (unsupported.hpp).
  Result<bool> deploy(Instant now, const bytecode::Module& module, const Deploying& how = {});
  /// Takes back what was deployed last: the version before comes into force again, as a new one, and who was moved and
  /// has taken no step since goes back. Gives why there is nothing to take back; empty where it was.
  Result<std::string> undo(Instant now, const std::string& by, const std::string& because);

  /// Removes all that is old and no longer needed, in slices, and takes no turn meanwhile: for who owns the store and
  /// runs nothing. Gives why not; empty where it was done. Beside a running engine a PruneIn in the inbox does it.
  Result<std::string> prune(Instant now, PruneIn in, const std::function<void(const audit::Pruned&)>& each);

  struct Progress {
    std::size_t items = 0;         // turns taken
    bool more = false;             // more is due by `until` already
    std::optional<Duration> late;  // how late the latest timer was; nothing where none was due
  };
  /// One transaction: what is due by `until`, in order of time.
  Result<Progress> batch(Instant until);
  /// Asks the rules again for what lies in the outbox, and hands over what may go.
  Result<std::size_t> hand_over(Instant now);
  /// When something is due next; nothing where nothing is.
  Result<std::optional<Instant>> next_due();
  Result<void> checkpoint();

  void observe(Observer* observer) { observer_ = observer; }
  /// Hears every entry of the audit as it is said, before it is committed: for metrics and logs.
  using Watch = std::function<void(const audit::Entry&)>;
  void watch(Watch watch) { watch_ = std::move(watch); }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const Deployments& deployments() const { return deployments_; }
  [[nodiscard]] const store::Head& head() const { return head_; }
  [[nodiscard]] bool unconfirmed() const { return !handed_.empty(); }
  [[nodiscard]] bool backed_up() const { return backed_up_; }
  [[nodiscard]] std::uint64_t unsent() const { return unsent_; }
  [[nodiscard]] const Delivery& delivery() const { return standing_.delivery; }
  [[nodiscard]] std::uint64_t seed() const { return settings_.seed; }

  // ---- for turns (turn.cpp) and the sender (sender.cpp)

  /// Audit and tallies at once.
  void say(Instant at, const audit::Entry& entry);
  Result<Cell*> cell(store::ContactId id) { return cells_.get(id); }
  /// The contact changes in this turn: its new state goes into the batch.
  void touch(store::ContactId id);
  [[nodiscard]] bool touched(store::ContactId id) const { return cells_.is_touched(id); }
  Result<Person*> person(store::ContactId id);
  void store_person(store::ContactId id);
  Result<std::optional<store::ContactId>> find(const Hash& key);
  /// What the commitment to an event's values is salted with: erased with them.
  [[nodiscard]] std::string event_salt(store::ContactId id, const std::string& event_id) const;
  /// An event goes into the batch.
  void take_in(store::Event event);
  Result<const store::Event*> event(store::ContactId id, const std::string& event_id);
  Result<std::vector<store::Event>> events(store::ContactId id);  // all that are kept, oldest first
  /// Whether it came before, also where it was pruned since.
  Result<bool> knows_event(store::ContactId id, const std::string& event_id);
  /// Whether the outbox has a row of this key, or will with this batch.
  Result<bool> has_row(const std::string& key);
  /// Of records beside the contact, as this batch has them.
  RecordRows& rows() { return rows_; }
  /// Null where there is no such zone.
  const Zone* zone(std::string_view name);
  const std::vector<Zone>& country_zones(std::string_view country);
  void asked(const std::string& rule) { ++asked_[rule]; }
  store::Batch& out() { return batch_; }
  Ledger& tallies() { return ledger_; }
  [[nodiscard]] const EntryCounts& entry_counts() const { return standing_.entries; }
  [[nodiscard]] const Pauses& pauses() const { return standing_.pauses; }
  [[nodiscard]] const Rollouts& rollouts() const { return standing_.rollouts; }
  [[nodiscard]] const Splits& splits() const { return standing_.splits; }
  [[nodiscard]] const Charges& charges() const { return standing_.charges; }
  [[nodiscard]] const Scores& scores() const { return standing_.scores; }
  /// What was set aside for it is there again.
  void release(const store::Outbox& row, const Origin& origin, Instant now);
  [[nodiscard]] const Assignments& assignments() const { return standing_.assignments; }
  Observer* observer() { return observer_; }
  [[nodiscard]] const std::string& salt() const { return salt_; }
  [[nodiscard]] bool holdout() const { return settings_.holdout; }
  std::uint64_t new_contact_id() { return standing_.next_contact++; }
  /// What lies in the outbox for a contact and was not handed over.
  Result<std::vector<store::Outbox>> unsent(store::ContactId id);

 private:
  Engine(store::Store& store, connect::Connector& connector, Settings settings)
      : store_(store), connector_(connector), settings_(settings), cells_(store), rows_(store) {}

  // Handed over, and what became of it: recorded with the next batch.
  struct HandedOver {
    store::Outbox row;
    std::string content;
    std::string action;  // of a call
    connect::Answer answer;
  };

  Result<void> recover();
  Result<void> settle();
  Result<void> item(const store::Inbox& row, Instant now);
  Result<void> contact_item(const store::Inbox& row, Instant now);
  Result<void> event_item(const store::Inbox& row, Instant now);
  Result<void> row_item(const store::Inbox& row, Instant now);  // row_items.cpp
  Result<void> all_rows_item(const store::Inbox& row, const AllRowsIn& in, Instant now);
  Result<void> command_item(const store::Inbox& row, Instant now);
  Result<void> approval_item(const ApprovalIn& in, const store::Inbox& row, Instant now);
  Result<void> person_item(const PersonIn& in, const store::Inbox& row, Instant now);  // steering.cpp
  Result<void> enter_item(const store::Inbox& row, const EnterIn& in, Instant now);
  Result<void> workflow_item(const store::Inbox& row, const WorkflowIn& in, Instant now);  // pauses.cpp
  void resume(const WorkflowIn& in, Instant now);
  Result<void> weights_item(const store::Inbox& row, const WeightsIn& in, Instant now);  // weighing.cpp
  Result<void> score_item(const store::Inbox& row, const WeightsIn& in, Instant now);    // weighing.cpp
  // ---- rollouts.cpp
  /// Somebody lets the next stage of a rollout begin.
  Result<void> rollout_item(const store::Inbox& row, const RolloutIn& in, Instant now);
  /// A version comes into force: what its workflows say of rollouts begins, goes on where it is the same, or is over.
  void begin_rollouts();
  /// Stages that have lasted their time give way to the next, where nobody has to be asked.
  void advance_rollouts();
  // ---- splits.cpp
  /// A version comes into force: what its splits measure to adopt a variant begins, goes on, or is over.
  void begin_splits();
  /// Splits adopt the variant that is surely better.
  void adopt_variants();
  /// Asks every `pause when` of the newest version.
  void pause_by_rates();
  // ---- pruning.cpp
  Result<void> prune_item(PruneIn in, const store::Inbox& row, Instant now);
  /// Puts into the batch what the next slice removes, and says so. `in` moves on.
  Result<audit::Pruned> prune_slice(PruneIn& in, Instant now);
  /// Why nothing so young may go; empty: it may.
  [[nodiscard]] std::string too_young(Instant before, Instant now) const;
  Result<void> outbox_item(const store::Inbox& row, const OutboxIn& in, Instant now);  // dead_letters.cpp
  // ---- versions (in_flight.cpp)
  Result<void> deploy_item(const DeployIn& in, const store::Inbox& row, Instant now);
  /// Puts into the batch that a module is in force from now on (null: no new one) and what becomes of people.
  Result<void> roll(Instant now, const bytecode::Module* module, const Deploying& how);
  Result<std::string> roll_back(Instant now, const std::string& by, const std::string& because);
  Result<void> put_into_force(Instant now, const bytecode::Module& module);
  Result<void> treat(audit::Rolled& rolled);
  /// Every cell that holds a pass, as it is now.
  Result<void> each_under_way(const std::function<Result<void>(store::ContactId, const Cell&)>& each);
  /// What comes after the transaction that puts a version into force, and before anybody moves in it.
  Result<void> finish_deployment();
  Result<void> refuse(const store::Inbox& row, Instant now, const std::string& what, const std::string& reason);
  /// The clock moves on; weights that were learned come into force where it passes their hour.
  void tick(Instant now);
  void publish(Instant now);
  void publish(Instant at, const std::string& key, const LearnedChoice& learned);
  void publish_score(Instant at, const std::string& name, const LearnedScore& learned);
  /// Reads what is due next behind the horizon.
  Result<void> advance_horizon(Instant to);
  /// The first timer that is not stale, up to `until`.
  Result<std::optional<store::Timer>> first_timer(Instant until);
  Result<void> commit(Instant at);
  void schedule(store::ContactId id, const Cell& cell);
  /// When the clock begins what the newest version has for nobody.
  Result<void> plan_occasions(const Version& newest);
  Result<void> fill(Instant now, const Version& newest, const Version& before);
  Result<void> fill_counters(Instant now, const Version& version, const std::vector<const bytecode::Counter*>& fresh);
  Result<void> fill_limits(Instant now, Duration messages, Duration money);
  // hand_over.cpp
  /// Moves a row on that may not go now, and says so. Nothing where it may.
  /// `waived` gets what a waiver lets pass, to be said if the message is handed over now.
  Result<bool> held_back(const store::Outbox& row, const Origin& origin, Instant now,
                         std::vector<audit::Guarded>& waived);
  void withhold(const store::Outbox& row, const Origin& origin, Instant now, const std::string& why);
  Result<void> count_unsent();
  void confirm();
  void did_not_go(const HandedOver& handed);

  store::Store& store_;
  connect::Connector& connector_;
  Settings settings_;
  Observer* observer_ = nullptr;
  Watch watch_;
  store::Head head_;
  Deployments deployments_;
  Ledger ledger_;
  Standing standing_;
  std::string salt_;  // of holdouts and commitments to nothing personal

  Cells cells_;
  RecordRows rows_;
  absl::node_hash_map<store::ContactId, Person, store::ContactHash> persons_;
  Queue queue_;
  std::map<std::string, Zone, std::less<>> zones_;
  std::set<std::string, std::less<>> no_zones_;  // names that were asked for and are of none
  std::map<std::string, std::vector<Zone>, std::less<>> countries_;

  // The batch that is being made.
  store::Batch batch_;
  audit::Writer audit_;
  std::optional<store::ContactId> moved_;  // by the turn just taken
  std::map<std::string, std::uint64_t> asked_;
  std::map<Hash, store::ContactId> new_keys_;
  /// Where in `batch_.events`.
  absl::flat_hash_map<store::ContactId, absl::InlinedVector<std::size_t, 2>, store::ContactHash> new_events_;
  [[nodiscard]] std::span<const std::size_t> new_events_of(store::ContactId id) const;
  std::deque<store::Event> read_events_;  // of this turn: what expressions borrow
  bool letting_go_ = false;               // somebody was forgotten since the last checkpoint
  bool checkpoint_due_ = false;           // the next slice of a pruning waits for one

  std::vector<HandedOver> handed_;
  std::map<std::string, Places> places_;  // of the channels whose pace is limited
  std::uint64_t unsent_ = 0;              // about so many rows are ready or claimed; counted again at each checkpoint
  std::size_t new_since_ = 0;             // events that came since the checkpoint
  std::size_t most_items_ = 0;            // of the next batch: grows with the backlog
  bool resumed_ = false;                  // a workflow was, in this batch: everything that is due is read again
  std::int64_t looked_ = -1;              // the hour of the last look at what lifts let begin
  bool rated_ = false;                    // what a `pause when` asks has changed in this batch
  bool backed_up_ = false;                // more than there should be: timers wait
};

}  // namespace fairlead::engine
