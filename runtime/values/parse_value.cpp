// Values from outside text: a cell of a CSV file, a string of a JSON one. Nothing is guessed: what is not
// plainly a value of its type is turned away, with what was expected.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "runtime/values/currencies.hpp"
#include "runtime/values/limits.hpp"
#include "runtime/values/type.hpp"
#include "runtime/values/utf8.hpp"

namespace fairlead {
namespace {

constexpr std::string_view number_expected = "a number such as 1234.5";
constexpr std::string_view duration_expected = "a duration such as 3 days or 90 minutes";
constexpr std::string_view list_expected = "a list such as [a, b]";

tl::unexpected<Fault> not_a(std::string_view text, std::string_view expected) {
  return fault(FaultCode::not_a_value, text, expected);
}

/// Removes `word` from the front of `text`, if it is there.
bool take_front(std::string_view& text, std::string_view word) {
  if (word.empty() || !text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool take_back(std::string_view& text, std::string_view word) {
  if (word.empty() || !text.ends_with(word)) return false;
  text.remove_suffix(word.size());
  return true;
}

Result<Value> parse_boolean(std::string_view text) {
  std::string lower(text);
  // Spreadsheets write TRUE and FALSE.
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (lower == "true" || lower == "1" || lower == "yes") return Value::of(true);
  if (lower == "false" || lower == "0" || lower == "no") return Value::of(false);
  return not_a(text, "true or false");
}

Result<Value> parse_number(std::string_view text) {
  const Result<Decimal> number = Decimal::parse(text);
  if (number) return Value::of(*number);
  if (number.error().code == FaultCode::overflow) return not_a(text, "a number that Fairlead can hold (29 digits)");
  return not_a(text, number_expected);
}

/// An amount, with at most one of the currency's sign or code, in front or behind: `5`, `-$5`, `5 €`, `JPY 500`.
Result<Value> parse_money(std::string_view text, std::string_view currency) {
  std::string_view rest = text;
  const bool negative = take_front(rest, "-");
  const std::string_view sign = currency_sign(currency);
  if (take_front(rest, sign) || take_front(rest, currency)) {
    take_front(rest, " ");
  } else if (take_back(rest, sign) || take_back(rest, currency)) {
    take_back(rest, " ");
  }
  const Result<Decimal> amount = Decimal::parse(rest);
  // One minus sign, before the currency or after it, but not two.
  if (!amount || (negative && rest.starts_with('-'))) {
    return not_a(text, currency.empty() ? "an amount of money such as 5 or 5.50"
                                        : fmt::format("an amount of money in {} such as {}", currency,
                                                      render(Value::money(Decimal::from_int(5)), currency)));
  }
  return (negative ? negate(*amount) : amount).map([](Decimal d) { return Value::money(d); });
}

/// A whole number and a unit, as the language writes it.
Result<Value> parse_duration(std::string_view text) {
  constexpr std::pair<std::string_view, std::int64_t> units[] = {
      {"second", 1'000}, {"minute", 60'000}, {"hour", 3'600'000}, {"day", 86'400'000}, {"week", 604'800'000},
  };
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc() || !take_front(unit, " ")) return not_a(text, duration_expected);
  if (unit == "ms") return Value::of(Duration{count});
  take_back(unit, "s");
  for (const auto& [name, length] : units) {
    std::int64_t ms = 0;
    if (unit == name && !__builtin_mul_overflow(count, length, &ms)) return Value::of(Duration{ms});
  }
  return not_a(text, duration_expected);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Splits a list's text at its commas. An item in double quotes may have commas in it, and `""` for a quote; one that
/// is a list itself keeps its brackets. False where a quote or bracket does not close.
bool split_items(std::string_view text, bool nested, std::vector<std::string>& items) {
  std::string item;
  bool quoted = false;  // inside quotes now
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && (quoted || trimmed(item).empty() || nested)) {
      item += c;
      if (quoted && text.substr(i + 1).starts_with('"')) {
        item += text[++i];
      } else {
        quoted = !quoted;
      }
      continue;
    }
    if (nested && !quoted) depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (depth < 0) return false;
    if (c == ',' && !quoted && depth == 0) {
      items.push_back(std::move(item));
      item.clear();
    } else {
      item += c;
    }
  }
  items.push_back(std::move(item));
  return !quoted && depth == 0;
}

/// Takes the quotes off an item that has them; false where something follows the closing one.
bool unquote(std::string& item) {
  if (!item.starts_with('"')) return true;
  std::string out;
  for (std::size_t i = 1; i < item.size(); ++i) {
    if (item[i] != '"') {
      out += item[i];
    } else if (item.compare(i, 2, "\"\"") == 0) {
      out += item[i++];
    } else {
      const bool last = i + 1 == item.size();
      item = std::move(out);
      return last;
    }
  }
  return false;
}

/// `[a, b]`, or the same without brackets.
Result<Value> parse_list(std::string_view text, const FieldType& element, Arena& arena) {
  std::string_view inside = trimmed(text);
  const bool nested = element.kind == TypeKind::list;
  // Of a list of lists the outer brackets cannot be left out, or `[a], [b]` would lose its first and last.
  if (take_front(inside, "[")) {
    if (!take_back(inside, "]")) return not_a(text, list_expected);
  } else if (nested && !inside.empty()) {
    return not_a(text, list_expected);
  }
  std::vector<Value> values;
  if (!trimmed(inside).empty()) {
    std::vector<std::string> items;
    if (!split_items(inside, nested, items)) return not_a(text, list_expected);
    for (std::string& raw : items) {
      std::string item(trimmed(raw));
      const bool empty = item.empty();
      if (!nested && !unquote(item)) return not_a(text, list_expected);
      // Two commas in a row are a slip; an empty text in a list is written "".
      if (empty && !element.optional) return not_a(text, list_expected);
      Result<Value> value = parse_value(item, element, arena);
      if (!value) return value;
      values.push_back(*value);
    }
  }
  return Value::list(arena.keep(std::move(values)));
}

Result<Value> of_size(std::string_view text, Result<Value> value) {
  if (value && !fits_record(*value))
    return not_a(text, "something smaller: a record keeps up to 1,000,000,000,000,000");
  return value;
}

template <class T>
Result<Value> as_value(const Result<T>& parsed) {
  return parsed.map([](T v) { return Value::of(v); });
}

}  // namespace

Result<Value> parse_value(std::string_view text, const FieldType& type, Arena& arena) {
  if (text.empty() && type.optional) return Value();
  const auto checked = [&](bool good, std::string_view expected) -> Result<Value> {
    if (!good) return not_a(text, expected);
    return Value::text(arena.keep(std::string(text)));
  };
  switch (type.kind) {
    case TypeKind::boolean: return parse_boolean(text);
    case TypeKind::number: return of_size(text, parse_number(text));
    case TypeKind::money: return of_size(text, parse_money(text, type.currency));
    case TypeKind::duration: return of_size(text, parse_duration(text));
    case TypeKind::instant: return as_value(parse_instant(text));
    case TypeKind::date: return as_value(parse_date(text));
    case TypeKind::time: return as_value(parse_time(text));
    case TypeKind::text:
    case TypeKind::html: return checked(is_utf8(text), "text in UTF-8");
    case TypeKind::timezone:
      return checked(Zone::load(std::string(text)).has_value(), "a time zone such as Europe/Oslo");
    case TypeKind::country: return checked(is_country(text), "a country's two-letter code such as NO or US");
    case TypeKind::email: return checked(is_email(text), "an e-mail address such as kim@example.com");
    case TypeKind::phone: return checked(is_phone(text), "a phone number such as +4712345678");
    case TypeKind::url: return checked(is_url(text), "a web address such as https://example.com");
    case TypeKind::enumeration:
      return checked(std::ranges::find(type.members, text) != type.members.end(),
                     fmt::format("one of {}", fmt::join(type.members, ", ")));
    case TypeKind::list: break;
  }
  if (type.element.empty()) return not_a(text, list_expected);
  return parse_list(text, type.element.front(), arena);
}

}  // namespace fairlead
