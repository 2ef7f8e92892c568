// fairlead weights: what the choices have learned, now and how it came about.
#include "cli/weights.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/engine/decide.hpp"
#include "runtime/learn/measure.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string choice, project = ".";
  bool history = false, json = false, as_source = false;
};

double rate(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// One choice as it stands at `now`.
struct Shown {
  const std::string& key;
  const engine::LearnedChoice& learned;
  std::unique_ptr<learn::Learner> aged;
  std::vector<learn::InEffect> effect;
  std::vector<std::uint32_t> shares;

  Shown(const std::string& of, const engine::LearnedChoice& what, Instant now)
      : key(of), learned(what), aged(what.learning->clone()), shares(what.spec.options.size()) {
    aged->age(now.ms);
    effect = aged->in_effect();
    if (!learned.history.empty()) shares = learned.history.back().shares;
  }
  /// Whether some of the evidence counts in part only: it is young, or old.
  [[nodiscard]] bool counts_in_part() const {
    for (std::size_t i = 0; i < effect.size(); ++i) {
      if (std::abs(effect[i].trials - static_cast<double>(learned.decisions[i])) >= 0.5 ||
          std::abs(effect[i].successes - static_cast<double>(learned.reached[i])) >= 0.5)
        return true;
    }
    return false;
  }
};

nlohmann::ordered_json json_of(const Shown& shown) {
  const engine::LearnedChoice& learned = shown.learned;
  nlohmann::ordered_json rows;
  for (std::size_t i = 0; i < learned.spec.options.size(); ++i) {
    rows.push_back({{"option", learned.spec.options[i]},
                    {"share", static_cast<double>(shown.shares[i]) / 1e9},
                    {"decisions", learned.decisions[i]},
                    {"reached", learned.reached[i]},
                    {"decisions_in_effect", shown.effect[i].trials},
                    {"reached_in_effect", shown.effect[i].successes}});
  }
  nlohmann::ordered_json points;
  for (const auto& point : learned.history) points.push_back({{"at", to_string(point.at)}, {"shares", point.shares}});
  nlohmann::ordered_json frozen;
  if (learned.frozen)
    frozen = {
        {"since", to_string(learned.frozen->at)}, {"by", learned.frozen->by}, {"because", learned.frozen->because}};
  return {
      {"choice", shown.key},
      {"version", learned.version},
      {"formula", std::string(learned.learning->name())},
      {"note", shown.aged->note()},
      {"frozen", frozen},
      {"way_gone", learned.in_force.moving() ? nlohmann::ordered_json(learned.in_force.way) : nlohmann::ordered_json()},
      {"options", rows},
      {"history", points}};
}

void print(const Shown& shown, bool history) {
  const engine::LearnedChoice& learned = shown.learned;
  fmt::print("{}\n  {}, weights version {}\n", shown.key, learned.learning->name(), learned.version);
  if (const std::string note = shown.aged->note(); !note.empty()) fmt::print("  {}\n", note);
  if (learned.frozen)
    fmt::print("  frozen since {} by {}{}\n", to_string(learned.frozen->at), learned.frozen->by,
               learned.frozen->because.empty() ? "" : ": " + learned.frozen->because);
  if (learned.in_force.moving())
    fmt::print("  {:.0f}% of the way to the weights that it goes to; a limit lets them move no faster\n",
               100 * learned.in_force.way);
  const bool in_part = shown.counts_in_part();
  fmt::print("  {:<20} {:>8} {:>11} {:>9} {:>8}  {}\n", "option", "share", "decisions", "reached", "rate",
             in_part ? "95% interval        counts now" : "95% interval");
  for (std::size_t i = 0; i < learned.spec.options.size(); ++i) {
    const learn::Interval interval = learn::wilson(learned.reached[i], learned.decisions[i]);
    const std::string known = learned.decisions[i] == 0
                                  ? "no decisions yet"
                                  : fmt::format("{:.2f}% to {:.2f}%", interval.low * 100, interval.high * 100);
    fmt::print("  {:<20} {:>7.1f}% {:>11} {:>9} {:>7.2f}%  {}\n", learned.spec.options[i],
               static_cast<double>(shown.shares[i]) / 1e7, learned.decisions[i], learned.reached[i],
               rate(learned.reached[i], learned.decisions[i]) * 100,
               in_part
                   ? fmt::format("{:<18}  {:.0f} of {:.0f}", known, shown.effect[i].successes, shown.effect[i].trials)
                   : known);
  }
  if (history) {
    for (const auto& point : learned.history) {
      fmt::print("  {}", to_string(point.at));
      for (const std::uint32_t share : point.shares) fmt::print(" {:>7.1f}%", static_cast<double>(share) / 1e7);
      fmt::print("\n");
    }
  }
  fmt::print("\n");
}

void run(const Options& options, const std::string& db, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
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
    fmt::print(stderr, "fairlead: nothing has run on {} yet, so nothing has been learned\n", db);
    if (options.json) fmt::print("[]\n");
    return;
  }
  const Result<engine::View> view = engine::look(**store);
  if (!view) {
    exit_code = report(view.error());
    return;
  }
  if (options.as_source) return print_as_source(*view, options.project, options.choice, exit_code);
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  bool any = false;
  for (const auto& [key, learned] : view->ledger.choices()) {
    if (!options.choice.empty() && key != options.choice && !key.ends_with("/" + options.choice)) continue;
    any = true;
    const Shown shown(key, learned, view->standing.clock);
    if (options.json) {
      out.push_back(json_of(shown));
    } else {
      print(shown, options.history);
    }
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
  auto db = std::make_shared<std::string>();
  CLI::App* command = session.app.add_subcommand("weights", "what the choices have learned, and hands on it");
  command->add_option("DB", *db, "the store")->required();
  command->add_option("--choice", options->choice, "only this choice");
  command->add_flag("--history", options->history, "every published version");
  command->add_flag("--json", options->json, "print as JSON");
  command->add_flag("--as-source", options->as_source,
                    "print a patch that writes the shares into the project, as what its choices start with");
  command->add_option("--project", options->project, "the project that the patch is for")->capture_default_str();
  add_weights_hands(*command, db, session);
  command->require_subcommand(0, 1);
  command->callback([command, options, db, &session] {
    if (command->get_subcommands().empty()) run(*options, *db, session.exit_code);
  });
}

}  // namespace fairlead::cli
