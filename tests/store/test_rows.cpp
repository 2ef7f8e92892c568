// Every kind of row comes back as it went in, and lists come in the order that store.hpp promises.
#include <algorithm>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

BOOST_AUTO_TEST_SUITE(rows)

BOOST_AUTO_TEST_CASE(persons_and_their_keys) {
  auto store = open(":memory:");
  must(store->claim());
  const ContactId ada{12, 5};
  Batch first = batch(1);
  first.persons = {{ada, awkward("salt"), awkward("data")}};
  first.keys = {{sha256("ada@example.org"), ada}};
  must(store->commit(first));

  const auto person = must(store->person(ada));
  BOOST_REQUIRE(person.has_value());
  BOOST_TEST((person->id == ada));
  BOOST_TEST(person->salt == awkward("salt"));
  BOOST_TEST(person->data == awkward("data"));
  BOOST_TEST((must(store->find(sha256("ada@example.org"))) == ada));
  BOOST_TEST(!must(store->find(sha256("bob@example.org"))).has_value());
  BOOST_TEST(!must(store->person({12, 6})).has_value());
  BOOST_TEST(!must(store->person({13, 5})).has_value());

  // Erasing writes empty values over them; a key may come to mean another contact.
  Batch second = batch(2);
  second.persons = {{ada, "", ""}};
  second.keys = {{sha256("ada@example.org"), {12, 6}}};
  must(store->commit(second));
  BOOST_TEST(must(store->person(ada))->salt.empty());
  BOOST_TEST(must(store->person(ada))->data.empty());
  BOOST_TEST((must(store->find(sha256("ada@example.org"))) == ContactId{12, 6}));
}

BOOST_AUTO_TEST_CASE(contacts_come_in_key_order_and_the_store_stays_usable_meanwhile) {
  auto store = open(":memory:");
  must(store->claim());
  std::vector<ContactId> expected;
  Batch all = batch(1);
  for (std::uint16_t i = 0; i < 600; ++i) {
    const ContactId id{static_cast<std::uint16_t>((i * 7919U) % partitions), i % 3U};
    expected.push_back(id);
    all.persons.push_back({id, "s", std::to_string(i)});
  }
  must(store->commit(all));
  std::ranges::sort(expected);

  std::vector<ContactId> seen;
  must(store->contacts([&](const Person& person) -> Result<void> {
    seen.push_back(person.id);
    BOOST_REQUIRE(must(store->person(person.id)).has_value());
    return {};
  }));
  BOOST_TEST((seen == expected));

  seen.clear();
  const auto stopped = store->contacts([&](const Person& person) -> Result<void> {
    seen.push_back(person.id);
    return fault(FaultCode::bad_input, "enough");
  });
  BOOST_TEST(fault_of(stopped).code == FaultCode::bad_input);
  BOOST_TEST(seen.size() == 1U);
}

// Whoever asks finds the same, be it before the index is written or after, the owner or somebody beside it.
void require_events(Store& store, ContactId ada) {
  const auto events = must(store.events(ada));
  BOOST_REQUIRE(events.size() == 2U);
  BOOST_TEST(events[0].id == awkward("a"));
  BOOST_TEST(events[1].id == "b");
  BOOST_TEST((events[1].contact == ada));
  BOOST_TEST(events[1].at == Instant{20});
  BOOST_TEST(events[1].type == 7U);
  BOOST_TEST(events[1].content == "offer");
  BOOST_TEST(events[1].salt == "salt");
  BOOST_TEST(events[1].data == awkward("late"));

  BOOST_TEST(must(store.event(ada, awkward("a")))->data == "early");
  BOOST_TEST(must(store.event({1, 2}, "b"))->type == 9U);
  BOOST_TEST(!must(store.event(ada, "c")).has_value());
  BOOST_TEST(must(store.events({2, 1})).empty());
}

BOOST_AUTO_TEST_CASE(events_oldest_first_wherever_they_lie) {
  const Folder folder;
  auto store = open(folder.file());
  must(store->claim());
  const ContactId ada{1, 1};
  Batch first = batch(1);
  first.events = {{ada, "b", {20}, 7, "offer", "salt", awkward("late")},
                  {ada, awkward("a"), {10}, 8, "", "salt", "early"},
                  {{1, 2}, "b", {5}, 9, "", "", "another contact's"}};
  must(store->commit(first));
  require_events(*store, ada);
  require_events(*open(folder.file(), Access::read), ada);
  // As after a crash: the next owner finds them too.
  store = open(folder.file());
  must(store->claim());
  require_events(*store, ada);
  must(store->checkpoint(1, {}, ""));
  require_events(*store, ada);
  require_events(*open(folder.file(), Access::read), ada);

  // Half of them in the index, half not; then nothing is left of who is forgotten.
  Batch more = batch(2);
  more.events = {{ada, "c", {30}, 7, "", "salt", "newest"}, {{1, 2}, "c", {6}, 9, "", "", "another contact's"}};
  must(store->commit(more));
  BOOST_TEST(must(store->events(ada)).size() == 3U);
  BOOST_TEST(must(open(folder.file(), Access::read)->events(ada)).size() == 3U);
  Batch forget = batch(3);
  forget.events = {{ada, "d", {40}, 7, "", "salt", "of the same batch"}};
  forget.forget = {{ada, ""}};
  must(store->commit(forget));
  for (const bool checkpoint : {false, true}) {
    if (checkpoint) must(store->checkpoint(3, {}, ""));
    BOOST_TEST(must(store->events(ada)).empty());
    BOOST_TEST(must(open(folder.file(), Access::read)->events(ada)).empty());
    BOOST_TEST(!must(store->event(ada, "b")).has_value());
    BOOST_TEST(must(store->events({1, 2})).size() == 2U);
  }

  // What comes after an erasure takes no number that the index has passed: it would be lost to who comes after a crash.
  Batch later = batch(4);
  later.forget = {{{1, 2}, ""}};
  must(store->commit(later));
  Batch fresh = batch(5);
  fresh.events = {{{1, 3}, "a", {50}, 7, "", "salt", "new"}};
  must(store->commit(fresh));
  store = open(folder.file());
  must(store->claim());
  BOOST_TEST(must(store->event({1, 3}, "a")).has_value());
}

BOOST_AUTO_TEST_CASE(inbox_by_time_then_arrival) {
  auto store = open(":memory:");
  must(store->claim());
  BOOST_TEST(!must(store->next_inbox()).has_value());
  must(store->post(
      {inbox_row(30, "late"), inbox_row(10, awkward("first"), InboxKind::contact), inbox_row(10, "second")}, {}));
  Batch own = batch(1);
  own.post = {inbox_row(20, "reaction", InboxKind::command)};
  must(store->commit(own));

  BOOST_TEST(*must(store->next_inbox()) == Instant{10});
  auto rows = must(store->inbox({20}, 10));
  BOOST_REQUIRE(rows.size() == 3U);
  BOOST_TEST(rows[0].body == awkward("first"));
  BOOST_TEST((rows[0].kind == InboxKind::contact));
  BOOST_TEST(rows[1].body == "second");
  BOOST_TEST(rows[0].id < rows[1].id);
  BOOST_TEST(rows[2].body == "reaction");
  BOOST_TEST((rows[2].kind == InboxKind::command));
  BOOST_TEST(rows[2].not_before == Instant{20});
  BOOST_TEST(must(store->inbox({30}, 2)).size() == 2U);

  Batch consuming = batch(2);
  consuming.consumed = {rows[0].id, rows[1].id};
  must(store->commit(consuming));
  BOOST_TEST(*must(store->next_inbox()) == Instant{20});
  BOOST_TEST(must(store->inbox({30}, 10)).size() == 2U);

  // A number is never given twice, even when the last row is gone.
  const auto left = must(store->inbox({30}, 10));
  Batch rest = batch(3);
  for (const Inbox& row : left) rest.consumed.push_back(row.id);
  must(store->commit(rest));
  must(store->post({inbox_row(1, "new")}, {}));
  BOOST_TEST(must(store->inbox({30}, 10)).at(0).id > left.back().id);
}

BOOST_AUTO_TEST_CASE(outbox_by_state_oldest_first) {
  auto store = open(":memory:");
  must(store->claim());
  Batch filling = batch(1);
  filling.fill = {outbox_row("zz", 10), outbox_row("mm", 5), outbox_row("aa", 10), outbox_row(awkward("key"), 20)};
  must(store->commit(filling));

  const auto ready = must(store->outbox(OutboxState::ready, 10));
  BOOST_REQUIRE(ready.size() == 4U);
  BOOST_TEST(ready[0].key == "mm");
  BOOST_TEST(ready[1].key == "zz");  // filled at the same time as aa, but before it
  BOOST_TEST(ready[2].key == "aa");
  BOOST_TEST(ready[3].key == awkward("key"));
  BOOST_TEST(must(store->outbox(OutboxState::ready, 2)).size() == 2U);
  BOOST_TEST((ready[0].contact == ContactId{7, 70}));
  BOOST_TEST(ready[0].channel == "email");
  BOOST_TEST(ready[0].payload == awkward("payload"));
  BOOST_TEST(ready[0].origin == awkward("origin"));
  BOOST_TEST(ready[0].revision == 3U);
  BOOST_TEST(ready[0].valid_until == Instant{900});
  BOOST_TEST(ready[0].filled_at == Instant{5});
  BOOST_TEST(ready[0].attempts == 0U);
  BOOST_TEST(must(store->outbox(OutboxState::claimed, 10)).empty());
  BOOST_TEST(!must(store->outbox("nobody's")).has_value());
}

BOOST_AUTO_TEST_CASE(outbox_counts_and_the_newest_first) {
  auto store = open(":memory:");
  must(store->claim());
  BOOST_TEST(must(store->outbox_counts()).empty());
  Batch filling = batch(1);
  filling.fill = {outbox_row("zz", 10), outbox_row("mm", 5), outbox_row("aa", 10)};
  filling.move = {{"mm", OutboxState::claimed}};
  must(store->commit(filling));
  const auto counts = must(store->outbox_counts());
  BOOST_TEST(counts.size() == 2U);
  BOOST_TEST(counts.at(OutboxState::ready) == 2U);
  BOOST_TEST(counts.at(OutboxState::claimed) == 1U);
  const auto latest = must(store->outbox_latest(OutboxState::ready, 10));
  BOOST_REQUIRE(latest.size() == 2U);
  BOOST_TEST(latest[0].key == "aa");  // filled at the same time as zz, but behind it
  BOOST_TEST(latest[1].key == "zz");
  BOOST_TEST(must(store->outbox_latest(OutboxState::ready, 1)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(outbox_moves_count_attempts_and_forget_what_was_sent) {
  auto store = open(":memory:");
  must(store->claim());
  Batch filling = batch(1);
  filling.fill = {outbox_row("a", 1), outbox_row("b", 2), outbox_row("c", 3)};
  filling.move = {{"a", OutboxState::claimed}, {"b", OutboxState::claimed}};
  must(store->commit(filling));
  BOOST_TEST(must(store->outbox("a"))->attempts == 1U);
  BOOST_TEST(must(store->outbox("a"))->payload == awkward("payload"));

  Batch moving = batch(2);
  moving.move = {{"a", OutboxState::sent},
                 {"b", OutboxState::ready},
                 {"b", OutboxState::claimed},
                 {"b", OutboxState::failed},
                 {"c", OutboxState::withheld}};
  must(store->commit(moving));
  const std::vector<std::pair<std::string, OutboxState>> expected = {
      {"a", OutboxState::sent}, {"b", OutboxState::failed}, {"c", OutboxState::withheld}};
  for (const auto& [key, state] : expected) {
    const auto row = must(store->outbox(key));
    BOOST_REQUIRE(row.has_value());
    BOOST_TEST(row->state == state);
    // A dead letter keeps what it was: somebody may have it tried again.
    BOOST_TEST(row->payload.empty() == (state != OutboxState::failed));
    BOOST_TEST(row->origin.empty() == (state != OutboxState::failed));
  }
  BOOST_TEST(must(store->outbox("a"))->attempts == 1U);
  BOOST_TEST(must(store->outbox("b"))->attempts == 2U);
  BOOST_TEST(must(store->outbox("c"))->attempts == 0U);
  BOOST_TEST(must(store->outbox(OutboxState::ready, 10)).empty());

  // The same effect once more is the same row: it is not sent twice.
  Batch again = batch(3);
  again.fill = {outbox_row("a", 9)};
  must(store->commit(again));
  BOOST_TEST(must(store->outbox("a"))->state == OutboxState::sent);
}

BOOST_AUTO_TEST_CASE(rejected_rows_deployments_and_notes) {
  auto store = open(":memory:");
  must(store->post({}, {{"leads.csv", 3, "no e-mail", awkward("raw")}, {"leads.csv", 2, "twice", ""}}));
  const auto rejected = must(store->rejected(10));
  BOOST_REQUIRE(rejected.size() == 2U);
  BOOST_TEST(rejected[0].source == "leads.csv");
  BOOST_TEST(rejected[0].line == 3U);
  BOOST_TEST(rejected[0].reason == "no e-mail");
  BOOST_TEST(rejected[0].raw == awkward("raw"));
  BOOST_TEST(rejected[1].line == 2U);
  BOOST_TEST(must(store->rejected(1)).size() == 1U);

  BOOST_TEST(must(store->deployments()).empty());
  BOOST_TEST(must(store->deploy({1}, sha256("one"), awkward("module"))).version == 1U);
  BOOST_TEST(must(store->deploy({2}, sha256("two"), "second")).version == 2U);
  const auto deployments = must(store->deployments());
  BOOST_REQUIRE(deployments.size() == 2U);
  BOOST_TEST(deployments[0].version == 1U);
  BOOST_TEST(deployments[0].module == awkward("module"));
  BOOST_TEST((deployments[1].fingerprint == sha256("two")));
  BOOST_TEST(deployments[1].at == Instant{2});

  BOOST_TEST(!must(store->note("seed")).has_value());
  must(store->set_note("seed", awkward("1")));
  must(store->set_note("seed", awkward("2")));
  must(store->set_note("empty", ""));
  BOOST_TEST(*must(store->note("seed")) == awkward("2"));
  BOOST_TEST(must(store->note("empty"))->empty());
}

BOOST_AUTO_TEST_CASE(rows_of_records_lie_in_the_order_of_their_keys) {
  auto store = open(":memory:");
  must(store->claim());
  Batch first = batch(10, "", "");
  first.rows = {{7, "b", "2"}, {7, awkward("a"), "1"}, {7, "B", "3"}, {9, "b", "other"}};
  must(store->commit(first));
  const auto keys = [&](const std::string& after, std::size_t limit) {
    std::string out;
    for (const Row& row : must(store->rows(7, after, limit))) out += row.data;
    return out;
  };
  std::vector<std::string> order{"b", awkward("a"), "B"};
  std::sort(order.begin(), order.end());
  BOOST_TEST(must(store->rows(7, "", 10)).size() == 3U);
  BOOST_TEST(must(store->rows(7, "", 10))[0].key == order[0]);
  BOOST_TEST(keys("", 2) + keys(order[1], 2) == keys("", 10));
  BOOST_TEST(keys("b", 10).empty());
  BOOST_TEST(must(store->row(7, "b"))->data == "2");
  BOOST_TEST(!must(store->row(8, "b")).has_value());
  BOOST_TEST((must(store->row_counts()) == std::map<std::uint32_t, std::uint64_t>{{7, 3}, {9, 1}}));
  // The last one wins; what is empty goes away, and once more changes nothing.
  Batch second = batch(20, "", "");
  second.rows = {{7, "b", "4"}, {7, "B", ""}, {9, "b", ""}, {9, "c", ""}};
  must(store->commit(second));
  BOOST_TEST(must(store->row(7, "b"))->data == "4");
  BOOST_TEST((must(store->row_counts()) == std::map<std::uint32_t, std::uint64_t>{{7, 2}}));
}

BOOST_AUTO_TEST_CASE(records_in_order_after_a_batch_until_a_fault) {
  auto store = open(":memory:");
  must(store->claim());
  for (int i = 1; i <= 5; ++i)
    must(store->commit(batch(i * 10, awkward(std::to_string(i)), "audit " + std::to_string(i))));
  const auto tail = records_after(*store, 3);
  BOOST_REQUIRE(tail.size() == 2U);
  BOOST_TEST(tail[0].seq == 4U);
  BOOST_TEST(tail[0].at == Instant{40});
  BOOST_TEST(tail[0].journal == awkward("4"));
  BOOST_TEST(tail[0].audit == "audit 4");
  BOOST_TEST(tail[1].seq == 5U);
  BOOST_TEST(records_after(*store, 5).empty());

  std::uint64_t last = 0;
  const auto stopped = store->records(0, [&](const Record& record) -> Result<void> {
    last = record.seq;
    if (record.seq == 2) return fault(FaultCode::bad_input, "enough");
    return {};
  });
  BOOST_TEST(fault_of(stopped).code == FaultCode::bad_input);
  BOOST_TEST(last == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
