// What rules ask of a workflow as a whole: of its goal and its choices, of the data, of labels, and how long the audit
// is kept.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/caps.hpp"

namespace fairlead::compiler::diff {

using bytecode::Label;
using bytecode::Rule;
using bytecode::RuleKind;

namespace {

std::string percent(const Decimal& share) {
  return fmt::format("{}%", multiply(share, Decimal::from_int(100)).value_or(share).to_string());
}

class Duties {
 public:
  Duties(Comparison& comparison, const Group& group) : c_(comparison), group_(group) {}

  void compare(Side strict) {
    for (const Index index : of(group_.rules, strict)) {
      const Rule& rule = c_.rule(strict, index);
      switch (rule.kind) {
        case RuleKind::goal: goal(strict, index, rule); break;
        case RuleKind::explore:
          if (!any(strict, RuleKind::explore, [&](const Rule& r) { return rule.amount <= r.amount; }))
            put(strict, index, fmt::format("every `choose` must explore at least {}", percent(rule.amount)),
                fmt::format("a `choose` may explore less than {}", percent(rule.amount)));
          break;
        case RuleKind::moves: moves(strict, index, rule); break;
        case RuleKind::deciding:
          if (!any(strict, RuleKind::deciding, [&](const Rule& r) { return r.label == rule.label; }))
            put(strict, index, fmt::format("nothing `{}` may decide", to_string(rule.label)),
                fmt::format("something `{}` may decide", to_string(rule.label)));
          break;
        case RuleKind::sending: sending(strict, index, rule); break;
        case RuleKind::data:
          if (!any(strict, RuleKind::data, [](const Rule&) { return true; }))
            put(strict, index, "data must be ready", "data need not be ready");
          break;
        case RuleKind::keep:
          if (!any(strict, RuleKind::keep, [&](const Rule& r) { return rule.window <= r.window; }))
            put(strict, index, fmt::format("the audit must be kept for {}", to_string(rule.window)),
                fmt::format("the audit need not be kept for {}", to_string(rule.window)));
          break;
        default: break;
      }
    }
  }

 private:
  /// Whether a rule of the less strict side comes to as much.
  template <class Like>
  bool any(Side strict, RuleKind kind, const Like& like) const {
    const std::vector<Index>& rules = of(group_.rules, other(strict));
    return std::any_of(rules.begin(), rules.end(), [&](Index index) {
      const Rule& rule = c_.rule(other(strict), index);
      return rule.kind == kind && like(rule);
    });
  }

  void put(Side strict, Index rule, const std::string& wanted, const std::string& free, std::string shows = "") {
    Change change{.what = fmt::format("{} now", strict == Side::before ? free : wanted), .under = group_.under};
    change.shows = std::move(shows);
    c_.add(direction(strict), strict, {rule}, std::move(change));
  }

  void goal(Side strict, Index index, const Rule& rule) {
    const auto want = [&](bool wanted, bool Rule::*what, std::string_view word) {
      if (wanted && !any(strict, RuleKind::goal, [what](const Rule& r) { return r.*what; }))
        put(strict, index, fmt::format("a goal must have a {}", word), fmt::format("a goal may be without a {}", word));
    };
    if (!any(strict, RuleKind::goal, [](const Rule&) { return true; }))
      put(strict, index, "a workflow must have a goal", "a workflow may be without a goal");
    want(rule.baseline, &Rule::baseline, "baseline");
    want(rule.target, &Rule::target, "target");
    want(rule.holdout, &Rule::holdout, "holdout");
    const auto as_large = [&](const Rule& r) { return r.holdout && rule.amount <= r.amount; };
    if (rule.holdout && rule.amount != Decimal() &&
        any(strict, RuleKind::goal, [](const Rule& r) { return r.holdout; }) && !any(strict, RuleKind::goal, as_large))
      put(strict, index, fmt::format("a goal must hold out at least {}", percent(rule.amount)),
          fmt::format("a goal may hold out less than {}", percent(rule.amount)));
  }

  void moves(Side strict, Index index, const Rule& rule) {
    const auto cap = [](const Rule& r) {
      return Cap{.kinds = {"weights"}, .most = r.amount.units(), .period = r.period, .window = r.window};
    };
    std::vector<Cap> others;
    for (const Index there : of(group_.rules, other(strict))) {
      if (c_.rule(other(strict), there).kind == RuleKind::moves) others.push_back(cap(c_.rule(other(strict), there)));
    }
    const Cap own = cap(rule);
    const Program& program = c_.joint().program(Side::after);
    if (std::any_of(others.begin(), others.end(), [&](const Cap& one) { return follows(own, one, program); })) return;
    const std::string faster = fmt::format("weights may move by more than {}", percent(rule.amount));
    if (const auto row = row_that_breaks(own, others, Decimal::one / 100)) {
      std::string shows;
      for (const Burst& burst : *row)
        shows += fmt::format("{}{} on {}", shows.empty() ? "" : ", ", percent(Decimal::from_units(burst.amount)),
                             to_string(burst.at).substr(0, 10));
      put(strict, index, fmt::format("weights may move by no more than {}", percent(rule.amount)), faster, shows);
    } else {
      Change change{.what = fmt::format("whether {} is too hard to tell", faster), .under = group_.under};
      c_.add(Direction::unknown, strict, {index}, std::move(change));
    }
  }

  void sending(Side strict, Index index, const Rule& rule) {
    for (const Index channel : rule.channels) {
      const std::string& name = c_.module(strict).channels[channel].name;
      const bool there = any(strict, RuleKind::sending, [&](const Rule& r) {
        return r.label == rule.label && std::any_of(r.channels.begin(), r.channels.end(), [&](Index one) {
                 return c_.module(other(strict)).channels[one].name == name;
               });
      });
      if (there) continue;
      const std::string_view label = to_string(rule.label);
      put(strict, index, fmt::format("nothing `{}` may be sent to {}", label, name),
          fmt::format("something `{}` may be sent to {}", label, name));
    }
  }

  Comparison& c_;
  const Group& group_;
};

}  // namespace

void compare_duties(Comparison& comparison, const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    for (const Side strict : both_sides) Duties(comparison, group).compare(strict);
  }
}

}  // namespace fairlead::compiler::diff
