// Training a score from a history in CSV.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/connect/table.hpp"
#include "runtime/learn/score.hpp"

namespace fairlead::trial {

struct HistoryFiles {
  std::string from;  // a CSV file with a header
  std::string
      outcome;  // a column of it, all of whose values are 0 or 1, true or false, yes or no; empty: not known yet
  /// A CSV file with a column `set` that says `train` or `test` for each row: by a column `row` (0 is the first below
  /// the header) where it has one, else in the order of the rows. Empty: three tenths are drawn for the test.
  std::string split;
  std::vector<std::string> drop;    // columns that are left out
  std::vector<std::string> levels;  // columns that are levels although they are numbers
  std::set<std::string> missing;    // values that mean missing
  std::uint64_t seed = 0;           // of the draw without `split`
  double l2 = 1;
  bool one_pass = false;
};

/// A history as it was read.
struct History {
  connect::Table table;
  std::size_t outcome = 0;                 // the column
  std::vector<bool> outcomes;              // one a row
  std::vector<std::uint32_t> train, test;  // rows whose outcome is known
  std::uint64_t unknown = 0;               // rows whose is not
  std::string split;                       // how they were parted, in words
};
Result<History> read_history(const HistoryFiles& files);

/// `bad_input` says what does not fit, and where.
Result<learn::Score> train(const HistoryFiles& files);

}  // namespace fairlead::trial
