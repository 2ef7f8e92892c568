// The tables of the SQLite store, its magic number and its format version.
//
// Integers are 64 bits and signed in SQLite: ids and sequence numbers stay below 2^63, where their order is exact.
#include "runtime/store/sqlite_schema.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "runtime/store/sqlite_query.hpp"

namespace fairlead::store {

namespace {

// A range of partitions has one row in range_head, which is lease, fence, sequencer and head of the chain at once.
// The embedded store has one range, 0 to 4096, for all contacts and the global part.
//
// Tables with a natural key are clustered by it (WITHOUT ROWID), so that rows that are used together lie together.
// Arrivals have a number of their own instead, events and rows of the outbox: clustered by contact or by key each new
// row would land on a page of its own; by number, those that come together lie together, and an index leads from the
// key.
//
// In journal the large columns come last, so that reading the hashes does not walk through them.
// sqlite_timers.cpp says what a slot and a run are.
constexpr const char* timer_tables = R"sql(
CREATE TABLE timer_slot (
  slot INTEGER PRIMARY KEY,
  live INTEGER NOT NULL,
  held INTEGER NOT NULL
) STRICT;

CREATE TABLE timer_run (
  slot   INTEGER NOT NULL,
  number INTEGER NOT NULL,
  timers BLOB    NOT NULL,
  PRIMARY KEY (slot, number)
) STRICT, WITHOUT ROWID;
)sql";

// Rows of records beside the contact (sqlite_rows.cpp). What format 5 added.
constexpr const char* row_table = R"sql(
CREATE TABLE record_row (
  record INTEGER NOT NULL,
  key    BLOB    NOT NULL,
  data   BLOB    NOT NULL,
  PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* tables = R"sql(
CREATE TABLE range_head (
  first       INTEGER PRIMARY KEY,
  last        INTEGER NOT NULL,
  owner       TEXT    NOT NULL,
  epoch       INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  checkpoint  INTEGER NOT NULL,
  chain       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  range_first  INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  journal_hash BLOB    NOT NULL,
  audit_hash   BLOB    NOT NULL,
  chain        BLOB    NOT NULL,
  journal      BLOB    NOT NULL,
  audit        BLOB    NOT NULL,
  PRIMARY KEY (range_first, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE cell (
  part  INTEGER NOT NULL,
  id    INTEGER NOT NULL,
  due   INTEGER,
  state BLOB    NOT NULL,
  PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE global_state (
  range_first INTEGER PRIMARY KEY,
  state       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  part INTEGER NOT NULL,
  id   INTEGER NOT NULL,
  salt BLOB    NOT NULL,
  data BLOB    NOT NULL,
  PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_key (
  key_hash BLOB    NOT NULL PRIMARY KEY,
  part     INTEGER NOT NULL,
  id       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  number   INTEGER PRIMARY KEY,
  part     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  event_id TEXT    NOT NULL,
  at       INTEGER NOT NULL,
  type     INTEGER NOT NULL,
  content  TEXT    NOT NULL,
  salt     BLOB    NOT NULL,
  data     BLOB    NOT NULL
) STRICT;

CREATE TABLE event_index (
  part     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  event_id TEXT    NOT NULL,
  number   INTEGER NOT NULL,
  PRIMARY KEY (part, id, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  not_before INTEGER NOT NULL,
  kind       INTEGER NOT NULL,
  body       BLOB    NOT NULL
) STRICT;
CREATE INDEX inbox_by_time ON inbox (not_before, id);

CREATE TABLE outbox (
  number      INTEGER PRIMARY KEY,
  key         BLOB    NOT NULL UNIQUE,
  part        INTEGER NOT NULL,
  id          INTEGER NOT NULL,
  channel     TEXT    NOT NULL,
  payload     BLOB    NOT NULL,
  origin      BLOB    NOT NULL,
  revision    INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  filled_at   INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  not_before  INTEGER NOT NULL DEFAULT 0,
  waits       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_by_time ON outbox (state, not_before, number);

CREATE TABLE rejected (
  number INTEGER PRIMARY KEY,
  source TEXT    NOT NULL,
  line   INTEGER NOT NULL,
  reason TEXT    NOT NULL,
  raw    BLOB    NOT NULL
) STRICT;

CREATE TABLE deployment (
  version     INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  fingerprint BLOB    NOT NULL,
  module      BLOB    NOT NULL
) STRICT;

CREATE TABLE note (
  name  TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What format 3 changed: a row of the outbox says when it may be handed over and why not before (what a rule deferred
// stood in the checkpoint, and is asked again at once), and events lie in the order in which they came.
constexpr const char* raise_to_3 = R"sql(
ALTER TABLE outbox ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET not_before = filled_at;
DROP INDEX outbox_by_state;
CREATE INDEX outbox_by_time ON outbox (state, not_before, number);
ALTER TABLE event RENAME TO event_before;
CREATE TABLE event (
  number   INTEGER PRIMARY KEY,
  part     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  event_id TEXT    NOT NULL,
  at       INTEGER NOT NULL,
  type     INTEGER NOT NULL,
  content  TEXT    NOT NULL,
  salt     BLOB    NOT NULL,
  data     BLOB    NOT NULL
) STRICT;
INSERT INTO event (part, id, event_id, at, type, content, salt, data)
  SELECT part, id, event_id, at, type, content, salt, data FROM event_before;
DROP TABLE event_before;
)sql";

// What format 4 changed: timers lie in runs, and the index of events is written at checkpoints.
constexpr const char* raise_to_4 = R"sql(
DROP INDEX IF EXISTS event_by_contact;
CREATE TABLE event_index (
  part     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  event_id TEXT    NOT NULL,
  number   INTEGER NOT NULL,
  PRIMARY KEY (part, id, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO event_index SELECT part, id, event_id, number FROM event ORDER BY part, id, event_id;
INSERT OR REPLACE INTO note SELECT 'events indexed', CAST(CAST(coalesce(max(number), 0) AS TEXT) AS BLOB) FROM event;
)sql";

std::int64_t number(SQLite::Database& database, const char* sql) {
  return database.execAndGet(sql).getInt64();
}

bool is_empty(SQLite::Database& database) {
  return number(database, "PRAGMA application_id") == 0 && number(database, "PRAGMA user_version") == 0 &&
         number(database, "SELECT count(*) FROM sqlite_schema") == 0;
}

void create(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  // Two processes may start at once: whoever comes second finds the tables made.
  if (!is_empty(database)) return;
  database.exec(tables);
  database.exec(timer_tables);
  database.exec(row_table);
  SQLite::Statement head(database, "INSERT INTO range_head VALUES (0, ?, '', 0, 0, 0, ?)");
  Query(head).run(global_part, Hash{});
  database.exec(fmt::format("PRAGMA application_id = {}", magic));
  database.exec(fmt::format("PRAGMA user_version = {}", format_version));
  transaction.commit();
}

/// Format 2 differs from 1 in what audit and checkpoint may hold, and in no table.
void raise(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const std::int64_t found = number(database, "PRAGMA user_version");
  // Two processes may start at once: whoever comes second finds it raised.
  if (found == format_version) return;
  if (found < 3) database.exec(raise_to_3);
  if (found < 4) {
    database.exec(raise_to_4);
    database.exec(timer_tables);
    runs_of_timers(database);
    database.exec("DROP TABLE timer");
  }
  database.exec(row_table);
  database.exec(fmt::format("PRAGMA user_version = {}", format_version));
  transaction.commit();
}

}  // namespace

Result<void> check_or_create(SQLite::Database& database, const std::string& path, Access access) {
  if (access == Access::create && is_empty(database)) create(database);
  if (number(database, "PRAGMA application_id") != magic) {
    return fault(FaultCode::store_open, path, "it is not a Fairlead store");
  }
  const std::int64_t found = number(database, "PRAGMA user_version");
  if (found > format_version) {
    return fault(FaultCode::store_newer, path, std::to_string(found), std::to_string(format_version));
  }
  if (found < oldest_version) {
    return fault(FaultCode::store_open, path,
                 fmt::format("its format version is {}; this program knows version {}", found, format_version));
  }
  // Whoever only looks, or appends, must not change what may belong to a running older engine.
  if (found != format_version && access == Access::create) raise(database);
  return {};
}

Result<int> page_cache_mib(const std::string& path) {
  constexpr int usual = 176, most = 65'536;
  const char* const set = std::getenv("FAIRLEAD_PAGE_CACHE_MIB");
  if (set == nullptr || *set == '\0') return usual;
  const std::string_view text = set;
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 1 || most < out)
    return fault(FaultCode::store_open, path,
                 fmt::format("FAIRLEAD_PAGE_CACHE_MIB is `{}`; it is a number of MiB from 1 to {}", text, most));
  return out;
}

void tune(SQLite::Database& database, Access access, Durability durability, int cache_mib) {
  database.exec(fmt::format("PRAGMA cache_size = -{}", 1'024 * cache_mib));  // in KiB
  if (access == Access::read) return;
  // What is deleted or shortened is overwritten within pages that are written anyway: a payload that was sent, values
  // that were replaced. Pages that become free keep it until somebody is forgotten (sqlite_erase.cpp).
  database.execAndGet("PRAGMA secure_delete = FAST");
  // In memory there is no write-ahead log; SQLite then keeps its own mode, and says so, which is no error.
  database.execAndGet("PRAGMA journal_mode = WAL");
  // In WAL mode FULL is one fsync of the log for each commit, OFF none at all.
  database.exec(durability == Durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
  // A page that many commits touch is copied back once. In pages of 4 KiB: the log grows to 128 MiB.
  database.exec("PRAGMA wal_autocheckpoint = 32768");
}

}  // namespace fairlead::store
