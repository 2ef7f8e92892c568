// fairlead lift: what a store's holdouts show, and the same with what people did beforehand taken out.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/lift.hpp"
#include "cli/looked.hpp"
#include "runtime/trial/before.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string goal, project = ".", db;
  bool json = false;
};

bool says_nothing(const learn::Lift& lift) {
  return lift.interval.low <= -1 && lift.interval.high >= 1;
}

std::string text(const learn::Lift& lift) {
  return fmt::format("{:+.2f}% ({:+.2f}% to {:+.2f}%)", 100 * lift.difference, 100 * lift.interval.low,
                     100 * lift.interval.high);
}

std::string verdict(const learn::Lift& lift) {
  return lift.interval.low > 0 ? "more reach it" : lift.interval.high < 0 ? "fewer reach it" : "not shown yet";
}

void print_group(const char* name, const learn::BeforeAfter& group) {
  const auto share = [&](std::uint64_t n) {
    return group.rows() == 0 ? 0 : 100 * static_cast<double>(n) / static_cast<double>(group.rows());
  };
  fmt::print("  {:<10} {:>9} {:>9} {:>8.2f}% {:>13.2f}%\n", name, group.rows(), group.after(), share(group.after()),
             share(group.before()));
}

void print(const trial::GoalBefore& row, const learn::AdjustedLift& lift) {
  const std::string window = to_string(row.within);
  fmt::print("{}: `{}` within {} of entering\n", row.goal, row.event, window);
  fmt::print("  {:<10} {:>9} {:>9} {:>9} {:>14}\n", "group", "counted", "reached", "rate", "before");
  print_group("treated", row.treated);
  print_group("held out", row.held);
  if (says_nothing(lift.plain)) {
    fmt::print("  nothing can be said before ten in each group have reached it, and ten have not\n");
  } else {
    fmt::print("  lift as it is           {}: {}\n", text(lift.plain), verdict(lift.plain));
    if (lift.gone > 0) {
      fmt::print("  corrected by before     {}: {}\n", text(lift.adjusted), verdict(lift.adjusted));
      fmt::print(
          "  Who had `{}` in the {} before is likelier to have it again, and chance put more of them into\n"
          "  one group. That taken out, {:.1f}% of the noise is gone, as if {:.1f}% more people had been counted.\n",
          row.event, window, 100 * lift.gone, 100 * (1 / (1 - lift.gone) - 1));
    } else {
      fmt::print(
          "  Nobody is known to have had `{}` in the {} before, or it tells nothing:\n  there is nothing to correct "
          "by.\n",
          row.event, window);
    }
  }
  if (row.open > 0)
    fmt::print("  {} {} not counted yet: their {} are not over\n", row.open, row.open == 1 ? "is" : "are", window);
}

Json json_of(const learn::Lift& lift) {
  return {{"difference", lift.difference}, {"low", lift.interval.low}, {"high", lift.interval.high}};
}

Json json_of(const trial::GoalBefore& row, const learn::AdjustedLift& lift) {
  const auto group = [](const learn::BeforeAfter& of) {
    return Json{{"counted", of.rows()}, {"reached", of.after()}, {"before", of.before()}};
  };
  return {{"goal", row.goal},          {"treated", group(row.treated)}, {"held_out", group(row.held)},
          {"open", row.open},          {"lift", json_of(lift.plain)},   {"corrected", json_of(lift.adjusted)},
          {"variance_gone", lift.gone}};
}

void run(const Options& options, int& exit_code) {
  const std::optional<Looked> looked = look_into(store_of(options.project, options.db), store::Access::read, exit_code);
  if (!looked) return;
  const Result<std::vector<trial::GoalBefore>> rows =
      trial::before_and_after(*looked->store, looked->view.deployments.newest().module, looked->view.standing.clock);
  if (!rows) {
    exit_code = report(rows.error());
    return;
  }
  Json all = Json::array();
  bool any = false;
  for (const trial::GoalBefore& row : *rows) {
    if (!options.goal.empty() && options.goal != row.goal) continue;
    any = true;
    const learn::AdjustedLift lift = learn::adjusted_lift(row.treated, row.held, learn::usual_rows);
    options.json ? all.push_back(json_of(row, lift)) : print(row, lift);
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  if (any) return;
  if (options.goal.empty()) {
    if (!options.json) fmt::print("no goal holds anybody out; `holdout 10%` in a goal does\n");
    return;
  }
  fmt::print(stderr, "fairlead: no goal called {} holds anybody out\n", options.goal);
  exit_code = wrong_use;
}

}  // namespace

void add_lift(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "lift", "what the holdouts show, also with what people did before they entered taken out");
  command->add_option("GOAL", options->goal, "the goal (default: all that hold somebody out)");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
