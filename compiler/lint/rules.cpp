// Rules that bind nothing, bind everything, or say twice what they say.
#include "compiler/lint/families.hpp"
#include "compiler/lint/policies.hpp"

namespace fairlead::compiler::lint {

namespace {

void identical(const Policies& policies, Index rule, Findings& found) {
  for (Index first = 0; first < rule; ++first) {
    if (!policies.identical(first, rule)) continue;
    const auto name = [&](Index one) { return policies.node(one).child(Kind::name).text(); };
    policies.add(found, Code::identical_rules, rule,
                 fmt::format("`{}` says what `{}` says already", name(rule), name(first)), "the same rule",
                 "Remove one of them.", first, "as this one");
    return;
  }
}

void policy(const Subject& subject, Node node, Findings& found) {
  for (const Node& rule : node.child(Kind::block).children(Kind::rule)) {
    const Node name = rule.child(Kind::name);
    const Place at = place_of(subject, name);
    if (!rule.has("forbid")) continue;
    const Node effect = rule.child(Kind::effect);
    if (effect && effect.has("send") && !rule.child(Kind::recipient_channel) && !rule.child(Kind::clause)) {
      found.add(Code::forbids_everything, at, fmt::format("`{}` forbids every message, always", name.text()),
                "no condition", "Say when: `forbid send when …`; or by which channel: `forbid send by sms`.");
    } else if (!rule.child(Kind::because)) {
      found.add(Code::rule_without_because, at, fmt::format("`{}` does not say why", name.text()), "no `because`",
                "Whoever meets it later will ask: add `because \"…\"`.");
    }
  }
}

/// A workflow's own limit that its few messages cannot reach.
void idle_limit(const Subject& subject, const bytecode::Workflow& workflow, Place name, Findings& found) {
  if (workflow.again) return;
  const bytecode::Module& module = subject.program.module;
  std::uint32_t sends = 0;
  for (const Index index : workflow.steps) {
    const bytecode::Step& step = module.steps[index];
    // What goes round sends as often as it goes.
    if (step.kind > bytecode::StepKind::leave || (step.next != none && step.next <= index)) return;
    sends += step.kind == bytecode::StepKind::send ? 1 : 0;
  }
  for (const Index index : workflow.rules) {
    const bytecode::Rule& rule = module.rules[index];
    if (rule.workflow == none || rule.kind != bytecode::RuleKind::limit || rule.count < sends) continue;
    found.add(Code::idle_limit, name,
              fmt::format("`{}` has {} message{}, so its limit of {} is never met", workflow.name, sends,
                          sends == 1 ? "" : "s", rule.count),
              "a limit that holds nothing back", "Lower `limit`, or remove it.");
  }
}

}  // namespace

void weak_rules(const Subject& subject, Findings& found) {
  const Policies policies(subject);
  for (Index rule = 0; rule < policies.size(); ++rule) {
    if (policies.node(rule)) identical(policies, rule, found);
  }
  for (const Node& node : declarations(subject, Kind::policy)) policy(subject, node, found);
  const auto declared = subject.program.names.find(NameKind::workflow);
  if (declared != subject.program.names.end()) {
    for (const auto& [name, at] : declared->second) {
      if (own(subject, at.place)) idle_limit(subject, subject.program.module.workflows[at.index], at.place, found);
    }
  }
  for (const Expr& expr : subject.program.exprs) {
    if (expr.op != Op::within || !own(subject, expr.place) || expr.segment != none || expr.args.size() != 2) continue;
    const Expr& from = subject.program.exprs[expr.args[0]];
    const Expr& to = subject.program.exprs[expr.args[1]];
    if (from.op != Op::constant || to.op != Op::constant || from.constant().units != to.constant().units) continue;
    found.add(Code::equal_hours, expr.place, "these hours begin and end at the same time",
              "no time at all, or all day?", "Write two different times, or leave them out for the whole day.");
  }
}

}  // namespace fairlead::compiler::lint
