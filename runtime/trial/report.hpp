// What a run or a simulation has to show: tables for a terminal, and one self-contained HTML page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/learn/measure.hpp"

namespace fairlead::trial {

struct GoalRow {
  std::string name;
  std::string reach;  // `became_mql within 14 days`
  std::optional<Decimal> baseline, target, worth;
  /// Entries of workflows toward the goal whose window has closed (or whose goal was reached), by mode.
  std::uint64_t treated = 0, treated_reached = 0, held = 0, held_reached = 0;
  std::uint64_t open = 0;  // entries whose window is still open and not reached: not counted above
  /// Whether as many were held out as `holdout` says. Only where each contact enters once, toward this goal, so that
  /// entries are draws.
  struct Ratio {
    Decimal holdout;
    std::uint64_t treated = 0, held = 0;  // all that entered
  };
  std::optional<Ratio> ratio{};
};

struct SharePoint {
  Instant at;
  std::vector<std::uint32_t> shares;  // billionths, one an option, over all options
};

struct OptionRow {
  std::string name;
  std::uint64_t decisions = 0, reached = 0;  // treated contacts only
};

struct ChoiceRow {
  std::string key;  // `whitepaper_nurture/offer`
  std::string goal;
  std::string learner;      // name of the formula
  std::uint32_t floor = 0;  // billionths
  std::vector<std::string> features;
  std::vector<OptionRow> options;
  std::vector<SharePoint> history;  // in order; the last is now
};

/// A learned score, as of the end.
struct ScoreRow {
  std::string name, foretells;                      // `became_mql within 14 days`
  std::uint64_t predicted = 0, over = 0, came = 0;  // predictions, those whose window is over, and that came true
  std::uint32_t version = 0;                        // 0: nothing learned is in force
  std::optional<double> auc, slope, lift;           // of its card; the lift of the top decile
};

struct RuleRow {
  std::string name, text, because;
  std::uint64_t asked = 0, skipped = 0, deferred = 0, withheld = 0;  // withheld: at hand-over
  std::uint64_t waived = 0;                                          // fired, and a waiver let it pass
};

struct StepRow {
  bytecode::Index step = bytecode::none;
  std::uint64_t passed = 0;   // how often somebody came to the step, the held out included
  std::uint64_t waiting = 0;  // instances that stand there now
};

struct WorkflowRow {
  bytecode::Index workflow = bytecode::none;
  std::uint64_t entered = 0, held_out = 0, finished = 0, left = 0, waiting = 0;
  std::vector<StepRow> steps;
};

struct ContentRow {
  std::string content, channel;
  std::uint64_t sent = 0, suppressed = 0;  // suppressed: the contact was held out
  Decimal cost;
};

struct Expected {
  std::string text;   // `qualified above 9%`
  std::string found;  // `12.4%`
  bool met = false;
};

struct Report {
  std::string title;  // `sixty days` (simulation), or the project
  std::string project, currency;
  Instant from, to;  // on the clock of the run
  std::uint64_t contacts = 0;
  std::uint64_t events = 0, messages = 0;
  std::uint64_t seed = 0;
  std::vector<GoalRow> goals;
  std::vector<ChoiceRow> choices;
  std::vector<ScoreRow> scores;
  std::vector<RuleRow> rules;
  std::vector<WorkflowRow> workflows;
  std::vector<ContentRow> contents;
  std::vector<Expected> expected;
  std::string audit;  // `4,812 batches, chain whole, head 3f2a…`
};

/// Tables that a marketer can read, at most 100 columns wide; plain unless `colour`.
std::string to_text(const Report& report, const bytecode::Module& module, bool colour);

/// One page without any outside reference: curves of the weights, the lift with its interval, tables, and
/// each workflow drawn as a graph with how many took each way. Deterministic: nothing of the machine or the wall clock.
std::string to_html(const Report& report, const bytecode::Module& module);

}  // namespace fairlead::trial
