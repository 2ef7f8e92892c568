// Passes in groups that chance has made (treated and held out, the variants of a split), and which of them reached
// their goal: what may be compared while more are coming.
//
// A pass counts once the goal's window has closed for all that began on the same day, and not sooner. Counted when it
// reaches the goal, the quick ones would stand for all, and whichever group is quicker would look better than it is.
// A contact counts with its first pass alone: whichever group it is in, it is in it each time, so that further passes
// would look like further contacts and are none.
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/learn/sequence.hpp"

namespace fairlead::engine {

class Cohorts {
 public:
  explicit Cohorts(std::size_t groups = 2) : groups_(groups) {}

  void began(const audit::Pass& pass, std::size_t group, Instant at);
  /// Of a pass that did not begin here, or was over, nothing is counted.
  void reached(const audit::Pass& pass);
  void over(const audit::Pass& pass);

  /// No more is counted of what is open.
  void finish() { open_.clear(); }

  /// One a group: the passes of days that are over by now together with their windows.
  [[nodiscard]] std::vector<learn::Proportion> counted(Instant now, Duration within) const;
  /// One a group: all that have begun.
  [[nodiscard]] std::vector<std::uint64_t> sizes() const;

  void save(ByteWriter& out) const;
  void load(ByteReader& in);

 private:
  using Key = std::tuple<std::string, std::uint16_t, std::uint64_t>;  // workflow, contact
  struct Open {
    std::int64_t day = 0;
    std::size_t group = 0;
  };
  static Key key_of(const audit::Pass& pass);

  std::size_t groups_;
  std::map<std::int64_t, std::vector<learn::Proportion>> days_;  // since 1970, in UTC
  std::map<Key, Open> open_;                                     // which have not reached the goal, and may
};

}  // namespace fairlead::engine
