// What the world does to a store: processes killed at any moment, and a disk that fills up.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

/// No file may grow beyond `bytes` while this lives: to SQLite it looks like a disk that takes no more.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &former_) == 0);
    const rlimit limit{bytes, former_.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit former_{};
  void (*former_handler_)(int) = SIG_DFL;
};

constexpr ContactId counter{1, 1};

/// Batch n: adds to outbox, persons and events one row each called n, consumes the inbox row of batch n-1 and posts
/// its own. Every third batch is followed by a checkpoint whose cell says n.
Result<void> step(Store& store, std::uint64_t n) {
  Batch next = batch(static_cast<std::int64_t>(n), std::string(3000, 'j'), "audit");
  const std::string name = std::to_string(n);
  next.fill = {outbox_row(name, 1)};
  next.persons = {{{2, n}, "salt", name}};
  next.events = {{counter, name, {1}, 1, "", "", ""}};
  auto waiting = store.inbox({1}, 10);
  if (!waiting) return tl::unexpected(waiting.error());
  for (const Inbox& row : *waiting) next.consumed.push_back(row.id);
  next.post = {inbox_row(1, name)};
  auto head = store.commit(next);
  if (!head) return tl::unexpected(head.error());
  if (n % 3 != 0) return {};
  return store.checkpoint(n, {{counter, Instant{static_cast<std::int64_t>(n)}, name}}, name);
}

[[noreturn]] void commit_for_ever(const std::string& path) {
  auto store = open_sqlite(path, Access::create);
  if (!store) ::_exit(1);
  auto head = (*store)->claim();
  if (!head) ::_exit(2);
  for (std::uint64_t n = head->seq + 1;; ++n) {
    if (!step(**store, n)) ::_exit(3);
  }
}

/// Everything in the store is what exactly `head.seq` steps leave behind.
void require_consistent(Store& store, const Head& head) {
  BOOST_REQUIRE(must(store.outbox(OutboxState::ready, 1'000'000)).size() == head.seq);
  BOOST_REQUIRE(must(store.events(counter)).size() == head.seq);
  std::uint64_t persons = 0;
  must(store.contacts([&](const Person&) -> Result<void> {
    ++persons;
    return {};
  }));
  BOOST_REQUIRE(persons == head.seq);
  BOOST_REQUIRE(records_after(store, 0).size() == head.seq);
  const auto inbox = must(store.inbox({1}, 10));
  BOOST_REQUIRE(inbox.size() == (head.seq == 0 ? 0U : 1U));
  if (head.seq > 0) BOOST_REQUIRE(inbox[0].body == std::to_string(head.seq));

  const auto cell = must(store.cell(counter));
  BOOST_REQUIRE(cell.has_value() == (head.checkpoint > 0));
  if (!cell) return;
  BOOST_REQUIRE(head.checkpoint % 3 == 0);
  BOOST_REQUIRE(head.checkpoint <= head.seq);
  const Instant due{static_cast<std::int64_t>(head.checkpoint)};
  BOOST_REQUIRE(cell->state == std::to_string(head.checkpoint));
  const std::vector<Timer> timers = must(store.timers({0}, {1'000'000'000}, 10)).timers;
  BOOST_REQUIRE(std::ranges::find(timers, Timer{due, counter}) != timers.end());
  BOOST_REQUIRE(must(store.global()) == std::to_string(head.checkpoint));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crash)

BOOST_AUTO_TEST_CASE(killed_at_any_moment_the_store_is_whole) {
  const Folder folder;
  std::mt19937 dice(20261123);
  std::uint64_t last = 0;
  for (int kill = 0; kill < 20; ++kill) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) commit_for_ever(folder.file());
    // The first deaths come while the store is being made.
    const unsigned most_us = kill < 5 ? 5'000 : 60'000;
    std::this_thread::sleep_for(std::chrono::microseconds(dice() % most_us));
    ::kill(child, SIGKILL);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status), "the child ended by itself with " << WEXITSTATUS(status));

    auto store = open(folder.file());
    must(store->claim());  // the dead owner's lock is gone
    const Head head = must(store->verify());
    BOOST_REQUIRE(head == must(store->head()));
    BOOST_REQUIRE(head.seq >= last);
    last = head.seq;
    require_consistent(*store, head);
  }
  BOOST_TEST(last > 20U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_nothing_and_the_store_goes_on_afterwards) {
  const Folder folder;
  auto store = open(folder.file());
  must(store->claim());
  std::uint64_t n = 0;
  while (n < 6) must(step(*store, ++n));
  Head before = must(store->head());
  {
    const FileSizeLimit limit(1'000'000);
    Fault full{};
    for (;;) {
      const auto done = step(*store, n + 1);
      if (!done) {
        full = done.error();
        break;
      }
      before = must(store->head());
      ++n;
      BOOST_REQUIRE(n < 10'000U);
    }
    BOOST_TEST(full.code == FaultCode::store_full, describe(full));
    BOOST_TEST(full.args.at(0) == folder.file());

    // Still full: whatever writes is refused in the same way, and whatever reads works.
    before = must(store->head());
    const std::string large(1'200'000, 'x');
    BOOST_TEST(fault_of(store->commit(batch(1, large))).code == FaultCode::store_full);
    BOOST_TEST(fault_of(store->checkpoint(before.seq, {{counter, Instant{5}, large}}, "")).code ==
               FaultCode::store_full);
    BOOST_TEST(fault_of(store->post({inbox_row(1, large)}, {})).code == FaultCode::store_full);
    BOOST_TEST(must(store->head()) == before);
    must(store->verify());
    require_consistent(*store, before);
  }
  for (int i = 0; i < 6; ++i) must(step(*store, must(store->head()).seq + 1));
  const Head after = must(store->verify());
  BOOST_TEST(after.seq == before.seq + 6);
  require_consistent(*store, after);
  store.reset();
  BOOST_TEST(must(open(folder.file())->verify()) == after);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
