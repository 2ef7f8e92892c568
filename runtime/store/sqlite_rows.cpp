// Rows of records beside the contact: one a key, clustered by record and key, so that a loop over them reads on where
// it stood.
#include "runtime/store/sqlite_store.hpp"

namespace fairlead::store {

void SqliteStore::keep_rows(const std::vector<Row>& rows) {
  if (rows.empty()) return;
  Query write(statement("REPLACE INTO record_row (record, key, data) VALUES (?, ?, ?)"));
  Query remove(statement("DELETE FROM record_row WHERE record = ? AND key = ?"));
  for (const Row& row : rows) {
    if (row.data.empty()) {
      remove.run(row.record, row.key);
    } else {
      write.run(row.record, row.key, row.data);
    }
  }
}

Result<std::optional<Row>> SqliteStore::row(std::uint32_t record, const std::string& key) {
  return guarded([&]() -> Result<std::optional<Row>> {
    Query query(statement("SELECT data FROM record_row WHERE record = ? AND key = ?"));
    if (!query.bind(record, key).step()) return std::nullopt;
    return Row{record, key, query.string(0)};
  });
}

Result<std::vector<Row>> SqliteStore::rows(std::uint32_t record, const std::string& after, std::size_t limit) {
  return guarded([&]() -> Result<std::vector<Row>> {
    Query query(statement("SELECT key, data FROM record_row WHERE record = ? AND key > ? ORDER BY key LIMIT ?"));
    query.bind(record, after, row_limit(limit));
    std::vector<Row> rows;
    while (query.step()) rows.push_back({record, query.string(0), query.string(1)});
    return rows;
  });
}

Result<std::map<std::uint32_t, std::uint64_t>> SqliteStore::row_counts() {
  return guarded([&]() -> Result<std::map<std::uint32_t, std::uint64_t>> {
    std::map<std::uint32_t, std::uint64_t> counts;
    // Who only looks may have an older format before them, which has none.
    if (!database_->tableExists("record_row")) return counts;
    Query query(statement("SELECT record, count(*) FROM record_row GROUP BY record"));
    query.bind();
    while (query.step()) counts[query.as<std::uint32_t>(0)] = query.as<std::uint64_t>(1);
    return counts;
  });
}

}  // namespace fairlead::store
