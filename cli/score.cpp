// fairlead score: learning a score from a history, and its model card; of a project, also what its own have learned.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/files.hpp"
#include "cli/score_card.hpp"
#include "cli/score_store.hpp"
#include "runtime/engine/scores.hpp"
#include "runtime/learn/score_json.hpp"
#include "runtime/trial/score_history.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  trial::HistoryFiles files;
  std::vector<std::string> missing;
  std::string to, file, name, project;
  bool json = false;
};

/// Learns a score that a project declares.
void train_declared(const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  if (!options.files.drop.empty() || !options.files.levels.empty() || options.files.one_pass)
    return wrong(
        "--drop, --levels and --once have no say where --for names a project: its score says what it learns from");
  const std::optional<bytecode::Module> module = compile_or_report(options.project, exit_code);
  if (!module) return;
  if (module->scores.empty()) return wrong("this project has no `score`");
  if (options.name.empty() && module->scores.size() > 1) return wrong("which of its scores? --name says it");
  const auto score = options.name.empty() ? module->scores.begin()
                                          : std::ranges::find(module->scores, options.name, &bytecode::Score::name);
  if (score == module->scores.end()) return wrong(fmt::format("there is no score called {}", options.name));
  const auto index = static_cast<bytecode::Index>(score - module->scores.begin());
  const Result<trial::TrainedScore> trained = trial::train_for(*module, index, options.files);
  if (!trained) return void(exit_code = report(trained.error()));
  ByteWriter state;
  trained->belief.save(state);
  const engine::ScoreSpec spec = engine::spec_of(*module, *score);
  const std::string file = learned_file(score->name, spec.features, state.take());
  if (!options.to.empty() && !write_whole(options.to, file)) {
    exit_code = report({FaultCode::file_unwritable, {options.to, "the score could not be written"}});
    return;
  }
  if (options.json) {
    fmt::print("{}\n", learn::to_json(trained->card).dump(2));
    return;
  }
  fmt::print("score {} of {}, from {}\n  learned from {} rows, judged on {} others; {}\n", score->name, options.project,
             options.files.from, trained->learned_from, trained->card.rows, trained->split);
  if (trained->without_outcome > 0)
    fmt::print("  {} row{} left out, as the outcome is not known\n", trained->without_outcome,
               trained->without_outcome == 1 ? " is" : "s are");
  fmt::print(
      "  logistic regression on the features that the score declares, L2 penalty {:g} (fixed beforehand), batch\n",
      trained->l2);
  print_figures(trained->card, "On the rows that it has not seen");
  if (!options.to.empty())
    fmt::print("\nwritten to {}; `fairlead score import DB {} --as …` puts it in force\n", options.to, options.to);
}

void train(Options& options, int& exit_code) {
  options.files.missing = {options.missing.begin(), options.missing.end()};
  if (!options.project.empty()) return train_declared(options, exit_code);
  const Result<learn::Score> score = trial::train(options.files);
  if (!score) {
    exit_code = report(score.error());
    return;
  }
  const std::string json = learn::to_json(*score);
  if (!options.to.empty() && !write_whole(options.to, json)) {
    exit_code = report({FaultCode::file_unwritable, {options.to, "the score could not be written"}});
    return;
  }
  if (options.json) {
    fmt::print("{}", json);
    return;
  }
  print_card(*score);
  if (!options.to.empty())
    fmt::print("\nwritten to {}; `fairlead score show {}` shows it again\n", options.to, options.to);
}

void show(const Options& options, int& exit_code) {
  if (const std::optional<std::string> db = store_at(options.file))
    return show_scores(*db, options.name, options.json, exit_code);
  std::error_code unseen;
  std::ifstream in(options.file, std::ios::binary);
  if (!in || std::filesystem::is_directory(options.file, unseen)) {
    exit_code = report({FaultCode::file_unreadable, {options.file, "there is no such file, or it may not be read"}});
    return;
  }
  std::ostringstream text;
  text << in.rdbuf();
  const Result<learn::Score> score = learn::score_from_json(text.str());
  if (!score) {
    exit_code = report({FaultCode::bad_input, {fmt::format("{}: {}", options.file, score.error().args.front())}});
    return;
  }
  if (options.json) {
    fmt::print("{}", learn::to_json(*score));
  } else {
    print_card(*score);
  }
}

}  // namespace

void add_score(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("score", "learn scores, show their model cards, and put them in force");
  command->require_subcommand(1);
  CLI::App* training =
      command->add_subcommand("train", "learn a score from a CSV file, and judge it on rows kept apart");
  training->add_option("--from", options->files.from, "the history: a CSV file with a header")->required();
  training
      ->add_option("--outcome", options->files.outcome,
                   "the column that is to be foretold: 0 or 1, true or false, yes or no")
      ->required();
  training->add_option(
      "--split", options->files.split,
      "a CSV file whose column `set` says train or test for each row (default: 30% drawn for the test)");
  training->add_option("--drop", options->files.drop,
                       "columns to leave out: what was not known before the outcome, names, numbers of rows");
  training->add_option("--levels", options->files.levels,
                       "columns of numbers that are names of something, such as postcodes");
  training->add_option("--missing", options->missing, "values that mean missing, beside the empty one")->delimiter(',');
  training->add_flag("--once", options->files.one_pass, "learn online, seeing each row once, in the order of the file");
  training
      ->add_option("--l2", options->files.l2, "the penalty on the weights, chosen before the test rows are looked at")
      ->capture_default_str()
      ->check(CLI::Range(1e-6, 1e9));
  training->add_option("--seed", options->files.seed, "of the draw where there is no --split")->capture_default_str();
  training->add_option("--to", options->to, "the file to write the score to");
  training->add_option("--for", options->project,
                       "a project: learn a score that it declares, from columns that are called as its features are "
                       "written; `score import` puts it in force");
  training->add_option("--name", options->name, "with --for: which of its scores");
  training->add_flag("--json", options->json, "print the score as JSON");
  training->callback([options, &session] { train(*options, session.exit_code); });
  CLI::App* showing =
      command->add_subcommand("show", "show the model card of a score, or of those of a project that runs");
  showing
      ->add_option("FILE", options->file,
                   "what `score train --to` wrote; or a store, or a project beside whose files it lies")
      ->required();
  showing->add_option("NAME", options->name, "of a store: only this score");
  showing->add_flag("--json", options->json, "print the score as JSON");
  showing->callback([options, &session] { show(*options, session.exit_code); });
  add_score_hands(*command, session);
}

}  // namespace fairlead::cli
