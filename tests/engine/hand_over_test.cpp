// Hand-over: each message goes out once, also where the process ends between two of its steps and nothing else is due.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

BOOST_AUTO_TEST_SUITE(hand_over)

BOOST_AUTO_TEST_CASE(more_messages_than_one_hand_over_takes) {
  World world(project(workflow("send ping")));
  constexpr int people = 5'200;
  std::vector<store::Inbox> rows;
  for (int i = 0; i < people; ++i) {
    const std::string who = std::to_string(i) + "@a.example";
    rows.push_back(
        {0, world.now, store::InboxKind::contact, encode(ContactIn{encoded(world.module.fields, {{"email", who}})})});
    rows.push_back({0, world.now + seconds(1), store::InboxKind::event, encode(world.event_of(who, "joined", {}, {}))});
  }
  must(world.store->post(rows, {}));
  world.pass(minutes(2));
  BOOST_TEST(world.provider.sent.size() == static_cast<std::size_t>(people));
}

BOOST_AUTO_TEST_CASE(stopped_between_the_send_and_the_hand_over) {
  const Folder folder;
  World world(project(workflow("send welcome")), {.path = folder.file("a.db")});
  world.contact(ann);
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));
  BOOST_TEST(world.provider.sent.empty());
  world.reopen();
  world.pass(minutes(1));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(world.tallies().messages.at({"welcome", "email"}).sent == 1U);
}

BOOST_AUTO_TEST_CASE(stopped_between_the_claim_and_the_delivery) {
  for (const bool went : {false, true}) {
    const Folder folder;
    World world(project(workflow("send welcome")), {.path = folder.file("a.db")});
    world.contact(ann);
    world.later(world.now, ann, "joined");
    must(world.engine->batch(world.now));
    world.provider.calls_until_fault = 0;
    world.provider.fault_after = went;
    BOOST_TEST(!world.engine->hand_over(world.now).has_value());
    BOOST_TEST(must(world.store->outbox(store::OutboxState::claimed, 10)).size() == 1U);
    world.reopen();
    world.pass(minutes(1));
    BOOST_TEST(list(world.got(ann)) == "welcome");
    BOOST_TEST(world.tallies().messages.at({"welcome", "email"}).sent == 1U);
    BOOST_TEST(must(world.store->outbox(store::OutboxState::sent, 10)).size() == 1U);
    BOOST_TEST(must(world.store->outbox(store::OutboxState::sent, 10))[0].payload.empty());
  }
}

BOOST_AUTO_TEST_CASE(what_is_deferred_is_not_asked_again_after_a_restart_before_its_time) {
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(project(workflow("send welcome"), "under quiet") +
                    "policy quiet { nights: forbid send between 21:00 and 08:00 otherwise defer }\n",
                {.path = folder.file("a.db"), .start = "2026-01-06T01:00Z", .stride = hours(1)});  // 20:00 in New York
    world.contact(ann);
    world.later(world.now + minutes(30), ann, "joined");
    world.pass(hours(2));
    const std::uint64_t asked = world.tallies().rules.at("quiet.nights").asked;
    BOOST_TEST(world.tallies().rules.at("quiet.nights").deferred == 1U);
    if (checkpoint) must(world.engine->checkpoint());
    for (int i = 0; i < 3; ++i) {
      world.reopen();
      world.pass(hours(1));
    }
    BOOST_TEST(world.tallies().rules.at("quiet.nights").asked == asked);
    world.pass(days(1));
    BOOST_REQUIRE(world.provider.sent.size() == 1U);
    BOOST_TEST(to_string(world.provider.sent[0].handed) == "2026-01-06T13:00:00Z");
  }
}

BOOST_AUTO_TEST_CASE(what_is_due_at_the_very_end_of_a_stride_belongs_to_it) {
  World world(project(workflow("wait 30 minutes\nsend ping\nwait 1 minute\nsend ping")));
  world.contact(ann);
  world.event(ann, "joined");
  std::vector<std::string> strides;
  must(trial::run_until(*world.engine, world.start, world.start + hours(3), minutes(30), [&](Instant until) {
    if (world.provider.sent.size() > strides.size()) strides.push_back(to_string(until));
  }));
  BOOST_TEST(list(strides) == "2026-01-05T12:30:00Z, 2026-01-05T13:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
