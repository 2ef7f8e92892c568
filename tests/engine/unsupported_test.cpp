// What the runtime cannot carry out yet is refused when it is deployed, by name and place.
#include "runtime/engine/unsupported.hpp"

#include "tests/engine/world.hpp"

namespace fairlead::engine {

namespace {

using testing::compiled;
using testing::project;

const std::string goal =
    "goal rich { reach sum purchased_for.amount within 30 days }\nevent purchased_for { amount: Money }\n";
const std::string written =
    "model copywriter { connector c, name \"n\", version \"1\" }\n"
    "content story { email { subject \"a\" body write with copywriter { prompt \"b\", otherwise \"c\" } } }\n";

std::string place_of(const bytecode::Module& module, const std::string& what) {
  const std::string& text = module.sources.front().text;
  return "x.lead:" +
         std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find(what)), '\n'));
}

/// What `deploy` says to a module; empty where it takes it.
std::string refusal(const bytecode::Module& module) {
  const Result<void> can = supported(module);
  return can ? "" : describe(can.error());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unsupported_test)

BOOST_AUTO_TEST_CASE(each_is_named_with_its_place) {
  BOOST_TEST(unsupported(compiled(project(""))).empty());
  BOOST_TEST(refusal(compiled(project(""))) == "");
  const bytecode::Module one = compiled(project(written));
  const std::string story = "`body write with copywriter`";
  BOOST_TEST(refusal(one) == story + " is not supported by this runtime yet (" + place_of(one, "content story") + ")");
  const bytecode::Module two = compiled(project(goal + written));
  BOOST_TEST(refusal(two) == "`reach sum of goal rich` (" + place_of(two, "goal rich") + "), " + story + " (" +
                                 place_of(two, "content story") + ") are not supported by this runtime yet");
}

BOOST_AUTO_TEST_CASE(the_engine_refuses_it_and_goes_on_with_what_it_has) {
  testing::World world(project(""));
  const std::size_t before = world.engine->deployments().all().size();
  const Result<bool> deployed = world.engine->deploy(world.now, compiled(project(written)));
  BOOST_REQUIRE(!deployed.has_value());
  BOOST_TEST((deployed.error().code == FaultCode::not_supported));
  BOOST_TEST(world.engine->deployments().all().size() == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::engine
