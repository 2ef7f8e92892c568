// One value of the language at run time: trivially copyable, 32 bytes. Text and lists are borrowed: their
// bytes belong to a module, a stored record or an Arena, and must outlive the value.
#pragma once

#include <cstring>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/decimal.hpp"
#include "runtime/values/time.hpp"

namespace fairlead {

/// Enumerations, countries, e-mail addresses and the like are text at run time: the compiler has
/// checked them, and intake checks what comes from outside (type.hpp).
enum class Tag : std::uint8_t { none, boolean, number, money, text, duration, instant, date, time, list };

std::string_view to_string(Tag tag);

class Value {
 public:
  constexpr Value() = default;
  static Value of(bool b) {
    Value v(Tag::boolean);
    v.units_ = b ? 1 : 0;
    return v;
  }
  static Value of(Decimal n) {
    Value v(Tag::number);
    v.units_ = n.units();
    return v;
  }
  static Value money(Decimal n) {
    Value v(Tag::money);
    v.units_ = n.units();
    return v;
  }
  static Value of(Duration d) {
    Value v(Tag::duration);
    v.units_ = d.ms;
    return v;
  }
  static Value of(Instant t) {
    Value v(Tag::instant);
    v.units_ = t.ms;
    return v;
  }
  static Value of(Date d) {
    Value v(Tag::date);
    v.units_ = d.day;
    return v;
  }
  static Value of(TimeOfDay t) {
    Value v(Tag::time);
    v.units_ = t.second;
    return v;
  }
  /// Borrows.
  static Value text(std::string_view s) {
    Value v(Tag::text);
    v.size_ = static_cast<std::uint32_t>(s.size());
    v.text_ = s.data();
    return v;
  }
  /// Borrows.
  static Value list(std::span<const Value> items) {
    Value v(Tag::list);
    v.size_ = static_cast<std::uint32_t>(items.size());
    v.items_ = items.data();
    return v;
  }

  [[nodiscard]] Tag tag() const { return tag_; }
  [[nodiscard]] bool exists() const { return tag_ != Tag::none; }
  // Each of these is for a value of its own tag only.
  [[nodiscard]] bool as_bool() const { return as_integer() != 0; }
  [[nodiscard]] Decimal as_decimal() const { return Decimal::from_units(units_); }
  [[nodiscard]] std::int64_t as_integer() const { return static_cast<std::int64_t>(units_); }  // durations and times
  [[nodiscard]] Duration as_duration() const { return {as_integer()}; }
  [[nodiscard]] Instant as_instant() const { return {as_integer()}; }
  [[nodiscard]] Date as_date() const { return {static_cast<std::int32_t>(units_)}; }
  [[nodiscard]] TimeOfDay as_time() const { return {static_cast<std::int32_t>(units_)}; }
  /// Of all that is neither text nor a list: those of a decimal, or the integer. Within one tag they are in its order.
  [[nodiscard]] int128 units() const { return units_; }
  [[nodiscard]] std::string_view as_text() const { return {text_, size_}; }
  [[nodiscard]] std::span<const Value> as_list() const { return {items_, size_}; }

 private:
  constexpr explicit Value(Tag tag) : tag_(tag) {}

  Tag tag_ = Tag::none;
  std::uint32_t size_ = 0;
  union {
    int128 units_ = 0;
    const char* text_;
    const Value* items_;
  };
};

/// Same tag and same content; two absent values are equal.
bool operator==(const Value& a, const Value& b);

/// Order of two present values of one tag (numbers, money, text, times); a fault otherwise.
Result<std::strong_ordering> order(const Value& a, const Value& b);

/// As a reader would write it: `$5`, `3 days`, `DE`, `0.5`. `currency` is for money: ISO 4217.
std::string render(const Value& value, std::string_view currency = "");

/// Owns text and lists for as long as a turn takes.
class Arena {
 public:
  std::string_view keep(std::string text) { return texts_.emplace_front(std::move(text)); }
  std::span<const Value> keep(std::vector<Value> items) { return lists_.emplace_front(std::move(items)); }
  /// A deep copy of `value` whose bytes belong to this arena.
  Value keep(const Value& value);
  void clear() {
    texts_.clear();
    lists_.clear();
  }

 private:
  // What is kept does not move, and an arena that keeps nothing costs nothing: most evaluations make no text.
  std::forward_list<std::string> texts_;
  std::forward_list<std::vector<Value>> lists_;
};

}  // namespace fairlead
