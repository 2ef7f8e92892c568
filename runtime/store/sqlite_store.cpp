// The embedded store's opening, and what its owner writes: claims, batches, checkpoints.
#include "runtime/store/sqlite_store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

#include "runtime/store/sqlite_schema.hpp"

namespace fairlead::store {

namespace {

constexpr const char* in_memory = ":memory:";

// For whoever looks into the file to learn who has it. The lock is what decides.
std::string owner_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return std::to_string(::getpid());
  return fmt::format("{}@{}", ::getpid(), host.data());
}

// Called by SQLite while another process writes; zero gives up. SQLite's own handler backs off to 100 ms, and then
// meets the short gaps between a busy owner's commits only every few seconds: looking each millisecond, a post waits
// for a few commits.
constexpr int patience = 10'000;  // milliseconds
int wait_for_turn(void*, int times_before) {
  if (times_before >= patience) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return 1;
}

// Final states: what was prepared for the person is not needed any more. A dead letter's is: somebody may have it tried
// again.
bool is_final(OutboxState state) {
  return state == OutboxState::sent || state == OutboxState::withheld || state == OutboxState::settled;
}

}  // namespace

SQLite::Statement& SqliteStore::statement(const char* sql) {
  const auto kept = statements_.find(sql);
  if (kept != statements_.end()) return kept->second;
  return statements_.try_emplace(sql, *database_, sql).first->second;
}

Result<Head> SqliteStore::claim() {
  const bool held_before = lock_.held();
  if (path_ != in_memory) {
    if (auto locked = lock_.acquire(path_); !locked) return tl::unexpected(locked.error());
  }
  auto claimed = guarded([&]() -> Result<Head> {
    hold_reads(false);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    Query(statement("UPDATE range_head SET epoch = epoch + 1, owner = ? WHERE first = 0")).run(Text{owner_name()});
    const Head head = read_head();
    transaction.commit();
    recall_events();
    return head;
  });
  if (claimed) {
    held_ = *claimed;
  } else if (!held_before) {
    lock_.release();
  }
  return claimed;
}

Result<Head> SqliteStore::commit(const Batch& batch) {
  if (!held_) return fault(FaultCode::store_fenced, path_);
  const Hash journal = sha256(batch.journal);
  const Hash audit = sha256(batch.audit);
  Head next = *held_;
  next.seq += 1;
  next.chain = link(held_->chain, next.seq, batch.at, journal, audit);

  return guarded([&]() -> Result<Head> {
    hold_reads(false);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const int advanced =
        Query(statement("UPDATE range_head SET seq = ?, chain = ? WHERE first = 0 AND epoch = ? AND seq = ?"))
            .run(next.seq, next.chain, held_->epoch, held_->seq);
    if (advanced == 0) return fault(FaultCode::store_fenced, path_);
    append_record(batch, next, journal, audit);
    fill_outbox(batch.fill);
    if (auto moved = move_outbox(batch.move); !moved) return tl::unexpected(moved.error());
    if (batch.ask_again)
      Query(statement("UPDATE outbox SET not_before = ?, waits = 0 WHERE state = 1 AND waits IN (1, 4)")).run(batch.at);
    keep_people(batch);
    keep_rows(batch.rows);
    if (auto consumed = consume(batch.consumed); !consumed) return tl::unexpected(consumed.error());
    append_inbox(batch.post);
    set_aside(batch.rejected);
    erase(batch.forget);
    if (batch.deploy) keep_version(*batch.deploy);
    if (batch.prune) {
      if (auto pruned = prune(*batch.prune); !pruned) return tl::unexpected(pruned.error());
    }
    const bool marks = !marked_rejected_ || !(batch.at < *marked_rejected_ + days(1));
    if (marks) mark_rejected(batch.at);
    transaction.commit();
    if (marks) marked_rejected_ = batch.at;
    held_ = next;
    remember_events(batch.forget);
    return next;
  });
}

void SqliteStore::append_record(const Batch& batch, const Head& head, const Hash& journal, const Hash& audit) {
  Query(statement("INSERT INTO journal (range_first, seq, at, journal_hash, audit_hash, chain, journal, audit) "
                  "VALUES (0, ?, ?, ?, ?, ?, ?, ?)"))
      .run(head.seq, batch.at, journal, audit, head.chain, batch.journal, batch.audit);
}

void SqliteStore::fill_outbox(const std::vector<Outbox>& rows) {
  // An idempotency key stands for one effect: filled a second time, it changes nothing.
  Query insert(
      statement("INSERT INTO outbox (key, part, id, channel, payload, origin, revision, valid_until, filled_at, "
                "state, attempts, not_before, waits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (key) DO NOTHING"));
  for (const Outbox& row : rows) {
    insert.run(row.key, row.contact.part, row.contact.id, Text{row.channel}, row.payload, row.origin, row.revision,
               row.valid_until, row.filled_at, static_cast<std::uint32_t>(row.state), row.attempts,
               row.not_before.ms == 0 ? row.filled_at : row.not_before, static_cast<std::uint32_t>(row.waits));
  }
}

Result<void> SqliteStore::move_outbox(const std::vector<OutboxMove>& moves) {
  // A claim is one attempt to hand the row over.
  Query move(statement("UPDATE outbox SET state = ?1, attempts = attempts + (?1 = 2) WHERE key = ?2"));
  Query ready(statement(
      "UPDATE outbox SET state = 1, not_before = ?, waits = ?, attempts = iif(?, 0, attempts) WHERE key = ?"));
  Query finish(statement("UPDATE outbox SET state = ?, payload = x'', origin = x'' WHERE key = ?"));
  for (const OutboxMove& row : moves) {
    Query& update = is_final(row.state) ? finish : move;
    const int moved = row.state == OutboxState::ready ? ready.run(row.not_before, static_cast<std::uint32_t>(row.waits),
                                                                  row.anew ? 1U : 0U, row.key)
                                                      : update.run(static_cast<std::uint32_t>(row.state), row.key);
    if (moved == 0) {
      return fault(FaultCode::store_failed, path_, "the batch moves an outbox row that does not exist");
    }
  }
  return {};
}

void SqliteStore::keep_people(const Batch& batch) {
  Query person(statement("REPLACE INTO person (part, id, salt, data) VALUES (?, ?, ?, ?)"));
  for (const Person& row : batch.persons) person.run(row.id.part, row.id.id, row.salt, row.data);

  Query key(statement("REPLACE INTO contact_key (key_hash, part, id) VALUES (?, ?, ?)"));
  for (const Key& row : batch.keys) key.run(row.key, row.contact.part, row.contact.id);

  add_events(batch.events);
}

Result<void> SqliteStore::consume(const std::vector<std::uint64_t>& ids) {
  // Most lie side by side.
  Query remove(statement("DELETE FROM inbox WHERE id BETWEEN ? AND ?"));
  for (auto first = ids.begin(); first != ids.end();) {
    auto last = first;
    while (std::next(last) != ids.end() && *std::next(last) == *last + 1) ++last;
    // Gone already means that its effect is in an earlier batch: once more would be twice.
    if (remove.run(*first, *last) != last - first + 1) {
      return fault(FaultCode::store_failed, path_,
                   *first == *last ? fmt::format("inbox row {} was consumed before", *first)
                                   : fmt::format("one of the inbox rows {} to {} was consumed before", *first, *last));
    }
    first = std::next(last);
  }
  return {};
}

Result<void> SqliteStore::checkpoint(std::uint64_t upto, const std::vector<Cell>& cells, const std::string& global) {
  if (!held_) return fault(FaultCode::store_fenced, path_);
  if (upto > held_->seq || upto < held_->checkpoint) {
    return fault(FaultCode::store_failed, path_,
                 fmt::format("a checkpoint at batch {} is not between the last one, {}, and the last batch, {}", upto,
                             held_->checkpoint, held_->seq));
  }
  return guarded([&]() -> Result<void> {
    hold_reads(false);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const int moved = Query(statement("UPDATE range_head SET checkpoint = ? WHERE first = 0 AND epoch = ? AND seq = ?"))
                          .run(upto, held_->epoch, held_->seq);
    if (moved == 0) return fault(FaultCode::store_fenced, path_);
    write_cells(cells);
    index_events();
    Query(statement("INSERT INTO global_state (range_first, state) VALUES (0, ?) "
                    "ON CONFLICT (range_first) DO UPDATE SET state = excluded.state"))
        .run(global);
    transaction.commit();
    recent_events_.clear();
    held_->checkpoint = upto;
    return {};
  });
}

void SqliteStore::write_cells(const std::vector<Cell>& cells) {
  // In key order each page is visited once. Stable, so that of two states of one cell the later one stays.
  std::vector<const Cell*> ordered;
  ordered.reserve(cells.size());
  for (const Cell& cell : cells) ordered.push_back(&cell);
  std::ranges::stable_sort(ordered, {}, [](const Cell* cell) { return cell->id; });

  Query old(statement("SELECT due FROM cell WHERE part = ? AND id = ?"));
  // Without another index to look after, REPLACE finds the row and writes over it: half of what an upsert does.
  Query write(statement("REPLACE INTO cell (part, id, due, state) VALUES (?, ?, ?, ?)"));
  Query remove(statement("DELETE FROM cell WHERE part = ? AND id = ?"));
  std::vector<Timer> set, gone;
  for (const Cell* cell : ordered) {
    const auto [part, id] = cell->id;
    std::optional<Instant> old_due;
    if (cell->was_due) {
      old_due = *cell->was_due;
    } else if (old.bind(part, id).step()) {
      old_due = old.maybe_instant(0);
    }
    const bool away = cell->state.empty();
    const std::optional<Instant> due = away ? std::nullopt : cell->due;
    if (old_due && old_due != due) gone.push_back({*old_due, cell->id});
    if (due && old_due != due) set.push_back({*due, cell->id});
    if (away) {
      remove.run(part, id);
    } else {
      write.run(part, id, due, cell->state);
    }
  }
  write_timers(std::move(set), gone);
}

namespace {

/// SQLite counts what it allocates, under a lock, for a figure that we never ask for. It can be told so before its
/// first use in the process; where somebody was quicker it goes on counting, which is only slower.
void only_what_is_needed() {
  [[maybe_unused]] static const int told = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// Throws what SQLite throws, with errno as it left it.
Result<std::unique_ptr<Store>> opened(const std::string& path, Access access, Durability durability) {
  if (path.empty()) return fault(FaultCode::store_open, path, "a store needs a path");
  const bool memory = path == in_memory;
  if (memory) access = Access::create;  // it is always new
  std::error_code unseen;
  if (access != Access::create && !std::filesystem::exists(path, unseen)) {
    return fault(FaultCode::store_open, path,
                 fmt::format("there is no store at {}; `fairlead import` or `run` makes one", path));
  }

  const Result<int> cache = page_cache_mib(path);
  if (!cache) return tl::unexpected(cache.error());
  only_what_is_needed();
  // A store is used by one thread at a time, so SQLite need not lock for each call.
  int flags = SQLite::OPEN_NOMUTEX | (access == Access::read ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE);
  if (access == Access::create) flags |= SQLite::OPEN_CREATE;
  errno = 0;
  auto database = std::make_unique<SQLite::Database>(path, flags);
  sqlite3_busy_handler(database->getHandle(), wait_for_turn, nullptr);
  if (auto known = check_or_create(*database, path, access); !known) return tl::unexpected(known.error());
  tune(*database, access, durability, *cache);
  return std::make_unique<SqliteStore>(path, std::move(database));
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, Access access, Durability durability) {
  // While the log of who ended is read back, or the mode of a new file changes, SQLite turns others away without
  // asking the handler whether they would wait.
  const auto patient_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience);
  while (true) {
    try {
      return opened(path, access, durability);
    } catch (const SQLite::Exception& thrown) {
      const int code = thrown.getErrorCode() & 0xff;
      const bool passes = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL;
      if (!passes || patient_until < std::chrono::steady_clock::now())
        return tl::unexpected(opening_fault(path, thrown, errno));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

}  // namespace fairlead::store
