// Ways through a workflow: rounds of a repeat, the variants of a split, following another workflow, waiting for a date,
// and what this runtime refuses.
#include <set>

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

BOOST_AUTO_TEST_SUITE(ways)

/// Each message with the day on which it was sent.
std::string story(const World& world, const std::string& email) {
  std::vector<std::string> out;
  for (const Sent& sent : world.provider.sent) {
    if (sent.to == email) out.push_back(sent.content + " " + to_string(sent.filled).substr(5, 5));
  }
  return list(out);
}

BOOST_AUTO_TEST_CASE(a_round_takes_its_time_the_last_one_too) {
  World world(project(workflow("repeat up to 3 times every 7 days { send reminder }\nsend offer")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(60));
  BOOST_TEST(story(world, "ann@a.example") == "reminder 01-05, reminder 01-12, reminder 01-19, offer 01-26");
  std::set<std::string> keys;
  for (const Sent& sent : world.provider.sent) BOOST_TEST(keys.insert(sent.key).second);
  BOOST_TEST(world.tallies().steps.at("nurture/repeat#1/send reminder#1") == 3U);
  BOOST_TEST(world.tallies().steps.at("nurture/repeat#1") == 4U);
  BOOST_TEST(world.cell("ann@a.example").instances.empty());
}

BOOST_AUTO_TEST_CASE(until_is_asked_before_each_round) {
  World world(
      project(workflow("repeat up to 5 times every 2 days until contact.plan is pro { send reminder }\nsend offer")));
  world.contact("ann@a.example");
  world.contact("bob@a.example", {{"plan", "pro"}});
  for (const char* who : {"ann@a.example", "bob@a.example"}) world.event(who, "joined");
  world.run("2026-01-08T12:00Z");
  world.contact("ann@a.example", {{"plan", "pro"}});
  world.pass(days(20));
  BOOST_TEST(story(world, "ann@a.example") == "reminder 01-05, reminder 01-07, offer 01-09");
  BOOST_TEST(story(world, "bob@a.example") == "offer 01-05");
}

BOOST_AUTO_TEST_CASE(a_round_that_took_longer_is_over_when_it_is) {
  World world(project(workflow("repeat up to 2 times every 1 day {\nsend reminder\nwait 3 days\n}\nsend offer")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(20));
  BOOST_TEST(story(world, "ann@a.example") == "reminder 01-05, reminder 01-08, offer 01-11");
}

BOOST_AUTO_TEST_CASE(rounds_within_rounds) {
  World world(
      project(workflow("repeat up to 2 times every 10 days {\nsend welcome\n"
                       "repeat up to 2 times every 1 day { send reminder }\n}\nsend offer")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(40));
  BOOST_TEST(
      story(world, "ann@a.example") ==
      "welcome 01-05, reminder 01-05, reminder 01-06, welcome 01-15, reminder 01-15, reminder 01-16, offer 01-25");
  std::set<std::string> keys;
  for (const Sent& sent : world.provider.sent) BOOST_TEST(keys.insert(sent.key).second);
}

BOOST_AUTO_TEST_CASE(a_round_of_nothing_asks_again) {
  World world(project(workflow("repeat up to 9 times every 1 day until contact.plan is pro { }\nsend offer")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.run("2026-01-07T18:00Z");
  world.contact("ann@a.example", {{"plan", "pro"}});
  world.pass(days(20));
  BOOST_TEST(story(world, "ann@a.example") == "offer 01-08");
}

BOOST_AUTO_TEST_CASE(events_choices_and_answers_in_rounds) {
  World world(
      project(workflow("repeat up to 4 times every 5 days {\nsend reminder\nwait up to 2 days\n"
                       "for clicked of reminder { send note(said: \"yes\") }\notherwise { }\n"
                       "choose c toward qualified {\noption a { send welcome }\noption b { send welcome }\n}\n}")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(5));
  world.event("ann@a.example", "clicked", {}, {.of = "reminder"});  // of the second
  world.pass(days(30));
  BOOST_TEST(story(world, "ann@a.example") ==
             "reminder 01-05, welcome 01-07, reminder 01-10, note 01-10, welcome 01-10, reminder 01-15, welcome 01-17, "
             "reminder 01-20, welcome 01-22");
  std::set<std::uint64_t> visits;
  for (const auto& [when, decided] : world.said<audit::Decided>()) {
    BOOST_TEST(visits.insert(decided.index).second);
    Dice dice(world.options.seed, decided.purpose, decided.index);
    BOOST_TEST(learn::draw(decided.shares, dice) == decided.chosen);
  }
  BOOST_TEST(visits.size() == 4U);
}

BOOST_AUTO_TEST_CASE(leaving_ends_the_rounds) {
  World world(project(workflow("repeat up to 9 times every 1 day { send reminder }\nsend offer",
                               "enter on joined\nleave on purchased\nagain after 1 hour")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(hours(49));
  world.event("ann@a.example", "purchased");
  world.pass(days(3));
  BOOST_TEST(world.got("ann@a.example").size() == 3U);
  // The next pass counts its own.
  world.event("ann@a.example", "joined");
  world.pass(days(30));
  BOOST_TEST(world.got("ann@a.example").size() == 3U + 9U + 1U);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_held_in_a_round) {
  World world(project(workflow("repeat up to 2 times every 1 day { send reminder }"), "under quiet") +
              "policy quiet { r: forbid send between 06:00 and 10:00 otherwise defer }\n");
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(10));
  // 07:00 in New York: held until 10:00, and the round began at 07:00 all the same.
  BOOST_TEST(world.got("ann@a.example").size() == 2U);
  BOOST_TEST(to_string(world.provider.sent[0].filled) == "2026-01-05T15:00:00Z");
  BOOST_TEST(to_string(world.provider.sent[1].filled) == "2026-01-06T15:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_split_is_a_hash_of_the_contact) {
  const std::string text =
      project(workflow("split tone {\nvariant short 25% { send welcome }\nvariant long 75% { send offer }\n}\n"
                       "split other {\nvariant x 50% { send reminder }\nvariant y 50% { }\n}",
                       "toward qualified\nenter on joined\nagain after 1 hour"));
  World world(text);
  std::map<std::string, int> taken;
  for (int i = 0; i < 800; ++i) {
    const std::string email = "p" + std::to_string(i) + "@a.example";
    world.contact(email);
    world.event(email, "joined");
    ++taken[list(world.got(email))];
  }
  const int both = taken["welcome, reminder"], shorts = both + taken["welcome"];
  BOOST_TEST(shorts > 160);
  BOOST_TEST(shorts < 240);
  // Each has its own salt: the one says nothing of the other.
  BOOST_TEST(both > shorts * 35 / 100);
  BOOST_TEST(both < shorts * 65 / 100);
  BOOST_TEST(world.said<audit::SplitTaken>().size() == 1'600U);
  // Who comes again goes the same way.
  const auto ways_of = [&](std::uint64_t serial) {
    std::map<store::ContactId, std::string> out;
    for (const auto& [when, e] : world.said<audit::SplitTaken>()) {
      if (e.pass.serial == serial && e.split == "nurture/tone") out[e.pass.contact] = e.variant;
    }
    return out;
  };
  world.pass(hours(2));
  for (int i = 0; i < 50; ++i) world.event("p" + std::to_string(i) + "@a.example", "joined");
  const auto before = ways_of(1), after = ways_of(2);
  BOOST_TEST(after.size() == 50U);
  for (const auto& [contact, variant] : after) BOOST_TEST(before.at(contact) == variant);
}

BOOST_AUTO_TEST_CASE(at_most_leaves_the_rest_to_nobody) {
  World world(
      project(workflow("choose c toward qualified {\nexplore at least 5%\n"
                       "option a at most 20% { send welcome }\noption b at least 5% at most 30% { send offer }\n"
                       "}\nsend reminder")));
  for (int i = 0; i < 400; ++i) {
    const std::string email = "p" + std::to_string(i) + "@a.example";
    world.contact(email);
    world.event(email, "joined");
  }
  std::map<std::uint32_t, int> taken;
  for (const auto& [when, d] : world.said<audit::Decided>()) {
    BOOST_TEST(d.shares.at(0) == 200'000'000U);
    BOOST_TEST(d.shares.at(1) == 300'000'000U);
    ++taken[d.chosen];
  }
  BOOST_TEST(taken[2] > 160);
  BOOST_TEST(taken[2] < 240);
  int nothing = 0;
  for (int i = 0; i < 400; ++i)
    nothing += list(world.got("p" + std::to_string(i) + "@a.example")) == "reminder" ? 1 : 0;
  BOOST_TEST(nothing == taken[2]);
  // Nothing is learned of nobody.
  const LearnedChoice& learned = world.tallies().choices().at("nurture/c");
  BOOST_TEST(learned.decisions[0] + learned.decisions[1] == 400U - static_cast<unsigned>(taken[2]));
}

BOOST_AUTO_TEST_CASE(following_another_workflow) {
  World world(
      project(workflow("send welcome\nfollow second") +
              workflow("send offer\nwait 1 day\nsend reminder", "enter on purchased\nagain after 30 days", "second")));
  for (const char* who : {"ann@a.example", "bob@a.example", "cat@a.example"}) world.contact(who);
  world.event("ann@a.example", "joined");
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome, offer");
  // In it already: the pass ends, and the other goes on.
  world.event("bob@a.example", "purchased");
  world.event("bob@a.example", "joined");
  world.pass(days(2));
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome, offer, reminder");
  BOOST_TEST(list(world.got("bob@a.example")) == "offer, welcome, reminder");
  // Through it a while ago: not again yet.
  world.event("cat@a.example", "purchased");
  world.pass(days(3));
  world.event("cat@a.example", "joined");
  world.pass(days(3));
  BOOST_TEST(list(world.got("cat@a.example")) == "offer, reminder, welcome");
  std::vector<std::string> reasons;
  for (const auto& [when, left] : world.said<audit::Left>()) {
    if (left.pass.workflow == "nurture") reasons.push_back(left.reason);
  }
  BOOST_TEST(list(reasons) == "follow second, follow second: already in it, follow second: not again");
  BOOST_TEST(world.tallies().workflows.at("nurture").finished == 3U);
}

BOOST_AUTO_TEST_CASE(who_follows_may_be_held_out_there) {
  World world(
      project(workflow("follow second") + workflow("send offer", "toward qualified", "second"), "", "holdout 50%"),
      {.holdout = true});
  for (int i = 0; i < 200; ++i) {
    const std::string email = "p" + std::to_string(i) + "@a.example";
    world.contact(email);
    world.event(email, "joined");
  }
  const WorkflowTally& tally = world.tallies().workflows.at("second");
  BOOST_TEST(tally.entered == 200U);
  BOOST_TEST(tally.held_out > 70U);
  BOOST_TEST(world.provider.sent.size() == 200U - tally.held_out);
}

BOOST_AUTO_TEST_CASE(who_is_to_leave_does_not_stay) {
  World world(project(workflow("follow second") +
                      workflow("send offer", "enter on purchased\nleave when contact.plan is pro", "second")));
  world.contact("ann@a.example", {{"plan", "pro"}});
  world.event("ann@a.example", "joined");
  BOOST_TEST(world.got("ann@a.example").empty());
  BOOST_TEST(world.cell("ann@a.example").instances.empty());
}

BOOST_AUTO_TEST_CASE(until_a_date_is_the_start_of_that_day_on_the_contacts_clock) {
  const std::string text = project(workflow("wait until contact.signed_up + 14 days\nsend offer"), "", "",
                                   "timezone: TimeZone? zone\n  signed_up: Date");
  World world(text);
  world.contact("oslo@a.example", {{"signed_up", "2025-12-28"}, {"timezone", "Europe/Oslo"}});
  world.contact("york@a.example", {{"signed_up", "2025-12-28"}});
  world.contact("past@a.example", {{"signed_up", "2020-01-01"}});
  world.contact("today@a.example", {{"signed_up", "2025-12-22"}});
  for (const char* who : {"oslo@a.example", "york@a.example", "past@a.example", "today@a.example"})
    world.event(who, "joined");
  world.pass(days(20));
  BOOST_TEST(world.when("oslo@a.example", "offer") == "2026-01-10T23:00:00Z");
  BOOST_TEST(world.when("york@a.example", "offer") == "2026-01-11T05:00:00Z");
  BOOST_TEST(world.when("past@a.example", "offer") == "2026-01-05T12:00:00Z");
  BOOST_TEST(world.when("today@a.example", "offer") == "2026-01-05T12:00:00Z");
}

BOOST_AUTO_TEST_CASE(midnight_that_does_not_exist) {
  // In Santiago clocks go from 00:00 to 01:00 on 6 September 2026.
  World world(project(workflow("wait until 2026-09-06\nsend offer")), {.start = "2026-09-01T12:00Z"});
  world.contact("ann@a.example", {{"timezone", "America/Santiago"}});
  world.event("ann@a.example", "joined");
  world.pass(days(10));
  BOOST_TEST(world.when("ann@a.example", "offer") == "2026-09-06T04:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_repeat_survives_a_crash_in_the_middle) {
  const Folder folder;
  const std::string text = project(workflow(
      "repeat up to 4 times every 3 days {\nsend reminder\nwait 1 day\nsend note(said: \"x\")\n}\nsend offer"));
  World straight(text, {.path = folder.file("straight.db")});
  World stopped(text, {.path = folder.file("stopped.db")});
  for (World* world : {&straight, &stopped}) {
    world->contact("ann@a.example");
    world->event("ann@a.example", "joined");
  }
  straight.pass(days(30));
  for (int i = 0; i < 60; ++i) {
    stopped.pass(hours(12));
    stopped.reopen();
  }
  BOOST_TEST((straight.provider.sent == stopped.provider.sent));
  BOOST_TEST(straight.provider.sent.size() == 9U);
  BOOST_TEST(hex(must(audit::verify(*straight.store)).head.chain) != "");
}

BOOST_AUTO_TEST_CASE(what_this_runtime_cannot_do_yet_is_refused_by_name) {
  const std::pair<const char*, const char*> cases[] = {
      {"split s toward qualified {\nvariant a 50% { }\nvariant b 50% { }\nadopt when sure\n}",
       "`adopt when sure in split s, toward another goal than its workflow's`"},
      {"allocate $100 per week across campaign toward qualified { each between 5% and 50% }",
       "`allocate across campaign`"},
      {"plan path toward qualified {\nat most 6 plays, at least 2 days apart, within 45 days\nstage aware\n"
       "play rest { }\n}",
       "`plan path`"},
  };
  for (const auto& [steps, named] : cases) {
    const bytecode::Module module =
        compiled(project(workflow(steps) + "record campaign { key name: Text, live: Bool }\n"));
    World world(project(""));
    const Result<bool> deployed = world.engine->deploy(world.now, module);
    BOOST_REQUIRE(!deployed);
    const std::string said = describe(deployed.error());
    BOOST_TEST(said.find(named) != std::string::npos, said);
    BOOST_TEST(said.find("x.lead:") != std::string::npos, said);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
