// fairlead splits: how the variants of splits that adopt one do against each other, and which was adopted.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/looked.hpp"
#include "cli/shown.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string split, project = ".", db;
  bool json = false;
};

double rate(const learn::Proportion& group) {
  return group.rows == 0 ? 0 : static_cast<double>(group.successes) / static_cast<double>(group.rows);
}

/// One split as the newest version and the audit have it.
struct Shown {
  const bytecode::Split& split;
  const bytecode::Goal& goal;
  const engine::Experiment& experiment;
  engine::Comparison found;
  std::vector<std::uint64_t> taken;  // all that went that way, those whose window is open too
  const Zone& zone;
};

std::string lead(const Shown& shown, std::size_t i) {
  if (i == shown.found.best) return "highest rate";
  const learn::Interval& interval = shown.found.over[i].interval;
  if (interval.low <= -1 && interval.high >= 1) return "too few to tell";
  return fmt::format("{:+.2f}% to {:+.2f}%", -100 * interval.high, -100 * interval.low);
}

void print(const Shown& shown) {
  fmt::print("{} toward {}, since {} ({})\n", shown.split.key, shown.goal.name,
             moment(shown.experiment.since, shown.zone), shown.zone.name());
  fmt::print("  {:<20} {:>7} {:>9} {:>9} {:>9} {:>8}  {}\n", "variant", "share", "taken", "counted", "reached", "rate",
             "against the highest");
  for (std::size_t i = 0; i < shown.experiment.variants.size(); ++i) {
    const learn::Proportion& counted = shown.found.variants[i];
    fmt::print("  {:<20} {:>6.1f}% {:>9} {:>9} {:>9} {:>7.2f}%  {}\n", shown.experiment.variants[i],
               shown.experiment.shares[i] / 1e7, shown.taken[i], counted.rows, counted.successes, 100 * rate(counted),
               lead(shown, i));
  }
  if (shown.experiment.adopted) {
    fmt::print("  `{}` was adopted {}: everybody takes it now\n", shown.experiment.variants[*shown.experiment.adopted],
               moment(shown.experiment.adopted_at, shown.zone));
  } else if (shown.found.wrong_ratio) {
    fmt::print(
        "  the variants were not taken in their shares, which chance does not do: nothing is adopted before you "
        "have found why\n");
  } else {
    fmt::print("  not sure yet; the intervals hold however often you look\n");
  }
}

Json json_of(const Shown& shown) {
  Json variants = Json::array();
  for (std::size_t i = 0; i < shown.experiment.variants.size(); ++i) {
    const learn::Proportion& counted = shown.found.variants[i];
    const learn::Interval& over = shown.found.over[i].interval;
    variants.push_back({{"variant", shown.experiment.variants[i]},
                        {"share", shown.experiment.shares[i] / 1e9},
                        {"taken", shown.taken[i]},
                        {"counted", counted.rows},
                        {"reached", counted.successes},
                        {"lift_over_it", i == shown.found.best ? Json() : Json{over.low, over.high}}});
  }
  const auto& adopted = shown.experiment.adopted;
  return {{"split", shown.split.key},
          {"goal", shown.goal.name},
          {"since", fairlead::to_string(shown.experiment.since)},
          {"variants", variants},
          {"highest", shown.experiment.variants[shown.found.best]},
          {"wrong_ratio", shown.found.wrong_ratio},
          {"adopted", adopted ? Json(shown.experiment.variants[*adopted]) : Json()},
          {"adopted_at", adopted ? Json(fairlead::to_string(shown.experiment.adopted_at)) : Json()}};
}

void run(const Options& options, int& exit_code) {
  const std::optional<Looked> looked = look_into(store_of(options.project, options.db), store::Access::read, exit_code);
  if (!looked) return;
  const engine::Version& newest = looked->view.deployments.newest();
  Json all = Json::array();
  bool any = false;
  for (const bytecode::Split& split : newest.module.splits) {
    const engine::Experiment* experiment = looked->view.standing.splits.find(split.key);
    if (experiment == nullptr || !split.adopt) continue;
    if (!options.split.empty() && split.key != options.split && !split.key.ends_with("/" + options.split)) continue;
    any = true;
    const bytecode::Goal& goal = newest.module.goals[split.goal];
    const Shown shown{split,
                      goal,
                      *experiment,
                      engine::compare(*experiment, goal.within, looked->view.standing.clock),
                      experiment->passes.sizes(),
                      newest.zone};
    options.json ? all.push_back(json_of(shown)) : print(shown);
  }
  if (options.json) fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
  if (any) return;
  if (options.split.empty()) {
    if (!options.json) fmt::print("no split of version {} says `adopt when sure`\n", newest.number);
    return;
  }
  fmt::print(stderr, "fairlead: no split called {} says `adopt when sure`\n", options.split);
  exit_code = wrong_use;
}

}  // namespace

void add_splits(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("splits", "how the variants of splits that adopt one do, and which was adopted");
  command->add_option("SPLIT", options->split, "the split (default: all that say `adopt when sure`)");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
