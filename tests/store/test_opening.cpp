// Opening: what is made, what is refused and in which words, and that nothing is written to files that are not ours.
#include <SQLiteCpp/Database.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run_sql(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(opening)

BOOST_AUTO_TEST_CASE(a_page_cache_is_a_number_of_mib) {
  const Folder folder;
  open(folder.file(), Access::create);
  for (const char* wrong : {"x", "8 MiB", "0", "-4", "70000", "99999999999"}) {
    ::setenv("FAIRLEAD_PAGE_CACHE_MIB", wrong, 1);
    BOOST_TEST(fault_of(open_sqlite(folder.file(), Access::existing)).args.at(1) ==
               "FAIRLEAD_PAGE_CACHE_MIB is `" + std::string(wrong) + "`; it is a number of MiB from 1 to 65536");
  }
  for (const char* right : {"8", ""}) {
    ::setenv("FAIRLEAD_PAGE_CACHE_MIB", right, 1);
    open(folder.file(), Access::existing);
  }
  ::unsetenv("FAIRLEAD_PAGE_CACHE_MIB");
}

BOOST_AUTO_TEST_CASE(a_missing_store_is_only_made_when_asked) {
  const Folder folder;
  for (const Access access : {Access::existing, Access::read}) {
    const Fault missing = fault_of(open_sqlite(folder.file(), access));
    BOOST_TEST(missing.code == FaultCode::store_open);
    BOOST_TEST(missing.args.at(1) ==
               "there is no store at " + folder.file() + "; `fairlead import` or `run` makes one");
    BOOST_TEST(!std::filesystem::exists(folder.file()));
  }
  open(folder.file(), Access::create);
  open(folder.file(), Access::existing);
  open(folder.file(), Access::read);
  BOOST_TEST(fault_of(open_sqlite(folder.file("no/such/folder.db"), Access::create)).code == FaultCode::store_open);
  BOOST_TEST(fault_of(open_sqlite("", Access::create)).code == FaultCode::store_open);
}

BOOST_AUTO_TEST_CASE(a_newer_store_is_refused) {
  const Folder folder;
  open(folder.file());
  run_sql(folder.file(), "PRAGMA user_version = 7");
  for (const Access access : {Access::create, Access::existing, Access::read}) {
    const Fault newer = fault_of(open_sqlite(folder.file(), access));
    BOOST_TEST(newer.code == FaultCode::store_newer);
    BOOST_TEST((newer.args == std::vector<std::string>{folder.file(), "7", std::to_string(format_version)}));
  }
}

BOOST_AUTO_TEST_CASE(an_older_store_is_raised_by_who_runs_on_it_and_by_nobody_else) {
  const Folder folder;
  {
    const auto store = open(folder.file());
    must(store->claim());
    Batch batch;
    batch.at = {1'000};
    batch.fill.push_back({"key", {1, 2}, "email", "{}", "origin", 1, {1'000}, {1'000}, OutboxState::ready, 0});
    must(store->commit(batch));
    must(store->checkpoint(1, {{{1, 2}, Instant{5}, "a"}, {{1, 3}, Instant{6'000'000}, "b"}}, ""));
  }
  // As format 2 had it.
  run_sql(
      folder.file(),
      "DROP INDEX outbox_by_time; ALTER TABLE outbox DROP COLUMN not_before; ALTER TABLE outbox DROP COLUMN waits; "
      "CREATE INDEX outbox_by_state ON outbox (state, filled_at, number); DROP TABLE event; DROP TABLE event_index; "
      "CREATE TABLE event (part INTEGER NOT NULL, id INTEGER NOT NULL, event_id TEXT NOT NULL, at INTEGER NOT NULL, "
      "type INTEGER NOT NULL, content TEXT NOT NULL, salt BLOB NOT NULL, data BLOB NOT NULL, "
      "PRIMARY KEY (part, id, event_id)) STRICT, WITHOUT ROWID; "
      "INSERT INTO event VALUES (1, 2, 'e1', 7, 9, '', x'', x'05'); DROP TABLE timer_slot; DROP TABLE timer_run; "
      "CREATE TABLE timer (due INTEGER NOT NULL, part INTEGER NOT NULL, id INTEGER NOT NULL, "
      "PRIMARY KEY (due, part, id)) STRICT, WITHOUT ROWID; INSERT INTO timer SELECT due, part, id FROM cell; "
      "DROP TABLE record_row; "
      "PRAGMA user_version = 2");
  {
    const auto store = open(folder.file(), Access::read);
    must(store->verify());
    const Fault older = fault_of(store->outbox(OutboxState::ready, 10));
    BOOST_TEST(older.args.at(1) == "its format version is 2; `fairlead run` raises it to 5");
  }
  must(open(folder.file(), Access::existing)->post({{0, {1}, InboxKind::event, "x"}}, {}));
  const auto store = open(folder.file(), Access::create);
  const auto rows = must(store->outbox_due({1'000}, 10));
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0].not_before.ms == 1'000);
  BOOST_TEST(must(store->inbox({10}, 10)).size() == 1U);
  const auto event = must(store->event({1, 2}, "e1"));
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST(event->data == "\x05");
  BOOST_TEST(
      (must(store->timers({0}, {10'000'000}, 10)).timers == std::vector<Timer>{{{5}, {1, 2}}, {{6'000'000}, {1, 3}}}));
  BOOST_TEST((must(store->next_timer({6})) == Instant{6'000'000}));
  open(folder.file(), Access::create);
}

BOOST_AUTO_TEST_CASE(a_store_of_format_4_gets_its_table_of_rows) {
  const Folder folder;
  {
    const auto store = open(folder.file());
    must(store->claim());
    Batch batch;
    batch.at = {1'000};
    batch.fill.push_back({"key", {1, 2}, "email", "{}", "origin", 1, {1'000}, {1'000}, OutboxState::ready, 0});
    must(store->commit(batch));
    must(store->checkpoint(1, {{{1, 2}, Instant{5}, "a"}}, ""));
  }
  run_sql(folder.file(), "DROP TABLE record_row; PRAGMA user_version = 4");
  // Who only looks sees none, and leaves it as it is.
  BOOST_TEST(must(open(folder.file(), Access::read)->row_counts()).empty());
  BOOST_TEST(must(open(folder.file(), Access::existing)->row_counts()).empty());
  const auto store = open(folder.file(), Access::create);
  BOOST_TEST(must(store->row_counts()).empty());
  BOOST_TEST(must(store->outbox_due({1'000}, 10)).size() == 1U);
  BOOST_TEST((must(store->timers({0}, {10}, 10)).timers == std::vector<Timer>{{{5}, {1, 2}}}));
  must(store->claim());
  Batch batch;
  batch.at = {2'000};
  batch.rows.push_back({7, "k", "v"});
  must(store->commit(batch));
  BOOST_TEST(must(store->row(7, "k"))->data == "v");
  must(store->verify());
}

BOOST_AUTO_TEST_CASE(what_is_not_ours_is_refused_and_left_as_it_is) {
  const Folder folder;
  run_sql(folder.file("other.db"), "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  run_sql(folder.file("versioned.db"), "PRAGMA user_version = 1");
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  for (const auto* name : {"other.db", "versioned.db", "text.db"}) {
    const std::string before = content(folder.file(name));
    for (const Access access : {Access::create, Access::existing, Access::read}) {
      const Fault foreign = fault_of(open_sqlite(folder.file(name), access));
      BOOST_TEST(foreign.code == FaultCode::store_open);
      BOOST_TEST(foreign.args.at(1).ends_with("is not a Fairlead store"));
    }
    BOOST_TEST((content(folder.file(name)) == before));
  }
  // An empty file is what a crash right after its creation leaves: it may become a store, but is none yet.
  std::ofstream(folder.file("empty.db")).close();
  BOOST_TEST(fault_of(open_sqlite(folder.file("empty.db"), Access::existing)).code == FaultCode::store_open);
  must(open(folder.file("empty.db"))->claim());
}

BOOST_AUTO_TEST_CASE(many_processes_may_open_a_new_store_at_once) {
  const Folder folder;
  constexpr int processes = 6;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      auto store = open_sqlite(folder.file(), Access::create);
      if (!store) {
        std::fprintf(stderr, "%s\n", describe(store.error()).c_str());
        ::_exit(1);
      }
      ::_exit((*store)->post({inbox_row(1, "hello")}, {}) ? 0 : 2);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
  }
  BOOST_TEST(must(open(folder.file())->inbox({1}, 100)).size() == std::size_t{processes});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
