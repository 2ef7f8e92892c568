// Rules and heads of workflows that this runtime cannot keep yet.
#include "runtime/engine/unsupported_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/entries.hpp"

namespace fairlead::engine {

namespace {

using bytecode::Rule;
using bytecode::RuleKind;

/// What of a rule is not kept for a workflow; empty where all of it is.
std::string missing(const bytecode::Module& module, const bytecode::Workflow& workflow, const Rule& rule) {
  switch (rule.kind) {
    case RuleKind::limit:
      if (std::any_of(workflow.steps.begin(), workflow.steps.end(), [&](Index s) {
            const bytecode::Step& step = module.steps[s];
            return step.kind == bytecode::StepKind::act &&
                   module.actions[step.action].effect == bytecode::EffectKind::message;
          }))
        return "limit messages that an action sends";
      if (rule.whole_project && longest_quota < rule.window) return "limit messages per project over more than 92 days";
      break;
    case RuleKind::spend:
      if (rule.whole_project && !rule.channels.empty()) return "limit spend by channels, over all contacts";
      if (rule.whole_project && longest_quota < rule.window) return "limit spend per more than 92 days";
      break;
    case RuleKind::data: return "require data ready";
    // Asked at the act, or, of moves, at each publishing; or settled by the compiler, which accepts no project that
    // breaks them. No audit is ever deleted.
    case RuleKind::forbid:
    case RuleKind::approval:
    case RuleKind::closed:
    case RuleKind::allow:
    case RuleKind::ban:
    case RuleKind::goal:
    case RuleKind::explore:
    case RuleKind::words:
    case RuleKind::deciding:
    case RuleKind::sending:
    case RuleKind::moves:
    case RuleKind::keep: break;
  }
  return "";
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
    // A lift is of those to whom something was sent over those who are held out.
    const auto gate =
        std::find_if(stages.begin(), stages.end(), [](const auto& stage) { return stage.lift.has_value(); });
    if (gate != stages.end() && std::all_of(stages.begin(), gate, [](const auto& stage) { return stage.shadow; }))
      say("rollout … lift, before anything was sent", workflow.line);
    if (gate != stages.end() && (workflow.goal == bytecode::none || module.goals[workflow.goal].holdout == Decimal()))
      say("rollout … lift, with no goal that holds anybody out", workflow.line);
    // What is for nobody has no contact whose hash would say whether it is among the share.
    if (workflow.subject.empty() && std::any_of(stages.begin(), stages.end(), [](const auto& stage) {
          return !stage.shadow && stage.share < Decimal::from_int(1);
        }))
      say("rollout to a share, for nobody", workflow.line);
  }
}

}  // namespace fairlead::engine
