// What people write who come from other languages, spreadsheets and word processors.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

namespace {

using Shape = Token::Shape;

struct Respelt {
  std::string_view found, meant;
};

constexpr std::array<Respelt, 22> operators = {
    {{"&&", "and"}, {"&", "and"},   {"||", "or"},     {"!", "not"},     {"===", "=="}, {"!==", "!="},
     {"<>", "!="},  {"=>", ">="},   {"=<", "<="},     {"≥", ">="},      {"≤", "<="},   {"≠", "!="},
     {"×", "*"},    {"÷", "/"},     {"–", "-"},       {"—", "-"},       {"−", "-"},    {"AND", "and"},
     {"OR", "or"},  {"NOT", "not"}, {"equals", "=="}, {"isn", "is not"}}};

constexpr std::array<std::string_view, 8> curly_quotes = {"“", "”", "„", "‟", "«", "»", "‘", "’"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

/// From token `i` to the last one of its line.
std::size_t line_end(const Mistake& m, std::size_t i) {
  while (m.has(i + 1) && !m.tokens[i + 1].breaks) ++i;
  return i;
}

/// A block comment, line by line.
Finding line_comments(const Mistake& m, Finding said) {
  const std::uint32_t begin = m.tokens[m.at].span.begin;
  const std::size_t close = m.text.find("*/", begin);
  if (close == std::string_view::npos) return said;
  const std::string_view behind = m.text.substr(close + 2, m.text.find('\n', close) - close - 2);
  if (behind.find_first_not_of(" \t\r") != std::string_view::npos) return said;
  Finding mended = std::move(said).mend({begin, begin + 2}, "//", Sure::yes, "begin each line with `//`");
  std::vector<Edit>& edits = mended.diagnostic.fixes.front().edits;
  for (std::size_t line = m.text.find('\n', begin); line < close; line = m.text.find('\n', line + 1)) {
    const std::size_t first = m.text.find_first_not_of(" \t\r", line + 1);
    if (first == std::string_view::npos || m.text[first] == '\n') continue;
    const auto at = static_cast<std::uint32_t>(first);
    if (first >= close) break;
    const bool star = m.text[first] == '*';
    edits.push_back({m.file, {at, at + (star ? 1U : 0U)}, star ? "//" : "// "});
  }
  const std::size_t last = m.text.find_last_not_of(" \t\r", close - 1) + 1;
  edits.push_back({m.file, {static_cast<std::uint32_t>(last), static_cast<std::uint32_t>(close + 2)}, ""});
  return mended;
}

std::optional<Finding> comment(const Mistake& m) {
  const std::string_view found = m.word(m.at);
  if (found != "#" && found != "/*" && found != "*/" && !(found == "<" && m.word(m.at + 1) == "!") &&
      !(found == "-" && m.word(m.at + 1) == "-"))
    return std::nullopt;
  if (found == "#" && m.joined(m.at) && m.is(m.at + 1, Shape::word) && !m.at_start()) return std::nullopt;
  const Span span = m.span(m.at, found == "<"   ? std::min(m.at + 3, m.tokens.size() - 1)
                                 : found == "-" ? m.at + 1
                                                : m.at);
  Finding said{m.say(Code::other_notation, span, "this does not begin a comment", "comments begin with `//`",
                     found == "/*" ? "Begin each line of the comment with `//`." : "Write `//` instead."),
               "comment"};
  if (found == "/*") return line_comments(m, std::move(said));
  if (found != "#" && found != "-") return said;
  // A file of another kind, of which the first heading would turn into a comment.
  const std::size_t next = m.text.find_first_not_of(" \t\r\n", std::min(m.text.find('\n', span.end), m.text.size()));
  const bool ours = m.error.place != rules::Where::declaration ||
                    (next != std::string_view::npos &&
                     (m.text[next] == '#' || m.text.substr(next).starts_with("--") ||
                      m.text.substr(next).starts_with("//") || starts_declaration(m.text.substr(next))));
  return std::move(said).mend(span, "//", ours ? Sure::yes : Sure::no);
}

std::optional<Finding> quotes(const Mistake& m) {
  const std::string_view found = m.word(m.at);
  const bool single = found == "'" || found == "`";
  if (!single && !among(curly_quotes, found)) return std::nullopt;
  // To the quote that closes it, on the same line.
  const std::uint32_t begin = m.tokens[m.at].span.begin;
  const std::uint32_t length = m.tokens[m.at].span.end - begin;
  const std::string_view line = m.text.substr(begin, std::min(m.text.find('\n', begin), m.text.size()) - begin);
  std::size_t last = std::string_view::npos;
  for (const std::string_view quote : {std::string_view("'"), std::string_view("`"), std::string_view("”"),
                                       std::string_view("“"), std::string_view("’"), std::string_view("»")}) {
    if (single && quote != found) continue;
    const std::size_t at = line.rfind(quote);
    if (at != std::string_view::npos && at >= length && (last == std::string_view::npos || at + quote.size() > last))
      last = at + quote.size();
  }
  const bool whole = last != std::string_view::npos;
  const std::size_t inner = whole ? last - length - (single ? 1 : line.substr(0, last).ends_with("»") ? 2 : 3) : 0;
  const std::string content = whole ? std::string(line.substr(length, inner)) : std::string();
  const Span span{begin, begin + static_cast<std::uint32_t>(whole ? last : length)};
  Finding said{
      m.say(
          Code::other_notation, span,
          single ? "a text stands in double quotes" : "a text stands in straight quotes; these are curly ones",
          single ? "single quotes" : "curly quotes",
          content.empty() || content.size() > 60 ? "Write `\"` at both ends." : fmt::format("Write \"{}\".", content)),
      single ? "single quotes" : "curly quotes"};
  // With another quote within, it may be two texts, or an apostrophe.
  static constexpr std::array<std::string_view, 7> unsure = {"'", "`", "\"", "\\", "“", "”", "’"};
  const bool sure = std::none_of(unsure.begin(), unsure.end(),
                                 [&](std::string_view mark) { return content.find(mark) != std::string::npos; });
  if (!whole || !sure) return said;
  return std::move(said).mend(span, fmt::format("\"{}\"", content));
}

/// Characters that cannot be seen, or only look like what they are not.
std::optional<Finding> stray(const Mistake& m) {
  if (!m.is(m.at, Shape::stray)) return std::nullopt;
  const std::string_view found = m.word(m.at);
  const Span span = m.tokens[m.at].span;
  if (found == "\u00a0" || found == "\u202f" || found == "\u2009" || found == "\u2003") {
    return Finding{m.say(Code::other_notation, span,
                         "this only looks like a blank: it is another character, often copied from a document",
                         "not a plain blank", "Delete it, and type a blank."),
                   "blank"}
        .mend(span, " ", Sure::yes, "write a plain blank");
  }
  if (found == "\u200b" || found == "\u200c" || found == "\u200d" || found == "\ufeff" || found == "\u2060") {
    return Finding{m.say(Code::other_notation, span, "an invisible character stands here, often copied from a web page",
                         "invisible", "Delete it: put the cursor behind it, and press backspace."),
                   "invisible"}
        .mend(span, "");
  }
  if (found == "…")
    return Finding{m.say(Code::syntax, span, "`…` stands for something that is still to be written", "not written yet",
                         "Write what belongs here."),
                   ""};
  return std::nullopt;
}

/// A word with the blanks that it needs where a sign needed none: `!vip`, `a&&b`.
std::string spaced(const Mistake& m, Span span, std::string_view meant) {
  std::string out(meant);
  if (!is_word_char(meant.front())) return out;
  const auto blank = [&](std::uint32_t at) { return m.text[at] == ' ' || m.text[at] == '\t' || m.text[at] == '\n'; };
  if (span.end < m.text.size() && !blank(span.end)) out += ' ';
  if (span.begin > 0 && !blank(span.begin - 1) && m.text[span.begin - 1] != '(') out.insert(0, " ");
  return out;
}

std::optional<Finding> operator_word(const Mistake& m) {
  std::string_view found = m.word(m.at);
  std::string_view shown = found;
  Span span = m.has(m.at) ? m.tokens[m.at].span : Span{};
  if (found == "|" && m.word(m.at + 1) != "|") return std::nullopt;
  const auto at =
      std::find_if(operators.begin(), operators.end(), [found](const Respelt& o) { return o.found == found; });
  if (at == operators.end()) return std::nullopt;
  if (found == "isn" && m.word(m.at + 1) == "'" && m.word(m.at + 2) == "t") {
    span = m.span(m.at, m.at + 2);
    shown = "isn't";
  } else if (found == "isn") {
    return std::nullopt;
  }
  return Finding{m.say(Code::other_notation, span, fmt::format("Fairlead writes `{}` for `{}`", at->meant, shown),
                       fmt::format("write `{}`", at->meant), ""),
                 ""}
      .mend(span, spaced(m, span, at->meant), found == "=>" || found == "=<" ? Sure::no : Sure::yes,
            fmt::format("write `{}`", at->meant));
}

std::optional<Finding> semicolon(const Mistake& m) {
  if (m.word(m.at) != ";") return std::nullopt;
  if (m.expects(":"))
    return Finding{
        m.say(Code::other_notation, m.tokens[m.at].span, "a colon is wanted here, not a semicolon", "write `:`", ""),
        ""}
        .mend(m.tokens[m.at].span, ":");
  const bool at_end = !m.has(m.at + 1) || m.tokens[m.at + 1].breaks || m.word(m.at + 1) == "}";
  return Finding{
      m.say(Code::other_notation, m.tokens[m.at].span, "a line does not end in `;`", "not needed", "Remove it."),
      "semicolon"}
      .mend(m.tokens[m.at].span, "", at_end ? Sure::yes : Sure::no);
}

/// `=` where `==` or `:` is meant, and the other way round; and either where nothing is.
std::optional<Finding> equals(const Mistake& m) {
  const std::string_view found = m.word(m.at);
  if (found != "=" && found != ":" && found != "==" && found != ":=") return std::nullopt;
  const Span span = m.tokens[m.at].span;
  const auto write = [&](std::string_view meant, std::string message, std::string_view repeats) {
    return Finding{m.say(Code::other_notation, span, std::move(message), fmt::format("write `{}`", meant), ""),
                   std::string(repeats)}
        .mend(span, std::string(meant));
  };
  if (m.expects("=")) {
    const std::string_view head = m.word(m.head());
    if (head == "set") return write("=", fmt::format("`set` gives a value with `=`, not with `{}`", found), "");
    if (head == "segment" || head == "type")
      return write("=", fmt::format("`{}` says what it means after `=`, not after `{}`", head, found), "");
  }
  // What gives a name its value follows it closely.
  const auto close = [&](Finding said) {
    said.diagnostic.fixes.front().edits.front().span.begin = m.tokens[m.at - 1].span.end;
    return said;
  };
  if (m.expects(":") && found == "=" && m.at > 0)
    return close(write(":", fmt::format("the colon is missing: `{}` is followed by `:`, not by `=`", m.word(m.at - 1)),
                       "colon"));
  // An argument: the word between `(` or a comma and this.
  const bool labels = m.at >= 2 && m.is(m.at - 1, Shape::word) && (m.word(m.at - 2) == "(" || m.word(m.at - 2) == ",");
  if (found == "=" && labels && m.expects(")"))
    return close(write(":", fmt::format("a value is given by name with `:`, not with `=`"), ""));
  const bool wanted = std::any_of(m.error.expected.begin(), m.error.expected.end(),
                                  [](std::string_view e) { return e.starts_with("a ") || e == "on" || e == "{"; });
  if (found == ":" && m.at > 0 && m.expects("a text in quotes")) {
    return Finding{m.say(Code::other_notation, span, fmt::format("`{}` is not followed by `:`", m.word(m.at - 1)),
                         "not needed", "The text follows at once, like `subject \"Hello\"`."),
                   "no sign"}
        .mend(span, "");
  }
  if (m.at > m.head() && (wanted || found == ":") && !form_of(m.place, m.word(m.head())).empty() &&
      m.at <= m.head() + 2) {
    const std::string_view form = form_of(m.place, m.word(m.head()));
    return Finding{m.say(Code::other_notation, span, fmt::format("`{}` is not followed by `{}`", m.before(m.at), found),
                         "not needed", fmt::format("It is written like `{}`.", form)),
                   "no sign"}
        .mend(span, "");
  }
  if (found == "=" && m.at > m.head())
    return write("==", "two values are compared with `==`; a single `=` sets one", "");
  return std::nullopt;
}

/// `else if`, in the spellings of other languages; `then`.
std::optional<Finding> keyword(const Mistake& m) {
  const std::string_view found = m.word(m.at);
  if (m.error.place == rules::Where::steps && (found == "elseif" || found == "elif" || found == "elsif")) {
    return Finding{m.say(Code::other_notation, m.tokens[m.at].span,
                         fmt::format("Fairlead writes `else if` for `{}`", found), "write `else if`", ""),
                   ""}
        .mend(m.tokens[m.at].span, "else if");
  }
  return std::nullopt;
}

/// `page-visited`, `"welcome"`, `page visited`, `2nd_visit`, `where`: what cannot be a name.
std::optional<Finding> name(const Mistake& m) {
  if (!m.has(m.at)) return std::nullopt;
  const std::string_view found = m.word(m.at);
  const Span span = m.tokens[m.at].span;
  // A hyphen that is joined to words on both sides.
  if (found == "-" && m.at > 0 && m.is(m.at - 1, Shape::word) && m.joined(m.at - 1) && m.joined(m.at) &&
      (m.is(m.at + 1, Shape::word) || m.is(m.at + 1, Shape::number))) {
    std::size_t last = m.at + 1;
    while (m.word(last + 1) == "-" && m.joined(last) && m.joined(last + 1)) last += 2;
    last = std::min(last, m.tokens.size() - 1);
    const Span whole = m.span(m.at - 1, last);
    std::string meant(m.text.substr(whole.begin, whole.end - whole.begin));
    std::replace(meant.begin(), meant.end(), '-', '_');
    return Finding{m.say(Code::other_notation, whole, "a name has no hyphens", fmt::format("write `{}`", meant), ""),
                   ""}
        .mend(whole, meant);
  }
  if (m.line_ends) return std::nullopt;
  if (m.expects("a name") || (m.at_start() && !m.place.free_form.empty() && !m.follows)) {
    if (std::find(reserved_words.begin(), reserved_words.end(), found) != reserved_words.end()) {
      return Finding{m.say(Code::reserved_name, span,
                           fmt::format("`{}` is a word of the language itself, so nothing can be called that", found),
                           "cannot be a name", fmt::format("Choose another name, like `my_{}`.", found)),
                     ""};
    }
    if (m.is(m.at, Shape::text) && m.error.place == rules::Where::texts) {
      return Finding{m.say(Code::syntax, span, "it is not said what this text is", "the subject, or the body?",
                           "Write it like `subject \"Hello\"`."),
                     ""};
    }
    if (m.is(m.at, Shape::text) && m.error.place == rules::Where::one_of) {
      return Finding{m.say(Code::syntax, span, "this text has no name, and weights are kept by name",
                           "what is it called?", fmt::format("Write it like `plain {}`.", found)),
                     "text without a name"};
    }
    if (m.is(m.at, Shape::text)) {
      std::string meant;
      for (const char c : found) {
        if (is_word_char(c)) {
          meant += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        } else if (!meant.empty() && meant.back() != '_') {
          meant += '_';
        }
      }
      while (!meant.empty() && meant.back() == '_') meant.pop_back();
      Finding said{
          m.say(Code::other_notation, span, "a name stands without quotes", "a text",
                meant.empty() ? "Write it in small letters, with `_` for blanks." : fmt::format("Write `{}`.", meant)),
          ""};
      if (meant.empty() || (meant.front() >= '0' && meant.front() <= '9')) return said;
      const bool same = found.substr(1, found.size() - 2) == meant;
      return std::move(said).mend(span, meant, same ? Sure::yes : Sure::no);
    }
    if (m.is(m.at, Shape::number)) {
      return Finding{m.say(Code::other_notation, span, "a name begins with a letter", "begins with a digit",
                           "Put the number behind a word, like `download_2`."),
                     ""};
    }
  }
  // Two words after the head of something that has one name.
  static constexpr std::array<std::string_view, 12> named = {"event",   "segment", "goal",     "channel",
                                                             "content", "policy",  "workflow", "project",
                                                             "type",    "record",  "choose",   "option"};
  const std::size_t head = m.head();
  if (among(named, m.word(head)) && m.at == head + 2 && m.is(head + 1, Shape::word) && m.is(m.at, Shape::word) &&
      !m.expects("for") && m.tokens[m.at].breaks == false && closest(found, m.error.expected).empty() &&
      m.word(m.at) != "at") {
    std::size_t last = m.at;
    std::string meant = fmt::format("{}_{}", m.word(head + 1), found);
    while (m.is(last + 1, Shape::word) && !m.tokens[last + 1].breaks) meant += fmt::format("_{}", m.word(++last));
    const std::string_view after = m.has(last + 1) && !m.tokens[last + 1].breaks ? m.word(last + 1) : "{";
    if (after != "{" && after != "=" && !(after == "(" && m.word(head) == "content")) return std::nullopt;
    return Finding{
        m.say(Code::other_notation, m.span(head + 1, last), "a name is one word", fmt::format("write `{}`", meant), ""),
        ""}
        .mend(m.span(head + 1, last), meant, Sure::no);
  }
  return std::nullopt;
}

/// Words where a text in quotes is wanted.
std::optional<Finding> bare_text(const Mistake& m) {
  if (!m.expects("a text in quotes") || m.line_ends || !m.is(m.at, Shape::word) || m.at <= m.item) return std::nullopt;
  const std::size_t last = line_end(m, m.at);
  const Span whole = m.span(m.at, last);
  std::string content(m.text.substr(whole.begin, whole.end - whole.begin));
  if (content.find('{') != std::string::npos || content.find('}') != std::string::npos) return std::nullopt;
  std::erase(content, '"');
  return Finding{
      m.say(Code::syntax, whole, fmt::format("after `{}` a text in quotes is wanted", m.before(m.at)), "not in quotes",
            content.size() > 60 ? "Put it in `\"`." : fmt::format("Write \"{}\".", content)),
      ""}  // Of several words the last may be meant for something else.
      .mend(whole, fmt::format("\"{}\"", content),
            content.find_first_of(" \\") == std::string::npos && m.word(m.at - 1) != "file" ? Sure::yes : Sure::no);
}

}  // namespace

std::optional<Finding> recognise_notation(const Mistake& m) {
  if (!m.has(m.at)) return std::nullopt;
  for (const auto recognise : {keyword, comment, quotes, stray, semicolon, name, bare_text, equals, operator_word}) {
    if (auto found = recognise(m)) return found;
  }
  return std::nullopt;
}

}  // namespace fairlead::grammar
