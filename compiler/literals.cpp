// Literals: from tokens to exact values.
#include <charconv>

#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

namespace {

std::string digits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || c == '.') out += c;
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto byte = [&out](std::uint32_t b) { out += static_cast<char>(b); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | point >> 6);
    byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3f));
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  }
}

}  // namespace

std::optional<Decimal> Checker::number(Node token) {
  const Result<Decimal> parsed = Decimal::parse(digits(token.text()));
  std::optional<Decimal> value = parsed ? std::optional(*parsed) : std::nullopt;
  if (value && token.kind() == Kind::percent) {
    const Result<Decimal> part = divide(*value, Decimal::from_int(100));
    value = part ? std::optional(*part) : std::nullopt;
  }
  if (!value)
    report(Code::number_range, place(token), fmt::format("`{}` is too large for a number", token.text()), "too large",
           "");
  return value;
}

std::optional<Decimal> Checker::share(Node token) {
  const std::optional<Decimal> value = number(token);
  if (value && (*value < Decimal() || *value > Decimal::from_int(1))) {
    const bool percent = token.kind() == Kind::number && *value > Decimal() && *value <= Decimal::from_int(100);
    grammar::Diagnostic& said =
        report(Code::share_range, place(token),
               fmt::format("`{}` is not a share: it must lie between 0% and 100%", token.text()), "not a share",
               percent ? fmt::format("Did you mean `{}%`?", token.text()) : "");
    if (percent) said.mend(token.span(), fmt::format("{}%", token.text()), grammar::Sure::no);
    return std::nullopt;
  }
  return value;
}

std::optional<Duration> Checker::duration(Node token) {
  const std::string_view text = token.text();
  const std::string_view unit = text.substr(text.find_last_of(' ') + 1);
  const std::int64_t ms = unit.starts_with("second")   ? 1'000
                          : unit.starts_with("minute") ? 60'000
                          : unit.starts_with("hour")   ? 3'600'000
                          : unit.starts_with("day")    ? 86'400'000
                                                       : 604'800'000;
  const Result<Decimal> count = Decimal::parse(digits(text));
  if (count) {
    if (const Result<Decimal> total = multiply(*count, Decimal::from_int(ms))) {
      if (const Result<std::int64_t> whole = total->to_int(); whole && *whole < std::int64_t{36'525} * 86'400'000)
        return Duration{*whole};
    }
  }
  report(Code::number_range, place(token),
         fmt::format("`{}` is too long: a duration is shorter than a hundred years", text), "too long",
         "Give a shorter time.");
  return std::nullopt;
}

std::optional<std::pair<Decimal, std::string>> Checker::money(Node token) {
  const std::string_view text = token.text();
  std::string currency = text.starts_with("$")              ? "USD"
                         : text.starts_with("\xe2\x82\xac") ? "EUR"
                         : text.starts_with("\xc2\xa3")     ? "GBP"
                                                            : std::string(text.substr(0, 3));
  if (!is_currency(currency)) {
    report(Code::not_a_literal, place(token), fmt::format("`{}` is not a currency", currency), "unknown",
           "Write its code of three letters, like USD or EUR.");
    return std::nullopt;
  }
  const Result<Decimal> amount = Decimal::parse(digits(text));
  if (!amount) {
    report(Code::number_range, place(token), fmt::format("`{}` is too large a sum", text), "too large", "");
    return std::nullopt;
  }
  // The library does not know in which currency it is read; its figures are in the project's.
  if (in_library(place(token))) currency = program_.module.currency;
  return std::pair{*amount, std::move(currency)};
}

std::optional<TimeOfDay> Checker::time(Node token) {
  const Result<TimeOfDay> value = parse_time(token.text());
  if (value) return *value;
  report(Code::not_a_literal, place(token), fmt::format("`{}` is not a time of day", token.text()), "not on the clock",
         "The clock goes from 00:00 to 23:59.");
  return std::nullopt;
}

std::string Checker::unescape(Node chunk) {
  const std::string_view text = chunk.text();
  std::string out;
  const auto wrong = [&](std::size_t i, std::size_t n) {
    const std::uint32_t begin = chunk.span().begin + static_cast<std::uint32_t>(i);
    const Place at = place(chunk);
    report(Code::unknown_escape, {at.file, {begin, begin + static_cast<std::uint32_t>(n)}},
           fmt::format("`{}` means nothing in a text", text.substr(i, n)), "unknown after a backslash",
           text[i] == '}'
               ? "A `}` needs no backslash."
               : "After a backslash comes `n`, `t`, `\"`, `\\`, `{` or `u{…}`. A backslash itself is written `\\\\`.");
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    switch (text[i]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '{': out += '{'; break;
      case 'u': {
        const std::size_t close = text.find('}', i);
        std::uint32_t point = 0;
        bool valid = i + 1 < text.size() && text[i + 1] == '{' && close != std::string_view::npos &&
                     close - i - 2 <= 6 &&
                     std::from_chars(text.data() + i + 2, text.data() + close, point, 16).ptr == text.data() + close;
        valid = valid && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        if (!valid) {
          wrong(i - 1, 2);
          break;
        }
        append_utf8(out, point);
        i = close;
        break;
      }
      default: wrong(i - 1, 2); break;
    }
  }
  return out;
}

std::optional<std::string> Checker::plain_text(Node node) {
  std::string out;
  for (const Node& part : node.children()) {
    if (part.kind() == Kind::hole) {
      report(Code::not_a_literal, place(part), "this text is fixed: it cannot have holes", "a hole",
             "A brace that should be read as it is, is written `\\{`.");
      return std::nullopt;
    }
    if (part.kind() == Kind::chunk) out += unescape(part);
  }
  return out;
}

}  // namespace fairlead::compiler
