// How long what a project measures takes to show something, at the pace and the rates that a store knows.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::cli {

/// A holdout of a goal, or a split toward one.
struct Measured {
  std::string what;  // `10% held out of sold`, `nurture/tone`
  std::string goal;
  double rate = 0, per_day = 0, lift = 0;  // rate: of those who are compared with; lift: relative
  bool to_target = false;                  // the lift is the one to the goal's target
  std::optional<double> days;              // absent: never
};

/// Those whose pace and rate the store knows: a day at least, and ten who reached the goal, or else its baseline.
std::vector<Measured> measured(const engine::View& view, const bytecode::Module& module);
std::string measured_words(const std::vector<Measured>& all);
nlohmann::ordered_json measured_json(const std::vector<Measured>& all);

}  // namespace fairlead::cli
