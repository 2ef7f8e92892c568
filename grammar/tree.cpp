// Walking the post-order tree.
#include "grammar/tree.hpp"

namespace fairlead::grammar {

bool Node::is(std::string_view token) const {
  if (tree_ == nullptr) return false;
  const TreeNode& node = tree_->nodes()[index_];
  return (node.kind == Kind::word || node.kind == Kind::symbol) && node.end - node.begin == token.size() &&
         text() == token;
}

template <class Act>
void Node::each_back(const Act& act) const {
  // In post-order the last child stands just before its parent, and each earlier one before the whole
  // subtree of the next.
  if (tree_ == nullptr) return;
  const auto& nodes = tree_->nodes();
  const std::uint32_t first = index_ + 1 - nodes[index_].subtree;
  for (std::uint32_t next = index_; next > first;) {
    const std::uint32_t child = next - 1;
    act(Node(*tree_, child));
    next = child + 1 - nodes[child].subtree;
  }
}

Nodes Node::children() const {
  // Counted first, so that there is at most one allocation and nothing to turn round.
  std::size_t count = 0;
  each_back([&](const Node&) { ++count; });
  Nodes out(count);
  each_back([&](const Node& c) { out[--count] = c; });
  return out;
}

Node Node::child(Kind k) const {
  Node out;
  each_back([&](const Node& c) {
    if (c.kind() == k) out = c;
  });
  return out;
}

Nodes Node::children(Kind k) const {
  std::size_t count = 0;
  each_back([&](const Node& c) { count += c.kind() == k ? 1 : 0; });
  Nodes out(count);
  if (count == 0) return out;
  each_back([&](const Node& c) {
    if (c.kind() == k) out[--count] = c;
  });
  return out;
}

bool Node::has(std::string_view token) const {
  bool out = false;
  each_back([&](const Node& c) { out = out || c.is(token); });
  return out;
}

Node Node::after(std::string_view token) const {
  Node out;
  Node next;
  each_back([&](const Node& c) {
    if (next && c.is(token)) out = next;
    next = c;
  });
  return out;
}

}  // namespace fairlead::grammar
