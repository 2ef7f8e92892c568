// Texts that are not closed, and holes that cannot be read.
#include <fmt/format.h>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

namespace {

using Shape = Token::Shape;

constexpr std::string_view brace_help = "A brace that should be read as it is, is written `\\{`.";

Finding open_hole(const Mistake& m, std::uint32_t at) {
  Finding found{m.say(Code::unclosed_text, {at, at + 1}, "this `{` in the text is not closed", "opened here",
                      fmt::format("Close it with `}}`. {}", brace_help)),
                ""};
  // Where the hole holds a path and nothing else before the quote, there is one place where it can end.
  std::uint32_t end = at + 1;
  while (end < m.text.size() && (is_word_char(m.text[end]) || m.text[end] == '.')) ++end;
  if (end == at + 1 || end >= m.text.size()) return found;
  return std::move(found).mend({end, end}, "}", m.text[end] == '"' ? Sure::yes : Sure::no);
}

/// Whether a text surely ends where its line ends: nothing on the line but holes and what is written.
bool ends_with_line(std::string_view rest) {
  int depth = 0;
  for (const char c : rest) {
    if (c == '{') ++depth;
    if (c == '}' && --depth < 0) return false;
    if (depth == 0 && (c == '"' || c == ')' || c == ']')) return false;
  }
  return depth == 0 && rest.find("//") == std::string_view::npos;
}

/// Inside of a hole of a text that is closed.
Finding hole(const Mistake& m, std::uint32_t begin, std::uint32_t end) {
  const std::uint32_t at = m.offset;
  const std::string_view around = m.text.substr(begin, end - begin);
  const char found = at < m.text.size() ? m.text[at] : ' ';
  if (around.find("{{") != std::string_view::npos && found == '{') {
    Finding found_two{m.say(Code::other_notation, {at - 1, at + 1}, "a hole in a text has one brace, not two",
                            "write `{`, and `}` at its end", "Like \"Hi {contact.first_name or \"there\"}\"."),
                      ""};
    const std::size_t close = around.find("}}", at - begin);
    if (close == std::string_view::npos) return found_two;
    const auto second = static_cast<std::uint32_t>(begin + close);
    Finding mended = std::move(found_two).mend({at - 1, at + 1}, "{", Sure::yes, "write one brace");
    mended.diagnostic.fixes.front().edits.push_back({m.file, {second, second + 2}, "}"});
    return mended;
  }
  if (found == '}') {
    return Finding{
        m.say(Code::syntax, {at, at + 1}, "something is missing in this hole of the text", "the hole ends here",
              fmt::format("Name what stands there, like `{{contact.country}}`. {}", brace_help)),
        ""};
  }
  if (found == '|') {
    return Finding{
        m.say(Code::other_notation, {at, at + 1}, "what stands there when the value is absent comes after `or`",
              "write `or`", "Like \"Hi {contact.first_name or \"there\"}\"."),
        ""}
        .mend({at, at + 1}, "or", Sure::no);
  }
  std::uint32_t stop = at;
  while (stop < end && is_word_char(m.text[stop])) ++stop;
  if (stop == at) ++stop;
  return Finding{m.say(Code::syntax, {at, stop},
                       fmt::format("`{}` cannot be read here, in a hole of the text", m.text.substr(at, stop - at)),
                       "not expected here",
                       fmt::format("Between `{{` and `}}` stands a value, like `{{contact.country}}`. {}", brace_help)),
                 ""};
}

}  // namespace

std::optional<Finding> recognise_text(const Mistake& m) {
  // A quote that was meant as a part of the text ends it, and what follows it makes no sense.
  if (m.follows && m.item > 0 && m.is(m.item - 1, Shape::text) && m.joined(m.item - 1)) {
    const std::uint32_t quote = m.tokens[m.item - 1].span.end - 1;
    return Finding{m.say(Code::syntax, {quote, quote + 1}, "the text ends at this quote, but its line goes on",
                         "ends here", "A quote inside of a text is written `\\\"`."),
                   "", Finding::Harm::quotes};
  }
  for (std::size_t i = m.head(); i < m.tokens.size() && m.tokens[i].span.begin <= m.offset; ++i) {
    if (m.tokens[i].shape != Shape::text) continue;
    const Span span = m.tokens[i].span;
    const Quoted text = skim_text(m.text.substr(span.begin));
    // What is open goes on to wherever reading failed.
    const bool inside = m.offset >= span.begin && (m.offset <= span.end || text.end != Quoted::End::closed);
    if (!inside) continue;
    if (m.offset == span.begin && !m.expects("the closing quote") && text.end == Quoted::End::closed) continue;
    switch (text.end) {
      case Quoted::End::closed:
        if (m.offset > span.begin && m.offset < span.end) return hole(m, span.begin, span.end);
        break;
      case Quoted::End::open: {
        if (text.open_hole != Quoted::no_hole && m.offset > span.begin + text.open_hole)
          return open_hole(m, span.begin + static_cast<std::uint32_t>(text.open_hole));
        const bool triple = m.text.substr(span.begin).starts_with("\"\"\"");
        Finding found{
            m.say(Code::unclosed_text, {span.begin, span.begin + (triple ? 3U : 1U)}, "this text has no closing quote",
                  "opened here", triple ? "Add `\"\"\"` where the text ends." : "Add `\"` where the text ends."),
            "", Finding::Harm::quotes};
        if (triple) return found;
        auto end = static_cast<std::uint32_t>(std::min(m.text.find('\n', span.begin), m.text.size()));
        while (end > span.begin + 1 && (m.text[end - 1] == ' ' || m.text[end - 1] == '\r')) --end;
        const bool sure = ends_with_line(m.text.substr(span.begin + 1, end - span.begin - 1));
        return std::move(found).mend({end, end}, "\"", sure ? Sure::yes : Sure::no);
      }
      case Quoted::End::several_lines:
        return Finding{m.say(Code::unclosed_text, {span.begin, span.begin + 1},
                             "a text between `\"` and `\"` ends on the line where it begins",
                             "opened here, and closed on a later line",
                             "A text of several lines stands in three quotes at both ends: `\"\"\"`."),
                       "", Finding::Harm::quotes};
    }
  }
  return std::nullopt;
}

}  // namespace fairlead::grammar
