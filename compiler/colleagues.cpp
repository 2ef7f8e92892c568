// Who works on the project: roles that decide, and teams to whom contacts are assigned.
#include <tuple>

#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

std::optional<std::string> Checker::address(Node text) {
  const auto written = plain_text(text);
  if (!written) return std::nullopt;
  Arena arena;
  if (parse_value(*written, {.kind = TypeKind::email}, arena)) return written;
  report(Code::not_a_literal, place(text), fmt::format("\"{}\" is not an e-mail address", *written), "not an address",
         "A colleague is known by an address, like \"ana@acme.example\".");
  return std::nullopt;
}

void Checker::role(Node node, Index index) {
  std::map<std::string, Place> seen;
  std::vector<std::string> members;
  const grammar::Nodes texts = node.child(Kind::block).children(Kind::text);
  for (const Node& text : texts) {
    auto member = address(text);
    if (member && once(seen, *member, text)) members.push_back(std::move(*member));
  }
  if (texts.empty()) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("nobody is in the role `{}`", program_.module.roles[index].name), "empty",
           "Name its people: `{ \"ana@acme.example\", \"lee@acme.example\" }`.");
  }
  program_.module.roles[index].members = std::move(members);
}

void Checker::team(Node node, Index index) {
  const std::string name = program_.module.teams[index].name;
  std::map<std::string, Place> seen;
  std::vector<bytecode::Member> members;
  const Type boolean = Type::of(TypeKind::boolean);
  const grammar::Nodes lines = node.child(Kind::block).children(Kind::member);
  for (const Node& line : lines) {
    const Node text = line.child(Kind::text);
    const auto who = address(text);
    if (!who || !once(seen, *who, text)) continue;
    bytecode::Member member{.address = *who};
    if (const auto capacity = whole(line.child(Kind::number), 1'000'000, "contacts")) member.capacity = *capacity;
    if (const auto per = period(line.after("per"))) std::tie(member.per, member.within) = *per;
    if (const Node when = line.child(Kind::expression))
      member.when = function(when, Scope{}, &boolean, fmt::format("team {} {} when", name, *who));
    members.push_back(std::move(member));
  }
  if (lines.empty()) {
    report(Code::missing_clause, place(node.child(Kind::name)), fmt::format("nobody is in the team `{}`", name),
           "empty", "Name its people: `\"kim@acme.example\" capacity 30 per week`.");
  }
  program_.module.teams[index].members = std::move(members);
}

}  // namespace fairlead::compiler
