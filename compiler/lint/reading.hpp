// What lints share: how they say what they found, and how they go through a project.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint/lints.hpp"

namespace fairlead::compiler::lint {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

/// Takes what a lint has to say; its level is settled afterwards.
class Findings {
 public:
  explicit Findings(std::vector<Diagnostic>& out) : out_(out) {}
  Diagnostic& add(Code code, Place at, std::string message, std::string label, std::string help);
  /// Takes back what was found of this code within a stretch of source: somebody has more to say of it.
  void instead_of(Code code, Place within);

 private:
  std::vector<Diagnostic>& out_;
};

Place place_of(const Subject& subject, Node node);
inline bool own(const Subject& subject, Place at) {
  return at.file < subject.own;
}

/// The declarations of a kind in the project's own files.
grammar::Nodes declarations(const Subject& subject, Kind kind);

/// The tokens of a node, with one blank between: two that say the same say it in the same words.
std::string words(Node node);

/// Whether these are the same.
bool same_words(Node a, Node b);

/// What an expression node means; null where it was not read as one.
const Expr* meaning(const Subject& subject, Node expression);
std::optional<ExprId> meaning_id(const Subject& subject, Node expression);

/// Calls `act` on the node and everything in it, parents first.
template <class Act>
void each_node(Node node, const Act& act) {
  // In post-order a subtree is one stretch of nodes that ends at its root.
  const std::uint32_t first = node.index() + 1 - node.tree().nodes()[node.index()].subtree;
  for (std::uint32_t i = node.index() + 1; i > first; --i) act(Node(node.tree(), i - 1));
}

/// The same for every node of the project's own files.
template <class Act>
void each_own_node(const Subject& subject, const Act& act) {
  for (const Node& tree : subject.trees) {
    if (own(subject, place_of(subject, tree))) each_node(tree, act);
  }
}

/// The steps in a block of them.
grammar::Nodes steps_of(Node block);
/// Whether it has none: nothing between its braces.
bool is_empty(Node block);
/// The blocks of steps that a step has.
grammar::Nodes blocks_of(Node step);

/// The fixed stretches of a text, joined; holes are left out.
std::string fixed_text(Node text);

}  // namespace fairlead::compiler::lint
