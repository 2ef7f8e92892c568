// fairlead evaluate: what a policy would have earned, from a log that another policy wrote with its propensities.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/evaluation_words.hpp"
#include "runtime/trial/journal.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  trial::EvaluationFiles files;
  std::string project, choice, estimator;
  std::vector<std::string> policy;
  std::optional<double> at_least;
  bool learned = false, json = false;
};

void print(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

std::optional<EvaluationGate> asked_gate(const Options& options, const trial::Evaluation& result, int& exit_code) {
  if (!options.at_least) return std::nullopt;
  const EvaluationGate gate = gate_of(result, *options.at_least, options.estimator);
  if (!gate.reached) exit_code = findings;
  return gate;
}

/// `1,204 decisions …, since …` for each kind that does not count; empty where all do.
std::string left_out(const trial::JournalEvaluation& found) {
  std::string out;
  if (found.young > 0)
    out += fmt::format(
        "left out as too young: {} of which the window of {} is still open ({} of them have reached the "
        "goal already; counted before the others, they would stand for all)\n",
        found.young, to_string(found.within), found.young_reached);
  if (found.otherwise > 0)
    out += fmt::format("left out as made otherwise: {}, under another `when`, goal or context than the project's\n",
                       found.otherwise);
  return out;
}

/// A project's choice on a store's decisions.
void on_journal(const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  if (options.files.log.empty())
    return wrong("on which decisions? --log STORE, or --log decisions for the project's own store");
  if (!options.policy.empty() || !options.files.arm.empty() || !options.files.reward.empty() ||
      !options.files.propensity.empty() || !options.files.context.empty() || !options.files.position.empty())
    return wrong(
        "--policy, --arm, --reward, --propensity, --context and --position are for a log in CSV; of a project, "
        "the journal says all that");
  const std::optional<bytecode::Module> module = compile_or_report(options.project, exit_code);
  if (!module) return;
  std::vector<bytecode::Index> choices;
  std::string names;
  for (bytecode::Index i = 0; i < module->choices.size(); ++i) {
    const std::string& key = module->choices[i].key;
    names += (names.empty() ? "" : ", ") + key;
    if (options.choice.empty() || key == options.choice || key.ends_with("/" + options.choice)) choices.push_back(i);
  }
  if (choices.empty())
    return wrong(names.empty() ? "this project has no `choose`"
                               : fmt::format("this project has no choice called {}; it has {}", options.choice, names));
  if (choices.size() > 1) return wrong(fmt::format("which choice? --choice with one of {}", names));

  const std::string path = options.files.log == "decisions" ? store_of(options.project) : options.files.log;
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(path, store::Access::read);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  const Result<trial::JournalEvaluation> found =
      trial::evaluate_journal(**store, *module, choices.front(), options.learned);
  if (!found) {
    exit_code = report(found.error());
    return;
  }
  const trial::Evaluation& result = found->result;
  const std::optional<EvaluationGate> gate = asked_gate(options, result, exit_code);
  if (options.json) {
    Json out{{"log", path},
             {"choice", found->choice},
             {"goal", found->goal},
             {"too_young", {{"decisions", found->young}, {"reached", found->young_reached}}},
             {"made_otherwise", found->otherwise}};
    add_figures(out, result, gate);
    return print(out);
  }
  fmt::print("{} decisions of {} in {}, {} options drawn; the reward is the goal `{}` within {}\npolicy: {}\n{}\n",
             result.rows, found->choice, path, result.arms.size(), found->goal, to_string(found->within), result.policy,
             left_out(*found));
  print_figures(result, result.features == 0
                            ? "each option's mean, cross-fitted; the choice has no `learn from` for it to see"
                            : "ridge regression on what the choice learns from, cross-fitted in five folds");
  if (gate) print_gate(result, *gate);
}

void run(Options& options, int& exit_code) {
  if (!options.project.empty()) return on_journal(options, exit_code);
  if (options.files.log == "decisions" || options.learned || !options.choice.empty()) {
    fmt::print(stderr,
               "fairlead: whose choice is to be evaluated? Name the project first: `fairlead evaluate PROJECT --log "
               "STORE`; without one, a policy is evaluated on a CSV file (--policy)\n");
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
  if (options.estimator.empty()) options.estimator = options.files.context.empty() ? "snips" : "dr";
  const Result<trial::Evaluation> result = trial::evaluate(options.files);
  if (!result) {
    exit_code = report(result.error());
    return;
  }
  const std::optional<EvaluationGate> gate = asked_gate(options, *result, exit_code);
  if (options.json) {
    Json out{{"log", options.files.log}};
    add_figures(out, *result, gate);
    return print(out);
  }
  fmt::print("{} rows of {}, arm `{}` ({} arms), reward `{}`, propensity `{}`\npolicy: {}\n\n", result->rows,
             options.files.log, options.files.arm, result->arms.size(), options.files.reward, options.files.propensity,
             result->policy);
  print_figures(*result,
                result->features == 0
                    ? "each arm's mean, cross-fitted; --context names columns that it may use"
                    : fmt::format("ridge regression on {} features, cross-fitted in five folds", result->features));
  if (gate) print_gate(*result, *gate);
}

}  // namespace

void add_evaluate(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "evaluate", "what another policy would have earned, from a log with the probabilities that it was drawn from");
  command->add_option("NEW", options->project, "a project, whose choice is evaluated on a store's decisions");
  command->add_option("--log", options->files.log,
                      "the log: a CSV file with a header; of a project, a store, or `decisions` for its own");
  command->add_option("--choice", options->choice, "of a project: which choice, where it has several");
  command->add_flag("--weights", options->learned,
                    "of a project: by the weights that are in force in the store, not by its starts");
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
      "0.02\n"
      "         fairlead evaluate next --log running/fairlead.db --choice offer --at-least 0.02");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
