// A zone that a contact names and that is none: another clock is used, and the audit has it once.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
const std::string quiet =
    "policy brand { nights: forbid send between 21:00 and 08:00 otherwise defer because \"people sleep\" }\n";

/// Comes in past `import`, which would not take such a zone: from a program that writes to the inbox itself, or from a
/// machine that knows more zones.
void comes(World& world, Words words) {
  words.emplace_back("email", ann);
  words.emplace_back("consent.email", "given");
  std::vector<std::pair<std::uint32_t, Value>> values;
  for (const auto& [name, text] : words) values.emplace_back(name_id(name), Value::text(text));
  must(world.store->post({{0, world.now, store::InboxKind::contact, encode(ContactIn{encode_values(values)})}}, {}));
  world.run(world.now);
}

void moves(World& world, const std::string& zone) {
  EventIn in = world.event_of(ann, "moved", {}, {});
  in.values = encode_values({{name_id("zone"), Value::text(zone)}});
  must(world.store->post({{0, world.now, store::InboxKind::event, encode(in)}}, {}));
  world.run(world.now);
}

std::vector<std::string> used(World& world) {
  std::vector<std::string> out;
  for (const auto& [when, one] : world.said<audit::ZoneUnknown>()) {
    BOOST_TEST((one.contact == *world.id(ann)));
    out.push_back(one.used);
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(zones)

BOOST_AUTO_TEST_CASE(a_zone_that_is_none_is_on_record_once_for_each_value) {
  World world(project(workflow("wait until 09:00\nsend welcome")));
  comes(world, {{"timezone", "Mars/Olympus"}});
  BOOST_TEST(list(used(world)) == "the zone of the project");
  // What was said is not said again, be it by what comes in or by turns that ask.
  comes(world, {{"timezone", "Mars/Olympus"}, {"stage", "nurturing"}});
  world.contact(ann, {{"stage", "done"}});
  world.event(ann, "joined");
  world.pass(days(2));
  BOOST_TEST(world.when(ann, "welcome") == "2026-01-05T14:00:00Z");  // 09:00 in New York
  BOOST_TEST(used(world).size() == 1U);
  comes(world, {{"timezone", "Mars/Hellas"}});
  BOOST_TEST(used(world).size() == 2U);
  comes(world, {{"timezone", "Europe/Oslo"}});
  BOOST_TEST(used(world).size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_zones_of_the_country_come_before_that_of_the_project) {
  World world(project(quiet + workflow("send welcome"), "under brand"), {.start = "2026-01-05T20:30Z"});
  comes(world, {{"timezone", "Mars/Olympus"}, {"country", "DE"}});
  BOOST_TEST(list(used(world)) == "the zones of the country");
  world.event(ann, "joined");  // 21:30 in Berlin, 15:30 in New York
  world.pass(days(1));
  BOOST_TEST(world.when(ann, "welcome") == "2026-01-06T07:00:00Z");
}

BOOST_AUTO_TEST_CASE(what_a_set_writes_is_looked_at_too) {
  World world(project("event moved { zone: TimeZone }\n" +
                      workflow("set contact.timezone = event.zone", "enter on moved\nagain after 1 second")));
  world.contact(ann);
  moves(world, "Mars/Olympus");
  BOOST_TEST(list(used(world)) == "the zone of the project");
  world.pass(days(1));
  moves(world, "Mars/Olympus");
  BOOST_TEST(used(world).size() == 1U);
  world.pass(days(1));
  moves(world, "Europe/Oslo");
  BOOST_TEST(used(world).size() == 1U);
  BOOST_TEST(world.field(ann, "timezone") == "Europe/Oslo");
  world.pass(days(1));
  moves(world, "Mars/Olympus");
  BOOST_TEST(used(world).size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_name_is_no_zone_each_time_that_it_is_asked_for) {
  World world(project(workflow("send welcome")));
  BOOST_TEST((world.engine->zone("Mars/Olympus") == nullptr));
  for (int i = 0; i < 3'000; ++i) BOOST_TEST((world.engine->zone("Mars/Crater" + std::to_string(i)) == nullptr));
  BOOST_TEST((world.engine->zone("Mars/Olympus") == nullptr));
  const Zone* oslo = world.engine->zone("Europe/Oslo");
  BOOST_REQUIRE(oslo != nullptr);
  BOOST_TEST(oslo->name() == "Europe/Oslo");
  BOOST_TEST((world.engine->zone("Europe/Oslo") == oslo));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
