// Contexts: what each type becomes, and where.
#include "runtime/learn/feature.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <set>

using namespace fairlead;
using namespace fairlead::learn;

namespace {

FieldType type(TypeKind kind, bool optional = false) {
  FieldType result;
  result.kind = kind;
  result.optional = optional;
  return result;
}

FieldType plan(bool optional = false) {
  FieldType result = type(TypeKind::enumeration, optional);
  result.members = {"free", "pro", "team"};
  return result;
}

std::vector<double> one(const FieldType& t, const Value& value) {
  const auto whole_context = context(std::span(&t, 1), std::span(&value, 1));
  BOOST_REQUIRE(whole_context.size() == context_length(std::span(&t, 1)));
  BOOST_TEST(whole_context[0] == 1);
  return {whole_context.begin() + 1, whole_context.end()};
}

using Numbers = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(features)

BOOST_AUTO_TEST_CASE(nothing_is_an_intercept) {
  BOOST_TEST(context_length({}) == 1U);
  BOOST_TEST((context({}, {}) == Numbers{1}));
}

BOOST_AUTO_TEST_CASE(enumerations) {
  BOOST_TEST((one(plan(), Value::text("pro")) == Numbers{0, 1, 0}));
  BOOST_TEST((one(plan(), Value::text("gone")) == Numbers{0, 0, 0}));
  BOOST_TEST((one(plan(true), Value::text("team")) == Numbers{0, 0, 1, 0}));
  BOOST_TEST((one(plan(true), Value()) == Numbers{0, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(scalars) {
  BOOST_TEST((one(type(TypeKind::boolean), Value::of(true)) == Numbers{1}));
  BOOST_TEST((one(type(TypeKind::boolean, true), Value::of(false)) == Numbers{0, 0}));
  BOOST_TEST((one(type(TypeKind::boolean, true), Value()) == Numbers{0, 1}));
  BOOST_TEST(one(type(TypeKind::number), Value::of(Decimal::from_int(99)))[0] == std::log(100.0),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one(type(TypeKind::number), Value::of(Decimal::from_int(-99)))[0] == -std::log(100.0),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one(type(TypeKind::money), Value::money(Decimal::from_int(9)))[0] == std::log(10.0),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one(type(TypeKind::duration), Value::of(days(3)))[0] == std::log(4.0),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one(type(TypeKind::instant), Value::of(Instant{} + days(20'000)))[0] == 20.0,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one(type(TypeKind::date), Value::of(Date{20'500}))[0] == 20.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one(type(TypeKind::time), Value::of(TimeOfDay{18 * 3600}))[0] == 0.75,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(text_goes_into_one_bucket) {
  const auto sum = [](const Numbers& v) { return std::accumulate(v.begin(), v.end(), 0.0); };
  std::set<Numbers> seen;
  for (const char* country : {"DE", "NO", "FR", "US", "GB", "SE", "DK", "FI", "NL", "BE", "ES", "PT", "IT", "AT"}) {
    const auto numbers = one(type(TypeKind::country), Value::text(country));
    BOOST_TEST(numbers.size() == text_buckets);
    BOOST_TEST(sum(numbers) == 1);
    BOOST_TEST((numbers == one(type(TypeKind::country), Value::text(country))));
    seen.insert(numbers);
  }
  BOOST_TEST(seen.size() >= 6U);  // they are spread; 14 at random into 16 leave nine or ten on average
  const auto absent = one(type(TypeKind::text, true), Value());
  BOOST_TEST(absent.size() == text_buckets + 1);
  BOOST_TEST(absent.back() == 1);
  BOOST_TEST(sum(absent) == 1);
}

BOOST_AUTO_TEST_CASE(features_lie_one_after_another) {
  const std::vector<FieldType> types{plan(true), type(TypeKind::boolean), type(TypeKind::number, true)};
  const std::vector<Value> values{Value(), Value::of(true), Value::of(Decimal::from_int(0))};
  BOOST_TEST(context_length(types) == 8U);
  BOOST_TEST((context(types, values) == Numbers{1, 0, 0, 0, 1, 1, 0, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
