// Compiling takes time in proportion to what is compiled: of twice as much, about twice as long.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <chrono>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

/// A project of about this many lines, with as many declarations of every kind as its size brings.
std::string generated(int lines) {
  std::string fields;
  std::string rest;
  const int parts = lines / 50;
  for (int i = 0; i < parts; ++i) {
    fields += fmt::format("  field_{}: Number\n  maybe_{}: Text?\n", i, i);
    rest += fmt::format("event happened_{} {{ page: Text }}\n", i);
    rest += fmt::format(
        "segment keen_{} = count(happened_{} where page == \"p{}\", last {} days) >= 2 and contact.field_{} > {}\n", i,
        i, i, i % 60 + 1, i, i);
    rest += fmt::format(
        "content mail_{} {{\n  email {{\n    subject \"Mail {} for {{contact.maybe_{} or \"you\"}}\"\n    body    \"In "
        "{{contact.country}}\"\n  }}\n}}\n",
        i, i, i);
    rest += fmt::format(
        "workflow flow_{} for contact {{\n  enter on happened_{} where event.page == \"p\"\n  leave on unsubscribed\n  "
        "steps {{\n",
        i, i);
    for (int k = 0; k < 7; ++k) {
      rest += fmt::format(
          "    send mail_{}\n    wait {} days\n    if contact is keen_{} and contact.field_{} > {} {{\n      set "
          "contact.field_{} = contact.field_{} + 1\n    }}\n",
          i, k + 1, i, i, k, i, i);
    }
    rest += "  }\n}\n";
  }
  return testing::project(rest, fields);
}

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
  const double once = seconds_for(generated(5'000));
  const double fourfold = seconds_for(generated(20'000));
  BOOST_TEST_MESSAGE("5,000 lines: " << once << " s; 20,000 lines: " << fourfold << " s");
  // The machine is shared and builds may be without optimisation: what this is to catch is quadratic time, 16 times.
  BOOST_TEST(fourfold < 9 * once + 0.5);
  BOOST_TEST(once < 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
