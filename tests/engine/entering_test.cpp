// Entering and leaving: who comes in, how often, and what takes them out.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

BOOST_AUTO_TEST_SUITE(entering)

BOOST_AUTO_TEST_CASE(only_where_the_condition_holds) {
  World world(
      project(workflow("send note(said: event.asset)", "enter on downloaded where event.asset == \"whitepaper\"")));
  world.contact(ann);
  world.event(ann, "downloaded", {{"asset", "price list"}});
  world.event(ann, "visited", {{"page", "whitepaper"}});
  BOOST_TEST(world.provider.sent.empty());
  world.event(ann, "downloaded", {{"asset", "whitepaper"}});
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(world.provider.sent[0].body == "You said whitepaper.");
}

BOOST_AUTO_TEST_CASE(never_again_is_the_default) {
  for (const char* again : {"", "\nagain never"}) {
    World world(project(workflow("send welcome", std::string("enter on joined") + again)));
    world.contact(ann);
    world.event(ann, "joined");
    world.pass(days(400));
    world.event(ann, "joined");
    BOOST_TEST(list(world.got(ann)) == "welcome");
    BOOST_TEST(world.tallies().workflows.at("nurture").entered == 1U);
  }
}

BOOST_AUTO_TEST_CASE(again_counts_from_leaving) {
  World world(project(workflow("send welcome\nwait 10 days", "enter on joined\nagain after 30 days")));
  world.contact(ann);
  world.event(ann, "joined");
  const Instant left = world.now + days(10);
  world.later(left + days(30) - Duration{1}, ann, "joined");
  world.run(left + days(30) - Duration{1});
  BOOST_TEST(world.got(ann).size() == 1U);
  world.later(left + days(30), ann, "joined");
  world.run(left + days(30));
  BOOST_TEST(world.got(ann).size() == 2U);
  const auto entered = world.said<audit::Entered>();
  BOOST_REQUIRE(entered.size() == 2U);
  BOOST_TEST(entered[1].second.pass.serial == 2U);
  BOOST_TEST(world.provider.sent[0].key != world.provider.sent[1].key);
}

BOOST_AUTO_TEST_CASE(once_at_a_time) {
  World world(project(workflow("send welcome\nwait 10 days", "enter on joined\nagain after 1 hour")));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(5));
  world.event(ann, "joined");
  world.pass(days(2));
  BOOST_TEST(world.got(ann).size() == 1U);
  BOOST_TEST(world.cell(ann).instances.size() == 1U);
}

BOOST_AUTO_TEST_CASE(two_workflows_by_one_event) {
  World world(project(workflow("send welcome") + workflow("wait 1 hour\nsend offer", "enter on joined", "selling")));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(2));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
}

BOOST_AUTO_TEST_CASE(the_entrys_event_is_kept_only_where_it_is_read) {
  World world(project(workflow("wait 1 day\nsend welcome", "enter on joined, downloaded") +
                      workflow("wait 1 day\nsend note(said: event.asset)", "enter on downloaded", "reading")));
  world.contact(ann);
  world.event(ann, "downloaded", {{"asset", "whitepaper"}});
  for (const Instance& instance : world.cell(ann).instances) {
    BOOST_TEST(instance.bound.size() == (instance.workflow == name_id("reading") ? 1U : 0U));
  }
  // Where entries differ, no step may read the event.
  const compiler::Compiled wrong = compiler::compile(
      {grammar::Source("x.lead", project(workflow("send note(said: event.asset)", "enter on joined, downloaded")))});
  BOOST_TEST(!wrong.module.has_value());
}

BOOST_AUTO_TEST_CASE(leaving_beats_arms_and_entries) {
  World world(project(workflow(R"(
send welcome
wait up to 5 days
  for purchased { send offer }
  otherwise { send reminder })",
                               "enter on joined, purchased\nleave on purchased\nagain after 1 hour")));
  world.contact(ann);
  // What takes people out does not bring them in.
  world.event(ann, "purchased");
  BOOST_TEST(world.cell(ann).instances.empty());
  world.event(ann, "joined");
  world.pass(hours(2));
  world.event(ann, "purchased");
  world.pass(hours(2));
  world.event(ann, "purchased");
  world.pass(days(9));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  const auto left = world.said<audit::Left>();
  BOOST_REQUIRE(left.size() == 1U);
  BOOST_TEST(left[0].second.reason == "on purchased");
}

BOOST_AUTO_TEST_CASE(leaving_on_an_event_with_a_condition) {
  World world(project(
      workflow("wait 5 days\nsend welcome", "enter on joined\nleave on visited where event.page == \"goodbye\"")));
  for (const std::string& who : {ann, std::string("bob@a.example")}) {
    world.contact(who);
    world.event(who, "joined");
  }
  world.event(ann, "visited", {{"page", "goodbye"}});
  world.event("bob@a.example", "visited", {{"page", "pricing"}});
  world.pass(days(6));
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(list(world.got("bob@a.example")) == "welcome");
}

BOOST_AUTO_TEST_CASE(leave_when_is_asked_at_the_start_of_each_turn) {
  World world(
      project(workflow("send welcome\nwait 1 day\nset contact.stage = done\nsend offer\nwait 1 day\nsend reminder",
                       "enter on joined\nleave when contact.stage is done")));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  // The turn that set it goes on to its end.
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  BOOST_TEST(world.field(ann, "stage") == "done");
  BOOST_TEST(world.cell(ann).instances.size() == 1U);
  world.pass(days(2));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  BOOST_TEST(world.said<audit::Left>().at(0).second.reason == "when");

  // From outside: the next turn is the first to see it.
  world.contact("bob@a.example");
  world.event("bob@a.example", "joined");
  world.contact("bob@a.example", {{"stage", "done"}});
  BOOST_TEST(world.cell("bob@a.example").instances.size() == 1U);
  world.pass(days(1));
  BOOST_TEST(list(world.got("bob@a.example")) == "welcome");
  BOOST_TEST(world.cell("bob@a.example").instances.empty());

  // It may hold at the entry already.
  world.contact("cat@a.example", {{"stage", "done"}});
  world.event("cat@a.example", "joined");
  BOOST_TEST(world.got("cat@a.example").empty());
}

BOOST_AUTO_TEST_CASE(leaving_early_cancels_what_was_not_handed_over) {
  // The message is filled in at 20:59:30 and would be handed over at 21:01, when it is quiet: it waits in the outbox.
  const std::string text = project(workflow("wait 1 hour\nsend welcome\nwait 1 hour\nsend ping\nwait 1 day",
                                            "enter on joined\nleave on purchased\nagain after 1 hour") +
                                       workflow("send welcome", "enter on visited", "short"),
                                   "under quiet") +
                           "policy quiet { nights: forbid send by email between 21:00 and 08:00 otherwise defer }\n";
  World world(text, {.start = "2026-01-06T00:59Z", .stride = minutes(2)});  // 19:59 in New York
  for (const char* who : {"leaves@a.example", "stays@a.example", "ends@a.example"}) world.contact(who);
  world.pass(seconds(30));
  for (const char* who : {"leaves@a.example", "stays@a.example"}) world.event(who, "joined");
  world.later(world.now + hours(1), "ends@a.example", "visited", {{"page", "x"}});
  world.pass(hours(4));
  BOOST_TEST(must(world.store->outbox(store::OutboxState::ready, 10)).size() == 3U);
  world.event("leaves@a.example", "purchased");
  // Back in, and this time to the end: what the pass before left behind stays cancelled.
  world.pass(hours(1));
  world.event("leaves@a.example", "joined");
  world.pass(days(3));
  BOOST_TEST(list(world.got("stays@a.example")) == "ping, welcome");
  BOOST_TEST(list(world.got("ends@a.example")) == "welcome");
  BOOST_TEST(list(world.got("leaves@a.example")) == "ping, welcome, ping");
  std::size_t cancelled = 0;
  for (const auto& [when, handed] : world.said<audit::Handed>()) cancelled += handed.detail == "left" ? 1 : 0;
  BOOST_TEST(cancelled == 1U);
}

BOOST_AUTO_TEST_CASE(stop_ends_a_pass) {
  World world(project(workflow("if contact.plan is pro { stop } else { send welcome }\nwait 1 day\nsend offer")));
  world.contact(ann, {{"plan", "pro"}});
  world.contact("bob@a.example");
  for (const std::string& who : {ann, std::string("bob@a.example")}) world.event(who, "joined");
  world.pass(days(2));
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(list(world.got("bob@a.example")) == "welcome, offer");
  const WorkflowTally& tally = world.tallies().workflows.at("nurture");
  BOOST_TEST(tally.finished == 2U);
  BOOST_TEST(tally.left == 0U);
}

BOOST_AUTO_TEST_CASE(outside_data_that_cannot_be_used_is_set_aside) {
  World world(project(workflow("send welcome")));
  world.contact(ann);
  world.event("nobody@a.example", "joined");
  EventIn unknown = world.event_of(ann, "joined", {}, {});
  unknown.type = "exploded";
  EventIn damaged = world.event_of(ann, "joined", {}, {});
  damaged.values = "\x05garbage";
  must(world.store->post({{0, world.now, store::InboxKind::event, encode(unknown)},
                          {0, world.now, store::InboxKind::event, encode(damaged)},
                          {0, world.now, store::InboxKind::event, "not an event"},
                          {0, world.now, store::InboxKind::contact, "not a contact"},
                          {0, world.now, store::InboxKind::contact, ""},
                          {0, world.now, store::InboxKind::command, "pause"}},
                         {}));
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(world.tallies().refused == 7U);
  BOOST_TEST(must(world.store->rejected(100)).size() == 7U);
  BOOST_TEST(!must(world.store->next_inbox()).has_value());
}

BOOST_AUTO_TEST_CASE(a_contact_keeps_what_a_later_row_does_not_name) {
  World world(project(workflow("send offer")));
  world.contact("Ann@A.example", {{"plan", "pro"}, {"country", "NO"}});
  world.contact(ann, {{"country", "SE"}});  // the same person: addresses are known in any case
  BOOST_TEST(world.tallies().contacts == 1U);
  BOOST_TEST(world.field(ann, "country") == "SE");
  BOOST_TEST(world.field(ann, "plan") == "pro");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
