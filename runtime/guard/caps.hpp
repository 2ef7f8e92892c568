// What counts toward limits over all contacts: messages, and money. Names by their ids.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "runtime/values/bytes.hpp"
#include "runtime/values/decimal.hpp"
#include "runtime/values/fault.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::guard {

/// Amounts over time, with what lies between two instants told by bisection.
class Series {
 public:
  /// What is taken back is a negative amount at the instant at which it was added.
  void add(Instant at, int128 amount);
  /// From `first` on, or after it where `open`.
  [[nodiscard]] int128 since(Instant first, bool open) const;
  void forget_before(Instant t);
  /// Makes one of neighbours that `to` puts at one instant. `to` keeps the order, and moves nothing back in time.
  void merge(const std::function<Instant(Instant)>& to);

  void save(ByteWriter& out) const;
  void load(ByteReader& in);

 private:
  struct Point {
    Instant at;
    int128 total = 0;  // up to and with this one
  };
  std::vector<Point> points_;  // ascending by `at`
  int128 before_ = 0;          // of what was forgotten
};

/// Amounts are kept by when they came, ever less finely the older they are: to the second for an hour, then by 15
/// seconds for a day, by 3 minutes for eight days, and by a quarter of an hour. Each counts from the last millisecond
/// of its bucket: never for less than its time in a window, and for less than half a percent of the window longer (of a
/// window of less than five minutes: up to a second). Calendar periods are exact, since they begin at a quarter of an
/// hour. So 92 days of a workflow's messages by one channel are at most 20,544 points of 32 bytes, 660 KB, whether it
/// sends a million a day or a thousand million; what it spends is as much again, and a checkpoint has about 8 bytes a
/// point. One that sends a thousand messages a day has at most a thousand points for each day.
class Caps {
 public:
  using Workflows = std::function<bool(std::uint32_t workflow)>;

  /// A message of a channel (0: a call), and what it costs.
  void charge(Instant at, std::uint32_t workflow, std::uint32_t channel, Decimal cost);
  /// What was set aside for something that did not come about.
  void release(Instant at, std::uint32_t workflow, Decimal cost);

  [[nodiscard]] std::uint64_t messages(const std::vector<std::uint32_t>& channels, const Workflows& of, Instant first,
                                       bool open) const;
  [[nodiscard]] Decimal money(const Workflows& of, Instant first, bool open) const;
  /// When, of those messages after now - window, fewer than `most` are left: to the second.
  [[nodiscard]] Instant room(const std::vector<std::uint32_t>& channels, const Workflows& of, std::uint64_t most,
                             Instant now, Duration window) const;

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  std::map<std::pair<std::uint32_t, std::uint32_t>, Series> messages_;  // channel, workflow
  std::map<std::uint32_t, Series> money_;                               // workflow; billionths
  std::uint64_t charges_ = 0;
};

/// How long charges are kept: the longest window that can be asked for.
constexpr Duration longest_cap = days(92);

}  // namespace fairlead::guard
