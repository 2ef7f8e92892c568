// Exact decimals for Number and Money: 128-bit fixed point, nine digits after the point,
// half-even rounding. Nothing here is ever silently wrong: what does not fit is a fault.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/values/fault.hpp"

namespace fairlead {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;

class Decimal {
 public:
  static constexpr int digits = 9;
  static constexpr std::int64_t one = 1'000'000'000;

  constexpr Decimal() = default;
  static constexpr Decimal from_units(int128 units) { return Decimal(units); }
  static constexpr Decimal from_int(std::int64_t n) { return Decimal(static_cast<int128>(n) * one); }
  /// Rounds half-even to nine digits; a fault where the value is not finite or does not fit.
  static Result<Decimal> from_double(double value);
  /// Plain decimal text: `-1234.5`, no exponent, no separators. More than nine digits after the
  /// point are rounded half-even.
  static Result<Decimal> parse(std::string_view text);

  [[nodiscard]] constexpr int128 units() const { return units_; }
  [[nodiscard]] double to_double() const;
  /// Shortest plain text: `3`, `0.5`, `-2.25`.
  [[nodiscard]] std::string to_string() const;
  /// With exactly `places` digits after the point (half-even), 0 to 9.
  [[nodiscard]] std::string to_string(int places) const;
  /// Truncated toward zero; a fault where it does not fit.
  [[nodiscard]] Result<std::int64_t> to_int() const;

  constexpr auto operator<=>(const Decimal& other) const { return units_ <=> other.units_; }
  constexpr bool operator==(const Decimal&) const = default;

 private:
  constexpr explicit Decimal(int128 units) : units_(units) {}
  int128 units_ = 0;
};

Result<Decimal> add(Decimal a, Decimal b);
Result<Decimal> subtract(Decimal a, Decimal b);
Result<Decimal> multiply(Decimal a, Decimal b);
Result<Decimal> divide(Decimal a, Decimal b);
Result<Decimal> negate(Decimal a);

}  // namespace fairlead
