// Equality, order, copies and rendering of values.
#include "runtime/values/value.hpp"

#include <boost/test/unit_test.hpp>

namespace fairlead {
namespace {

Value number(std::string_view text) {
  return Value::of(Decimal::parse(text).value());
}
Value money(std::string_view text) {
  return Value::money(Decimal::parse(text).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(equality) {
  BOOST_TEST((Value() == Value()));
  BOOST_TEST((number("5") == number("5.0")));
  BOOST_TEST((number("5") != money("5")));
  BOOST_TEST((Value::of(false) != Value()));
  BOOST_TEST((Value::of(Instant{5}) != Value::of(Duration{5})));
  BOOST_TEST((Value::text("a") == Value::text(std::string("a"))));
  const std::vector<Value> a = {number("1"), Value::text("x")};
  const std::vector<Value> b = {number("1"), Value::text("x")};
  BOOST_TEST((Value::list(a) == Value::list(b)));
  BOOST_TEST((Value::list(a) != Value::list(std::span(b).first(1))));
}

BOOST_AUTO_TEST_CASE(ordering) {
  BOOST_TEST((order(number("-1"), number("0.5")).value() == std::strong_ordering::less));
  BOOST_TEST((order(money("7"), money("7")).value() == std::strong_ordering::equal));
  BOOST_TEST((order(Value::text("b"), Value::text("ab")).value() == std::strong_ordering::greater));
  BOOST_TEST((order(Value::text("z"), Value::text("é")).value() == std::strong_ordering::less));
  BOOST_TEST((order(Value::of(Date{-1}), Value::of(Date{1})).value() == std::strong_ordering::less));
  BOOST_TEST((order(number("1"), money("1")).error().code == FaultCode::wrong_type));
  BOOST_TEST((order(Value::of(true), Value::of(true)).error().code == FaultCode::wrong_type));
  BOOST_TEST((order(Value::list({}), Value::list({})).error().code == FaultCode::wrong_type));
  BOOST_TEST((order(Value(), number("1")).error().code == FaultCode::absent));
}

BOOST_AUTO_TEST_CASE(an_arena_owns_its_copies) {
  Arena arena;
  Value kept;
  {
    std::string text = "short lived, and longer than a small string";
    const std::vector<Value> inner = {Value::text(text)};
    const std::vector<Value> outer = {Value::list(inner), number("2")};
    kept = arena.keep(Value::list(outer));
    text.assign(text.size(), 'x');
  }
  BOOST_TEST(render(kept) == "[[short lived, and longer than a small string], 2]");
  // Short strings must stay where they are too, when more come.
  const std::string_view first = arena.keep(std::string("a"));
  for (int i = 0; i < 1000; ++i) arena.keep(std::string("b"));
  BOOST_TEST(first == "a");
}

BOOST_AUTO_TEST_CASE(rendering) {
  BOOST_TEST(render(Value()) == "none");
  BOOST_TEST(render(Value::of(true)) == "true");
  BOOST_TEST(render(number("0.50")) == "0.5");
  BOOST_TEST(render(number("2000")) == "2000");
  BOOST_TEST(render(Value::text("DE")) == "DE");
  BOOST_TEST(render(Value::of(days(3))) == "3 days");
  BOOST_TEST(render(Value::of(minutes(90))) == "90 minutes");
  BOOST_TEST(render(Value::of(Instant{0})) == "1970-01-01T00:00:00Z");
  BOOST_TEST(render(Value::of(Date{0})) == "1970-01-01");
  BOOST_TEST(render(Value::of(TimeOfDay{32'400})) == "09:00");
  BOOST_TEST(render(Value::list({})) == "[]");
  const std::vector<Value> blanks = {Value::text(""), Value::text("")};
  BOOST_TEST(render(Value::list(blanks)) == "[, ]");
  const std::vector<Value> items = {Value::text("a"), money("2"), Value()};
  BOOST_TEST(render(Value::list(items), "EUR") == "[a, €2, none]");
}

BOOST_AUTO_TEST_CASE(rendering_money) {
  BOOST_TEST(render(money("5"), "USD") == "$5");
  BOOST_TEST(render(money("5.5"), "USD") == "$5.50");
  BOOST_TEST(render(money("-5.5"), "USD") == "-$5.50");
  BOOST_TEST(render(money("2000.125"), "EUR") == "€2000.12");
  BOOST_TEST(render(money("3"), "GBP") == "£3");
  BOOST_TEST(render(money("500"), "JPY") == "JPY 500");
  BOOST_TEST(render(money("-500"), "JPY") == "-JPY 500");
  BOOST_TEST(render(money("0"), "USD") == "$0");
  BOOST_TEST(render(money("-0.001"), "USD") == "$0");
  BOOST_TEST(render(money("4.999"), "USD") == "$5");
  BOOST_TEST(render(money("5.5")) == "5.50");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
