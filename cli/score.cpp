// fairlead score: learning a score from a history, and its model card.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "cli/files.hpp"
#include "cli/score_card.hpp"
#include "runtime/trial/history.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  trial::HistoryFiles files;
  std::vector<std::string> missing;
  std::string to, file;
  bool json = false;
};

void train(Options& options, int& exit_code) {
  options.files.missing = {options.missing.begin(), options.missing.end()};
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
  CLI::App* command = session.app.add_subcommand("score", "learn a score from a history, and show its model card");
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
  training->add_flag("--json", options->json, "print the score as JSON");
  training->callback([options, &session] { train(*options, session.exit_code); });
  CLI::App* showing = command->add_subcommand("show", "show the model card of a score");
  showing->add_option("FILE", options->file, "what `score train --to` wrote")->required();
  showing->add_flag("--json", options->json, "print the score as JSON");
  showing->callback([options, &session] { show(*options, session.exit_code); });
}

}  // namespace fairlead::cli
