// Holes of a template that cannot be read.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/syntax_error.hpp"
#include "grammar/vocabulary.hpp"

namespace fairlead::grammar {

namespace {

constexpr std::string_view brace_help = "Two braces that should be read as they are, are written `\\{{`.";

Diagnostic explain(const Tree& tree, const TreeNode& node, const SyntaxError& error, std::uint32_t file) {
  const std::string_view text = tree.source().text();
  const auto say = [&](Code code, std::uint32_t begin, std::uint32_t end, std::string message, std::string label,
                       std::string help) {
    return Diagnostic{code, Severity::error, std::move(message), {file, {begin, end}, std::move(label)},
                      {},   std::move(help)};
  };
  std::uint32_t at = std::max(error.furthest, node.begin + 2);
  while (at < node.end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) ++at;
  if (!text.substr(node.begin, node.end - node.begin).ends_with("}}")) {
    return say(Code::unclosed_text, node.begin, node.begin + 2, "this `{{` is not closed", "opened here",
               fmt::format("Close it with `}}}}`. {}", brace_help));
  }
  if (at + 2 >= node.end) {
    return say(Code::syntax, node.begin, node.end, "something is missing in this hole of the template",
               "the hole ends too early",
               fmt::format("Name what stands there, like `{{{{ contact.country }}}}`. {}", brace_help));
  }
  if (text[at] == '|') {
    return say(Code::other_notation, at, at + 1, "what stands there when the value is absent comes after `or`",
               "write `or`", "Like `{{ contact.first_name or \"there\" }}`.");
  }
  if (text[at] == '#' || text[at] == '%' || text[at] == '/' || text[at] == '>' || text[at] == '^') {
    return say(Code::other_notation, at, at + 1, "a template has no conditions and loops of its own",
               "not expected here",
               "A hole holds one value, like `{{ contact.first_name or \"there\" }}`. What depends on a condition is a "
               "content of its own, chosen by an `if` in the workflow.");
  }
  std::uint32_t stop = at;
  while (stop < node.end && is_word_char(text[stop])) ++stop;
  if (stop == at) ++stop;
  return say(Code::syntax, at, stop,
             fmt::format("`{}` cannot be read here, in a hole of the template", text.substr(at, stop - at)),
             "not expected here",
             fmt::format("Between `{{{{` and `}}}}` stands a value, like `{{{{ contact.country }}}}`. {}", brace_help));
}

}  // namespace

std::vector<Diagnostic> explain_template_errors(const Tree& tree, const std::vector<SyntaxError>& errors,
                                                std::uint32_t file) {
  std::vector<Diagnostic> out;
  for (const TreeNode& node : tree.nodes()) {
    if (node.kind != Kind::error) continue;
    const auto at = std::find_if(errors.rbegin(), errors.rend(),
                                 [&](const SyntaxError& error) { return error.begin == node.begin; });
    if (at != errors.rend()) out.push_back(explain(tree, node, *at, file));
  }
  return out;
}

}  // namespace fairlead::grammar
