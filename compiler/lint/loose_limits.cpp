// Limits that a tighter one meets first, so that they never hold anything back.
#include "compiler/lint/families.hpp"
#include "compiler/lint/policies.hpp"
#include "compiler/proof/bounds.hpp"

namespace fairlead::compiler::lint {

namespace {

using bytecode::Period;
using bytecode::Rule;
using bytecode::RuleKind;

/// How much it allows.
Decimal most(const Rule& rule) {
  return rule.kind == RuleKind::limit ? Decimal::from_int(rule.count) : rule.amount;
}

/// Whether the time that `b` counts is part of the time that `a` counts, whenever both are asked.
bool within(const Program& program, const Rule& a, const Rule& b) {
  if (a.period == Period::window) return proof::longest(program, b.period, b.window) <= a.window;
  return a.period == b.period || (b.period == Period::day && a.period != Period::window);
}

class LooseLimits {
 public:
  explicit LooseLimits(const Subject& subject) : program_(subject.program), policies_(subject) {}

  void look(Findings& found) const {
    for (Index loose = 0; loose < policies_.size(); ++loose) {
      const Rule& rule = policies_.at(loose);
      if (!policies_.own(loose) || !limits(rule)) continue;
      for (Index tight = 0; tight < policies_.size(); ++tight) {
        if (!idle(tight, loose) || (loose < tight && idle(loose, tight))) continue;
        policies_.add(
            found, Code::loose_limit, loose,
            fmt::format("`{}` never holds anything back: `{}` is tighter", rule.name, policies_.at(tight).name),
            "never met", "Lower it, or remove it; or loosen the other one.", tight, "this is met first");
        break;
      }
    }
  }

 private:
  static bool limits(const Rule& rule) {
    return rule.kind == RuleKind::limit || rule.kind == RuleKind::spend || rule.kind == RuleKind::moves;
  }

  /// Whether `loose` cannot be met as long as `tight` is kept.
  [[nodiscard]] bool idle(Index tight, Index loose) const {
    const Rule& a = policies_.at(tight);
    const Rule& b = policies_.at(loose);
    if (tight == loose || a.kind != b.kind || a.whole_project != b.whole_project || policies_.identical(tight, loose))
      return false;
    // A share is a limit of its own, which only the rule that has it keeps.
    if (!b.shares.empty() || (a.workflow != none && a.workflow != b.workflow)) return false;
    if (!policies_.wherever(tight, loose) || !policies_.channels(tight, loose) || !policies_.no_weaker(tight, loose))
      return false;
    // Whatever `b` counts `a` counts too, and it takes no more.
    if (most(a) <= most(b) && within(program_, a, b)) return true;
    return together(tight, loose);
  }

  /// A longer window is several of the shorter ones, and in none of them is there more than that allows. So it must
  /// have been asked of everything that is counted.
  [[nodiscard]] bool together(Index tight, Index loose) const {
    const Rule& a = policies_.at(tight);
    const Rule& b = policies_.at(loose);
    if (a.period != Period::window || b.period != Period::window || b.window <= a.window || a.window <= Duration{})
      return false;
    if (b.workflow == none && !policies_.everywhere(tight)) return false;
    const std::int64_t times = (b.window.ms + a.window.ms - 1) / a.window.ms;
    const Result<Decimal> all = multiply(most(a), Decimal::from_int(times));
    return all && *all <= most(b);
  }

  const Program& program_;
  Policies policies_;
};

}  // namespace

void loose_limits(const Subject& subject, Findings& found) {
  LooseLimits(subject).look(found);
}

}  // namespace fairlead::compiler::lint
