// Fingerprints: of what a finding is about, and not of where in the file it stands.
#include "compiler/report/findings.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>

#include "grammar/tree.hpp"
#include "runtime/values/hash.hpp"

namespace fairlead::compiler::report {

using grammar::Diagnostic;
using grammar::Kind;
using grammar::Label;
using grammar::Node;

namespace {

/// The tokens of a project's own files, read when they are first asked for.
class Tokens {
 public:
  explicit Tokens(const Compiled& compiled) : compiled_(compiled), parsed_(compiled.own) {}

  /// The keyword and the name of the declaration around a place.
  std::string declaration(const Label& at) {
    if (at.file >= parsed_.size()) return {};
    std::string out;
    for (const Node& node : tree(at.file).root().children()) {
      if (node.span().begin > at.span.begin || node.span().end < at.span.begin) continue;
      out.clear();
      for (const Node& part : node.children()) {
        // A test is called by a text, everything else by a name.
        if (part.is(Kind::word) && out.empty()) out = part.text();
        if (!part.is(Kind::name) && !part.is(Kind::text)) continue;
        out += " ";
        out += part.text();
        break;
      }
    }
    return out;
  }

  /// What stands at a place, the same however it is laid out: without blanks, comments, and the commas that a line
  /// break replaces.
  std::string text(const Label& at) {
    std::string out;
    if (at.file < parsed_.size()) {
      for (const grammar::TreeNode& node : tree(at.file).nodes()) {
        const bool within = node.begin >= at.span.begin && node.end <= at.span.end;
        if (node.subtree != 1 || !within) continue;
        const std::string_view token = compiled_.files[at.file].text({node.begin, node.end});
        if (token == ",") continue;
        out += token;
        out += ' ';
      }
    }
    if (!out.empty() || at.file >= compiled_.files.size()) return out;
    // Templates, and what could not be read.
    const std::string_view raw = compiled_.files[at.file].text(at.span);
    std::copy_if(raw.begin(), raw.end(), std::back_inserter(out),
                 [](char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; });
    return out;
  }

 private:
  const grammar::Tree& tree(std::uint32_t file) {
    if (!parsed_[file]) parsed_[file] = grammar::parse(compiled_.files[file], file);
    return parsed_[file]->tree;
  }

  const Compiled& compiled_;
  std::vector<std::optional<grammar::Parsed>> parsed_;
};

/// The names that a message gives in backquotes: which rule, of which effect. Its other words may become better ones,
/// and which of several alike it is may change with any of them.
std::string names_in(const std::string& message) {
  static const std::regex which(R"( \(\d+ of \d+\))");
  std::string out;
  bool inside = false;
  for (const char c : message) {
    if (c == '`') inside = !inside;
    if (inside) out += c;
  }
  return std::regex_replace(out, which, "");
}

std::string path_in_project(const Compiled& compiled, const std::string& path) {
  if (compiled.folder.empty()) return path;
  const std::filesystem::path relative = std::filesystem::path(path).lexically_normal().lexically_relative(
      std::filesystem::path(compiled.folder).lexically_normal());
  return relative.empty() || *relative.begin() == ".." ? path : relative.generic_string();
}

}  // namespace

Findings::Findings(const Compiled& found) : compiled(&found) {
  Tokens tokens(found);
  std::map<std::string, unsigned> alike;
  for (const Diagnostic& d : found.diagnostics) {
    Finding one{.diagnostic = &d, .fingerprint = {}, .path = {}, .declaration = tokens.declaration(d.primary)};
    if (d.primary.file < found.files.size()) one.path = path_in_project(found, found.files[d.primary.file].path());
    const std::string code = grammar::to_string(d.code), names = names_in(d.message), text = tokens.text(d.primary);
    const auto print = [&](const std::string& number) {
      return short_hex(sha256({code, one.path, one.declaration, names, text, number}), 16);
    };
    // Of those that are alike, the first of the file is the first.
    one.fingerprint = print(std::to_string(alike[print("")]++));
    all.push_back(std::move(one));
  }
}

std::size_t Findings::fresh(grammar::Severity severity) const {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Finding& f) { return !f.known && f.diagnostic->severity == severity; }));
}

std::size_t Findings::known() const {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Finding& f) { return f.known; }));
}

void Findings::only_new() {
  std::erase_if(all, [](const Finding& f) { return f.known; });
}

}  // namespace fairlead::compiler::report
