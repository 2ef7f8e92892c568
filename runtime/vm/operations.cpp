// The operators: exact, half-even, and a fault rather than a wrong result.
#include "runtime/vm/operations.hpp"

#include <algorithm>
#include <limits>

namespace fairlead::vm {
namespace {

constexpr std::int64_t day_ms = days(1).ms;

tl::unexpected<Fault> mismatch(const Value& b, const Value& c) {
  return fault(b.exists() && c.exists() ? FaultCode::wrong_type : FaultCode::absent);
}

bool are(const Value& b, Tag first, const Value& c, Tag second) {
  return b.tag() == first && c.tag() == second;
}

Result<Value> number(Result<Decimal> d) {
  return std::move(d).map([](Decimal v) { return Value::of(v); });
}
Result<Value> money(Result<Decimal> d) {
  return std::move(d).map([](Decimal v) { return Value::money(v); });
}

uint128 magnitude(int128 v) {
  return v < 0 ? uint128{0} - static_cast<uint128>(v) : static_cast<uint128>(v);
}

/// n / d as milliseconds, half-even; d is not zero.
Result<Value> milliseconds(int128 n, int128 d) {
  const bool negative = (n < 0) != (d < 0);
  uint128 quotient = magnitude(n) / magnitude(d);
  const uint128 rest = magnitude(n) % magnitude(d);
  const uint128 missing = magnitude(d) - rest;
  if (rest > missing || (rest == missing && quotient % 2 == 1)) ++quotient;
  const uint128 limit = static_cast<uint128>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  if (quotient > limit) return fault(FaultCode::overflow);
  const auto size = static_cast<int128>(quotient);
  return Value::of(Duration{static_cast<std::int64_t>(negative ? -size : size)});
}

Result<Value> scale(Duration d, Decimal by) {
  int128 product = 0;
  if (__builtin_mul_overflow(static_cast<int128>(d.ms), by.units(), &product)) return fault(FaultCode::overflow);
  return milliseconds(product, Decimal::one);
}

Result<Value> move_date(Date date, std::int64_t ms, bool back) {
  if (ms % day_ms != 0) return fault(FaultCode::wrong_type);
  // A count of days is far from the ends of 64 bits on both sides, so only the result may not fit.
  const std::int64_t day = back ? date.day - ms / day_ms : date.day + ms / day_ms;
  if (day != static_cast<std::int32_t>(day)) return fault(FaultCode::overflow);
  return Value::of(Date{static_cast<std::int32_t>(day)});
}

}  // namespace

tl::unexpected<Fault> mismatch(const Value& b) {
  return mismatch(b, b);
}

Result<Value> add(const Value& b, const Value& c) {
  if (are(b, Tag::number, c, Tag::number)) return number(fairlead::add(b.as_decimal(), c.as_decimal()));
  if (are(b, Tag::money, c, Tag::money)) return money(fairlead::add(b.as_decimal(), c.as_decimal()));
  return mismatch(b, c);
}

Result<Value> subtract(const Value& b, const Value& c) {
  if (are(b, Tag::number, c, Tag::number)) return number(fairlead::subtract(b.as_decimal(), c.as_decimal()));
  if (are(b, Tag::money, c, Tag::money)) return money(fairlead::subtract(b.as_decimal(), c.as_decimal()));
  return mismatch(b, c);
}

Result<Value> multiply(const Value& b, const Value& c) {
  if (are(b, Tag::number, c, Tag::number)) return number(fairlead::multiply(b.as_decimal(), c.as_decimal()));
  if (are(b, Tag::number, c, Tag::money) || are(b, Tag::money, c, Tag::number)) {
    return money(fairlead::multiply(b.as_decimal(), c.as_decimal()));
  }
  if (are(b, Tag::number, c, Tag::duration)) return scale(c.as_duration(), b.as_decimal());
  if (are(b, Tag::duration, c, Tag::number)) return scale(b.as_duration(), c.as_decimal());
  return mismatch(b, c);
}

Result<Value> divide(const Value& b, const Value& c) {
  if (are(b, Tag::number, c, Tag::number) || are(b, Tag::money, c, Tag::money)) {
    return number(fairlead::divide(b.as_decimal(), c.as_decimal()));
  }
  if (are(b, Tag::money, c, Tag::number)) return money(fairlead::divide(b.as_decimal(), c.as_decimal()));
  if (are(b, Tag::duration, c, Tag::duration)) {
    return number(fairlead::divide(Decimal::from_int(b.as_integer()), Decimal::from_int(c.as_integer())));
  }
  if (are(b, Tag::duration, c, Tag::number)) {
    if (c.as_decimal() == Decimal()) return fault(FaultCode::division_by_zero);
    return milliseconds(static_cast<int128>(b.as_integer()) * Decimal::one, c.as_decimal().units());
  }
  return mismatch(b, c);
}

Result<Value> shift(const Value& b, const Value& c) {
  if (!b.exists() || c.tag() != Tag::duration) return mismatch(b, c);
  if (b.tag() == Tag::date) return move_date(b.as_date(), c.as_integer(), false);
  if (b.tag() != Tag::instant && b.tag() != Tag::duration) return mismatch(b, c);
  std::int64_t sum = 0;
  if (__builtin_add_overflow(b.as_integer(), c.as_integer(), &sum)) return fault(FaultCode::overflow);
  return b.tag() == Tag::instant ? Value::of(Instant{sum}) : Value::of(Duration{sum});
}

Result<Value> unshift(const Value& b, const Value& c) {
  if (are(b, Tag::date, c, Tag::date)) return Value::of(days(b.as_integer() - c.as_integer()));
  if (are(b, Tag::date, c, Tag::duration)) return move_date(b.as_date(), c.as_integer(), true);
  const bool span = are(b, Tag::instant, c, Tag::instant) || are(b, Tag::duration, c, Tag::duration);
  if (!span && !are(b, Tag::instant, c, Tag::duration)) return mismatch(b, c);
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(b.as_integer(), c.as_integer(), &difference)) return fault(FaultCode::overflow);
  return span ? Value::of(Duration{difference}) : Value::of(Instant{difference});
}

Result<Value> negate(const Value& b) {
  if (b.tag() == Tag::number) return number(fairlead::negate(b.as_decimal()));
  if (b.tag() == Tag::money) return money(fairlead::negate(b.as_decimal()));
  if (b.tag() != Tag::duration) return mismatch(b);
  std::int64_t negated = 0;
  if (__builtin_sub_overflow(std::int64_t{0}, b.as_integer(), &negated)) return fault(FaultCode::overflow);
  return Value::of(Duration{negated});
}

Result<Value> equal(const Value& b, const Value& c) {
  if (b.exists() && c.exists() && b.tag() != c.tag()) return fault(FaultCode::wrong_type);
  return Value::of(b == c);
}

Result<Value> less(const Value& b, const Value& c) {
  return order(b, c).map([](std::strong_ordering o) { return Value::of(o < 0); });
}

Result<Value> less_equal(const Value& b, const Value& c) {
  return order(b, c).map([](std::strong_ordering o) { return Value::of(o <= 0); });
}

Result<Value> member(const Value& b, const Value& c) {
  if (!b.exists() || c.tag() != Tag::list) return mismatch(b, c);
  return Value::of(std::ranges::any_of(c.as_list(), [&b](const Value& item) { return item == b; }));
}

Result<Value> invert(const Value& b) {
  if (b.tag() != Tag::boolean) return mismatch(b);
  return Value::of(!b.as_bool());
}

}  // namespace fairlead::vm
