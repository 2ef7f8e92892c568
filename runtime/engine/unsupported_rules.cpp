// Rules and heads of workflows that this runtime cannot keep yet.
#include "runtime/engine/unsupported_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

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

/// What of a rule is not kept; empty where all of it is.
std::string missing(const Rule& rule) {
  const bool sends = rule.effect == Effect::send;
  switch (rule.kind) {
    case RuleKind::forbid:
      if (!sends) return fmt::format("forbid {}", name_of(rule.effect));
      break;
    case RuleKind::allow: return "";  // allowing more than is forbidden changes nothing, and `closed` asks it
    case RuleKind::limit:
      if (rule.whole_project) return "limit messages per project";
      break;
    case RuleKind::approval: return fmt::format("require approval before {}", name_of(rule.effect));
    case RuleKind::spend: return "limit spend";
    case RuleKind::moves: return "limit weight moves";
    case RuleKind::deciding: return "forbid deciding";
    case RuleKind::sending: return "forbid sending";
    case RuleKind::data: return "require data ready";
    case RuleKind::closed:
    case RuleKind::ban: break;
    // Settled by the compiler, which accepts no project that breaks them. No audit is ever deleted.
    case RuleKind::goal:
    case RuleKind::explore:
    case RuleKind::words:
    case RuleKind::keep: return "";
  }
  return rule.otherwise == bytecode::Otherwise::hold ? "otherwise hold" : "";
}

}  // namespace

void of_rules(const bytecode::Module& module, std::vector<Unsupported>& out) {
  std::vector<bool> binds(module.rules.size());
  for (const bytecode::Workflow& workflow : module.workflows) {
    for (const bytecode::Index rule : workflow.rules) binds[rule] = true;
  }
  for (std::size_t r = 0; r < module.rules.size(); ++r) {
    const Rule& rule = module.rules[r];
    if (!binds[r]) continue;
    if (const std::string what = missing(rule); !what.empty())
      out.push_back({fmt::format("rule {}: {}", rule.name, what), rule.file, rule.line});
  }
}

void of_heads(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Workflow& workflow : module.workflows) {
    const auto say = [&](std::string_view what, std::uint32_t line) {
      out.push_back({fmt::format("workflow {}: {}", workflow.name, what), workflow.file, line});
    };
    if (workflow.subject.empty()) {
      say("for nobody", workflow.line);
    } else if (workflow.subject != "contact") {
      say("for " + workflow.subject, workflow.line);
    }
    for (const bytecode::Entry& entry : workflow.head.entries) {
      if (entry.at_most) say("enter at most", entry.line);
      if (entry.kind == bytecode::Entry::Kind::every) say("enter every", entry.line);
      if (entry.kind == bytecode::Entry::Kind::segment && entry.by_clock)
        say(fmt::format("enter when {}, which time alone may bring about", module.segments[entry.segment].name),
            entry.line);
    }
    if (workflow.head.budget) say("budget", workflow.line);
    if (workflow.head.pause != none) say("pause when", workflow.line);
    if (!workflow.head.rollout.empty()) say("rollout", workflow.line);
  }
}

}  // namespace fairlead::engine
