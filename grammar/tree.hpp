// The lossless syntax tree: every token is a leaf, whitespace and comments are the gaps between leaves, so the text can
// be given back byte for byte. Nodes lie in one vector in post-order; a node's subtree ends at itself.
#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/diagnostic.hpp"
#include "grammar/source.hpp"

namespace fairlead::grammar {

enum class Kind : std::uint8_t {
  // tokens
  word,    // a keyword
  symbol,  // punctuation or an operator
  name,
  number,
  percent,
  money,
  duration,
  instant,
  date,
  time,
  chunk,  // a stretch of text inside quotes
  quote,  // the quotes themselves
  // expressions
  text,
  hole,
  path,
  call,
  argument,
  list,
  group,
  since,
  release,
  expression,
  // types
  type,
  enumeration,
  record_type,
  list_type,
  // declarations
  file,
  use,
  project,
  clause,
  record,
  field,
  type_alias,
  event,
  segment,
  goal,
  channel,
  content,
  parameter,
  variant,
  slot,
  file_text,
  one_of,
  named_text,
  generated,
  model,
  policy,
  rule,
  workflow,
  trigger,
  steps,
  test,
  simulate,
  given,
  role,
  team,
  member,
  score,
  band,
  points,
  point,
  action,
  connector,
  request,
  receive,
  callback,
  // steps
  send,
  wait,
  wait_up_to,
  arm,
  if_step,
  choose,
  option,
  set,
  stop,
  do_step,
  let,
  assign,
  approve,
  repeat,
  for_each,
  split,
  plan,
  stage,
  play,
  allocate,
  follow,
  // parts shared by several
  block,
  recipient_channel,
  because,
  otherwise,
  reaction,
  expect,
  readiness,
  effect,
  share,
  waivable,
  waiver,
  rate,
  approval,
  best_hour,
  // of tests and simulations
  outcome,
  test_case,
  portion,
  // where the text could not be read
  error,
  unclosed,
};

struct TreeNode {
  std::uint32_t begin = 0, end = 0;
  std::uint32_t subtree = 1;  // nodes in it, itself included
  Kind kind = Kind::word;
};

class Tree;
class Node;

/// Most nodes have few children, and are asked for them often: these lie on the stack.
using Nodes = absl::InlinedVector<Node, 8>;

/// A place in the tree. Cheap to copy; borrows the tree.
class Node {
 public:
  Node() = default;
  Node(const Tree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}

  explicit operator bool() const { return tree_ != nullptr; }
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] Span span() const;
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] const Tree& tree() const { return *tree_; }
  [[nodiscard]] bool is(Kind k) const { return tree_ != nullptr && kind() == k; }
  /// A keyword or symbol with this text.
  [[nodiscard]] bool is(std::string_view token) const;

  [[nodiscard]] Nodes children() const;
  /// A token: without children.
  [[nodiscard]] bool leaf() const;
  /// The first child of the kind; empty where there is none.
  [[nodiscard]] Node child(Kind k) const;
  [[nodiscard]] Nodes children(Kind k) const;
  /// Whether a direct child is this keyword or symbol.
  [[nodiscard]] bool has(std::string_view token) const;
  /// The child that follows this keyword or symbol among the children; empty where there is none.
  [[nodiscard]] Node after(std::string_view token) const;

 private:
  /// The children from the last to the first, which is how they are found.
  template <class Act>
  void each_back(const Act& act) const;

  const Tree* tree_ = nullptr;
  std::uint32_t index_ = 0;
};

class Tree {
 public:
  Tree(const Source& source, std::vector<TreeNode> nodes) : source_(&source), nodes_(std::move(nodes)) {}

  [[nodiscard]] Node root() const { return {*this, static_cast<std::uint32_t>(nodes_.size() - 1)}; }
  [[nodiscard]] const std::vector<TreeNode>& nodes() const { return nodes_; }
  [[nodiscard]] const Source& source() const { return *source_; }

 private:
  const Source* source_;
  std::vector<TreeNode> nodes_;
};

// Asked millions of times in a large project, so they are worth being inlined.
inline Kind Node::kind() const {
  return tree_->nodes()[index_].kind;
}
inline Span Node::span() const {
  const TreeNode& node = tree_->nodes()[index_];
  return {node.begin, node.end};
}
inline std::string_view Node::text() const {
  return tree_->source().text(span());
}
inline bool Node::leaf() const {
  return tree_->nodes()[index_].subtree == 1;
}

/// Never fails: where the text cannot be read, the tree has error nodes and `diagnostics` says why, once for each
/// mistake. `file` is the index that diagnostics carry. The source must outlive the tree.
struct Parsed {
  Tree tree;
  std::vector<Diagnostic> diagnostics;
};
Parsed parse(const Source& source, std::uint32_t file);

/// The same for the text of a template: a tree of chunks and holes. `\{{` in a chunk stands for two braces.
Parsed parse_template(const Source& source, std::uint32_t file);

/// How many rules of the grammar could loop without consuming anything (PEGTL's analyze); 0 is right.
std::size_t grammar_problems();

}  // namespace fairlead::grammar
