// Every zone of the machine and every change of its clocks from 2000 to 2040, against glibc: what the wall shows on
// both sides, what walls in the gap and in the fold mean, when a time of day comes next, and where days, weeks and
// months begin that a change falls on.
#include <map>

#include "runtime/guard/guard.hpp"
#include "tests/values/zone_oracle.hpp"

namespace fairlead::zones {
namespace {

constexpr std::int64_t day_length = 86'400;

/// Collects what differs, so that a hundred thousand comparisons do not cost a hundred thousand assertions.
class Differences {
 public:
  explicit Differences(std::string zone) : zone_(std::move(zone)) {}
  ~Differences() { BOOST_TEST(told_.empty(), zone_ << ": " << wrong_ << " differ, the first: " << told_); }
  Differences(const Differences&) = delete;
  Differences& operator=(const Differences&) = delete;

  void same(std::int64_t ours, std::int64_t theirs, const char* what, std::int64_t asked) {
    ++compared;
    if (ours == theirs) return;
    if (++wrong_ == 1) {
      told_ = std::string(what) + " of " + to_string(Instant{asked * 1000}) + ": " + std::to_string(ours) +
              " instead of " + std::to_string(theirs);
    }
  }

  std::uint64_t compared = 0;

 private:
  std::string zone_, told_;
  std::uint64_t wrong_ = 0;
};

std::int64_t wall_of(const Zone& zone, std::int64_t t) {
  const CivilTime civil = zone.civil({t * 1000});
  return civil.date.day * day_length + civil.time.second;
}

std::int64_t at_of(const Zone& zone, std::int64_t wall) {
  const std::int64_t day = Oracle::floor_day(wall);
  const Instant t = zone.at({static_cast<std::int32_t>(day)}, {static_cast<std::int32_t>(wall - day * day_length)});
  return t.ms % 1000 == 0 ? t.ms / 1000 : INT64_MIN;
}

std::int64_t next_of(const Zone& zone, std::int64_t t, std::int64_t second) {
  return zone.next({t * 1000}, {static_cast<std::int32_t>(second)}).ms / 1000;
}

std::int64_t second_of(std::int64_t wall) {
  return wall - Oracle::floor_day(wall) * day_length;
}

/// The walls that are worth asking about where one offset gives way to another: those at both sides of the change, and
/// inside what was left out or came twice.
std::vector<std::int64_t> walls_at(std::int64_t change, std::int64_t before, std::int64_t after) {
  const std::int64_t low = change + std::min(before, after), high = change + std::max(before, after);
  return {low - 1, low, low + 1, (low + high) / 2, high - 1, high, high + 1};
}

/// First day of the month that a day lies in, or of the next: by counting days, not by a calendar library.
std::int64_t month_start(std::int64_t day, bool following) {
  std::int64_t year = 1970, first = 0;
  const auto leap = [](std::int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; };
  for (; first + (leap(year) ? 366 : 365) <= day; ++year) first += leap(year) ? 366 : 365;
  const int lengths[] = {31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (const int length : lengths) {
    if (day < first + length) return following ? first + length : first;
    first += length;
  }
  return first;
}

BOOST_AUTO_TEST_SUITE(zone_transitions)

BOOST_AUTO_TEST_CASE(every_zone_and_every_change_of_its_clocks_from_2000_to_2040) {
  const std::vector<std::string> names = all_names();
  BOOST_TEST(names.size() > 400U);
  std::size_t changes = 0, gaps = 0, folds = 0;
  std::uint64_t compared = 0;
  std::map<std::string, std::string> first_of;  // a zone's file, and the first name under which it was looked at
  for (const std::string& name : names) {
    const Result<Zone> loaded = Zone::load(name);
    BOOST_REQUIRE_MESSAGE(loaded, name << " cannot be loaded");
    const Zone& zone = *loaded;
    const Oracle oracle(name);
    Differences differences(name);
    const auto& pieces = oracle.pieces();
    // Also in the middle of a piece, where nothing changes.
    for (std::int64_t t = year_2000; t < year_2041; t += 41 * day_length)
      differences.same(wall_of(zone, t), Oracle::wall(t), "the wall", t);
    // Another name of what was looked at: the walls are enough to see that it is the same.
    const bool again = !first_of.emplace(bytes_of(tzdata / name), name).second;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const std::int64_t change = pieces[i].from, before = pieces[i - 1].offset, after = pieces[i].offset;
      ++changes;
      ++(before < after ? gaps : folds);
      for (const std::int64_t t : {change - 1, change, change + 1})
        differences.same(wall_of(zone, t), Oracle::wall(t), "the wall", t);
      differences.same(zone.civil({change * 1000 - 1}).time.second, second_of(Oracle::wall(change - 1)), "the wall",
                       change - 1);
      if (again) continue;
      for (const std::int64_t wall : walls_at(change, before, after)) {
        differences.same(at_of(zone, wall), oracle.at(wall), "the instant", wall);
        for (const std::int64_t t : {change - day_length, change - 1, change, change + 1, oracle.at(wall) - 1,
                                     oracle.at(wall), oracle.at(wall) + 1})
          differences.same(next_of(zone, t, second_of(wall)), oracle.next(t, second_of(wall)), "the next time", t);
      }
      // The ends of a night, from its evening and from within.
      for (const std::int64_t morning : {0, 7 * 3'600, 8 * 3'600 + 30 * 60})
        for (const std::int64_t t : {change - 8 * 3'600, change - 3'600, change + 3'600})
          differences.same(next_of(zone, t, morning), oracle.next(t, morning), "the morning", t);
    }
    compared += differences.compared;
  }
  BOOST_TEST(changes > 15'000U);
  BOOST_TEST(gaps > 7'000U);
  BOOST_TEST(folds > 7'000U);
  BOOST_TEST(compared > 500'000U);
}

BOOST_AUTO_TEST_CASE(days_weeks_and_months_that_a_change_falls_on) {
  std::set<std::string> seen;
  std::size_t at_midnight = 0;
  for (const std::string& name : all_names()) {
    if (!seen.insert(bytes_of(tzdata / name)).second) continue;
    const Zone zone = Zone::load(name).value();
    const Oracle oracle(name);
    Differences differences(name);
    const auto& pieces = oracle.pieces();
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const std::int64_t change = pieces[i].from;
      const std::int64_t low = change + std::min(pieces[i - 1].offset, pieces[i].offset);
      const std::int64_t high = change + std::max(pieces[i - 1].offset, pieces[i].offset);
      if (Oracle::floor_day(low) != Oracle::floor_day(high) || low % day_length == 0) ++at_midnight;
      for (const std::int64_t t : {change - 1, change, change + 1, change + day_length}) {
        const std::int64_t today = Oracle::floor_day(Oracle::wall(t));
        const std::int64_t monday = today - (today + 3) % 7;  // 1970-01-05 was one; all days here are after it
        const auto is = [&](bytecode::Period which, std::int64_t first, std::int64_t following) {
          const auto [from, to] = guard::calendar_period(which, {t * 1000}, zone);
          differences.same(from.ms / 1000, oracle.at(first * day_length), "the period's beginning", t);
          differences.same(to.ms / 1000, oracle.at(following * day_length), "the period's end", t);
        };
        is(bytecode::Period::day, today, today + 1);
        is(bytecode::Period::week, monday, monday + 7);
        is(bytecode::Period::month, month_start(today, false), month_start(today, true));
      }
    }
  }
  // Clocks that change at midnight are those that matter here; there are some.
  BOOST_TEST(at_midnight > 500U);
}

BOOST_AUTO_TEST_CASE(the_tables_name_no_zone_that_is_not_looked_at) {
  const std::vector<std::string> names = all_names();
  const std::set<std::string> known(names.begin(), names.end());
  std::size_t named = 0;
  std::ifstream table(tzdata / "zone1970.tab");
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t from = line.find('\t', line.find('\t') + 1) + 1;
    BOOST_TEST(known.contains(line.substr(from, line.find('\t', from) - from)), line);
    ++named;
  }
  // Lines of tzdata.zi: `Z NAME …` is a zone, `L TARGET NAME` another name of one.
  std::ifstream source(tzdata / "tzdata.zi");
  for (std::string line; std::getline(source, line);) {
    const bool link = line.starts_with("L ");
    if (!link && !line.starts_with("Z ")) continue;
    const std::size_t from = link ? line.rfind(' ') + 1 : 2;
    const std::string name = line.substr(from, line.find(' ', from) - from);
    if (name != "Factory") BOOST_TEST(known.contains(name), name);
    ++named;
  }
  BOOST_TEST(named > 600U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::zones
