// Decimal arithmetic. Multiplication and division pass through up to 256 bits, so that the one rounding at the end is
// the only thing that is ever lost.
#include "runtime/values/decimal.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace fairlead {
namespace {

constexpr uint128 scale = Decimal::one;
/// The magnitude of the least decimal. That of the greatest is one less.
constexpr uint128 least_magnitude = uint128{1} << 127;

uint128 magnitude(int128 v) {
  // Negating as unsigned is right for the least value too, whose negative no int128 holds.
  return v < 0 ? uint128{0} - static_cast<uint128>(v) : static_cast<uint128>(v);
}

/// `quotient` + `remainder` / `divisor`, rounded half-even, with a sign. 0 <= remainder < divisor.
Result<Decimal> rounded(bool negative, uint128 quotient, uint128 remainder, uint128 divisor) {
  if (quotient > least_magnitude) return fault(FaultCode::overflow);
  // `divisor - remainder` rather than `2 * remainder`, which may not fit.
  const uint128 rest = divisor - remainder;
  if (remainder > rest || (remainder == rest && (quotient & 1) != 0)) ++quotient;
  if (quotient > least_magnitude || (quotient == least_magnitude && !negative)) return fault(FaultCode::overflow);
  return Decimal::from_units(static_cast<int128>(negative ? uint128{0} - quotient : quotient));
}

/// 256 bits as 64-bit limbs, the least first.
using Wide = std::array<std::uint64_t, 4>;

Wide wide_product(uint128 a, uint128 b) {
  const std::array<std::uint64_t, 2> x = {static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(a >> 64)};
  const std::array<std::uint64_t, 2> y = {static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(b >> 64)};
  Wide out{};
  for (std::size_t i = 0; i < 2; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      // At most (2^64-1)^2 + 2(2^64-1) = 2^128 - 1: it just fits.
      const uint128 sum = static_cast<uint128>(x[i]) * y[j] + out[i + j] + carry;
      out[i + j] = static_cast<std::uint64_t>(sum);
      carry = static_cast<std::uint64_t>(sum >> 64);
    }
    out[i + 2] = carry;
  }
  return out;
}

uint128 low_half(const Wide& w) {
  return static_cast<uint128>(w[1]) << 64 | w[0];
}

uint128 power_of_ten(int exponent) {
  uint128 out = 1;
  for (int i = 0; i < exponent; ++i) out *= 10;
  return out;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const std::string_view out = text.substr(0, n);
  text.remove_prefix(n);
  return out;
}

/// Appends a decimal digit to `value`; false where it no longer fits.
bool push_digit(uint128& value, char digit) {
  return !__builtin_mul_overflow(value, uint128{10}, &value) &&
         !__builtin_add_overflow(value, static_cast<uint128>(digit - '0'), &value);
}

}  // namespace

Result<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value)) return fault(FaultCode::overflow);
  // The double is exactly mantissa * 2^exponent, with 2^52 <= mantissa < 2^53 (or zero), and so mantissa * 10^9 is
  // below 2^83.
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  const uint128 units = static_cast<uint128>(std::ldexp(fraction, 53)) * scale;
  exponent -= 53;
  if (units == 0) return Decimal();
  if (exponent > 45) return fault(FaultCode::overflow);  // at least 2^(81 + 46)
  if (exponent >= 0) return rounded(value < 0, units << exponent, 0, 1);
  if (exponent <= -127) return Decimal();  // below half a unit by far
  const uint128 divisor = uint128{1} << -exponent;
  return rounded(value < 0, units / divisor, units % divisor, divisor);
}

Result<Decimal> Decimal::parse(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const std::string_view whole = take_digits(rest);
  const bool pointed = rest.starts_with('.');
  if (pointed) rest.remove_prefix(1);
  const std::string_view part = take_digits(rest);
  if (whole.empty() || pointed == part.empty() || !rest.empty()) {
    return fault(FaultCode::not_a_value, text, "a number");
  }

  uint128 units = 0;
  for (const char c : whole) {
    if (!push_digit(units, c)) return fault(FaultCode::overflow);
  }
  for (std::size_t i = 0; i < digits; ++i) {
    if (!push_digit(units, i < part.size() ? part[i] : '0')) return fault(FaultCode::overflow);
  }
  // What lies beyond the ninth digit, in twentieths of a unit: its first digit doubled, and one more where anything
  // follows that. That is enough to know it from a half.
  uint128 beyond = 0;
  if (part.size() > digits) {
    beyond = static_cast<uint128>(part[digits] - '0') * 2;
    if (part.find_first_not_of('0', digits + 1) != std::string_view::npos) ++beyond;
  }
  return rounded(negative, units, beyond, 20);
}

double Decimal::to_double() const {
  // Both operands are exact, and division rounds once.
  constexpr int128 exact = int128{1} << 53;
  if (units_ >= -exact && units_ <= exact) return static_cast<double>(units_) / static_cast<double>(one);
  // Converting and then dividing would round twice; reading the text rounds once.
  const std::string text = to_string();
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string Decimal::to_string() const {
  std::string out = to_string(digits);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string Decimal::to_string(int places) const {
  places = places < 0 ? 0 : places > digits ? digits : places;
  const uint128 dropped = power_of_ten(digits - places);
  uint128 kept = magnitude(units_) / dropped;
  const uint128 remainder = magnitude(units_) % dropped;
  if (remainder * 2 > dropped || (remainder * 2 == dropped && (kept & 1) != 0)) ++kept;
  const char* sign = units_ < 0 && kept != 0 ? "-" : "";
  const uint128 ones = power_of_ten(places);
  if (places == 0) return fmt::format("{}{}", sign, kept);
  return fmt::format("{}{}.{:0{}}", sign, kept / ones, static_cast<std::uint64_t>(kept % ones), places);
}

Result<std::int64_t> Decimal::to_int() const {
  const int128 whole = units_ / one;
  if (whole < std::numeric_limits<std::int64_t>::min() || whole > std::numeric_limits<std::int64_t>::max()) {
    return fault(FaultCode::overflow);
  }
  return static_cast<std::int64_t>(whole);
}

Result<Decimal> add(Decimal a, Decimal b) {
  int128 sum = 0;
  if (__builtin_add_overflow(a.units(), b.units(), &sum)) return fault(FaultCode::overflow);
  return Decimal::from_units(sum);
}

Result<Decimal> subtract(Decimal a, Decimal b) {
  int128 difference = 0;
  if (__builtin_sub_overflow(a.units(), b.units(), &difference)) return fault(FaultCode::overflow);
  return Decimal::from_units(difference);
}

Result<Decimal> multiply(Decimal a, Decimal b) {
  const bool negative = (a.units() < 0) != (b.units() < 0);
  const Wide product = wide_product(magnitude(a.units()), magnitude(b.units()));
  if (product[2] == 0 && product[3] == 0) {
    return rounded(negative, low_half(product) / scale, low_half(product) % scale, scale);
  }
  Wide quotient{};
  uint128 remainder = 0;
  for (std::size_t i = product.size(); i-- > 0;) {
    const uint128 step = remainder << 64 | product[i];
    quotient[i] = static_cast<std::uint64_t>(step / scale);
    remainder = step % scale;
  }
  if (quotient[2] != 0 || quotient[3] != 0) return fault(FaultCode::overflow);
  return rounded(negative, low_half(quotient), remainder, scale);
}

Result<Decimal> divide(Decimal a, Decimal b) {
  if (b.units() == 0) return fault(FaultCode::division_by_zero);
  const bool negative = (a.units() < 0) != (b.units() < 0);
  const uint128 divisor = magnitude(b.units());
  const Wide dividend = wide_product(magnitude(a.units()), scale);
  if (dividend[2] == 0) {
    return rounded(negative, low_half(dividend) / divisor, low_half(dividend) % divisor, divisor);
  }
  // Long division, bit by bit: rare (a beyond 3.4e20) and short (the fourth limb is empty, 2^127 * 10^9 < 2^157).
  uint128 quotient = 0;
  uint128 remainder = 0;  // below the divisor, which is at most 2^127: one more bit always fits
  for (int bit = 191; bit >= 0; --bit) {
    remainder = remainder << 1 | (dividend[static_cast<std::size_t>(bit / 64)] >> (bit % 64) & 1);
    if (quotient >> 127 != 0) return fault(FaultCode::overflow);
    quotient <<= 1;
    if (remainder >= divisor) {
      remainder -= divisor;
      quotient |= 1;
    }
  }
  return rounded(negative, quotient, remainder, divisor);
}

Result<Decimal> negate(Decimal a) {
  return subtract(Decimal(), a);
}

}  // namespace fairlead
