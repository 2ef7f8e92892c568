// Bounds over time, compared: what is said to follow does, for every row of acts that was tried; and a row that is said
// to break a bound breaks it, and keeps to the others.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "compiler/diff/caps.hpp"

namespace fairlead::compiler::testing {

using bytecode::Period;
using diff::Burst;
using diff::Cap;

namespace {

const Zone utc;

/// By its own arithmetic: in which day, week or month an instant lies.
std::string period_of(Period period, Instant t) {
  const Date today = utc.civil(t).date;
  if (period == Period::day) return to_string(today);
  if (period == Period::month) return to_string(today).substr(0, 7);
  return std::to_string((today.day + 3) / 7);  // 1970-01-01 was a Thursday, and weeks begin on Monday
}

/// The most that a row has of what a cap counts, in any of its windows that ends with an act.
int128 most_in(const Cap& cap, const std::vector<Burst>& row) {
  int128 most = 0;
  for (const Burst& last : row) {
    int128 all = 0;
    for (const Burst& one : row) {
      const bool counted = std::binary_search(cap.kinds.begin(), cap.kinds.end(), one.kind) && (one.own || !cap.own);
      const bool in = cap.period == Period::window
                          ? one.at <= last.at && last.at.ms - cap.window.ms < one.at.ms
                          : one.at <= last.at && period_of(cap.period, one.at) == period_of(cap.period, last.at);
      if (counted && in) all += one.amount;
    }
    most = std::max(most, all);
  }
  return most;
}

Cap some_cap() {
  Cap cap;
  cap.most = *rc::gen::inRange(1, 6);
  cap.period = *rc::gen::element(Period::window, Period::window, Period::day, Period::week, Period::month);
  if (cap.period == Period::window) cap.window = hours(*rc::gen::element(1, 6, 24, 36, 48, 72, 168, 720));
  cap.kinds = *rc::gen::element(std::vector<std::string>{"email"}, std::vector<std::string>{"email", "sms"});
  cap.own = *rc::gen::inRange(0, 5) == 0;
  return cap;
}

/// A row that keeps to all of them, with acts wherever chance puts one that may be.
std::vector<Burst> some_row(const std::vector<Cap>& caps) {
  std::vector<Burst> row;
  Instant now = *parse_instant("2026-02-20T00:00Z") + hours(*rc::gen::inRange(0, 400));
  const int acts = *rc::gen::inRange(5, 60);
  for (int i = 0; i < acts; ++i) {
    row.push_back({now, *rc::gen::element(std::string("email"), std::string("sms")), *rc::gen::inRange(0, 4) != 0, 1});
    if (std::any_of(caps.begin(), caps.end(), [&](const Cap& cap) { return cap.most < most_in(cap, row); }))
      row.pop_back();
    now = now + minutes(*rc::gen::element(0, 1, 60, 300, 1'440, 2'160, 4'320));
  }
  return row;
}

const Program& in_utc() {
  static const Program program = [] {
    Program out;
    out.module.zone = "Etc/UTC";
    return out;
  }();
  return program;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_follows_cannot_be_broken) {
  std::size_t followed = 0;
  BOOST_TEST(rc::check("a bound that follows", [&] {
    const Cap one = some_cap(), other = some_cap();
    RC_PRE(diff::follows(other, one, in_utc()));
    ++followed;
    RC_ASSERT(most_in(other, some_row({one})) <= other.most);
  }));
  BOOST_TEST(followed >= 50U);
}

BOOST_AUTO_TEST_CASE(a_row_that_breaks_a_bound_keeps_to_the_others) {
  std::size_t shown = 0, unclear = 0;
  BOOST_TEST(rc::check("a row", [&] {
    const std::vector<Cap> caps = *rc::gen::exec([] {
      std::vector<Cap> out;
      for (int n = *rc::gen::inRange(0, 3); n > 0; --n) out.push_back(some_cap());
      return out;
    });
    const Cap broken = some_cap();
    const auto row = diff::row_that_breaks(broken, caps, 1);
    const bool follows =
        std::any_of(caps.begin(), caps.end(), [&](const Cap& cap) { return diff::follows(broken, cap, in_utc()); });
    if (!row) {
      if (!follows) ++unclear;
      // No row is not proof of anything; but chance must not find one where it is said to follow.
      if (follows) RC_ASSERT(most_in(broken, some_row(caps)) <= broken.most);
      return;
    }
    ++shown;
    RC_ASSERT(!follows);
    RC_ASSERT(broken.most < most_in(broken, *row));
    for (const Cap& cap : caps) RC_ASSERT(most_in(cap, *row) <= cap.most);
  }));
  BOOST_TEST(shown >= 30U);
  BOOST_TEST(unclear * 4 <= shown);
}

BOOST_AUTO_TEST_CASE(bounds_that_people_write) {
  const auto cap = [](int most, Period period, Duration window = {}) {
    return Cap{.kinds = {"email"}, .most = most, .period = period, .window = window};
  };
  const Cap five_a_week = cap(5, Period::window, days(7)), two_a_day = cap(2, Period::day);
  // Each lets through what the other does not: fourteen in a week, or five in one day.
  BOOST_TEST(!diff::follows(five_a_week, two_a_day, in_utc()));
  BOOST_TEST(!diff::follows(two_a_day, five_a_week, in_utc()));
  const auto many = diff::row_that_breaks(five_a_week, {two_a_day}, 1);
  BOOST_REQUIRE(many.has_value());
  BOOST_TEST(many->back().at.ms - many->front().at.ms < days(7).ms);
  BOOST_TEST(diff::row_that_breaks(two_a_day, {five_a_week}, 1)->size() == 1U);
  BOOST_TEST(diff::follows(cap(6, Period::window, days(7)), five_a_week, in_utc()));
  BOOST_TEST(diff::follows(cap(5, Period::window, days(3)), five_a_week, in_utc()));
  BOOST_TEST(diff::follows(cap(31, Period::month), cap(1, Period::day), in_utc()));
  BOOST_TEST(!diff::follows(cap(30, Period::month), cap(1, Period::day), in_utc()));
  // Two days with a midnight between them are never far apart.
  const auto midnight = diff::row_that_breaks(cap(2, Period::window, hours(1)), {two_a_day}, 1);
  BOOST_REQUIRE(midnight.has_value());
  BOOST_TEST(midnight->size() == 2U);
}

}  // namespace fairlead::compiler::testing
