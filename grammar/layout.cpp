// From the tree to items and pieces: which spaces stand between tokens, where a line may break, what is aligned.
#include "grammar/layout.hpp"

#include <algorithm>

namespace fairlead::grammar {

namespace {

// Levels of line breaks. Each pair of parentheses begins a new band, deeper than all that is outside of it.
constexpr unsigned reason_level = 1;  // before `when`, `otherwise`, `because`
constexpr unsigned band(unsigned depth) {
  return 2 + 4 * depth;
}
constexpr unsigned comma_level(unsigned depth) {
  return band(depth);
}
constexpr unsigned or_level(unsigned depth) {
  return band(depth) + 1;
}
constexpr unsigned and_level(unsigned depth) {
  return band(depth) + 2;
}
constexpr unsigned bar_level(unsigned depth) {
  return band(depth) + 3;
}

bool is_leaf(const Node& node) {
  return node.tree().nodes()[node.index()].subtree == 1;
}

enum class Align { nothing, first_word, name };

/// What the items of a block in this parent are aligned by.
Align alignment(const Node& parent) {
  switch (parent.kind()) {
    case Kind::project:
    case Kind::goal:
    case Kind::score:
    case Kind::channel:
    case Kind::request:
    case Kind::workflow:
    case Kind::test:
    case Kind::variant:
    case Kind::one_of:
    case Kind::model: return Align::first_word;
    case Kind::record:
    case Kind::event:
    case Kind::policy:
    case Kind::clause:  // the slots of a channel
    case Kind::given:
    case Kind::argument:
    case Kind::test_case:
    case Kind::type: return Align::name;
    default: return Align::nothing;
  }
}

bool may_share_a_line(const Node& parent) {
  switch (parent.kind()) {
    case Kind::event:
    case Kind::role:
    case Kind::variant:
    case Kind::one_of:
    case Kind::model:
    case Kind::clause:
    case Kind::given:
    case Kind::argument:
    case Kind::test_case:
    case Kind::type: return true;
    default: return false;
  }
}

/// `3   days` is one token; its blanks are as free as those between tokens.
std::string canonical_duration(std::string_view token) {
  const std::size_t blank = token.find(' ');
  return std::string(token.substr(0, blank)) + std::string(token.substr(token.rfind(' ')));
}

std::size_t head_of(const Item& item, Align align) {
  const auto& pieces = item.pieces;
  if (align == Align::first_word) {
    if (pieces[0].text == "steps") return 0;
    return pieces.size() > 2 && pieces[0].text == "time" && pieces[1].text == "zone" ? 2 : 1;
  }
  if (align == Align::name) {
    // `name:` or `key name:`
    for (std::size_t i = 1; i < std::min<std::size_t>(pieces.size(), 3); ++i) {
      if (pieces[i].text == ":") return i + 1;
    }
  }
  return 0;
}

/// `case`, its name, its values, and what it expects.
std::vector<std::size_t> columns_of(const Item& item) {
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i < item.pieces.size(); ++i) {
    if (item.pieces[i].block || item.pieces[i - 1].block) out.push_back(i);
  }
  return out;
}

/// Where the marks of a field begin among its pieces; 0 where it has none, or is more than a line.
std::size_t marks_of(const Node& field, const Item& item) {
  std::size_t words = 0;
  const Nodes children = field.children();
  for (std::size_t i = children.size(); i-- > 0;) {
    const bool mark = children[i].is(Kind::word) || children[i].is(Kind::readiness);
    if (!mark || i == 0) break;  // `key` comes first
    words += children[i].is(Kind::readiness) ? children[i].children().size() : 1;
  }
  return words > 0 && words < item.pieces.size() ? item.pieces.size() - words : 0;
}

class Reader {
 public:
  explicit Reader(const Tree& tree) : tree_(tree), text_(tree.source().text()) {}

  Layout file() {
    Layout layout;
    for (const Node& declaration : tree_.root().children()) layout.declarations.push_back({item(declaration), false});
    layout.before_end = gap_to(static_cast<std::uint32_t>(text_.size()));
    return layout;
  }

 private:
  const Tree& tree_;
  std::string_view text_;
  std::uint32_t at_ = 0;  // the end of the last token
  bool tight_ = false;    // no space after the last token
  unsigned pending_ = 0;  // the level of the break that may come before the next piece

  Gap gap_to(std::uint32_t begin) {
    const bool file_start = at_ == 0;
    return read_gap(text_.substr(at_, begin - at_), file_start);
  }

  Item item(const Node& node) {
    Item out;
    pending_ = 0;
    add(out, node, 0);
    return out;
  }

  void add(Item& out, const Node& node, unsigned depth) {
    if (node.is(Kind::text)) {
      Piece& piece = push(out, node, true);
      piece.text = quoted(node);
      at_ = node.span().end;
    } else if (node.is(Kind::wait_up_to)) {
      add_wait(out, node);
    } else if (is_leaf(node)) {
      add_token(out, node, true);
    } else {
      add_children(out, node, depth);
    }
  }

  Piece& push(Item& out, const Node& node, bool space) {
    Piece piece;
    piece.gap = gap_to(node.span().begin);
    piece.space = space && !tight_ && !out.pieces.empty();
    piece.level = out.pieces.empty() ? 0 : pending_;
    tight_ = false;
    pending_ = 0;
    out.pieces.push_back(std::move(piece));
    return out.pieces.back();
  }

  void add_token(Item& out, const Node& node, bool space) {
    const std::string_view token = node.text();
    const bool symbol = node.is(Kind::symbol);
    constexpr std::string_view hugging_left[] = {",", ":", ")", "]", "?", "."};
    constexpr std::string_view hugging_right[] = {"(", "[", "."};
    const auto among = [&](const auto& tokens) {
      return symbol && std::find(std::begin(tokens), std::end(tokens), token) != std::end(tokens);
    };
    if (among(hugging_left)) {
      space = false;
      pending_ = 0;
    }
    push(out, node, space).text = node.is(Kind::duration) ? canonical_duration(token) : std::string(token);
    tight_ = among(hugging_right);
    at_ = node.span().end;
  }

  void add_children(Item& out, const Node& node, unsigned depth) {
    const Nodes children = node.children();
    const Kind kind = node.kind();
    // A rule of a policy begins with its name; the limit of a workflow, with a keyword, is read within one line.
    const bool breaks_at_reasons = kind == Kind::rule && children.front().is(Kind::name);
    bool operand_next = true;  // of an expression: a `-` here is a prefix
    bool between = false;      // of an expression: the next `and` belongs to `between`
    for (const Node& child : children) {
      if (child.is(Kind::block) || child.is(Kind::record_type)) {
        add_block(out, child, node);
        continue;
      }
      if (breaks_at_reasons &&
          (child.is(Kind::clause) || child.is(Kind::otherwise) || child.is(Kind::because) || child.is(Kind::waivable)))
        pending_ = reason_level;
      if (child.is(")") || child.is("]")) --depth;
      bool prefix = false;
      if (kind == Kind::expression) {
        if (child.is("or")) pending_ = or_level(depth);
        if (child.is("and") && !between) pending_ = and_level(depth);
        if (child.is("between") || child.is("and")) between = child.is("between");
        prefix = operand_next && child.is("-");
        operand_next = (child.is(Kind::word) || child.is(Kind::symbol)) && !child.is("exists") && !child.is("true") &&
                       !child.is("false") && !child.is("none");
      }
      const bool arguments = child.is("(") && (kind == Kind::call || kind == Kind::content || kind == Kind::action);
      if (is_leaf(child)) {
        add_token(out, child, !arguments);
      } else {
        add(out, child, depth);
      }
      if (prefix || (kind == Kind::point && (child.is("+") || child.is("-")))) tight_ = true;
      if (child.is("(") || child.is("[")) ++depth;
      if (child.is(",")) pending_ = comma_level(depth);
      if (child.is("|")) pending_ = bar_level(depth);
    }
  }

  /// `wait up to` and its arms.
  void add_wait(Item& out, const Node& node) {
    bool in_otherwise = false;
    for (const Node& child : node.children()) {
      if (child.is(Kind::arm)) {
        out.arms.push_back({item(child), false});
      } else if (in_otherwise) {
        add_block(out.arms.back().item, child, node);
      } else if (child.is("otherwise")) {
        in_otherwise = true;
        out.arms.push_back({item(child), false});
      } else {
        add(out, child, 0);
      }
    }
  }

  void add_block(Item& out, const Node& node, const Node& parent) {
    auto block = std::make_unique<Block>();
    const Nodes children = node.children();
    Piece& piece = push(out, node, true);
    at_ = children.front().span().end;
    const Align align = alignment(parent);
    block->one_line = node.text().find('\n') == std::string_view::npos;
    block->may_share = may_share_a_line(parent);
    block->keeps_rows = parent.is(Kind::plan);
    for (std::size_t i = 1; i + 1 < children.size(); ++i) {
      if (children[i].is(",")) {
        block->entries.back().comma = true;
        at_ = children[i].span().end;
        continue;
      }
      block->entries.push_back({item(children[i]), false});
      Item& added = block->entries.back().item;
      if (children[i].is(Kind::test_case)) {
        added.columns = columns_of(added);
      } else {
        added.head = head_of(added, align);
      }
      if (parent.is(Kind::record)) added.marks = marks_of(children[i], added);
    }
    block->before_close = gap_to(children.back().span().begin);
    at_ = node.span().end;
    tight_ = false;
    pending_ = 0;
    piece.block = std::move(block);
  }

  /// A text in its quotes. The blanks in its holes are put in order where they are only blanks.
  std::string quoted(const Node& node) {
    const Nodes children = node.children();
    if (children.front().text().size() > 1 || !plain_holes(node)) return std::string(node.text());
    std::string out;
    for (const Node& child : children) {
      at_ = child.span().begin;
      if (child.is(Kind::hole)) {
        Item hole;
        tight_ = true;
        for (const Node& part : child.children()) {
          if (part.is("}")) tight_ = true;
          add(hole, part, 0);
          if (part.is("{")) tight_ = true;
        }
        for (const Piece& piece : hole.pieces) out += (piece.space ? " " : "") + piece.text;
      } else {
        out += child.text();
      }
    }
    tight_ = false;
    return out;
  }

  bool plain_holes(const Node& node) const {
    const auto& nodes = tree_.nodes();
    std::uint32_t last = node.span().begin;
    for (std::uint32_t i = node.index() + 1 - nodes[node.index()].subtree; i < node.index(); ++i) {
      if (nodes[i].subtree != 1) continue;
      const std::string_view gap = text_.substr(last, nodes[i].begin - last);
      if (gap.find_first_not_of(" \t") != std::string_view::npos) return false;
      last = nodes[i].end;
    }
    return true;
  }
};

}  // namespace

Gap read_gap(std::string_view text, bool file_start) {
  Gap gap;
  unsigned breaks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') ++breaks;
    if (text[i] != '/') continue;
    std::size_t end = std::min(text.find('\n', i), text.size());
    const std::size_t next = end;
    while (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == '\r') --end;
    const bool first = file_start && gap.comments.empty();
    gap.comments.push_back({std::string(text.substr(i, end - i)), breaks > 0 || first, breaks > 1});
    breaks = 0;
    i = next - 1;
  }
  gap.blank = breaks > 1;
  return gap;
}

Layout read_layout(const Tree& tree) {
  return Reader(tree).file();
}

}  // namespace fairlead::grammar
