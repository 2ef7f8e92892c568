// What the conditions of rules come to.
#include "compiler/lint/asking.hpp"

namespace fairlead::compiler::lint {

using bytecode::Effect;
using bytecode::Rule;
using bytecode::RuleKind;
using proof::Can;
using proof::Formulas;

namespace {

bool of_messages(const Rule& rule) {
  return rule.effect == Effect::send || rule.effect == Effect::generated;
}

}  // namespace

Asking::Asking(const Program& program) : program_(program), world_(program, formulas), solver_(formulas) {
  const std::vector<Rule>& rules = program.module.rules;
  for (Index r = 0; r < rules.size(); ++r) {
    const Rule& rule = rules[r];
    if (rule.kind != RuleKind::forbid && rule.kind != RuleKind::approval && rule.kind != RuleKind::allow) continue;
    for (const Index channel : ways(rule)) {
      const proof::Effect effect{.channel = channel, .arguments = {}, .amount = {}, .whichever = true};
      Formula f = Formulas::yes;
      if (rule.when != none) {
        const ExprId when = world_.root(rule.when);
        f = rule.kind == RuleKind::allow ? world_.holds(when, &effect) : world_.fires(when, &effect);
      }
      applies_[{r, channel}] = f;
    }
  }
  // Once all have said what of it they ask.
  history_ = world_.history();
}

std::vector<Index> Asking::ways(const Rule& rule) const {
  if (!of_messages(rule)) return {none};
  if (!rule.channels.empty()) return rule.channels;
  std::vector<Index> out;
  for (Index channel = 0; channel < program_.module.channels.size(); ++channel) out.push_back(channel);
  const auto& actions = program_.module.actions;
  const bool calls =
      rule.effect == Effect::send && std::any_of(actions.begin(), actions.end(), [](const bytecode::Action& action) {
        return action.effect == bytecode::EffectKind::message;
      });
  if (calls || out.empty()) out.push_back(none);
  return out;
}

Formula Asking::applies(Index rule) {
  std::vector<Formula> out;
  for (const Index channel : ways(program_.module.rules[rule])) out.push_back(applies(rule, channel));
  return formulas.either(std::move(out));
}

std::size_t Asking::counters(Formula f) {
  const std::vector<proof::Variable> counts = formulas.free(history_);
  const std::vector<proof::Variable>& asked = formulas.free(f);
  return static_cast<std::size_t>(std::count_if(asked.begin(), asked.end(), [&](proof::Variable v) {
    return std::binary_search(counts.begin(), counts.end(), v);
  }));
}

bool Asking::never(Formula f) {
  const Can can = solver_.ask(f).can;
  if (can != Can::be) return can == Can::not_be;
  // Of use only to what asks for several.
  return counters(f) > 1 && solver_.ask(formulas.both(f, history_)).can == Can::not_be;
}

bool Asking::implies(Formula a, Formula b) {
  if (a == b || b == Formulas::yes) return true;
  // What speaks of other things says nothing of this, as both can be and need not.
  const std::vector<proof::Variable> left = formulas.free(a);
  const std::vector<proof::Variable>& right = formulas.free(b);
  const bool meet = std::any_of(right.begin(), right.end(),
                                [&](proof::Variable v) { return std::binary_search(left.begin(), left.end(), v); });
  if (!meet && (counters(a) == 0 || counters(b) == 0)) return false;
  return never(formulas.both(a, formulas.opposite(b)));
}

}  // namespace fairlead::compiler::lint
