// What a module may hold and this runtime cannot carry out yet.
#include "runtime/engine/unsupported.hpp"

#include <fmt/format.h>

#include "runtime/engine/assignments.hpp"
#include "runtime/engine/unsupported_rules.hpp"

namespace fairlead::engine {

namespace {

void of_measures(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Goal& goal : module.goals) {
    if (goal.sum != bytecode::none) out.push_back({"reach sum of goal " + goal.name, goal.file, goal.line});
    if (!goal.without.empty()) out.push_back({"without of goal " + goal.name, goal.file, goal.line});
  }
}

void of_contents(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Content& content : module.contents) {
    for (const bytecode::Variant& variant : content.variants) {
      for (const bytecode::Slot& slot : variant.slots) {
        if (slot.generated) {
          out.push_back({fmt::format("{} write with {}", slot.name, module.models[slot.generated->model].name),
                         content.file, slot.line});
        }
      }
    }
  }
}

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

std::string own_name(const std::string& key) {
  return key.substr(key.rfind('/') + 1);
}

/// What of one step this runtime cannot carry out.
std::vector<std::string> of_step(const bytecode::Module& module, const bytecode::Workflow& workflow, const Step& step) {
  std::vector<std::string> out;
  if (step.choice != none) {
    const bytecode::Choice& choice = module.choices[step.choice];
    if (choice.move && !choice.move->approval.empty())
      out.push_back("move at most with approval in choose " + own_name(choice.key));
  }
  if (step.split != none && module.splits[step.split].adopt) {
    const bytecode::Split& split = module.splits[step.split];
    if (!split.approval.empty()) out.push_back("adopt when sure with approval in split " + own_name(split.key));
    // Whether a pass reaches a goal is known of its workflow's alone.
    if (split.goal != workflow.goal)
      out.push_back(
          fmt::format("adopt when sure in split {}, toward another goal than its workflow's", own_name(split.key)));
  }
  if (step.kind == StepKind::plan) out.push_back("plan " + own_name(module.plans[step.plan].key));
  if (step.kind == StepKind::assign) {
    const bytecode::Team& team = module.teams[step.team];
    if (step.by == bytecode::AssignBy::best)
      out.push_back(fmt::format("assign to {} by {}", team.name, to_string(step.by)));
    for (const bytecode::Member& member : team.members) {
      if (longest_capacity < member.within)
        out.push_back(fmt::format("assign to {}, where {} has a capacity per {}", team.name, member.address,
                                  to_string(member.within)));
    }
  }
  if (step.kind == StepKind::allocate)
    out.push_back("allocate across " + module.records[module.allocations[step.allocation].record].name);
  return out;
}

void of_workflows(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Workflow& workflow : module.workflows) {
    for (const bytecode::Index s : workflow.steps) {
      for (std::string& what : of_step(module, workflow, module.steps[s]))
        out.push_back({std::move(what), workflow.file, module.steps[s].line});
    }
  }
}

}  // namespace

std::vector<Unsupported> unsupported(const bytecode::Module& module) {
  std::vector<Unsupported> out;
  of_measures(module, out);
  of_contents(module, out);
  of_rules(module, out);
  of_heads(module, out);
  for (const bytecode::Connector& c : module.connectors) out.push_back({"connector " + c.name, c.file, c.line});
  of_workflows(module, out);
  return out;
}

Result<void> supported(const bytecode::Module& module) {
  const std::vector<Unsupported> all = unsupported(module);
  if (all.empty()) return {};
  Fault refused{FaultCode::not_supported, {}};
  for (const Unsupported& one : all) refused.args.push_back(fmt::format("`{}` ({}:{})", one.what, one.file, one.line));
  return tl::unexpected(std::move(refused));
}

}  // namespace fairlead::engine
