// Reads silences from the comments, which lie in the gaps between the leaves of the trees.
#include "compiler/lint/silence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::compiler::lint {

using grammar::Code;
using grammar::Node;
using grammar::Severity;
using grammar::Source;
using grammar::Span;

namespace {

constexpr std::string_view opening = "// lint off";

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The line of the next leaf that begins behind `offset`.
std::uint32_t next_line(const Source& source, const std::vector<Span>& leaves, std::uint32_t offset) {
  const auto next = std::lower_bound(leaves.begin(), leaves.end(), offset,
                                     [](Span leaf, std::uint32_t at) { return leaf.begin < at; });
  return next == leaves.end() ? 0 : source.line(next->begin);
}

class Reader {
 public:
  Reader(const Subject& subject, std::vector<grammar::Diagnostic>& diagnostics, std::vector<Silence>& out)
      : subject_(subject), diagnostics_(diagnostics), out_(out) {}

  void read(std::uint32_t file, Node root) {
    const Source& source = subject_.files[file];
    if (source.text().find(opening) == std::string_view::npos) return;  // as in most files
    std::vector<Span> leaves;
    for (const grammar::TreeNode& node : root.tree().nodes()) {
      if (node.subtree == 1 && node.end > node.begin) leaves.push_back({node.begin, node.end});
    }
    std::uint32_t from = 0;
    for (std::size_t i = 0; i <= leaves.size(); ++i) {
      const auto to = i < leaves.size() ? leaves[i].begin : static_cast<std::uint32_t>(source.text().size());
      if (to > from) gap(file, source, leaves, {from, to});
      if (i < leaves.size()) from = leaves[i].end;
    }
  }

 private:
  void gap(std::uint32_t file, const Source& source, const std::vector<Span>& leaves, Span gap) {
    const std::string_view text = source.text().substr(0, gap.end);  // not to search all that follows
    for (std::size_t at = text.find("//", gap.begin); at < gap.end; at = text.find("//", at)) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (text.substr(at, end - at).starts_with(opening)) {
        const std::uint32_t line = source.line(static_cast<std::uint32_t>(at));
        const std::string_view before = source.line_text(line).substr(0, at - source.line_start(line));
        comment(file, {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)},
                blank(before) ? next_line(source, leaves, static_cast<std::uint32_t>(end)) : line);
      }
      at = end;
    }
  }

  void comment(std::uint32_t file, Span span, std::uint32_t line) {
    const std::string_view text = subject_.files[file].text(span);
    const std::size_t colon = std::min(text.find(':'), text.size());
    const bool reason = colon < text.size() && !blank(text.substr(colon + 1));
    bool any = false;
    for (std::size_t at = opening.size(); at < colon;) {
      const std::size_t begin = text.find_first_not_of(" ,\t", at);
      if (begin >= colon) break;
      const std::size_t end = std::min({text.find_first_of(" ,\t", begin), colon, text.size()});
      const Place place{file,
                        {span.begin + static_cast<std::uint32_t>(begin), span.begin + static_cast<std::uint32_t>(end)}};
      name(std::string(text.substr(begin, end - begin)), place, line, reason || any);
      any = true;
      at = end;
    }
    if (!any)
      say({file, span}, "this silence names no lint", "silences what?",
          "Write it like `// lint off long_subject: why`.");
  }

  void name(std::string name, Place place, std::uint32_t line, bool explained) {
    Silence silence{.name = std::move(name), .place = place, .line = line};
    if (find(silence.name) == nullptr) {
      silence.sound = false;
      say(place, fmt::format("there is no lint called `{}`", silence.name), "unknown", suggestion(silence.name));
    } else if (!explained) {
      silence.sound = false;
      say(place, fmt::format("`{}` is silenced without a reason", silence.name), "no reason",
          fmt::format("Whoever reads it next will ask: `// lint off {}: …`.", silence.name));
    }
    out_.push_back(std::move(silence));
  }

  void say(Place at, std::string message, std::string label, std::string help) {
    diagnostics_.push_back({Code::unused_silence,
                            Severity::warning,
                            std::move(message),
                            {at.file, at.span, std::move(label)},
                            {},
                            std::move(help)});
  }

  const Subject& subject_;
  std::vector<grammar::Diagnostic>& diagnostics_;
  std::vector<Silence>& out_;
};

}  // namespace

std::vector<Silence> silences(const Subject& subject, std::vector<grammar::Diagnostic>& diagnostics) {
  std::vector<Silence> out;
  Reader reader(subject, diagnostics, out);
  for (const Node& tree : subject.trees) {
    const auto file = static_cast<std::uint32_t>(&tree.tree().source() - subject.files.data());
    if (file < subject.own) reader.read(file, tree);
  }
  return out;
}

}  // namespace fairlead::compiler::lint
