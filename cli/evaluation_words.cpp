// What an evaluation is printed as.
#include "cli/evaluation_words.hpp"

#include <fmt/format.h>

namespace fairlead::cli {

namespace {

nlohmann::ordered_json as_json(const learn::Estimate& estimate) {
  return {{"value", estimate.value},
          {"standard_error", estimate.standard_error},
          {"interval_95", {estimate.interval().low, estimate.interval().high}}};
}

void print_line(std::string_view title, const learn::Estimate& estimate) {
  fmt::print("  {:<26} {:>10.5f} {:>12.5f}  {:.5f} to {:.5f}\n", title, estimate.value, estimate.standard_error,
             estimate.interval().low, estimate.interval().high);
}

}  // namespace

std::array<NamedEstimate, 3> estimates_of(const trial::Evaluation& result) {
  return {{{"ips", "IPS", &result.figures.ips},
           {"snips", "SNIPS", &result.figures.snips},
           {"dr", "DR (doubly robust)", &result.figures.dr}}};
}

EvaluationGate gate_of(const trial::Evaluation& result, double at_least, const std::string& estimator) {
  EvaluationGate out{at_least, estimator};
  if (out.estimator.empty()) out.estimator = result.features == 0 ? "snips" : "dr";
  for (const NamedEstimate& one : estimates_of(result)) {
    if (one.name == out.estimator) out.low = one.estimate->interval().low;
  }
  out.reached = result.decidable && out.low >= at_least;
  return out;
}

void add_figures(nlohmann::ordered_json& out, const trial::Evaluation& result,
                 const std::optional<EvaluationGate>& gate) {
  const learn::OffPolicy& f = result.figures;
  out["rows"] = result.rows;
  out["arms"] = result.arms.size();
  out["policy"] = result.policy;
  out["logged"] = as_json(f.logged);
  for (const NamedEstimate& one : estimates_of(result)) out[one.name] = as_json(*one.estimate);
  out["effective_sample_size"] = f.effective_sample_size;
  out["largest_weight"] = f.largest_weight;
  out["mean_weight"] = as_json(f.mean_weight);
  out["rows_used"] = f.rows_used;
  out["rows_rewarded"] = f.rows_rewarded;
  out["decidable"] = result.decidable;
  out["warnings"] = result.warnings;
  if (gate) out["gate"] = {{"at_least", gate->at_least}, {"estimator", gate->estimator}, {"reached", gate->reached}};
}

void print_figures(const trial::Evaluation& result, const std::string& model) {
  const learn::OffPolicy& f = result.figures;
  fmt::print("  {:<26} {:>10} {:>12}  {}\n", "estimate", "reward", "std. error", "95% interval");
  print_line("what was logged", f.logged);
  for (const NamedEstimate& one : estimates_of(result)) print_line(one.title, *one.estimate);
  fmt::print("\n  effective sample size      {:>10.0f} of {} rows ({:.1f}%)\n", f.effective_sample_size, result.rows,
             100 * f.effective_sample_size / static_cast<double>(result.rows));
  fmt::print("  largest weight             {:>10.1f}\n", f.largest_weight);
  fmt::print("  mean weight                {:>10.3f} ± {:.3f}, 1 is expected\n", f.mean_weight.value,
             f.mean_weight.value - f.mean_weight.interval().low);
  fmt::print("  direct model               {}\n", model);
  if (!result.warnings.empty()) fmt::print("\n");
  for (const std::string& warning : result.warnings) fmt::print("warning: {}\n", warning);
}

void print_gate(const trial::Evaluation& result, const EvaluationGate& gate) {
  const std::string asked = fmt::format("at least {:g}, by the lower end of {}'s interval", gate.at_least,
                                        gate.estimator == "dr"    ? "DR"
                                        : gate.estimator == "ips" ? "IPS"
                                                                  : "SNIPS");
  if (gate.reached) {
    fmt::print("\n{}: reached ({:.5f})\n", asked, gate.low);
  } else if (!result.decidable) {
    fmt::print("\n{}: not reached; the log cannot decide it, as the warnings say\n", asked);
  } else {
    fmt::print("\n{}: not reached ({:.5f})\n", asked, gate.low);
  }
}

}  // namespace fairlead::cli
