// What any process may write to the embedded store while its owner runs: inbox, rejected rows, deployments, notes.
#include <algorithm>
#include <limits>

#include "runtime/store/sqlite_store.hpp"

namespace fairlead::store {

std::int64_t row_limit(std::size_t limit) {
  constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(limit, most));
}

void SqliteStore::append_inbox(const std::vector<Inbox>& rows) {
  Query insert(statement("INSERT INTO inbox (not_before, kind, body) VALUES (?, ?, ?)"));
  for (const Inbox& row : rows) insert.run(row.not_before, static_cast<std::uint32_t>(row.kind), row.body);
}

void SqliteStore::set_aside(const std::vector<Rejected>& rows) {
  Query insert(statement("INSERT INTO rejected (source, line, reason, raw) VALUES (?, ?, ?, ?)"));
  for (const Rejected& row : rows) insert.run(Text{row.source}, row.line, Text{row.reason}, row.raw);
}

Result<void> SqliteStore::post(const std::vector<Inbox>& rows, const std::vector<Rejected>& rejected) {
  return guarded([&]() -> Result<void> {
    hold_reads(false);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    append_inbox(rows);
    set_aside(rejected);
    transaction.commit();
    return {};
  });
}

Result<std::vector<Rejected>> SqliteStore::rejected(std::size_t limit) {
  return guarded([&]() -> Result<std::vector<Rejected>> {
    Query query(statement("SELECT source, line, reason, raw FROM rejected ORDER BY number LIMIT ?"));
    query.bind(row_limit(limit));
    std::vector<Rejected> rows;
    while (query.step()) {
      rows.push_back({query.string(0), query.as<std::uint64_t>(1), query.string(2), query.string(3)});
    }
    return rows;
  });
}

Result<Deployment> SqliteStore::deploy(Instant at, const Hash& fingerprint, const std::string& module) {
  return guarded([&]() -> Result<Deployment> {
    hold_reads(false);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    Query last(statement("SELECT coalesce(max(version), 0) FROM deployment"));
    last.bind().step();
    const auto version = last.as<std::uint32_t>(0) + 1;
    const Deployment deployment{version, at, fingerprint, module};
    keep_version(deployment);
    transaction.commit();
    return deployment;
  });
}

void SqliteStore::keep_version(const Deployment& deployment) {
  // A number that is there already breaks the transaction: the row is a primary key.
  Query(statement("INSERT INTO deployment (version, at, fingerprint, module) VALUES (?, ?, ?, ?)"))
      .run(deployment.version, deployment.at, deployment.fingerprint, deployment.module);
}

Result<std::vector<Deployment>> SqliteStore::deployments() {
  return guarded([&]() -> Result<std::vector<Deployment>> {
    Query query(statement("SELECT version, at, fingerprint, module FROM deployment ORDER BY version"));
    query.bind();
    std::vector<Deployment> rows;
    while (query.step()) {
      rows.push_back({query.as<std::uint32_t>(0), query.instant(1), query.hash(2), query.string(3)});
    }
    return rows;
  });
}

Result<std::optional<std::string>> SqliteStore::note(const std::string& name) {
  return guarded([&]() -> Result<std::optional<std::string>> {
    Query query(statement("SELECT value FROM note WHERE name = ?"));
    if (!query.bind(Text{name}).step()) return std::nullopt;
    return query.string(0);
  });
}

Result<void> SqliteStore::set_note(const std::string& name, const std::string& value) {
  return guarded([&]() -> Result<void> {
    hold_reads(false);
    Query(statement("INSERT INTO note (name, value) VALUES (?, ?) "
                    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"))
        .run(Text{name}, value);
    return {};
  });
}

}  // namespace fairlead::store
