// Workflows: the head, and the steps as a graph. A sequence is read forward, each step patching the exits of what
// came before it; facts about optionals flow with it and die at every wait.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

/// Reads the steps of one workflow.
class FlowReader {
 public:
  FlowReader(Checker& checker, Index workflow) : c_(checker), workflow_(workflow) {}

  void read(Node block, const Scope& scope) {
    Scope flow = scope;
    sequence(block, flow, c_.program_.module.workflows[workflow_].name, {{none, Exit::first, 0}});
  }

 private:
  /// A place from which the flow goes on to whatever comes next.
  struct Exit {
    enum Way : std::uint8_t { first, next, otherwise, arm, option };
    Index step;
    Way way;
    std::size_t index;
  };
  using Exits = std::vector<Exit>;

  bytecode::Module& module() { return c_.program_.module; }

  void patch(const Exits& exits, Index target) {
    for (const Exit& exit : exits) {
      switch (exit.way) {
        case Exit::first: module().workflows[workflow_].first = target; break;
        case Exit::next: module().steps[exit.step].next = target; break;
        case Exit::otherwise: module().steps[exit.step].otherwise = target; break;
        case Exit::arm: module().steps[exit.step].arms[exit.index].first = target; break;
        case Exit::option: module().choices[module().steps[exit.step].choice].options[exit.index].first = target; break;
      }
    }
  }

  /// Keys are made from names, and a number where one name comes again: they outlive edits elsewhere in the file.
  std::string key(const std::string& prefix, const std::string& label) {
    const std::string base = fmt::format("{}/{}", prefix, label);
    return fmt::format("{}#{}", base, ++labels_[base]);
  }

  Index add(bytecode::StepKind kind, Node node, std::string step_key) {
    module().steps.push_back(
        {.kind = kind, .key = std::move(step_key), .line = c_.line(c_.place(node)), .arguments = {}, .arms = {}});
    const auto index = static_cast<Index>(module().steps.size() - 1);
    module().workflows[workflow_].steps.push_back(index);
    return index;
  }

  Exits sequence(Node block, Scope& scope, const std::string& prefix, Exits incoming) {
    Exits exits = std::move(incoming);
    bool said = false;
    for (const Node& node : block.children()) {
      if (node.kind() == Kind::symbol || node.kind() == Kind::error || node.kind() == Kind::unclosed) continue;
      if (exits.empty() && !said) {
        c_.warn(Code::unreachable_step, c_.place(node), "this step is never reached", "nothing leads here",
                "Every way before it ends in `stop`. Remove the step, or one of these.");
        said = true;
      }
      exits = step(node, scope, prefix, exits);
    }
    return exits;
  }

  Exits step(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
    switch (node.kind()) {
      case Kind::send: return send(node, scope, prefix, exits);
      case Kind::wait: return wait(node, scope, prefix, exits);
      case Kind::wait_up_to: return wait_up_to(node, scope, prefix, exits);
      case Kind::if_step: return branch(node, scope, prefix, exits);
      case Kind::choose: return choose(node, scope, prefix, exits);
      case Kind::set: return set(node, scope, prefix, exits);
      default: {
        const Index index = add(bytecode::StepKind::stop, node, key(prefix, "stop"));
        patch(exits, index);
        return {};
      }
    }
  }

  Exits send(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
    const Node call = node.child(Kind::call);
    const Node name = call ? call.child(Kind::name) : node.child(Kind::name);
    const Index index = add(bytecode::StepKind::send, node, key(prefix, fmt::format("send {}", name.text())));
    patch(exits, index);
    const Index content = c_.find(NameKind::content, name);
    Index channel = none;
    const Node by = node.child(Kind::recipient_channel);
    if (by) channel = c_.find(NameKind::channel, by.child(Kind::name));
    if (content != none) {
      const bytecode::Content& what = module().contents[content];
      if (by && channel != none) {
        if (std::none_of(what.variants.begin(), what.variants.end(),
                         [&](const bytecode::Variant& v) { return v.channel == channel; })) {
          c_.report(Code::no_channel, c_.place(by),
                    fmt::format("the content `{}` has nothing for {}", what.name, module().channels[channel].name),
                    "no texts for this channel",
                    fmt::format("Add them to the content: `{} {{ … }}`.", module().channels[channel].name));
        }
      } else if (!by) {
        if (what.variants.size() == 1) channel = what.variants.front().channel;
        if (what.variants.size() > 1) {
          c_.report(
              Code::no_channel, c_.place(node),
              fmt::format("the content `{}` has texts for several channels", what.name), "which channel?",
              fmt::format("Write `send {} by {}`.", what.name, module().channels[what.variants.front().channel].name));
        }
      }
      const std::vector<Index> arguments = send_arguments(node, call, content, scope, index);
      module().steps[index].arguments = arguments;
    }
    module().steps[index].content = content;
    module().steps[index].channel = channel;
    return {{index, Exit::next, 0}};
  }

  std::vector<Index> send_arguments(Node node, Node call, Index content, const Scope& scope, Index step_index) {
    const std::vector<bytecode::EventField> wanted = module().contents[content].parameters;
    const std::string name = module().contents[content].name;
    std::vector<Index> out(wanted.size(), none);
    const std::vector<Node> given = call ? call.children(Kind::argument) : std::vector<Node>{};
    for (std::size_t i = 0; i < given.size(); ++i) {
      const Node label = given[i].child(Kind::name);
      std::size_t at = i;
      if (label) {
        at = static_cast<std::size_t>(
            std::find_if(wanted.begin(), wanted.end(),
                         [&](const bytecode::EventField& f) { return f.name == label.text(); }) -
            wanted.begin());
      }
      if (at >= wanted.size() || !given[i].child(Kind::expression)) {
        c_.report(Code::wrong_arguments, c_.place(given[i]), fmt::format("the content `{}` takes no such value", name),
                  "not wanted",
                  wanted.empty() ? fmt::format("It takes none: `send {}`.", name)
                                 : fmt::format("Write it like `send {}({}: …)`.", name, wanted.front().name));
        continue;
      }
      const Type type = Type::of(wanted[at].type);
      out[at] = c_.function(given[i].child(Kind::expression), scope, &type,
                            fmt::format("{} {}", module().steps[step_index].key, wanted[at].name));
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (out[i] == none && !wanted[i].type.optional && given.size() <= wanted.size()) {
        c_.report(Code::wrong_arguments, c_.place(node),
                  fmt::format("the content `{}` needs `{}`", name, wanted[i].name),
                  fmt::format("no `{}`", wanted[i].name), fmt::format("Write `send {}({}: …)`.", name, wanted[i].name));
      }
    }
    return out;
  }

  /// Time passes: what was known of the contact may have changed. What an event said stays said, and a `fixed` field
  /// that is there stays there.
  void go_stale(Scope& scope, Node wait) {
    for (auto fact = scope.present.begin(); fact != scope.present.end();) {
      const bool contact = fact->starts_with("contact.");
      bool fixed = false;
      if (contact) {
        const std::string name = fact->substr(8);
        fixed = std::any_of(module().fields.begin(), module().fields.end(),
                            [&](const bytecode::Field& f) { return f.fixed && f.name == name; });
      }
      if (!contact || fixed) {
        ++fact;
        continue;
      }
      scope.stale[*fact] = c_.place(wait);
      fact = scope.present.erase(fact);
    }
  }

  /// After branches meet: only what every one of them knows.
  static void join(Scope& scope, const std::vector<Scope>& branches) {
    for (const Scope& branch : branches) {
      std::set<std::string> both;
      std::set_intersection(scope.present.begin(), scope.present.end(), branch.present.begin(), branch.present.end(),
                            std::inserter(both, both.end()));
      scope.present = std::move(both);
      scope.stale.insert(branch.stale.begin(), branch.stale.end());
    }
  }

  Exits wait(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
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
      if (!type.broken() && !type.is(TypeKind::time) && !type.is(TypeKind::instant)) {
        const bool date = type.is(TypeKind::date);
        c_.report(
            date ? Code::not_supported : Code::type_mismatch, c_.program_.exprs[root].place,
            date ? std::string(
                       "`wait until` a date is part of the Fairlead language, but this version does not support it yet")
                 : fmt::format("a time of day or an instant is wanted here, but this is {}", described(type)),
            date ? "not supported yet" : "",
            type.is(TypeKind::duration) ? "To wait for a length of time, leave out `until`: `wait 3 days`."
            : date                      ? "Wait until an instant, like 2026-11-23T09:00Z, or for a length of time."
                                        : "Write it like `wait until 09:00`.");
      } else if (type.optional() && !type.broken()) {
        c_.absent(c_.program_.exprs[root], scope, "", "");
      }
      module().steps[index].value = c_.add_function(root, name);
    }
    go_stale(scope, node);
    return {{index, Exit::next, 0}};
  }

  Index value(Node node, const Scope& scope, const Type& type, const std::string& name) {
    const Index made = c_.function(node.child(Kind::expression), scope, &type, name);
    const Expr& expr = c_.program_.exprs[c_.program_.roots[made]];
    if (expr.op == Op::constant && expr.type.is(TypeKind::duration) && expr.constant.units <= 0) {
      c_.report(Code::number_range, expr.place, "a wait of no time is no wait", "no time");
    }
    return made;
  }

  Exits wait_up_to(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
    const Index index = add(bytecode::StepKind::wait_event, node, key(prefix, "wait"));
    patch(exits, index);
    const std::string name = module().steps[index].key;
    module().steps[index].value = value(node, scope, Type::of(TypeKind::duration), name);
    const std::vector<Node> arms = node.children(Kind::arm);
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
      if (const Node bound = arm_node.after("as"); bound && arm.event != none)
        inner.bindings.push_back({std::string(bound.text()), arm.event, arm.bind});
      module().steps[index].arms.push_back(arm);
      const std::string event_name(arm_node.child(Kind::name).text());
      for (const Exit& exit : sequence(arm_node.child(Kind::block), inner, fmt::format("{}/{}", name, event_name),
                                       {{index, Exit::arm, number}}))
        out.push_back(exit);
      branches.push_back(std::move(inner));
    }
    Scope inner = scope;
    Exits over{{index, Exit::otherwise, 0}};
    if (const Node block = node.child(Kind::block)) over = sequence(block, inner, name + "/otherwise", over);
    out.insert(out.end(), over.begin(), over.end());
    branches.push_back(std::move(inner));
    join(scope, branches);
    return out;
  }

  bytecode::Arm head_of(Node node, const Scope& scope, const std::string& step_key) {
    bytecode::Arm arm;
    const std::vector<Node> names = node.children(Kind::name);
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
      Scope inner = scope;
      inner.subject = Binding{"", arm.event, arm.bind};
      if (bound) inner.bindings.push_back({std::string(node.after("as").text()), arm.event, arm.bind});
      const Type boolean = Type::of(TypeKind::boolean);
      arm.where = c_.function(where, inner, &boolean, fmt::format("{} for {} where", step_key, names.front().text()));
    }
    return arm;
  }

  Exits branch(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
    const Index index = add(bytecode::StepKind::branch, node, key(prefix, "if"));
    patch(exits, index);
    const std::string name = module().steps[index].key;
    const Type boolean = Type::of(TypeKind::boolean);
    const Index condition = c_.function(node.child(Kind::expression), scope, &boolean, name);
    module().steps[index].value = condition;
    Scope then = scope;
    c_.facts(c_.program_.roots[condition], true, then.present);
    const std::vector<Node> blocks = node.children(Kind::block);
    Exits out = sequence(blocks.empty() ? node : blocks[0], then, name, {{index, Exit::next, 0}});
    const bool falls_through = !out.empty();
    Scope other = scope;
    c_.facts(c_.program_.roots[condition], false, other.present);
    Exits over{{index, Exit::otherwise, 0}};
    if (const Node chained = node.child(Kind::if_step)) {
      over = branch(chained, other, prefix, over);
    } else if (blocks.size() > 1) {
      over = sequence(blocks[1], other, name + "/else", over);
    }
    std::vector<Scope> branches;
    if (falls_through) branches.push_back(then);
    if (!over.empty()) branches.push_back(other);
    out.insert(out.end(), over.begin(), over.end());
    join(scope, branches);
    return out;
  }

  Exits choose(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
    const Node name_node = node.child(Kind::name);
    const std::string name = fmt::format("{}/{}", prefix, name_node.text());
    if (++labels_[name] > 1) {
      c_.report(
          Code::declared_twice, c_.place(name_node),
          fmt::format("two choices here are called `{}`, so what they learn could not be told apart", name_node.text()),
          "the second one", "Rename one of them.");
    }
    const Index index = add(bytecode::StepKind::choose, node, name);
    patch(exits, index);
    bytecode::Choice choice{.key = name, .features = {}, .options = {}};
    choice.goal = module().workflows[workflow_].goal;
    if (const Node goal = node.after("toward")) choice.goal = c_.find(NameKind::goal, goal);
    if (choice.goal == none && !node.after("toward")) {
      c_.report(
          Code::no_goal, c_.place(name_node), "a choice learns only toward a goal, and this one has none",
          "toward what?",
          fmt::format("Say it here, with `choose {} toward GOAL {{ … }}`, or in the workflow, with `toward GOAL`.",
                      name_node.text()));
    }
    const Node block = node.child(Kind::block);
    std::map<std::string, Place> seen;
    for (const Node& clause : block.children(Kind::clause)) {
      if (clause.has("learn")) {
        if (!once(seen, "learn from", clause)) continue;
        for (const Node& feature : clause.children(Kind::expression)) {
          const ExprId root = c_.expression(feature, scope, nullptr);
          const Type type = c_.program_.exprs[root].type;
          if (type.broken()) continue;
          if (type.is(TypeKind::list)) {
            c_.report(Code::type_mismatch, c_.place(feature), "nothing can be learned from a list", "a list",
                      "Learn from a field that holds one value.");
            continue;
          }
          const std::string text = c_.source_text(feature);
          choice.features.push_back(
              {text, c_.add_function(root, fmt::format("{} learn from {}", name, text)), type.field});
        }
      } else if (once(seen, "explore at least", clause)) {
        const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
        if (const auto floor = c_.share(literal)) choice.explore = *floor;
        const auto options = static_cast<std::int64_t>(block.children(Kind::option).size());
        const auto total = multiply(choice.explore, Decimal::from_int(options));
        if (total && *total > Decimal::from_int(1)) {
          c_.report(Code::floors_too_high, c_.place(clause),
                    fmt::format("{} options with at least {} each come to more than 100%", options, literal.text()),
                    "too much", fmt::format("With {} options it can be {}% at most.", options, 100 / options));
        }
      }
    }
    const auto module_choice = static_cast<Index>(module().choices.size());
    module().choices.push_back(choice);
    module().steps[index].choice = module_choice;

    Exits out;
    std::vector<Scope> branches;
    Decimal start;
    std::map<std::string, Place> names;
    const std::vector<Node> options = block.children(Kind::option);
    if (options.size() < 2) {
      c_.report(Code::too_few_options, c_.place(name_node), "a choice wants at least two options",
                options.empty() ? "has none" : "has one",
                "Add one. `option rest { }` does nothing, which is often the one to beat.");
    }
    for (const Node& option_node : options) {
      const std::string option_name(option_node.child(Kind::name).text());
      if (const auto [at, fresh] = names.emplace(option_name, c_.place(option_node.child(Kind::name))); !fresh) {
        Diagnostic& d =
            c_.report(Code::duplicate_option, c_.place(option_node.child(Kind::name)),
                      fmt::format("two options are called `{}`", option_name), "the second one", "Rename one of them.");
        d.secondary.push_back({at->second.file, at->second.span, "the first one"});
        continue;
      }
      bytecode::Option option{.name = option_name};
      Scope inner = scope;
      std::map<std::string, Place> clauses;
      for (const Node& clause : option_node.children(Kind::clause)) {
        if (clause.has("when")) {
          if (!once(clauses, "when", clause)) continue;
          const Type boolean = Type::of(TypeKind::boolean);
          option.when = c_.function(clause.child(Kind::expression), scope, &boolean,
                                    fmt::format("{}/{} when", name, option_name));
          c_.facts(c_.program_.roots[option.when], true, inner.present);
        } else if (once(clauses, "start", clause)) {
          const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
          option.start = c_.share(literal);
          if (option.start) {
            if (const auto sum = fairlead::add(start, *option.start)) start = *sum;
          }
        }
      }
      const std::size_t number = module().choices[module_choice].options.size();
      module().choices[module_choice].options.push_back(option);
      for (const Exit& exit : sequence(option_node.child(Kind::block), inner, fmt::format("{}/{}", name, option_name),
                                       {{index, Exit::option, number}}))
        out.push_back(exit);
      branches.push_back(std::move(inner));
    }
    if (start > Decimal::from_int(1)) {
      c_.report(Code::start_too_high, c_.place(name_node),
                "the shares that the options start with come to more than 100%", "too much",
                "Lower them. Options without `start` share what is left.");
    }
    // Where no option is eligible nothing goes out, and the flow goes on.
    out.push_back({index, Exit::next, 0});
    branches.push_back(scope);
    join(scope, branches);
    return out;
  }

  bool once(std::map<std::string, Place>& seen, const std::string& what, Node node) {
    return c_.once(seen, what, node);
  }

  Exits set(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
    const Node path = node.child(Kind::path);
    const Index index = add(bytecode::StepKind::set, node, key(prefix, fmt::format("set {}", c_.source_text(path))));
    patch(exits, index);
    const Scope anywhere;  // the target is written, not read: that it may be absent does not matter
    const ExprId target = c_.path_of(path, anywhere, nullptr);
    const Expr expr = c_.program_.exprs[target];
    if (expr.op == Op::field) {
      const bytecode::Field field = module().fields[expr.ref];
      if (field.key || field.fixed) {
        c_.report(
            Code::fixed_field, c_.place(path),
            fmt::format("`{}` cannot be changed, because it is {}", expr.path, field.key ? "a key" : "marked `fixed`"),
            field.key ? "identifies the contact" : "written once",
            field.key ? "Write to another field." : "Remove `fixed` where it is declared, or write to another field.");
      }
      const Index made = c_.function(node.child(Kind::expression), scope, &expr.type, module().steps[index].key);
      module().steps[index].field = expr.ref;
      module().steps[index].value = made;
      scope.present.erase(expr.path);
      const Type& found = c_.program_.exprs[c_.program_.roots[made]].type;
      if (!found.broken() && !found.optional()) scope.present.insert(expr.path);
    } else if (!expr.type.broken()) {
      c_.report(Code::type_mismatch, c_.place(path), "only a field of the contact can be set",
                "not a field of the contact", "Write it like `set contact.stage = nurturing`.");
    } else {
      c_.expression(node.child(Kind::expression), scope, nullptr);
    }
    return {{index, Exit::next, 0}};
  }

  Checker& c_;
  Index workflow_;
  std::map<std::string, int> labels_;
};

void Checker::workflow(Node node, Index index) {
  bytecode::Workflow workflow = program_.module.workflows[index];
  const Place name = place(node.child(Kind::name));
  workflow.file = files_[name.file].path();
  workflow.line = line(name);
  std::map<std::string, Place> seen;
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
    if (item.kind() != Kind::clause) continue;
    const Node head = item.children().front();
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
  if (workflow.enter.empty()) {
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
