// Amounts, times and units as people write them elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

namespace {

using Shape = Token::Shape;

constexpr std::array<std::string_view, 10> units = {"seconds", "second", "minutes", "minute", "hours",
                                                    "hour",    "days",   "day",     "weeks",  "week"};

struct Short {
  std::string_view found, meant;
};
constexpr std::array<Short, 12> shorts = {{{"s", "seconds"},
                                           {"sec", "seconds"},
                                           {"secs", "seconds"},
                                           {"m", "minutes"},
                                           {"min", "minutes"},
                                           {"mins", "minutes"},
                                           {"h", "hours"},
                                           {"hr", "hours"},
                                           {"hrs", "hours"},
                                           {"d", "days"},
                                           {"w", "weeks"},
                                           {"wk", "weeks"}}};

bool is_sign(std::string_view s) {
  return s == "$" || s == "€" || s == "£";
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), is_digit);
}
bool is_code(std::string_view s) {
  return s.size() == 3 && std::all_of(s.begin(), s.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The unit that a word stands for; empty where it is none.
std::string_view unit_for(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  const auto known = std::find_if(shorts.begin(), shorts.end(), [&](const Short& s) { return s.found == lower; });
  if (known != shorts.end()) return known->meant;
  return closest(lower, {units.begin(), units.end()});
}

std::optional<Finding> unit(const Mistake& m, std::string_view count, std::string_view word, Span span) {
  if (word == "month" || word == "months" || word == "year" || word == "years" || word == "quarter" ||
      word == "quarters") {
    return Finding{
        m.say(Code::other_notation, span,
              fmt::format("`{}` is not a unit, because not every {} is of one length", word,
                          word.ends_with('s') ? word.substr(0, word.size() - 1) : word),
              "not a fixed length",
              fmt::format("Say it in days: `{} days`.",
                          std::min(std::atoi(std::string(count).c_str()), 1'000) * (word.starts_with('m')   ? 30
                                                                                    : word.starts_with('y') ? 365
                                                                                                            : 90))),
        ""};
  }
  std::string_view meant = unit_for(word);
  if (meant.empty()) return std::nullopt;
  if (count == "1" && meant.ends_with('s')) meant.remove_suffix(1);
  const bool joined = span.end - span.begin > word.size();
  // An `m` may be a minute or a month, and a misspelling anything.
  const bool known =
      word != "m" && std::any_of(shorts.begin(), shorts.end(), [&](const Short& s) { return s.found == word; });
  return Finding{m.say(Code::other_notation, span, fmt::format("`{}` is not a unit of time", word), "not a unit",
                       fmt::format("Did you mean `{} {}`?", count, meant)),
                 ""}
      .mend(span, joined ? fmt::format("{} {}", count, meant) : std::string(meant), known ? Sure::yes : Sure::no);
}

/// `5 %`, `$ 5`, `5 $`, `5 EUR`, `EUR5`.
std::optional<Finding> sign(const Mistake& m) {
  for (const std::size_t i : {m.at, m.at == 0 ? 0 : m.at - 1}) {
    if (!m.has(i) || !m.has(i + 1)) continue;
    const std::string_view a = m.word(i);
    const std::string_view b = m.word(i + 1);
    if (m.tokens[i + 1].breaks) continue;
    const bool number_first = m.is(i, Shape::number);
    if (number_first && b == "%" && !m.joined(i)) {
      return Finding{m.say(Code::other_notation, m.span(i, i + 1), "a percentage is written without a blank",
                           fmt::format("write `{}%`", a), ""),
                     ""}
          .mend(m.span(i, i + 1), fmt::format("{}%", a));
    }
    if (number_first && (b == "percent" || b == "pct")) {
      return Finding{m.say(Code::other_notation, m.span(i, i + 1), "a percentage is written with its sign",
                           fmt::format("write `{}%`", a), ""),
                     ""}
          .mend(m.span(i, i + 1), fmt::format("{}%", a));
    }
    if (is_sign(a) && m.is(i + 1, Shape::number) && !m.joined(i)) {
      return Finding{m.say(Code::other_notation, m.span(i, i + 1), "a sum is written without a blank after its sign",
                           fmt::format("write `{}{}`", a, b), ""),
                     ""}
          .mend(m.span(i, i + 1), fmt::format("{}{}", a, b));
    }
    if (number_first && (is_sign(b) || is_code(b))) {
      const std::string meant = fmt::format("{}{}",
                                            b == "EUR"   ? "€"
                                            : b == "USD" ? "$"
                                            : b == "GBP" ? "£"
                                            : is_code(b) ? fmt::format("{} ", b)
                                                         : std::string(b),
                                            a);
      return Finding{m.say(Code::other_notation, m.span(i, i + 1), "the currency stands before the sum",
                           fmt::format("write `{}`", meant), ""),
                     ""}
          .mend(m.span(i, i + 1), meant);
    }
  }
  return std::nullopt;
}

/// `10,000`, `2.000,50`, `5.5.5`, `1'000`.
std::optional<Finding> thousands(const Mistake& m) {
  // The comma stands at the token, or just before it: after an item a comma is read as its end.
  for (const std::size_t i : {m.at, m.at == 0 ? 0 : m.at - 1}) {
    const std::string_view mark = m.word(i);
    if ((mark != "," && mark != "'" && mark != "’") || i == 0 || !m.is(i - 1, Shape::number) ||
        !m.is(i + 1, Shape::number) || !m.joined(i - 1) || !m.joined(i))
      continue;
    std::size_t first = i - 1;
    std::size_t last = i + 1;
    while (m.word(last + 1) == mark && m.is(last + 2, Shape::number) && m.joined(last) && m.joined(last + 1)) last += 2;
    if (first > 0 && is_sign(m.word(first - 1)) && m.joined(first - 1)) --first;
    const Span span = m.span(first, last);
    std::string meant;
    const bool decimal = mark == "," && m.word(i + 1).size() != 3;
    for (const char c : m.text.substr(span.begin, span.end - span.begin)) {
      if (c == ',' || c == '\'') {
        meant += decimal ? '.' : '_';
      } else if (!(decimal && c == '.')) {
        meant += c;
      }
    }
    if (mark == "’")
      return Finding{m.say(Code::other_notation, span, "thousands are set apart with `_`", "write `_`, or nothing", ""),
                     ""};
    return Finding{
        m.say(Code::other_notation, span, "no comma stands inside of a number", fmt::format("write `{}`", meant),
              decimal ? "The decimal point is a point." : "Thousands may be set apart with `_`."),
        ""}
        .mend(span, meant, decimal ? Sure::no : Sure::yes);
  }
  // A number of several points, which the scanner gives as one token.
  for (const std::size_t i : {m.at, m.at == 0 ? 0 : m.at - 1}) {
    const std::string_view text = m.word(i);
    if (m.is(i, Shape::number) && std::count(text.begin(), text.end(), '.') > 1) {
      const std::size_t first = i > 0 && is_sign(m.word(i - 1)) && m.joined(i - 1) ? i - 1 : i;
      // Groups of three: thousands as they are set apart in many countries.
      bool groups = true;
      for (std::size_t point = text.find('.'); point != std::string_view::npos && groups;
           point = text.find('.', point + 1)) {
        groups = std::min(text.find('.', point + 1), text.size()) - point == 4;
      }
      std::string meant(text);
      std::replace(meant.begin(), meant.end(), '.', '_');
      Finding said{
          m.say(
              Code::other_notation, m.span(first, i), "a number has one decimal point at most", "more than one point",
              groups ? fmt::format("If the points set thousands apart, write `{}`.", meant) : "Write it like `5.50`."),
          ""};
      if (groups) said.diagnostic.mend(m.tokens[i].span, meant, Sure::no);
      return said;
    }
  }
  return std::nullopt;
}

/// `3days`, `9:00`, `9am`, `3 dayz`.
std::optional<Finding> time(const Mistake& m) {
  for (const std::size_t i : {m.at, m.at == 0 ? 0 : m.at - 1}) {
    if (!m.is(i, Shape::number)) continue;
    const std::string_view text = m.word(i);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view count = text.substr(0, digits);
    std::string_view tail = text.substr(digits);
    const bool apart = tail.empty() && m.is(i + 1, Shape::word) && !m.tokens[i + 1].breaks;
    if (apart) tail = m.word(i + 1);
    const Span whole = apart ? m.span(i, i + 1) : m.tokens[i].span;
    const bool noon = tail == "am" || tail == "pm" || tail == "AM" || tail == "PM" || tail == "a" || tail == "p" ||
                      tail == "Uhr" || tail == "oclock";
    if (noon && !count.empty() && count.size() <= 2) {
      const int said = std::atoi(std::string(count).c_str());
      const bool after = tail[0] == 'p' || tail[0] == 'P';
      const bool before = tail[0] == 'a' || tail[0] == 'A';
      const int hour = (after || before ? said % 12 + (after ? 12 : 0) : said % 24);
      return Finding{
          m.say(Code::other_notation, whole, "times of day have 24 hours", fmt::format("write `{:02}:00`", hour), ""),
          ""}
          .mend(whole, fmt::format("{:02}:00", hour), said <= (after || before ? 12 : 23) ? Sure::yes : Sure::no);
    }
    if (text.size() == digits && digits == 1 && m.word(i + 1) == ":" && m.is(i + 2, Shape::number) && m.joined(i) &&
        m.joined(i + 1) && m.word(i + 2).size() >= 2 && all_digits(m.word(i + 2).substr(0, 2))) {
      const std::string_view minutes = m.word(i + 2);
      const bool after = minutes.substr(2) == "pm" || minutes.substr(2) == "PM";
      const std::string meant =
          fmt::format("{:02}:{}", std::atoi(std::string(text).c_str()) + (after ? 12 : 0), minutes.substr(0, 2));
      return Finding{
          m.say(Code::other_notation, m.span(i, i + 2), "an hour has two digits", fmt::format("write `{}`", meant), ""),
          ""}
          .mend(m.span(i, i + 2), meant,
                minutes.size() == 2 || after || minutes.substr(2) == "am" ? Sure::yes : Sure::no);
    }
    const bool timed = m.expects("a duration like `3 days`") || m.expects("a period like `7 days` or `month`");
    if (tail.empty()) {
      if (i != m.at || !timed || text.size() != digits) continue;
      return Finding{m.say(Code::syntax, whole, fmt::format("the unit is missing after `{}`", text),
                           fmt::format("{} of what?", text), fmt::format("Write `{} days`, say.", text)),
                     ""}
          .mend(whole, fmt::format("{} days", text), Sure::no);
    }
    if (!apart) {
      if (std::find(units.begin(), units.end(), tail) != units.end()) {
        return Finding{m.say(Code::other_notation, whole, "a blank is missing between the number and its unit",
                             fmt::format("write `{} {}`", count, tail), ""),
                       ""}
            .mend(whole, fmt::format("{} {}", count, tail));
      }
      if (auto found = unit(m, count, tail, whole)) return found;
      continue;
    }
    if (std::find(units.begin(), units.end(), tail) != units.end() || m.expects(tail)) continue;
    const std::string_view head = m.word(m.head());
    const bool waiting = i + 1 == m.at && (head == "wait" || m.word(i - 1) == "last" || m.word(i - 1) == "within" ||
                                           m.word(i - 1) == "to");
    const bool here = (i == m.at && timed) || waiting;
    if (!here && (i + 1 != m.at || !form_of(m.place, tail).empty())) continue;
    if (auto found = unit(m, count, tail, m.tokens[i + 1].span)) return found;
    if (here) {
      return Finding{m.say(Code::other_notation, m.tokens[i + 1].span, fmt::format("`{}` is not a unit of time", tail),
                           "not a unit", "Units are seconds, minutes, hours, days and weeks."),
                     ""};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> recognise_number(const Mistake& m) {
  for (const auto recognise : {sign, thousands, time}) {
    if (auto found = recognise(m)) return found;
  }
  return std::nullopt;
}

}  // namespace fairlead::grammar
