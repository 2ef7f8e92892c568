// From items and pieces to lines: what fits on one line, where a long one breaks, what is aligned, which comments and
// blank lines are kept. Decides by the tokens, never by the author's blanks inside of an item: so a second run finds
// nothing to change.
#include <algorithm>
#include <optional>

#include "grammar/layout.hpp"

namespace fairlead::grammar {

namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t block_step = 2;
constexpr std::size_t continuation_step = 4;

/// In code points; continuation bytes of UTF-8 are not columns.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

bool many_lines(std::string_view text) {
  return text.find('\n') != std::string_view::npos;
}

std::size_t first_line_width(std::string_view text) {
  return width(text.substr(0, text.find('\n')));
}

void new_line(std::string& out, std::size_t indent) {
  out += '\n';
  out.append(indent, ' ');
}

bool empty(const Block& block) {
  return block.entries.empty() && block.before_close.comments.empty();
}

std::optional<std::string> on_one_line(const Item& item);

std::optional<std::string> on_one_line(const Block& block) {
  if (empty(block)) return "{ }";
  if (!block.one_line) return std::nullopt;
  std::string out = "{";
  for (std::size_t i = 0; i < block.entries.size(); ++i) {
    const Entry& entry = block.entries[i];
    if (i > 0 && (!block.may_share || !block.entries[i - 1].comma)) return std::nullopt;
    const std::optional<std::string> item = on_one_line(entry.item);
    if (!item) return std::nullopt;
    out += " " + *item + (entry.comma ? "," : "");
  }
  return out + " }";
}

/// The pieces [first, last), the blank before the first included.
std::optional<std::string> on_one_line(const Item& item, std::size_t first, std::size_t last) {
  if (!item.arms.empty()) return std::nullopt;
  std::string out;
  for (std::size_t i = first; i < last; ++i) {
    const Piece& piece = item.pieces[i];
    if ((i > 0 && !piece.gap.comments.empty()) || many_lines(piece.text)) return std::nullopt;
    if (piece.space) out += ' ';
    if (piece.block) {
      const std::optional<std::string> block = on_one_line(*piece.block);
      if (!block) return std::nullopt;
      out += *block;
    } else {
      out += piece.text;
    }
  }
  return out;
}

std::optional<std::string> on_one_line(const Item& item) {
  return on_one_line(item, 0, item.pieces.size());
}

enum class Among { declarations, entries, rows };
void write_entries(std::string& out, const std::vector<Entry>& entries, std::size_t indent, Among among);

/// The comments before a token or a closing brace, and the lines between them. The token itself is the caller's.
/// `opening`: the line before opens a block, so no empty line follows it.
void write_comments(std::string& out, const Gap& gap, std::size_t indent, bool opening) {
  for (const Comment& comment : gap.comments) {
    if (!comment.own_line) {
      out += "  " + comment.text;
      continue;
    }
    if (comment.blank_before && !opening) out += '\n';
    if (!out.empty()) new_line(out, indent);
    out += comment.text;
    opening = false;
  }
}

/// Whether the pieces from `i` up to the next place where a line may break as well fit on the line at `column`.
bool fits(const Item& item, std::size_t i, std::size_t column, std::size_t tail) {
  for (std::size_t j = i; j < item.pieces.size(); ++j) {
    const Piece& piece = item.pieces[j];
    if (j > i && (!piece.gap.comments.empty() || (piece.level > 0 && piece.level <= item.pieces[i].level))) {
      return column <= line_width;
    }
    column += piece.space ? 1 : 0;
    if (piece.block) {
      column += empty(*piece.block) ? 3 : 1;
      if (!empty(*piece.block)) return column <= line_width;
    } else {
      column += first_line_width(piece.text);
      if (many_lines(piece.text)) return column <= line_width;
    }
    if (column > line_width) return false;
  }
  return column + tail <= line_width;
}

void write_block(std::string& out, const Block& block, std::size_t indent) {
  if (empty(block)) {
    out += "{ }";
    return;
  }
  out += '{';
  write_entries(out, block.entries, indent + block_step, block.keeps_rows ? Among::rows : Among::entries);
  write_comments(out, block.before_close, indent + block_step, block.entries.empty());
  new_line(out, indent);
  out += '}';
}

/// The first pieces of an item on one line, with the padding behind its head.
std::string beginning(const Item& item, std::size_t pieces, std::size_t padding) {
  std::string out;
  for (std::size_t i = 0; i < pieces; ++i) {
    if (i > 0 && i == item.head) out.append(padding, ' ');
    if (item.pieces[i].space) out += ' ';
    const Piece& piece = item.pieces[i];
    out += piece.block ? on_one_line(*piece.block).value_or("") : piece.text;
  }
  return out;
}

std::string head_text(const Item& item) {
  return beginning(item, item.head, 0);
}

/// Blanks that bring what follows the head, and then the marks, into their columns.
struct Padding {
  std::size_t head = 0, marks = 0;
};

/// An item that begins at `indent`; its later lines are indented, its first is where the caller is. `tail` columns
/// follow it on its last line.
std::string written(const Item& item, std::size_t indent, std::size_t tail, Padding padding) {
  std::optional<std::string> line = on_one_line(item);
  if (line && indent + width(*line) + padding.head + padding.marks + tail <= line_width) {
    if (padding.marks > 0) line->insert(beginning(item, item.marks, 0).size(), padding.marks, ' ');
    if (padding.head > 0) line->insert(head_text(item).size(), padding.head, ' ');
    return *line;
  }
  std::string out;
  std::size_t column = indent;
  std::size_t counted = 0;  // of `out`, in `column`
  for (std::size_t i = 0; i < item.pieces.size(); ++i) {
    const Piece& piece = item.pieces[i];
    const std::string_view added = std::string_view(out).substr(counted);
    const std::size_t line_break = added.rfind('\n');
    column = line_break == std::string_view::npos ? column + width(added) : width(added.substr(line_break + 1));
    counted = out.size();
    const std::size_t continued = indent + continuation_step;
    if (i > 0 && !piece.gap.comments.empty()) {
      // A brace and its `else` belong together even with a comment between them.
      const std::size_t start = piece.text == "else" ? indent : continued;
      write_comments(out, piece.gap, start, false);
      new_line(out, start);
    } else if (piece.level > 0 && column > continued && !fits(item, i, column, tail)) {
      new_line(out, continued);
    } else {
      if (i > 0 && i == item.head) out.append(padding.head, ' ');
      if (piece.space) out += ' ';
    }
    if (piece.block) {
      write_block(out, *piece.block, indent);
    } else {
      out += piece.text;
    }
  }
  if (!item.arms.empty()) write_entries(out, item.arms, indent + block_step, Among::entries);
  return out;
}

bool separated(const Gap& gap) {
  return gap.blank ||
         std::any_of(gap.comments.begin(), gap.comments.end(), [](const Comment& comment) { return comment.own_line; });
}

const Gap& gap_before(const Entry& entry) {
  return entry.item.pieces.front().gap;
}

bool too_wide(std::string_view text, std::size_t indent) {
  for (std::size_t begin = 0; begin <= text.size(); indent = 0) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (indent + width(text.substr(begin, end - begin)) > line_width) return true;
    begin = end + 1;
  }
  return false;
}

bool has_block(const Item& item) {
  return std::any_of(item.pieces.begin(), item.pieces.end(), [](const Piece& piece) { return piece.block != nullptr; });
}

/// Pads the items [first, last), so that what follows their heads, and then their marks, starts in one column. One that
/// would grow too long by that breaks its line where it may; where it may not, it stays as it is, and parts those
/// before it from those after it. (A block is not broken for it: the next run would take that for the author's wish.)
class Columns {
 public:
  Columns(std::vector<std::string>& lines, const std::vector<Entry>& entries, std::size_t indent)
      : lines_(lines), entries_(entries), indent_(indent), paddings_(entries.size()) {}

  void align_runs() {
    const auto broken_block = [&](std::size_t i) { return many_lines(lines_[i]) && has_block(item(i)); };
    runs([&](std::size_t i) { return item(i).head > 0 && !broken_block(i); },
         [&](std::size_t i) { return width(head_text(item(i))); }, &Padding::head);
    runs([&](std::size_t i) { return item(i).marks > 0 && !many_lines(lines_[i]); },
         [&](std::size_t i) { return width(beginning(item(i), item(i).marks, paddings_[i].head)); }, &Padding::marks);
  }

 private:
  [[nodiscard]] const Item& item(std::size_t i) const { return entries_[i].item; }

  /// Of each run of entries without a gap between them, those that may be padded.
  template <class May, class Width>
  void runs(const May& may, const Width& width_of, std::size_t Padding::*column) {
    for (std::size_t first = 0; first < lines_.size();) {
      std::size_t last = first + 1;
      while (last < lines_.size() && !separated(gap_before(entries_[last])) &&
             (column == &Padding::marks || (may(last - 1) && may(last))))
        ++last;
      std::vector<std::size_t> members;
      for (std::size_t i = first; i < last; ++i) {
        if (may(i)) members.push_back(i);
      }
      pad(members, width_of, column);
      first = last;
    }
  }

  template <class Width>
  void pad(std::vector<std::size_t> members, const Width& width_of, std::size_t Padding::*column) {
    while (!members.empty()) {
      std::vector<std::size_t> widths;
      for (const std::size_t i : members) widths.push_back(width_of(i));
      const std::size_t widest = *std::max_element(widths.begin(), widths.end());
      std::size_t spoiled = members.size();
      std::vector<std::string> padded;
      std::vector<Padding> paddings;
      for (std::size_t k = 0; k < members.size() && spoiled == members.size(); ++k) {
        const std::size_t i = members[k];
        const std::size_t tail = entries_[i].comma ? 1 : 0;
        Padding padding = paddings_[i];
        padding.*column = widest - widths[k];
        padded.push_back(written(item(i), indent_, tail, padding));
        paddings.push_back(padding);
        const bool worse = has_block(item(i)) ? many_lines(padded.back()) : too_wide(padded.back(), indent_ + tail);
        const bool broken = column == &Padding::marks && many_lines(padded.back());
        if ((worse || broken) && !too_wide(lines_[i], indent_ + tail)) spoiled = k;
      }
      if (spoiled == members.size()) {
        for (std::size_t k = 0; k < members.size(); ++k) {
          lines_[members[k]] = std::move(padded[k]);
          paddings_[members[k]] = paddings[k];
        }
        return;
      }
      // Narrower heads need less padding: what fitted before still fits.
      pad({members.begin(), members.begin() + static_cast<std::ptrdiff_t>(spoiled)}, width_of, column);
      members.erase(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(spoiled) + 1);
    }
  }

  std::vector<std::string>& lines_;
  const std::vector<Entry>& entries_;
  std::size_t indent_;
  std::vector<Padding> paddings_;
};

/// The rows of a table, one column under the other; left as they are where a row would grow too long by that.
void align_table(std::vector<std::string>& lines, const std::vector<Entry>& entries, std::size_t first,
                 std::size_t last, std::size_t indent) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths;
  for (std::size_t i = first; i < last; ++i) {
    const Item& item = entries[i].item;
    std::vector<std::string>& cells = rows.emplace_back();
    for (std::size_t c = 0; c <= item.columns.size(); ++c) {
      const std::size_t begin = c == 0 ? 0 : item.columns[c - 1];
      const std::size_t end = c == item.columns.size() ? item.pieces.size() : item.columns[c];
      cells.push_back(on_one_line(item, begin, end).value_or(""));
      if (c == widths.size()) widths.push_back(0);
      widths[c] = std::max(widths[c], width(cells.back()));
    }
  }
  std::vector<std::string> padded;
  for (std::size_t i = first; i < last; ++i) {
    std::string& line = padded.emplace_back();
    const std::vector<std::string>& cells = rows[i - first];
    for (std::size_t c = 0; c < cells.size(); ++c) {
      line += cells[c];
      if (c + 1 < cells.size()) line.append(widths[c] - width(cells[c]), ' ');
    }
    if (indent + width(line) + (entries[i].comma ? 1 : 0) > line_width) return;
  }
  std::move(padded.begin(), padded.end(), lines.begin() + static_cast<std::ptrdiff_t>(first));
}

void align_tables(std::vector<std::string>& lines, const std::vector<Entry>& entries, std::size_t indent) {
  const auto may = [&](std::size_t i) { return !entries[i].item.columns.empty() && !many_lines(lines[i]); };
  for (std::size_t first = 0; first < lines.size();) {
    std::size_t last = first + 1;
    if (may(first)) {
      while (last < lines.size() && may(last) && !separated(gap_before(entries[last]))) ++last;
      align_table(lines, entries, first, last, indent);
    }
    first = last;
  }
}

/// Between declarations of which one takes several lines stands exactly one empty line.
void part_declarations(Gap& gap) {
  if (gap.blank || std::any_of(gap.comments.begin(), gap.comments.end(),
                               [](const Comment& comment) { return comment.own_line && comment.blank_before; })) {
    return;
  }
  const auto documentation =
      std::find_if(gap.comments.begin(), gap.comments.end(), [](const Comment& comment) { return comment.own_line; });
  (documentation == gap.comments.end() ? gap.blank : documentation->blank_before) = true;
}

/// Each on lines of its own, after what is already there; in rows, those that end in a comma with the next.
void write_entries(std::string& out, const std::vector<Entry>& entries, std::size_t indent, Among among) {
  std::vector<std::string> lines;
  lines.reserve(entries.size());
  for (const Entry& entry : entries) lines.push_back(written(entry.item, indent, entry.comma ? 1 : 0, {}));
  Columns(lines, entries, indent).align_runs();
  align_tables(lines, entries, indent);
  std::size_t column = 0;  // where a row has come to
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Gap gap = gap_before(entries[i]);
    const std::string line = lines[i] + (entries[i].comma ? "," : "");
    const bool in_row = among == Among::rows && i > 0 && entries[i - 1].comma && gap.comments.empty() && !gap.blank &&
                        !many_lines(lines[i - 1]) && !many_lines(line) && column + 1 + width(line) <= line_width;
    if (in_row) {
      out += " " + line;
      column += 1 + width(line);
      continue;
    }
    if (among == Among::declarations && i > 0 && (many_lines(lines[i - 1]) || many_lines(lines[i])))
      part_declarations(gap);
    write_comments(out, gap, indent, i == 0);
    const bool commented = !gap.comments.empty() && gap.comments.back().own_line;
    if (gap.blank && (i > 0 || commented)) out += '\n';
    if (!out.empty()) new_line(out, indent);
    out += line;
    column = indent + width(line);
  }
}

}  // namespace

std::string typeset(const Layout& layout) {
  std::string out;
  write_entries(out, layout.declarations, 0, Among::declarations);
  write_comments(out, layout.before_end, 0, out.empty());
  if (!out.empty()) out += '\n';
  return out;
}

}  // namespace fairlead::grammar
