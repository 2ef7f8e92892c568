// One byte flipped anywhere in a journal or audit record, or in a hash that guards them: `audit verify` says so, and
// where.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1;

struct Record {
  std::int64_t seq = 0;
  std::int64_t size = 0;
};

/// The records' sizes in one of the journal's columns.
std::vector<Record> records(const std::string& path, const std::string& column) {
  sqlite3* database = nullptr;
  BOOST_REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  const std::string query =
      fmt::format("SELECT seq, length({0}) FROM journal WHERE length({0}) > 0 ORDER BY seq", column);
  BOOST_REQUIRE(sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  std::vector<Record> out;
  while (sqlite3_step(statement) == SQLITE_ROW)
    out.push_back({sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1)});
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return out;
}

/// Flips the lowest bit of one byte in a blob; done twice, nothing has changed.
void flip(const std::string& path, const std::string& table, const std::string& column, const std::string& where,
          std::int64_t at) {
  sqlite3* database = nullptr;
  BOOST_REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  const std::string query = fmt::format("SELECT hex(substr({}, {}, 1)) FROM {} WHERE {}", column, at + 1, table, where);
  sqlite3_stmt* statement = nullptr;
  BOOST_REQUIRE(sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  BOOST_REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const int byte = std::stoi(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), nullptr, 16);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  sql(path,
      fmt::format("UPDATE {0} SET {1} = CAST(substr({1}, 1, {2}) || x'{3:02x}' || substr({1}, {4}) AS BLOB) WHERE {5}",
                  table, column, at, byte ^ 1, at + 2, where));
}

struct Simulated {
  Folder folder;
  std::string db = "s/out/simulation.db";
  Simulated() {
    folder.write("s/main.lead", simulated_project(120));
    folder.write("s/people.csv", people(0, 120));
    require(run(folder, {"simulate", "s"}), fine, {"chain whole"});
  }
  /// Flips, verifies, flips back.
  void check(const std::string& column, std::int64_t seq, std::int64_t at) const {
    const std::string where = fmt::format("seq = {}", seq);
    flip(folder.path(db), "journal", column, where, at);
    const Ended ended = run(folder, {"audit", "verify", db});
    require(ended, findings, {"was altered or damaged at batch " + std::to_string(seq) + ":"});
    BOOST_TEST(ended.out == "");
    flip(folder.path(db), "journal", column, where, at);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_flipped_byte_of_a_record_is_found, Simulated) {
  require(run(folder, {"audit", "verify", db}), fine, {"the chain is whole"});
  for (const char* column : {"journal", "audit"}) {
    const std::vector<Record> all = records(folder.path(db), column);
    std::int64_t bytes = 0;
    for (const Record& record : all) bytes += record.size;
    // A hundred places, evenly over all bytes of all records; the very first and last among them.
    constexpr std::int64_t places = 100;
    BOOST_REQUIRE(bytes > places);
    std::size_t record = 0;
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < places; ++i) {
      const std::int64_t at = (bytes - 1) * i / (places - 1);
      while (before + all[record].size <= at) before += all[record++].size;
      check(column, all[record].seq, at - before);
    }
    BOOST_TEST(record == all.size() - 1);
  }
  require(run(folder, {"audit", "verify", db}), fine, {"the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(a_flipped_byte_of_a_hash_is_found, Simulated) {
  for (const char* column : {"journal_hash", "audit_hash", "chain"}) {
    const std::vector<Record> all = records(folder.path(db), column);
    for (std::size_t i = 0; i < 20; ++i) {
      const Record& record = all[(all.size() - 1) * i / 19];
      BOOST_REQUIRE(record.size == 32);
      check(column, record.seq, static_cast<std::int64_t>(i * 31 / 19));
    }
  }
  for (const std::int64_t at : {0, 15, 31}) {
    flip(folder.path(db), "range_head", "chain", "first = 0", at);
    require(run(folder, {"audit", "verify", db}), findings, {"the head does not match the chain's last link"});
    flip(folder.path(db), "range_head", "chain", "first = 0", at);
  }
  require(run(folder, {"audit", "verify", db}), fine, {"the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(what_was_taken_out_or_moved_is_found, Simulated) {
  const std::vector<std::string> changes = {
      "DELETE FROM journal WHERE seq = 5",
      "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
      "DELETE FROM journal",
      "UPDATE journal SET at = at + 1 WHERE seq = 5",
      "UPDATE journal SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM journal)",
      "UPDATE range_head SET seq = seq - 1",
      "UPDATE journal SET journal = (SELECT journal FROM journal WHERE seq = 6), journal_hash = (SELECT journal_hash "
      "FROM journal WHERE seq = 6) WHERE seq = 5",
  };
  for (const std::string& change : changes) {
    std::filesystem::copy_file(folder.path(db), folder.path("copy.db"),
                               std::filesystem::copy_options::overwrite_existing);
    sql(folder.path("copy.db"), change);
    require(run(folder, {"audit", "verify", "copy.db"}), findings, {"was altered or damaged at batch "});
  }
  require(run(folder, {"audit", "verify", db}), fine, {"the chain is whole"});
}

}  // namespace fairlead::cli::test
