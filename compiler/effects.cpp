// Effects beside messages: calls, what is kept of them, what a person decides on, and to whom a contact is assigned.
#include <algorithm>

#include "compiler/flow.hpp"
#include "runtime/bytecode/concerns.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

namespace {

/// Whether a rule may hold a call, or put it off.
bool may_hold(const bytecode::Module& module, Index workflow, const bytecode::Action& action) {
  const std::vector<Index>& rules = module.workflows[workflow].rules;
  return std::any_of(rules.begin(), rules.end(), [&](Index index) {
    const bytecode::Rule& rule = module.rules[index];
    const bool waits = rule.otherwise == bytecode::Otherwise::defer || rule.otherwise == bytecode::Otherwise::hold;
    return waits && bytecode::concerns(rule, bytecode::call(action));
  });
}

}  // namespace

FlowReader::Exits FlowReader::act(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node call = node.child(Kind::call);
  const Node name = call ? call.child(Kind::name) : node.child(Kind::name);
  const Index index = add(bytecode::StepKind::act, node, key(prefix, fmt::format("do {}", name.text())));
  patch(exits, index);
  const Index action = c_.find(NameKind::action, name);
  module().steps[index].action = action;
  if (action != none && !c_.program_.broken_actions.contains(action)) {
    const std::vector<bytecode::EventField> wanted = module().actions[action].parameters;
    std::vector<Index> given = arguments(node, call, wanted, fmt::format("the action `{}`", name.text()),
                                         fmt::format("do {}", name.text()), scope, index);
    module().steps[index].arguments = std::move(given);
    // A call that a rule holds or puts off holds its workflow, and time passes there (language, section 10.2).
    if (may_hold(module(), workflow_, module().actions[action])) go_stale(scope, node);
  }
  return {{index, Exit::next, 0}};
}

Index FlowReader::keep(Node name, std::size_t values) {
  bytecode::Workflow& workflow = module().workflows[workflow_];
  const Index first = workflow.locals;
  if (first + values > bytecode::most_locals) {
    c_.report(Code::too_complex, c_.place(name),
              fmt::format("a workflow keeps at most {} values, and this is one too many", bytecode::most_locals),
              "no room for it", "Write out what is used once, and follow another workflow for the rest.");
    return none;
  }
  workflow.locals += static_cast<std::uint32_t>(values);
  return first;
}

FlowReader::Exits FlowReader::let(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name = node.child(Kind::name);
  const std::string text(name.text());
  static constexpr std::string_view built_in[] = {"contact", "event", "now", "today"};
  const bool taken = std::find(std::begin(built_in), std::end(built_in), text) != std::end(built_in);
  const bool bound =
      std::any_of(scope.bindings.begin(), scope.bindings.end(), [&](const Binding& b) { return b.name == text; }) ||
      std::any_of(scope.locals.begin(), scope.locals.end(), [&](const Local& local) { return local.name == text; });
  if (taken || bound) {
    c_.report(taken ? Code::reserved_name : Code::declared_twice, c_.place(name),
              taken ? fmt::format("`{}` means something already, so nothing else can be called that", text)
                    : fmt::format("something here is called `{}` already", text),
              taken ? "built in" : "the second one", "Choose another name.");
  }
  scope.present.erase_if([&](const std::string& fact) { return fact == text || fact.starts_with(text + "."); });
  if (const Node call = node.child(Kind::do_step)) {
    const Exits out = act(call, scope, prefix, exits);
    const Index step = out.front().step;
    const Index action = module().steps[step].action;
    const Index number = keep(name, 1 + (action == none ? 0 : module().actions[action].returns.size()));
    module().steps[step].local = number;
    // Until the answer is there, time passes.
    go_stale(scope, call);
    Type whether = Type::of(TypeKind::boolean);
    whether.field.optional = true;
    scope.locals.push_back({text, number, action == none ? Type{} : whether, action});
    return out;
  }
  const Index index = add(bytecode::StepKind::let, node, key(prefix, fmt::format("let {}", text)));
  patch(exits, index);
  const ExprId root = c_.expression(node.child(Kind::expression), scope, nullptr);
  Type type = c_.program_.exprs[root].type;
  if (type.form == Type::Form::absent) {
    c_.absent(c_.program_.exprs[root], scope, "", "Give it a value, or leave out the step.");
    type = {};
  }
  const Index made = c_.add_function(root, module().steps[index].key);
  const Index number = keep(name, 1);
  module().steps[index].value = made;
  module().steps[index].local = number;
  scope.locals.push_back({text, number, type, none, c_.program_.exprs[root].labels});
  return {{index, Exit::next, 0}};
}

bool FlowReader::coverable(Node block) {
  Place noted;
  bool effects = false;
  bool sound = true;
  for (const Node& step : block.children()) {
    if (step.is(Kind::symbol) || step.is(Kind::error) || step.is(Kind::unclosed)) continue;
    const Node word = step.children().empty() ? step : step.children().front();
    const bool effect = step.is(Kind::send) || step.is(Kind::do_step) || step.is(Kind::assign);
    const bool note = step.is(Kind::set) || step.is(Kind::stop);
    if (!effect && !note) {
      c_.report(Code::not_an_effect, c_.place(word),
                step.is(Kind::let)
                    ? "an approval covers effects that are known when it is asked for, and a `let` is not"
                    : fmt::format("an approval covers effects that are known when it is asked for, and `{}` is none",
                                  word.text()),
                "not an effect",
                step.is(Kind::if_step) || step.is(Kind::choose) || step.is(Kind::split)
                    ? fmt::format("Put it round the approval: `{} … {{ approve … }}`.", word.text())
                    : "Put it before the approval, or after it.");
      sound = false;
    }
    if (effect && noted.span.end != 0) {
      Diagnostic& d = c_.report(Code::not_an_effect, c_.place(word),
                                "what is approved is shown as it is before this `set`, so it has to stand before it",
                                "would be another by then", "Move it up, or the `set` down.");
      d.secondary.push_back({noted.file, noted.span, "changes the contact"});
      sound = false;
    }
    if (step.is(Kind::set)) noted = c_.place(step);
    effects = effects || effect;
  }
  if (sound && !effects) {
    c_.report(Code::missing_clause, c_.place(block), "there is nothing to decide on here", "no effect",
              "Put into it what needs the approval: `approve by legal up to 2 days { send offer } otherwise { … }`.");
    sound = false;
  }
  return sound;
}

FlowReader::Exits FlowReader::approve(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Index index = add(bytecode::StepKind::approve, node, key(prefix, "approve"));
  patch(exits, index);
  const std::string name = module().steps[index].key;
  const Node role_name = node.child(Kind::name);
  const Index role = c_.find(NameKind::role, role_name);
  module().steps[index].role = role;
  const std::string& owner = module().workflows[workflow_].owner;
  if (role != none && !owner.empty()) {
    const std::vector<std::string>& members = module().roles[role].members;
    if (!members.empty() && std::all_of(members.begin(), members.end(), [&](const auto& m) { return m == owner; })) {
      c_.report(Code::nobody_to_approve, c_.place(role_name),
                fmt::format("nobody but the workflow's owner is in the role `{}`, and who asks does not approve",
                            role_name.text()),
                fmt::format("only {}", owner), "Add a colleague to the role, or ask another one.");
    }
  }
  const Node up_to = node.child(Kind::duration);
  if (const auto within = c_.duration(up_to)) {
    module().steps[index].within = *within;
    if (*within <= Duration{})
      c_.report(Code::number_range, c_.place(up_to), "nobody can decide in no time", "no time",
                "Write it like `up to 2 days`.");
  }
  const grammar::Nodes blocks = node.children(Kind::block);
  if (!node.has("otherwise")) {
    c_.report(Code::otherwise_missing, c_.place(node), "this approval does not say what happens when it is not given",
              "no `otherwise`", "Add `otherwise { … }` after its block. An empty block goes on with the next step.");
  }
  const bool sound = !blocks.empty() && coverable(blocks.front());
  // Somebody takes their time.
  go_stale(scope, node);
  Scope approved = scope;
  Exits out{{index, Exit::next, 0}};
  if (sound) {
    const std::size_t before = module().workflows[workflow_].steps.size();
    out = sequence(blocks.front(), approved, name, out);
    const std::vector<Index>& steps = module().workflows[workflow_].steps;
    module().steps[index].covered.assign(steps.begin() + static_cast<std::ptrdiff_t>(before), steps.end());
  }
  Scope other = scope;
  Exits over{{index, Exit::otherwise, 0}};
  std::vector<Scope> branches;
  if (!out.empty()) branches.push_back(std::move(approved));
  if (blocks.size() > 1) over = sequence(blocks[1], other, name + "/otherwise", over);
  if (!over.empty()) branches.push_back(std::move(other));
  out.insert(out.end(), over.begin(), over.end());
  join(scope, branches);
  return out;
}

FlowReader::Exits FlowReader::assign(Node node, const std::string& prefix, const Exits& exits) {
  const Node name = node.child(Kind::name);
  const Index index = add(bytecode::StepKind::assign, node, key(prefix, fmt::format("assign to {}", name.text())));
  patch(exits, index);
  const Index team = c_.find(NameKind::team, name);
  module().steps[index].team = team;
  module().steps[index].by = node.has("round")   ? bytecode::AssignBy::round_robin
                             : node.has("least") ? bytecode::AssignBy::least_loaded
                                                 : bytecode::AssignBy::best;
  return {{index, Exit::next, 0}};
}

}  // namespace fairlead::compiler
