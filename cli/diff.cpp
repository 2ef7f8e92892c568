// fairlead diff: two versions of a project's policies, compared by what they let through.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/diff_words.hpp"
#include "cli/versions.hpp"

namespace fairlead::cli {

namespace {

using compiler::diff::Difference;
using compiler::diff::Direction;

struct Options {
  std::string before, after = ".";
  bool json = false, markdown = false, no_looser = false;
};

/// What is wrong with a version, where that leaves its rules unknown.
bool sound(compiler::Checked& checked, const std::string& called) {
  if (checked.sound) return true;
  fmt::print(stderr, "fairlead: the rules of {} cannot be compared before this is mended:\n", called);
  compiler::Compiled wrong;
  wrong.files = std::move(checked.files);
  wrong.own = checked.own;
  wrong.diagnostics = std::move(checked.diagnostics);
  print(wrong, false);
  return false;
}

void run(const Options& options, int& exit_code) {
  auto both = versions(options.before, options.after);
  if (!both) {
    fmt::print(stderr, "fairlead: {}\n", both.error().why);
    exit_code = both.error().unreadable ? failed : wrong_use;
    return;
  }
  const auto before = compiler::check(std::move(both->first.files), std::move(both->first.project));
  const auto after = compiler::check(std::move(both->second.files), std::move(both->second.project));
  const bool old_one = sound(*before, options.before);
  if (!sound(*after, options.after) || !old_one) {
    exit_code = findings;
    return;
  }
  const Difference difference = compiler::diff::compare(*before, *after);
  const Compared compared{options.before, options.after, difference};
  if (options.json) {
    fmt::print("{}\n", as_json(compared).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}", options.markdown ? as_markdown(compared) : as_text(compared, colours(STDOUT_FILENO)));
  }
  const std::size_t looser = difference.count(Direction::looser), unknown = difference.count(Direction::unknown);
  if (!options.no_looser || looser + unknown == 0) return;
  exit_code = findings;
  fmt::print(stderr, "fairlead: {}, and --no-looser wants neither\n",
             looser == 0 ? "it cannot be told whether NEW is looser" : "NEW is looser");
}

}  // namespace

void add_diff(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "diff",
      "compare policies by what they mean: what is newly allowed, what is newly forbidden, with an example of each");
  command->add_option("OLD", options->before, "a project's folder, a .lead file, or a git revision: REV or REV:path")
      ->required();
  command->add_option("NEW", options->after, "the same; left out, the project in this folder")->capture_default_str();
  command->add_flag("--no-looser", options->no_looser, "exit 1 where anything is looser, or where it cannot be told");
  auto* json = command->add_flag("--json", options->json, "print it as JSON");
  command->add_flag("--markdown", options->markdown, "print it as Markdown, for a pull request")->excludes(json);
  command->footer(
      "What exists on the disk is meant, and a revision only where nothing of that name does. A revision without a "
      "path\n"
      "is of the place that the other name means; REV:path is from the top of the repository, REV:./path from here.\n"
      "A file without `project` takes the place of the file that it is compared with; the rest of that project stays.");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
