// Limits: how many messages may go out, over sliding windows and over the calendar of the contact.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

/// One message for each visit and one for each purchase: `again after` is whole seconds, so that two events within
/// one want two workflows.
std::string each(const std::string& rules) {
  return project(workflow("send welcome", "enter on visited\nagain after 1 second", "a") +
                     workflow("send offer", "enter on purchased\nagain after 1 second", "b"),
                 "under brand") +
         "policy brand {\n" + rules + "\n}\n";
}

/// Visits and purchases in turn at these instants, and when messages went out.
std::string sent_for(World& world, const std::vector<Instant>& events) {
  bool visit = true;
  for (const Instant when : events) {
    world.later(when, ann, visit ? "visited" : "purchased", visit ? Words{{"page", "x"}} : Words{});
    visit = !visit;
  }
  world.run(events.back() + days(40));
  std::string out;
  for (const Sent& sent : world.provider.sent) out += (out.empty() ? "" : ", ") + to_string(sent.filled);
  return out;
}

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(a_window_is_open_on_the_left_and_closed_on_the_right) {
  World world(each("few: limit messages to 2 per 7 days"));
  world.contact(ann);
  const Instant t = world.now + hours(1);
  const std::string sent = sent_for(world, {t, t + hours(1), t + days(7) - Duration{1}, t + days(7),
                                            t + days(7) + hours(1) - Duration{1}, t + days(7) + hours(1)});
  // The first two; at exactly 7 days the first has left the window, a millisecond before it had not.
  BOOST_TEST(sent == "2026-01-05T13:00:00Z, 2026-01-05T14:00:00Z, 2026-01-12T13:00:00Z, 2026-01-12T14:00:00Z");
  BOOST_TEST(world.tallies().rules.at("brand.few").skipped == 2U);
}

BOOST_AUTO_TEST_CASE(deferred_until_the_window_has_room) {
  World world(each("few: limit messages to 2 per 7 days otherwise defer up to 30 days"));
  world.contact(ann);
  const Instant t = world.now + hours(1);
  const std::string sent = sent_for(world, {t, t + hours(1), t + hours(2)});
  BOOST_TEST(sent == "2026-01-05T13:00:00Z, 2026-01-05T14:00:00Z, 2026-01-12T13:00:00Z");
}

BOOST_AUTO_TEST_CASE(two_that_wait_do_not_share_one_place) {
  const std::string text =
      project(workflow("send welcome", "enter on joined", "a") + workflow("send reminder", "enter on joined", "b") +
                  workflow("send offer", "enter on joined", "c"),
              "under brand") +
      "policy brand { few: limit messages to 1 per 2 days otherwise defer up to 10 days }\n";
  World world(text);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(20));
  BOOST_TEST(world.when(ann, "welcome") == "2026-01-05T12:00:00Z");
  BOOST_TEST(world.when(ann, "reminder") == "2026-01-07T12:00:00Z");
  BOOST_TEST(world.when(ann, "offer") == "2026-01-09T12:00:00Z");
}

BOOST_AUTO_TEST_CASE(none_at_all) {
  World world(each("none_now: limit messages to 0 per day"));
  world.contact(ann);
  BOOST_TEST(sent_for(world, {world.now + hours(1)}) == "");
}

struct Calendar {
  const char *period, *zone, *visits[4], *sent;
};

BOOST_AUTO_TEST_CASE(calendar_periods_are_on_the_contacts_clock) {
  const Calendar cases[] = {
      // The day of Auckland (+13) begins at 11:00Z.
      {"day",
       "Pacific/Auckland",
       {"2026-01-06T10:59:58Z", "2026-01-06T10:59:59.999Z", "2026-01-06T11:00Z", "2026-01-07T10:59Z"},
       "2026-01-06T10:59:58Z, 2026-01-06T11:00:00Z"},
      {"day",
       "",
       {"2026-01-06T04:59:58Z", "2026-01-06T04:59:59Z", "2026-01-06T05:00Z", "2026-01-07T04:59Z"},
       "2026-01-06T04:59:58Z, 2026-01-06T05:00:00Z"},
      // A day of 23 hours.
      {"day",
       "America/New_York",
       {"2026-03-08T05:00Z", "2026-03-09T03:59Z", "2026-03-09T04:00Z", "2026-03-10T03:59Z"},
       "2026-03-08T05:00:00Z, 2026-03-09T04:00:00Z"},
      // Weeks begin on Monday.
      {"week",
       "Europe/Oslo",
       {"2026-01-11T22:59Z", "2026-01-11T22:59:59Z", "2026-01-11T23:00Z", "2026-01-18T22:59Z"},
       "2026-01-11T22:59:00Z, 2026-01-11T23:00:00Z"},
      {"month",
       "Europe/Oslo",
       {"2026-01-31T22:59Z", "2026-01-31T22:59:59Z", "2026-01-31T23:00Z", "2026-02-28T22:59Z"},
       "2026-01-31T22:59:00Z, 2026-01-31T23:00:00Z"},
      {"month",
       "Asia/Tokyo",
       {"2026-12-31T14:59Z", "2026-12-31T14:59:59Z", "2026-12-31T15:00Z", "2027-01-31T14:59Z"},
       "2026-12-31T14:59:00Z, 2026-12-31T15:00:00Z"},
  };
  for (const Calendar& c : cases) {
    World world(each(std::string("few: limit messages to 1 per ") + c.period));
    world.contact(ann, *c.zone == 0 ? Words{} : Words{{"timezone", c.zone}});
    const std::string sent = sent_for(world, {at(c.visits[0]), at(c.visits[1]), at(c.visits[2]), at(c.visits[3])});
    BOOST_TEST(sent == c.sent, c.period << " " << c.zone << ": " << sent);
  }
}

BOOST_AUTO_TEST_CASE(deferred_to_the_next_period) {
  World world(each("few: limit messages to 1 per month otherwise defer up to 40 days"));
  world.contact(ann, {{"timezone", "Europe/Oslo"}});
  BOOST_TEST(sent_for(world, {at("2026-01-06T12:00Z"), at("2026-01-07T12:00Z")}) ==
             "2026-01-06T12:00:00Z, 2026-01-31T23:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_workflows_limit_and_a_policys) {
  const std::string steps = "send welcome\nwait 1 hour\nsend reminder\nwait 1 hour\nsend offer";
  const std::string text =
      project(workflow(steps, "enter on joined\nlimit messages to 2 per 7 days", "a") +
                  workflow("wait 10 minutes\n" + steps, "enter on joined", "b"),
              "under brand") +
      "policy brand {\n  few: limit messages to 4 per 7 days\n  texts: limit messages by sms to 0 per day\n}\n";
  World world(text);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  // Of `a` two by its own limit; of both together four by the policy's.
  BOOST_TEST(list(world.got(ann)) == "welcome, welcome, reminder, reminder");
  BOOST_TEST(world.tallies().rules.at("a.limit").skipped == 1U);
  BOOST_TEST(world.tallies().rules.at("brand.few").skipped == 1U);
}

BOOST_AUTO_TEST_CASE(a_channels_limit) {
  const std::string text =
      project(workflow("send ping\nsend welcome\nwait 1 hour\nsend ping\nsend offer"), "under brand") +
      "policy brand { texts: limit messages by sms to 1 per 7 days }\n";
  World world(text);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  BOOST_TEST(list(world.got(ann)) == "ping, welcome, offer");
}

BOOST_AUTO_TEST_CASE(a_receipt_is_outside_limits_but_not_outside_what_is_forbidden) {
  const std::string text = project(workflow("send welcome\nsend receipt\nsend receipt\nsend offer"), "under brand") +
                           "policy brand {\n  few: limit messages to 1 per 7 days\n  consent: forbid send when "
                           "channel.consent is withdrawn\n}\n";
  World world(text);
  world.contact(ann);
  world.event(ann, "joined");
  // It does not count either: the cap was used by `welcome` alone.
  BOOST_TEST(list(world.got(ann)) == "welcome, receipt, receipt");
  BOOST_TEST(world.cell(ann).counted.size() == 1U);
  world.contact("no@a.example", {{"consent.email", "withdrawn"}});
  world.event("no@a.example", "joined");
  BOOST_TEST(world.got("no@a.example").empty());
}

BOOST_AUTO_TEST_CASE(what_left_the_window_is_forgotten) {
  World world(each("few: limit messages to 5 per 7 days"));
  world.contact(ann);
  std::vector<Instant> visits;
  for (int day = 0; day < 60; ++day) visits.push_back(world.now + days(day));
  sent_for(world, visits);
  BOOST_TEST(world.cell(ann).counted.size() <= 7U);
}

BOOST_AUTO_TEST_CASE(a_new_limit_counts_what_went_out_before_it) {
  const std::string none = project(workflow("send welcome", "enter on visited\nagain after 1 second"));
  World world(none);
  world.contact(ann);
  world.event(ann, "visited", {{"page", "x"}});
  world.pass(days(3));
  world.event(ann, "visited", {{"page", "x"}});
  world.pass(days(1));
  world.deploy(each("few: limit messages to 2 per 7 days"));
  BOOST_TEST(world.cell(ann).counted.size() == 2U);
  world.event(ann, "visited", {{"page", "x"}});
  BOOST_TEST(world.got(ann).size() == 2U);
  world.reopen();
  world.pass(days(3));
  world.event(ann, "visited", {{"page", "x"}});  // the first one left the window at this instant
  BOOST_TEST(world.got(ann).size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
