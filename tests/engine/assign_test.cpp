// Assigning: who takes the next contact, what they are told, and that nothing that happens to the process changes it.
#include "runtime/engine/unsupported.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string three =
    "team sales {\n  \"kim@a.example\" capacity 30 per week\n  \"ola@a.example\" capacity 30 per week\n"
    "  \"per@a.example\" capacity 30 per week\n}\n";
const std::string turns = "assign to sales by round robin\nwait 30 days";
const std::string loads = "assign to sales by least loaded\nwait 30 days";

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

void join(World& world, int from, int to, const Words& words = {}) {
  for (int i = from; i <= to; ++i) {
    world.contact(person(i), words);
    world.event(person(i), "joined");
  }
}

/// Who took the contacts, in order: the first letter of each; `-` for nobody.
std::string takers(World& world) {
  std::string out;
  for (const auto& [when, assigned] : world.said<audit::Assigned>())
    out += assigned.suppressed ? '-' : assigned.assignee[0];
  return out;
}

BOOST_AUTO_TEST_SUITE(assigning)

BOOST_AUTO_TEST_CASE(a_colleague_is_told_once_and_the_audit_knows) {
  World world(project(three + workflow(turns)));
  join(world, 1, 1);
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  const Sent& told = world.provider.sent[0];
  BOOST_TEST(told.assign == "sales");
  BOOST_TEST(told.to == "kim@a.example");
  BOOST_TEST(told.contact == R"({"email":"p1@a.example"})");
  BOOST_TEST(told.workflow == "nurture");
  const auto said = world.said<audit::Assigned>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].second.key == told.key);
  BOOST_TEST(said[0].second.team == "sales");
  BOOST_TEST(said[0].second.by == "round robin");
  BOOST_TEST(said[0].second.assignee == "kim@a.example");
  BOOST_TEST(world.tallies().actions.at("assign to sales").sent == 1U);
  BOOST_TEST(world.said<audit::ActionHanded>().at(0).second.action == "assign to sales");
}

BOOST_AUTO_TEST_CASE(turns_go_round_in_the_order_of_the_declaration) {
  World world(project(three + workflow(turns)));
  join(world, 1, 7);
  BOOST_TEST(takers(world) == "kopkopk");
}

BOOST_AUTO_TEST_CASE(all_steps_of_a_team_share_its_turns_and_each_team_has_its_own) {
  const std::string two =
      "team care {\n  \"ann@a.example\" capacity 30 per week\n  \"bo@a.example\" capacity 30 per week\n}\n";
  World world(project(three + two +
                      workflow("assign to sales by round robin\nassign to care by round robin\n"
                               "assign to sales by round robin\nwait 30 days")));
  join(world, 1, 2);
  BOOST_TEST(takers(world) == "kaopbk");
}

BOOST_AUTO_TEST_CASE(whose_capacity_is_reached_or_who_does_not_take_it_is_passed_over) {
  const std::string team =
      "team sales {\n  \"kim@a.example\" capacity 1 per day\n"
      "  \"ola@a.example\" capacity 9 per 2 days when (contact.country or \"US\") in [\"NO\", \"SE\"]\n"
      "  \"per@a.example\" capacity 2 per 2 days\n}\n";
  World world(project(team + workflow(turns)));
  join(world, 1, 2, {{"country", "DE"}});
  BOOST_TEST(takers(world) == "kp");
  join(world, 3, 4, {{"country", "DE"}});  // Kim has had hers today, Ola does not take them, Per takes two
  BOOST_TEST(takers(world) == "kpp");
  const auto said = world.said<audit::Guarded>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST((said[0].second.action == audit::Guarded::Action::impossible));
  BOOST_TEST(said[0].second.detail == "nobody of the team sales can take the contact");
  join(world, 5, 6, {{"country", "NO"}});
  BOOST_TEST(takers(world) == "kppoo");
  world.run("2026-01-06T04:59Z");  // 23:59 in New York
  join(world, 7, 7);
  BOOST_TEST(takers(world) == "kppoo");
  world.run("2026-01-06T05:00Z");
  join(world, 8, 8);
  BOOST_TEST(takers(world) == "kppook");
  world.run("2026-01-07T11:59Z");
  join(world, 9, 10);  // a new day for Kim; the two days of Per's are not over
  BOOST_TEST(takers(world) == "kppookk");
  world.run("2026-01-07T12:00Z");
  join(world, 11, 11);
  BOOST_TEST(takers(world) == "kppookkp");
}

BOOST_AUTO_TEST_CASE(the_least_loaded_is_who_has_the_fewest_that_are_open) {
  World world(project(three + workflow(loads, "enter on joined\nleave on purchased")));
  join(world, 1, 5);
  BOOST_TEST(takers(world) == "kopko");
  world.event(person(2), "purchased");  // of Ola's
  world.event(person(5), "purchased");  // the other one
  join(world, 6, 8);
  BOOST_TEST(takers(world) ==
             "kopkoo"
             "op");
  BOOST_TEST(world.engine->assignments().open("kim@a.example") == 2U);
  world.pass(days(31));
  for (const char* who : {"kim@a.example", "ola@a.example", "per@a.example"})
    BOOST_TEST(world.engine->assignments().open(who) == 0U);
}

BOOST_AUTO_TEST_CASE(it_stays_open_until_the_goal_is_reached_or_cannot_be_any_more) {
  const std::string at_once = "assign to sales by least loaded";
  World world(project(three + workflow(at_once, "toward qualified\nenter on joined")));
  join(world, 1, 4);
  BOOST_TEST(takers(world) == "kopk");
  world.event(person(2), "became_mql");
  join(world, 5, 5);
  BOOST_TEST(takers(world) == "kopko");
  world.pass(days(15));
  BOOST_TEST(world.engine->assignments().open("kim@a.example") == 0U);
  // Where a version has forgotten the goal, it ends all the same.
  join(world, 6, 6);
  world.deploy(project(three + workflow("wait 1 day")));
  BOOST_TEST(world.engine->assignments().open("kim@a.example") == 1U);
  world.pass(days(15));
  join(world, 7, 7);
  BOOST_TEST(world.engine->assignments().open("kim@a.example") == 0U);
}

BOOST_AUTO_TEST_CASE(who_left_the_team_gets_no_more_and_who_came_does) {
  World world(project(three + workflow(turns)));
  join(world, 1, 1);
  // A pass that is older asks the team as it is now.
  world.deploy(
      project("team sales {\n  \"per@a.example\" capacity 30 per week\n  \"kim@a.example\" capacity 30 per "
              "week\n  \"new@a.example\" capacity 30 per week\n}\n" +
              workflow(turns)));
  join(world, 2, 4);
  BOOST_TEST(takers(world) == "knpk");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_who_is_held_out) {
  World world(project(three + workflow(turns, "toward qualified\nenter on joined"), "", "holdout 50%"),
              {.holdout = true});
  join(world, 1, 20);
  const std::string all = takers(world);
  BOOST_TEST(all.size() == 20U);
  std::string told;
  for (const char c : all) told += c == '-' ? "" : std::string(1, c);
  BOOST_TEST(told.size() < 20U);
  BOOST_TEST(told.size() > 3U);
  // Nor is anybody's turn taken for them.
  for (std::size_t i = 0; i < told.size(); ++i) BOOST_TEST(told[i] == "kop"[i % 3]);
  BOOST_TEST(world.provider.sent.size() == told.size());
  BOOST_TEST(world.tallies().actions.at("assign to sales").suppressed == 20U - told.size());
}

BOOST_AUTO_TEST_CASE(leaving_cancels_what_nobody_was_told_of) {
  World world(project(three + workflow("assign to sales by least loaded\nset contact.stage = done\nwait 1 day",
                                       "enter on joined\nleave when contact.stage is done")));
  world.contact(person(1));
  world.later(world.now, person(1), "joined");
  must(world.engine->batch(world.now));
  BOOST_TEST(world.engine->assignments().open("kim@a.example") == 1U);
  world.pass(days(2));
  BOOST_TEST(world.engine->assignments().open("kim@a.example") == 0U);
}

BOOST_AUTO_TEST_CASE(an_approval_covers_it_whoever_takes_it_by_then) {
  World world(project("role legal { \"lee@a.example\" }\n" + three +
                      workflow("approve by legal up to 2 days { assign to sales by round robin } otherwise { stop }")));
  join(world, 1, 2);
  BOOST_TEST(world.provider.sent.empty());
  const auto asked = must(world.store->outbox(store::OutboxState::asked, 10));
  BOOST_REQUIRE(asked.size() == 2U);
  const auto shown = nlohmann::json::parse(asked[0].payload);
  BOOST_TEST(shown["effects"][0].dump() ==
             R"({"assign":"sales","by":"round robin","contact":{"email":"p1@a.example"}})");
  for (const std::size_t i : {1, 0}) {
    must(world.store->post(
        {{0, world.now, store::InboxKind::command, encode(ApprovalIn{asked[i].key, true, "lee@a.example", ""})}}, {}));
  }
  world.run(world.now);
  BOOST_TEST(takers(world) == "ko");
  BOOST_TEST(world.provider.sent.size() == 2U);
}

/// What a run comes to in which the process ends after every batch and every hand-over, one time in `often`.
std::pair<std::string, std::string> disturbed(int often, bool checkpoints) {
  const Folder folder;
  const std::string flows = workflow("wait 1 hour\nassign to sales by round robin\nwait 2 days", "enter on joined") +
                            workflow("assign to sales by least loaded\nwait 9 hours\nassign to sales by least loaded",
                                     "toward qualified\nenter on visited\nagain after 1 hour", "other");
  World world(project(three + flows), {.path = folder.file("a.db"), .batch_items = 5});
  for (int i = 0; i < 12; ++i) {
    world.contact(person(i));
    world.later(world.now + minutes(7 * i), person(i), "joined");
    for (int n = 0; n < 3; ++n)
      world.later(world.now + minutes(11 * i + 700 * n), person(i), "visited", {{"page", "x"}});
  }
  int step = 0;
  const auto perhaps = [&] {
    if (often == 0 || ++step % often != 0) return;
    if (checkpoints && step % 2 == 0) must(world.engine->checkpoint());
    world.reopen();
  };
  const Instant end = world.now + days(4);
  while (true) {
    const auto due = must(world.engine->next_due());
    if (!due || end < *due) break;
    world.provider.clock = *due;
    // A start makes the engine look at the outbox: only after something was done is there another.
    const Engine::Progress done = must(world.engine->batch(*due));
    if (done.items > 0) perhaps();
    if (done.more) continue;
    if (must(world.engine->hand_over(*due)) > 0) perhaps();
  }
  must(world.engine->checkpoint());
  std::string sent;
  for (const Sent& one : world.provider.sent) sent += one.to + " " + one.contact + " " + one.key + "\n";
  return {takers(world) + "\n" + sent, must(world.store->global())};
}

BOOST_AUTO_TEST_CASE(a_crash_changes_neither_turns_nor_loads) {
  const auto straight = disturbed(0, false);
  BOOST_TEST(straight.first.find('\n') > 30U);
  for (const int often : {1, 3}) {
    for (const bool checkpoints : {false, true}) {
      const auto other = disturbed(often, checkpoints);
      BOOST_TEST(other.first == straight.first);
      BOOST_TEST((other.second == straight.second));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_before_has_nobody_assigned) {
  const Folder folder;
  World world(project(three + workflow(turns)), {.path = folder.file("a.db")});
  must(world.engine->checkpoint());
  std::string bytes = must(world.store->global());
  // Its end: three empty tables and their length, the one of entries that count, how messages leave, what is paused,
  // a place that is empty now, how far rollouts are, and what counts toward limits over all contacts.
  const std::string end("\3\0\0\0\1\0\5\0\0\0\0\0\2\0\0\0\1\0\5\1\3\0\0\0", 24);
  BOOST_REQUIRE((bytes.substr(bytes.size() - end.size()) == end));
  bytes.resize(bytes.size() - end.size());
  must(world.store->checkpoint(world.engine->head().seq, {}, bytes));
  world.reopen();
  join(world, 1, 2);
  BOOST_TEST(takers(world) == "ko");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_to_is_refused_by_name) {
  const auto of = [](const std::string& team, const std::string& by) {
    std::string out;
    for (const Unsupported& one : unsupported(compiled(project(team + workflow("assign to sales by " + by + "\n")))))
      out += one.what;
    return out;
  };
  BOOST_TEST(of(three, "round robin") == "");
  BOOST_TEST(of(three, "least loaded") == "");
  BOOST_TEST(of(three, "best") == "assign to sales by best");
  BOOST_TEST(of("team sales { \"kim@a.example\" capacity 1 per 100 days }\n", "round robin") ==
             "assign to sales, where kim@a.example has a capacity per 100 days");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
