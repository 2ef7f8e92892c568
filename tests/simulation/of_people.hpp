// What the rows of the inbox come to: people stored, events taken, goals reached, people forgotten, things done by
// hand.
#pragma once

#include "tests/simulation/known.hpp"
#include "tests/simulation/rows.hpp"

namespace fairlead::simulation {

class OfPeople : public Judge {
 public:
  explicit OfPeople(Known& known) : Judge(known), rows_(known.seen.posted) {}

  using Judge::see;
  void see(Instant at, const audit::ContactStored& stored);
  void see(Instant at, const audit::EventTaken& taken);
  void see(Instant at, const audit::Forgotten& forgotten);
  void see(Instant at, const audit::Entered& entered);
  void see(Instant at, const audit::Reached& reached);
  void see(Instant at, const audit::Closed& closed);
  void see(Instant, const audit::Left& left) {
    if (left.reason.starts_with("cancelled by ")) ++by_hand_[left.reason.substr(13)];
  }
  void see(Instant, const audit::Skipped& skipped) { ++by_hand_[skipped.by]; }
  void see(Instant, const audit::Paused& paused) { ++by_hand_[paused.by]; }
  void see(Instant, const audit::Resumed& resumed) { ++by_hand_[resumed.by]; }
  void see(Instant at, const audit::Refused& refused);
  void see(Instant, const audit::ZoneUnknown& unknown) {
    known_.wrong("a zone is none, and that of {} counts", unknown.used);
  }
  void batch_over() { end_turn(); }
  void end();

 private:
  /// The next row that must show in the audit; null, and a word about it, where it is another.
  const Posted* row(Posted::Kind kind, const std::string& what);
  void end_turn();

  Rows rows_;
  std::map<std::string, store::ContactId> ids_;  // by address, while they are known
  std::set<audit::Pass, Before> must_reach_;     // in the turn that is read
  std::map<std::string, std::size_t> by_hand_;
};

}  // namespace fairlead::simulation
