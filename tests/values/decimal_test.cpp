// Decimals against a slow reference: the same arithmetic in integers without bounds.
#include "runtime/values/decimal.hpp"

#include <rapidcheck.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "runtime/values/random.hpp"

namespace fairlead {
namespace {

using boost::multiprecision::cpp_int;

constexpr int128 greatest = static_cast<int128>(~uint128{0} >> 1);
constexpr int128 least = -greatest - 1;

cpp_int wide(int128 v) {
  const auto bits = static_cast<uint128>(v);
  const cpp_int out = (cpp_int(static_cast<std::uint64_t>(bits >> 64)) << 64) | static_cast<std::uint64_t>(bits);
  return v < 0 ? out - (cpp_int(1) << 128) : out;
}

/// numerator / denominator, half-even, by the definition.
cpp_int half_even(cpp_int numerator, cpp_int denominator) {
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  cpp_int floor = numerator / denominator;
  if (floor * denominator > numerator) --floor;
  const cpp_int twice = 2 * (numerator - floor * denominator);
  const bool odd = floor % 2 != 0;
  return twice > denominator || (twice == denominator && odd) ? floor + 1 : floor;
}

bool fits(const cpp_int& v) {
  return v >= wide(least) && v <= wide(greatest);
}

/// Whether `got` is `expected`, or the fault that must stand in its place.
bool same(const Result<Decimal>& got, const cpp_int& expected) {
  if (!fits(expected)) return !got && got.error().code == FaultCode::overflow;
  return got && wide(got->units()) == expected;
}

/// Decimals of every size: the high bits of a uniform draw alone would leave out the small ones.
rc::Gen<Decimal> any_decimal() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::arbitrary<std::uint64_t>(), rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>()),
                     rc::gen::inRange(0, 128), rc::gen::inRange(0, 20)),
      [](const std::tuple<std::uint64_t, std::uint64_t, int, int>& t) {
        const auto& [high, low, shift, special] = t;
        if (special == 0) return Decimal::from_units(least);
        if (special == 1) return Decimal::from_units(greatest);
        if (special == 2) return Decimal::from_int(static_cast<std::int32_t>(low));
        return Decimal::from_units(static_cast<int128>(static_cast<uint128>(high) << 64 | low) >> shift);
      });
}

/// Uniform bits come small from RapidCheck at first; a full-width multiplier spreads them.
rc::Gen<Decimal> spread_decimal() {
  return rc::gen::map(rc::gen::pair(any_decimal(), rc::gen::inRange(0, 128)), [](const std::pair<Decimal, int>& p) {
    const auto bits =
        static_cast<uint128>(p.first.units()) * ((uint128{0x9E3779B97F4A7C15} << 64) | 0xF39CC0605CEDC835);
    return Decimal::from_units(static_cast<int128>(bits) >> p.second);
  });
}

Decimal parsed(std::string_view text) {
  return Decimal::parse(text).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decimal)

BOOST_AUTO_TEST_CASE(arithmetic_agrees_with_the_reference) {
  for (const auto& gen : {any_decimal(), spread_decimal()}) {
    BOOST_TEST(rc::check("against integers without bounds", [&] {
      const Decimal a = *gen;
      const Decimal b = *spread_decimal();
      const cpp_int x = wide(a.units());
      const cpp_int y = wide(b.units());
      RC_ASSERT(same(add(a, b), x + y));
      RC_ASSERT(same(subtract(a, b), x - y));
      RC_ASSERT(same(multiply(a, b), half_even(x * y, Decimal::one)));
      if (b.units() != 0) RC_ASSERT(same(divide(a, b), half_even(x * Decimal::one, y)));
      RC_ASSERT(same(negate(a), -x));
    }));
  }
}

// The same over many more pairs of all widths, since the 256-bit paths are reached by few.
BOOST_AUTO_TEST_CASE(arithmetic_agrees_with_the_reference_at_every_width) {
  Dice dice(1, 1);
  const auto any = [&] {
    const auto bits = static_cast<uint128>(dice.next64()) << 64 | dice.next64();
    return Decimal::from_units(static_cast<int128>(bits) >> dice.below(128));
  };
  int overflows = 0;
  int wide_products = 0;
  int ties = 0;
  for (int i = 0; i < 100'000; ++i) {
    const Decimal a = any();
    // Multiples of a half make ties common.
    const Decimal b = i % 2 == 0 ? any() : Decimal::from_units(static_cast<int128>(dice.below(20)) * 500'000'000);
    const cpp_int x = wide(a.units());
    const cpp_int y = wide(b.units());
    const auto product = multiply(a, b);
    BOOST_REQUIRE(same(product, half_even(x * y, Decimal::one)));
    if (b.units() != 0) BOOST_REQUIRE(same(divide(a, b), half_even(x * Decimal::one, y)));
    overflows += product ? 0 : 1;
    wide_products += product && abs(x * y) >> 128 != 0 ? 1 : 0;
    ties += abs(x * y) % Decimal::one == Decimal::one / 2 ? 1 : 0;
  }
  // Each kind was met, or this would show little.
  BOOST_TEST(overflows > 1000);
  BOOST_TEST(wide_products > 1000);
  BOOST_TEST(ties > 1000);
}

BOOST_AUTO_TEST_CASE(algebra) {
  BOOST_TEST(rc::check("a + b - b == a", [] {
    const Decimal a = *any_decimal();
    const Decimal b = *spread_decimal();
    const auto sum = add(a, b);
    RC_PRE(sum.has_value());
    RC_ASSERT(subtract(*sum, b).value() == a);
  }));
  BOOST_TEST(rc::check("a / b * b is within half a unit of b, and one more for rounding, of a", [] {
    const Decimal a = *any_decimal();
    const Decimal b = *spread_decimal();
    const auto back = divide(a, b).and_then([&](Decimal q) { return multiply(q, b); });
    RC_PRE(back.has_value());
    const cpp_int error = abs(wide(back->units()) - wide(a.units()));
    // For |b| up to two that is one unit.
    RC_ASSERT(2 * Decimal::one * error <= abs(wide(b.units())) + Decimal::one);
  }));
  BOOST_TEST(rc::check("a * b == b * a, and one is neutral", [] {
    const Decimal a = *any_decimal();
    const Decimal b = *spread_decimal();
    RC_ASSERT((multiply(a, b) == multiply(b, a)));
    RC_ASSERT(multiply(a, Decimal::from_int(1)).value() == a);
    RC_ASSERT(divide(a, Decimal::from_int(1)).value() == a);
  }));
}

BOOST_AUTO_TEST_CASE(halves_go_to_the_even_neighbour) {
  const auto units = [](std::int64_t n) { return Decimal::from_units(n); };
  const Decimal half = parsed("0.5");
  for (const auto& [n, expected] : {std::pair{1, 0}, {2, 1}, {3, 2}, {5, 2}, {7, 4}, {-1, 0}, {-3, -2}, {-5, -2}}) {
    BOOST_TEST((multiply(units(n), half).value() == units(expected)), n << " / 2");
    BOOST_TEST((divide(units(n), Decimal::from_int(2)).value() == units(expected)), n << " / 2");
  }
  BOOST_TEST(divide(Decimal::from_int(2), Decimal::from_int(3)).value().to_string() == "0.666666667");
}

BOOST_AUTO_TEST_CASE(results_beyond_128_bits_on_the_way) {
  // The product before scaling is 10^20 * 10^20, in units 10^29 * 10^18 > 2^128 / 2.
  BOOST_TEST((multiply(parsed("100000000000000"), parsed("100000000000000")).value() ==
              parsed("10000000000000000000000000000")));
  BOOST_TEST((divide(parsed("100000000000000000000000000000"), parsed("7")).value().to_string() ==
              "14285714285714285714285714285.714285714"));
  const Decimal top = Decimal::from_units(greatest);
  BOOST_TEST((divide(top, top).value() == Decimal::from_int(1)));
  BOOST_TEST((divide(top, parsed("0.999999999")).error().code == FaultCode::overflow));
  BOOST_TEST((multiply(top, parsed("1.000000001")).error().code == FaultCode::overflow));
  BOOST_TEST((negate(Decimal::from_units(least)).error().code == FaultCode::overflow));
  BOOST_TEST((divide(top, Decimal()).error().code == FaultCode::division_by_zero));
  BOOST_TEST((divide(Decimal(), Decimal()).error().code == FaultCode::division_by_zero));
}

BOOST_AUTO_TEST_CASE(text) {
  for (const char* same : {"0", "3", "0.5", "-2.25", "-0.000000001", "123456789012345678901234567.123456789"}) {
    BOOST_TEST(parsed(same).to_string() == same);
  }
  BOOST_TEST(parsed("-0").to_string() == "0");
  BOOST_TEST(parsed("007.50").to_string() == "7.5");
  BOOST_TEST(parsed("0.0000000005").to_string() == "0");
  BOOST_TEST(parsed("0.00000000050000000000001").to_string() == "0.000000001");
  BOOST_TEST(parsed("0.0000000015").to_string() == "0.000000002");
  BOOST_TEST(parsed("0.9999999999").to_string() == "1");
  BOOST_TEST((parsed("170141183460469231731687303715.884105727") == Decimal::from_units(greatest)));
  BOOST_TEST((parsed("-170141183460469231731687303715.884105728") == Decimal::from_units(least)));
  BOOST_TEST(Decimal::from_units(least).to_string() == "-170141183460469231731687303715.884105728");
  for (const char* big : {"170141183460469231731687303715.884105728", "1000000000000000000000000000000",
                          "99999999999999999999999999999999999999999999999"}) {
    BOOST_TEST((Decimal::parse(big).error().code == FaultCode::overflow), big);
  }
  for (const char* bad : {"", "-", ".", "1.", ".5", "+1", "1e3", "1,000", "1_000", " 1", "1 ", "--1", "1.2.3", "nan",
                          "99999999999999999999999999999999999999999999999x"}) {
    BOOST_TEST((Decimal::parse(bad).error().code == FaultCode::not_a_value), bad);
  }
  BOOST_TEST(rc::check("text there and back", [] {
    const Decimal a = *spread_decimal();
    RC_ASSERT(Decimal::parse(a.to_string()).value() == a);
    RC_ASSERT(Decimal::parse(a.to_string(9)).value() == a);
  }));
}

BOOST_AUTO_TEST_CASE(text_with_places) {
  BOOST_TEST(parsed("2.5").to_string(0) == "2");
  BOOST_TEST(parsed("3.5").to_string(0) == "4");
  BOOST_TEST(parsed("5").to_string(2) == "5.00");
  BOOST_TEST(parsed("-0.004").to_string(2) == "0.00");
  BOOST_TEST(parsed("-0.015").to_string(2) == "-0.02");
  BOOST_TEST(parsed("9.999").to_string(2) == "10.00");
}

BOOST_AUTO_TEST_CASE(doubles) {
  BOOST_TEST(Decimal::from_double(0.1).value().to_string() == "0.1");
  BOOST_TEST(Decimal::from_double(-1234.5).value().to_string() == "-1234.5");
  // 2^-10 has ten digits, the last of them a 5: a tie, and 976562 is even.
  BOOST_TEST(Decimal::from_double(0x1p-10).value().to_string() == "0.000976562");
  BOOST_TEST((Decimal::from_double(std::numeric_limits<double>::denorm_min()).value() == Decimal()));
  BOOST_TEST((Decimal::from_double(1e29).value().units() > 0));
  for (const double bad : {1e30, -1e30, 1.8e29, std::numeric_limits<double>::max(),
                           std::numeric_limits<double>::infinity(), std::nan("")}) {
    BOOST_TEST((Decimal::from_double(bad).error().code == FaultCode::overflow), bad);
  }
  BOOST_TEST(rc::check("a double agrees with the reference", [] {
    const auto mantissa = *rc::gen::resize(1000, rc::gen::arbitrary<std::int64_t>()) >> 11;
    const int exponent = *rc::gen::inRange(-140, 50);
    const auto got = Decimal::from_double(std::ldexp(static_cast<double>(mantissa), exponent));
    const cpp_int numerator = cpp_int(mantissa) * Decimal::one << (exponent > 0 ? exponent : 0);
    RC_ASSERT(same(got, half_even(numerator, cpp_int(1) << (exponent < 0 ? -exponent : 0))));
  }));
  BOOST_TEST(rc::check("to_double is the nearest", [] {
    const Decimal a = *spread_decimal();
    RC_ASSERT(a.to_double() == std::strtod(a.to_string().c_str(), nullptr));
  }));
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
  BOOST_TEST(parsed("-2.999").to_int().value() == -2);
  BOOST_TEST(Decimal::from_int(std::numeric_limits<std::int64_t>::min()).to_int().value() ==
             std::numeric_limits<std::int64_t>::min());
  BOOST_TEST((parsed("9223372036854775808").to_int().error().code == FaultCode::overflow));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
