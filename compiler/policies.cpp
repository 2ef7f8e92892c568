// Policies: which rules they have, and which workflows they bind.
#include "compiler/checker.hpp"
#include "compiler/rules.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

void Checker::policy(Node node, Index index) {
  std::map<std::string, Place> seen;
  const std::string name = program_.policies[index].name;
  for (const Node& item : node.child(Kind::block).children()) {
    Index rule = none;
    if (item.kind() == Kind::clause && item.has("default")) {
      if (once(seen, "default forbid", item)) rule = RuleReader(*this, name, none).closed(item);
    } else if (item.kind() == Kind::clause) {
      for (const Node& workflow : item.children(Kind::name)) {
        if (find(NameKind::workflow, workflow) != none) {
          program_.policies[index].applies_to.emplace_back(workflow.text());
          policies_of_[std::string(workflow.text())].insert(index);
        }
      }
    } else if (item.kind() == Kind::rule) {
      if (once(seen, std::string(item.child(Kind::name).text()), item.child(Kind::name)))
        rule = RuleReader(*this, name, none).read(item);
    }
    if (rule != none) program_.policies[index].rules.push_back(rule);
  }
}

void Checker::bind_policies(Index index) {
  bytecode::Workflow& workflow = program_.module.workflows[index];
  std::set<Index> bound = policies_of_[workflow.name];
  for (const std::vector<std::string>* under : {&program_.under, &under_[workflow.name]}) {
    for (const std::string& name : *under) {
      const auto policy = program_.names[NameKind::policy].find(name);
      // What says itself where it applies applies nowhere else.
      if (policy != program_.names[NameKind::policy].end() &&
          program_.policies[policy->second.index].applies_to.empty())
        bound.insert(policy->second.index);
    }
  }
  for (const Index one : bound) {
    Policy& policy = program_.policies[one];
    policy.binds = true;
    workflow.rules.insert(workflow.rules.end(), policy.rules.begin(), policy.rules.end());
  }
}

bool Checker::may_hold(Index workflow, Index channel) const {
  for (const Index index : program_.module.workflows[workflow].rules) {
    const bytecode::Rule& rule = program_.module.rules[index];
    const bool waits = rule.otherwise == bytecode::Otherwise::defer || rule.otherwise == bytecode::Otherwise::hold;
    const bool message = rule.effect == bytecode::Effect::send || rule.effect == bytecode::Effect::generated ||
                         rule.kind == bytecode::RuleKind::spend;
    if (waits && message &&
        (channel == none || rule.channels.empty() ||
         std::find(rule.channels.begin(), rule.channels.end(), channel) != rule.channels.end()))
      return true;
  }
  return false;
}

void Checker::unbound_policies() {
  for (const Policy& policy : program_.policies) {
    const Declared& declared = program_.names[NameKind::policy].find(policy.name)->second;
    if (policy.binds || program_.module.workflows.empty() || in_library(declared.place)) continue;
    warn(Code::rule_without_effect, declared.place, fmt::format("no workflow is under the policy `{}`", policy.name),
         "binds nothing",
         fmt::format(
             "Put the project under it, with `under {}` in `project`; or a workflow, with the same in `workflow`.",
             policy.name));
  }
}

}  // namespace fairlead::compiler
