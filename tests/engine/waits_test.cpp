// Waits: for a time, until a time of day, for an event.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

BOOST_AUTO_TEST_SUITE(waits)

BOOST_AUTO_TEST_CASE(a_duration_is_exact) {
  World world(project(workflow("wait 36 hours\nsend welcome")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.run(at("2026-01-07T00:00Z") - Duration{1});
  BOOST_TEST(world.got("ann@a.example").empty());
  world.run("2026-01-07T00:00Z");
  BOOST_TEST(world.when("ann@a.example", "welcome") == "2026-01-07T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_wait_for_what_the_contact_says) {
  World world(project(workflow(
      "wait contact.pause or 1 hour\nsend welcome\nwait until contact.renews or 2026-01-09T08:30Z\nsend offer")));
  world.contact("ann@a.example", {{"pause", "90 minutes"}, {"renews", "2026-01-08T10:00Z"}});
  world.contact("bob@a.example");
  // An instant that has passed is no wait, and no trouble.
  world.contact("cat@a.example", {{"renews", "2020-01-01T00:00Z"}});
  for (const char* who : {"ann@a.example", "bob@a.example", "cat@a.example"}) world.event(who, "joined");
  world.pass(days(5));
  BOOST_TEST(world.when("ann@a.example", "welcome") == "2026-01-05T13:30:00Z");
  BOOST_TEST(world.when("ann@a.example", "offer") == "2026-01-08T10:00:00Z");
  BOOST_TEST(world.when("bob@a.example", "offer") == "2026-01-09T08:30:00Z");
  BOOST_TEST(world.when("cat@a.example", "offer") == "2026-01-05T13:00:00Z");
}

struct Clock {
  const char *start, *zone, *country, *time, *expected;
};

BOOST_AUTO_TEST_CASE(until_a_time_of_day_is_on_the_contacts_clock) {
  const Clock cases[] = {
      {"2026-01-05T12:00Z", "Europe/Oslo", "", "09:00", "2026-01-06T08:00:00Z"},
      {"2026-01-05T12:00Z", "Asia/Kathmandu", "", "18:00", "2026-01-05T12:15:00Z"},
      // Exactly that time now: the next one is meant.
      {"2026-01-05T08:00Z", "Europe/Oslo", "", "09:00", "2026-01-06T08:00:00Z"},
      // Clocks go from 02:00 to 03:00 in New York on 8 March 2026: 02:30 is the first instant after the gap.
      {"2026-03-07T12:00Z", "America/New_York", "", "02:30", "2026-03-08T07:00:00Z"},
      {"2026-03-08T12:00Z", "America/New_York", "", "02:30", "2026-03-09T06:30:00Z"},
      // From 02:00 back to 01:00 on 1 November 2026: 01:30 comes twice, and the earlier is meant.
      {"2026-10-31T12:00Z", "America/New_York", "", "01:30", "2026-11-01T05:30:00Z"},
      {"2026-11-01T05:31Z", "America/New_York", "", "01:30", "2026-11-02T06:30:00Z"},
      {"2026-11-01T12:00Z", "America/New_York", "", "09:00", "2026-11-01T14:00:00Z"},
      // Midnight does not exist in Santiago on the day of the gap (6 September 2026).
      {"2026-09-05T12:00Z", "America/Santiago", "", "00:00", "2026-09-06T04:00:00Z"},
      // Whose zone is absent is on the clock of their country; whose country is too, on the project's.
      {"2026-01-05T12:00Z", "", "NO", "09:00", "2026-01-06T08:00:00Z"},
      {"2026-01-05T12:00Z", "", "", "09:00", "2026-01-05T14:00:00Z"},
  };
  for (const Clock& c : cases) {
    World world(project(workflow(std::string("wait until ") + c.time + "\nsend welcome")), {.start = c.start});
    Words words;
    if (*c.zone != 0) words.emplace_back("timezone", c.zone);
    if (*c.country != 0) words.emplace_back("country", c.country);
    world.contact("ann@a.example", words);
    world.event("ann@a.example", "joined");
    world.pass(days(3));
    BOOST_TEST(world.when("ann@a.example", "welcome") == c.expected, c.start << " " << c.zone << c.country << " "
                                                                             << c.time << ": "
                                                                             << world.when("ann@a.example", "welcome"));
  }
}

const char* const waiting = R"(
send welcome
wait up to 3 days
  for visited where page == "pricing" as visit { send note(said: visit.page) }
  for purchased { stop }
  otherwise { send reminder }
wait 1 day
send offer)";

BOOST_AUTO_TEST_CASE(an_event_before_at_and_after_the_deadline) {
  World world(project(workflow(waiting)));
  const Instant deadline = world.now + days(3);
  const std::pair<const char*, std::int64_t> people[] = {
      {"before@a.example", -1}, {"on@a.example", 0}, {"after@a.example", 1}};
  for (const auto& [who, ms] : people) {
    world.contact(who);
    world.later(deadline + Duration{ms}, who, "visited", {{"page", "pricing"}});
  }
  for (const auto& [who, ms] : people) world.event(who, "joined");
  world.pass(days(10));
  BOOST_TEST(list(world.got("before@a.example")) == "welcome, note, offer");
  BOOST_TEST(list(world.got("on@a.example")) == "welcome, note, offer");
  BOOST_TEST(list(world.got("after@a.example")) == "welcome, reminder, offer");
  BOOST_TEST(world.when("before@a.example", "note") == to_string(deadline - Duration{1}));
  BOOST_TEST(world.when("after@a.example", "reminder") == to_string(deadline));
}

BOOST_AUTO_TEST_CASE(only_what_is_waited_for_is_taken) {
  World world(project(workflow(waiting)));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(hours(1));
  world.event("ann@a.example", "visited", {{"page", "jobs"}});
  // Arrives during the wait, but happened before it.
  world.event("ann@a.example", "visited", {{"page", "pricing"}}, {.at = at("2026-01-05T11:59Z")});
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome");
  world.event("ann@a.example", "visited", {{"page", "pricing"}});
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome, note");
  BOOST_TEST(world.provider.sent.back().body == "You said pricing.");
  // Taken once: a second one is nothing to wait for any more.
  world.event("ann@a.example", "visited", {{"page", "pricing"}});
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome, note");
}

BOOST_AUTO_TEST_CASE(another_arm) {
  World world(project(workflow(waiting)));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(days(1));
  world.event("ann@a.example", "purchased");
  world.pass(days(10));
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome");
  BOOST_TEST(world.cell("ann@a.example").instances.empty());
}

const char* const answering = R"(
send welcome
wait 1 day
wait up to 2 days
  for clicked of welcome { send offer }
  otherwise { send reminder })";

BOOST_AUTO_TEST_CASE(an_answer_counts_from_the_send) {
  World world(project(workflow(answering)));
  for (const char* who : {"early@a.example", "other@a.example", "before@a.example", "late@a.example"})
    world.contact(who);
  // Before the send: it cannot answer it, whatever it says.
  world.event("before@a.example", "clicked", {}, {.of = "welcome"});
  world.pass(minutes(10));
  for (const char* who : {"early@a.example", "other@a.example", "before@a.example", "late@a.example"})
    world.event(who, "joined");
  world.pass(hours(2));
  world.event("early@a.example", "clicked", {}, {.of = "welcome"});  // between the send and the wait
  world.event("other@a.example", "clicked", {}, {.of = "reminder"});
  world.pass(days(2));
  world.event("other@a.example", "clicked");  // answers nothing
  world.event("late@a.example", "clicked", {}, {.of = "welcome"});
  world.pass(days(5));
  BOOST_TEST(list(world.got("early@a.example")) == "welcome, offer");
  BOOST_TEST(world.when("early@a.example", "offer") == "2026-01-06T12:10:00Z");  // when the wait began
  BOOST_TEST(list(world.got("other@a.example")) == "welcome, reminder");
  BOOST_TEST(list(world.got("before@a.example")) == "welcome, reminder");
  BOOST_TEST(list(world.got("late@a.example")) == "welcome, offer");
}

BOOST_AUTO_TEST_CASE(what_ended_one_wait_does_not_end_the_next) {
  // The second wait also has an arm that counts from the send; the arm that does not must not look back.
  World world(project(workflow(R"(
send welcome
wait up to 2 days
  for clicked of welcome { }
  otherwise { stop }
wait up to 2 days
  for clicked { send offer }
  for replied of welcome { send note(said: "reply") }
  otherwise { send reminder })")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(hours(1));
  world.event("ann@a.example", "clicked", {}, {.of = "welcome"});
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome");
  world.pass(hours(1));
  world.event("ann@a.example", "clicked");
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome, offer");
}

BOOST_AUTO_TEST_CASE(what_came_first_is_taken_first) {
  // Both came between the send and the wait, the later one arriving first.
  World world(project(workflow(R"(
send welcome
wait 1 day
wait up to 2 days
  for clicked of welcome { send offer }
  for replied of welcome { send reminder }
  otherwise { })")));
  world.contact("ann@a.example");
  world.event("ann@a.example", "joined");
  world.pass(hours(5));
  world.event("ann@a.example", "clicked", {}, {.of = "welcome"});
  world.event("ann@a.example", "replied", {}, {.of = "welcome", .at = world.now - hours(1)});
  world.pass(days(2));
  BOOST_TEST(list(world.got("ann@a.example")) == "welcome, reminder");
}

BOOST_AUTO_TEST_CASE(what_an_event_said_is_read_back) {
  const Folder folder;
  World world(project(workflow(R"(
wait up to 3 days
  for visited where page != "jobs" as visit {
    wait 1 day
    send note(said: "{event.asset} {visit.page}")
  }
  otherwise { })",
                               "enter on downloaded")),
              {.path = folder.file("a.db")});
  world.contact("ann@a.example");
  world.event("ann@a.example", "downloaded", {{"asset", "whitepaper"}});
  world.pass(hours(1));
  world.event("ann@a.example", "visited", {{"page", "jobs"}});
  world.event("ann@a.example", "visited", {{"page", "pricing"}});
  must(world.engine->checkpoint());
  world.reopen();
  world.pass(days(2));
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(world.provider.sent[0].body == "You said whitepaper pricing.");
}

BOOST_AUTO_TEST_CASE(short_values_survive_being_moved) {
  // A record of a few bytes: its texts must not point to where it was read.
  const Folder folder;
  World world(project(workflow("wait 1 hour\nsend note(said: \"{contact.email}\")")), {.path = folder.file("a.db")});
  world.contact("a@b.c", {{"consent.email", "given"}});
  world.event("a@b.c", "joined");
  world.reopen();
  world.pass(hours(2));
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(world.provider.sent[0].body == "You said a@b.c.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
