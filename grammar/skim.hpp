// Reading what the grammar could not: where such an item ends, and which tokens a person would see in it. It is
// lenient, knows nothing of what is right, and takes time in proportion to what it reads.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "grammar/source.hpp"
#include "grammar/where.hpp"

namespace fairlead::grammar {

/// A text in quotes, as far as it can be made out.
struct Quoted {
  enum class End : std::uint8_t {
    closed,
    open,           // its line ends first; of `"""`, the file
    several_lines,  // in single quotes, and closed on a later line
  };
  static constexpr std::size_t no_hole = static_cast<std::size_t>(-1);

  std::size_t length = 0;
  End end = End::closed;
  std::size_t open_hole = no_hole;  // offset of a `{` that is not closed
};

/// `s` begins with a quote.
Quoted skim_text(std::string_view s);

/// How much of `s` an item takes up that could not be read: to the end of its line, its own braces, brackets and
/// continuations included.
std::size_t skim_item(std::string_view s, rules::Where place);

/// Whether a keyword that begins a declaration, followed by a name or a text, stands at the start of `s`.
bool starts_declaration(std::string_view s);

struct Token {
  enum class Shape : std::uint8_t { word, number, text, symbol, stray };
  Shape shape = Shape::word;
  Span span;
  bool breaks = false;  // a line break lies between it and the token before
};

/// The tokens of a stretch of text; comments are left out.
std::vector<Token> skim(std::string_view text, Span span);

}  // namespace fairlead::grammar
