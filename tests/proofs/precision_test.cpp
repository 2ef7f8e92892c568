#include "tests/proofs/precision.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <iostream>

namespace fairlead::compiler {

BOOST_AUTO_TEST_SUITE(precision)

BOOST_AUTO_TEST_CASE(a_careful_reader_and_the_prover_agree) {
  const Tally t = tally();
  for (const std::string& said : t.unsound) std::cout << "proved where a reader would not: " << said << "\n";
  for (const std::string& said : t.other) std::cout << "another verdict: " << said << "\n";
  std::cout << fmt::format("{} of {} verdicts as a careful reader has them\n", t.exact, t.all);
  BOOST_TEST(t.all >= 450u);
  BOOST_TEST(t.unsound.empty());
  BOOST_TEST(t.exact * 100 >= t.all * 95);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
