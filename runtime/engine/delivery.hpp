// How messages leave: how fast a channel goes, when what did not go out is tried again, and when a connector that
// fails is left alone.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "runtime/audit/entry.hpp"

namespace fairlead::engine {

/// At most `count` in any window (t - window, t].
struct Rate {
  std::uint32_t count = 0;
  Duration window;
};

struct Pacing {
  std::map<std::string, Rate> rates;      // by channel; a channel that is not here goes as fast as it can
  std::uint32_t attempts = 10;            // so many hand-overs, then it is a dead letter
  Duration first_retry = seconds(30);     // doubled with each attempt …
  Duration longest_retry = hours(1);      // … up to this
  std::uint32_t failures = 5;             // of messages, one after the other: the connector is left alone …
  Duration shortest_break = seconds(30);  // … so long, doubled while it goes on failing …
  Duration longest_break = minutes(10);   // … up to this
  /// So many messages that are not handed over yet, and timers wait until half of them are. Not on a virtual clock,
  /// which moves by timers.
  std::uint64_t most_unsent = 500'000;
};

/// How long to wait after so many attempts: doubling, with jitter over the upper half of it ("equal jitter", Brooker,
/// AWS Architecture Blog 2015), which is a function of seed, key and attempt.
Duration retry_after(const Pacing& pacing, std::uint32_t attempts, std::uint64_t seed, const std::string& key);

/// What the audit says of hand-overs, live as well as after a restart: how many messages count toward each channel's
/// rate, and whether the connector is left alone.
class Delivery {
 public:
  void apply(Instant at, const audit::Entry& entry);

  /// Whether the channel takes one more at `now`, beside `more` that are about to be said.
  [[nodiscard]] bool room(const std::string& channel, const Rate& rate, Instant now, std::uint32_t more) const;
  /// Those that count, oldest first.
  [[nodiscard]] std::deque<std::pair<Instant, std::uint32_t>> past(const std::string& channel) const;

  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] Instant open_until() const { return until_; }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }
  /// How many times the circuit was opened since the connector last took something.
  [[nodiscard]] std::uint32_t openings() const { return openings_; }

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  struct Channel {
    std::deque<std::pair<Instant, std::uint32_t>> past;  // ascending
  };
  std::map<std::string, Channel> channels_;
  std::uint32_t failures_ = 0;  // one after the other
  std::uint32_t openings_ = 0;
  bool open_ = false;
  Instant until_;
};

/// The queue of a channel whose rate is used up: each message gets the next instant at which there is room, behind
/// those that have one already. In memory alone: after a restart, messages that had a place may be given a later one.
class Places {
 public:
  Places() = default;
  Places(Rate rate, const std::deque<std::pair<Instant, std::uint32_t>>& past);
  /// The next free place: `now` where there is room.
  Instant take(Instant now);

 private:
  Rate rate_;
  std::deque<std::pair<Instant, std::uint32_t>> taken_;  // the last `count` of them, ascending
  std::uint64_t total_ = 0;
};

}  // namespace fairlead::engine
