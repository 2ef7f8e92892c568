// Operands: literals, lists and texts with holes. What names and functions mean stands in paths.cpp and calls.cpp.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

namespace {

bytecode::Constant text_constant(std::string text) {
  return {.tag = Tag::text, .units = 0, .text = std::move(text), .items = {}};
}
bytecode::Constant plain(Tag tag, int128 units) {
  return {.tag = tag, .units = units, .text = {}, .items = {}};
}

}  // namespace

ExprId Checker::operand_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  const auto broken = [&] { return constant(at, Type{}, {}); };
  switch (node.kind()) {
    case Kind::number:
    case Kind::percent: {
      const auto value = number(node);
      return value ? constant(at, Type::of(TypeKind::number), plain(Tag::number, value->units())) : broken();
    }
    case Kind::money: {
      const auto value = money(node);
      return value ? constant(at, Type::of(FieldType{.kind = TypeKind::money, .currency = value->second}),
                              plain(Tag::money, value->first.units()))
                   : broken();
    }
    case Kind::duration: {
      const auto value = duration(node);
      return value ? constant(at, Type::of(TypeKind::duration), plain(Tag::duration, value->ms)) : broken();
    }
    case Kind::instant: {
      const auto value = parse_instant(node.text());
      if (value) return constant(at, Type::of(TypeKind::instant), plain(Tag::instant, value->ms));
      report(Code::not_a_literal, at, fmt::format("`{}` is not an instant", node.text()), "no such instant",
             "Write it like 2026-11-23T09:00Z, or with its distance to UTC: 2026-11-23T09:00+01:00.");
      return broken();
    }
    case Kind::date: {
      const auto value = parse_date(node.text());
      if (value) return constant(at, Type::of(TypeKind::date), plain(Tag::date, value->day));
      report(Code::not_a_literal, at, fmt::format("`{}` is not a date of the calendar", node.text()), "no such day",
             "A date is written year-month-day, like 2026-11-23.");
      return broken();
    }
    case Kind::time: {
      const auto value = time(node);
      return value ? constant(at, Type::of(TypeKind::time), plain(Tag::time, value->second)) : broken();
    }
    case Kind::word:
      if (node.is("none")) return constant(at, Type{Type::Form::absent, {}}, {});
      return constant(at, Type::of(TypeKind::boolean), plain(Tag::boolean, node.is("true") ? 1 : 0));
    case Kind::text: return text(node, scope, expected);
    case Kind::group: return expression(node.child(Kind::expression), scope, expected);
    case Kind::list: return list_of(node, scope, expected);
    case Kind::call: return call_of(node, scope);
    case Kind::path: return path_of(node, scope, expected);
    case Kind::since: return since_of(node, scope);
    case Kind::release: return release(node, scope, expected);
    default: return broken();
  }
}

ExprId Checker::list_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  Type element;
  if (expected != nullptr && expected->is(TypeKind::list)) element = Type::of(expected->field.element.front());
  bytecode::Constant list{.tag = Tag::list, .units = 0, .text = {}, .items = {}};
  bool sound = true;
  bool fixed = true;
  Args items;
  if (const Node record = node.child(Kind::block)) {
    report(Code::type_mismatch, place(record), "a list holds single values, not records", "a record",
           "Name the part that matters, like its key, and list that.");
    return constant(at, Type{}, {});
  }
  for (const Node& item : node.children(Kind::expression)) {
    const ExprId id = expression(item, scope, element.broken() ? nullptr : &element);
    const Expr& expr = program_.exprs[id];
    if (expr.type.broken()) {
      sound = false;
      continue;
    }
    if (expr.type.optional()) {
      absent(expr, scope, "", "");
      sound = false;
      continue;
    }
    if (element.broken()) element = expr.type;
    if (!agrees(expr.type, element)) {
      report(Code::type_mismatch, expr.place,
             fmt::format("the items of a list are of one kind, but this is {}", described(expr.type)),
             fmt::format("the others: {}", described(element)), "Write all of them in one way.");
      sound = false;
      continue;
    }
    fixed = fixed && expr.op == Op::constant;
    if (expr.op == Op::constant) list.items.push_back(expr.constant());
    items.push_back(id);
  }
  if (!sound) return constant(at, Type{}, {});
  if (element.broken()) {
    report(Code::type_mismatch, at, "nothing can be in an empty list", "nothing in it",
           "Write what it holds: `[\"NO\", \"SE\"]`.");
    return constant(at, Type{}, {});
  }
  FieldType type{.kind = TypeKind::list};
  type.element.push_back(element.field);
  // Each item that is made when it is asked wants a register.
  constexpr std::size_t most = 64;
  if (!fixed && element.is(TypeKind::list)) {
    report(Code::type_mismatch, at, "a list in a list holds fixed values only", "not fixed", "");
    return constant(at, Type{}, {});
  }
  if (!fixed && items.size() > most) {
    report(Code::too_complex, at, fmt::format("a list whose values are not fixed holds {} of them at most", most),
           fmt::format("{} values", items.size()), "Split the question, joined by `or`.");
    return constant(at, Type{}, {});
  }
  if (!fixed)
    return add({.op = Op::list, .type = Type::of(std::move(type)), .place = at, .args = std::move(items), .path = {}});
  return constant(at, Type::of(std::move(type)), std::move(list));
}

ExprId Checker::text(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  std::vector<ExprId> parts;
  bool sound = true;
  std::string fixed;
  for (const Node& part : node.children()) {
    if (part.kind() == Kind::chunk) {
      const std::string chunk = unescape(part);
      fixed += chunk;
      parts.push_back(constant(place(part), Type::of(TypeKind::text), text_constant(chunk)));
    } else if (part.kind() == Kind::hole) {
      const std::optional<ExprId> value = shown(part, scope);
      sound = sound && value;
      if (value) parts.push_back(as_text(*value));
    }
  }
  if (!sound) return constant(at, Type{}, {});
  const bool holes = static_cast<bool>(node.child(Kind::hole));
  if (!holes) {
    Type type = Type::of(TypeKind::text);
    if (expected != nullptr && expected->form == Type::Form::value) {
      // A literal may be a country, an address, a zone: it is checked here, once and for all.
      const TypeKind kind = expected->field.kind;
      if (kind == TypeKind::timezone || kind == TypeKind::country || kind == TypeKind::email ||
          kind == TypeKind::phone || kind == TypeKind::url || kind == TypeKind::html) {
        Arena arena;
        if (!parse_value(fixed, present(*expected).field, arena)) {
          report(Code::not_a_literal, at, fmt::format("\"{}\" is not {}", fixed, described(present(*expected))),
                 kind == TypeKind::country    ? "unknown country"
                 : kind == TypeKind::timezone ? "unknown zone"
                                              : "",
                 kind == TypeKind::country ? "A country is its code of two letters (ISO 3166), like \"NO\" or \"US\"."
                 : kind == TypeKind::timezone
                     ? "A time zone is its IANA name, like \"Europe/Oslo\" or \"America/New_York\"."
                 : kind == TypeKind::phone ? "A phone number begins with `+` and its country, like \"+4722000000\"."
                 : kind == TypeKind::url   ? "A web address begins with https://."
                 : kind == TypeKind::email ? "An e-mail address is written like \"ana@acme.example\"."
                                           : "");
          return constant(at, Type{}, {});
        }
        type = Type::of(kind);
      } else if (kind == TypeKind::enumeration) {
        const auto& members = expected->field.members;
        const bool known = std::find(members.begin(), members.end(), fixed) != members.end();
        grammar::Diagnostic& said =
            report(Code::type_mismatch, at, "a value to choose from is written without quotes", "a text",
                   known ? fmt::format("Write `{}`.", fixed) : fmt::format("It can be {}.", listed(members)));
        if (known) said.mend(at.span, std::string(fixed), grammar::Sure::yes);
        return constant(at, Type{}, {});
      }
    }
    return constant(at, type, text_constant(fixed));
  }
  return joined(std::move(parts), at);
}

}  // namespace fairlead::compiler
