// What a slot says from a file: a template, HTML or plain. Its holes are checked in the scope of the content that names
// it, and in HTML escaped by the place where they stand.
#include "compiler/checker.hpp"
#include "compiler/encoding.hpp"
#include "compiler/html_places.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

using bytecode::Escape;

namespace {

enum class Ending { html, plain, other };

Ending ending(std::string_view name) {
  if (name.ends_with(".html") || name.ends_with(".htm")) return Ending::html;
  return name.ends_with(".txt") ? Ending::plain : Ending::other;
}

/// The chunk as it will be sent: `\{{` stands for two braces.
std::string unescaped(std::string_view chunk) {
  std::string out;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    if (chunk.substr(i).starts_with("\\{{")) continue;
    out += chunk[i];
  }
  return out;
}

bytecode::Constant text_constant(std::string text) {
  return {.tag = Tag::text, .units = 0, .text = std::move(text), .items = {}};
}

}  // namespace

ExprId Checker::file_text(Node node, const SlotForm& form, const Scope& scope) {
  const Place at = place(node.child(Kind::text));
  const auto broken = [&] { return constant(at, Type{}, {}); };
  const auto refuse = [&](Code code, std::string message, std::string label, std::string help) {
    report(code, at, std::move(message), std::move(label), std::move(help));
    return broken();
  };
  const std::optional<std::string> name = plain_text(node.child(Kind::text));
  if (!name) return broken();
  const Ending kind = ending(*name);
  if (kind == Ending::other)
    return refuse(Code::not_a_template, "a template is a file whose name ends in `.html` or `.txt`", "another kind",
                  "HTML stands in a file like \"demo_invite.html\", plain text in one like \"demo_invite.txt\".");
  if (form.kind == TypeKind::url)
    return refuse(Code::type_mismatch, fmt::format("`{}` is a web address, which does not stand in a file", form.name),
                  "a file", fmt::format("Write the address itself: `{} \"https://acme.example/demo\"`.", form.name));
  if (kind == Ending::html && form.kind == TypeKind::text)
    return refuse(Code::type_mismatch, fmt::format("`{}` is plain text, and its readers would see the tags", form.name),
                  "HTML", "Put the text into a file whose name ends in `.txt`.");

  const tl::expected<Templates::Opened, Unread> opened = templates_.open(files_[at.file], *name);
  if (!opened) {
    switch (opened.error()) {
      case Unread::absent:
        return refuse(Code::unreadable_file, fmt::format("the file \"{}\" cannot be read", *name), "no such file",
                      "A file is looked for beside the .lead file that names it. Check its name, and that you may read "
                      "it.");
      case Unread::outside:
        return refuse(Code::outside_project, fmt::format("\"{}\" does not lie in the project's folder", *name),
                      "outside of the project",
                      "Copy the file into the project, and name it as it lies from here, like \"mails/demo.html\".");
      case Unread::too_large:
        return refuse(Code::not_a_template,
                      fmt::format("the file \"{}\" is larger than {} KiB", *name, longest_template / 1024), "too large",
                      "Pictures are linked, not put into the text: `<img src=\"https://…\">`.");
    }
  }
  if (opened->fresh) {
    const std::vector<Diagnostic>& mistakes = opened->parsed->diagnostics;
    if (const auto bad = invalid_utf8(files_[opened->file].text())) {
      diagnostics_.push_back(not_utf8(opened->file, *bad));
    } else {
      diagnostics_.insert(diagnostics_.end(), mistakes.begin(), mistakes.end());
    }
  }
  if (!opened->parsed->diagnostics.empty() || invalid_utf8(files_[opened->file].text())) return broken();
  return kind == Ending::html ? html_template(opened->parsed->tree, at, scope)
                              : plain_template(opened->parsed->tree, form, at, scope);
}

ExprId Checker::plain_template(const grammar::Tree& tree, const SlotForm& form, Place at, const Scope& scope) {
  std::vector<ExprId> parts;
  std::string fixed;
  const bool html = form.kind == TypeKind::html;
  bool sound = true;
  const grammar::Nodes all = tree.root().children();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Node& part = all[i];
    if (part.is(Kind::chunk)) {
      std::string chunk = unescaped(part.text());
      // A file ends with a line break that nobody means.
      if (i + 1 == all.size() && chunk.ends_with('\n')) chunk.pop_back();
      if (i + 1 == all.size() && chunk.ends_with('\r')) chunk.pop_back();
      fixed += chunk;
      const ExprId text = constant(place(part), Type::of(TypeKind::text), text_constant(chunk));
      parts.push_back(html ? escaped(text, Escape::lines) : text);
      continue;
    }
    const std::optional<ExprId> value = shown(part, scope);
    sound = sound && value;
    if (!value) continue;
    const bool raw = !html || program_.exprs[*value].type.is(TypeKind::html);
    parts.push_back(raw ? as_text(*value) : escaped(as_text(*value), Escape::lines));
  }
  if (!sound) return constant(at, Type{}, {});
  length(fixed, form, at);
  if (parts.empty()) return constant(at, Type::of(TypeKind::text), text_constant(""));
  return joined(std::move(parts), at);
}

ExprId Checker::html_template(const grammar::Tree& tree, Place at, const Scope& scope) {
  std::vector<ExprId> parts;
  HtmlPlaces html;
  bool sound = true;
  for (const Node& part : tree.root().children()) {
    if (part.is(Kind::chunk)) {
      const std::string chunk = unescaped(part.text());
      html.read(chunk);
      parts.push_back(constant(place(part), Type::of(TypeKind::text), text_constant(chunk)));
      continue;
    }
    using Where = HtmlHole::Kind;
    const HtmlHole hole = html.hole();
    if (hole.kind == Where::refused) {
      refuse_hole(part, hole.where, hole.help);
      sound = false;
      continue;
    }
    const std::optional<ExprId> value = shown(part, scope);
    sound = sound && value;
    if (!value) continue;
    const Expr& expr = program_.exprs[*value];
    if (expr.type.is(TypeKind::html) && hole.kind != Where::text) {
      report(Code::type_mismatch, expr.place, "HTML can stand between tags, but not here", "HTML",
             "Show a text here, or move the hole between two tags.");
      sound = false;
    } else if (hole.kind == Where::address && !expr.type.is(TypeKind::url)) {
      report(Code::type_mismatch, expr.place,
             fmt::format("a web address is wanted here, but this is {}", described(expr.type)), "not a web address",
             "Declare the field as `Url`, write `link(\"https://…\")`, or begin with a fixed address: "
             "`https://acme.example/{{ … }}`.");
      sound = false;
    } else if (expr.type.is(TypeKind::html)) {
      parts.push_back(as_text(*value));
    } else {
      const Escape form = hole.kind == Where::text      ? Escape::text
                          : hole.kind == Where::address ? Escape::address
                          : hole.kind == Where::part    ? Escape::part
                                                        : Escape::attribute;
      parts.push_back(escaped(as_text(*value), form));
    }
  }
  if (!sound) return constant(at, Type{}, {});
  if (parts.empty()) return constant(at, Type::of(TypeKind::text), text_constant(""));
  return joined(std::move(parts), at);
}

}  // namespace fairlead::compiler
