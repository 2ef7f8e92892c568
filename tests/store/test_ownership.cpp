// One owner: the lock keeps a second one out, the fence stops one that was replaced, and a batch is whole or nothing.
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

/// Runs `body` in a child process and gives its exit code.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) ::_exit(body());
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ownership)

BOOST_AUTO_TEST_CASE(claims_raise_the_epoch_and_keep_the_rest) {
  const Folder folder;
  Head left;
  {
    auto store = open(folder.file());
    BOOST_TEST(must(store->claim()).epoch == 1U);
    left = must(store->commit(batch(1)));
    BOOST_TEST(left.seq == 1U);
    BOOST_TEST(must(store->head()) == left);
  }
  auto store = open(folder.file());
  BOOST_TEST(must(store->head()) == left);
  left.epoch = 2;
  BOOST_TEST(must(store->claim()) == left);
  BOOST_TEST(must(store->commit(batch(2))).seq == 2U);
  BOOST_TEST(must(store->claim()).epoch == 3U);  // once more by the same owner
  BOOST_TEST(must(store->commit(batch(3))).seq == 3U);
  BOOST_TEST(must(store->verify()) == must(store->head()));
}

BOOST_AUTO_TEST_CASE(a_second_claim_is_refused_until_the_owner_ends) {
  const Folder folder;
  auto owner = open(folder.file());
  must(owner->claim());
  auto second = open(folder.file());
  const Fault refused = fault_of(second->claim());
  BOOST_TEST(refused.code == FaultCode::store_locked);
  BOOST_TEST(refused.args.at(0) == folder.file());
  BOOST_TEST(fault_of(second->commit(batch(1))).code == FaultCode::store_fenced);

  std::filesystem::create_symlink(folder.file(), folder.file("alias.db"));
  BOOST_TEST(fault_of(open(folder.file("alias.db"))->claim()).code == FaultCode::store_locked);

  const int in_another_process = in_child([&] {
    auto store = open_sqlite(folder.file(), Access::existing, Durability::none);
    if (!store) return 1;
    const auto claimed = (*store)->claim();
    return !claimed && claimed.error().code == FaultCode::store_locked ? 0 : 2;
  });
  BOOST_TEST(in_another_process == 0);

  must(owner->commit(batch(1)));
  owner.reset();
  BOOST_TEST(must(second->claim()).seq == 1U);
}

BOOST_AUTO_TEST_CASE(two_stores_in_memory_are_two_stores) {
  auto a = open(":memory:");
  auto b = open(":memory:");
  must(a->claim());
  must(b->claim());
  must(a->commit(batch(1)));
  BOOST_TEST(must(b->head()).seq == 0U);
  BOOST_TEST(!std::filesystem::exists(":memory:.lock"));
}

BOOST_AUTO_TEST_CASE(a_replaced_owner_is_fenced) {
  const Folder folder;
  auto old_owner = open(folder.file());
  must(old_owner->claim());
  must(old_owner->commit(batch(1)));
  // Someone who removes the lock file takes the lock away without the owner's knowledge. The fence still holds.
  std::filesystem::remove(folder.file() + ".lock");
  auto new_owner = open(folder.file());
  BOOST_TEST(must(new_owner->claim()).epoch == 2U);

  Batch late = batch(2);
  late.persons = {{{1, 1}, "salt", "late"}};
  const Fault fenced = fault_of(old_owner->commit(late));
  BOOST_TEST(fenced.code == FaultCode::store_fenced);
  BOOST_TEST(fenced.args.at(0) == folder.file());
  BOOST_TEST(fault_of(old_owner->checkpoint(1, {{{1, 1}, std::nullopt, "late"}}, "")).code == FaultCode::store_fenced);
  BOOST_TEST(!must(new_owner->person({1, 1})).has_value());
  BOOST_TEST(!must(new_owner->cell({1, 1})).has_value());
  BOOST_TEST(must(new_owner->commit(batch(2))).seq == 2U);
  BOOST_TEST(must(new_owner->verify()).seq == 2U);
}

BOOST_AUTO_TEST_CASE(a_commit_without_a_claim_is_fenced) {
  auto store = open(":memory:");
  BOOST_TEST(fault_of(store->commit(batch(1))).code == FaultCode::store_fenced);
}

BOOST_AUTO_TEST_CASE(a_batch_is_whole_or_nothing) {
  auto store = open(":memory:");
  must(store->claim());
  must(store->post({inbox_row(1, "one")}, {}));
  const auto inbox = must(store->inbox({1}, 1)).at(0);
  Batch good = batch(1);
  good.consumed = {inbox.id};
  must(store->commit(good));
  const Head before = must(store->head());

  Batch twice = batch(2);
  twice.fill = {outbox_row("key", 1)};
  twice.persons = {{{1, 1}, "salt", "data"}};
  twice.events = {{{1, 1}, "event", {1}, 1, "", "", ""}};
  twice.post = {inbox_row(1, "own")};
  twice.consumed = {inbox.id};  // its effect is in the batch before
  BOOST_TEST(fault_of(store->commit(twice)).code == FaultCode::store_failed);
  Batch lost = batch(2);
  lost.persons = {{{1, 1}, "salt", "data"}};
  lost.move = {{"no such key", OutboxState::sent}};
  BOOST_TEST(fault_of(store->commit(lost)).code == FaultCode::store_failed);

  BOOST_TEST(must(store->head()) == before);
  BOOST_TEST(records_after(*store, 0).size() == 1U);
  BOOST_TEST(!must(store->outbox("key")).has_value());
  BOOST_TEST(!must(store->person({1, 1})).has_value());
  BOOST_TEST(!must(store->event({1, 1}, "event")).has_value());
  BOOST_TEST(!must(store->next_inbox()).has_value());
  BOOST_TEST(must(store->commit(batch(2))).seq == 2U);
  must(store->verify());
}

// Appending needs no claim, and neither side waits for long: the owner commits without a pause.
BOOST_AUTO_TEST_CASE(other_processes_post_while_the_owner_commits) {
  const Folder folder;
  auto owner = must(open_sqlite(folder.file(), Access::create));
  must(owner->claim());
  constexpr int posts = 50;
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    auto store = open_sqlite(folder.file(), Access::existing);
    if (!store) ::_exit(1);
    for (int i = 0; i < posts; ++i) {
      if (!(*store)->post({inbox_row(1, std::to_string(i))}, {})) ::_exit(2);
    }
    ::_exit(0);
  }
  int consumed = 0;
  while (consumed < posts) {
    Batch next = batch(1, std::string(10'000, 'j'));
    for (const Inbox& row : must(owner->inbox({1}, 100))) {
      BOOST_REQUIRE(row.body == std::to_string(consumed));
      ++consumed;
      next.consumed.push_back(row.id);
    }
    must(owner->commit(next));
    if (::waitpid(child, nullptr, WNOHANG) != 0 && must(owner->inbox({1}, 1)).empty()) break;
  }
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(consumed == posts);
  must(owner->verify());
}

BOOST_AUTO_TEST_CASE(reading_while_the_owner_writes) {
  const Folder folder;
  auto owner = open(folder.file());
  must(owner->claim());
  auto reader = open(folder.file(), Access::read);
  for (int i = 1; i <= 50; ++i) {
    Batch next = batch(i);
    next.persons = {{{1, static_cast<std::uint64_t>(i)}, "salt", "data"}};
    must(owner->commit(next));
    BOOST_REQUIRE(must(reader->head()).seq == static_cast<std::uint64_t>(i));
    BOOST_REQUIRE(must(reader->person({1, static_cast<std::uint64_t>(i)})).has_value());
    // Here the owner commits in the middle of the reader's list.
    std::uint64_t seen = 0;
    must(reader->records(0, [&](const Record& record) -> Result<void> {
      if (record.seq == 1) must(owner->post({inbox_row(1, "meanwhile")}, {}));
      seen = record.seq;
      return {};
    }));
    BOOST_REQUIRE(seen == static_cast<std::uint64_t>(i));
  }
  BOOST_TEST(must(reader->verify()).seq == 50U);
  BOOST_TEST(fault_of(reader->post({inbox_row(1, "x")}, {})).code == FaultCode::store_failed);
  BOOST_TEST(fault_of(reader->set_note("a", "b")).code == FaultCode::store_failed);
  owner.reset();
  BOOST_TEST(fault_of(reader->claim()).code == FaultCode::store_failed);
  must(open(folder.file())->claim());  // the failed claim left no lock behind
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
