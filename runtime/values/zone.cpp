// IANA zones, by Abseil, and the machine's list of which country has which.
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <system_error>

#include "runtime/values/time.hpp"

namespace fairlead {
namespace {

/// Where Abseil looks too: TZDIR, or the usual place.
std::filesystem::path tzdata_directory() {
  const char* set = std::getenv("TZDIR");
  return set != nullptr && *set != '\0' ? set : "/usr/share/zoneinfo";
}

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/';
}

/// Whether this could be the name of a zone. Abseil also takes paths and names of its own (`libc:…`, `Fixed/UTC…`),
/// and the folder of zones holds things that are not the name of one: what this machine is set to, and copies
/// that count leap seconds.
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !is_letter(name.front()) || name.ends_with('/')) return false;
  if (!std::ranges::all_of(name, is_name_character) || name.find("//") != std::string_view::npos) return false;
  for (const std::string_view other : {"localtime", "posixrules", "Factory"}) {
    if (name == other) return false;
  }
  for (const std::string_view folder : {"posix/", "right/", "Fixed/"}) {
    if (name.starts_with(folder)) return false;
  }
  return true;
}

const absl::CivilDay epoch(1970, 1, 1);

Date to_date(absl::CivilDay day) {
  // An instant may lie beyond every Date (its years go to 292 million); the nearest date stands for it.
  const std::int64_t number = day - epoch;
  const std::int64_t low = std::numeric_limits<std::int32_t>::min();
  const std::int64_t high = std::numeric_limits<std::int32_t>::max();
  return {static_cast<std::int32_t>(std::clamp(number, low, high))};
}

Instant wall_to_instant(const absl::TimeZone& zone, absl::CivilDay day, TimeOfDay time) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(day) + time.second);
  // In a gap `trans` is the change itself, hence the first instant after the gap. In a fold `pre` reads the wall by
  // the offset before the change, hence the earlier of the two.
  const absl::Time t = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
  return {absl::ToUnixMillis(t)};
}

}  // namespace

struct Zone::Data {
  absl::TimeZone zone = absl::UTCTimeZone();

  /// Seconds that the wall is ahead of UTC, from a second on. Policies read clocks for every message, so what Abseil
  /// would work out each time is kept for the years that campaigns lie in.
  struct Offset {
    std::int64_t from;
    std::int64_t seconds;
  };
  std::vector<Offset> offsets;  // ascending; of [first_kept, end_kept)

  void keep_offsets();
};

namespace {

/// 1970 to 2100. Seconds.
constexpr std::int64_t first_kept = 2LL * 86'400, end_kept = 47'482LL * 86'400;

}  // namespace

void Zone::Data::keep_offsets() {
  absl::Time t = absl::FromUnixSeconds(first_kept);
  offsets.push_back({first_kept, zone.At(t).offset});
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(t, &change)) {
    const absl::TimeZone::TimeInfo gap = zone.At(change.from), fold = zone.At(change.to);
    const bool skips = change.from < change.to;
    const absl::Time at = skips ? gap.trans : fold.kind == absl::TimeZone::TimeInfo::REPEATED ? fold.trans : fold.pre;
    if (absl::ToUnixSeconds(at) >= end_kept || !(t < at)) break;
    offsets.push_back({absl::ToUnixSeconds(at), zone.At(at).offset});
    t = at;
  }
}

Zone::Zone() : name_("UTC") {
  static const std::shared_ptr<const Data> utc = [] {
    auto data = std::make_shared<Data>();
    data->keep_offsets();
    return data;
  }();
  data_ = utc;
}

Result<Zone> Zone::load(const std::string& name) {
  if (name == "UTC") return Zone();
  if (!is_zone_name(name)) return fault(FaultCode::unknown_zone, name);
  // Abseil remembers every name that it was ever asked for, the wrong ones too; a file of bad names must not fill
  // the memory, so it is asked only for what is there.
  std::error_code error;
  if (!std::filesystem::is_regular_file(tzdata_directory() / name, error)) {
    return fault(FaultCode::unknown_zone, name);
  }
  auto data = std::make_shared<Data>();
  if (!absl::LoadTimeZone(name, &data->zone)) return fault(FaultCode::unknown_zone, name);
  data->keep_offsets();
  Zone out;
  out.name_ = name;
  out.data_ = std::move(data);
  return out;
}

CivilTime Zone::civil(Instant t) const {
  constexpr std::int64_t day = 86'400;
  if (first_kept * 1'000 <= t.ms && t.ms < end_kept * 1'000) {
    const std::int64_t second = t.ms / 1'000;
    const auto after = std::ranges::upper_bound(data_->offsets, second, {}, &Data::Offset::from);
    const std::int64_t wall = second + std::prev(after)->seconds;
    return {{static_cast<std::int32_t>(wall / day)}, {static_cast<std::int32_t>(wall % day)}};
  }
  const absl::CivilSecond wall = data_->zone.At(absl::FromUnixMillis(t.ms)).cs;
  return {to_date(absl::CivilDay(wall)), {wall.hour() * 3600 + wall.minute() * 60 + wall.second()}};
}

Instant Zone::at(Date date, TimeOfDay time) const {
  return wall_to_instant(data_->zone, epoch + date.day, time);
}

Instant Zone::next(Instant t, TimeOfDay time) const {
  const absl::CivilDay today(data_->zone.At(absl::FromUnixMillis(t.ms)).cs);
  // Today's may have passed, tomorrow's too may be no later (a fold that reaches back over midnight, a day that the
  // calendar left out), but never that of the day after both.
  Instant out{};
  for (int ahead = 0; ahead <= 3; ++ahead) {
    out = wall_to_instant(data_->zone, today + ahead, time);
    if (out > t) return out;
  }
  return out;
}

std::vector<std::string> zones_of_country(std::string_view country) {
  std::vector<std::string> out;
  std::ifstream in(tzdata_directory() / "zone.tab");
  // Some distributions keep the tables in a folder of their own.
  if (!in) in.open(tzdata_directory() / "tzdata" / "zone.tab");
  // A line is: country, coordinates, zone, and often a remark, parted by tabs.
  for (std::string line; std::getline(in, line);) {
    const std::string_view text = line;
    if (text.starts_with('#')) continue;
    const std::size_t first = text.find('\t');
    if (first == std::string_view::npos || text.substr(0, first) != country) continue;
    const std::size_t second = text.find('\t', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view zone = text.substr(second + 1);
    out.emplace_back(zone.substr(0, zone.find('\t')));
  }
  return out;
}

}  // namespace fairlead
