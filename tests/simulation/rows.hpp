// What the rows of the inbox must come to. They are taken in the order in which they were posted, so it is settled by
// them alone.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/reference.hpp"

namespace fairlead::simulation {

class Rows {
 public:
  explicit Rows(const std::vector<Posted>& posted) {
    std::map<std::string, std::set<std::string>> known;  // by address: ids of events that were taken
    for (const Posted& row : posted) {
      const auto who = known.find(row.email);
      switch (row.kind) {
        case Posted::Kind::contact:
          known[row.email];
          expected_.push_back(&row);
          break;
        case Posted::Kind::event:
          if (who != known.end() && who->second.insert(row.id).second) expected_.push_back(&row);
          break;
        case Posted::Kind::forget:
          if (who == known.end()) break;
          known.erase(who);
          expected_.push_back(&row);
          break;
        case Posted::Kind::by_hand:
        case Posted::Kind::word:
        case Posted::Kind::row: break;
      }
    }
  }

  /// The next that must show in the audit; null where it is of another kind, or none is left.
  const Posted* next(Posted::Kind kind) {
    if (next_ >= expected_.size() || expected_[next_]->kind != kind) return nullptr;
    return expected_[next_++];
  }
  [[nodiscard]] std::size_t left() const { return expected_.size() - next_; }

 private:
  std::vector<const Posted*> expected_;
  std::size_t next_ = 0;
};

}  // namespace fairlead::simulation
