// The prover against a careful reader: what tests/proofs/precision says of small projects, and what comes out.
#pragma once

#include <string>
#include <vector>

namespace fairlead::compiler {

struct Tally {
  std::size_t exact = 0, all = 0;
  std::vector<std::string> unsound, other;  // proved where a reader would not; any other verdict than theirs
};

/// Of the projects in a folder of tests/proofs.
Tally tally(const std::string& folder = "precision");

}  // namespace fairlead::compiler
