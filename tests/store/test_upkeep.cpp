// Copies of a store while it is in use, and giving back space.
#include <SQLiteCpp/Database.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "runtime/store/upkeep.hpp"
#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

namespace fs = std::filesystem;

/// How many files lie in the folder of this one.
std::ptrdiff_t files_beside(const std::string& path) {
  return std::distance(fs::directory_iterator(fs::path(path).parent_path()), fs::directory_iterator());
}

void execute(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(sql);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(upkeep)

BOOST_AUTO_TEST_CASE(a_copy_has_what_was_committed_and_stands_alone) {
  const Folder folder, elsewhere;
  auto store = open(folder.file());
  must(store->claim());
  Batch first = batch(1);
  first.fill = {outbox_row("a", 1)};
  must(store->commit(first));
  const Head head = must(store->commit(batch(2)));
  BOOST_TEST(must(backup_sqlite(folder.file(), elsewhere.file())) == head);
  BOOST_TEST(files_beside(elsewhere.file()) == 1);
  must(store->commit(batch(3)));  // the owner goes on
  auto copy = open(elsewhere.file(), Access::existing);
  BOOST_TEST(must(copy->verify()) == head);
  BOOST_TEST(must(copy->outbox("a"))->payload == awkward("payload"));
  must(copy->claim());
  must(copy->commit(batch(4)));  // and so may who takes the copy
}

BOOST_AUTO_TEST_CASE(a_copy_beside_a_busy_owner_is_whole) {
  const Folder folder;
  auto store = open(folder.file());
  must(store->claim());
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> done{0};
  std::thread owner([&] {
    for (std::int64_t at = 1; !stop; ++at) {
      Batch some = batch(at, std::string(20'000, 'j'));
      some.fill = {outbox_row("key" + std::to_string(at), at)};
      if (!store->commit(some)) return;
      ++done;
    }
  });
  std::uint64_t before = 0;
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t committed = done;
    const std::string name = folder.file("copy" + std::to_string(i) + ".db");
    const Result<Head> head = backup_sqlite(folder.file(), name);
    BOOST_REQUIRE_MESSAGE(head, (head ? "" : describe(head.error())));
    BOOST_TEST(head->seq >= std::max(before, committed));
    BOOST_TEST(must(open(name, Access::read)->outbox_counts())[OutboxState::ready] == head->seq);
    before = head->seq;
    while (done == committed) std::this_thread::yield();
  }
  stop = true;
  owner.join();
}

BOOST_AUTO_TEST_CASE(what_is_there_is_not_overwritten) {
  const Folder folder, elsewhere;
  auto store = open(folder.file());
  std::ofstream(elsewhere.file()) << "mine";
  BOOST_TEST(fault_of(backup_sqlite(folder.file(), elsewhere.file())).code == FaultCode::file_unwritable);
  std::string text;
  std::getline(std::ifstream(elsewhere.file()), text);
  BOOST_TEST(text == "mine");
  BOOST_TEST(fault_of(backup_sqlite(folder.file(), folder.file())).code == FaultCode::file_unwritable);
  BOOST_TEST(fault_of(backup_sqlite(folder.file(), elsewhere.file("no/copy.db"))).code == FaultCode::file_unwritable);
  BOOST_TEST(fault_of(backup_sqlite(folder.file("none.db"), elsewhere.file("copy.db"))).code == FaultCode::store_open);
  BOOST_TEST(fault_of(backup_sqlite(elsewhere.file(), elsewhere.file("copy.db"))).code == FaultCode::store_open);
  BOOST_TEST(files_beside(elsewhere.file()) == 1);
}

BOOST_AUTO_TEST_CASE(a_copy_whose_chain_does_not_hold_is_not_kept) {
  const Folder folder, elsewhere;
  {
    auto store = open(folder.file());
    must(store->claim());
    must(store->commit(batch(1)));
    must(store->commit(batch(2)));
  }
  execute(folder.file(), "UPDATE journal SET audit = x'00' WHERE seq = 1");
  const Fault broken = fault_of(backup_sqlite(folder.file(), elsewhere.file()));
  BOOST_TEST(broken.code == FaultCode::chain_broken);
  BOOST_TEST(fs::is_empty(fs::path(elsewhere.file()).parent_path()));
}

BOOST_AUTO_TEST_CASE(space_is_given_back_and_nothing_else_changes) {
  const Folder folder;
  Head head;
  {
    auto store = open(folder.file());
    must(store->claim());
    Batch big = batch(1);
    for (int i = 0; i < 200; ++i) {
      big.fill.push_back(outbox_row("key" + std::to_string(i), i));
      big.fill.back().payload = std::string(10'000, 'p');
      big.move.push_back({"key" + std::to_string(i), OutboxState::sent});
    }
    head = must(store->commit(big));
  }
  const Vacuumed done = must(vacuum_sqlite(folder.file()));
  BOOST_TEST(done.before > 2'000'000U);
  BOOST_TEST(done.after < 200'000U);
  BOOST_TEST(fs::file_size(folder.file()) == done.after);
  auto store = open(folder.file(), Access::existing);
  BOOST_TEST(must(store->verify()) == head);
  BOOST_TEST(must(store->outbox_counts())[OutboxState::sent] == 200U);
}

BOOST_AUTO_TEST_CASE(an_owned_store_is_not_vacuumed) {
  const Folder folder;
  {
    auto store = open(folder.file());
    must(store->claim());
    BOOST_TEST(fault_of(vacuum_sqlite(folder.file())).code == FaultCode::store_locked);
  }
  must(vacuum_sqlite(folder.file()));
  BOOST_TEST(fault_of(vacuum_sqlite(folder.file("none.db"))).code == FaultCode::store_open);
  BOOST_TEST(!fs::exists(folder.file("none.db.lock")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
