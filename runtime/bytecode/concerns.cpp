// Which rules are about which effects.
#include "runtime/bytecode/concerns.hpp"

#include <algorithm>

namespace fairlead::bytecode {

Act message(const Module& module, Index content, Index channel) {
  const auto& variants = module.contents[content].variants;
  const bool generated = std::any_of(variants.begin(), variants.end(), [&](const Variant& variant) {
    return variant.channel == channel && std::any_of(variant.slots.begin(), variant.slots.end(),
                                                     [](const Slot& slot) { return slot.generated.has_value(); });
  });
  return {.channel = channel, .generated = generated};
}

Act call(const Action& action) {
  return {.message = false, .effect = action.effect, .action = action.name};
}

bool concerns(const Rule& rule, const Act& act) {
  const bool by = rule.channels.empty() ||
                  std::find(rule.channels.begin(), rule.channels.end(), act.channel) != rule.channels.end();
  switch (rule.kind) {
    case RuleKind::closed: return true;
    case RuleKind::limit:
    case RuleKind::sending: return act.message && by;
    case RuleKind::spend:
      if (act.message) return by;
      return act.effect == EffectKind::spend && rule.channels.empty();
    case RuleKind::forbid:
    case RuleKind::allow:
    case RuleKind::approval: break;
    default: return false;
  }
  if (act.message) {
    if (rule.effect == Effect::generated) return by && act.generated;
    return rule.effect == Effect::send && by;
  }
  switch (rule.effect) {
    case Effect::send: return act.effect == EffectKind::message && rule.channels.empty();
    case Effect::generated: return false;
    case Effect::spend: return act.effect == EffectKind::spend;
    case Effect::publish: return act.effect == EffectKind::publish;
    case Effect::retract: return act.effect == EffectKind::retract;
    case Effect::write: return act.effect == EffectKind::write;
    case Effect::action: return act.action == rule.action;
  }
  return true;
}

bool concerns(const Module& module, const Rule& rule, Index workflow, const Step& step, Index channel) {
  if (rule.workflow != none && rule.workflow != workflow) return false;
  if (step.kind != StepKind::send) return concerns(rule, call(module.actions[step.action]));
  // A limit is about what is transactional too: it does not count it.
  if (module.contents[step.content].transactional && !rule.transactional && rule.kind != RuleKind::limit) return false;
  return concerns(rule, message(module, step.content, channel));
}

}  // namespace fairlead::bytecode
