// fairlead replay: what a project's choices would have earned on a log of randomised decisions.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/progress.hpp"
#include "runtime/trial/replay.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".", log, arm, reward, choice, html;
  std::vector<std::string> segment;
  std::uint64_t seeds = 20;
  bool json = false;
};

Result<std::vector<trial::SeedResult>> all_seeds(const bytecode::Module& module, bytecode::Index choice,
                                                 const trial::Log& log, std::uint64_t seeds, ProgressBar& bar) {
  // Seeds are independent of each other: as many at a time as there are processors.
  std::vector<trial::SeedResult> out;
  const std::uint64_t width = std::max(1U, std::thread::hardware_concurrency());
  for (std::uint64_t first = 0; first < seeds; first += width) {
    std::vector<std::future<Result<trial::SeedResult>>> running;
    for (std::uint64_t seed = first; seed < std::min(seeds, first + width); ++seed) {
      running.push_back(std::async(std::launch::async, [&, seed] { return trial::replay(module, choice, log, seed); }));
    }
    for (auto& one : running) {
      Result<trial::SeedResult> result = one.get();
      if (!result) return tl::unexpected(result.error());
      out.push_back(std::move(*result));
      bar.update(static_cast<double>(out.size()) / static_cast<double>(seeds));
    }
  }
  return out;
}

void run(const Options& options, int& exit_code) {
  const std::optional<bytecode::Module> module = compile_or_report(options.path, exit_code);
  if (!module) return;
  std::vector<bytecode::Index> choices;
  for (bytecode::Index i = 0; i < module->choices.size(); ++i) {
    const std::string& key = module->choices[i].key;
    if (options.choice.empty() || key == options.choice || key.ends_with("/" + options.choice)) choices.push_back(i);
  }
  if (choices.empty()) {
    fmt::print(stderr, "fairlead: {}\n",
               options.choice.empty() ? "this project has no `choose`"
                                      : fmt::format("this project has no choice called {}", options.choice));
    exit_code = wrong_use;
    return;
  }
  std::vector<trial::Replayed> rows;
  std::uint64_t used = 0, rejected = 0;
  std::string first_rejected, arm, reward;
  for (const bytecode::Index choice : choices) {
    trial::Log log;
    if (const Result<void> read =
            trial::read_log(options.log, *module, choice, options.arm, options.reward, options.segment, log);
        !read) {
      exit_code = report(read.error());
      return;
    }
    used = log.arms.size();
    rejected = log.rejected;
    first_rejected = log.first_rejected;
    arm = log.arm_column;
    reward = log.reward_column;
    ProgressBar bar(fmt::format("replaying {}", module->choices[choice].key));
    const Result<std::vector<trial::SeedResult>> results = all_seeds(*module, choice, log, options.seeds, bar);
    bar.finish();
    if (!results) {
      exit_code = report(results.error());
      return;
    }
    trial::Replayed row = trial::together(module->choices[choice], log, *results);
    if (!rows.empty()) {
      // Both saw the rows in the same orders and drew by the same dice: what is left is what they know.
      std::vector<double> more;
      for (std::size_t seed = 0; seed < row.means.size(); ++seed)
        more.push_back(row.means[seed] - rows.front().means[seed]);
      row.against = learn::mean_of(more);
    }
    rows.push_back(std::move(row));
  }
  const std::string about =
      fmt::format("{} rows of {}, arm `{}`, reward `{}`, {}", used, options.log, arm, reward,
                  options.seeds == 1 ? "seed 0" : fmt::format("seeds 0 to {}", options.seeds - 1));
  if (!options.html.empty()) {
    std::ofstream page(options.html, std::ios::binary | std::ios::trunc);
    page << trial::replay_page(rows, "Replay of " + module->project, about);
    page.close();
    if (!page) {
      exit_code = report({FaultCode::file_unwritable, {options.html, "could not be written"}});
      return;
    }
  }
  if (options.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const trial::Replayed& row : rows) {
      nlohmann::ordered_json shares;
      for (std::size_t o = 0; o < row.options.size(); ++o)
        shares[row.options[o]] = {{"taken", row.taken[o]}, {"least_probability", row.least[o]}};
      out.push_back({{"choice", row.key},
                     {"seeds", options.seeds},
                     {"reward", reward},
                     {"mean", row.mean.mean},
                     {"half_width_95", row.mean.half_width},
                     {"rows_kept", row.kept.mean},
                     {"options", shares}});
      if (row.against) {
        out.back()["against"] = {{"choice", rows.front().key},
                                 {"difference", row.against->mean},
                                 {"half_width_95", row.against->half_width}};
      }
      if (!row.segments.empty()) {
        nlohmann::ordered_json segments;
        for (std::size_t g = 0; g < row.segments.size(); ++g) {
          for (std::size_t o = 0; o < row.options.size(); ++o)
            segments[row.segments[g]][row.options[o]] = row.taken_in[g][o];
        }
        out.back()["segments"] = segments;
        out.back()["segments_differ_by"] = row.spread;
      }
    }
    fmt::print("{}\n", out.dump(2));
    return;
  }
  fmt::print("{}\n", about);
  if (rejected > 0) fmt::print("{} row{} could not be used; {}\n", rejected, rejected == 1 ? "" : "s", first_rejected);
  for (const trial::Replayed& row : rows) {
    fmt::print("\n{}\n", row.key);
    fmt::print("  mean reward     {:.4f} ± {:.4f}  (95%, over seeds; {:.0f} rows kept a seed)\n", row.mean.mean,
               row.mean.half_width, row.kept.mean);
    if (row.against) {
      fmt::print("  against {}  {:+.4f} ± {:.4f}  (95%, seed by seed)\n", rows.front().key, row.against->mean,
                 row.against->half_width);
    }
    fmt::print("  explore at least {}\n", row.floor);
    fmt::print("  {:<20} {:>8} {:>22}\n", "option", "taken", "smallest probability");
    for (std::size_t o = 0; o < row.options.size(); ++o)
      fmt::print("  {:<20} {:>7.1f}% {:>21.2f}%\n", row.options[o], row.taken[o] * 100, row.least[o] * 100);
    for (std::size_t g = 0; g < row.segments.size(); ++g) {
      std::string taken;
      for (std::size_t o = 0; o < row.options.size(); ++o)
        taken += fmt::format("{}{} {:.1f}%", o == 0 ? "" : ", ", row.options[o], row.taken_in[g][o] * 100);
      fmt::print("  {:<20} {}\n", row.segments[g], taken);
    }
    if (!row.segments.empty()) {
      fmt::print("  what an option is worth was taken to differ by {:.0f}% between segments, as the log has it\n",
                 row.spread * 100);
    }
  }
}

}  // namespace

void add_replay(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("replay", "what the choices would have earned on a log of randomised decisions");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--log", options->log, "the log: a CSV file with a header")->required();
  command->add_option("--arm", options->arm,
                      "the column that says which arm was taken (default: the one that holds only the options' names)");
  command->add_option("--reward", options->reward,
                      "the column with the reward, 0 or 1 (default: the one called as the goal's event)");
  command
      ->add_option("--segment", options->segment,
                   "columns with few values: each of their combinations learns its own weights, and from the others as "
                   "far as they are alike")
      ->delimiter(',')
      ->option_text("COLUMN,…");
  command->add_option("--choice", options->choice, "only this choice");
  command->add_option("--seeds", options->seeds, "how many orders of the rows, seeds 0 and up")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command->add_option("--html", options->html, "write what came of it as a page with curves, too")->option_text("FILE");
  command->add_flag("--json", options->json, "print the result as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
