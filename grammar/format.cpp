// The formatter's front: reads, lays out, and makes sure that nothing but blanks has changed.
#include "grammar/format.hpp"

#include <algorithm>

#include "grammar/layout.hpp"

namespace fairlead::grammar {

namespace {

/// The comments of a file in their order.
std::vector<std::string> comments(const Tree& tree) {
  std::vector<std::string> out;
  std::uint32_t at = 0;
  const auto read = [&](std::uint32_t begin) {
    for (Comment& comment : read_gap(tree.source().text({at, begin}), at == 0).comments) {
      out.push_back(std::move(comment.text));
    }
  };
  for (const TreeNode& node : tree.nodes()) {
    if (node.subtree != 1 || node.kind == Kind::file) continue;
    read(node.begin);
    at = node.end;
  }
  read(static_cast<std::uint32_t>(tree.source().text().size()));
  return out;
}

/// A token's text, without the blanks that a duration may hold.
std::string text_of(const Tree& tree, const TreeNode& node) {
  std::string out(tree.source().text({node.begin, node.end}));
  if (node.kind == Kind::duration) std::erase(out, ' ');
  return out;
}

}  // namespace

std::string lay_out(const Tree& tree) {
  return typeset(read_layout(tree));
}

bool same_but_for_blanks(const Tree& a, const Tree& b) {
  const auto same = [&](const TreeNode& x, const TreeNode& y) {
    return x.kind == y.kind && x.subtree == y.subtree &&
           (x.subtree > 1 || x.kind == Kind::file || text_of(a, x) == text_of(b, y));
  };
  return std::equal(a.nodes().begin(), a.nodes().end(), b.nodes().begin(), b.nodes().end(), same) &&
         comments(a) == comments(b);
}

std::optional<std::string> format(const Source& source) {
  const Parsed parsed = parse(source, 0);
  if (!parsed.diagnostics.empty()) return std::nullopt;
  const Source out(source.path(), lay_out(parsed.tree));
  const Parsed again = parse(out, 0);
  // A layout that changes more than blanks would be a mistake of the formatter: then the author's own text stays.
  if (!again.diagnostics.empty() || !same_but_for_blanks(parsed.tree, again.tree)) return std::string(source.text());
  return std::string(out.text());
}

}  // namespace fairlead::grammar
