// What is old goes a row at a time; what anybody needs cannot.
#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

const ContactId ada{12, 5}, bob{13, 6};
constexpr std::int64_t day = 86'400'000;

Event event(ContactId who, const std::string& id, std::int64_t at) {
  return {who, id, {at}, 7, "", "salt", awkward(id)};
}

std::vector<std::int64_t> numbers(const OldRows& old) {
  std::vector<std::int64_t> out;
  for (const OldRow& row : old.rows) out.push_back(row.number);
  return out;
}

OldRows old(Store& store, Aging what, std::int64_t before, std::int64_t after = 0, std::size_t limit = 100) {
  return must(store.old_rows(what, {before}, after, limit));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prune)

BOOST_AUTO_TEST_CASE(an_event_goes_and_its_id_stays) {
  const Folder folder;
  {
    auto store = open(folder.file());
    must(store->claim());
    Batch first = batch(100);
    first.events = {event(ada, "a1", 10), event(bob, "b1", 20), event(ada, "a2", 90)};
    must(store->commit(first));
    // What the index does not have is not old, however old it is.
    BOOST_TEST(old(*store, Aging::event, 1'000).rows.empty());
    must(store->checkpoint(1, {}, "global"));
    const OldRows some = old(*store, Aging::event, 90);
    BOOST_REQUIRE(some.rows.size() == 2U);
    BOOST_TEST(!some.next.has_value());
    BOOST_TEST((some.rows[0].contact == ada));
    BOOST_TEST(some.rows[0].id == "a1");
    BOOST_TEST(some.rows[0].bytes > 0U);
    BOOST_TEST(!must(store->pruned_before()).has_value());

    Batch prune = batch(200);
    prune.prune = Pruning{.before = {90}, .events = numbers(some)};
    must(store->commit(prune));
    BOOST_TEST(must(store->pruned_before())->ms == 90);
    BOOST_TEST(!must(store->event(ada, "a1")).has_value());
    BOOST_TEST(must(store->events(ada)).size() == 1U);
    BOOST_TEST(must(store->knows_event(ada, "a1")));
    BOOST_TEST(!must(store->knows_event(ada, "b1")));
    BOOST_TEST(old(*store, Aging::event, 90).rows.empty());
    must(store->verify());
  }
  auto store = open(folder.file());
  must(store->claim());
  BOOST_TEST(must(store->knows_event(bob, "b1")));
  Batch forget = batch(300);
  forget.forget = {{bob, ""}};
  must(store->commit(forget));
  BOOST_TEST(!must(store->knows_event(bob, "b1")));
}

BOOST_AUTO_TEST_CASE(a_look_goes_on_where_the_last_one_ended) {
  auto store = open(":memory:");
  must(store->claim());
  Batch first = batch(100);
  for (int i = 0; i < 10; ++i) first.events.push_back(event(ada, "e" + std::to_string(i), i % 2 == 0 ? 10 : 90));
  must(store->commit(first));
  must(store->checkpoint(1, {}, "global"));
  std::size_t found = 0, looks = 0;
  for (std::optional<std::int64_t> after = 0; after; ++looks) {
    const OldRows some = old(*store, Aging::event, 50, *after, 3);
    found += some.rows.size();
    after = some.next;
  }
  BOOST_TEST(found == 5U);
  BOOST_TEST(looks == 4U);
}

BOOST_AUTO_TEST_CASE(only_what_is_done_with_leaves_the_outbox) {
  auto store = open(":memory:");
  must(store->claim());
  Batch fill = batch(100);
  using State = OutboxState;
  const std::vector<State> states{State::ready,  State::claimed, State::sent,    State::withheld,
                                  State::failed, State::asked,   State::settled, State::uncertain};
  for (const State state : states) {
    Outbox row = outbox_row("key" + std::to_string(static_cast<int>(state)), 50);
    row.state = state == State::asked || state == State::settled ? State::asked : State::ready;
    fill.fill.push_back(row);
    if (state != row.state) fill.move.push_back({row.key, state});
  }
  must(store->commit(fill));
  BOOST_TEST(old(*store, Aging::outbox, 50).rows.empty());
  const OldRows some = old(*store, Aging::outbox, 51);
  BOOST_TEST(some.rows.size() == 3U);
  BOOST_TEST(old(*store, Aging::outbox, 51, 0, 2).rows.size() == 2U);
  BOOST_TEST(old(*store, Aging::outbox, 51, 0, 2).next.has_value());
  // Whatever is asked: a row that is needed does not go, and then nothing of the batch is so.
  Batch wrong = batch(200);
  wrong.prune = Pruning{.before = {51}, .outbox = {1, 2, 3}};
  BOOST_TEST(fault_of(store->commit(wrong)).code == FaultCode::store_failed);
  BOOST_TEST(must(store->head()).seq == 1U);
  Batch prune = batch(200);
  prune.prune = Pruning{.before = {51}, .outbox = numbers(some)};
  must(store->commit(prune));
  const auto counts = must(store->outbox_counts());
  BOOST_TEST(counts.size() == 5U);
  for (const State gone : {State::sent, State::withheld, State::settled}) BOOST_TEST(!counts.contains(gone));
}

BOOST_AUTO_TEST_CASE(the_journal_goes_up_to_the_checkpoint_and_the_chain_holds) {
  auto store = open(":memory:");
  must(store->claim());
  for (int i = 1; i <= 6; ++i) must(store->commit(batch(i * 10)));
  BOOST_TEST(old(*store, Aging::journal, 1'000).rows.empty());
  must(store->checkpoint(4, {}, "global"));
  BOOST_TEST((numbers(old(*store, Aging::journal, 1'000)) == std::vector<std::int64_t>{1, 2, 3, 4}));
  BOOST_TEST((numbers(old(*store, Aging::journal, 30)) == std::vector<std::int64_t>{1, 2}));
  Batch wrong = batch(100);
  wrong.prune = Pruning{.before = {1'000}, .journal = {4, 5}};
  BOOST_TEST(fault_of(store->commit(wrong)).code == FaultCode::store_failed);
  Batch prune = batch(100);
  prune.prune = Pruning{.before = {30}, .journal = {1, 2}};
  must(store->commit(prune));
  BOOST_TEST((numbers(old(*store, Aging::journal, 1'000)) == std::vector<std::int64_t>{3, 4}));
  const auto all = records_after(*store, 0);
  BOOST_REQUIRE(all.size() == 7U);
  BOOST_TEST(all[1].journal == "");
  BOOST_TEST(all[1].audit == "audit");
  BOOST_TEST(all[2].journal == "journal");
  BOOST_TEST(must(store->verify()).seq == 7U);
}

BOOST_AUTO_TEST_CASE(what_was_set_aside_is_as_old_as_the_day_that_found_it) {
  auto store = open(":memory:");
  must(store->claim());
  const auto aside = [&](const std::string& raw) { must(store->post({}, {{"file.csv", 1, "why", raw}})); };
  aside("one");
  aside("two");
  must(store->commit(batch(day)));
  aside("three");
  must(store->commit(batch(day + 5)));  // the same day: nothing is written down
  BOOST_TEST(old(*store, Aging::rejected, day).rows.empty());
  BOOST_TEST(old(*store, Aging::rejected, day + 10).rows.size() == 2U);
  must(store->commit(batch(3 * day)));
  BOOST_TEST(old(*store, Aging::rejected, 3 * day).rows.size() == 2U);
  BOOST_TEST(old(*store, Aging::rejected, 3 * day + 1).rows.size() == 3U);
  Batch prune = batch(3 * day + 10);
  prune.prune = Pruning{.before = {3 * day + 1}, .rejected = numbers(old(*store, Aging::rejected, 3 * day + 1))};
  must(store->commit(prune));
  BOOST_TEST(must(store->rejected(10)).empty());
  // Its number is given again, and it is young.
  aside("four");
  BOOST_TEST(old(*store, Aging::rejected, 3 * day + 1).rows.empty());
  must(store->commit(batch(4 * day + 11)));
  BOOST_TEST(old(*store, Aging::rejected, 4 * day + 12).rows.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
