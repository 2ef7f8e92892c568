// Bounds over time, without a solver: what follows by counting, and rows of acts that are tried.
#include "compiler/diff/caps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/bounds.hpp"
#include "runtime/values/decimal.hpp"

namespace fairlead::compiler::diff {

using bytecode::Period;

namespace {

/// The shortest that a calendar period can be: a day that the clocks go forward in.
Duration shortest(Period period) {
  return period == Period::day ? hours(23) : period == Period::week ? hours(167) : hours(28 * 24 - 1);
}

std::int64_t up(Duration a, Duration b) {
  return (a.ms + b.ms - 1) / b.ms;
}

/// How many windows or periods of one cap lie in, or reach into, one of the other.
std::int64_t pieces(const Cap& other, const Cap& one, Duration longest) {
  if (other.period != Period::window && one.period == other.period) return 1;
  if (one.period == Period::window) return one.window.ms <= 0 ? 1'000'000 : up(longest, one.window);
  if (other.period == Period::window) return up(longest, shortest(one.period)) + 1;
  // No day lies in two weeks or months; a week may lie in two months.
  if (other.period == Period::day) return 1;
  if (other.period == Period::week) return one.period == Period::day ? 7 : 2;
  return one.period == Period::day ? 31 : 6;
}

bool follows_within(const Cap& other, const Cap& one, Duration longest) {
  if (one.own && !other.own) return false;
  if (other.whole_project && !one.whole_project) return false;
  if (!std::includes(one.kinds.begin(), one.kinds.end(), other.kinds.begin(), other.kinds.end())) return false;
  int128 most = 0;
  return !__builtin_mul_overflow(one.most, static_cast<int128>(pieces(other, one, longest)), &most) &&
         most <= other.most;
}

/// What a row may count, on one clock: UTC, whose days are all alike.
class Row {
 public:
  Row(const Cap& broken, const std::vector<Cap>& caps, int128 step) : broken_(broken), caps_(caps), step_(step) {}

  /// As much as can be as early as can be, from `start` on.
  std::optional<std::vector<Burst>> from(Instant start) {
    row_.clear();
    Instant now = start;
    constexpr int most_tries = 600;
    for (int i = 0; i < most_tries && row_.size() < 400; ++i) {
      for (const std::string& kind : broken_.kinds) {
        for (const bool own : {true, false}) {
          // What others do is of no use where only the workflow's own counts, and the last act must be its own.
          if (!own && broken_.own) continue;
          const int128 room = room_at(now, kind, own);
          const int128 missing = broken_.most + step_ - counted(broken_, now);
          const int128 amount = std::min(room, own ? missing : missing - step_);
          if (amount < step_) continue;
          row_.push_back({now, kind, own, amount});
          if (counted(broken_, now) > broken_.most) return clipped(now);
        }
      }
      const std::optional<Instant> next = next_room(now);
      if (!next) return std::nullopt;
      now = *next;
      if (broken_.period == Period::window ? !(now - start < broken_.window)
                                           : period_start(broken_.period, now) != period_start(broken_.period, start))
        return std::nullopt;
    }
    return std::nullopt;
  }

  [[nodiscard]] static Instant period_start(Period period, Instant t) {
    static const Zone utc;
    const Date today = utc.civil(t).date;
    if (period == Period::day) return utc.at(today, {0});
    if (period == Period::week) return utc.at({today.day - ((today.day % 7 + 7 + 3) % 7)}, {0});
    const int day = std::stoi(to_string(today).substr(8, 2));
    return utc.at({today.day - day + 1}, {0});
  }
  [[nodiscard]] static Instant period_end(Period period, Instant t) {
    Instant end = period_start(period, t) + days(1);
    while (period_start(period, end) == period_start(period, t)) end = end + days(1);
    return end;
  }

 private:
  [[nodiscard]] bool counts(const Cap& cap, const std::string& kind, bool own) const {
    // What is done to one person takes nothing from the next, where it is everybody's that is counted.
    if (broken_.whole_project && !cap.whole_project) return false;
    return (own || !cap.own) && std::binary_search(cap.kinds.begin(), cap.kinds.end(), kind);
  }
  [[nodiscard]] bool in(const Cap& cap, Instant then, Instant now) const {
    return cap.period == Period::window ? now - then < cap.window
                                        : period_start(cap.period, then) == period_start(cap.period, now);
  }
  [[nodiscard]] int128 counted(const Cap& cap, Instant now) const {
    int128 out = 0;
    for (const Burst& burst : row_) {
      if (counts(cap, burst.kind, burst.own) && in(cap, burst.at, now)) out += burst.amount;
    }
    return out;
  }
  [[nodiscard]] int128 room_at(Instant now, const std::string& kind, bool own) const {
    int128 room = broken_.most + step_;
    for (const Cap& cap : caps_) {
      if (counts(cap, kind, own)) room = std::min(room, cap.most - counted(cap, now));
    }
    return room / step_ * step_;
  }
  /// The next instant at which a window lets something go, or a period begins.
  [[nodiscard]] std::optional<Instant> next_room(Instant now) const {
    std::optional<Instant> out;
    const auto maybe = [&](Instant t) {
      if (now < t && (!out || t < *out)) out = t;
    };
    for (const Cap& cap : caps_) {
      if (cap.period != Period::window) {
        maybe(period_end(cap.period, now));
        continue;
      }
      for (const Burst& burst : row_) maybe(burst.at + cap.window);
    }
    return out;
  }
  /// What is in the window or period that is too full.
  [[nodiscard]] std::vector<Burst> clipped(Instant now) const {
    std::vector<Burst> out;
    for (const Burst& burst : row_) {
      if (counts(broken_, burst.kind, burst.own) && in(broken_, burst.at, now)) out.push_back(burst);
    }
    return out;
  }

  const Cap& broken_;
  const std::vector<Cap>& caps_;
  int128 step_;
  std::vector<Burst> row_;
};

std::string amount_words(int128 amount, bool money, const std::string& currency) {
  if (money) return fmt::format("{} {}", currency, Decimal::from_units(amount).to_string());
  return fmt::format("{}", static_cast<std::int64_t>(amount));
}

}  // namespace

bool follows(const Cap& other, const Cap& one, const Program& program) {
  return follows_within(other, one, proof::longest(program, other.period, other.window));
}

bool follows_on_plain_days(const Cap& other, const Cap& one) {
  const std::int64_t dates = other.period == Period::day ? 1 : other.period == Period::week ? 7 : 31;
  return follows_within(other, one, other.period == Period::window ? other.window : days(dates));
}

std::optional<std::vector<Burst>> row_that_breaks(const Cap& broken, const std::vector<Cap>& caps, int128 step) {
  Row row(broken, caps, step);
  // Monday, 1 June 2026: days, weeks and months begin together; 1 July is a Wednesday, 1 March a Sunday.
  std::vector<Instant> starts{Zone().at(*parse_date("2026-06-01"), {9 * 3'600})};
  std::set<Duration> windows{Duration{}};
  for (const Cap& cap : caps) {
    if (cap.period == Period::window) windows.insert(cap.window);
  }
  for (const std::string_view date : {"2026-06-01", "2026-03-01", "2026-07-01", "2026-02-02", "2026-06-03"}) {
    const Instant begins = Zone().at(*parse_date(date), {0});
    // Where a period ends a minute later, two of them lie close together; and so do those that a window links to it.
    for (const Duration window : windows) {
      starts.push_back(begins - window - minutes(1));
      starts.push_back(begins - window);
    }
  }
  std::optional<std::vector<Burst>> best;
  for (const Instant start : starts) {
    auto found = row.from(start);
    if (found && (!best || found->size() < best->size())) best = std::move(found);
  }
  return best;
}

std::string words(const std::vector<Burst>& row, const Cap& broken, const std::string& currency) {
  static constexpr std::string_view weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static const Zone utc;
  const bool money = !currency.empty();
  const bool several = std::any_of(row.begin(), row.end(), [&](const Burst& b) { return b.kind != row[0].kind; });
  int128 all = 0;
  std::string list;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Burst& burst = row[i];
    all += burst.amount;
    if (i == 6 && row.size() > 8) {
      list += fmt::format(", … and {} times more", row.size() - 7);
    } else if (i < 6 || row.size() <= 8 || i + 1 == row.size()) {
      const auto civil = utc.civil(burst.at);
      list += fmt::format(
          "{}{}{}{} on {} {} at {}", list.empty() ? "" : ", ", amount_words(burst.amount, money, currency),
          burst.kind == other_channel || !several ? "" : " by " + burst.kind, burst.own ? "" : " of another workflow",
          weekdays[((civil.date.day % 7) + 7) % 7], to_string(civil.date), to_string(civil.time));
    }
  }
  const std::string what = money ? "spent" : all == 1 ? "message" : "messages";
  return fmt::format("{} {}{}: {}", amount_words(all, money, currency), what,
                     broken.whole_project ? " in all" : " to one person", list);
}

}  // namespace fairlead::compiler::diff
