// Zones: what exists, the gap in spring, the fold in autumn, and the next time that the wall shows.
#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "runtime/values/time.hpp"

namespace fairlead {
namespace {

Zone zone(const std::string& name) {
  return Zone::load(name).value();
}

std::string at(const std::string& name, std::string_view date, std::string_view time) {
  return to_string(zone(name).at(parse_date(date).value(), parse_time(time).value()));
}

std::string next(const std::string& name, std::string_view from, std::string_view time) {
  return to_string(zone(name).next(parse_instant(from).value(), parse_time(time).value()));
}

std::string wall(const std::string& name, std::string_view instant) {
  const CivilTime c = zone(name).civil(parse_instant(instant).value());
  return to_string(c.date) + " " + to_string(c.time);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zones)

BOOST_AUTO_TEST_CASE(names) {
  for (const char* good : {"UTC", "Europe/Oslo", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5",
                           "America/Port-au-Prince", "US/Eastern"}) {
    const auto found = Zone::load(good);
    BOOST_REQUIRE_MESSAGE(found.has_value(), good);
    BOOST_TEST(found->name() == good);
  }
  for (const char* bad : {"",
                          "localtime",
                          "posixrules",
                          "Factory",
                          "Europe",
                          "Europe/",
                          "/Europe/Oslo",
                          "Europe//Oslo",
                          "Europe/Atlantis",
                          "europe/oslo",
                          "../zoneinfo/Europe/Oslo",
                          "Europe/../Europe/Oslo",
                          "/usr/share/zoneinfo/Europe/Oslo",
                          "/etc/localtime",
                          "libc:localtime",
                          "Fixed/UTC+01:00:00",
                          "UTC0",
                          "UTC+1",
                          "+01:00",
                          "posix/Europe/Oslo",
                          "right/Europe/Oslo",
                          "zone.tab",
                          "tzdata.zi",
                          "leapseconds",
                          "Europe/Oslo ",
                          "Oslo"}) {
    const auto found = Zone::load(bad);
    BOOST_REQUIRE_MESSAGE(!found.has_value(), bad);
    BOOST_TEST((found.error() == Fault{FaultCode::unknown_zone, {bad}}), bad);
  }
  BOOST_TEST(!Zone::load(std::string("Europe/Oslo\0x", 13)).has_value());
  BOOST_TEST(Zone().name() == "UTC");
}

BOOST_AUTO_TEST_CASE(wall_clocks) {
  BOOST_TEST(wall("UTC", "2026-11-23T09:00:30.999Z") == "2026-11-23 09:00:30");
  BOOST_TEST(wall("Europe/Oslo", "2026-01-01T23:30Z") == "2026-01-02 00:30");
  BOOST_TEST(wall("Europe/Oslo", "2026-07-01T12:00Z") == "2026-07-01 14:00");
  BOOST_TEST(wall("Asia/Kathmandu", "2026-07-01T12:00Z") == "2026-07-01 17:45");
  // Before 1970 the second is still rounded down.
  BOOST_TEST(wall("UTC", "1969-12-31T23:59:59.500Z") == "1969-12-31 23:59:59");
}

BOOST_AUTO_TEST_CASE(a_gap_means_the_first_instant_after_it) {
  BOOST_TEST(at("Europe/Oslo", "2026-03-29", "02:30") == "2026-03-29T01:00:00Z");
  BOOST_TEST(at("Europe/Oslo", "2026-03-29", "02:00") == "2026-03-29T01:00:00Z");
  BOOST_TEST(at("Europe/Oslo", "2026-03-29", "01:59:59") == "2026-03-29T00:59:59Z");
  BOOST_TEST(at("Europe/Oslo", "2026-03-29", "03:00") == "2026-03-29T01:00:00Z");
  BOOST_TEST(wall("Europe/Oslo", "2026-03-29T01:00Z") == "2026-03-29 03:00");
  BOOST_TEST(at("America/New_York", "2026-03-08", "02:30") == "2026-03-08T07:00:00Z");
  // Lord Howe Island moves by half an hour; Samoa left out 30 December 2011.
  BOOST_TEST(at("Australia/Lord_Howe", "2026-10-04", "02:15") == "2026-10-03T15:30:00Z");
  BOOST_TEST(at("Pacific/Apia", "2011-12-30", "12:00") == "2011-12-30T10:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_fold_means_the_earlier) {
  BOOST_TEST(at("Europe/Oslo", "2026-10-25", "02:30") == "2026-10-25T00:30:00Z");
  BOOST_TEST(at("Europe/Oslo", "2026-10-25", "02:00") == "2026-10-25T00:00:00Z");
  BOOST_TEST(at("Europe/Oslo", "2026-10-25", "03:00") == "2026-10-25T02:00:00Z");
  BOOST_TEST(at("America/New_York", "2026-11-01", "01:30") == "2026-11-01T05:30:00Z");
  BOOST_TEST(wall("America/New_York", "2026-11-01T05:30Z") == "2026-11-01 01:30");
  BOOST_TEST(wall("America/New_York", "2026-11-01T06:30Z") == "2026-11-01 01:30");
}

BOOST_AUTO_TEST_CASE(the_next_time) {
  BOOST_TEST(next("Europe/Oslo", "2026-11-23T07:59Z", "09:00") == "2026-11-23T08:00:00Z");
  // Strictly after.
  BOOST_TEST(next("Europe/Oslo", "2026-11-23T08:00Z", "09:00") == "2026-11-24T08:00:00Z");
  BOOST_TEST(next("Europe/Oslo", "2026-11-23T08:00:00.001Z", "09:00") == "2026-11-24T08:00:00Z");
  BOOST_TEST(next("Pacific/Auckland", "2026-11-23T12:00Z", "00:00") == "2026-11-24T11:00:00Z");
  // Into the gap, and from its end on.
  BOOST_TEST(next("Europe/Oslo", "2026-03-29T00:00Z", "02:30") == "2026-03-29T01:00:00Z");
  BOOST_TEST(next("Europe/Oslo", "2026-03-29T01:00Z", "02:30") == "2026-03-30T00:30:00Z");
  // Once in a fold: its second half waits for the next day.
  BOOST_TEST(next("Europe/Oslo", "2026-10-24T23:00Z", "02:30") == "2026-10-25T00:30:00Z");
  BOOST_TEST(next("Europe/Oslo", "2026-10-25T00:30Z", "02:30") == "2026-10-26T01:30:00Z");
  BOOST_TEST(next("America/New_York", "2026-11-01T05:45Z", "01:30") == "2026-11-02T06:30:00Z");
  BOOST_TEST(next("America/New_York", "2026-03-08T06:59Z", "02:30") == "2026-03-08T07:00:00Z");
}

BOOST_AUTO_TEST_CASE(next_by_its_definition) {
  for (const char* name : {"Europe/Oslo", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
                           "Pacific/Apia", "America/St_Johns", "Africa/Casablanca"}) {
    const Zone z = zone(name);
    BOOST_TEST(rc::check(name, [&] {
      const std::int64_t start = 1'293'840'000;  // 2011
      const Instant t{(start + *rc::gen::inRange<std::int64_t>(0, 600'000'000)) * 1000};
      const TimeOfDay time{*rc::gen::inRange(0, 1440) * 60};
      const Instant got = z.next(t, time);
      RC_ASSERT(got > t);
      // It is the image of some date, and no date's image lies between.
      const std::int32_t day = z.civil(t).date.day;
      bool found = false;
      for (std::int32_t d = day - 3; d <= day + 3; ++d) {
        const Instant image = z.at({d}, time);
        found = found || image == got;
        RC_ASSERT(image <= t || image >= got);
      }
      RC_ASSERT(found);
    }));
  }
}

BOOST_AUTO_TEST_CASE(at_and_civil_agree) {
  const Zone z = zone("America/New_York");
  BOOST_TEST(rc::check("the wall at an instant is read back as that instant or, in a fold, an hour before", [&] {
    const Instant t{*rc::gen::inRange<std::int64_t>(1'600'000'000, 2'000'000'000) * 1000};
    const CivilTime c = z.civil(t);
    const Instant back = z.at(c.date, c.time);
    RC_ASSERT(back == t || back + hours(1) == t);
  }));
}

BOOST_AUTO_TEST_CASE(far_instants_do_no_harm) {
  const Zone z = zone("Europe/Oslo");
  for (const std::int64_t ms : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    const CivilTime c = z.civil({ms});
    BOOST_TEST((c.time.second >= 0 && c.time.second < 86'400));
    BOOST_TEST((z.next({ms}, {0}) == z.next({ms}, {0})));
  }
}

BOOST_AUTO_TEST_CASE(countries) {
  const auto has = [](const std::vector<std::string>& zones, std::string_view name) {
    return std::ranges::find(zones, name) != zones.end();
  };
  BOOST_TEST((zones_of_country("NO") == std::vector<std::string>{"Europe/Oslo"}));
  const auto american = zones_of_country("US");
  BOOST_TEST(american.size() >= 20);
  BOOST_TEST(has(american, "America/New_York"));
  BOOST_TEST(has(american, "Pacific/Honolulu"));
  for (const std::string& name : american) BOOST_TEST(Zone::load(name).has_value(), name);
  for (const char* unknown : {"", "no", "N", "XX", "#"}) BOOST_TEST(zones_of_country(unknown).empty(), unknown);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
