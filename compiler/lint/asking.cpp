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
    std::vector<Index> channels = ways(rule);
    channels.push_back(none);
    for (const Index channel : channels) {
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
  const Rule& r = program_.module.rules[rule];
  std::vector<Formula> out;
  for (const Index channel : ways(r)) out.push_back(applies(rule, channel));
  // Channels may come that are not there yet, and policies are written ahead of them.
  if (r.channels.empty()) out.push_back(applies(rule, none));
  return formulas.either(std::move(out));
}

/// A longer window has at least as many: what is said of one counter, as far as it says something of another. Z3 would
/// find it too, but is not worth its start for a lint.
Formula Asking::with_history(Formula f) {
  const auto parts = [this](Formula of) {
    const proof::FormulaNode& node = formulas.node(of);
    return node.shape == proof::Shape::both ? node.args : std::vector<Formula>{of};
  };
  std::vector<Formula> out = parts(f);
  const std::size_t said = out.size();
  for (const Formula order : parts(history_)) {
    const proof::FormulaNode known = formulas.node(order);
    if (known.shape != proof::Shape::less_equal) continue;
    const Formula fewer = known.args[0], more = known.args[1];
    for (std::size_t i = 0; i < said; ++i) {
      const proof::FormulaNode part = formulas.node(out[i]);
      if (part.shape != proof::Shape::less && part.shape != proof::Shape::less_equal) continue;
      const bool strict = part.shape == proof::Shape::less;
      const auto say = [&](Formula a, Formula b) {
        out.push_back(strict ? formulas.less(a, b) : formulas.less_equal(a, b));
      };
      if (part.args[1] == fewer) say(part.args[0], more);
      if (part.args[0] == more) say(fewer, part.args[1]);
    }
  }
  return out.size() == said ? f : formulas.both(std::move(out));
}

bool Asking::meet(Formula a, Formula b) {
  const std::vector<proof::Variable> left = formulas.free(a), right = formulas.free(b),
                                     counts = formulas.free(history_);
  const auto in = [](const std::vector<proof::Variable>& all) {
    return [&all](proof::Variable v) { return std::binary_search(all.begin(), all.end(), v); };
  };
  return std::any_of(right.begin(), right.end(), in(left)) ||
         (std::any_of(left.begin(), left.end(), in(counts)) && std::any_of(right.begin(), right.end(), in(counts)));
}

bool Asking::never(Formula f) {
  return solver_.ask(with_history(f)).can == Can::not_be;
}

bool Asking::never(std::vector<Formula> parts) {
  while (!parts.empty()) {
    std::vector<Formula> group{parts.back()};
    parts.pop_back();
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto rest =
          std::stable_partition(parts.begin(), parts.end(), [&](Formula other) { return !meet(group[i], other); });
      group.insert(group.end(), rest, parts.end());
      parts.erase(rest, parts.end());
    }
    if (never(formulas.both(std::move(group)))) return true;
  }
  return false;
}

bool Asking::implies(Formula a, Formula b) {
  if (a == b || b == Formulas::yes) return true;
  // What speaks of other things says nothing of this, as both can be and need not.
  return meet(a, b) && never(formulas.both(a, formulas.opposite(b)));
}

}  // namespace fairlead::compiler::lint
