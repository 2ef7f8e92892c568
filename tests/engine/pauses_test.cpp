// Pausing a workflow, by hand and by its own `pause when`.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example", bob = "bob@a.example";
using Act = WorkflowIn::Act;

void say(World& world, Act act, const std::string& name = "nurture") {
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(WorkflowIn{act, name, "ops@acme.example", "a look"})}}, {}));
  world.run(world.now);
}

BOOST_AUTO_TEST_SUITE(pauses)

BOOST_AUTO_TEST_CASE(nobody_enters_and_nobody_goes_on_until_it_is_resumed) {
  World world(project(workflow("send welcome\nwait 2 days\nsend offer")));
  world.contact(ann);
  world.contact(bob);
  world.event(ann, "joined");
  world.pass(days(1));
  say(world, Act::pause);
  world.event(bob, "joined");
  world.pass(days(10));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(list(world.got(bob)) == "");
  BOOST_REQUIRE(world.said<audit::KeptOut>().size() == 1U);
  BOOST_TEST(world.said<audit::KeptOut>()[0].second.reason == "it is paused");
  say(world, Act::resume);
  world.pass(minutes(1));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  BOOST_TEST(world.when(ann, "offer") == to_string(world.said<audit::Resumed>().at(0).first));
}

BOOST_AUTO_TEST_CASE(other_workflows_go_on_also_for_the_same_contact) {
  World world(
      project(workflow("wait 1 day\nsend welcome") + workflow("wait 2 days\nsend offer", "enter on joined", "other")));
  world.contact(ann);
  world.event(ann, "joined");
  say(world, Act::pause);
  world.pass(days(5));
  BOOST_TEST(list(world.got(ann)) == "offer");
  say(world, Act::resume);
  world.pass(days(1));
  BOOST_TEST(list(world.got(ann)) == "offer, welcome");
}

BOOST_AUTO_TEST_CASE(a_pass_that_is_paused_does_not_hide_what_the_contact_waits_for_elsewhere) {
  const std::string flows = workflow("wait 1 hour\nsend welcome") +
                            workflow("wait 2 hours\nsend offer", "enter on joined", "other") +
                            workflow("wait 30 hours\nsend reminder", "enter on joined", "third");
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(project(flows), {.path = folder.file("a.db"), .virtual_clock = false});
    world.contact(ann);
    world.event(ann, "joined");
    say(world, Act::pause);
    if (checkpoint) {
      must(world.engine->checkpoint());
      world.reopen();
    }
    world.pass(hours(3));
    BOOST_TEST(list(world.got(ann)) == "offer");
    if (checkpoint) must(world.engine->checkpoint());
    world.pass(hours(40));
    BOOST_TEST(list(world.got(ann)) == "offer, reminder");
    say(world, Act::resume);
    world.pass(minutes(1));
    BOOST_TEST(list(world.got(ann)) == "offer, reminder, welcome");
  }
}

BOOST_AUTO_TEST_CASE(a_pause_holds_over_restarts_and_checkpoints) {
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(project(workflow("wait 1 day\nsend welcome")), {.path = folder.file("a.db")});
    world.contact(ann);
    world.event(ann, "joined");
    say(world, Act::pause);
    world.pass(hours(30));
    if (checkpoint) must(world.engine->checkpoint());
    world.reopen();
    world.pass(days(3));
    BOOST_TEST(list(world.got(ann)) == "");
    if (checkpoint) must(world.engine->checkpoint());
    say(world, Act::resume);
    if (checkpoint) must(world.engine->checkpoint());
    world.reopen();
    world.pass(minutes(1));
    BOOST_TEST(list(world.got(ann)) == "welcome");
  }
}

BOOST_AUTO_TEST_CASE(what_happens_meanwhile_counts_when_it_is_resumed_and_the_first_of_it) {
  World world(
      project(workflow("wait up to 5 days\n  for visited as v { send note(said: v.page) }\n"
                       "  for purchased { send receipt }\n  otherwise { send reminder }")));
  world.contact(ann);
  world.contact(bob);
  world.event(ann, "joined");
  world.event(bob, "joined");
  say(world, Act::pause);
  world.pass(hours(1));
  world.event(ann, "visited", {{"page", "pricing"}});
  world.event(ann, "purchased");
  world.pass(days(2));
  BOOST_TEST(list(world.got(ann)) == "");
  say(world, Act::resume);
  world.pass(hours(1));
  BOOST_TEST(list(world.got(ann)) == "note");
  BOOST_TEST(world.provider.sent.at(0).body.find("pricing") != std::string::npos);
  BOOST_TEST(list(world.got(bob)) == "");
  // For him the time goes on as it was.
  world.pass(days(3));
  BOOST_TEST(list(world.got(bob)) == "reminder");
}

BOOST_AUTO_TEST_CASE(who_leaves_leaves_and_what_lies_in_the_outbox_stays_there) {
  World world(project(workflow("send welcome\nwait 3 days\nsend offer", "enter on joined\nleave on purchased")));
  world.contact(ann);
  world.contact(bob);
  // Filled, and not handed over yet.
  world.later(world.now, ann, "joined");
  world.later(world.now, bob, "joined");
  must(world.engine->batch(world.now));
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(WorkflowIn{Act::pause, "nurture", "ops@acme.example", ""})}},
      {}));
  must(world.engine->batch(world.now));
  world.pass(days(1));
  BOOST_TEST(world.provider.sent.empty());
  world.event(ann, "purchased");
  BOOST_TEST(world.cell(ann).instances.empty());
  say(world, Act::resume);
  world.pass(minutes(1));
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_TEST(list(world.got(bob)) == "welcome");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  World world(project(workflow("send welcome")));
  say(world, Act::resume);
  say(world, Act::pause, "nobody");
  say(world, Act::pause);
  say(world, Act::pause);
  std::string why;
  for (const auto& [at, refused] : world.said<audit::Refused>()) why += refused.reason + "; ";
  BOOST_TEST(why == "it is not paused; no version of the project has such a workflow; it is paused already; ");
}

BOOST_AUTO_TEST_CASE(a_skip_does_not_go_around_it) {
  World world(project(workflow("wait 1 day\nsend welcome")));
  world.contact(ann);
  world.event(ann, "joined");
  say(world, Act::pause);
  const PersonIn in{PersonIn::Act::skip, name_id("email"), ann, "nurture", "ops@acme.example", ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.pass(minutes(1));
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_TEST(world.said<audit::Refused>().at(0).second.reason == "the workflow is paused");
}

namespace {

std::string measured(const std::string& window) {
  return project(
      workflow("send welcome\nwait 40 days",
               "enter on joined\nagain after 1 day\npause when rate(visited per sent, last " + window + ") > 10%"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_pauses_by_itself_when_something_becomes_too_frequent) {
  const Folder folder;
  World world(measured("7 days"), {.path = folder.file("a.db")});
  const auto person = [](int i) { return "p" + std::to_string(i) + "@a.example"; };
  for (int i = 0; i < 40; ++i) world.contact(person(i));
  for (int i = 0; i < 20; ++i) world.event(person(i), "joined");
  world.pass(hours(1));
  // Of those who are not in the workflow nothing is counted.
  for (int i = 30; i < 35; ++i) world.event(person(i), "visited", {{"page", "a"}});
  world.event(person(0), "visited", {{"page", "a"}});
  world.event(person(1), "visited", {{"page", "a"}});
  BOOST_TEST(world.said<audit::Paused>().empty());  // 2 of 20 are not above 10%
  world.reopen();
  world.event(person(2), "visited", {{"page", "a"}});
  const auto paused = world.said<audit::Paused>();
  BOOST_REQUIRE(paused.size() == 1U);
  BOOST_TEST(paused[0].second.by == "");
  BOOST_TEST(paused[0].second.because == "rate(visited per sent, last 7 days) is 15%");
  world.event(person(25), "joined");
  world.pass(hours(1));
  BOOST_TEST(list(world.got(person(25))) == "");
  // Resumed, it counts from then on.
  say(world, Act::resume);
  world.event(person(25), "joined");
  world.pass(hours(1));
  BOOST_TEST(list(world.got(person(25))) == "welcome");
  BOOST_TEST(world.said<audit::Paused>().size() == 1U);
  world.event(person(25), "visited", {{"page", "a"}});
  BOOST_TEST(world.said<audit::Paused>().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_rate_counts_over_its_window_and_late_events_where_they_belong) {
  Pauses pauses;
  bytecode::Rate rate;
  rate.key = "a per b";
  rate.window = hours(2);
  const Instant start = at("2026-01-05T12:00Z");
  const auto counted = [&](Duration when, std::uint32_t of, std::uint32_t per) {
    pauses.apply(start + hours(8), audit::Rated{"w", rate.key, start + when, of, per, 7'200'000});
  };
  counted(hours(8), 0, 4);
  counted(hours(7), 1, 0);
  counted(hours(8), 1, 0);
  const auto share = [&](Duration when) { return pauses.rate("w", rate, start + when).as_decimal().to_string(); };
  BOOST_TEST(share(hours(8)) == "0.5");
  // (t - w, t]: at 9 the event of 7 is out.
  BOOST_TEST(share(hours(9)) == "0.25");
  BOOST_TEST(share(hours(9) - Duration{1}) == "0.5");
  BOOST_TEST(share(hours(10)) == "0");
  Pauses again;
  must(again.load(pauses.save()));
  BOOST_TEST(again.save() == pauses.save());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
