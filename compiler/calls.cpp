// Calls: links, questions about the history (history.cpp), and what is given in a call.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

namespace {

void gather(Node argument, const std::string& prefix, std::vector<Argument>& out) {
  const Node label = argument.child(Kind::name);
  std::string name = label ? prefix + std::string(label.text()) : prefix;
  if (const Node record = argument.child(Kind::block)) {
    for (const Node& part : record.children(Kind::argument)) gather(part, name.empty() ? name : name + ".", out);
    return;
  }
  out.push_back({std::move(name), argument, argument.child(Kind::expression)});
}

}  // namespace

std::vector<Argument> arguments_of(Node call) {
  std::vector<Argument> out;
  if (!call) return out;
  for (const Node& argument : call.children(Kind::argument)) gather(argument, "", out);
  return out;
}

ExprId Checker::call_of(Node node, const Scope& scope) {
  const Place at = place(node);
  const Node name = node.child(Kind::name);
  const grammar::Nodes arguments = node.children(Kind::argument);
  const auto broken = [&] { return constant(at, Type{}, {}); };

  if (name.text() == "link") {
    const Type url = Type::of(TypeKind::url);
    if (arguments.size() != 1 || !arguments[0].child(Kind::expression)) {
      report(Code::wrong_arguments, at, "`link` takes one web address", "which address?",
             "Write it like `link(\"https://acme.example/demo\")`.");
      return broken();
    }
    const grammar::Nodes parts = arguments[0].child(Kind::expression).children();
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
  static constexpr std::string_view questions[] = {"count", "seen", "sum", "idle", "rate"};
  if (std::find(std::begin(questions), std::end(questions), name.text()) != std::end(questions))
    return history_of(node, scope);
  if (name.text() == "last") return last_of(node, Node(), scope);
  if (name.text() == "since") {
    report(Code::wrong_arguments, at, "`since` stands before a `last`, without parentheses of its own", "not a call",
           "Write it like `since last(visited)`.");
    return broken();
  }
  // As spreadsheets and databases call them.
  static constexpr std::pair<std::string_view, std::string_view> elsewhere[] = {
      {"total", "sum"},     {"sumif", "sum"},     {"countif", "count"}, {"latest", "last"}, {"has", "seen"},
      {"happened", "seen"}, {"inactive", "idle"}, {"dormant", "idle"},  {"ratio", "rate"},  {"url", "link"}};
  const auto other =
      std::find_if(std::begin(elsewhere), std::end(elsewhere), [&](const auto& e) { return e.first == name.text(); });
  const std::string_view near =
      other != std::end(elsewhere)
          ? other->second
          : grammar::closest(name.text(), {"count", "seen", "sum", "last", "since", "idle", "rate", "link"});
  mend_near(
      report(Code::unknown_name, place(name), fmt::format("there is no function called `{}`", name.text()), "unknown",
             near.empty() ? "There are `count`, `seen`, `sum`, `last`, `since last`, `idle`, `rate` and `link`."
                          : fmt::format("Did you mean `{}`?", near)),
      name.span(), name.text(), near);
  return broken();
}

ExprId Checker::release(Node node, const Scope& scope, const Type* expected) {
  const ExprId inner = expression(node.child(Kind::expression), scope, expected);
  const Expr expr = program_.exprs[inner];
  const auto because = plain_text(node.child(Kind::text));
  if (expr.type.broken() || !because) return inner;
  if (expr.labels.empty()) {
    report(Code::nothing_to_release, expr.place, "nothing here is private, sensitive or protected", "carries no label",
           "Leave out `release` and its reason.");
    return inner;
  }
  if (because->find_first_not_of(" \t\n") == std::string::npos) {
    report(Code::missing_clause, place(node.child(Kind::text)), "a release says why, and this reason is empty",
           "no reason", "Write what allows it: it stands in every report.");
    return inner;
  }
  program_.module.releases.push_back({.text = source_text(node.child(Kind::expression)),
                                      .labels = expr.labels,
                                      .because = *because,
                                      .file = files_[expr.place.file].path(),
                                      .line = line(place(node))});
  return add({.op = Op::release, .type = expr.type, .place = place(node), .args = {inner}, .path = expr.path});
}

}  // namespace fairlead::compiler
