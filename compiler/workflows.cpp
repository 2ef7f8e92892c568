// The head of a workflow: who enters, who leaves, toward what, and under which rules.
#include "compiler/flow.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;

void Checker::workflow(Node node, Index index) {
  bytecode::Workflow workflow = program_.module.workflows[index];
  const Place name = place(node.child(Kind::name));
  workflow.file = files_[name.file].path();
  workflow.line = line(name);
  std::map<std::string, Place> seen;
  bool entries_later = false;
  const Node block = node.child(Kind::block);
  const Type boolean = Type::of(TypeKind::boolean);
  const auto trigger = [&](Node trigger_node, const char* what) {
    bytecode::Trigger out;
    out.event = find(NameKind::event, trigger_node.child(Kind::name));
    if (const Node where = trigger_node.child(Kind::expression); where && out.event != none) {
      Scope scope;
      scope.subject = Binding{"", out.event, 0};
      scope.bindings = {Binding{"event", out.event, 0}};
      out.where = function(where, scope, &boolean,
                           fmt::format("{} {} {} where", workflow.name, what, program_.module.events[out.event].name));
    }
    return out;
  };
  if (const Node record = node.after("for"); !record || record.text() != "contact")
    not_supported(record ? record : node.child(Kind::name), record ? fmt::format("for {}", record.text()) : "a workflow for nobody");
  std::vector<Node> limits;
  Node steps;
  for (const Node& item : block.children()) {
    if (item.kind() == Kind::rule) {
      if (once(seen, "limit", item)) limits.push_back(item);
      continue;
    }
    if (item.kind() == Kind::steps) {
      if (once(seen, "steps", item.children().front())) steps = item;
      continue;
    }
    if (item.kind() == Kind::waiver) not_supported(item, "waive");
    if (item.kind() != Kind::clause) continue;
    const Node head = item.children().front();
    if (head.is("budget") || head.is("pause") || head.is("rollout")) {
      not_supported(item, head.text());
      continue;
    }
    if (head.is("enter") && (!item.has("on") || item.child(Kind::rate))) {
      not_supported(item, item.has("on") ? "at most" : fmt::format("enter {}", item.children()[1].text()));
      entries_later = true;
      continue;
    }
    if (head.is("enter")) {
      for (const Node& t : item.children(Kind::trigger)) workflow.enter.push_back(trigger(t, "enter on"));
    } else if (head.is("leave")) {
      if (const Node when = item.child(Kind::expression)) {
        workflow.leave_when.push_back(function(when, Scope{}, &boolean, fmt::format("{} leave when", workflow.name)));
      } else {
        for (const Node& t : item.children(Kind::trigger)) workflow.leave_on.push_back(trigger(t, "leave on"));
      }
    } else if (head.is("under")) {
      for (const Node& policy : item.children(Kind::name)) {
        if (find(NameKind::policy, policy) != none) under_[workflow.name].emplace_back(policy.text());
      }
    } else if (once(seen, std::string(head.text()), item)) {
      if (head.is("owner")) workflow.owner = plain_text(item.child(Kind::text)).value_or("");
      if (head.is("toward")) workflow.goal = find(NameKind::goal, item.child(Kind::name));
      if (head.is("again") && !item.has("never")) workflow.again = duration(item.child(Kind::duration));
    }
  }
  if (workflow.enter.empty() && !entries_later) {
    report(Code::no_entry, name, fmt::format("nobody can enter the workflow `{}`", workflow.name), "no `enter`",
           "Say on which event: `enter on downloaded`.");
  }
  if (!steps) {
    report(Code::missing_clause, name, fmt::format("the workflow `{}` has no steps", workflow.name), "no `steps`",
           "Add them: `steps { … }`.");
  }
  Scope scope;
  const bool one_event = !workflow.enter.empty() && workflow.enter.front().event != none &&
                         std::all_of(workflow.enter.begin(), workflow.enter.end(), [&](const bytecode::Trigger& t) {
                           return t.event == workflow.enter.front().event;
                         });
  if (one_event) scope.bindings.push_back({"event", workflow.enter.front().event, 0});
  program_.module.workflows[index] = workflow;
  for (const Node& limit : limits) {
    const Index rule_index = rule(limit, workflow.name, index);
    if (rule_index != none) program_.module.workflows[index].rules.push_back(rule_index);
  }
  if (steps) FlowReader(*this, index).read(steps.child(Kind::block), scope);
}

}  // namespace fairlead::compiler
