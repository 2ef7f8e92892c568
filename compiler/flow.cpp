// The steps of a workflow as a graph. A sequence is read forward, each step patching the exits of what came before it;
// facts about what may be absent flow with it.
#include "compiler/flow.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;

void FlowReader::read(Node block, const Scope& scope) {
  Scope flow = scope;
  sequence(block, flow, c_.program_.module.workflows[workflow_].name, {{none, Exit::first, 0}});
}

void FlowReader::patch(const Exits& exits, Index target) {
  for (const Exit& exit : exits) {
    switch (exit.way) {
      case Exit::first: module().workflows[workflow_].first = target; break;
      case Exit::next: module().steps[exit.step].next = target; break;
      case Exit::otherwise: module().steps[exit.step].otherwise = target; break;
      case Exit::arm: module().steps[exit.step].arms[exit.index].first = target; break;
      case Exit::variant: module().splits[module().steps[exit.step].split].variants[exit.index].first = target; break;
      case Exit::play: module().plans[module().steps[exit.step].plan].plays[exit.index].first = target; break;
      case Exit::option: module().choices[module().steps[exit.step].choice].options[exit.index].first = target; break;
    }
  }
}

std::string FlowReader::key(const std::string& prefix, const std::string& label) {
  std::string out;
  out.reserve(prefix.size() + label.size() + 4);
  out.append(prefix).append("/").append(label);
  const int number = ++labels_[out];
  return out.append("#").append(std::to_string(number));
}

Index FlowReader::add(bytecode::StepKind kind, Node node, std::string step_key) {
  module().steps.push_back(
      {.kind = kind, .key = std::move(step_key), .line = c_.line(c_.place(node)), .arguments = {}, .arms = {}});
  c_.program_.step_places.push_back(c_.place(node));
  const auto index = static_cast<Index>(module().steps.size() - 1);
  module().workflows[workflow_].steps.push_back(index);
  return index;
}

FlowReader::Exits FlowReader::sequence(Node block, Scope& scope, const std::string& prefix, Exits incoming) {
  Exits exits = std::move(incoming);
  bool said = false;
  for (const Node& node : block.children()) {
    if (node.kind() == Kind::symbol || node.kind() == Kind::error || node.kind() == Kind::unclosed) continue;
    if (exits.empty() && !said) {
      c_.warn(Code::unreachable_step, c_.place(node), "this step is never reached", "nothing leads here",
              "Every way before it ends, in `stop` or `follow`. Remove the step, or one of these.");
      said = true;
    }
    exits = step(node, scope, prefix, exits);
  }
  return exits;
}

FlowReader::Exits FlowReader::step(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  switch (node.kind()) {
    case Kind::send: return send(node, scope, prefix, exits);
    case Kind::wait: return wait(node, scope, prefix, exits);
    case Kind::wait_up_to: return wait_up_to(node, scope, prefix, exits);
    case Kind::if_step: return branch(node, scope, prefix, exits);
    case Kind::choose: return choose(node, scope, prefix, exits);
    case Kind::set: return set(node, scope, prefix, exits);
    case Kind::do_step: return act(node, scope, prefix, exits);
    case Kind::let: return let(node, scope, prefix, exits);
    case Kind::approve: return approve(node, scope, prefix, exits);
    case Kind::assign:
      has_contact(node, scope, "a colleague needs somebody to be assigned to them");
      return assign(node, prefix, exits);
    case Kind::repeat: return repeat(node, scope, prefix, exits);
    case Kind::for_each: return for_each(node, scope, prefix, exits);
    case Kind::split: return split(node, scope, prefix, exits);
    case Kind::plan: return plan(node, scope, prefix, exits);
    case Kind::allocate: return allocate(node, scope, prefix, exits);
    case Kind::follow: return follow(node, scope, prefix, exits);
    default: {
      const Index index = add(bytecode::StepKind::stop, node, key(prefix, "stop"));
      patch(exits, index);
      return {};
    }
  }
}

FlowReader::Exits FlowReader::send(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node call = node.child(Kind::call);
  const Node name = call ? call.child(Kind::name) : node.child(Kind::name);
  const Index index = add(bytecode::StepKind::send, node, key(prefix, fmt::format("send {}", name.text())));
  patch(exits, index);
  const Index content = c_.find(NameKind::content, name);
  Index channel = none;
  const Node by = node.child(Kind::recipient_channel);
  if (!has_contact(node, scope, "a message needs somebody to go to")) return {{index, Exit::next, 0}};
  if (const Node hour = node.child(Kind::best_hour)) best_hour(hour, index);
  const bool best = by && by.has("best");
  if (best) best_of(by, content, index);
  if (by && !best) channel = c_.find(NameKind::channel, by.child(Kind::name));
  if (content != none) {
    const bytecode::Content& what = module().contents[content];
    if (by && !best && channel != none) {
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
            Code::no_channel, c_.place(node), fmt::format("the content `{}` has texts for several channels", what.name),
            "which channel?",
            fmt::format("Write `send {} by {}`.", what.name, module().channels[what.variants.front().channel].name));
      }
    }
    const std::vector<bytecode::EventField> wanted = what.parameters;
    std::vector<Index> given = arguments(node, call, wanted, fmt::format("the content `{}`", name.text()),
                                         fmt::format("send {}", name.text()), scope, index);
    module().steps[index].arguments = std::move(given);
  }
  module().steps[index].content = content;
  module().steps[index].channel = channel;
  // A message that a rule puts off holds its workflow, and time passes there (language, section 10.2).
  if (c_.may_hold(workflow_, channel)) go_stale(scope, node);
  return {{index, Exit::next, 0}};
}

std::vector<Index> FlowReader::arguments(Node node, Node call, const std::vector<bytecode::EventField>& wanted,
                                         const std::string& whose, const std::string& form, const Scope& scope,
                                         Index step_index) {
  std::vector<Index> out(wanted.size(), none);
  const std::vector<Argument> given = arguments_of(call);
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::size_t at = i;
    if (!given[i].name.empty()) {
      at = static_cast<std::size_t>(
          std::find_if(wanted.begin(), wanted.end(),
                       [&](const bytecode::EventField& f) { return f.name == given[i].name; }) -
          wanted.begin());
    }
    if (at >= wanted.size() || !given[i].value) {
      std::vector<std::string_view> names;
      for (const bytecode::EventField& field : wanted) names.push_back(field.name);
      const std::string_view near =
          !given[i].name.empty() ? grammar::closest(given[i].name, names) : std::string_view{};
      c_.report(Code::wrong_arguments, c_.place(given[i].node), fmt::format("{} takes no such value", whose),
                "not wanted",
                !near.empty()    ? fmt::format("Did you mean `{}`?", near)
                : wanted.empty() ? fmt::format("It takes none: `{}`.", form)
                                 : fmt::format("Write it like `{}({}: …)`.", form, wanted.front().name));
      // Most likely it was meant for that one: what is missing then needs no message of its own.
      for (std::size_t k = 0; !near.empty() && k < wanted.size(); ++k) {
        if (wanted[k].name == near)
          out[k] = c_.add_function(c_.constant(c_.place(node), Type{}, {}), std::string(near));
      }
      continue;
    }
    if (out[at] != none) {
      c_.report(Code::wrong_arguments, c_.place(given[i].node),
                fmt::format("{} is given `{}` twice", whose, wanted[at].name), "the second one", "Keep one of them.");
      continue;
    }
    const Type type = Type::of(wanted[at].type);
    out[at] = c_.function(given[i].value, scope, &type,
                          fmt::format("{} {}", module().steps[step_index].key, wanted[at].name));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (out[i] != none) continue;
    if (wanted[i].type.optional) {
      out[i] = c_.add_function(c_.constant(c_.place(node), Type{Type::Form::absent, {}}, {}),
                               fmt::format("{} {}", module().steps[step_index].key, wanted[i].name));
    } else if (given.size() <= wanted.size()) {
      c_.report(Code::wrong_arguments, c_.place(node), fmt::format("{} needs `{}`", whose, wanted[i].name),
                fmt::format("no `{}`", wanted[i].name), fmt::format("Write `{}({}: …)`.", form, wanted[i].name));
    }
  }
  return out;
}

FlowReader::Exits FlowReader::branch(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Index index = add(bytecode::StepKind::branch, node, key(prefix, "if"));
  patch(exits, index);
  const std::string name = module().steps[index].key;
  const Type boolean = Type::of(TypeKind::boolean);
  const Index condition = c_.function(node.child(Kind::expression), scope, &boolean, name);
  module().steps[index].value = condition;
  Scope then = scope;
  c_.facts(c_.program_.roots[condition], true, then.present);
  const grammar::Nodes blocks = node.children(Kind::block);
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

FlowReader::Exits FlowReader::set(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
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
  }
  return {{index, Exit::next, 0}};
}

}  // namespace fairlead::compiler
