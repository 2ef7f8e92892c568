#include "tests/proofs/precision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iostream>

namespace fairlead::compiler {

namespace {

/// What differences.txt of the folder says, without the reasons.
std::vector<std::string> differences(const std::string& folder) {
  std::ifstream in(std::string(FAIRLEAD_SOURCE_DIR) + "/tests/proofs/" + folder + "/differences.txt");
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line.substr(0, line.find(", because ")));
  return out;
}

/// At least `least` verdicts in this folder: none proved where the reader would not, 95% of them the reader's own, and
/// the others those that are listed.
void agree(const std::string& folder, std::size_t least) {
  const Tally t = tally(folder);
  for (const std::string& said : t.unsound) std::cout << "proved where a reader would not: " << said << "\n";
  std::cout << fmt::format("{} of {} verdicts in {} as a careful reader has them\n", t.exact, t.all, folder);
  BOOST_TEST(t.all >= least);
  BOOST_TEST(t.unsound.empty());
  BOOST_TEST(t.exact * 100 >= t.all * 95);
  std::vector<std::string> listed = differences(folder);
  for (const std::string& said : t.other) {
    const auto at = std::find(listed.begin(), listed.end(), said.substr(0, said.find(" (")));
    const bool known = at != listed.end();
    BOOST_TEST(known, "another verdict, and differences.txt does not tell why: " << said);
    if (known) listed.erase(at);
  }
  for (const std::string& line : listed) BOOST_ERROR("no difference any more: " << line);
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
