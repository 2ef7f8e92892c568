// What the formatter knows of a file before it chooses lines: items made of pieces, blocks made of items, and the
// comments and blank lines that stood between them. The formatter's own; nobody else includes it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "grammar/tree.hpp"

namespace fairlead::grammar {

struct Comment {
  std::string text;
  bool own_line = false;      // nothing but blanks before it
  bool blank_before = false;  // an empty line before it
};

/// What stood between two tokens.
struct Gap {
  std::vector<Comment> comments;
  bool blank = false;  // an empty line after the comments, just before the token
};

/// Reads the stretch between two tokens. `file_start`: nothing stands before it.
Gap read_gap(std::string_view text, bool file_start);

struct Block;

/// A token, a whole text in quotes, or a block.
struct Piece {
  std::string text;
  Gap gap;             // before it
  bool space = false;  // one space before it, where it shares a line with the piece before
  /// 0: no line may begin here. Else one may if need be, and a lower level breaks first: it is the outer one.
  unsigned level = 0;
  std::unique_ptr<Block> block;
};

struct Entry;

/// What stands on lines of its own: a declaration, a field, a clause, a step.
struct Item {
  std::vector<Piece> pieces;
  /// The arms of a wait: items one step deeper, without braces around them.
  std::vector<Entry> arms;
  /// What follows this many pieces starts in one column with its neighbours; 0 where nothing is aligned.
  std::size_t head = 0;
  /// Of a row of a table: where its columns after the first begin, in pieces. Neighbours with as many share them.
  std::vector<std::size_t> columns;
  /// The same of the marks at the end of a field: `private`, `complete 98%`.
  std::size_t marks = 0;
};

struct Entry {
  Item item;
  bool comma = false;
};

struct Block {
  std::vector<Entry> entries;
  Gap before_close;
  bool one_line = false;    // as the author wrote it
  bool may_share = false;   // several entries may share a line, with commas
  bool keeps_rows = false;  // entries that end in a comma stay on one line with the next
};

/// A whole file.
struct Layout {
  std::vector<Entry> declarations;
  Gap before_end;
};

/// From the tree, which must be free of errors.
Layout read_layout(const Tree& tree);

/// Chooses the lines.
std::string typeset(const Layout& layout);

}  // namespace fairlead::grammar
