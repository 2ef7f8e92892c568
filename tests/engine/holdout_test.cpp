// The holdout: its size, that it stays the same people, and that they go the same way without a message.
#include <cmath>
#include <set>

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

BOOST_AUTO_TEST_SUITE(holdout)

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

const char* const two_workflows = R"(
workflow a for contact {
  owner "a@acme.example"
  toward qualified
  enter on joined
  steps { wait 1 day }
}
workflow b for contact {
  owner "a@acme.example"
  toward qualified
  enter on joined
  steps { wait 2 days }
}
)";

BOOST_AUTO_TEST_CASE(as_many_as_it_says_and_always_the_same) {
  constexpr int people = 20'000;
  World world(project(two_workflows, "", "holdout 10%"), {.holdout = true});
  std::vector<store::Inbox> rows;
  for (int i = 0; i < people; ++i) {
    rows.push_back({0, world.now, store::InboxKind::contact,
                    encode(ContactIn{encoded(world.module.fields, {{"email", person(i)}})})});
  }
  for (int i = 0; i < people; ++i) {
    rows.push_back({0, world.now, store::InboxKind::event, encode(world.event_of(person(i), "joined", {}, {}))});
  }
  must(world.store->post(rows, {}));
  world.run(world.now);
  std::map<store::ContactId, std::set<audit::Mode>> modes;
  std::size_t held = 0;
  for (const auto& [when, entered] : world.said<audit::Entered>()) {
    modes[entered.pass.contact].insert(entered.mode);
    held += entered.pass.workflow == "a" && entered.mode == audit::Mode::held_out ? 1 : 0;
  }
  BOOST_TEST(modes.size() == static_cast<std::size_t>(people));
  // Five standard deviations: fails by chance once in two million salts, and the salt is fixed here.
  const double sd = std::sqrt(people * 0.1 * 0.9);
  BOOST_TEST(std::abs(static_cast<double>(held) - people * 0.1) < 5 * sd, held);
  // Both workflows are toward the same goal: whoever one holds out, the other does.
  BOOST_TEST(std::all_of(modes.begin(), modes.end(), [](const auto& m) { return m.second.size() == 1; }));

  // A later version, another workflow toward the goal, a restart: still the same people.
  world.deploy(project(std::string(two_workflows) + R"(
workflow c for contact {
  owner "a@acme.example"
  toward qualified
  enter on visited
  steps { wait 1 day }
}
)",
                       "", "holdout 10%"));
  world.reopen();
  rows.clear();
  for (int i = 0; i < 500; ++i)
    rows.push_back(
        {0, world.now, store::InboxKind::event, encode(world.event_of(person(i), "visited", {{"page", "x"}}, {}))});
  must(world.store->post(rows, {}));
  world.run(world.now);
  std::size_t compared = 0;
  for (const auto& [when, entered] : world.said<audit::Entered>()) {
    if (entered.pass.workflow != "c") continue;
    ++compared;
    BOOST_TEST(modes.at(entered.pass.contact).contains(entered.mode));
  }
  BOOST_TEST(compared == 500U);
  const GoalTally& tally = world.tallies().goals.at("qualified");
  BOOST_TEST(tally.entered == 2U * people + 500U);
}

BOOST_AUTO_TEST_CASE(a_larger_share_holds_out_the_same_people_and_more) {
  std::set<std::uint64_t> before;
  for (const char* share : {"holdout 20%", "holdout 50%"}) {
    World world(project(two_workflows, "", share), {.holdout = true});
    for (int i = 0; i < 100; ++i) {
      world.contact(person(i));
      world.event(person(i), "joined");
    }
    std::set<std::uint64_t> held;
    for (const auto& [when, entered] : world.said<audit::Entered>()) {
      if (entered.mode == audit::Mode::held_out) held.insert(entered.pass.contact.id);
    }
    BOOST_TEST(std::includes(held.begin(), held.end(), before.begin(), before.end()));
    BOOST_TEST(held.size() > before.size());
    before = held;
  }
}

BOOST_AUTO_TEST_CASE(the_same_way_at_the_same_times_and_nothing_sent) {
  const std::string steps = R"(
    send welcome
    send receipt
    wait up to 1 day
      for visited where page == "pricing" as v { set contact.stage = nurturing }
      otherwise { }
    send reminder
    wait 20 hours
    if contact.stage is nurturing { send offer } else { stop }
    wait 1 hour
    send ping
    wait until 09:00
    send note(said: "bye"))";
  const std::string text =
      project(
          workflow(steps, "toward qualified\nenter on joined\nleave on unsubscribed\nlimit messages to 3 per 7 days"),
          "under brand", "holdout 50%") +
      R"(
policy brand {
  nights: forbid send between 21:00 and 08:00 otherwise defer
  few: limit messages by email to 2 per 3 days otherwise defer up to 10 days
  poor: forbid send by sms when contact.mrr < $5 otherwise defer up to 5 hours
  consent: forbid send when channel.consent is withdrawn
})";
  World world(text, {.holdout = true});
  constexpr int people = 40;
  for (int i = 0; i < people; ++i) world.contact(person(i), {{"mrr", i % 4 < 2 ? "1" : "9"}});
  for (int i = 0; i < people; ++i) {
    world.later(at("2026-01-05T20:30Z"), person(i), "joined");
    if (i % 4 != 3) world.later(at("2026-01-06T01:00Z"), person(i), "visited", {{"page", "pricing"}});
    if (i % 4 == 2) world.later(at("2026-01-07T13:00Z"), person(i), "unsubscribed");
  }
  world.pass(days(30));
  std::map<std::uint64_t, std::string> paths;
  std::map<std::uint64_t, audit::Mode> modes;
  for (const auto& [when, entered] : world.said<audit::Entered>()) modes[entered.pass.contact.id] = entered.mode;
  for (const auto& [when, step] : world.said<audit::StepTaken>())
    paths[step.pass.contact.id] += to_string(when) + " " + step.step + "\n";
  for (const auto& [when, left] : world.said<audit::Left>())
    paths[left.pass.contact.id] += to_string(when) + " " + left.reason + "\n";
  for (int kind = 0; kind < 4; ++kind) {
    std::set<std::string> ways;
    std::size_t held = 0;
    for (int i = kind; i < people; i += 4) {
      const std::uint64_t id = world.id(person(i))->id;
      ways.insert(paths[id]);
      if (modes[id] != audit::Mode::held_out) {
        BOOST_TEST(world.got(person(i)).size() >= 2U);
        continue;
      }
      ++held;
      BOOST_TEST(list(world.got(person(i))) == "receipt");  // owed, whoever is held out
    }
    BOOST_TEST(held > 0U);
    BOOST_TEST(held < static_cast<std::size_t>(people / 4));
    BOOST_TEST(ways.size() == 1U, list({ways.begin(), ways.end()}));
  }
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_does_not_use_up_a_live_passs_limit) {
  // Toward `qualified` everybody is held out, toward `sold` nobody.
  const std::string text = project(workflow("send welcome\nsend reminder", "toward qualified\nenter on joined", "a") +
                                       workflow("wait 1 hour\nsend offer", "enter on joined", "b"),
                                   "under brand", "holdout 100%") +
                           "policy brand { few: limit messages to 1 per 7 days }\n";
  World world(text, {.holdout = true});
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(1));
  BOOST_TEST(list(world.got("ann@a.example")) == "offer");
}

BOOST_AUTO_TEST_CASE(goals_are_measured_on_both_sides) {
  World world(project(two_workflows, "", "holdout 50%"), {.holdout = true});
  for (int i = 0; i < 40; ++i) {
    world.contact(person(i));
    world.event(person(i), "joined");
  }
  for (int i = 0; i < 40; i += 2) world.event(person(i), "became_mql");
  world.pass(days(20));
  const GoalTally& tally = world.tallies().goals.at("qualified");
  BOOST_TEST(tally.treated + tally.held == 80U);
  BOOST_TEST(tally.treated_reached + tally.held_reached == 40U);
  BOOST_TEST(tally.held > 0U);
  BOOST_TEST(tally.held_reached > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
