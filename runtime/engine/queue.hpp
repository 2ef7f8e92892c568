// Who is due next, of the part of the time that is in memory: before the horizon.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "runtime/store/store.hpp"

namespace fairlead::engine {

class Queue {
 public:
  /// Everything that is due before it is here, or was.
  [[nodiscard]] Instant horizon() const { return horizon_; }
  /// What the store has from the horizon on, up to a later one.
  void extend(const std::vector<store::Timer>& timers, Instant horizon) {
    run_.erase(run_.begin(), run_.begin() + static_cast<std::ptrdiff_t>(next_));
    run_.insert(run_.end(), timers.begin(), timers.end());
    next_ = 0;
    horizon_ = horizon;
  }
  void add(store::Timer timer) { added_.insert(timer); }
  [[nodiscard]] std::optional<store::Timer> first() const {
    if (next_ == run_.size()) return added_.empty() ? std::nullopt : std::optional(*added_.begin());
    return added_.empty() ? run_[next_] : std::min(run_[next_], *added_.begin());
  }
  /// Takes the first one away, however often it was put in.
  void pop() {
    const store::Timer gone = *first();
    while (next_ < run_.size() && run_[next_] == gone) ++next_;
    added_.erase(gone);
  }
  /// Nothing is here, and everything has to be read again.
  void clear() { *this = {}; }

 private:
  std::vector<store::Timer> run_;  // ascending, from `next_` on: what was read
  std::size_t next_ = 0;
  std::set<store::Timer> added_;  // what was said since
  Instant horizon_;
};

}  // namespace fairlead::engine
