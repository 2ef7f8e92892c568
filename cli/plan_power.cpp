// How long a holdout or a split takes to show a lift: learn::people_needed, at the store's pace.
#include "cli/plan_power.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "runtime/learn/power.hpp"

namespace fairlead::cli {

namespace {

constexpr double ms_a_day = 86'400'000;

/// Fewer say too little of a rate.
constexpr std::uint64_t enough_reached = 10;

/// What is asked for where the goal has no target above its rate.
constexpr double usual_lift = 0.2;

/// The workflows that have the split, or all toward the goal.
double entered(const engine::View& view, const std::set<std::string>& workflows) {
  std::uint64_t sum = 0;
  for (const std::string& name : workflows) {
    const auto known = view.ledger.workflows.find(name);
    if (known != view.ledger.workflows.end()) sum += known->second.entered;
  }
  return static_cast<double>(sum);
}

/// Of the held out where enough of them reached the goal; else of the treated; else as the goal's baseline says.
std::optional<double> rate_of(const engine::View& view, const bytecode::Goal& goal) {
  const auto known = view.ledger.goals.find(goal.name);
  if (known != view.ledger.goals.end()) {
    const engine::GoalTally& t = known->second;
    if (t.held_reached >= enough_reached) return static_cast<double>(t.held_reached) / static_cast<double>(t.held);
    if (t.treated_reached >= enough_reached)
      return static_cast<double>(t.treated_reached) / static_cast<double>(t.treated);
  }
  if (goal.baseline && *goal.baseline > Decimal()) return goal.baseline->to_double();
  return std::nullopt;
}

/// `held`: the share of those who are compared with, among both; `people` come a day into the two of them.
std::optional<Measured> reckoned(const bytecode::Goal& goal, std::string what, double rate, double held,
                                 double people) {
  if (rate <= 0 || rate >= 1 || held <= 0 || held >= 1 || people <= 0) return std::nullopt;
  Measured out{std::move(what), goal.name, rate, people, usual_lift, false, std::nullopt};
  if (const double target = goal.target ? goal.target->to_double() : 0; target > rate && target < 1) {
    out.lift = target / rate - 1;
    out.to_target = true;
  }
  const double hoped = rate * (1 + out.lift);
  if (hoped >= 1) return std::nullopt;
  if (const auto needed = learn::people_needed({rate, hoped, held}, learn::Looks::any)) {
    out.days = std::ceil(static_cast<double>(*needed) / people + static_cast<double>(goal.within.ms) / ms_a_day);
  }
  return out;
}

std::string percent(double share) {
  return fmt::format("{:.{}f}%", 100 * share, share < 0.1 ? 1 : 0);
}

std::string days_text(double days) {
  if (days > 3'650) return "more than ten years";
  return fmt::format("{:.0f} day{}", days, days == 1 ? "" : "s");
}

}  // namespace

std::vector<Measured> measured(const engine::View& view, const bytecode::Module& module) {
  std::vector<Measured> out;
  const double days = static_cast<double>(view.ledger.last.ms - view.ledger.first.ms) / ms_a_day;
  if (days < 1) return out;
  for (bytecode::Index g = 0; g < module.goals.size(); ++g) {
    const bytecode::Goal& goal = module.goals[g];
    const std::optional<double> rate = rate_of(view, goal);
    if (goal.sum != bytecode::none || !rate) continue;
    if (goal.holdout > Decimal()) {
      std::set<std::string> toward;
      for (const bytecode::Workflow& workflow : module.workflows) {
        if (workflow.goal == g) toward.insert(workflow.name);
      }
      const double held = goal.holdout.to_double();
      if (auto found = reckoned(goal, fmt::format("{:g}% held out of {}", 100 * held, goal.name), *rate, held,
                                entered(view, toward) / days))
        out.push_back(std::move(*found));
    }
    for (const bytecode::Split& split : module.splits) {
      if (split.goal != g || split.variants.size() < 2) continue;
      const auto [least, most] = std::minmax_element(split.variants.begin(), split.variants.end(),
                                                     [](const auto& a, const auto& b) { return a.share < b.share; });
      const double small = least->share.to_double(), both = small + most->share.to_double();
      if (auto found = reckoned(
              goal, "split " + split.key, *rate, least == most ? 0.5 : small / both,
              entered(view, {split.key.substr(0, split.key.find('/'))}) / days * (least == most ? 2 * small : both)))
        out.push_back(std::move(*found));
    }
  }
  return out;
}

std::string measured_words(const std::vector<Measured>& all) {
  if (all.empty()) return "";
  std::string out = "\nmeasurement\n";
  for (const Measured& one : all) {
    const std::string hope =
        fmt::format("that {} more reach it ({} instead of {}{})", percent(one.lift), percent(one.rate * (1 + one.lift)),
                    percent(one.rate), one.to_target ? ", the target" : "");
    if (one.days) {
      out += fmt::format("  {}: at {:.3g} people a day it takes about {} to show {}\n", one.what, one.per_day,
                         days_text(*one.days), hope);
    } else {
      out += fmt::format("  {}: at {:.3g} people a day it would never show {}\n", one.what, one.per_day, hope);
    }
  }
  out += "  That is with a chance of 80%, looking as often as you like; `fairlead power` reckons with other numbers.\n";
  return out;
}

nlohmann::ordered_json measured_json(const std::vector<Measured>& all) {
  using Json = nlohmann::ordered_json;
  Json out = Json::array();
  for (const Measured& one : all) {
    out.push_back({{"what", one.what},
                   {"goal", one.goal},
                   {"rate", one.rate},
                   {"people_per_day", one.per_day},
                   {"lift", one.lift},
                   {"to_target", one.to_target},
                   {"days", one.days ? Json(*one.days) : Json()}});
  }
  return out;
}

}  // namespace fairlead::cli
