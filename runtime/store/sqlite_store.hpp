// The embedded store: one SQLite file. Internal; the rest of the house knows store.hpp and open_sqlite.
//
// One object is used by one thread at a time. Other threads and processes open the file for themselves: writers take
// turns, readers are never in anyone's way (WAL).
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/owner_lock.hpp"
#include "runtime/store/sqlite_fault.hpp"
#include "runtime/store/sqlite_query.hpp"
#include "runtime/store/store.hpp"

namespace fairlead::store {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), database_(std::move(database)) {}

  // sqlite_store.cpp: what the owner writes
  Result<Head> claim() override;
  Result<Head> commit(const Batch& batch) override;
  Result<void> checkpoint(std::uint64_t upto, const std::vector<Cell>& cells, const std::string& global) override;

  // sqlite_erase.cpp
  Result<void> let_go() override;

  // sqlite_prune.cpp
  Result<OldRows> old_rows(Aging what, Instant before, std::int64_t after, std::size_t limit) override;
  Result<std::optional<Instant>> pruned_before() override;

  // sqlite_shared.cpp: what any process may write, and read back
  Result<void> post(const std::vector<Inbox>& rows, const std::vector<Rejected>& rejected) override;
  Result<std::vector<Rejected>> rejected(std::size_t limit) override;
  Result<Deployment> deploy(Instant at, const Hash& fingerprint, const std::string& module) override;
  Result<std::vector<Deployment>> deployments() override;
  Result<std::optional<std::string>> note(const std::string& name) override;
  Result<void> set_note(const std::string& name, const std::string& value) override;

  // sqlite_reads.cpp
  Result<Head> head() override;
  void hold_reads(bool on) override;
  Result<std::optional<Cell>> cell(ContactId id) override;
  Result<std::string> global() override;
  Result<std::optional<Person>> person(ContactId id) override;
  Result<std::optional<ContactId>> find(const Hash& key) override;
  Result<std::vector<Inbox>> inbox(Instant until, std::size_t limit) override;
  Result<std::optional<Instant>> next_inbox() override;
  Result<std::vector<Outbox>> outbox(OutboxState state, std::size_t limit) override;
  Result<std::vector<Outbox>> outbox_due(Instant until, std::size_t limit) override;
  Result<std::optional<Instant>> next_outbox() override;
  Result<std::optional<Outbox>> outbox(const std::string& key) override;
  Result<std::vector<Outbox>> outbox_latest(OutboxState state, std::size_t limit) override;
  Result<std::map<OutboxState, std::uint64_t>> outbox_counts() override;
  Result<void> contacts(const std::function<Result<void>(const Person&)>& each) override;

  // sqlite_events.cpp
  Result<std::optional<Event>> event(ContactId id, const std::string& event_id) override;
  Result<std::vector<Event>> events(ContactId id) override;
  Result<bool> knows_event(ContactId id, const std::string& event_id) override;

  // sqlite_rows.cpp
  Result<std::optional<Row>> row(std::uint32_t record, const std::string& key) override;
  Result<std::vector<Row>> rows(std::uint32_t record, const std::string& after, std::size_t limit) override;
  Result<std::map<std::uint32_t, std::uint64_t>> row_counts() override;

  // sqlite_timers.cpp
  Result<TimerRun> timers(Instant from, Instant to, std::size_t enough) override;
  Result<std::optional<Instant>> next_timer(Instant from) override;

  // chain.cpp
  Result<void> records(std::uint64_t after, const std::function<Result<void>(const Record&)>& each) override;
  Result<Head> verify() override;

 private:
  /// The statement of that text, compiled at its first use and kept. `sql` is a literal, known by where it lies.
  SQLite::Statement& statement(const char* sql);

  /// SQLite's border: what it throws becomes a fault. A transaction begun in `body` is rolled back on the way.
  template <class Body>
  auto guarded(Body body) -> decltype(body()) {
    errno = 0;
    try {
      return body();
    } catch (const SQLite::Exception& thrown) {
      return tl::unexpected<Fault>(running_fault(path_, thrown, errno));
    }
  }

  // Inside a transaction; they throw SQLite::Exception.
  Head read_head();
  void append_record(const Batch& batch, const Head& head, const Hash& journal, const Hash& audit);
  void fill_outbox(const std::vector<Outbox>& rows);
  Result<void> move_outbox(const std::vector<OutboxMove>& moves);
  void keep_people(const Batch& batch);
  void keep_rows(const std::vector<Row>& rows);
  void erase(const std::vector<Forgotten>& forgotten);
  void wipe_free_pages();
  Result<void> prune(const Pruning& what);
  std::string small_note(const std::string& name);
  void keep_small_note(const std::string& name, const std::string& value);
  OldRows old_events(Instant before, std::int64_t after, std::size_t limit);
  OldRows old_outbox(Instant before, std::size_t limit);
  OldRows old_journal(Instant before, std::int64_t after, std::size_t limit);
  OldRows old_rejected(Instant before, std::int64_t after, std::size_t limit);
  /// Once a day: so many rows that were set aside lie there at that time.
  void mark_rejected(Instant at);
  /// A number that is free again says nothing of the row that gets it.
  void clamp_rejected();
  std::optional<Instant> marked_rejected_;  // when, last
  bool held_reads_ = false;
  /// The outbox of an older format says less than is asked for.
  Result<void> outbox_is_current();
  bool outbox_known_current_ = false;
  void keep_version(const Deployment& deployment);
  Result<void> consume(const std::vector<std::uint64_t>& ids);
  void append_inbox(const std::vector<Inbox>& rows);
  void set_aside(const std::vector<Rejected>& rows);
  void write_cells(const std::vector<Cell>& cells);
  /// Those of a batch; who reads finds them when it is committed.
  void add_events(const std::vector<Event>& events);
  void remember_events(const std::vector<Forgotten>& forgotten);
  /// Reads where those lie that the index does not have.
  void recall_events();
  void erase_events(ContactId id);
  void index_events();
  std::int64_t events_indexed();
  /// Those that begin to be true, and those that are so no longer.
  void write_timers(std::vector<Timer> set, const std::vector<Timer>& gone);
  void add_run(std::int64_t slot, std::span<const Timer> timers);
  void tidy_slot(std::int64_t slot);
  /// Ascending; some may have been overtaken.
  std::vector<Timer> timers_in(std::int64_t slot);
  Result<Head> verify_records();

  std::string path_;
  OwnerLock lock_;
  // Since the last checkpoint.
  struct Recent {
    std::string id;
    std::int64_t number;
  };
  absl::flat_hash_map<ContactId, std::vector<Recent>, ContactHash> recent_events_;
  std::int64_t last_event_ = 0;
  std::vector<std::pair<ContactId, Recent>> added_events_;  // in the transaction that is open
  std::optional<Head> held_;                                // the head as this owner left it; none before claim()
  std::unique_ptr<SQLite::Database> database_;
  // After the database: statements must be gone before it closes.
  absl::node_hash_map<const char*, SQLite::Statement> statements_;
};

/// `limit` as SQLite takes it.
std::int64_t row_limit(std::size_t limit);

}  // namespace fairlead::store
