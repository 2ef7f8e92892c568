// Rules: what is skipped, what is deferred and until when, and that hand-over is the moment that counts.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

std::string under(const std::string& rules, const std::string& rest) {
  return project(rest, "under brand") + "policy brand {\n" + rules + "\n}\n";
}

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(skip_goes_on_and_is_written_down) {
  World world(
      under("consent: forbid send when channel.consent is not given\nfree: forbid send by email when contact.plan is "
            "free otherwise skip",
            workflow("send welcome\nsend ping\nwait 1 day\nsend offer")));
  world.contact(ann);
  world.contact("pro@a.example", {{"plan", "pro"}});
  world.contact("no@a.example", {{"plan", "pro"}, {"consent.email", "unknown"}});
  for (const char* who : {"ann@a.example", "pro@a.example", "no@a.example"}) world.event(who, "joined");
  world.pass(days(2));
  BOOST_TEST(list(world.got(ann)) == "ping");
  BOOST_TEST(list(world.got("pro@a.example")) == "welcome, ping, offer");
  BOOST_TEST(list(world.got("no@a.example")) == "ping");  // sms needs no consent
  BOOST_TEST(world.tallies().rules.at("brand.free").skipped == 2U);
  BOOST_TEST(world.tallies().rules.at("brand.consent").skipped == 2U);
}

struct Quiet {
  const char *now, *zone, *country, *window, *until;
};

BOOST_AUTO_TEST_CASE(quiet_hours_end_to_the_minute) {
  const Quiet cases[] = {
      {"2026-01-05T20:00Z", "Europe/Oslo", "", "21:00 and 08:00", "2026-01-06T07:00:00Z"},
      {"2026-01-05T19:59:59.999Z", "Europe/Oslo", "", "21:00 and 08:00", "2026-01-05T19:59:59.999Z"},
      {"2026-01-06T06:59:59.999Z", "Europe/Oslo", "", "21:00 and 08:00", "2026-01-06T07:00:00Z"},
      {"2026-01-06T07:00Z", "Europe/Oslo", "", "21:00 and 08:00", "2026-01-06T07:00:00Z"},
      {"2026-01-05T22:13:07.123Z", "Asia/Kathmandu", "", "21:00 and 08:00", "2026-01-06T02:15:00Z"},
      {"2026-01-05T11:00Z", "UTC", "", "10:00 and 11:07:30", "2026-01-05T11:07:30Z"},
      // The night in which clocks go forward is an hour shorter, that in which they go back an hour longer.
      {"2026-03-08T03:00Z", "America/New_York", "", "21:00 and 08:00", "2026-03-08T12:00:00Z"},
      {"2026-11-01T02:00Z", "America/New_York", "", "21:00 and 08:00", "2026-11-01T13:00:00Z"},
      // The window's end does not exist: the first instant after the gap.
      {"2026-03-08T05:00Z", "America/New_York", "", "21:00 and 02:30", "2026-03-08T07:00:00Z"},
      // It exists twice: the earlier.
      {"2026-11-01T04:00Z", "America/New_York", "", "21:00 and 01:30", "2026-11-01T05:30:00Z"},
      // Lord Howe's clocks go by half an hour.
      {"2026-10-03T14:00Z", "Australia/Lord_Howe", "", "21:00 and 08:00", "2026-10-03T21:00:00Z"},
      // Nobody knows the zone: quiet wherever in the country it is quiet. Russia from Kaliningrad (+2) to Kamchatka
      // (+12).
      {"2026-01-05T10:00Z", "", "RU", "21:00 and 08:00", "2026-01-06T06:00:00Z"},
      {"2026-01-05T12:00Z", "", "NO", "21:00 and 08:00", "2026-01-05T12:00:00Z"},
      // Neither zone nor country: the project's clock, New York's.
      {"2026-01-05T12:00Z", "", "", "21:00 and 08:00", "2026-01-05T13:00:00Z"},
      // An opening of five minutes a day is found.
      {"2026-01-05T12:07Z", "UTC", "", "00:00 and 23:55", "2026-01-05T23:55:00Z"},
      {"2026-01-05T12:07Z", "UTC", "", "00:00:05 and 00:00", "2026-01-06T00:00:00Z"},
  };
  for (const Quiet& c : cases) {
    World world(under(std::string("nights: forbid send between ") + c.window + " otherwise defer",
                      workflow("send welcome\nsend ping")),
                {.start = c.now});
    Words words;
    if (*c.zone != 0) words.emplace_back("timezone", c.zone);
    if (*c.country != 0) words.emplace_back("country", c.country);
    world.contact(ann, words);
    // The stride must not bring hand-over into the window: so near its edge that would be another message's story.
    world.options.stride = Duration{1};
    world.event(ann, "joined");
    world.pass(days(4));
    const std::string why = std::string(c.now) + " " + c.zone + c.country + " " + c.window;
    BOOST_TEST(world.when(ann, "welcome") == c.until, why << ": " << world.when(ann, "welcome"));
    BOOST_TEST(world.when(ann, "ping") == c.until, why);
  }
}

BOOST_AUTO_TEST_CASE(a_project_without_a_zone_field_has_one_clock) {
  World world(project(workflow("send welcome"), "under brand", "", "city: Text?") +
              "policy brand { nights: forbid send between 21:00 and 08:00 otherwise defer }\n");
  world.contact(ann, {{"country", "RU"}});
  world.event(ann, "joined");
  world.pass(days(1));
  BOOST_TEST(world.when(ann, "welcome") == "2026-01-05T13:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_deferred_message_holds_its_workflow) {
  World world(under("nights: forbid send by email between 21:00 and 08:00 otherwise defer",
                    workflow("send welcome\nwait 1 hour\nsend ping\nwait 13 hours\nsend offer",
                             "enter on joined\nleave on purchased")),
              {.start = "2026-01-06T03:00Z"});  // 22:00 in New York
  for (const std::string& who : {ann, std::string("bob@a.example")}) {
    world.contact(who);
    world.event(who, "joined");
  }
  world.pass(hours(1));
  BOOST_TEST(world.cell(ann).instances.at(0).held.has_value());
  world.event("bob@a.example", "purchased");
  world.pass(days(2));
  BOOST_TEST(world.when(ann, "welcome") == "2026-01-06T13:00:00Z");
  BOOST_TEST(world.when(ann, "ping") == "2026-01-06T14:00:00Z");
  BOOST_TEST(world.when(ann, "offer") == "2026-01-07T13:00:00Z");  // 13 hours later it is quiet again
  BOOST_TEST(world.got("bob@a.example").empty());
  // A step that holds is taken once.
  BOOST_TEST(world.tallies().steps.at("nurture/send welcome#1") == 2U);
  BOOST_TEST(world.tallies().rules.at("brand.nights").deferred == 3U);
}

BOOST_AUTO_TEST_CASE(defer_up_to_and_no_longer) {
  const std::string steps = workflow("send welcome\nwait 1 day\nsend reminder");
  {  // The limit would open after 7 days: it waits 3, and then the message is dropped.
    World world(under("few: limit messages to 1 per 7 days otherwise defer up to 3 days", steps));
    world.contact(ann);
    world.event(ann, "joined");
    world.run(world.now + days(4) - Duration{1});
    BOOST_TEST(world.cell(ann).instances.size() == 1U);
    world.pass(Duration{1});
    BOOST_TEST(world.cell(ann).instances.empty());
    world.pass(days(10));
    BOOST_TEST(list(world.got(ann)) == "welcome");
    BOOST_TEST(world.tallies().rules.at("brand.few").skipped == 1U);
  }
  {  // It opens just at the end of what it may wait.
    World world(under("few: limit messages to 1 per 7 days otherwise defer up to 6 days", steps));
    world.contact(ann);
    world.event(ann, "joined");
    world.pass(days(10));
    BOOST_TEST(world.when(ann, "reminder") == "2026-01-12T12:00:00Z");
  }
  {  // What a rule reads may change while it is deferred: it is asked again.
    World world(
        under("free: forbid send when contact.plan is free otherwise defer up to 12 hours", workflow("send welcome")));
    for (const std::string& who : {ann, std::string("bob@a.example")}) {
      world.contact(who);
      world.event(who, "joined");
    }
    world.pass(minutes(310));
    world.contact(ann, {{"plan", "pro"}});
    world.pass(days(1));
    BOOST_TEST(world.when(ann, "welcome") == "2026-01-05T18:00:00Z");
    BOOST_TEST(world.got("bob@a.example").empty());
    BOOST_TEST(world.cell("bob@a.example").instances.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_strongest_of_several_wins) {
  {  // Skip beats defer.
    World world(
        under(
            "nights: forbid send between 21:00 and 08:00 otherwise defer\nfree: forbid send when contact.plan is free",
            workflow("send welcome")),
        {.start = "2026-01-06T03:00Z"});
    world.contact(ann);
    world.event(ann, "joined");
    world.pass(days(2));
    BOOST_TEST(world.got(ann).empty());
    BOOST_TEST(world.tallies().rules.at("brand.free").skipped == 1U);
  }
  {  // Of two that defer, until the later; both have been asked by then.
    World world(under("nights: forbid send between 21:00 and 08:00 otherwise defer\nmornings: forbid send between "
                      "05:00 and 11:30 otherwise defer",
                      workflow("send welcome")),
                {.start = "2026-01-06T11:00Z"});
    world.contact(ann);
    world.event(ann, "joined");
    world.pass(days(2));
    BOOST_TEST(world.when(ann, "welcome") == "2026-01-06T16:30:00Z");
  }
  {  // One that has waited as long as it may drops the message, whatever the other would do.
    World world(under("few: limit messages to 1 per 7 days otherwise defer up to 2 hours\nnights: forbid send between "
                      "21:00 and 08:00 otherwise defer",
                      workflow("send welcome\nwait 8 hours\nsend offer")),
                {.start = "2026-01-05T18:00Z"});
    world.contact(ann);
    world.event(ann, "joined");
    world.pass(days(9));
    BOOST_TEST(list(world.got(ann)) == "welcome");
  }
}

BOOST_AUTO_TEST_CASE(a_rule_that_cannot_be_asked_denies) {
  World world(under("large: forbid send when contact.mrr / $0 > 2", workflow("send welcome\nsend ping")));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(world.got(ann).empty());
  const auto guarded = world.said<audit::Guarded>();
  BOOST_REQUIRE(guarded.size() == 2U);
  BOOST_TEST(!guarded[0].second.detail.empty());
}

BOOST_AUTO_TEST_CASE(consent_withdrawn_between_send_and_hand_over) {
  World world(
      under("consent: forbid send when channel.consent is not given", workflow("send welcome\nwait 1 day\nsend offer")),
      {.stride = hours(1)});
  for (const char* who : {"ann@a.example", "set@a.example", "gone@a.example"}) world.contact(who);
  world.pass(minutes(1));
  for (const char* who : {"ann@a.example", "set@a.example", "gone@a.example"}) world.later(world.now, who, "joined");
  // Half an hour later, and before the hour at whose end messages are handed over.
  world.later(world.now + minutes(30), "gone@a.example", "unsubscribed");
  must(world.store->post(
      {{0, world.now + minutes(30), store::InboxKind::contact,
        encode(ContactIn{encoded(world.module.fields, {{"email", "set@a.example"}, {"consent.email", "withdrawn"}})})}},
      {}));
  world.pass(days(3));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  BOOST_TEST(world.got("set@a.example").empty());
  BOOST_TEST(world.got("gone@a.example").empty());
  BOOST_TEST(world.field("gone@a.example", "consent.email") == "withdrawn");
  BOOST_TEST(world.tallies().rules.at("brand.consent").withheld == 2U);
  BOOST_TEST(world.tallies().rules.at("brand.consent").skipped == 2U);
}

BOOST_AUTO_TEST_CASE(quiet_hours_hold_at_hand_over_too) {
  World world(under("nights: forbid send between 21:00 and 08:00 otherwise defer\nlate: forbid send between 20:00 and "
                    "23:00 otherwise defer up to 2 hours",
                    workflow("send ping")) +
                  workflow("send welcome", "enter on visited", "short"),
              {.start = "2026-01-05T12:00Z", .stride = hours(1)});
  world.contact(ann, {{"timezone", "Europe/Oslo"}});
  // Sent at 19:30 in Oslo, to be handed over at 20:00, when `late` begins: at 21:30 it has been put off for too long.
  world.later(at("2026-01-05T18:30Z"), ann, "joined");
  world.pass(days(2));
  BOOST_REQUIRE(world.provider.sent.size() == 0U);
  BOOST_TEST(world.tallies().rules.at("brand.late").withheld == 1U);

  World other(under("nights: forbid send between 21:00 and 08:00 otherwise defer", workflow("send ping")),
              {.start = "2026-01-05T12:00Z", .stride = hours(1)});
  other.contact(ann, {{"timezone", "Europe/Oslo"}});
  other.later(at("2026-01-05T19:30Z"), ann, "joined");
  other.pass(days(2));
  BOOST_REQUIRE(other.provider.sent.size() == 1U);
  BOOST_TEST(to_string(other.provider.sent[0].filled) == "2026-01-05T19:30:00Z");
  BOOST_TEST(to_string(other.provider.sent[0].handed) == "2026-01-06T07:00:00Z");
}

BOOST_AUTO_TEST_CASE(what_was_deferred_is_not_deferred_anew_at_hand_over) {
  // At the send the limit holds it for 3 of the 4 hours that are allowed in all; at hand-over another hour is left.
  World world(
      under("free: forbid send when contact.plan is free otherwise defer up to 4 hours", workflow("send welcome")),
      {.start = "2026-01-05T12:00Z", .stride = minutes(30)});
  world.contact(ann);
  world.later(at("2026-01-05T12:10Z"), ann, "joined");
  const auto plan = [&](std::string_view when, const char* value) {
    must(world.store->post({{0, at(when), store::InboxKind::contact,
                             encode(ContactIn{encoded(world.module.fields, {{"email", ann}, {"plan", value}})})}},
                           {}));
  };
  plan("2026-01-05T15:05Z", "pro");   // asked again at 15:10, it may go
  plan("2026-01-05T15:20Z", "free");  // but not any more at hand-over, at 15:30
  plan("2026-01-05T16:40Z", "pro");   // too late: the four hours were over at 16:10
  world.pass(days(1));
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(world.tallies().rules.at("brand.free").withheld == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
