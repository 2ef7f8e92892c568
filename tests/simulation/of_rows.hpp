// Rows of the record `product`: which there are, and that a loop over them has one round for a row, in their order.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfRows : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant, const audit::StepTaken& taken);
  void see(Instant, const audit::Acted& acted);
  void see(Instant, const audit::RowStored& stored);
  void see(Instant, const audit::RowRemoved& removed);
  void handed(const Delivered& message, const Act& act);
  void end();

 private:
  /// A pass at a step: of one of the repeats around it each round begins the loop anew.
  struct Place {
    audit::Pass pass;
    std::string step;
    std::size_t round = 0;
    bool operator<(const Place& other) const {
      return std::tie(pass.contact, pass.workflow, pass.serial, step, round) <
             std::tie(other.pass.contact, other.pass.workflow, other.pass.serial, other.step, other.round);
    }
  };
  std::map<audit::Pass, std::size_t, Before> rounds_;  // of repeats
  std::map<Place, std::vector<std::string>> calls_;    // their keys, in the order in which they were decided on
  std::map<std::string, std::string> product_;         // by the key of a call
  std::set<std::string> there_;                        // by key
};

}  // namespace fairlead::simulation
