// Hand-over is the moment that is judged: a text that was allowed when it was filled, and that a queue has held until
// the night, is not sent into the night.
#include "tests/engine/world.hpp"

namespace fairlead::simulation {
namespace {

using namespace engine;
using namespace engine::testing;

const std::string ann = "ann@a.example";

std::string quiet(const std::string& otherwise) {
  return project(workflow("send ping"), "under quiet") + "policy quiet { nights: forbid send between 21:00 and 08:00 " +
         otherwise + " }\n";
}

/// It is 20:50 in New York, where Ann is, and her text has been filled.
struct Evening {
  Folder folder;
  World world;

  explicit Evening(const std::string& otherwise, Pacing pacing = {})
      : world(quiet(otherwise), {.path = folder.file("a.db"),
                                 .start = "2026-01-06T01:50Z",
                                 .pacing = std::move(pacing),
                                 .virtual_clock = false}) {
    world.contact(ann, {{"timezone", "America/New_York"}});
    world.later(world.now, ann, "joined");
    must(world.engine->batch(world.now));
    BOOST_TEST(must(world.store->outbox(store::OutboxState::ready, 10)).size() == 1U);
  }
};

void until_morning(World& world) {
  for (Instant t = world.now; t < at("2026-01-07T01:00Z"); t = t + minutes(10)) {
    world.provider.clock = t;
    must(world.engine->batch(t));
    must(world.engine->hand_over(t));
  }
}

BOOST_AUTO_TEST_SUITE(night)

BOOST_AUTO_TEST_CASE(a_text_that_a_queue_holds_until_half_past_nine) {
  Evening evening("otherwise defer");
  World& world = evening.world;
  world.now = at("2026-01-06T02:30Z");  // 21:30
  world.provider.clock = world.now;
  must(world.engine->hand_over(world.now));
  BOOST_TEST(world.provider.sent.empty());
  until_morning(world);
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(to_string(world.provider.sent[0].filled) == "2026-01-06T01:50:00Z");
  BOOST_TEST(to_string(world.provider.sent[0].handed) == "2026-01-06T13:00:00Z");
}

BOOST_AUTO_TEST_CASE(and_where_the_rule_defers_nothing_it_is_not_sent_at_all) {
  Evening evening("otherwise skip");
  World& world = evening.world;
  world.now = at("2026-01-06T02:30Z");
  must(world.engine->hand_over(world.now));
  until_morning(world);
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(world.tallies().rules.at("quiet.nights").withheld == 1U);
}

BOOST_AUTO_TEST_CASE(a_text_that_waits_for_another_attempt) {
  Evening evening("otherwise defer", {.first_retry = minutes(40), .longest_retry = minutes(40)});
  World& world = evening.world;
  int calls = 0;
  world.provider.answers = [&](const connect::Message&) -> connect::Answer {
    if (++calls == 1) return {connect::Outcome::failed, "busy", {}};
    return {};
  };
  until_morning(world);
  BOOST_TEST(calls == 2);
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(to_string(world.provider.sent[0].handed) == "2026-01-06T13:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_text_whose_claim_a_crash_cut_off) {
  Evening evening("otherwise defer");
  World& world = evening.world;
  world.provider.calls_until_fault = 0;  // it never got there
  world.provider.clock = world.now;
  BOOST_TEST(!world.engine->hand_over(world.now).has_value());
  world.provider.calls_until_fault = -1;
  world.now = at("2026-01-06T02:30Z");
  world.reopen();
  until_morning(world);
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(to_string(world.provider.sent[0].handed) == "2026-01-06T13:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::simulation
