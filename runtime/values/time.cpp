// Instants, dates, times of day and durations as text, and the wall-clock window. Zones are in zone.cpp.
#include "runtime/values/time.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace fairlead {
namespace {

constexpr std::int64_t ms_per_day = 86'400'000;

/// A day of the proleptic Gregorian calendar.
struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// Both ways between calendar and day number are Howard Hinnant's (chrono-compatible low-level date algorithms). They
// are not std::chrono's, whose years end at 32,767, where an Instant's do not.

std::int64_t day_number(Civil c) {
  const std::int64_t y = c.month <= 2 ? c.year - 1 : c.year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(y - era * 400);
  const unsigned day_of_year = (153 * (c.month > 2 ? c.month - 3 : c.month + 9) + 2) / 5 + c.day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

Civil civil_day(std::int64_t number) {
  const std::int64_t z = number + 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(z - era * 146'097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

std::string date_text(std::int64_t number) {
  const Civil c = civil_day(number);
  return fmt::format("{}{:04}-{:02}-{:02}", c.year < 0 ? "-" : "", c.year < 0 ? -c.year : c.year, c.month, c.day);
}

/// Reads text from the left; after the first thing that is not there, `ok` is false.
struct Scanner {
  std::string_view rest;
  bool ok = true;

  bool eat(char c) {
    if (!ok || !rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok = eat(c); }
  /// Exactly `count` digits, whose value is to lie between `low` and `high`.
  unsigned number(std::size_t count, unsigned low, unsigned high) {
    unsigned out = 0;
    if (rest.size() < count) ok = false;
    for (std::size_t i = 0; ok && i < count; ++i) {
      ok = rest[i] >= '0' && rest[i] <= '9';
      out = out * 10 + static_cast<unsigned>(rest[i] - '0');
    }
    ok = ok && out >= low && out <= high;
    if (!ok) return low;
    rest.remove_prefix(count);
    return out;
  }
  bool done() const { return ok && rest.empty(); }
};

std::int64_t scan_date(Scanner& in) {
  const unsigned year = in.number(4, 1, 9999);
  in.expect('-');
  const unsigned month = in.number(2, 1, 12);
  in.expect('-');
  const unsigned day = in.number(2, 1, 31);
  const Civil c{year, month, day};
  const std::int64_t out = day_number(c);
  // 30 February is a day number too, but it comes back as another day.
  in.ok = in.ok && civil_day(out).day == day;
  return out;
}

std::int32_t scan_time(Scanner& in) {
  const unsigned hour = in.number(2, 0, 23);
  in.expect(':');
  const unsigned minute = in.number(2, 0, 59);
  const unsigned second = in.eat(':') ? in.number(2, 0, 59) : 0;
  return static_cast<std::int32_t>(hour * 3600 + minute * 60 + second);
}

/// A fraction of a second, one to nine digits; what is finer than a millisecond is cut off.
std::int64_t scan_fraction(Scanner& in) {
  std::int64_t ms = 0;
  std::size_t count = 0;
  while (count < 9 && !in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9') {
    const std::int64_t digit = in.rest.front() - '0';
    if (count < 3) ms = ms * 10 + digit;
    in.rest.remove_prefix(1);
    ++count;
  }
  if (count == 0) in.ok = false;
  for (std::size_t i = count; i < 3; ++i) ms *= 10;
  return ms;
}

/// The offset from UTC, in milliseconds.
std::int64_t scan_offset(Scanner& in) {
  if (in.eat('Z')) return 0;
  const bool west = in.eat('-');
  if (!west) in.expect('+');
  const unsigned hour = in.number(2, 0, 23);
  in.expect(':');
  const unsigned minute = in.number(2, 0, 59);
  const std::int64_t ms = (hour * 60LL + minute) * 60'000;
  return west ? -ms : ms;
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  Scanner in{text};
  const std::int64_t day = scan_date(in);
  in.expect('T');
  const std::size_t before = in.rest.size();
  std::int64_t ms = scan_time(in) * 1000LL;
  // A fraction is one of seconds: only after hh:mm:ss, which is eight characters.
  if (in.ok && before - in.rest.size() == 8 && in.eat('.')) ms += scan_fraction(in);
  const std::int64_t offset = scan_offset(in);
  if (!in.done()) return fault(FaultCode::not_a_value, text, "an instant such as 2026-11-23T09:00Z");
  return Instant{day * ms_per_day + ms - offset};
}

Result<Date> parse_date(std::string_view text) {
  Scanner in{text};
  const std::int64_t day = scan_date(in);
  if (!in.done()) return fault(FaultCode::not_a_value, text, "a date such as 2026-11-23");
  return Date{static_cast<std::int32_t>(day)};
}

Result<TimeOfDay> parse_time(std::string_view text) {
  Scanner in{text};
  const std::int32_t second = scan_time(in);
  if (!in.done()) return fault(FaultCode::not_a_value, text, "a time of day such as 09:00");
  return TimeOfDay{second};
}

std::string to_string(Instant t) {
  std::int64_t day = t.ms / ms_per_day;
  std::int64_t ms = t.ms % ms_per_day;
  if (ms < 0) {
    ms += ms_per_day;
    --day;
  }
  const std::int64_t second = ms / 1000;
  std::string out = fmt::format("{}T{:02}:{:02}:{:02}", date_text(day), second / 3600, second / 60 % 60, second % 60);
  if (ms % 1000 != 0) out += fmt::format(".{:03}", ms % 1000);
  return out + "Z";
}

std::string to_string(Date d) {
  return date_text(d.day);
}

std::string to_string(TimeOfDay t) {
  std::string out = fmt::format("{:02}:{:02}", t.second / 3600, t.second / 60 % 60);
  if (t.second % 60 != 0) out += fmt::format(":{:02}", t.second % 60);
  return out;
}

std::string to_string(Duration d) {
  // Weeks are not among the units: windows and waits are spoken of in days (`3 per 7 days`).
  constexpr std::array<std::pair<std::uint64_t, std::string_view>, 4> units = {{
      {86'400'000, "day"},
      {3'600'000, "hour"},
      {60'000, "minute"},
      {1'000, "second"},
  }};
  const char* sign = d.ms < 0 ? "-" : "";
  const auto bits = static_cast<std::uint64_t>(d.ms);
  const std::uint64_t size = d.ms < 0 ? std::uint64_t{0} - bits : bits;
  if (size == 0) return "0 seconds";
  for (const auto& [length, name] : units) {
    if (size % length != 0) continue;
    const std::uint64_t count = size / length;
    return fmt::format("{}{} {}{}", sign, count, name, count == 1 ? "" : "s");
  }
  return fmt::format("{}{} ms", sign, size);
}

bool within(TimeOfDay t, TimeOfDay from, TimeOfDay to) {
  if (from < to) return from <= t && t < to;
  return from <= t || t < to;
}

}  // namespace fairlead
