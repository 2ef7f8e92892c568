// Intervals against printed values (Newcombe 1998, Statistics in Medicine 17, 857 and 873; tables of Student's t).
#include "runtime/learn/measure.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

using namespace fairlead::learn;

namespace {

bool near(double got, double wanted, double tolerance = 0.00005) {
  return std::abs(got - wanted) <= tolerance;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(measures)

BOOST_AUTO_TEST_CASE(wilson_as_printed) {
  const Interval i = wilson(81, 263);
  BOOST_TEST(near(i.low, 0.2553));
  BOOST_TEST(near(i.high, 0.3662));
  BOOST_TEST(near(wilson(15, 148).low, 0.0624));
  BOOST_TEST(near(wilson(15, 148).high, 0.1605));
  BOOST_TEST(wilson(0, 20).low == 0);
  BOOST_TEST(near(wilson(0, 20).high, 0.1611));
  BOOST_TEST(near(wilson(1, 29).low, 0.0061));
  BOOST_TEST(near(wilson(1, 29).high, 0.1718));
  BOOST_TEST(wilson(20, 20).high == 1);
  BOOST_TEST(wilson(0, 0).low == 0);
  BOOST_TEST(wilson(0, 0).high == 1);
}

BOOST_AUTO_TEST_CASE(newcombe_method_10_as_printed) {
  const Lift a = lift(56, 70, 48, 80);
  BOOST_TEST(near(a.difference, 0.2));
  BOOST_TEST(near(a.interval.low, 0.0524));
  BOOST_TEST(near(a.interval.high, 0.3339));
  const Lift b = lift(9, 10, 3, 10);
  BOOST_TEST(near(b.interval.low, 0.1705));
  BOOST_TEST(near(b.interval.high, 0.8090));
  const Lift c = lift(10, 10, 0, 10);
  BOOST_TEST(near(c.interval.low, 0.6075));
  BOOST_TEST(near(c.interval.high, 1));
}

BOOST_AUTO_TEST_CASE(a_side_without_anybody_says_nothing) {
  const Lift none = lift(5, 10, 0, 0);
  BOOST_TEST(none.difference == 0);
  BOOST_TEST(none.interval.low == -1);
  BOOST_TEST(none.interval.high == 1);
}

BOOST_AUTO_TEST_CASE(mean_with_students_t) {
  BOOST_TEST(mean_of({}).mean == 0);
  const std::vector<double> one{3};
  BOOST_TEST(mean_of(one).mean == 3);
  BOOST_TEST(mean_of(one).half_width == 0);

  // Two runs, 0 and 2: the standard error is 1, so the half-width is t itself, 12.706 with one degree of freedom.
  const std::vector<double> two{0, 2};
  BOOST_TEST(mean_of(two).mean == 1);
  BOOST_TEST(near(mean_of(two).half_width, 12.7062));

  // Ten runs: t = 2.2622 with nine; 1 to 10 has variance 55/6.
  const std::vector<double> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  BOOST_TEST(near(mean_of(ten).mean, 5.5));
  BOOST_TEST(near(mean_of(ten).half_width / std::sqrt(55.0 / 60), 2.2622));

  // A hundred and one: t = 1.9840 with a hundred; half of them 0 and half 2, and one between.
  std::vector<double> many(101, 1);
  for (std::size_t i = 0; i < 50; ++i) many[i] = 0, many[i + 50] = 2;
  BOOST_TEST(near(mean_of(many).half_width * std::sqrt(101.0), 1.9840));
}

BOOST_AUTO_TEST_SUITE_END()
