// Pruning: what is old goes, and nobody can tell by what happens afterwards.
#include <fmt/format.h>

#include "runtime/engine/retention.hpp"
#include "tests/engine/faulty_store.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
const std::string bob = "bob@b.example";

void prune(World& world, Instant before) {
  const PruneIn in{.before = before, .by = "ops@acme.example", .because = "spring"};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
}

std::string refusal(World& world) {
  const auto all = world.said<audit::Refused>();
  return all.empty() ? "" : all.back().second.reason;
}

std::uint64_t events_gone(World& world) {
  std::uint64_t out = 0;
  for (const auto& [when, one] : world.said<audit::Pruned>()) out += one.events;
  return out;
}

/// It reads of the past whatever can be read of it: bound events, the last one's field, windows, a wait that counts
/// from a send, a goal, and who may enter again.
const std::string remembers =
    project("policy brand { often: limit messages to 9 per 20 days per contact }\n" +
                workflow("send note(said: \"{event.asset}\")\nsend ping\nwait 5 days\n"
                         "wait up to 9 days\n  for clicked of ping { send offer }\n  otherwise { send reminder }\n"
                         "if count(visited, last 20 days) >= 2 { send welcome }\n"
                         "if (last(visited).seconds or 0) > 30 { send note(said: \"long\") }\n"
                         "if seen(purchased) { send note(said: \"bought\") }\n"
                         "send note(said: \"{event.asset} again\")",
                         "toward qualified\nenter on downloaded\nagain after 1 day"),
            "  under brand");

void begin(World& world) {
  for (const std::string& who : {ann, bob}) {
    world.contact(who);
    world.event(who, "purchased");
    world.event(who, "visited", {{"page", "x"}, {"seconds", "10"}}, {.of = "", .id = "v1", .at = {}});
    world.pass(hours(1));
    world.event(who, "visited", {{"page", "y"}, {"seconds", "40"}}, {.of = "", .id = "v2", .at = {}});
    world.pass(days(1));
    world.event(who, "downloaded", {{"asset", "the paper of " + who}}, {.of = "", .id = "d1", .at = {}});
  }
  world.pass(hours(1));
  world.event(ann, "clicked", {}, {.of = "ping", .id = "c1", .at = {}});
  world.pass(days(2));
}

void go_on(World& world) {
  for (const std::string& who : {ann, bob}) {
    // All once more, as a provider that was cut off would.
    world.event(who, "visited", {{"page", "x"}, {"seconds", "10"}}, {.of = "", .id = "v1", .at = {}});
    world.event(who, "downloaded", {{"asset", "another"}}, {.of = "", .id = "d1", .at = {}});
  }
  world.event(bob, "became_mql");
  world.pass(days(30));
  world.event(ann, "downloaded", {{"asset", "a second"}});
  world.pass(days(30));
}

std::string story(const World& world) {
  std::string out;
  for (const Sent& sent : world.provider.sent)
    out += fmt::format("{} {} {} {} {}\n", to_string(sent.handed), sent.key, sent.to, sent.content, sent.body);
  return out;
}

BOOST_AUTO_TEST_SUITE(pruning)

BOOST_AUTO_TEST_CASE(nobody_can_tell_by_what_happens_afterwards) {
  World kept(remembers);
  begin(kept);
  go_on(kept);
  BOOST_TEST(kept.got(ann).size() > 6U);
  for (const std::size_t rows : {1U, 3U, 5'000U}) {
    World world(remembers, {.keep_windows = false, .prune_rows = rows});
    begin(world);
    prune(world, world.now);
    BOOST_TEST(events_gone(world) >= 2U);
    BOOST_TEST(!must(world.store->event(*world.id(ann), "v1")).has_value());
    BOOST_TEST(must(world.store->event(*world.id(ann), "v2")).has_value());  // the last, whose field is asked
    BOOST_TEST(must(world.store->event(*world.id(ann), "d1")).has_value());  // bound
    BOOST_TEST(must(world.store->event(*world.id(ann), "c1")).has_value());  // waited for later
    BOOST_TEST(must(world.store->outbox_counts())[store::OutboxState::sent] == 0U);
    must(audit::verify(*world.store));
    go_on(world);
    BOOST_TEST(story(world) == story(kept));
    for (const std::string& who : {ann, bob}) BOOST_TEST((world.cell(who) == kept.cell(who)));
    BOOST_TEST(world.said<audit::EventTaken>().size() == kept.said<audit::EventTaken>().size());
    BOOST_TEST(world.said<audit::Reached>().size() == kept.said<audit::Reached>().size());
    prune(world, world.now);
    must(audit::verify(*world.store));
    BOOST_TEST(!world.said<audit::Pruned>().back().second.more);
  }
}

BOOST_AUTO_TEST_CASE(what_begins_anew_on_it_goes_on_as_it_was) {
  const Folder folder;
  World kept(remembers), world(remembers, {.path = folder.file("a.db"), .keep_windows = false});
  begin(kept);
  begin(world);
  prune(world, world.now);
  const Cell before = world.cell(ann);
  world.reopen();
  BOOST_TEST((world.cell(ann) == before));
  const View view = must(look(*world.store));
  BOOST_TEST(view.ledger.save() == world.tallies().save());
  go_on(kept);
  go_on(world);
  BOOST_TEST(story(world) == story(kept));
}

BOOST_AUTO_TEST_CASE(nothing_goes_that_the_version_in_force_looks_back_over) {
  World world(remembers);
  begin(world);
  world.pass(days(60));
  prune(world, world.now - days(20));
  BOOST_TEST(refusal(world) ==
             "`visited, 20 days` looks back 20 days (nurture/if#1, line 53): nothing younger than 21 days can go");
  BOOST_TEST(world.said<audit::Pruned>().empty());
  prune(world, world.now - days(21));
  BOOST_REQUIRE(!world.said<audit::Pruned>().empty());
  const audit::Pruned said = world.said<audit::Pruned>().back().second;
  BOOST_TEST(said.by == "ops@acme.example");
  BOOST_TEST(said.because == "spring");
  BOOST_TEST(said.events > 0U);
  BOOST_TEST(said.messages > 0U);
  BOOST_TEST(said.batches > 0U);
  BOOST_TEST(said.bytes > 0U);
  BOOST_TEST((must(world.store->pruned_before()) == world.now - days(21)));
}

BOOST_AUTO_TEST_CASE(dead_letters_and_what_waits_stay) {
  World world(
      project(workflow("send welcome\napprove by legal up to 90 days { send offer } otherwise { }", "enter on joined") +
              "role legal { \"lee@acme.example\" }\n"),
      {.virtual_clock = false, .keep_windows = false});
  world.provider.answers = [](const connect::Message&) -> connect::Answer {
    return {connect::Outcome::refused, "no", {}};
  };
  world.contact(ann);
  world.later(world.now, ann, "joined");
  const auto work = [&] {
    for (bool more = true; more;) more = must(world.engine->batch(world.now)).more;
    must(world.engine->hand_over(world.now));
    for (bool more = true; more;) more = must(world.engine->batch(world.now)).more;
  };
  work();
  world.now = world.now + days(30);
  const PruneIn in{.before = world.now, .by = "ops", .because = ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  work();
  BOOST_TEST(!world.said<audit::Pruned>().empty());
  const auto letters = must(world.store->outbox(store::OutboxState::failed, 10));
  BOOST_REQUIRE(letters.size() == 1U);
  BOOST_TEST(!letters[0].payload.empty());
  BOOST_TEST(must(world.store->outbox(store::OutboxState::asked, 10)).size() == 1U);
  // It goes out after all; then it is done with, and goes, and no word on it counts any more.
  world.provider.answers = {};
  const std::string key = letters[0].key;
  const OutboxIn again{audit::Resolved::How::retry, key, "ops", ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(again)}}, {}));
  work();
  work();
  BOOST_TEST(world.provider.sent.size() == 1U);
  world.now = world.now + days(1);
  const PruneIn more{.before = world.now, .by = "ops", .because = ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(more)}}, {}));
  work();
  BOOST_TEST(!must(world.store->outbox(key)).has_value());
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(again)}}, {}));
  work();
  BOOST_TEST(refusal(world) == "the outbox has no such key");
  BOOST_TEST(world.provider.sent.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_crash_at_any_write_leaves_a_whole_store_and_the_rest_goes) {
  World kept(remembers);
  begin(kept);
  go_on(kept);
  int last = 0;
  for (int nth = 0; nth <= last; ++nth) {
    for (const Failing way : {Failing::before, Failing::after}) {
      const Folder folder;
      World world(remembers, {.path = folder.file("a.db"), .keep_windows = false, .prune_rows = 2});
      begin(world);
      world.engine.reset();
      int writes = 0;
      world.store = std::make_unique<FaultyStore>(std::move(world.store),
                                                  [&](const char*) { return writes++ == nth ? way : Failing::no; });
      const PruneIn in{.before = world.now, .by = "ops@acme.example", .because = ""};
      must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
      Settings settings;
      settings.seed = 1;
      settings.virtual_clock = true;
      settings.holdout = false;
      settings.keep_windows = false;
      settings.prune_rows = 2;
      if (Result<std::unique_ptr<Engine>> opened = Engine::open(*world.store, world.provider, settings)) {
        world.engine = std::move(*opened);
        if (world.try_run(world.now)) last = std::max(last, writes - 1);
      }
      last = std::max(last, std::min(writes, 60) - 1 + (writes > nth ? 1 : 0));
      world.reopen();
      must(audit::verify(*world.store));
      world.run(world.now);
      BOOST_TEST_CONTEXT("write " << nth << (way == Failing::before ? " before" : " after")) {
        BOOST_REQUIRE(!world.said<audit::Pruned>().empty());
        BOOST_TEST(!world.said<audit::Pruned>().back().second.more);
        BOOST_TEST(!must(world.store->event(*world.id(ann), "v1")).has_value());
        BOOST_TEST(must(world.store->outbox_counts())[store::OutboxState::sent] == 0U);
        go_on(world);
        BOOST_TEST(story(world) == story(kept));
        must(audit::verify(*world.store));
      }
    }
  }
  BOOST_TEST(last > 4);
}

BOOST_AUTO_TEST_CASE(who_owns_the_store_and_runs_nothing_prunes_at_once) {
  World world(remembers, {.prune_rows = 2});
  begin(world);
  world.pass(days(60));
  std::uint64_t events = 0;
  const PruneIn young{.before = world.now, .by = "ops", .because = ""};
  BOOST_TEST(must(world.engine->prune(world.now, young, {})).find("looks back") != std::string::npos);
  const PruneIn in{.before = world.now - days(30), .by = "ops", .because = ""};
  const Prunable foreseen = [&] {
    must(world.engine->checkpoint());
    return must(prunable(*world.store, in.before, [&](store::ContactId id) -> Result<Cell> {
      const Result<std::optional<store::Cell>> row = world.store->cell(id);
      if (!row) return tl::unexpected(row.error());
      return decode_cell(*row ? (*row)->state : std::string());
    }));
  }();
  BOOST_TEST(must(world.engine->prune(world.now, in, [&](const audit::Pruned& one) { events += one.events; })) == "");
  BOOST_TEST(events > 0U);
  BOOST_TEST(events == foreseen.events.rows);
  std::uint64_t messages = 0, batches = 0;
  for (const auto& [when, one] : world.said<audit::Pruned>()) {
    messages += one.messages;
    batches += one.batches;
  }
  BOOST_TEST(messages == foreseen.outbox.rows);
  BOOST_TEST(batches == foreseen.journal.rows);
  must(audit::verify(*world.store));
}

BOOST_AUTO_TEST_CASE(what_a_new_version_counts_without_all_of_its_past_is_told) {
  World world(remembers);
  begin(world);
  world.pass(days(60));
  prune(world, world.now - days(30));
  const Instant before = *must(world.store->pruned_before());
  const bytecode::Module next = compiled(project(workflow(
      "if count(visited, last 40 days) >= 2 { send welcome }\nif count(visited, last 9 days) >= 2 { send offer }\n"
      "if count(visited, last 20 days) >= 2 { send ping }\nif (last(downloaded).asset or \"\") == \"x\" { send offer "
      "}")));
  const std::vector<std::string> cut = cut_short(world.engine->deployments(), next, before, world.now);
  BOOST_TEST(list(cut) == "visited, 40 days, last(downloaded).asset");
}

// A slice ends its batch whatever else is due then, and whoever works on until nothing is left must come to that too.
BOOST_AUTO_TEST_CASE(what_is_due_at_that_moment_is_done_after_it) {
  World world(project("record campaign { key id: Text }\naction touch(id: Text) effect write\n" +
                      workflow("for each campaign { do touch(id: campaign.id) }\nsend welcome")),
              {.keep_windows = false});
  world.contact(ann);
  std::vector<store::Inbox> rows;
  for (const char* id : {"a", "b"}) {
    const std::string values = encoded(world.module.records.front().fields, {{"id", id}});
    rows.push_back({0, world.now, store::InboxKind::row, encode(RowIn{"campaign", values})});
  }
  const PruneIn in{.before = world.now - days(1), .by = "ops@acme.example", .because = ""};
  world.later(world.now, ann, "joined");  // each round waits for a turn of its own, which is due at once
  rows.push_back({0, world.now, store::InboxKind::command, encode(in)});
  must(world.store->post(rows, {}));
  while (must(world.engine->batch(world.now)).more) {
  }
  BOOST_TEST(world.said<audit::Pruned>().size() == 1U);
  BOOST_TEST(world.said<audit::Left>().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
