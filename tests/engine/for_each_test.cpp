// `for each`: which rows have a round, that each round is a turn, and that nothing of it is done twice or left out
// whatever happens to the process.
#include <fmt/format.h>

#include <set>

#include "runtime/engine/moving.hpp"
#include "tests/engine/faulty_store.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

const std::string campaigns =
    "record campaign {\n  key id: Text\n  budget: Money\n  live: Bool = true\n  channel: Text?\n}\n"
    "record region { key code: Text }\n"
    "action set_budget(id: Text, amount: Money) effect write\n";

std::string for_nobody(const std::string& steps, const std::string& enter = "enter every 1 day at 08:00") {
  return project(campaigns + "workflow check {\n  owner \"a@acme.example\"\n  " + enter + "\n  steps {\n" + steps +
                 "\n  }\n}\n");
}
std::string for_contact(const std::string& steps, const std::string& head = "enter on joined") {
  return project(campaigns + workflow(steps, head));
}

const std::vector<bytecode::Field>& fields_of(const bytecode::Module& module, const std::string& record) {
  const auto at = std::find_if(module.records.begin(), module.records.end(),
                               [&](const bytecode::RecordType& r) { return r.name == record; });
  BOOST_REQUIRE(at != module.records.end());
  return at->fields;
}

store::Inbox row(const World& world, Words words, const std::string& record = "campaign") {
  if (record == "campaign" &&
      std::none_of(words.begin(), words.end(), [](const auto& one) { return one.first == "budget"; }))
    words.emplace_back("budget", "10");
  return {0, world.now, store::InboxKind::row, encode(RowIn{record, encoded(fields_of(world.module, record), words)})};
}
void put(World& world, const Words& words, const std::string& record = "campaign") {
  must(world.store->post({row(world, words, record)}, {}));
}
void put_all(World& world, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) put(world, {{"id", id}});
  world.run(world.now);
}
std::string key_of(World& world, const std::string& id) {
  Record record;
  must(decode_values(encoded(fields_of(world.module, "campaign"), {{"id", id}}), record));
  return *row_key(fields_of(world.module, "campaign"), record);
}
/// All rows but these go away.
void keep_only(World& world, const std::vector<std::string>& ids) {
  AllRowsIn all{"campaign", {}};
  for (const std::string& id : ids) all.keys.push_back(key_of(world, id));
  must(world.store->post({{0, world.now, store::InboxKind::row, encode(all)}}, {}));
  world.run(world.now);
}

/// The campaigns that calls were made for, in order.
std::string called(const World& world) {
  std::vector<std::string> out;
  for (const Sent& sent : world.provider.sent) {
    if (sent.action.empty()) continue;
    out.push_back(nlohmann::json::parse(sent.arguments).value("id", ""));
  }
  return list(out);
}

std::size_t different_keys(const World& world) {
  std::set<std::string> keys;
  for (const Sent& sent : world.provider.sent) keys.insert(sent.key);
  return keys.size();
}

const std::string each = "for each campaign { do set_budget(id: campaign.id, amount: campaign.budget) }";

BOOST_AUTO_TEST_SUITE(for_each)

BOOST_AUTO_TEST_CASE(rows_in_the_order_of_their_keys_where_the_condition_holds) {
  World world(
      for_nobody("for each campaign where campaign.live {\n"
                 "do set_budget(id: campaign.id, amount: campaign.budget * 2)\n}\n"
                 "do set_budget(id: \"end\", amount: $1)"));
  put(world, {{"id", "c"}, {"budget", "30"}});
  put(world, {{"id", "a"}, {"budget", "10"}});
  put(world, {{"id", "b"}, {"budget", "20"}, {"live", "false"}});
  put(world, {{"id", "B"}});
  world.pass(days(1));
  BOOST_TEST(called(world) == "B, a, c, end");
  BOOST_TEST(world.provider.sent[2].arguments.find("\"60\"") != std::string::npos, world.provider.sent[2].arguments);
  BOOST_TEST(different_keys(world) == 4U);
  // The next day is another pass, and none of its calls is one of today's.
  world.pass(days(1));
  BOOST_TEST(called(world) == "B, a, c, end, B, a, c, end");
  BOOST_TEST(different_keys(world) == 8U);
  BOOST_TEST(world.said<audit::Left>().size() == 2U);
}

BOOST_AUTO_TEST_CASE(no_rows_and_none_that_is_wanted_are_no_round) {
  World world(
      for_nobody("for each campaign where not campaign.live { do set_budget(id: campaign.id, amount: $1) }\n"
                 "do set_budget(id: \"end\", amount: $1)"));
  world.pass(days(1));
  put_all(world, {"a", "b"});
  world.pass(days(1));
  BOOST_TEST(called(world) == "end, end");
}

BOOST_AUTO_TEST_CASE(latest_data_win_and_what_is_as_it_was_is_not_said_again) {
  World world(for_nobody(each));
  put(world, {{"id", "a"}, {"budget", "10"}, {"channel", "search"}});
  put(world, {{"id", "a"}, {"budget", "20"}});
  put(world, {{"id", "a"}, {"budget", "20"}});
  world.run(world.now);
  const auto stored = world.said<audit::RowStored>();
  BOOST_REQUIRE(stored.size() == 2U);
  BOOST_TEST(stored[0].second.created);
  BOOST_TEST(!stored[1].second.created);
  BOOST_TEST(shown_row_key(stored[1].second.key) == "a");
  BOOST_TEST(must(world.store->row_counts()).at(name_id("campaign")) == 1U);
  // A row is taken as a whole: what it does not say is absent.
  Record record;
  must(decode_values(must(world.store->row(name_id("campaign"), key_of(world, "a")))->data, record));
  BOOST_TEST(!record.get(name_id("channel")).exists());
  keep_only(world, {});
  BOOST_TEST(world.said<audit::RowRemoved>().size() == 1U);
  BOOST_TEST(must(world.store->row_counts()).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_row_is_set_aside) {
  World world(for_nobody(each));
  const Instant now = world.now;
  const auto post = [&](std::string body) {
    must(world.store->post({{0, now, store::InboxKind::row, std::move(body)}}, {}));
  };
  post("nonsense");
  post("");
  post(encode(RowIn{"campaign", "nonsense"}));
  post(encode(RowIn{"campaign", encode_values({})}));
  post(encode(RowIn{"no_such", encode_values({})}));
  post(encode(AllRowsIn{"no_such", {}}));
  put(world, {{"id", std::string(longest_row_key, 'x')}});
  world.run(now);
  BOOST_TEST(must(world.store->rejected(100)).size() == 7U);
  BOOST_TEST(must(world.store->row_counts()).empty());
}

BOOST_AUTO_TEST_CASE(each_round_is_a_turn_of_its_own) {
  World world(
      for_contact("for each campaign { set contact.mrr = contact.mrr + $1\nsend note(said: campaign.id) }\n"
                  "send offer",
                  "enter on joined\nleave when contact.mrr > $2"));
  put_all(world, {"a", "b", "c", "d", "e"});
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(1));
  // `leave when` is asked before each round; what was filled and not handed over stays here, as ever.
  BOOST_TEST(world.said<audit::Effect>().size() == 3U);
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(world.said<audit::Left>().at(0).second.reason == "when");
}

BOOST_AUTO_TEST_CASE(rows_that_come_and_go_while_the_loop_waits) {
  World world(
      for_nobody("for each campaign where campaign.live {\nwait 1 hour\n"
                 "do set_budget(id: campaign.id, amount: campaign.budget)\n}"));
  put_all(world, {"b", "d", "f", "h"});
  world.run("2026-01-05T13:30Z");  // 08:00 there is 13:00Z: in the round of b
  put_all(world, {"a", "c"});      // behind, and ahead
  put(world, {{"id", "d"}, {"live", "false"}});
  put(world, {{"id", "b"}, {"budget", "99"}});  // what is bound is read anew
  world.run(world.now);
  world.run("2026-01-05T14:30Z");  // in the round of c
  keep_only(world, {"a", "b", "c", "d", "h"});
  world.run("2026-01-05T20:00Z");
  BOOST_TEST(called(world) == "b, c, h");
  BOOST_TEST(world.provider.sent[0].arguments.find("\"99\"") != std::string::npos);
  BOOST_TEST(world.said<audit::Left>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_row_that_is_gone_ends_its_round) {
  World world(
      for_contact("for each campaign {\nrepeat up to 3 times every 1 hour {\n"
                  "for each region { send note(said: region.code) }\nwait 10 minutes\n}\n"
                  "send note(said: campaign.id)\n}\nsend offer"));
  put_all(world, {"a", "b"});
  put(world, {{"code", "de"}}, "region");
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(minutes(75));  // in the second round of the repeat for a
  BOOST_TEST(list(world.got(ann)) == "note, note");
  keep_only(world, {"b"});
  world.pass(hours(8));
  std::vector<std::string> said;
  for (const Sent& sent : world.provider.sent) said.push_back(sent.content + ":" + sent.body);
  // The repeat begins anew for b: three rounds, its own note, and the end.
  BOOST_TEST(list(world.got(ann)) == "note, note, note, note, note, note, offer", list(said));
  BOOST_TEST(different_keys(world) == 7U);
  const auto guarded = world.said<audit::Guarded>();
  BOOST_REQUIRE(guarded.size() == 1U);
  BOOST_TEST(guarded[0].second.detail == "the row is gone, and its round is over");
  BOOST_TEST(world.cell(ann).instances.empty());
}

BOOST_AUTO_TEST_CASE(events_reach_a_wait_within_a_round) {
  World world(
      for_contact("for each campaign {\nwait up to 1 day for visited where page == campaign.id as seen_page {\n"
                  "send note(said: seen_page.page)\n} otherwise { send note(said: \"none\") }\n}"));
  put_all(world, {"a", "b", "c"});
  world.contact(ann);
  world.event(ann, "joined");
  world.event(ann, "visited", {{"page", "b"}});
  world.event(ann, "visited", {{"page", "a"}});
  world.event(ann, "visited", {{"page", "b"}});
  world.pass(hours(1));
  keep_only(world, {"a", "b"});
  // The arm takes it; but the round of a row that is gone is over.
  world.event(ann, "visited", {{"page", "c"}});
  world.pass(days(2));
  BOOST_TEST(list(world.got(ann)) == "note, note");
  BOOST_TEST(world.said<audit::Left>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(loops_within_loops_and_within_a_repeat) {
  World world(
      for_contact("repeat up to 2 times every 1 day {\nfor each campaign {\nfor each region {\n"
                  "send note(said: region.code)\n}\nsend offer\n}\n}\nsend reminder"));
  put_all(world, {"a", "b"});
  put(world, {{"code", "de"}}, "region");
  put(world, {{"code", "fr"}}, "region");
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(4));
  BOOST_TEST(list(world.got(ann)) ==
             "note, note, offer, note, note, offer, note, note, offer, note, note, offer, reminder");
  BOOST_TEST(different_keys(world) == 13U);
}

BOOST_AUTO_TEST_CASE(stop_and_an_empty_round) {
  World world(
      for_contact("for each campaign { }\nfor each campaign {\nsend note(said: campaign.id)\n"
                  "if campaign.id == \"b\" { stop }\n}\nsend offer"));
  put_all(world, {"a", "b", "c"});
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(1));
  BOOST_TEST(list(world.got(ann)) == "note, note");
  BOOST_TEST(world.said<audit::Left>().at(0).second.reason == "stop");
}

BOOST_AUTO_TEST_CASE(a_condition_that_cannot_be_told_is_no_round) {
  World world(
      for_nobody("for each campaign where campaign.budget / (campaign.budget - $10) > 2 {\n"
                 "do set_budget(id: campaign.id, amount: $1)\n}"));
  put(world, {{"id", "a"}, {"budget", "10"}});
  put(world, {{"id", "b"}, {"budget", "11"}});
  world.pass(days(1));
  BOOST_TEST(called(world) == "b");
  BOOST_TEST(world.said<audit::Guarded>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_turn_asks_so_many_rows_and_goes_on_in_another) {
  World world(
      for_nobody("for each campaign where campaign.live {\n"
                 "do set_budget(id: campaign.id, amount: campaign.budget)\n}"));
  std::vector<store::Inbox> rows;
  for (int i = 0; i < 3'500; ++i)
    rows.push_back(
        row(world, {{"id", fmt::format("{:05}", i)}, {"live", i == 2'500 || i == 3'499 ? "true" : "false"}}));
  must(world.store->post(rows, {}));
  world.pass(days(1));
  BOOST_TEST(called(world) == "02500, 03499");
}

BOOST_AUTO_TEST_CASE(what_a_waiting_pass_costs) {
  World world(for_contact("for each campaign { wait 1 day }"));
  put_all(world, {"spring_sale"});
  world.contact(ann);
  world.event(ann, "joined");
  Cell with = world.cell(ann);
  BOOST_REQUIRE(with.instances.size() == 1U);
  BOOST_REQUIRE(with.instances[0].bound.size() == 1U);
  const std::size_t size = encode(with).size();
  with.instances[0].bound.clear();
  BOOST_TEST(size - encode(with).size() == 2U + 1U + 11U + 2U);  // number, length, tag, the key, its end
}

BOOST_AUTO_TEST_CASE(keys_are_in_the_order_of_their_values) {
  const bytecode::Module module = compiled(project(
      "record a { key n: Number, key t: Text }\nrecord b { key d: Date }\nrecord e { key who: Email, name: Text? }\n"));
  const auto key = [&](const std::string& record, const Words& words) {
    Record read;
    must(decode_values(encoded(fields_of(module, record), words), read));
    return row_key(fields_of(module, record), read);
  };
  const std::vector<Words> ascending{{{"n", "-3"}, {"t", "b"}}, {{"n", "-2"}, {"t", ""}},   {{"n", "-2"}, {"t", "a"}},
                                     {{"n", "0"}, {"t", "z"}},  {{"n", "1.5"}, {"t", "a"}}, {{"n", "1.5"}, {"t", "ab"}},
                                     {{"n", "10"}, {"t", "a"}}};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    if (ascending[i - 1][1].second.empty() || ascending[i][1].second.empty()) continue;  // an empty text is none
    BOOST_TEST((*key("a", ascending[i - 1]) < *key("a", ascending[i])));
  }
  BOOST_TEST((*key("b", {{"d", "1969-12-31"}}) < *key("b", {{"d", "1970-01-01"}})));
  BOOST_TEST((*key("e", {{"who", "Ann@A.example"}}) == *key("e", {{"who", "ann@a.example"}})));
  BOOST_TEST(shown_row_key(*key("a", {{"n", "-2.5"}, {"t", "x y"}})) == "-2.5, x y");
  BOOST_TEST(shown_row_key(*key("b", {{"d", "2026-02-01"}})) == "2026-02-01");
  BOOST_TEST(key("e", {{"name", "x"}}).error() == "`who` is missing, and it is the key");
}

BOOST_AUTO_TEST_CASE(an_event_of_an_old_version_is_no_place_in_a_loop_of_the_new) {
  // The loop is on a way that she did not take, and has the number that her event had.
  const std::string
      head = "wait up to 2 days\n",
      tail = "for visited as seen_page { send note(said: seen_page.page) }\notherwise { }\nwait 3 days\nsend offer";
  World world(for_contact(head + tail));
  put_all(world, {"a", "zz"});
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(1));
  world.event(ann, "visited", {{"page", "pricing"}});
  world.pass(hours(1));
  BOOST_TEST(world.cell(ann).instances[0].bound.size() == 2U);  // what she entered on, and what she saw
  world.module =
      compiled(for_contact(head + "for purchased { for each campaign { wait 1 hour\nsend reminder } }\n" + tail));
  must(world.engine->deploy(world.now, world.module, {audit::InFlight::move, "ops@acme.example", ""}));
  BOOST_TEST(world.cell(ann).instances[0].version == 2U);
  BOOST_TEST(world.cell(ann).instances[0].bound.size() == 1U);
  world.pass(days(4));
  BOOST_TEST(list(world.got(ann)) == "note, offer");
}

BOOST_AUTO_TEST_CASE(where_a_pass_in_a_loop_may_move_to) {
  const auto text = [](const std::string& steps, const std::string& more = "") {
    return project(campaigns + more + workflow(steps));
  };
  const auto with = [](std::string inner) { return "for each campaign { " + std::move(inner) + " }\nsend offer"; };
  World world(text(with("wait 3 days\nsend note(said: campaign.id)")));
  put_all(world, {"a"});
  world.contact(ann);
  world.event(ann, "joined");
  const auto refusal = [&](const std::string& next) {
    const auto to = must(Version::load(2, compiled(next)));
    Moving moving(world.engine->deployments().newest(), *to);
    return moving.refusal(world.cell(ann).instances.at(0), false, false);
  };
  BOOST_TEST(refusal(text(with("wait 3 days\nsend note(said: campaign.id)\nsend ping"))) == "");
  BOOST_TEST(refusal(text("wait 3 days\nsend offer")).find("gone") != std::string::npos);
  BOOST_TEST(refusal(text("for each region { send ping }\n" + with("wait 3 days\nsend note(said: campaign.id)")))
                 .find("bound otherwise") != std::string::npos);
}

// ---- faults

/// Rounds with waits, over rows that change meanwhile, on a store that fails: the same calls as on one that does not.
struct Told {
  std::vector<std::string> calls;
  std::string cell, rows;
  bool operator==(const Told&) const = default;
};

Told story(const FaultyStore::Choose& choose, std::size_t batch_items, std::size_t& faults) {
  const Folder folder;
  World world(for_nobody("for each campaign where campaign.live {\nfor each region {\n"
                         "do set_budget(id: \"{campaign.id}-{region.code}\", amount: campaign.budget)\n}\n"
                         "wait 90 minutes\ndo set_budget(id: campaign.id, amount: campaign.budget)\n}"),
              {.path = folder.file("x.db"), .batch_items = batch_items, .checkpoint_cells = 1});
  const auto wrap = [&] {
    world.store = std::make_unique<FaultyStore>(std::move(world.store), choose);
    world.open();
  };
  const auto crash = [&] {
    world.engine.reset();
    world.store.reset();
    world.store = must(store::open_sqlite(world.options.path, store::Access::create, store::Durability::none));
    wrap();
  };
  world.engine.reset();
  wrap();
  const auto run_until = [&](Instant until) {
    world.now = until;
    while (!world.try_run(until)) {
      ++faults;
      crash();
    }
  };
  for (const char* code : {"de", "fr"}) put(world, {{"code", code}}, "region");
  for (const char* id : {"a", "c", "e", "g"}) put(world, {{"id", id}});
  run_until(at("2026-01-05T13:30Z"));
  put(world, {{"id", "b"}});
  put(world, {{"id", "c"}, {"live", "false"}});
  run_until(at("2026-01-05T15:00Z"));
  AllRowsIn all{"campaign", {key_of(world, "b"), key_of(world, "c"), key_of(world, "g")}};
  must(world.store->post({{0, world.now, store::InboxKind::row, encode(all)}}, {}));
  run_until(at("2026-01-07T15:00Z"));
  Told out;
  for (const Sent& sent : world.provider.sent) out.calls.push_back(sent.key + " " + sent.arguments);
  while (!world.engine->checkpoint()) crash();
  const auto cell = must(world.store->cell({store::global_part, 1}));
  out.cell = cell ? cell->state : "";
  for (const store::Row& one : must(world.store->rows(name_id("campaign"), "", 100))) out.rows += one.key + one.data;
  BOOST_TEST(different_keys(world) == world.provider.sent.size());
  must(audit::verify(*world.store));
  return out;
}

BOOST_AUTO_TEST_CASE(no_crash_repeats_a_round_or_leaves_one_out) {
  std::size_t none_of_it = 0;
  const Told plain = story([](const char*) { return Failing::no; }, 2'000, none_of_it);
  BOOST_TEST(plain.calls.size() > 12U);
  for (const std::size_t batch : {std::size_t{1}, std::size_t{3}, std::size_t{2'000}}) {
    for (const Failing how : {Failing::before, Failing::after}) {
      std::size_t writes = 0, faults = 0;
      const Told told = story([&](const char*) { return ++writes % 3 == 0 ? how : Failing::no; }, batch, faults);
      BOOST_TEST(faults > 3U);
      BOOST_TEST((told.calls == plain.calls), "batches of " << batch);
      BOOST_TEST((told.rows == plain.rows));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
