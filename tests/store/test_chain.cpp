// The chain: a changed, added or missing record is found, and the fault says where.
#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

constexpr int batches = 4;

struct Sample {
  Folder folder;
  std::string path = folder.file();

  Sample() {
    auto store = open(path);
    must(store->claim());
    for (int i = 1; i <= batches; ++i) {
      must(store->commit(batch(i, "journal " + std::to_string(i), "audit " + std::to_string(i))));
    }
    must(store->checkpoint(2, {}, ""));
  }
  void tamper(const std::string& sql) const { SQLite::Database(path, SQLite::OPEN_READWRITE).exec(sql); }
  [[nodiscard]] Fault found() const { return fault_of(open(path, Access::read)->verify()); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(chain)

// A fixed value: chains written today must verify for ever.
BOOST_AUTO_TEST_CASE(the_link_is_a_hash_of_all_its_parts) {
  const Hash journal = sha256("j");
  const Hash audit = sha256("a");
  const Hash base = link({}, 1, {2}, journal, audit);
  Hash other{};
  other[31] = 1;
  BOOST_TEST((link({}, 1, {2}, journal, audit) == base));
  BOOST_TEST((link(other, 1, {2}, journal, audit) != base));
  BOOST_TEST((link({}, 2, {2}, journal, audit) != base));
  BOOST_TEST((link({}, 1, {3}, journal, audit) != base));
  BOOST_TEST((link({}, 1, {2}, audit, journal) != base));
  BOOST_TEST(hex(base) == "4d2c9592436f3766675f4dea22453c295846974803000fa453a21ed509ad4919");
}

BOOST_AUTO_TEST_CASE(an_untouched_chain_verifies) {
  BOOST_TEST(must(open(":memory:")->verify()).seq == 0U);
  const Sample sample;
  auto store = open(sample.path, Access::read);
  BOOST_TEST(must(store->verify()) == must(store->head()));
  Hash expected{};
  for (const Record& record : records_after(*store, 0)) {
    expected = link(expected, record.seq, record.at, sha256(record.journal), sha256(record.audit));
  }
  BOOST_TEST((must(store->head()).chain == expected));
}

BOOST_AUTO_TEST_CASE(a_flipped_byte_is_found_in_every_column) {
  const std::pair<const char*, const char*> columns[] = {{"journal", "the journal does not match its hash"},
                                                         {"audit", "the audit does not match its hash"},
                                                         {"journal_hash", "the journal does not match its hash"},
                                                         {"audit_hash", "the audit does not match its hash"},
                                                         {"chain", "the record does not match its link of the chain"}};
  for (const auto& [column, detail] : columns) {
    const Sample clean;
    const int length = SQLite::Database(clean.path).execAndGet(fmt::format("SELECT length({}) FROM journal", column));
    for (int at = 1; at <= length; at += 7) {
      for (const int seq : {1, batches}) {
        const Sample sample;
        SQLite::Database database(sample.path, SQLite::OPEN_READWRITE);
        // SQL has no exclusive or on bytes: the byte is read, flipped here, and put back.
        SQLite::Statement read(database,
                               fmt::format("SELECT substr({}, {}, 1) FROM journal WHERE seq = {}", column, at, seq));
        BOOST_REQUIRE(read.executeStep());
        const int byte = *static_cast<const unsigned char*>(read.getColumn(0).getBlob()) ^ 0x10;
        read.reset();
        database.exec(
            fmt::format("UPDATE journal SET {0} = CAST(substr({0}, 1, {1} - 1) || x'{2:02x}' || "
                        "substr({0}, {1} + 1) AS BLOB) WHERE seq = {3}",
                        column, at, byte, seq));
        const Fault broken = sample.found();
        BOOST_TEST_REQUIRE(broken.code == FaultCode::chain_broken);
        BOOST_TEST((broken.args == std::vector<std::string>{"0-4096", std::to_string(seq), detail}));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(other_changes_are_found) {
  const std::tuple<const char*, const char*, const char*> changes[] = {
      {"UPDATE journal SET at = at + 1 WHERE seq = 3", "3", "the record does not match its link of the chain"},
      {"UPDATE journal SET chain = substr(chain, 1, 31) WHERE seq = 3", "3",
       "the record does not match its link of the chain"},
      {"DELETE FROM journal WHERE seq = 1", "1", "the record is missing; the next one is 2"},
      {"DELETE FROM journal WHERE seq = 2", "2", "the record is missing; the next one is 3"},
      {"DELETE FROM journal WHERE seq = 4", "4", "the record is missing; the head is at 4"},
      {"DELETE FROM journal", "1", "the record is missing; the head is at 4"},
      {"UPDATE range_head SET seq = 3", "4", "the record comes after the head, which is at 3"},
      {"UPDATE range_head SET chain = (SELECT chain FROM journal WHERE seq = 3)", "4",
       "the head does not match the chain's last link"},
      {"UPDATE range_head SET checkpoint = 5", "4", "the checkpoint, 5, lies after the head"},
      {"UPDATE journal SET range_first = 9 WHERE seq = 4", "4", "the record belongs to a range that does not exist"},
      {"DELETE FROM range_head", "0", "the range has no head"},
      // A whole record replaced with hashes that fit it: only the chain knows.
      {"UPDATE journal SET journal = (SELECT journal FROM journal WHERE seq = 2), journal_hash = (SELECT journal_hash "
       "FROM journal WHERE seq = 2) WHERE seq = 3",
       "3", "the record does not match its link of the chain"}};
  for (const auto& [sql, seq, detail] : changes) {
    const Sample sample;
    sample.tamper(sql);
    const Fault broken = sample.found();
    BOOST_TEST(broken.code == FaultCode::chain_broken, sql);
    BOOST_TEST((broken.args == std::vector<std::string>{"0-4096", seq, detail}), sql << ": " << describe(broken));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
