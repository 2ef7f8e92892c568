// What can be at each act of a workflow, and what of it is asked.
#include "compiler/proof/walk.hpp"

#include <algorithm>

#include "compiler/proof/planted.hpp"
#include "runtime/bytecode/concerns.hpp"

namespace fairlead::compiler::proof {

using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;
using bytecode::Step;
using bytecode::StepKind;

std::vector<Index> channels_of(const Step& step) {
  if (!step.best.empty()) return step.best;
  return step.channel == none ? std::vector<Index>{} : std::vector<Index>{step.channel};
}

Looked look_at(const Program& program, Index workflow) {
  return Walk(program, workflow).look();
}

Walk::Walk(const Program& program, Index workflow)
    : p_(program), workflow_(workflow), solver_(f_), world_(program, f_) {
  reach_.emplace(
      p_, world_, f_, workflow, [this](Index step, Formula state) { return may_hold(step, state); },
      [this](Index step, Formula state) { return past_stops(step, state); });
}

Looked Walk::look() {
  for (const Index s : workflow().steps) {
    if (solver_.ask(reach_->at(s).state).can == Can::not_be) out_.nobody.push_back(s);
  }
  for (const Index s : workflow().steps) {
    const Step& step = module().steps[s];
    if (step.kind == StepKind::send && step.content != none) {
      for (const Index channel : channels_of(step)) effect(s, channel);
    } else if (step.kind == StepKind::act && step.action != none) {
      effect(s, none);
    }
  }
  out_.count = solver_.count();
  return std::move(out_);
}

/// What the effect of a step says of itself.
Effect Walk::effect_of(Index s, Index channel) {
  const Step& step = module().steps[s];
  Effect out{.workflow = workflow_, .content = step.content, .channel = channel, .arguments = {}, .amount = {}};
  for (const Index argument : step.arguments)
    out.arguments.push_back(argument == none ? Term{f_.no, f_.no, f_.no} : world_.term(world_.root(argument)));
  if (step.kind == StepKind::act && module().actions[step.action].amount != none)
    out.amount = world_.term(world_.root(module().actions[step.action].amount), nullptr, &out.arguments);
  return out;
}

/// Of what can be when a step's effect is carried out: what cannot be said goes nowhere.
Formula Walk::possible(Formula state, Index s, Index channel, const Effect& effect) {
  std::vector<Formula> parts{state};
  for (const Term& argument : effect.arguments) parts.push_back(f_.opposite(argument.fault));
  if (effect.amount) parts.push_back(f_.opposite(effect.amount->fault));
  if (channel != none) parts.push_back(world_.can_go(channel, !module().steps[s].best.empty()));
  return f_.both(std::move(parts));
}

/// Whether a rule may hold the effect back, so that time passes while the workflow stands there.
bool Walk::may_hold(Index s, Formula state) {
  const Step& step = module().steps[s];
  if (step.best_hour) return true;
  const std::vector<Index> channels = step.kind == StepKind::act ? std::vector<Index>{none} : channels_of(step);
  for (const Index channel : channels) {
    const Effect effect = effect_of(s, channel);
    for (const Index r : workflow().rules) {
      const Rule& rule = module().rules[r];
      if (rule.otherwise != Otherwise::defer && rule.otherwise != Otherwise::hold) continue;
      if (!concerns(module(), rule, workflow_, step, channel)) continue;
      const bool asks = rule.kind == RuleKind::forbid || rule.kind == RuleKind::approval;
      if (rule.kind == RuleKind::approval && approved(s, rule)) continue;
      if (asks && rule.when != none &&
          solver_.ask(f_.both(possible(state, s, channel, effect), fires(r, effect))).can == Can::not_be)
        continue;
      return true;
    }
  }
  return false;
}

/// A guard that stops lets nobody pass who breaks its rule: after the step nobody of them is there, in this turn.
Formula Walk::past_stops(Index s, Formula state) {
  const Step& step = module().steps[s];
  const std::vector<Index> channels = channels_of(step);
  if (step.kind != StepKind::send || channels.size() != 1) return state;
  const Effect effect = effect_of(s, channels.front());
  for (const Index r : workflow().rules) {
    const Rule& rule = module().rules[r];
    const bool stops = rule.otherwise == Otherwise::stop || planted(Mistake::skip_is_stop);
    // Whom a waiver lets pass goes on. (One that has run out today has not in a simulation of last year.)
    if (workflow().head.signed_waiver(r) != nullptr) continue;
    if (rule.kind == RuleKind::forbid && stops && rule.when != none &&
        concerns(module(), rule, workflow_, step, channels.front()))
      state = f_.both(state, f_.opposite(fires(r, effect)));
  }
  return state;
}

/// Whether somebody in the role decides on exactly this step before it is carried out.
bool Walk::approved(Index s, const Rule& rule) const {
  for (const Index other : workflow().steps) {
    const Step& approve = module().steps[other];
    if (approve.kind == StepKind::approve && approve.role != none && module().roles[approve.role].name == rule.role &&
        std::find(approve.covered.begin(), approve.covered.end(), s) != approve.covered.end())
      return true;
  }
  return false;
}

/// What histories have in common, once all rules have said what of it they ask.
Formula Walk::known_history(Index s, Index channel, const Effect& effect) {
  for (const Index r : workflow().rules) {
    const Rule& rule = module().rules[r];
    if (rule.when != none && concerns(module(), rule, workflow_, module().steps[s], channel)) fires(r, effect);
  }
  return world_.history();
}

/// The rule asked of the effect. What comes to the same each time is made once; where a part of it may be anything, it
/// is another anything each time.
Formula Walk::fires(Index r, const Effect& effect) {
  const auto ask = [&] { return world_.fires(world_.root(module().rules[r].when), &effect); };
  if (!effect.arguments.empty() || effect.amount) return ask();
  const auto [at, fresh] = fired_.try_emplace({r, effect.content, effect.channel});
  Fired& fired = at->second;
  if (fired.settled) return fired.formula;
  const std::size_t before = f_.variables();
  fired.formula = ask();
  fired.settled = !fresh && f_.variables() == before;
  return fired.formula;
}

void Walk::effect(Index s, Index channel) {
  const Effect effect = effect_of(s, channel);
  const Step& step = module().steps[s];
  const Formula state = f_.both(possible(reach_->at_act(s), s, channel, effect), known_history(s, channel, effect));
  LookedEffect out{.step = s, .channel = channel};
  out.nobody = std::find(out_.nobody.begin(), out_.nobody.end(), s) != out_.nobody.end() ||
               solver_.ask(state).can == Can::not_be;
  if (effect.amount && f_.node(effect.amount->value).shape == Shape::constant)
    out.amount = f_.node(effect.amount->value).value;
  const Act act{s, channel, state, possible(reach_->at(s).state, s, channel, effect), effect};
  for (const Index r : workflow().rules) {
    const Rule& rule = module().rules[r];
    if (out.nobody || !by_condition(rule.kind) || !concerns(module(), rule, workflow_, step, channel)) continue;
    Finding finding{.rule = r};
    judge(finding, act);
    out.findings.push_back(std::move(finding));
  }
  out_.effects.push_back(std::move(out));
}

}  // namespace fairlead::compiler::proof
