// How the checks say what they found, in sentences that several of them share.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Node;
using grammar::Severity;

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", name);
  return out;
}

Place Checker::place(Node node) const {
  // Trees borrow their source from the list of files.
  return {static_cast<std::uint32_t>(&node.tree().source() - files_.data()), node.span()};
}

grammar::Span Checker::with_blanks(Place at) const {
  const std::string_view text = files_[at.file].text();
  return {at.span.begin, static_cast<std::uint32_t>(std::min(text.find_first_not_of(" \t", at.span.end), text.size()))};
}

Diagnostic& Checker::report(Code code, Place at, std::string message, std::string label, std::string help) {
  while (help.ends_with(' ')) help.pop_back();
  diagnostics_.push_back(
      {code, Severity::error, std::move(message), {at.file, at.span, std::move(label)}, {}, std::move(help)});
  return diagnostics_.back();
}

Diagnostic& Checker::warn(Code code, Place at, std::string message, std::string label, std::string help) {
  Diagnostic& d = report(code, at, std::move(message), std::move(label), std::move(help));
  d.severity = Severity::warning;
  return d;
}

void Checker::mend_near(Diagnostic& said, grammar::Span span, std::string_view found, std::string_view near) {
  if (near.empty()) return;
  said.mend(span, std::string(near), grammar::same_word(found, near) ? grammar::Sure::yes : grammar::Sure::no);
}

void Checker::not_supported(Node node, std::string_view what) {
  report(Code::not_supported, place(node),
         fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", what),
         "not supported yet", "docs/language/runs.md lists what this version carries out.");
}

bool Checker::once(std::map<std::string, Place>& seen, const std::string& what, Node node) {
  const auto [at, fresh] = seen.emplace(what, place(node));
  if (fresh) return true;
  Diagnostic& d = report(Code::repeated_clause, place(node), fmt::format("`{}` stands here twice", what),
                         "the second one", "Keep one of them.");
  d.secondary.push_back({at->second.file, at->second.span, "the first one"});
  return false;
}

namespace {

bool is_operator(std::string_view symbol) {
  constexpr std::string_view single = "<>+*/=";
  if (symbol.size() == 1) return single.find(symbol[0]) != std::string_view::npos;
  return symbol == "==" || symbol == "!=" || symbol == "<=" || symbol == ">=";
}

}  // namespace

std::string Checker::source_text(Node node) const {
  // Written in one way, whatever blanks the author chose: it names counters, rules and features.
  std::string out;
  const auto& nodes = node.tree().nodes();
  const std::string_view text = node.tree().source().text();
  std::uint32_t last = node.span().begin;
  std::string_view before;  // the symbol before, where it is one
  for (std::uint32_t i = node.index() + 1 - nodes[node.index()].subtree; i <= node.index(); ++i) {
    if (nodes[i].subtree != 1) continue;
    const std::string_view token = text.substr(nodes[i].begin, nodes[i].end - nodes[i].begin);
    const std::string_view symbol = nodes[i].kind == grammar::Kind::symbol ? token : std::string_view{};
    const bool wide = is_operator(before) || is_operator(symbol) || before == ",";
    const bool tight = before == "(" || before == "[" || symbol == ")" || symbol == "]" || symbol == ",";
    if (!out.empty() && !tight && (wide || nodes[i].begin > last)) out += ' ';
    out += token;
    last = nodes[i].end;
    before = symbol;
  }
  return out;
}

std::string Checker::source_of(Place at) const {
  constexpr std::size_t most = 48;
  const std::string_view text = files_[at.file].text(at.span);
  return text.size() > most || text.find('\n') != std::string_view::npos ? "…" : std::string(text);
}

void Checker::absent(const Expr& expr, const Scope& scope, std::string message, std::string help) {
  const std::string value = source_of(expr.place);
  if (message.empty())
    message = expr.type.form == Type::Form::absent
                  ? "`none` is never there, so it cannot be used here"
                  : fmt::format("`{}` may be absent, and a value is needed here", value);
  if (help.empty() && expr.type.form != Type::Form::absent) {
    help = expr.path.empty()
               ? fmt::format("Say what stands in for it: `({} or …)`.", value)
               : fmt::format("Say what stands in for it: `({} or …)`. Or ask first: `if {} exists {{ … }}`.", value,
                             value);
  }
  Diagnostic& d = report(Code::optional_used, expr.place, std::move(message),
                         expr.type.form == Type::Form::absent ? "never there" : "may be absent", std::move(help));
  if (const Place* passed = scope.stale.find(expr.path)) {
    const bool held = files_[passed->file].text(passed->span).starts_with("send");
    d.secondary.push_back({passed->file, passed->span,
                           held ? "a rule may put this message off, and it may have gone meanwhile"
                                : "time passes here: it was there before, and may have gone since"});
  }
}

void Checker::unlike(const Expr& expr, const Type& wanted) {
  const Type found = expr.type;
  const std::string value = source_of(expr.place);
  const TypeKind kind = wanted.field.kind;
  std::string help;
  if (found.form == Type::Form::absent) {
    help = "Only what is declared with `?` may be `none`.";
  } else if (kind == TypeKind::boolean) {
    if (found.is(TypeKind::number)) help = fmt::format("Compare it with something: `{} > 0`.", value);
    if (found.is(TypeKind::enumeration))
      help = fmt::format("Ask for one of its values: `{} is {}`.", value, found.field.members.front());
    if (found.is(TypeKind::text)) help = fmt::format("Compare it with something: `{} == \"…\"`.", value);
  } else if (found.is(TypeKind::number)) {
    if (kind == TypeKind::duration) help = fmt::format("Say the unit: `{} days`.", value);
    if (kind == TypeKind::money) help = fmt::format("Say the currency: `{} {}`.", wanted.field.currency, value);
    if (kind == TypeKind::text)
      help = fmt::format("Put it in a text: \"{}\".", value.find_first_not_of("0123456789._%") == std::string::npos
                                                          ? value
                                                          : fmt::format("{{{}}}", value));
  } else if (kind == TypeKind::list) {
    help = "A list is written like `[\"NO\", \"SE\"]`.";
  } else if (kind == TypeKind::money && found.is(TypeKind::money)) {
    report(Code::mixed_money, expr.place,
           fmt::format("a sum in {} is wanted here, but this is {}", wanted.field.currency, described(found)),
           "another currency", "Keep each sum in its own currency, or convert it before it is taken in.");
    return;
  }
  const std::string want = kind == TypeKind::boolean ? "a condition" : described(present(wanted));
  Diagnostic& said =
      report(Code::type_mismatch, expr.place, fmt::format("{} is wanted here, but this is {}", want, described(found)),
             fmt::format("not {}", want), std::move(help));
  if (found.is(TypeKind::number) && kind == TypeKind::duration)
    said.mend(expr.place.span, fmt::format("{} days", value), grammar::Sure::no);
  if (found.is(TypeKind::number) && kind == TypeKind::money)
    said.mend(expr.place.span, fmt::format("{} {}", wanted.field.currency, value), grammar::Sure::no);
}

}  // namespace fairlead::compiler
