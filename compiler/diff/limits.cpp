// Limits: how many messages and how much money, in which time; the one side's bounds against all of the other's.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/caps.hpp"

namespace fairlead::compiler::diff {

using bytecode::Period;
using bytecode::Rule;
using bytecode::RuleKind;

namespace {

/// `7 days`, `a day`
std::string time_words(const Cap& cap) {
  switch (cap.period) {
    case Period::window: return to_string(cap.window);
    case Period::day: return "a day";
    case Period::week: return "a week";
    case Period::month: return "a month";
  }
  return "?";
}

class Limits {
 public:
  explicit Limits(Comparison& comparison) : c_(comparison), channels_(channels_of(comparison.joint())) {}

  void compare(const Group& group, RuleKind kind) {
    const bool money = kind == RuleKind::spend;
    ForBoth<std::vector<Cap>> caps;
    for (const Side side : both_sides) of(caps, side) = caps_of(side, group, kind);
    const std::string& currency = c_.module(Side::after).currency;
    if (money && currency != c_.module(Side::before).currency) {
      if (of(caps, Side::before).empty() && of(caps, Side::after).empty()) return;
      c_.add({.what = fmt::format("what is spent was counted in {} and is counted in {} now",
                                  c_.module(Side::before).currency, currency),
              .acts = {"spending"},
              .under = {}});
      return;
    }
    for (const Side strict : both_sides) {
      for (const Cap& cap : of(caps, strict))
        compare(group, strict, cap, of(caps, other(strict)), money ? currency : "");
    }
  }

 private:
  void compare(const Group& group, Side strict, const Cap& cap, const std::vector<Cap>& others,
               const std::string& currency) {
    if (std::any_of(others.begin(), others.end(),
                    [&](const Cap& one) { return follows(cap, one, c_.joint().program(Side::after)); }))
      return;
    const bool money = !currency.empty();
    const int128 step = money ? static_cast<int128>(Decimal::one) : 1;
    auto row = row_that_breaks(cap, others, step);
    if (!row && money) row = row_that_breaks(cap, others, 1);
    const std::string so_much =
        money ? fmt::format("{} {}", currency, Decimal::from_units(cap.most).to_string())
              : fmt::format("{} message{}", static_cast<std::int64_t>(cap.most), cap.most == 1 ? "" : "s");
    const std::string_view to_whom = cap.own ? " of this workflow" : cap.whole_project ? " over all people" : "";
    const std::string_view go = money ? "be spent" : "go out";
    Change change{.acts = acts(cap, money), .under = group.under};
    change.what = strict == Side::before
                      ? fmt::format("more than {}{} in {} may {} now", so_much, to_whom, time_words(cap), go)
                      : fmt::format("no more than {}{} in {} may {} now", so_much, to_whom, time_words(cap), go);
    Direction which = direction(strict);
    if (row) {
      change.shows = words(*row, cap, currency);
    } else {
      which = Direction::unknown;
      const bool but_for_clocks =
          std::any_of(others.begin(), others.end(), [&](const Cap& one) { return follows_on_plain_days(cap, one); });
      change.what = but_for_clocks
                        ? fmt::format("{}, but only where the clocks go back, or somebody travels", change.what)
                        : fmt::format("whether {} is too hard to tell", change.what);
    }
    c_.add(which, strict, {cap.rule}, std::move(change));
  }

  static std::vector<std::string> acts(const Cap& cap, bool money) {
    if (money) return {"spending"};
    std::vector<std::string> out;
    for (const std::string& kind : cap.kinds) out.push_back(send_by(kind));
    return out;
  }

  [[nodiscard]] std::vector<Cap> caps_of(Side side, const Group& group, RuleKind kind) const {
    std::vector<Cap> out;
    for (const Index index : of(group.rules, side)) {
      const Rule& rule = c_.rule(side, index);
      if (rule.kind != kind) continue;
      Cap cap{.rule = index, .whole_project = rule.whole_project, .own = rule.workflow != none};
      std::set<std::string> kinds = channels_;
      if (kind == RuleKind::spend) kinds.insert("calls");
      if (!rule.channels.empty()) kinds.clear();
      for (const Index channel : rule.channels) kinds.insert(c_.module(side).channels[channel].name);
      cap.kinds.assign(kinds.begin(), kinds.end());
      cap.most = kind == RuleKind::spend ? rule.amount.units() : static_cast<int128>(rule.count);
      cap.period = rule.period;
      cap.window = rule.window;
      out.push_back(cap);
      if (rule.shares.empty()) continue;
      // A share is its workflow's own; the others have what is left, together.
      std::uint32_t left = rule.count;
      std::optional<std::uint32_t> own;
      for (const bytecode::LimitShare& share : rule.shares) {
        left -= share.count;
        if (c_.module(side).workflows[share.workflow].name == group.workflow) own = share.count;
      }
      cap.own = true;
      cap.most = own.value_or(left);
      out.push_back(cap);
    }
    return out;
  }

  Comparison& c_;
  std::set<std::string> channels_;
};

}  // namespace

void compare_caps(Comparison& comparison, const std::vector<Group>& groups) {
  Limits limits(comparison);
  for (const Group& group : groups) {
    limits.compare(group, RuleKind::limit);
    limits.compare(group, RuleKind::spend);
  }
}

}  // namespace fairlead::compiler::diff
