// Which rules are about which effects.
#include "compiler/proof/rules.hpp"

#include <algorithm>

namespace fairlead::compiler::proof {

using bytecode::EffectKind;
using bytecode::Index;
using bytecode::none;
using bytecode::Rule;
using bytecode::RuleKind;

namespace {

bool generated(const bytecode::Module& module, const bytecode::Step& step, Index channel) {
  const auto& variants = module.contents[step.content].variants;
  return std::any_of(variants.begin(), variants.end(), [&](const bytecode::Variant& variant) {
    return variant.channel == channel &&
           std::any_of(variant.slots.begin(), variant.slots.end(),
                       [](const bytecode::Slot& slot) { return slot.generated.has_value(); });
  });
}

}  // namespace

bool concerns(const bytecode::Module& module, const Rule& rule, Index workflow, const bytecode::Step& step,
              Index channel) {
  if (rule.workflow != none && rule.workflow != workflow) return false;
  const bool message = step.kind == bytecode::StepKind::send;
  // A limit is about what is transactional too: it does not count it.
  if (message && module.contents[step.content].transactional && !rule.transactional && rule.kind != RuleKind::limit)
    return false;
  const bool by =
      rule.channels.empty() || std::find(rule.channels.begin(), rule.channels.end(), channel) != rule.channels.end();
  switch (rule.kind) {
    case RuleKind::closed: return true;
    case RuleKind::limit:
    case RuleKind::sending: return message && by;
    case RuleKind::spend:
      if (message) return by;
      return module.actions[step.action].effect == EffectKind::spend && rule.channels.empty();
    case RuleKind::forbid:
    case RuleKind::allow:
    case RuleKind::approval: break;
    default: return false;
  }
  using bytecode::Effect;
  if (message) {
    if (rule.effect == Effect::generated) return by && generated(module, step, channel);
    return rule.effect == Effect::send && by;
  }
  const bytecode::Action& action = module.actions[step.action];
  switch (rule.effect) {
    case Effect::send: return action.effect == EffectKind::message && rule.channels.empty();
    case Effect::generated: return false;
    case Effect::spend: return action.effect == EffectKind::spend;
    case Effect::publish: return action.effect == EffectKind::publish;
    case Effect::retract: return action.effect == EffectKind::retract;
    case Effect::write: return action.effect == EffectKind::write;
    case Effect::action: return action.name == rule.action;
  }
  return true;
}

}  // namespace fairlead::compiler::proof
