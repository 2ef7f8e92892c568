// Rules and heads of workflows that this runtime cannot keep yet.
#include "runtime/engine/unsupported_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "runtime/engine/entries.hpp"

namespace fairlead::engine {

namespace {

using bytecode::Effect;
using bytecode::none;
using bytecode::Rule;
using bytecode::RuleKind;

std::string_view name_of(Effect effect) {
  switch (effect) {
    case Effect::send: return "send";
    case Effect::generated: return "sending generated";
    case Effect::spend: return "spend";
    case Effect::publish: return "publish";
    case Effect::retract: return "retract";
    case Effect::write: return "write";
    case Effect::action: return "do";
  }
  return "?";
}

/// Whether a rule speaks of the effect of a step.
bool concerns(const bytecode::Module& module, const Rule& rule, const bytecode::Step& step) {
  using bytecode::EffectKind;
  if (step.kind == bytecode::StepKind::send) {
    if (rule.effect == Effect::generated) {
      const auto& variants = module.contents[step.content].variants;
      return std::any_of(variants.begin(), variants.end(), [](const bytecode::Variant& variant) {
        return std::any_of(variant.slots.begin(), variant.slots.end(),
                           [](const bytecode::Slot& slot) { return slot.generated.has_value(); });
      });
    }
    return rule.effect == Effect::send &&
           (rule.channels.empty() || step.channel == none ||
            std::find(rule.channels.begin(), rule.channels.end(), step.channel) != rule.channels.end());
  }
  if (step.kind != bytecode::StepKind::act) return false;
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

using Asked = std::function<bool(const bytecode::Step&)>;

bool some(const bytecode::Module& module, const bytecode::Workflow& workflow, const Asked& holds) {
  return std::any_of(workflow.steps.begin(), workflow.steps.end(),
                     [&](bytecode::Index step) { return holds(module.steps[step]); });
}

/// What of a rule is not kept for a workflow; empty where all of it is.
std::string missing(const bytecode::Module& module, const bytecode::Workflow& workflow, const Rule& rule) {
  const auto concerned = [&](const bytecode::Step& step) { return concerns(module, rule, step); };
  // Guards are asked of what is sent, and of no call.
  const auto call = [&](const bytecode::Step& step) { return step.kind == bytecode::StepKind::act && concerned(step); };
  switch (rule.kind) {
    case RuleKind::forbid:
      if (some(module, workflow, rule.effect == Effect::send ? Asked(call) : Asked(concerned)))
        return fmt::format("forbid {}", name_of(rule.effect));
      break;
    case RuleKind::limit:
      if (some(module, workflow, call)) return "limit messages that an action sends";
      if (rule.whole_project && longest_quota < rule.window) return "limit messages per project over more than 92 days";
      break;
    case RuleKind::approval:
      if (some(module, workflow, concerned)) return fmt::format("require approval before {}", name_of(rule.effect));
      return "";
    case RuleKind::closed:
      // The compiler has seen to it that some rule allows each call; whether its condition holds is not asked.
      if (some(module, workflow, [&](const bytecode::Step& step) {
            return step.kind == bytecode::StepKind::act &&
                   std::none_of(workflow.rules.begin(), workflow.rules.end(), [&](bytecode::Index allow) {
                     const Rule& other = module.rules[allow];
                     return other.kind == RuleKind::allow && other.when == none && concerns(module, other, step);
                   });
          }))
        return "allow do under a condition";
      break;
    case RuleKind::spend:
      if (!rule.whole_project) return "limit spend per contact";
      if (!rule.channels.empty()) return "limit spend by channels";
      if (longest_quota < rule.window) return "limit spend per more than 92 days";
      break;
    case RuleKind::moves: return "limit weight moves";
    case RuleKind::data: return "require data ready";
    case RuleKind::ban: break;
    case RuleKind::allow:  // it changes nothing but for `closed`, which asks it
    // Settled by the compiler, which accepts no project that breaks them. No audit is ever deleted.
    case RuleKind::goal:
    case RuleKind::explore:
    case RuleKind::words:
    case RuleKind::deciding:
    case RuleKind::sending:
    case RuleKind::keep: return "";
  }
  return rule.otherwise == bytecode::Otherwise::hold ? "otherwise hold" : "";
}

}  // namespace

void of_rules(const bytecode::Module& module, std::vector<Unsupported>& out) {
  std::vector<std::string> lacks(module.rules.size());
  for (const bytecode::Workflow& workflow : module.workflows) {
    for (const bytecode::Index rule : workflow.rules) {
      if (lacks[rule].empty()) lacks[rule] = missing(module, workflow, module.rules[rule]);
    }
  }
  for (std::size_t r = 0; r < module.rules.size(); ++r) {
    const Rule& rule = module.rules[r];
    if (!lacks[r].empty()) out.push_back({fmt::format("rule {}: {}", rule.name, lacks[r]), rule.file, rule.line});
  }
}

void of_heads(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Workflow& workflow : module.workflows) {
    const auto say = [&](std::string_view what, std::uint32_t line) {
      out.push_back({fmt::format("workflow {}: {}", workflow.name, what), workflow.file, line});
    };
    if (!workflow.subject.empty() && workflow.subject != "contact") say("for " + workflow.subject, workflow.line);
    for (const bytecode::Entry& entry : workflow.head.entries) {
      if (entry.at_most && longest_quota < entry.at_most->window)
        say("enter at most so many per " + to_string(entry.at_most->window), entry.line);
      // A time of day comes once a day: with it, what lies between two is days of the calendar.
      if (entry.kind == bytecode::Entry::Kind::every && entry.at && entry.every.ms % days(1).ms != 0)
        say(fmt::format("enter every {} at {}", to_string(entry.every), to_string(*entry.at)), entry.line);
      if (entry.kind == bytecode::Entry::Kind::segment && entry.by_clock)
        say(fmt::format("enter when {}, which time alone may bring about", module.segments[entry.segment].name),
            entry.line);
    }
    if (workflow.head.budget && longest_quota < workflow.head.budget->window)
      say("budget per more than 92 days", workflow.line);
    const std::vector<bytecode::RolloutStage>& stages = workflow.head.rollout;
    // Lift is measured by an interval that holds for one look at it, and a gate would look at it every day.
    if (std::any_of(stages.begin(), stages.end(), [](const auto& stage) { return stage.lift.has_value(); }))
      say("rollout … lift", workflow.line);
    // What is for nobody has no contact whose hash would say whether it is among the share.
    if (workflow.subject.empty() && std::any_of(stages.begin(), stages.end(), [](const auto& stage) {
          return !stage.shadow && stage.share < Decimal::from_int(1);
        }))
      say("rollout to a share, for nobody", workflow.line);
  }
}

}  // namespace fairlead::engine
