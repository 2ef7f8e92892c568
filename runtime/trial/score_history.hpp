// Training a score that a project declares from a history in CSV, whose columns are called as its features are written.
#pragma once

#include "runtime/bytecode/module.hpp"
#include "runtime/trial/history.hpp"

namespace fairlead::trial {

struct TrainedScore {
  learn::OnlineLogistic belief;  // to go on from
  learn::Card card;              // on the rows kept apart
  std::uint64_t learned_from = 0, without_outcome = 0;
  std::string split;
  double l2 = 1;
};

/// `bad_input` says what does not fit, and where. `files.drop`, `files.levels` and `files.one_pass` have no say here:
/// the score says what it is learned from.
Result<TrainedScore> train_for(const bytecode::Module& module, bytecode::Index score, const HistoryFiles& files);

}  // namespace fairlead::trial
