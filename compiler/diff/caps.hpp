// So many messages, or so much money, in a time: which bounds follow from others, and a row of acts that keeps to some
// and not to another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diff/comparison.hpp"

namespace fairlead::compiler::diff {

/// One bound of a rule, on acts of some kinds.
struct Cap {
  Index rule = none;
  std::vector<std::string> kinds;  // what it counts; sorted
  bool whole_project = false;      // of everybody together
  bool own = false;                // of one workflow alone, where others are there too
  int128 most = 0;                 // messages; or money, in its units
  bytecode::Period period = bytecode::Period::window;
  Duration window;
};

/// What happened in a row: so much at once.
struct Burst {
  Instant at;
  std::string kind;
  bool own = true;  // of the workflow that is looked at
  int128 amount = 0;
};

/// Whether nothing that keeps to `one` can break `other`. False says nothing.
bool follows(const Cap& other, const Cap& one, const Program& program);
/// The same where every day has 24 hours and nobody travels.
bool follows_on_plain_days(const Cap& other, const Cap& one);

/// A row that keeps to all of `caps` and breaks `broken`; none where none was found. `step` is the least amount.
std::optional<std::vector<Burst>> row_that_breaks(const Cap& broken, const std::vector<Cap>& caps, int128 step);

/// `6 messages: 5 on Mon 09:00, 1 on Thu 09:00`
std::string words(const std::vector<Burst>& row, const Cap& broken, const std::string& currency);

}  // namespace fairlead::compiler::diff
