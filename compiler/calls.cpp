// Calls: questions about the history, which become counters, and links.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

ExprId Checker::call_of(Node node, const Scope& scope) {
  const Place at = place(node);
  const Node name = node.child(Kind::name);
  const std::vector<Node> arguments = node.children(Kind::argument);
  const auto broken = [&] { return constant(at, Type{}, {}); };

  if (name.text() == "link") {
    const Type url = Type::of(TypeKind::url);
    if (arguments.size() != 1 || !arguments[0].child(Kind::expression)) {
      report(Code::wrong_arguments, at, "`link` takes one web address", "which address?",
             "Write it like `link(\"https://acme.example/demo\")`.");
      return broken();
    }
    const std::vector<Node> parts = arguments[0].child(Kind::expression).children();
    if (parts.size() == 1 && parts.front().is(Kind::text) && parts.front().child(Kind::hole))
      return address_text(parts.front(), scope);
    const ExprId address = expression(arguments[0].child(Kind::expression), scope, &url);
    const Type& found = program_.exprs[address].type;
    if (!found.broken() && !found.is(TypeKind::url) && !found.is(TypeKind::text)) {
      report(Code::type_mismatch, program_.exprs[address].place,
             fmt::format("a web address is wanted here, but this is {}", described(found)), "",
             "Write it like `link(\"https://acme.example/demo\")`.");
      return broken();
    }
    return address;
  }
  if (name.text() != "count" && name.text() != "seen") {
    static constexpr std::string_view later[] = {"sum", "last", "since", "idle", "rate"};
    if (std::find(std::begin(later), std::end(later), name.text()) != std::end(later)) {
      report(
          Code::not_supported, place(name),
          fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", name.text()),
          "not supported yet", "docs/language.md lists what this version reads.");
      return broken();
    }
    const std::string_view near = grammar::closest(name.text(), {"count", "seen", "link"});
    report(Code::unknown_name, place(name), fmt::format("there is no function called `{}`", name.text()), "unknown",
           near.empty() ? "There are `count`, `seen` and `link`." : fmt::format("Did you mean `{}`?", near));
    return broken();
  }

  // count(visited where page == "pricing", last 7 days)
  if (!scope.history && scope.nobody) {
    report(Code::no_contact_here, at, "there is no contact here whose history could be asked", "whose?",
           "A workflow that is to read contacts says so in its head: `workflow NAME for contact`.");
    return broken();
  }
  if (!scope.history) {
    report(Code::event_not_here, at, "what happened before cannot be asked here", "asks for the history",
           "Only the event itself and fixed values can be read here.");
    return broken();
  }
  Node event_node;
  Node window_node;
  for (const Node& argument : arguments) {
    if (argument.has("last")) {
      window_node = argument.child(Kind::duration);
    } else {
      event_node = argument;
    }
  }
  if (!event_node || !window_node || arguments.size() != 2) {
    report(Code::wrong_arguments, at, fmt::format("`{}` wants an event, and how far back it looks", name.text()),
           arguments.empty() ? "which event?" : "not an event and a time",
           fmt::format("Write it like `{}(visited, last 7 days)`.", name.text()));
    return broken();
  }
  const std::vector<Node> expressions = event_node.children(Kind::expression);
  const Node path = expressions.empty() ? Node() : expressions.front().child(Kind::path);
  if (!path || expressions.front().children().size() != 1 || path.children().size() != 1) {
    report(Code::wrong_arguments, place(event_node), "the name of an event is wanted here", "not a name",
           fmt::format("Write it like `{}(visited, last 7 days)`.", name.text()));
    return broken();
  }
  const Index event = find(NameKind::event, path.child(Kind::name));
  const auto window = duration(window_node);
  if (event == none || !window) return broken();
  if (*window <= Duration{}) {
    report(Code::number_range, place(window_node), "nothing can happen in no time", "too short",
           "Write it like `last 7 days`.");
    return broken();
  }
  std::string key = fmt::format("{}, {}", source_text(event_node), fairlead::to_string(*window));
  auto& counters = program_.module.counters;
  const auto [known, fresh] = counters_.emplace(key, static_cast<Index>(counters.size()));
  if (fresh) {
    // Kept counts know their counter by a 32-bit hash of its key.
    const auto [other, alone] = counter_ids_.emplace(name_id(key), key);
    if (!alone)
      report(Code::reserved_name, at, fmt::format("`{}` cannot stand beside `{}` in one project", key, other->second),
             "", "Change the window of one of them a little.");
    Index where = none;
    if (expressions.size() == 2) {
      Scope inner;
      inner.contact = false;
      inner.history = false;
      inner.subject = Binding{"", event, 0};
      inner.bindings = {Binding{"event", event, 0}};
      const Type boolean = Type::of(TypeKind::boolean);
      where = function(expressions[1], inner, &boolean, fmt::format("counter {} where", key));
    }
    counters.push_back({.key = key, .id = name_id(key), .event = event, .where = where, .window = *window});
  }
  const bool count = name.text() == "count";
  return add({.op = count ? Op::count : Op::seen,
              .type = Type::of(count ? TypeKind::number : TypeKind::boolean),
              .place = at,
              .args = {},
              .constant = {},
              .ref = known->second,
              .path = {}});
}

}  // namespace fairlead::compiler
