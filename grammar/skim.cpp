// Reading what the grammar could not.
#include "grammar/skim.hpp"

#include <algorithm>
#include <array>

#include "grammar/vocabulary.hpp"

namespace fairlead::grammar {

namespace {

using rules::Where;

/// How far ahead a bracket's or a text's other end is looked for: further than people write, and short enough for time
/// to stay in proportion on any input.
constexpr std::size_t reach = 2'000;

std::string_view word_at(std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && is_word_char(s[n])) ++n;
  return s.substr(0, n);
}

std::string_view skip_blanks(std::string_view s) {
  const std::size_t n = s.find_first_not_of(" \t\r");
  return n == std::string_view::npos ? std::string_view{} : s.substr(n);
}

std::size_t line_length(std::string_view s) {
  return std::min(s.find('\n'), s.size());
}

/// Quotes of one line that are not escaped.
std::size_t quotes(std::string_view line) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      ++out;
    }
  }
  return out;
}

/// Where a text in single quotes whose first line ends without one is closed: the first later line with quotes has an
/// odd number of them, so that its first closes what was open. 0: it was meant to end on its line.
std::size_t closed_later(std::string_view s, std::size_t line_end) {
  const std::string_view window = s.substr(0, std::min(s.size(), line_end + reach));
  for (std::size_t begin = line_end + 1; begin < window.size();) {
    const std::string_view line = window.substr(begin, line_length(window.substr(begin)));
    if (starts_declaration(line)) return 0;
    if (const std::size_t n = quotes(line); n > 0) return n % 2 == 1 ? begin + line.find('"') + 1 : 0;
    begin += line.size() + 1;
  }
  return 0;
}

/// Length of a bracket with all that it holds; 0 where it is not closed.
std::size_t bracketed(std::string_view s) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < s.size() && i < reach;) {
    const char c = s[i];
    if (c == '"') {
      const Quoted text = skim_text(s.substr(i, reach));
      if (text.end != Quoted::End::closed) return 0;
      i += text.length;
      continue;
    }
    if (c == '{' || c == '}') return 0;
    if (c == '\n' && starts_declaration(s.substr(i + 1))) return 0;
    if (c == '(' || c == '[') ++depth;
    if ((c == ')' || c == ']') && --depth == 0) return i + 1;
    ++i;
  }
  return 0;
}

/// Whether the item goes on in the line that begins `next`, after one that ends in `last`.
bool goes_on(std::string_view line, std::string_view next, Where place, char first) {
  next = skip_blanks(next);
  const std::string_view word = word_at(next);
  if (word == "and" || word == "or") return true;
  if (first == '#' && next.starts_with('#')) return true;
  if (place == Where::steps) {
    if (word == "otherwise" || word == "else") return true;
    if (word == "for") return word_at(skip_blanks(next.substr(word.size()))) != "each";
  }
  if (place == Where::policy &&
      (word == "otherwise" || word == "because" || word == "when" || word == "between" || word == "waivable")) {
    // Unless it is the name of a rule.
    return !skip_blanks(next.substr(word.size())).starts_with(':');
  }
  const std::size_t end = line.find_last_not_of(" \t\r");
  if (end == std::string_view::npos) return false;
  line = line.substr(0, end + 1);
  static constexpr std::array<std::string_view, 11> unfinished = {" and", " or", " not", "==", "!=", "<",
                                                                  ">",    "+",   "*",    "<=", ">="};
  return std::any_of(unfinished.begin(), unfinished.end(), [line](std::string_view s) { return line.ends_with(s); });
}

/// `polcy brand {`: nothing that is known, but in the shape of a declaration.
bool shaped_like_declaration(std::string_view s) {
  const std::string_view line = s.substr(0, line_length(s));
  const std::string_view word = word_at(line);
  if (word.empty() || (word[0] >= '0' && word[0] <= '9')) return false;
  const std::string_view after = skip_blanks(line.substr(word.size()));
  if (after.size() == line.size() - word.size() || after.empty()) return false;
  const bool named = is_word_char(after[0]) || after[0] == '"';
  return named && (after.find('{') != std::string_view::npos || after.find('=') != std::string_view::npos);
}

}  // namespace

bool starts_declaration(std::string_view s) {
  const std::string_view word = word_at(s);
  if (std::find(declaration_words.begin(), declaration_words.end(), word) == declaration_words.end()) return false;
  const std::string_view after = s.substr(word.size());
  const std::size_t n = std::min(after.find_first_not_of(' '), after.size());
  return n > 0 && n < after.size() &&
         (after[n] == '"' || (is_word_char(after[n]) && (after[n] < '0' || after[n] > '9')));
}

Quoted skim_text(std::string_view s) {
  const bool triple = s.starts_with("\"\"\"");
  // What is open: quotes, and holes that may hold quotes again.
  std::vector<std::pair<char, std::size_t>> open{{triple ? '3' : '"', 0}};
  const auto hole = [&]() -> std::size_t {
    const auto at = std::find_if(open.begin(), open.end(), [](const auto& o) { return o.first == '{'; });
    return at == open.end() ? Quoted::no_hole : at->second;
  };
  for (std::size_t i = triple ? 3 : 1; i < s.size();) {
    const char state = open.back().first;
    const char c = s[i];
    if (c == '\n' && !triple) {
      if (hole() == Quoted::no_hole) {
        if (const std::size_t length = closed_later(s, i); length > 0)
          return {length, Quoted::End::several_lines, Quoted::no_hole};
      }
      return {i, Quoted::End::open, hole()};
    }
    if (c == '\n' && triple && starts_declaration(s.substr(i + 1)) &&
        s.substr(i, reach).find("\"\"\"") == std::string_view::npos) {
      return {i, Quoted::End::open, hole()};
    }
    if (state == '{') {
      if (c == '"') open.emplace_back('"', i);
      if (c == '{') open.emplace_back('{', i);
      if (c == '}') open.pop_back();
      ++i;
    } else if (c == '\\') {
      i += s.substr(i).starts_with("\\u{") ? 3 : 2;
    } else if (c == '{') {
      open.emplace_back('{', i++);
    } else if (state == '3' && s.substr(i).starts_with("\"\"\"")) {
      return {i + 3, Quoted::End::closed, Quoted::no_hole};
    } else if (state == '"' && c == '"') {
      ++i;
      open.pop_back();
      if (open.empty()) return {i, Quoted::End::closed, Quoted::no_hole};
    } else {
      ++i;
    }
  }
  return {s.size(), Quoted::End::open, hole()};
}

std::size_t skim_item(std::string_view s, Where place) {
  const bool top = place == Where::declaration;
  std::size_t depth = 0;
  std::size_t line = 0;        // where it begins
  std::size_t no_bracket = 0;  // up to here no bracket is closed
  for (std::size_t i = 0; i < s.size();) {
    const char c = s[i];
    if (c == '\n') {
      const std::string_view next = s.substr(i + 1);
      if (starts_declaration(next)) return i;
      if (depth == 0 && !goes_on(s.substr(line, i - line), next.substr(0, reach), place, s[0])) {
        if (!top || shaped_like_declaration(next)) return i;
      }
      line = ++i;
    } else if (c == '"') {
      i += skim_text(s.substr(i)).length;
    } else if (s.substr(i).starts_with("//")) {
      i += line_length(s.substr(i));
    } else if (s.substr(i).starts_with("/*")) {
      const std::size_t end = s.substr(i, reach).find("*/");
      i += end == std::string_view::npos ? line_length(s.substr(i)) : end + 2;
    } else if ((c == '(' || c == '[') && i >= no_bracket) {
      const std::size_t n = bracketed(s.substr(i));
      if (n == 0) no_bracket = i + reach;
      i += std::max<std::size_t>(n, 1);
    } else {
      if (c == '{') ++depth;
      if (c == '}') {
        if (depth == 0 && !top) return i;
        if (depth > 0) --depth;
      }
      ++i;
    }
  }
  return s.size();
}

std::vector<Token> skim(std::string_view text, Span span) {
  static constexpr std::array<std::string_view, 14> symbols = {"===", "!==", "==", "!=", "<=", ">=", "=>",
                                                               "=<",  "<>",  "&&", "||", "->", "/*", "*/"};
  std::vector<Token> out;
  bool breaks = false;
  const auto add = [&](Token::Shape shape, std::size_t begin, std::size_t length) {
    out.push_back({shape, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + length)}, breaks});
    breaks = false;
    return begin + length;
  };
  for (std::size_t i = span.begin; i < span.end;) {
    const char c = text[i];
    const std::string_view rest = text.substr(i);
    if (c == '\n') breaks = true;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++i;
    } else if (rest.starts_with("//")) {
      i += line_length(rest);
    } else if (c >= '0' && c <= '9') {
      std::size_t n = word_at(rest).size();
      while (n + 1 < rest.size() && rest[n] == '.' && rest[n + 1] >= '0' && rest[n + 1] <= '9')
        n += 1 + word_at(rest.substr(n + 1)).size();
      i = add(Token::Shape::number, i, n);
    } else if (is_word_char(c)) {
      i = add(Token::Shape::word, i, word_at(rest).size());
    } else if (c == '"') {
      i = add(Token::Shape::text, i, skim_text(rest).length);
    } else if ((static_cast<unsigned char>(c) & 0x80U) != 0) {
      std::size_t n = 1;
      while (n < rest.size() && (static_cast<unsigned char>(rest[n]) & 0xc0U) == 0x80U) ++n;
      i = add(Token::Shape::stray, i, n);
    } else {
      const auto known =
          std::find_if(symbols.begin(), symbols.end(), [rest](std::string_view s) { return rest.starts_with(s); });
      i = add(Token::Shape::symbol, i, known == symbols.end() ? 1 : known->size());
    }
  }
  return out;
}

}  // namespace fairlead::grammar
