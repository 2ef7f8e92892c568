// What `fairlead evaluate` prints of an evaluation, whatever log it is from: the estimates, what they rest on, and the
// gate.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "runtime/trial/evaluate.hpp"

namespace fairlead::cli {

struct NamedEstimate {
  const char* name;
  const char* title;
  const learn::Estimate* estimate;
};
std::array<NamedEstimate, 3> estimates_of(const trial::Evaluation& result);

/// The gate of `--at-least`.
struct EvaluationGate {
  double at_least = 0;
  std::string estimator;  // `dr`
  double low = 0;         // the lower end of its interval
  bool reached = false;
};
/// `estimator` empty: `dr` where the direct model sees something, else `snips`; fixed beforehand, so that nobody picks
/// the kindest.
EvaluationGate gate_of(const trial::Evaluation& result, double at_least, const std::string& estimator);

/// Adds the figures to what says which log they are of.
void add_figures(nlohmann::ordered_json& out, const trial::Evaluation& result,
                 const std::optional<EvaluationGate>& gate);
/// `model`: what the direct model sees, in words.
void print_figures(const trial::Evaluation& result, const std::string& model);
void print_gate(const trial::Evaluation& result, const EvaluationGate& gate);

}  // namespace fairlead::cli
