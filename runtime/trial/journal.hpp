// Off-policy evaluation on a project's own journal: what the options of a choice, with other starts and limits, would
// have led to, from the decisions that the engine drew and wrote down with their probabilities.
//
// A decision counts once the window of its goal has closed, and not sooner: counted when they reach it, the quick ones
// would stand for all. Held out contacts and shadows got nothing of what was decided, and do not count.
//
// The journal has no personal values, so an option's `when` cannot be asked again. Whom an option is open to is taken
// from the decision, which is right as long as `when` is the same; decisions under another are left out, and said.
#pragma once

#include <string>

#include "runtime/bytecode/module.hpp"
#include "runtime/store/store.hpp"
#include "runtime/trial/evaluate.hpp"

namespace fairlead::trial {

struct JournalEvaluation {
  Evaluation result;
  std::string choice, goal;
  Duration within;
  std::uint64_t young = 0, young_reached = 0;  // decisions whose window is still open; of these, who reached the goal
  std::uint64_t otherwise = 0;                 // under other conditions, another goal, or another context
};

/// A share of what the policy would do that was impossible in the log: from here on it is refused.
constexpr double most_unsupported = 0.01;

/// `next` and `choice`: the project that is evaluated, and its choice; the store has one with the same key. With
/// `learned` by the weights that are in force in the store, else by its starts. `bad_input` says what does not fit.
Result<JournalEvaluation> evaluate_journal(store::Store& store, const bytecode::Module& next, bytecode::Index choice,
                                           bool learned);

}  // namespace fairlead::trial
