// Compiling takes time in proportion to what is compiled: of twice as much, about twice as long.
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "tests/bench/generated_project.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

double seconds_for(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  const Compiled compiled = testing::compile_text(text);
  const double out = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled).substr(0, 2000));
  BOOST_TEST(bytecode::verify(*compiled.module).has_value());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(speed_test)

BOOST_AUTO_TEST_CASE(twice_as_much_takes_twice_as_long) {
  const double once = seconds_for(bench::generated_project(5'000));
  const double fourfold = seconds_for(bench::generated_project(20'000));
  BOOST_TEST_MESSAGE("5,000 lines: " << once << " s; 20,000 lines: " << fourfold << " s");
  // The machine is shared and builds may be without optimisation: what this is to catch is quadratic time, 16 times.
  BOOST_TEST(fourfold < 9 * once + 0.5);
  BOOST_TEST(once < 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
