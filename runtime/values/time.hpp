// Instants, durations, dates, times of day and IANA zones.
//
// The one rule for clock changes: a wall-clock time that does not exist (the gap in spring) means the
// first instant after the gap; one that exists twice (the fold in autumn) means the earlier.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/fault.hpp"

namespace fairlead {

/// Milliseconds. A day in a Duration is 24 hours (language, section 10.7).
struct Duration {
  std::int64_t ms = 0;
  auto operator<=>(const Duration&) const = default;
};

constexpr Duration seconds(std::int64_t n) {
  return {n * 1000};
}
constexpr Duration minutes(std::int64_t n) {
  return {n * 60'000};
}
constexpr Duration hours(std::int64_t n) {
  return {n * 3'600'000};
}
constexpr Duration days(std::int64_t n) {
  return {n * 86'400'000};
}

/// Milliseconds since 1970-01-01T00:00Z.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

constexpr Instant operator+(Instant t, Duration d) {
  return {t.ms + d.ms};
}
constexpr Instant operator-(Instant t, Duration d) {
  return {t.ms - d.ms};
}
constexpr Duration operator-(Instant a, Instant b) {
  return {a.ms - b.ms};
}
constexpr Duration operator+(Duration a, Duration b) {
  return {a.ms + b.ms};
}
constexpr Duration operator-(Duration a, Duration b) {
  return {a.ms - b.ms};
}

/// Days since 1970-01-01.
struct Date {
  std::int32_t day = 0;
  auto operator<=>(const Date&) const = default;
};

/// A wall-clock time of day: seconds since midnight, 0 to 86,399.
struct TimeOfDay {
  std::int32_t second = 0;
  auto operator<=>(const TimeOfDay&) const = default;
};

Result<Instant> parse_instant(std::string_view text);  // 2026-11-23T09:00Z, …:30Z, …:30.250Z, …+02:00
Result<Date> parse_date(std::string_view text);        // 2026-11-23
Result<TimeOfDay> parse_time(std::string_view text);   // 09:00, 09:00:30
std::string to_string(Instant t);                      // 2026-11-23T09:00:00Z, with .mmm where not zero
std::string to_string(Date d);
std::string to_string(TimeOfDay t);  // 09:00, or 09:00:30
/// Largest whole unit that fits: `3 days`, `1 hour`, `90 minutes`, `250 ms`.
std::string to_string(Duration d);

/// What the clock on the wall shows.
struct CivilTime {
  Date date;
  TimeOfDay time;
};

class Zone {
 public:
  /// UTC.
  Zone();
  /// An IANA zone by name (`Europe/Oslo`), read from the machine's tzdata.
  static Result<Zone> load(const std::string& name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] CivilTime civil(Instant t) const;
  [[nodiscard]] Instant at(Date date, TimeOfDay time) const;
  /// The first instant strictly after `t` at which the wall shows `time` (by the rule above).
  [[nodiscard]] Instant next(Instant t, TimeOfDay time) const;

 private:
  struct Data;
  std::string name_;
  std::shared_ptr<const Data> data_;
};

/// The IANA zones of an ISO 3166 alpha-2 country, from tzdata's zone.tab; empty where it is unknown.
std::vector<std::string> zones_of_country(std::string_view country);

/// Half-open `[from, to)`; wraps midnight where `to` <= `from`.
bool within(TimeOfDay t, TimeOfDay from, TimeOfDay to);

}  // namespace fairlead
