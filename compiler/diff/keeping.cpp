// How firmly rules are kept: what follows where one is broken, whether it is to be proved, who may waive it and who
// has, and who is asked.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/comparison.hpp"

namespace fairlead::compiler::diff {

using bytecode::Label;
using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;

namespace {

int strictness(Otherwise otherwise) {
  switch (otherwise) {
    case Otherwise::hold: return 1;
    case Otherwise::defer: return 2;
    case Otherwise::skip: return 3;
    case Otherwise::stop: return 4;
  }
  return 3;
}

std::string consequence(const Rule& rule) {
  const std::string up_to = rule.up_to == Duration{} ? "" : " for up to " + to_string(rule.up_to);
  switch (rule.otherwise) {
    case Otherwise::hold: return fmt::format("waits for a word from `{}`{}", rule.hold_for, up_to);
    case Otherwise::defer: return "is put off" + up_to;
    case Otherwise::skip: return "is left out";
    case Otherwise::stop: return "is left out, and the workflow ends";
  }
  return "?";
}

class Keeping {
 public:
  Keeping(Comparison& comparison, const std::vector<Group>& groups) : c_(comparison) {
    for (const Group& group : groups) {
      for (const Side side : both_sides)
        of(bound_, side).insert(of(group.rules, side).begin(), of(group.rules, side).end());
    }
  }

  void compare() {
    for (const Index before : of(bound_, Side::before)) {
      const auto after = c_.counterpart(Side::before, before);
      if (!after || !of(bound_, Side::after).contains(*after)) continue;
      pair(before, *after);
    }
    for (const Side strict : both_sides) {
      roles(strict);
      labels(strict);
      data(strict);
    }
    waivers();
    clock();
  }

 private:
  void put(Direction direction, Index after, std::string what, std::string shows = "") {
    Change change{.what = std::move(what)};
    change.shows = std::move(shows);
    c_.add(direction, Side::after, {after}, std::move(change));
  }

  void pair(Index before, Index after) {
    const Rule& was = c_.rule(Side::before, before);
    const Rule& is = c_.rule(Side::after, after);
    const bool was_proved = c_.joint().program(Side::before).rule_sources[before].prove.has_value();
    const bool is_proved = c_.joint().program(Side::after).rule_sources[after].prove.has_value();
    if (was_proved && !is_proved)
      put(Direction::looser, after, "need not be proved any more: it may be kept at run time only");
    if (!was_proved && is_proved)
      put(Direction::stricter, after, "must be proved now, or the project does not compile");
    if (was.waivable_by != is.waivable_by) {
      if (!is.waivable_by.empty())
        put(Direction::looser, after, fmt::format("may be waived by `{}` now", is.waivable_by));
      if (!was.waivable_by.empty())
        put(Direction::stricter, after, fmt::format("may not be waived by `{}` any more", was.waivable_by));
    }
    // What follows from a rule about a moment is compared with what it is about.
    const bool counts = is.kind == RuleKind::limit || is.kind == RuleKind::spend || is.kind == RuleKind::ban ||
                        is.kind == RuleKind::data;
    if (was.kind != is.kind || !counts) return;
    const std::string change = fmt::format("what breaks it {}, and {} now", consequence(was), consequence(is));
    const int difference = strictness(is.otherwise) - strictness(was.otherwise);
    if (difference != 0) {
      put(difference < 0 ? Direction::looser : Direction::stricter, after, change);
      return;
    }
    if (was.hold_for != is.hold_for) {
      put(Direction::looser, after,
          fmt::format("what breaks it does not need a word from `{}` any more", was.hold_for));
      put(Direction::stricter, after, fmt::format("what breaks it needs a word from `{}` now", is.hold_for));
    }
    if (was.up_to == is.up_to) return;
    const bool longer = is.up_to == Duration{} || (was.up_to != Duration{} && was.up_to < is.up_to);
    put(longer ? Direction::looser : Direction::stricter, after, change);
  }

  /// Who speaks for a role: one more may say yes, one less may not.
  void roles(Side strict) {
    std::map<std::string, Index> asked;
    for (const Index index : of(bound_, Side::after)) {
      const Rule& rule = c_.rule(Side::after, index);
      for (const std::string& role : {rule.role, rule.hold_for, rule.waivable_by}) {
        if (!role.empty()) asked.try_emplace(role, index);
      }
    }
    const auto members = [&](Side side, const std::string& name) -> const std::vector<std::string>* {
      for (const bytecode::Role& role : c_.module(side).roles) {
        if (role.name == name) return &role.members;
      }
      return nullptr;
    };
    for (const auto& [role, rule] : asked) {
      const auto* fewer = members(strict, role);
      const auto* more = members(other(strict), role);
      if (fewer == nullptr || more == nullptr) continue;
      for (const std::string& member : *more) {
        if (std::find(fewer->begin(), fewer->end(), member) != fewer->end()) continue;
        put(direction(strict), rule,
            strict == Side::before ? fmt::format("{} may speak for `{}` now", member, role)
                                   : fmt::format("{} may not speak for `{}` any more", member, role));
      }
    }
  }

  /// A field that is not marked any more is under no rule about its mark.
  void labels(Side strict) {
    for (const Index index : of(bound_, Side::after)) {
      const Rule& rule = c_.rule(Side::after, index);
      if (rule.kind != RuleKind::deciding && rule.kind != RuleKind::sending) continue;
      for (const bytecode::Field& field : c_.module(strict).fields) {
        if (!field.labels.has(rule.label)) continue;
        for (const bytecode::Field& there : c_.module(other(strict)).fields) {
          if (there.name != field.name || there.labels.has(rule.label)) continue;
          put(direction(strict), index,
              fmt::format("`contact.{}` is {} `{}`{}, and so {}under it", field.name,
                          strict == Side::before ? "not" : "marked", to_string(rule.label),
                          strict == Side::before ? " any more" : " now", strict == Side::before ? "not " : ""));
        }
      }
    }
  }

  /// How fresh and complete data has to be stands at the fields.
  void data(Side strict) {
    for (const Index index : of(bound_, Side::after)) {
      if (c_.rule(Side::after, index).kind != RuleKind::data) continue;
      for (const bytecode::Field& field : c_.module(strict).fields) {
        for (const bytecode::Field& there : c_.module(other(strict)).fields) {
          if (there.name != field.name) continue;
          const bool older = field.fresh && (!there.fresh || *field.fresh < *there.fresh);
          const bool emptier = field.complete && (!there.complete || *there.complete < *field.complete);
          if (!older && !emptier) continue;
          put(direction(strict), index,
              fmt::format("`contact.{}` {} be as {} as it {}", field.name, strict == Side::before ? "need not" : "must",
                          older ? "fresh" : "complete", strict == Side::before ? "had to" : "has to now"));
        }
      }
    }
  }

  void waivers() {
    const auto until = [&](Side side) {
      std::map<std::pair<std::string, std::string>, std::pair<Date, Index>> out;
      for (const bytecode::Workflow& workflow : c_.module(side).workflows) {
        for (const bytecode::Waiver& waiver : workflow.head.waivers) {
          if (waiver.rule == none) continue;
          out[{workflow.name, c_.rule(side, waiver.rule).name}] = {waiver.until, waiver.rule};
        }
      }
      return out;
    };
    const auto was = until(Side::before), is = until(Side::after);
    const auto longer = [&](Side strict, const auto& fewer, const auto& more) {
      for (const auto& [which, waived] : more) {
        const auto known = fewer.find(which);
        if (known != fewer.end() && !(known->second.first < waived.first)) continue;
        const auto rule =
            strict == Side::before ? std::optional(waived.second) : c_.counterpart(Side::before, waived.second);
        if (!rule) continue;
        put(direction(strict), *rule,
            fmt::format("`{}` {} until {}", which.first,
                        strict == Side::before ? "waives it" : "does not waive it any more", to_string(waived.first)),
            strict == Side::before ? "once somebody in the role has signed" : "");
      }
    };
    longer(Side::before, was, is);
    longer(Side::after, is, was);
  }

  /// Whose clock it is, where a contact has none of their own.
  void clock() {
    const std::string &was = c_.module(Side::before).zone, &is = c_.module(Side::after).zone;
    if (was == is) return;
    for (const Index index : of(bound_, Side::after)) {
      const Rule& rule = c_.rule(Side::after, index);
      const bool hours = rule.text.find(" between ") != std::string::npos && rule.when != none;
      if (!hours && rule.period == bytecode::Period::window) continue;
      put(Direction::unknown, index,
          fmt::format("the project's clock was {} and is {} now: for people without a zone these are other hours", was,
                      is));
    }
  }

  Comparison& c_;
  ForBoth<std::set<Index>> bound_;
};

}  // namespace

void compare_keeping(Comparison& comparison, const std::vector<Group>& groups) {
  Keeping(comparison, groups).compare();
}

}  // namespace fairlead::compiler::diff
