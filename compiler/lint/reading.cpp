// What lints share.
#include "compiler/lint/reading.hpp"

namespace fairlead::compiler::lint {

Diagnostic& Findings::add(Code code, Place at, std::string message, std::string label, std::string help) {
  out_.push_back(
      {code, find(code)->level, std::move(message), {at.file, at.span, std::move(label)}, {}, std::move(help)});
  return out_.back();
}

void Findings::instead_of(Code code, Place within) {
  std::erase_if(out_, [&](const Diagnostic& d) {
    return d.code == code && d.primary.file == within.file && within.span.begin <= d.primary.span.begin &&
           d.primary.span.end <= within.span.end;
  });
}

Place place_of(const Subject& subject, Node node) {
  return {static_cast<std::uint32_t>(&node.tree().source() - subject.files.data()), node.span()};
}

grammar::Nodes declarations(const Subject& subject, Kind kind) {
  grammar::Nodes out;
  for (const Node& node : subject.heads) {
    if (node.is(kind)) out.push_back(node);
  }
  return out;
}

namespace {

/// Goes through the tokens of a node.
class Tokens {
 public:
  explicit Tokens(Node node)
      : tree_(&node.tree()), next_(node.index() + 1 - tree_->nodes()[node.index()].subtree), last_(node.index()) {}
  std::optional<std::string_view> next() {
    for (; next_ <= last_; ++next_) {
      const grammar::TreeNode& node = tree_->nodes()[next_];
      if (node.subtree != 1) continue;
      ++next_;
      return tree_->source().text({node.begin, node.end});
    }
    return std::nullopt;
  }

 private:
  const grammar::Tree* tree_;
  std::uint32_t next_, last_;
};

}  // namespace

std::string words(Node node) {
  std::string out;
  Tokens tokens(node);
  while (const auto token = tokens.next()) {
    if (!out.empty()) out += ' ';
    out += *token;
  }
  return out;
}

bool same_words(Node a, Node b) {
  Tokens left(a);
  Tokens right(b);
  for (;;) {
    const auto one = left.next();
    if (one != right.next()) return false;
    if (!one) return true;
  }
}

std::optional<ExprId> meaning_id(const Subject& subject, Node expression) {
  if (!expression) return std::nullopt;
  const ExprId found = subject.program.meaning(place_of(subject, expression).file, expression);
  return found == no_expr ? std::nullopt : std::optional(found);
}

const Expr* meaning(const Subject& subject, Node expression) {
  const std::optional<ExprId> id = meaning_id(subject, expression);
  return id ? &subject.program.exprs[*id] : nullptr;
}

grammar::Nodes steps_of(Node block) {
  grammar::Nodes out;
  if (!block) return out;
  for (const Node& node : block.children()) {
    if (node.kind() != Kind::symbol) out.push_back(node);
  }
  return out;
}

bool is_empty(Node block) {
  return block.tree().nodes()[block.index()].subtree <= 3;  // the braces, and itself
}

grammar::Nodes blocks_of(Node step) {
  grammar::Nodes out;
  if (step.is(Kind::send) || step.is(Kind::wait) || step.is(Kind::set) || step.is(Kind::stop)) return out;
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
