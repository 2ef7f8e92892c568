// Waits: time passes, and what was known of the contact may have changed.
#include "compiler/flow.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;

void FlowReader::go_stale(Scope& scope, Node passing) {
  scope.present.erase_if([&](const std::string& fact) {
    // What is known of a record goes with the round that it is in.
    const bool record = std::any_of(scope.bindings.begin(), scope.bindings.end(), [&](const Binding& b) {
      return b.record != none && fact.starts_with(b.name + ".");
    });
    if ((!record && c_.survives(fact)) || scope.invariants.contains(fact)) return false;
    scope.stale.add(fact, c_.place(passing));
    return true;
  });
  // `leave when` is asked again when the turn begins that comes after.
  scope.present.insert(scope.invariants);
}

bool Checker::survives(const std::string& fact) const {
  constexpr std::string_view contact = "contact.";
  if (fact.starts_with("last(")) return false;  // the next event of its kind may not say it
  if (!fact.starts_with(contact)) return true;  // what an event said stays said, and what happened has happened
  const auto field = program_.field_index.find(std::string_view(fact).substr(contact.size()));
  return field != program_.field_index.end() && program_.module.fields[field->second].fixed;
}

void FlowReader::join(Scope& scope, const std::vector<Scope>& branches) {
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (i == 0) {
      scope.present = branches[i].present;
    } else {
      scope.present.meet(branches[i].present);
    }
    scope.stale.merge(branches[i].stale);
  }
}

void FlowReader::bind(Scope& scope, Node name, Index event, Index number) {
  const std::string text(name.text());
  scope.present.erase_if([&](const std::string& fact) { return fact.starts_with(text + "."); });
  std::erase_if(scope.locals, [&](const Local& local) { return local.name == text; });
  scope.bindings.push_back({text, event, number});
}

FlowReader::Exits FlowReader::wait(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const bool until = node.has("until");
  const Index index =
      add(until ? bytecode::StepKind::wait_until : bytecode::StepKind::wait_for, node, key(prefix, "wait"));
  patch(exits, index);
  const std::string name = fmt::format("{}", module().steps[index].key);
  if (!until) {
    const Type type = Type::of(TypeKind::duration);
    module().steps[index].value = value(node, scope, type, name);
  } else {
    const ExprId root = c_.expression(node.child(Kind::expression), scope, nullptr);
    const Type type = c_.program_.exprs[root].type;
    if (!type.broken() && !type.is(TypeKind::time) && !type.is(TypeKind::instant) && !type.is(TypeKind::date)) {
      c_.report(Code::type_mismatch, c_.program_.exprs[root].place,
                fmt::format("a time of day, a date or an instant is wanted here, but this is {}", described(type)),
                "not a time",
                type.is(TypeKind::duration)
                    ? "To wait for a length of time, leave out `until`: `wait 3 days`."
                    : "Write it like `wait until 09:00`, or `wait until contact.signed_up + 14 days`.");
    } else if (type.optional() && !type.broken()) {
      c_.absent(c_.program_.exprs[root], scope, "", "");
    }
    module().steps[index].value = c_.add_function(root, name);
  }
  go_stale(scope, node);
  return {{index, Exit::next, 0}};
}

Index FlowReader::value(Node node, const Scope& scope, const Type& type, const std::string& name) {
  const Index made = c_.function(node.child(Kind::expression), scope, &type, name);
  const Expr& expr = c_.program_.exprs[c_.program_.roots[made]];
  if (expr.op == Op::constant && expr.type.is(TypeKind::duration) && expr.constant().units <= 0) {
    c_.report(Code::number_range, expr.place, "a wait of no time is no wait", "no time");
  }
  return made;
}

FlowReader::Exits FlowReader::wait_up_to(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Index index = add(bytecode::StepKind::wait_event, node, key(prefix, "wait"));
  patch(exits, index);
  has_contact(node, scope, "a wait for an event needs somebody to whom it happens");
  const std::string name = module().steps[index].key;
  module().steps[index].value = value(node, scope, Type::of(TypeKind::duration), name);
  const grammar::Nodes arms = node.children(Kind::arm);
  if (arms.empty()) {
    c_.report(Code::missing_clause, c_.place(node), "this wait says how long, but not for what", "no `for`",
              "Write `wait 3 days` to just wait, or add `for EVENT { … }` before `otherwise`.");
  }
  if (!node.has("otherwise")) {
    c_.report(Code::otherwise_missing, c_.place(node), "this wait does not say what happens when the time is over",
              "no `otherwise`",
              "Add `otherwise { … }` after its last `for`. An empty block goes on with the next step.");
  }
  go_stale(scope, node);
  Exits out;
  std::vector<Scope> branches;
  for (const Node& arm_node : arms) {
    const std::size_t number = module().steps[index].arms.size();
    bytecode::Arm arm = head_of(arm_node, scope, name);
    Scope inner = scope;
    if (const Node bound = arm_node.after("as"); bound && arm.event != none) bind(inner, bound, arm.event, arm.bind);
    module().steps[index].arms.push_back(arm);
    const std::string event_name(arm_node.child(Kind::name).text());
    const Exits ends = sequence(arm_node.child(Kind::block), inner, fmt::format("{}/{}", name, event_name),
                                {{index, Exit::arm, number}});
    out.insert(out.end(), ends.begin(), ends.end());
    if (!ends.empty()) branches.push_back(std::move(inner));
  }
  Scope inner = scope;
  Exits over{{index, Exit::otherwise, 0}};
  if (const Node block = node.child(Kind::block)) over = sequence(block, inner, name + "/otherwise", over);
  out.insert(out.end(), over.begin(), over.end());
  if (!over.empty()) branches.push_back(std::move(inner));
  join(scope, branches);
  return out;
}

bytecode::Arm FlowReader::head_of(Node node, const Scope& scope, const std::string& step_key) {
  bytecode::Arm arm;
  const grammar::Nodes names = node.children(Kind::name);
  arm.event = c_.find(NameKind::event, names.front());
  if (const Node content = node.after("of")) {
    arm.of_content = c_.find(NameKind::content, content);
    if (arm.event != none && arm.of_content != none) {
      const auto& variants = module().contents[arm.of_content].variants;
      const bool reported = std::any_of(variants.begin(), variants.end(), [&](const bytecode::Variant& v) {
        const auto& reports = module().channels[v.channel].reports;
        return std::find(reports.begin(), reports.end(), arm.event) != reports.end();
      });
      if (!reported) {
        c_.report(Code::unreported_event, c_.place(names.front()),
                  fmt::format("no channel of `{}` reports `{}`", content.text(), names.front().text()),
                  "would never come",
                  fmt::format("If it does not answer the message, leave out `of {}`.", content.text()));
      }
    }
  }
  const bool bound = static_cast<bool>(node.after("as"));
  const Node where = node.child(Kind::expression);
  if (arm.event != none && (bound || where)) arm.bind = module().workflows[workflow_].bindings++;
  if (where && arm.event != none) {
    // It is asked before `leave when` is.
    Scope inner = scope;
    inner.present.erase_if([&](const std::string& fact) { return scope.invariants.contains(fact); });
    inner.subject = Binding{"", arm.event, arm.bind};
    if (bound) bind(inner, node.after("as"), arm.event, arm.bind);
    const Type boolean = Type::of(TypeKind::boolean);
    arm.where = c_.function(where, inner, &boolean, fmt::format("{} for {} where", step_key, names.front().text()));
  }
  return arm;
}

}  // namespace fairlead::compiler
