// What a zone's clocks show, by another reading than ours: glibc's localtime_r says the offset of any instant, and the
// zone's own file where the changes lie. Zone reads neither (it is Abseil), so a mistake of one shows in the other.
#pragma once

#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "runtime/values/time.hpp"

namespace fairlead::zones {

inline const std::filesystem::path tzdata = "/usr/share/zoneinfo";
constexpr std::int64_t year_2000 = 946'684'800;
constexpr std::int64_t year_2041 = 2'240'611'200;

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Every name under which the machine keeps a zone: each file in the folder that is one.
inline std::vector<std::string> all_names() {
  std::vector<std::string> out;
  for (auto at = std::filesystem::recursive_directory_iterator(tzdata); at != end(at); ++at) {
    const std::string name = at->path().lexically_relative(tzdata).string();
    // Copies with another count of seconds, what this machine is set to, and the zone of nowhere.
    if (name == "posix" || name == "right") {
      at.disable_recursion_pending();
      continue;
    }
    if (name == "localtime" || name == "posixrules" || name == "Factory" || !at->is_regular_file()) continue;
    if (bytes_of(at->path()).starts_with("TZif")) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The transitions that a TZif file lists (RFC 8536): those of its second, 64-bit block.
inline std::vector<std::int64_t> listed_transitions(const std::string& file) {
  const auto number = [&file](std::size_t at, std::size_t bytes) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < bytes; ++i) out = out << 8U | static_cast<unsigned char>(file.at(at + i));
    return out;
  };
  constexpr std::size_t header = 44;
  const auto count = [&](std::size_t block, std::size_t which) { return number(block + 20 + 4 * which, 4); };
  // Counts: isut, isstd, leap seconds, transitions, types, characters.
  BOOST_REQUIRE(file.size() > header && file[4] >= '2');
  const std::size_t second =
      header + count(0, 3) * 5 + count(0, 4) * 6 + count(0, 5) + count(0, 2) * 8 + count(0, 1) + count(0, 0);
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < count(second, 3); ++i)
    out.push_back(static_cast<std::int64_t>(number(second + header + 8 * i, 8)));
  return out;
}

/// One zone from the autumn of 1999 to the end of 2040, in seconds since 1970, as pieces with one offset each. While it
/// is in use the process's TZ is this zone.
class Oracle {
 public:
  struct Piece {
    std::int64_t from = 0;
    std::int64_t offset = 0;  // seconds east of UTC
  };

  explicit Oracle(const std::string& name) {
    ::setenv("TZ", (":" + name).c_str(), 1);
    ::tzset();
    // A week or a month that is asked about may begin before 2000.
    constexpr std::int64_t begins = year_2000 - 100 * 86'400;
    std::set<std::int64_t> changes;
    std::int64_t last = begins;
    for (const std::int64_t t : listed_transitions(bytes_of(tzdata / name))) {
      if (t <= begins || t >= year_2041) continue;
      changes.insert(t);
      last = std::max(last, t);
    }
    // What comes after the last that is listed follows a rule in the file's footer: look each day, then halve. (No rule
    // has two changes in one day.)
    for (std::int64_t t = last; t < year_2041; t += 86'400) {
      if (offset(t) == offset(t + 86'400)) continue;
      std::int64_t before = t, after = t + 86'400;
      while (after - before > 1) (offset((before + after) / 2) == offset(t) ? before : after) = (before + after) / 2;
      changes.insert(after);
    }
    pieces_.push_back({INT64_MIN / 4, offset(begins)});
    for (const std::int64_t t : changes) {
      if (offset(t) != pieces_.back().offset) pieces_.push_back({t, offset(t)});
    }
  }
  ~Oracle() {
    ::unsetenv("TZ");
    ::tzset();
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

  static std::int64_t offset(std::int64_t t) {
    const ::time_t time = t;
    ::tm out{};
    ::localtime_r(&time, &out);
    return out.tm_gmtoff;
  }

  /// What the wall shows, as seconds since 1970-01-01 00:00 on that wall.
  static std::int64_t wall(std::int64_t t) { return t + offset(t); }

  /// The instant that a wall means, by the documented rule: the earlier of two; in a gap the gap's end.
  [[nodiscard]] std::int64_t at(std::int64_t shown) const {
    std::size_t first = 0;
    // No offset is larger than a day and a half, so what lies far before cannot be it.
    while (first + 1 < pieces_.size() && pieces_[first + 1].from < shown - 2 * 86'400) ++first;
    for (std::size_t i = first; i < pieces_.size(); ++i) {
      const std::int64_t t = shown - pieces_[i].offset;
      const std::int64_t end = i + 1 < pieces_.size() ? pieces_[i + 1].from : INT64_MAX;
      if (t >= end) continue;
      return std::max(t, pieces_[i].from);
    }
    return 0;
  }

  /// The first instant after `t` that a day's `second` means.
  [[nodiscard]] std::int64_t next(std::int64_t t, std::int64_t second) const {
    const std::int64_t today = floor_day(wall(t));
    std::int64_t out = INT64_MAX;
    for (std::int64_t day = today - 3; day <= today + 3; ++day) {
      if (const std::int64_t image = at(day * 86'400 + second); image > t) out = std::min(out, image);
    }
    return out;
  }

  static std::int64_t floor_day(std::int64_t seconds) { return (seconds >= 0 ? seconds : seconds - 86'399) / 86'400; }

 private:
  std::vector<Piece> pieces_;
};

}  // namespace fairlead::zones
