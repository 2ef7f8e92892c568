// What a slot says: a text in quotes, which is plain, or a file. What is plain becomes HTML where the slot is HTML.
#include "compiler/address_place.hpp"
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

using bytecode::Escape;

namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

ExprId Checker::as_text(ExprId value) {
  return add({.op = Op::to_text,
              .type = Type::of(TypeKind::text),
              .place = program_.exprs[value].place,
              .args = {value},
              .path = {}});
}

ExprId Checker::escaped(ExprId text, Escape form) {
  return add({.op = Op::escape,
              .type = Type::of(TypeKind::text),
              .place = program_.exprs[text].place,
              .args = {text},
              .ref = static_cast<Index>(form),
              .path = {}});
}

std::optional<ExprId> Checker::shown(Node hole, const Scope& scope) {
  const ExprId id = expression(hole.child(Kind::expression), scope, nullptr);
  const Expr& expr = program_.exprs[id];
  if (expr.type.broken()) return std::nullopt;
  if (expr.type.optional()) {
    const std::string value = source_of(expr.place);
    const bool never = expr.type.form == Type::Form::absent;
    const bool template_hole = hole.text().starts_with("{{");
    absent(expr, scope, never ? "" : fmt::format("`{}` may be absent, and the text would have a gap", value),
           never           ? ""
           : template_hole ? fmt::format("Say what stands there then: `{{{{ {} or \"…\" }}}}`.", value)
                           : fmt::format("Say what stands there then: `{{{} or \"…\"}}`.", value));
    return std::nullopt;
  }
  if (expr.type.is(TypeKind::boolean) || expr.type.is(TypeKind::list)) {
    report(Code::not_text, expr.place, fmt::format("a text cannot show what is {}", described(expr.type)),
           "cannot be shown", "Show a text, a number, a sum, a date or a choice.");
    return std::nullopt;
  }
  return id;
}

ExprId Checker::joined(std::vector<ExprId> parts, Place at) {
  // Each part of a joined text wants a register; a long text is joined in groups.
  constexpr std::size_t most = 64;
  const auto join = [&](auto begin, auto end) {
    return add({.op = Op::concat, .type = Type::of(TypeKind::text), .place = at, .args = {begin, end}, .path = {}});
  };
  while (parts.size() > most) {
    std::vector<ExprId> groups;
    for (std::size_t i = 0; i < parts.size(); i += most) {
      const auto begin = parts.begin() + static_cast<std::ptrdiff_t>(i);
      groups.push_back(join(begin, begin + static_cast<std::ptrdiff_t>(std::min(most, parts.size() - i))));
    }
    parts = std::move(groups);
  }
  return join(parts.begin(), parts.end());
}

void Checker::length(const std::string& fixed, const SlotForm& form, Place at) {
  const std::size_t found = characters(fixed);
  if (form.at_most == 0 || found <= form.at_most) return;
  report(Code::text_too_long, at,
         fmt::format("`{}` takes at most {} characters, and this text has {}", form.name, form.at_most, found),
         fmt::format("{} too many", found - form.at_most), "Shorten it. What stands in holes is not counted here.");
}

ExprId Checker::slot_text(Node node, const SlotForm& form, const Scope& scope) {
  const Place at = place(node);
  if (node.is(Kind::file_text)) return file_text(node, form, scope);
  const std::size_t before = diagnostics_.size();
  const bool holes = static_cast<bool>(node.child(Kind::hole));
  const Type url = Type::of(TypeKind::url);
  const ExprId out = form.kind == TypeKind::html  ? quoted_html(node, scope)
                     : form.kind != TypeKind::url ? text(node, scope, nullptr)
                     : holes                      ? address_text(node, scope)
                                                  : text(node, scope, &url);
  if (diagnostics_.size() == before) {
    std::string fixed;
    for (const Node& chunk : node.children(Kind::chunk)) fixed += unescape(chunk);
    length(fixed, form, at);
  }
  return out;
}

ExprId Checker::quoted_html(Node node, const Scope& scope) {
  const Place at = place(node);
  std::vector<ExprId> parts;
  bool sound = true;
  for (const Node& part : node.children()) {
    if (part.is(Kind::chunk)) {
      const std::string fixed = unescape(part);
      const ExprId chunk =
          constant(place(part), Type::of(TypeKind::text), {.tag = Tag::text, .units = 0, .text = fixed, .items = {}});
      parts.push_back(fixed.find_first_of("&<>\n") == std::string::npos ? chunk : escaped(chunk, Escape::lines));
    } else if (part.is(Kind::hole)) {
      const std::optional<ExprId> value = shown(part, scope);
      sound = sound && value;
      if (!value) continue;
      const bool html = program_.exprs[*value].type.is(TypeKind::html);
      parts.push_back(html ? as_text(*value) : escaped(as_text(*value), Escape::lines));
    }
  }
  if (!sound) return constant(at, Type{}, {});
  if (parts.empty())
    return constant(at, Type::of(TypeKind::text), {.tag = Tag::text, .units = 0, .text = {}, .items = {}});
  return parts.size() == 1 ? parts.front() : joined(std::move(parts), at);
}

ExprId Checker::address_text(Node node, const Scope& scope) {
  const Place at = place(node);
  AddressPlace address;
  std::vector<ExprId> parts;
  bool sound = true;
  for (const Node& part : node.children()) {
    if (part.is(Kind::chunk)) {
      const std::string fixed = unescape(part);
      address.read(fixed);
      parts.push_back(
          constant(place(part), Type::of(TypeKind::text), {.tag = Tag::text, .units = 0, .text = fixed, .items = {}}));
    } else if (part.is(Kind::hole)) {
      const AddressPlace::Hole where = address.hole();
      const std::optional<ExprId> value = shown(part, scope);
      sound = sound && value;
      if (!value) continue;
      const bool url = program_.exprs[*value].type.is(TypeKind::url);
      if (where == AddressPlace::Hole::open || (where == AddressPlace::Hole::whole && !url)) {
        refuse_hole(part, "where it could change where the address leads",
                    "Begin with a fixed address, up to the `/` after its host: `https://acme.example/{…}`.");
        sound = false;
        continue;
      }
      parts.push_back(where == AddressPlace::Hole::whole ? as_text(*value) : escaped(as_text(*value), Escape::part));
    }
  }
  if (!sound) return constant(at, Type{}, {});
  const ExprId out = joined(std::move(parts), at);
  program_.exprs[out].type = Type::of(TypeKind::url);
  return out;
}

void Checker::refuse_hole(Node hole, std::string_view where, std::string help) {
  report(Code::unsafe_hole, place(hole), fmt::format("a hole cannot stand {}", where), "not safe here",
         std::move(help));
}

}  // namespace fairlead::compiler
