// Walking the post-order tree.
#include "grammar/tree.hpp"

#include <algorithm>

namespace fairlead::grammar {

Kind Node::kind() const { return tree_->nodes()[index_].kind; }

Span Node::span() const {
  const TreeNode& node = tree_->nodes()[index_];
  return {node.begin, node.end};
}

std::string_view Node::text() const { return tree_->source().text(span()); }

bool Node::is(std::string_view token) const {
  return tree_ != nullptr && (kind() == Kind::word || kind() == Kind::symbol) && text() == token;
}

std::vector<Node> Node::children() const {
  // In post-order the last child stands just before its parent, and each earlier one before the whole
  // subtree of the next.
  std::vector<Node> out;
  const auto& nodes = tree_->nodes();
  const std::uint32_t first = index_ + 1 - nodes[index_].subtree;
  for (std::uint32_t next = index_; next > first;) {
    const std::uint32_t child = next - 1;
    out.emplace_back(*tree_, child);
    next = child + 1 - nodes[child].subtree;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Node Node::child(Kind k) const {
  if (tree_ == nullptr) return {};
  for (const Node& c : children()) {
    if (c.kind() == k) return c;
  }
  return {};
}

std::vector<Node> Node::children(Kind k) const {
  if (tree_ == nullptr) return {};
  std::vector<Node> out = children();
  std::erase_if(out, [k](const Node& c) { return c.kind() != k; });
  return out;
}

bool Node::has(std::string_view token) const {
  if (tree_ == nullptr) return false;
  const std::vector<Node> all = children();
  return std::any_of(all.begin(), all.end(), [token](const Node& c) { return c.is(token); });
}

Node Node::after(std::string_view token) const {
  if (tree_ == nullptr) return {};
  const std::vector<Node> all = children();
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i].is(token)) return all[i + 1];
  }
  return {};
}

}  // namespace fairlead::grammar
