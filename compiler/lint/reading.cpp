// What lints share.
#include "compiler/lint/reading.hpp"

namespace fairlead::compiler::lint {

Diagnostic& Findings::add(Code code, Place at, std::string message, std::string label, std::string help) {
  out_.push_back(
      {code, find(code)->level, std::move(message), {at.file, at.span, std::move(label)}, {}, std::move(help)});
  return out_.back();
}

Place place_of(const Subject& subject, Node node) {
  return {static_cast<std::uint32_t>(&node.tree().source() - subject.files.data()), node.span()};
}

std::vector<Node> declarations(const Subject& subject, Kind kind) {
  std::vector<Node> out;
  for (const Node& tree : subject.trees) {
    if (!own(subject, place_of(subject, tree))) continue;
    for (const Node& node : tree.children(kind)) out.push_back(node);
  }
  return out;
}

std::string words(Node node) {
  const auto& nodes = node.tree().nodes();
  std::string out;
  for (std::uint32_t i = node.index() + 1 - nodes[node.index()].subtree; i <= node.index(); ++i) {
    if (nodes[i].subtree != 1) continue;
    if (!out.empty()) out += ' ';
    out += node.tree().source().text({nodes[i].begin, nodes[i].end});
  }
  return out;
}

std::optional<ExprId> meaning_id(const Subject& subject, Node expression) {
  if (!expression) return std::nullopt;
  const auto found = subject.program.expressions.find(node_key(place_of(subject, expression).file, expression.index()));
  return found == subject.program.expressions.end() ? std::nullopt : std::optional(found->second);
}

const Expr* meaning(const Subject& subject, Node expression) {
  const std::optional<ExprId> id = meaning_id(subject, expression);
  return id ? &subject.program.exprs[*id] : nullptr;
}

std::vector<Node> steps_of(Node block) {
  std::vector<Node> out;
  if (!block) return out;
  for (const Node& node : block.children()) {
    if (node.kind() != Kind::symbol) out.push_back(node);
  }
  return out;
}

std::vector<Node> blocks_of(Node step) {
  std::vector<Node> out;
  for (const Node& child : step.children()) {
    switch (child.kind()) {
      case Kind::block:
        if (step.kind() != Kind::choose) {
          out.push_back(child);
          break;
        }
        for (const Node& option : child.children(Kind::option)) out.push_back(option.child(Kind::block));
        break;
      case Kind::arm: out.push_back(child.child(Kind::block)); break;
      case Kind::if_step:
        for (const Node& block : blocks_of(child)) out.push_back(block);
        break;
      default: break;
    }
  }
  return out;
}

std::string fixed_text(Node text) {
  std::string out;
  for (const Node& part : text.children(Kind::chunk)) out += part.text();
  return out;
}

}  // namespace fairlead::compiler::lint
