// What the language has and this version has not: it is named, and never called a mistake.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

using rules::Where;
using Shape = Token::Shape;

std::optional<Finding> recognise_later(const Mistake& m) {
  const auto later = [&](Span span, std::string_view what) {
    return Finding{
        m.say(Code::not_supported, span,
              fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", what),
              "not supported yet", "docs/language.md lists what this version reads."),
        ""};
  };
  // `phrase` at token `i`: the index after its last word, or nothing.
  const auto matches = [&](std::string_view phrase, std::size_t i) -> std::size_t {
    for (std::size_t begin = 0; begin < phrase.size();) {
      const std::size_t end = std::min(phrase.find(' ', begin), phrase.size());
      if (m.word(i) != phrase.substr(begin, end - begin)) return 0;
      ++i;
      begin = end + 1;
    }
    return i;
  };
  const auto& first = m.place.later;
  for (const std::string_view phrase : first) {
    const std::size_t end = matches(phrase, m.item);
    if (end > 0 && !m.follows && m.at <= end) return later(m.span(m.item, end - 1), phrase);
  }
  if (m.error.place == Where::workflow || m.error.place == Where::declaration) {
    if (m.word(m.item) == "workflow" && m.word(m.item + 2) == "for" && m.at == m.item + 3 && m.is(m.at, Shape::word) &&
        m.word(m.at + 1) == "{") {
      return later(m.tokens[m.at].span, fmt::format("for {}", m.word(m.at)));
    }
  }
  for (const std::string_view phrase : later_phrases()) {
    const bool several = phrase.find(' ') != std::string_view::npos;
    for (std::size_t i = several && m.at > m.head() + 1 ? m.at - 2
                         : several && m.at > m.head()   ? m.at - 1
                                                        : m.at;
         i <= m.at; ++i) {
      const std::size_t end = matches(phrase, i);
      if (end == 0 || end < m.at || !m.is(i, Shape::word) || m.expects(m.word(m.at))) continue;
      if (!several && m.at_start() && m.follows && phrase == "file") continue;
      // A floor of an option, not what is left of `explore at least`.
      if (phrase.starts_with("at ") && (i == m.head() || m.word(m.head()) == "explore")) continue;
      return later(m.span(i, end - 1), phrase);
    }
  }
  // `mrr: Money fresh 24 hours`: read as the name of another field, which then has no colon.
  if (m.error.place == Where::record && m.follows && m.at == m.item + 1 &&
      (m.word(m.item) == "fresh" || m.word(m.item) == "complete")) {
    return later(m.tokens[m.item].span, m.word(m.item));
  }
  // The same at the end of a rule.
  const bool share = m.word(m.item) == "share" && m.item > 0 && !m.tokens[m.item].breaks;
  const bool waivable = m.word(m.item) == "waivable" && m.word(m.item + 1) == "by";
  if (m.error.place == Where::policy && m.at == m.item + 1 && (share || waivable)) {
    return later(m.tokens[m.item].span, m.word(m.item));
  }
  // Inside of the parentheses of such a function, or just behind them.
  std::vector<std::size_t> open;
  std::size_t closed = m.tokens.size();
  for (std::size_t i = 0; i < m.at && i < m.tokens.size(); ++i) {
    if (m.word(i) == "(") open.push_back(i);
    if (m.word(i) == ")" && !open.empty()) {
      closed = open.back();
      open.pop_back();
    }
  }
  if (m.word(m.at) == "." && m.at > 0 && m.word(m.at - 1) == ")") open.push_back(closed);
  for (const std::size_t at : open) {
    const std::string_view name = at > 0 ? m.word(at - 1) : std::string_view{};
    if (std::find(later_functions.begin(), later_functions.end(), name) != later_functions.end())
      return later(m.tokens[at - 1].span, name);
  }
  return std::nullopt;
}

}  // namespace fairlead::grammar
