// fairlead evaluate: what a policy would have earned, from a log that another policy wrote with its propensities.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "runtime/trial/evaluate.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  trial::EvaluationFiles files;
  std::string project, estimator;
  std::vector<std::string> policy;
  std::optional<double> at_least;
  bool json = false;
};

struct Named {
  const char* name;
  const char* title;
  const learn::Estimate* estimate;
};

/// The one that the gate asks, where nobody says: fixed beforehand, so that nobody picks the kindest.
std::string gate_estimator(const Options& options) {
  if (!options.estimator.empty()) return options.estimator;
  return options.files.context.empty() ? "snips" : "dr";
}

nlohmann::ordered_json as_json(const learn::Estimate& estimate) {
  return {{"value", estimate.value},
          {"standard_error", estimate.standard_error},
          {"interval_95", {estimate.interval().low, estimate.interval().high}}};
}

void print_json(const Options& options, const trial::Evaluation& result, const std::array<Named, 3>& estimates,
                const std::optional<bool>& reached) {
  const learn::OffPolicy& f = result.figures;
  nlohmann::ordered_json out{{"log", options.files.log},
                             {"rows", result.rows},
                             {"arms", result.arms.size()},
                             {"policy", result.policy},
                             {"logged", as_json(f.logged)}};
  for (const Named& one : estimates) out[one.name] = as_json(*one.estimate);
  out["effective_sample_size"] = f.effective_sample_size;
  out["largest_weight"] = f.largest_weight;
  out["mean_weight"] = as_json(f.mean_weight);
  out["rows_used"] = f.rows_used;
  out["rows_rewarded"] = f.rows_rewarded;
  out["decidable"] = result.decidable;
  out["warnings"] = result.warnings;
  if (options.at_least)
    out["gate"] = {{"at_least", *options.at_least}, {"estimator", gate_estimator(options)}, {"reached", *reached}};
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_line(std::string_view title, const learn::Estimate& estimate) {
  fmt::print("  {:<26} {:>10.5f} {:>12.5f}  {:.5f} to {:.5f}\n", title, estimate.value, estimate.standard_error,
             estimate.interval().low, estimate.interval().high);
}

void print_text(const Options& options, const trial::Evaluation& result, const std::array<Named, 3>& estimates) {
  const learn::OffPolicy& f = result.figures;
  fmt::print("{} rows of {}, arm `{}` ({} arms), reward `{}`, propensity `{}`\npolicy: {}\n\n", result.rows,
             options.files.log, options.files.arm, result.arms.size(), options.files.reward, options.files.propensity,
             result.policy);
  fmt::print("  {:<26} {:>10} {:>12}  {}\n", "estimate", "reward", "std. error", "95% interval");
  print_line("what was logged", f.logged);
  for (const Named& one : estimates) print_line(one.title, *one.estimate);
  fmt::print("\n  effective sample size      {:>10.0f} of {} rows ({:.1f}%)\n", f.effective_sample_size, result.rows,
             100 * f.effective_sample_size / static_cast<double>(result.rows));
  fmt::print("  largest weight             {:>10.1f}\n", f.largest_weight);
  fmt::print("  mean weight                {:>10.3f} ± {:.3f}, 1 is expected\n", f.mean_weight.value,
             f.mean_weight.value - f.mean_weight.interval().low);
  fmt::print("  direct model               {}\n",
             result.features == 0
                 ? "each arm's mean, cross-fitted; --context names columns that it may use"
                 : fmt::format("ridge regression on {} features, cross-fitted in five folds", result.features));
  if (!result.warnings.empty()) fmt::print("\n");
  for (const std::string& warning : result.warnings) fmt::print("warning: {}\n", warning);
}

void run(Options& options, int& exit_code) {
  if (!options.project.empty() || options.files.log == "decisions") {
    fmt::print(
        stderr,
        "fairlead: evaluating a project's own choices from its journal is not supported yet; "
        "`fairlead evaluate --log FILE.csv --policy …` evaluates a policy on a log, and `fairlead replay` a project's "
        "choices on one that was drawn uniformly\n");
    exit_code = wrong_use;
    return;
  }
  for (const std::string* needed :
       {&options.files.log, &options.files.arm, &options.files.reward, &options.files.propensity}) {
    if (!needed->empty()) continue;
    const char* name = needed == &options.files.log      ? "--log FILE.csv"
                       : needed == &options.files.arm    ? "--arm COLUMN"
                       : needed == &options.files.reward ? "--reward COLUMN"
                                                         : "--propensity COLUMN (or a number, such as 1/3)";
    fmt::print(stderr, "fairlead: {} is missing; `fairlead evaluate --help` has an example\n", name);
    exit_code = wrong_use;
    return;
  }
  if (options.policy.empty()) {
    fmt::print(stderr, "fairlead: which policy? --policy uniform, --policy always ARM, or --policy FILE.csv\n");
    exit_code = wrong_use;
    return;
  }
  options.files.policy = options.policy.front();
  if (options.policy.size() == 2) {
    if (options.policy.front() != "always") {
      fmt::print(stderr, "fairlead: `{}` stands behind `--policy {}`, which takes nothing more\n",
                 options.policy.back(), options.policy.front());
      exit_code = wrong_use;
      return;
    }
    options.files.policy += " " + options.policy.back();
  }
  const Result<trial::Evaluation> result = trial::evaluate(options.files);
  if (!result) {
    exit_code = report(result.error());
    return;
  }
  const std::array<Named, 3> estimates{{{"ips", "IPS", &result->figures.ips},
                                        {"snips", "SNIPS", &result->figures.snips},
                                        {"dr", "DR (doubly robust)", &result->figures.dr}}};
  std::optional<bool> reached;
  learn::Interval gate;
  if (options.at_least) {
    for (const Named& one : estimates) {
      if (one.name == gate_estimator(options)) gate = one.estimate->interval();
    }
    reached = result->decidable && gate.low >= *options.at_least;
    if (!*reached) exit_code = findings;
  }
  if (options.json) {
    print_json(options, *result, estimates, reached);
    return;
  }
  print_text(options, *result, estimates);
  if (!reached) return;
  const std::string asked = fmt::format("at least {:g}, by the lower end of {}'s interval", *options.at_least,
                                        gate_estimator(options) == "dr"    ? "DR"
                                        : gate_estimator(options) == "ips" ? "IPS"
                                                                           : "SNIPS");
  if (*reached) {
    fmt::print("\n{}: reached ({:.5f})\n", asked, gate.low);
  } else if (!result->decidable) {
    fmt::print("\n{}: not reached; the log cannot decide it, as the warnings say\n", asked);
  } else {
    fmt::print("\n{}: not reached ({:.5f})\n", asked, gate.low);
  }
}

}  // namespace

void add_evaluate(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "evaluate", "what another policy would have earned, from a log with the probabilities that it was drawn from");
  command->add_option("NEW", options->project, "a project, to be evaluated on its journal: not supported yet");
  command->add_option("--log", options->files.log, "the log: a CSV file with a header");
  command->add_option("--arm", options->files.arm, "the column that says which arm was taken");
  command->add_option("--reward", options->files.reward, "the column with the reward, a number");
  command->add_option("--propensity", options->files.propensity,
                      "the column with the probability that the arm had, or one number for all: 0.25, 1/3");
  command
      ->add_option("--policy", options->policy,
                   "uniform, always ARM, or a CSV file: columns arm, `probability`, and any of the log's")
      ->expected(1, 2);
  command->add_option("--context", options->files.context, "columns that the direct model of DR may use");
  command->add_option("--position", options->files.position, "the column that says where the arm stood");
  command->add_option("--at-least", options->at_least,
                      "exit with 1 unless the lower end of the 95% interval is this high");
  command
      ->add_option("--estimator", options->estimator,
                   "whose interval --at-least asks (dr where there is context, else snips)")
      ->check(CLI::IsMember({"ips", "snips", "dr"}));
  command->add_flag("--json", options->json, "print the result as JSON");
  command->footer(
      "Example: fairlead evaluate --log log.csv --arm offer --reward bought --propensity p --policy uniform --at-least "
      "0.02");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
