#include "tests/proofs/precision.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <iostream>

namespace fairlead::compiler {

namespace {

/// At least `least` verdicts in this folder: none proved where the reader would not, and 95% of them the reader's own.
void agree(const std::string& folder, std::size_t least) {
  const Tally t = tally(folder);
  for (const std::string& said : t.unsound) std::cout << "proved where a reader would not: " << said << "\n";
  for (const std::string& said : t.other) std::cout << "another verdict: " << said << "\n";
  std::cout << fmt::format("{} of {} verdicts in {} as a careful reader has them\n", t.exact, t.all, folder);
  BOOST_TEST(t.all >= least);
  BOOST_TEST(t.unsound.empty());
  BOOST_TEST(t.exact * 100 >= t.all * 95);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(precision)

BOOST_AUTO_TEST_CASE(a_careful_reader_and_the_prover_agree) {
  agree("precision", 450);
}

BOOST_AUTO_TEST_CASE(so_they_do_on_the_standard_policies) {
  agree("stdlib", 110);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
