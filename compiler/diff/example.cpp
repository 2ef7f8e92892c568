// An example of a moment, as short and as plain as it can be: without what does not matter, and with round values.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/moment.hpp"

namespace fairlead::compiler::diff {

using proof::Example;
using proof::Formula;
using proof::Formulas;
using proof::Sort;
using proof::Variable;
using proof::World;

namespace {

Formula is(Formulas& f, Variable v, int128 value) {
  const Formula variable = f.of(v);
  switch (f.info(v).sort) {
    case Sort::truth: return value != 0 ? variable : f.opposite(variable);
    case Sort::whole: return f.equal(variable, f.whole(static_cast<std::int64_t>(value)));
    case Sort::real: break;
  }
  return f.equal(variable, f.real(value));
}

/// Values that read better than `value`, the best first: what lies next to it and is round, else what is usual.
std::vector<int128> plainer(TypeKind kind, Sort sort, int128 value) {
  std::vector<int128> out;
  const auto round = [&](int128 unit) {
    const int128 below = value / unit * unit - (value % unit < 0 ? unit : 0);
    out.push_back(below == value ? value : below + unit);
    out.push_back(below);
  };
  if (sort == Sort::real) {
    const int128 one = Decimal::one;
    // A bound that nobody means says nothing.
    if (-one * 1'000'000'000 < value && value < one * 1'000'000'000) {
      round(one);
      round(one / 100);
    }
    for (const int usual : {0, 1, 10, 100, 1'000, 10'000, 1'000'000, -1}) out.push_back(one * usual);
  } else if (kind == TypeKind::duration) {
    for (const Duration unit : {days(1), hours(1), minutes(1)}) round(unit.ms);
    for (const int usual : {1, 7, 30, 365}) out.push_back(days(usual).ms);
  } else if (kind == TypeKind::instant) {
    for (const std::string_view usual : {"2026-06-01T09:00Z", "2020-01-01T09:00Z", "2040-01-01T09:00Z"})
      out.push_back(parse_instant(usual)->ms);
    for (const Duration unit : {days(1), hours(1), minutes(1)}) round(unit.ms);
  } else if (kind == TypeKind::date) {
    for (const std::string_view usual : {"2026-06-01", "2000-01-01", "1970-01-01", "2040-01-01"})
      out.push_back(parse_date(usual)->day);
  } else if (kind != TypeKind::enumeration && kind != TypeKind::time && sort == Sort::whole) {
    // A text that nobody has written anywhere: `something else`.
    out.push_back(1'000'000'000);
  }
  return out;
}

}  // namespace

std::vector<Given> Moment::needed(Formula formula, const Example& example) {
  Formulas& f = joint_.formulas();
  const Formula world = with_world(formula);
  Example kept = example;
  const auto enough = [&](const Example& values) {
    std::vector<Formula> parts{f.opposite(world)};
    for (const auto& [v, value] : values) parts.push_back(is(f, v, value));
    return joint_.solver().ask(f.both(std::move(parts))).can == proof::Can::not_be;
  };
  for (const auto& [left_out, unused] : example) {
    Example rest = kept;
    rest.erase(left_out);
    if (enough(rest)) kept = std::move(rest);
  }
  for (const auto& [v, value] : Example(kept)) {
    const proof::VariableInfo& info = f.info(v);
    for (const int128 better : plainer(joint_.world().meaning(v).type.kind, info.sort, value)) {
      if (better == value) break;
      if ((info.least && better < *info.least) || (info.most && *info.most < better)) continue;
      Example other = kept;
      other[v] = better;
      if ((joint_.counts(v) && better % Decimal::one != 0) || !enough(other)) continue;
      kept = std::move(other);
      break;
    }
  }
  std::vector<Given> out;
  for (const auto& [v, value] : kept) out.push_back(given(v, value));
  // That something is there goes without saying where it says what.
  std::erase_if(out, [&](const Given& one) {
    return one.presence && !one.absent && std::any_of(out.begin(), out.end(), [&](const Given& other) {
             return !other.presence && other.name == one.name;
           });
  });
  return out;
}

Given Moment::given(Variable v, int128 value) const {
  const World::Meaning& meaning = joint_.world().meaning(v);
  const std::string& name = joint_.formulas().info(v).name;
  Given out{.name = name, .type = meaning.type, .units = value};
  if (meaning.presence) {
    out.name = name.substr(0, name.rfind(' '));
    out.presence = true;
    out.absent = value == 0;
    out.words = fmt::format("{} is {}", out.name, out.absent ? "absent" : "there");
    return out;
  }
  const bool truth = joint_.formulas().info(v).sort == Sort::truth;
  if (meaning.kind == World::Meaning::Kind::other && truth) {
    out.words = value != 0 ? name : fmt::format("not so: {}", name);
    return out;
  }
  const std::string as_written = joint_.world().words(v, value);
  if (joint_.formulas().info(v).sort == Sort::whole) out.text = as_written;
  out.words = fmt::format("{} is {}", joint_.called(v), as_written);
  return out;
}

}  // namespace fairlead::compiler::diff
