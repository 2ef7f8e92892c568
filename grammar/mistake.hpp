// One mistake, with all that is needed to say what it is; and those who recognise what people often write.
#pragma once

#include <optional>
#include <string>

#include "grammar/skim.hpp"
#include "grammar/syntax_error.hpp"
#include "grammar/vocabulary.hpp"

namespace fairlead::grammar {

struct Mistake {
  std::string_view text;  // of the file
  std::uint32_t file = 0;
  const SyntaxError& error;
  const Place& place;
  /// From the beginning of the item, or of the item before it where that ended on the same line.
  std::vector<Token> tokens;
  std::size_t item = 0;      // the first token of what could not be read
  std::size_t at = 0;        // the token where reading failed; tokens.size() at the end
  std::uint32_t offset = 0;  // where exactly: it may lie inside of a text
  bool line_ends = false;    // the line, or the file, ends before the token
  bool follows = false;      // another item ended on this line, so this may be meant as a part of it

  [[nodiscard]] bool at_start() const { return at == item && offset <= error.begin; }
  [[nodiscard]] bool has(std::size_t i) const { return i < tokens.size(); }
  [[nodiscard]] std::string_view word(std::size_t i) const;  // the token's text; empty where there is none
  [[nodiscard]] bool is(std::size_t i, Token::Shape shape) const { return has(i) && tokens[i].shape == shape; }
  /// Whether no blank lies between a token and the next.
  [[nodiscard]] bool joined(std::size_t i) const {
    return has(i + 1) && tokens[i].span.end == tokens[i + 1].span.begin;
  }
  [[nodiscard]] bool expects(std::string_view label) const;
  /// The first token of the item that this is or follows.
  [[nodiscard]] std::size_t head() const { return follows ? 0 : item; }
  /// The last tokens before `i`, as written, for quoting.
  [[nodiscard]] std::string before(std::size_t i) const;
  [[nodiscard]] Span span(std::size_t first, std::size_t last) const {
    return {tokens[first].span.begin, tokens[last].span.end};
  }
  [[nodiscard]] Diagnostic say(Code code, Span span, std::string message, std::string label, std::string help) const;
};

struct Finding {
  enum class Harm : std::uint8_t {
    none,
    braces,   // what follows in the same declaration stands in other blocks than was meant
    quotes,   // braces may have been taken for text, or text for braces
    closing,  // a brace too many, which is most likely due to another mistake
  };

  Diagnostic diagnostic;
  /// Where this is the same as with the finding before it, the two are one mistake: a block of `#` comments, steps that
  /// all stand outside of `steps`.
  std::string repeats;
  Harm harm = Harm::none;

  /// The same with a fix: `text` in place of what is at `span`.
  Finding mend(Span span, std::string text, Sure sure = Sure::yes, std::string title = {}) && {
    diagnostic.mend(span, std::move(text), sure, std::move(title));
    return std::move(*this);
  }
};

/// Quotes, comments, operators, numbers and names as other languages and other programs write them.
std::optional<Finding> recognise_notation(const Mistake& mistake);
/// Amounts, times and units.
std::optional<Finding> recognise_number(const Mistake& mistake);
/// Texts that are not closed, and holes that cannot be read.
std::optional<Finding> recognise_text(const Mistake& mistake);
/// A word that begins an item of another place.
std::optional<Finding> recognise_beginning(const Mistake& mistake);
/// A word that begins nothing here.
std::optional<Finding> recognise_unknown(const Mistake& mistake);
/// Brackets and commas, and what may stand in another place but not in this.
std::optional<Finding> recognise_place(const Mistake& mistake);
/// Where nothing was recognised: what should have come next.
Finding missing_next(const Mistake& mistake);

std::string lower(std::string_view word);
/// The word of `candidates` that was meant; empty where none is near.
std::string_view meant(std::string_view word, std::vector<std::string_view> candidates);
/// How the item that this is, or follows, is written.
std::string_view form_here(const Mistake& mistake);
/// The sentence that shows a form; empty where there is none.
std::string written_like(std::string_view form);

}  // namespace fairlead::grammar
