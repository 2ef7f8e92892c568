// What is `fixed` is written once: proofs rely on it through every wait.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

BOOST_AUTO_TEST_SUITE(fixed_fields)

BOOST_AUTO_TEST_CASE(what_comes_later_does_not_replace_it) {
  World world(project(workflow("wait 1 day\nsend welcome"), "", "", "region: Text? fixed\n  city: Text?"));
  world.contact("a@a.example", {{"city", "Oslo"}});
  BOOST_TEST(world.field("a@a.example", "city") == "Oslo");
  world.contact("a@a.example", {{"region", "north"}});
  world.contact("a@a.example", {{"region", "south"}, {"city", "Bergen"}});
  BOOST_TEST(world.field("a@a.example", "region") == "north");
  BOOST_TEST(world.field("a@a.example", "city") == "Bergen");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
