// Instants, dates, times and durations as text, and windows on the clock.
#include "runtime/values/time.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <limits>

namespace fairlead {
namespace {

std::string again(std::string_view text) {
  return to_string(parse_instant(text).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(time_text)

BOOST_AUTO_TEST_CASE(instants) {
  BOOST_TEST(parse_instant("1970-01-01T00:00Z").value().ms == 0);
  BOOST_TEST(parse_instant("2026-11-23T09:00Z").value().ms == 1'795'424'400'000);
  BOOST_TEST(again("2026-11-23T09:00Z") == "2026-11-23T09:00:00Z");
  BOOST_TEST(again("2026-11-23T09:00:30.25Z") == "2026-11-23T09:00:30.250Z");
  BOOST_TEST(again("2026-11-23T09:00:30.123456789Z") == "2026-11-23T09:00:30.123Z");
  BOOST_TEST(again("2026-11-23T00:30+02:00") == "2026-11-22T22:30:00Z");
  BOOST_TEST(again("2026-12-31T23:30:00-05:30") == "2027-01-01T05:00:00Z");
  BOOST_TEST(again("1969-12-31T23:59:59.999Z") == "1969-12-31T23:59:59.999Z");
  for (const char* bad : {"",
                          "2026-11-23",
                          "2026-11-23T09:00",
                          "2026-11-23 09:00Z",
                          "2026-11-23T24:00Z",
                          "2026-11-23T09:60Z",
                          "2026-11-23T09:00:60Z",
                          "2026-02-29T09:00Z",
                          "2026-11-31T09:00Z",
                          "2026-13-01T09:00Z",
                          "2026-00-01T09:00Z",
                          "2026-11-00T09:00Z",
                          "0000-01-01T09:00Z",
                          "2026-11-23T09:00.5Z",
                          "2026-11-23T09:00:30.Z",
                          "2026-11-23T09:00:30.1234567890Z",
                          "2026-11-23T09:00z",
                          "2026-11-23T09:00+2:00",
                          "2026-11-23T09:00+0200",
                          "2026-11-23T09:00+24:00",
                          "2026-11-23T09:00ZZ",
                          "2026-11-23T9:00Z",
                          "+2026-11-23T09:00Z",
                          "2026-1-23T09:00Z"}) {
    BOOST_TEST((parse_instant(bad).error().code == FaultCode::not_a_value), bad);
  }
}

BOOST_AUTO_TEST_CASE(dates_and_times) {
  BOOST_TEST(parse_date("2024-02-29").value().day == 19'782);
  BOOST_TEST(parse_date("2000-02-29").has_value());
  BOOST_TEST(!parse_date("1900-02-29").has_value());
  BOOST_TEST(!parse_date("2026-11-23T").has_value());
  BOOST_TEST(to_string(Date{-1}) == "1969-12-31");
  BOOST_TEST(to_string(parse_time("09:00").value()) == "09:00");
  BOOST_TEST(to_string(parse_time("23:59:59").value()) == "23:59:59");
  for (const char* bad : {"", "9:00", "24:00", "09:60", "09:00:", "09:00:60", "0900", "09:00 "}) {
    BOOST_TEST((parse_time(bad).error().code == FaultCode::not_a_value), bad);
  }
}

BOOST_AUTO_TEST_CASE(every_date_comes_back) {
  const std::int32_t first = parse_date("0001-01-01").value().day;
  const std::int32_t last = parse_date("9999-12-31").value().day;
  BOOST_TEST(last - first == 3'652'058);
  std::int32_t wrong = 0;
  for (std::int32_t day = first; day <= last; day += 7) wrong += parse_date(to_string(Date{day})).value().day != day;
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(no_instant_is_too_far) {
  BOOST_TEST(to_string(Instant{std::numeric_limits<std::int64_t>::max()}) == "292278994-08-17T07:12:55.807Z");
  BOOST_TEST(to_string(Instant{std::numeric_limits<std::int64_t>::min()}) == "-292275055-05-16T16:47:04.192Z");
  BOOST_TEST(to_string(Date{std::numeric_limits<std::int32_t>::min()}).starts_with("-5877641-"));
}

BOOST_AUTO_TEST_CASE(durations) {
  BOOST_TEST(to_string(days(3)) == "3 days");
  BOOST_TEST(to_string(days(7)) == "7 days");
  BOOST_TEST(to_string(hours(24)) == "1 day");
  BOOST_TEST(to_string(hours(1)) == "1 hour");
  BOOST_TEST(to_string(hours(36)) == "36 hours");
  BOOST_TEST(to_string(minutes(90)) == "90 minutes");
  BOOST_TEST(to_string(seconds(1)) == "1 second");
  BOOST_TEST(to_string(Duration{250}) == "250 ms");
  BOOST_TEST(to_string(Duration{}) == "0 seconds");
  BOOST_TEST(to_string(days(-2)) == "-2 days");
  BOOST_TEST(to_string(Duration{std::numeric_limits<std::int64_t>::min()}) == "-9223372036854775808 ms");
}

BOOST_AUTO_TEST_CASE(windows) {
  const TimeOfDay nine{9 * 3600};
  const TimeOfDay five{17 * 3600};
  BOOST_TEST(within(nine, nine, five));
  BOOST_TEST(!within(five, nine, five));
  BOOST_TEST(!within({nine.second - 1}, nine, five));
  // Over midnight.
  BOOST_TEST(within(five, five, nine));
  BOOST_TEST(within({0}, five, nine));
  BOOST_TEST(within({86'399}, five, nine));
  BOOST_TEST(within({nine.second - 1}, five, nine));
  BOOST_TEST(!within(nine, five, nine));
  // From a time to the same time is all day; to midnight is to the end of the day.
  BOOST_TEST(within({0}, nine, nine));
  BOOST_TEST(within(nine, nine, nine));
  BOOST_TEST(within({86'399}, five, {0}));
  BOOST_TEST(!within({0}, five, {0}));
  BOOST_TEST(rc::check("a window and the one from its end to its start share the day", [] {
    const auto any = [] { return TimeOfDay{*rc::gen::inRange(0, 86'400)}; };
    const TimeOfDay t = any();
    const TimeOfDay from = any();
    const TimeOfDay to = any();
    RC_PRE(from != to);
    RC_ASSERT(within(t, from, to) != within(t, to, from));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
