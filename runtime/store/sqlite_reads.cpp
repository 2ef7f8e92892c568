// The embedded store's reads by key. Each is a statement of its own and sees what was committed before it.
#include <fmt/format.h>
#include <sqlite3.h>

#include "runtime/store/sqlite_store.hpp"

namespace fairlead::store {

namespace {

ContactId contact(const Query& query, int part, int id) {
  return {query.as<std::uint16_t>(part), query.as<std::uint64_t>(id)};
}

constexpr const char* outbox_by_key =
    "SELECT key, part, id, channel, payload, origin, revision, valid_until, filled_at, state, attempts, not_before, "
    "waits FROM outbox WHERE key = ?";
constexpr const char* outbox_by_state =
    "SELECT key, part, id, channel, payload, origin, revision, valid_until, filled_at, state, attempts, not_before, "
    "waits FROM outbox WHERE state = ? ORDER BY not_before, number LIMIT ?";
constexpr const char* outbox_by_state_backwards =
    "SELECT key, part, id, channel, payload, origin, revision, valid_until, filled_at, state, attempts, not_before, "
    "waits FROM outbox WHERE state = ? ORDER BY not_before DESC, number DESC LIMIT ?";
constexpr const char* outbox_that_is_due =
    "SELECT key, part, id, channel, payload, origin, revision, valid_until, filled_at, state, attempts, not_before, "
    "waits FROM outbox WHERE state = 1 AND not_before <= ? ORDER BY not_before, number LIMIT ?";

Outbox outbox_row(const Query& query) {
  Outbox row;
  row.key = query.string(0);
  row.contact = contact(query, 1, 2);
  row.channel = query.string(3);
  row.payload = query.string(4);
  row.origin = query.string(5);
  row.revision = query.as<std::uint64_t>(6);
  row.valid_until = query.instant(7);
  row.filled_at = query.instant(8);
  row.state = query.as<OutboxState>(9);
  row.attempts = query.as<std::uint32_t>(10);
  row.not_before = query.instant(11);
  row.waits = query.as<WaitsFor>(12);
  return row;
}

}  // namespace

Head SqliteStore::read_head() {
  Query query(statement("SELECT epoch, seq, checkpoint, chain FROM range_head WHERE first = 0"));
  if (!query.bind().step()) throw SQLite::Exception("the range has no head", SQLITE_CORRUPT);
  return {query.as<std::uint64_t>(0), query.as<std::uint64_t>(1), query.as<std::uint64_t>(2), query.hash(3)};
}

void SqliteStore::hold_reads(bool on) {
  if (on == held_reads_) return;
  // A read that began nothing yet begins with the first one, and cannot fail here.
  database_->tryExec(on ? "BEGIN" : "COMMIT");
  held_reads_ = on;
}

Result<Head> SqliteStore::head() {
  return guarded([&]() -> Result<Head> { return read_head(); });
}

Result<std::optional<Cell>> SqliteStore::cell(ContactId id) {
  return guarded([&]() -> Result<std::optional<Cell>> {
    Query query(statement("SELECT due, state FROM cell WHERE part = ? AND id = ?"));
    if (!query.bind(id.part, id.id).step()) return std::nullopt;
    return Cell{id, query.maybe_instant(0), query.string(1)};
  });
}

Result<std::string> SqliteStore::global() {
  return guarded([&]() -> Result<std::string> {
    Query query(statement("SELECT state FROM global_state WHERE range_first = 0"));
    if (!query.bind().step()) return std::string();
    return query.string(0);
  });
}

Result<std::optional<Person>> SqliteStore::person(ContactId id) {
  return guarded([&]() -> Result<std::optional<Person>> {
    Query query(statement("SELECT salt, data FROM person WHERE part = ? AND id = ?"));
    if (!query.bind(id.part, id.id).step()) return std::nullopt;
    return Person{id, query.string(0), query.string(1)};
  });
}

Result<std::optional<ContactId>> SqliteStore::find(const Hash& key) {
  return guarded([&]() -> Result<std::optional<ContactId>> {
    Query query(statement("SELECT part, id FROM contact_key WHERE key_hash = ?"));
    if (!query.bind(key).step()) return std::nullopt;
    return contact(query, 0, 1);
  });
}

Result<std::vector<Inbox>> SqliteStore::inbox(Instant until, std::size_t limit) {
  return guarded([&]() -> Result<std::vector<Inbox>> {
    Query query(statement(
        "SELECT id, not_before, kind, body FROM inbox WHERE not_before <= ? ORDER BY not_before, id LIMIT ?"));
    query.bind(until, row_limit(limit));
    std::vector<Inbox> rows;
    while (query.step()) {
      rows.push_back({query.as<std::uint64_t>(0), query.instant(1), query.as<InboxKind>(2), query.string(3)});
    }
    return rows;
  });
}

Result<std::optional<Instant>> SqliteStore::next_inbox() {
  return guarded([&]() -> Result<std::optional<Instant>> {
    Query query(statement("SELECT min(not_before) FROM inbox"));
    query.bind().step();
    return query.maybe_instant(0);
  });
}

Result<void> SqliteStore::outbox_is_current() {
  if (outbox_known_current_) return {};
  const std::int64_t found = database_->execAndGet("PRAGMA user_version").getInt64();
  if (found < 3)
    return fault(FaultCode::store_open, path_,
                 fmt::format("its format version is {}; `fairlead run` raises it to {}", found, format_version));
  outbox_known_current_ = true;
  return {};
}

Result<std::vector<Outbox>> SqliteStore::outbox(OutboxState state, std::size_t limit) {
  return guarded([&]() -> Result<std::vector<Outbox>> {
    if (const Result<void> current = outbox_is_current(); !current) return tl::unexpected(current.error());
    Query query(statement(outbox_by_state));
    query.bind(static_cast<std::uint32_t>(state), row_limit(limit));
    std::vector<Outbox> rows;
    while (query.step()) rows.push_back(outbox_row(query));
    return rows;
  });
}

Result<std::vector<Outbox>> SqliteStore::outbox_due(Instant until, std::size_t limit) {
  return guarded([&]() -> Result<std::vector<Outbox>> {
    Query query(statement(outbox_that_is_due));
    query.bind(until, row_limit(limit));
    std::vector<Outbox> rows;
    while (query.step()) rows.push_back(outbox_row(query));
    return rows;
  });
}

Result<std::optional<Instant>> SqliteStore::next_outbox() {
  return guarded([&]() -> Result<std::optional<Instant>> {
    Query query(statement("SELECT min(not_before) FROM outbox WHERE state = 1"));
    query.bind().step();
    return query.maybe_instant(0);
  });
}

Result<std::optional<Outbox>> SqliteStore::outbox(const std::string& key) {
  return guarded([&]() -> Result<std::optional<Outbox>> {
    if (const Result<void> current = outbox_is_current(); !current) return tl::unexpected(current.error());
    Query query(statement(outbox_by_key));
    if (!query.bind(key).step()) return std::nullopt;
    return outbox_row(query);
  });
}

Result<std::vector<Outbox>> SqliteStore::outbox_latest(OutboxState state, std::size_t limit) {
  return guarded([&]() -> Result<std::vector<Outbox>> {
    if (const Result<void> current = outbox_is_current(); !current) return tl::unexpected(current.error());
    Query query(statement(outbox_by_state_backwards));
    query.bind(static_cast<std::uint32_t>(state), row_limit(limit));
    std::vector<Outbox> rows;
    while (query.step()) rows.push_back(outbox_row(query));
    return rows;
  });
}

Result<std::map<OutboxState, std::uint64_t>> SqliteStore::outbox_counts() {
  return guarded([&]() -> Result<std::map<OutboxState, std::uint64_t>> {
    Query query(statement("SELECT state, count(*) FROM outbox GROUP BY state"));
    query.bind();
    std::map<OutboxState, std::uint64_t> counts;
    while (query.step()) counts[query.as<OutboxState>(0)] = query.as<std::uint64_t>(1);
    return counts;
  });
}

Result<void> SqliteStore::contacts(const std::function<Result<void>(const Person&)>& each) {
  // Page by page: no statement is open while `each` runs, so it may use the store, and the write-ahead log can be
  // copied back during a long report.
  constexpr std::size_t page = 256;
  std::int64_t part = -1;
  std::int64_t id = 0;
  for (;;) {
    auto read = guarded([&]() -> Result<std::vector<Person>> {
      Query query(
          statement("SELECT part, id, salt, data FROM person WHERE (part, id) > (?, ?) ORDER BY part, id LIMIT ?"));
      query.bind(part, id, row_limit(page));
      std::vector<Person> rows;
      while (query.step()) {
        part = query.integer(0);
        id = query.integer(1);
        rows.push_back({contact(query, 0, 1), query.string(2), query.string(3)});
      }
      return rows;
    });
    if (!read) return tl::unexpected(read.error());
    for (const Person& person : *read) {
      if (auto done = each(person); !done) return done;
    }
    if (read->size() < page) return {};
  }
}

}  // namespace fairlead::store
