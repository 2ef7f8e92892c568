// fairlead weights: what the choices have learned, now and how it came about.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/engine/decide.hpp"
#include "runtime/engine/recovery.hpp"
#include "runtime/learn/measure.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string db, choice;
  bool history = false, json = false;
};

double rate(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

void run(const Options& options, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(options.db, store::Access::read);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  const Result<std::vector<store::Deployment>> deployed = (*store)->deployments();
  if (!deployed) {
    exit_code = report(deployed.error());
    return;
  }
  if (deployed->empty()) {
    fmt::print(stderr, "fairlead: nothing has run on {} yet, so nothing has been learned\n", options.db);
    if (options.json) fmt::print("[]\n");
    return;
  }
  const Result<engine::View> view = engine::look(**store);
  if (!view) {
    exit_code = report(view.error());
    return;
  }
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  bool any = false;
  for (const auto& [key, learned] : view->ledger.choices()) {
    if (!options.choice.empty() && key != options.choice && !key.ends_with("/" + options.choice)) continue;
    any = true;
    std::vector<std::uint32_t> now(learned.spec.options.size());
    if (!learned.history.empty()) now = learned.history.back().shares;
    if (options.json) {
      nlohmann::ordered_json rows;
      for (std::size_t i = 0; i < learned.spec.options.size(); ++i) {
        rows.push_back({{"option", learned.spec.options[i]},
                        {"share", static_cast<double>(now[i]) / 1e9},
                        {"decisions", learned.decisions[i]},
                        {"reached", learned.reached[i]}});
      }
      nlohmann::ordered_json points;
      for (const auto& point : learned.history)
        points.push_back({{"at", to_string(point.at)}, {"shares", point.shares}});
      out.push_back({{"choice", key},
                     {"version", learned.version},
                     {"formula", std::string(learned.learning->name())},
                     {"options", rows},
                     {"history", points}});
      continue;
    }
    fmt::print("{}\n  {}, weights version {}\n", key, learned.learning->name(), learned.version);
    fmt::print("  {:<20} {:>8} {:>11} {:>9} {:>8}  {}\n", "option", "share", "decisions", "reached", "rate",
               "95% interval");
    for (std::size_t i = 0; i < learned.spec.options.size(); ++i) {
      const learn::Interval interval = learn::wilson(learned.reached[i], learned.decisions[i]);
      fmt::print(
          "  {:<20} {:>7.1f}% {:>11} {:>9} {:>7.2f}%  {}\n", learned.spec.options[i], static_cast<double>(now[i]) / 1e7,
          learned.decisions[i], learned.reached[i], rate(learned.reached[i], learned.decisions[i]) * 100,
          learned.decisions[i] == 0 ? "no decisions yet"
                                    : fmt::format("{:.2f}% to {:.2f}%", interval.low * 100, interval.high * 100));
    }
    if (options.history) {
      for (const auto& point : learned.history) {
        fmt::print("  {}", to_string(point.at));
        for (const std::uint32_t share : point.shares) fmt::print(" {:>7.1f}%", static_cast<double>(share) / 1e7);
        fmt::print("\n");
      }
    }
    fmt::print("\n");
  }
  if (options.json) fmt::print("{}\n", out.dump(2));
  if (!any) {
    fmt::print(stderr, "fairlead: {}\n",
               options.choice.empty() ? "this project has no choice that learns"
                                      : fmt::format("there is no choice called {}", options.choice));
    exit_code = options.choice.empty() ? fine : wrong_use;
  }
}

}  // namespace

void add_weights(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("weights", "what the choices have learned");
  command->add_option("DB", options->db, "the store")->required();
  command->add_option("--choice", options->choice, "only this choice");
  command->add_flag("--history", options->history, "every published version");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
