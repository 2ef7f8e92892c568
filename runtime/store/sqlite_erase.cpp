// Erasing: what is gone must not lie about in free pages, nor in the log.
#include "runtime/store/sqlite_store.hpp"

#include <algorithm>

namespace fairlead::store {

void SqliteStore::erase(const std::vector<Forgotten>& forgotten) {
  if (forgotten.empty()) return;
  // Deleted rows are overwritten with zeros, from here to the end of the transaction and in let_go.
  database_->exec("PRAGMA secure_delete = ON");
  for (const Forgotten& one : forgotten) {
    const auto [part, id] = one.contact;
    Query(statement("DELETE FROM person WHERE part = ? AND id = ?")).run(part, id);
    Query(statement("DELETE FROM contact_key WHERE part = ? AND id = ?")).run(part, id);
    erase_events(one.contact);
    if (!one.key.empty())
      Query(statement("DELETE FROM rejected WHERE instr(raw, CAST(? AS BLOB)) > 0")).run(Text{one.key});
  }
  clamp_rejected();
  // A crash before let_go must not let it be left out.
  Query(statement("INSERT OR REPLACE INTO note (name, value) VALUES ('letting go', x'31')")).run();
}

void SqliteStore::wipe_free_pages() {
  // Free pages may hold what was sent or replaced before: a table takes them all, and with secure_delete they are zeros
  // when it goes.
  constexpr std::int64_t most = 16'384;  // pages at once: 64 MiB
  std::int64_t left = database_->execAndGet("PRAGMA freelist_count").getInt64();
  if (left == 0) return;
  const std::int64_t page = database_->execAndGet("PRAGMA page_size").getInt64();
  database_->exec("CREATE TABLE wipe (zeros BLOB)");
  for (; left > 0; left -= most) {
    SQLite::Statement fill(*database_, "INSERT INTO wipe VALUES (zeroblob(?))");
    fill.bind(1, std::min(left, most) * page);
    fill.exec();
  }
  database_->exec("DROP TABLE wipe");
}

Result<void> SqliteStore::let_go() {
  if (!held_) return fault(FaultCode::store_fenced, path_);
  return guarded([&]() -> Result<void> {
    database_->exec("PRAGMA secure_delete = ON");
    hold_reads(false);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const Head now = read_head();
    if (now.epoch != held_->epoch) return fault(FaultCode::store_fenced, path_);
    Query(statement("UPDATE journal SET journal = x'' WHERE range_first = 0 AND seq <= ? AND length(journal) > 0"))
        .run(held_->checkpoint);
    Query(statement("DELETE FROM note WHERE name = 'letting go'")).run();
    wipe_free_pages();
    transaction.commit();
    // The log still has the pages as they were. A reader may hold it open: then it is cut off at a later checkpoint.
    database_->execAndGet("PRAGMA wal_checkpoint(TRUNCATE)");
    database_->execAndGet("PRAGMA secure_delete = FAST");
    return {};
  });
}

}  // namespace fairlead::store
