// Who lives in a random project: contacts of all kinds, what happens to them, and what they and their colleagues
// answer. Much of it falls on whole hours, as waits end on whole hours too: so things meet.
#pragma once

#include <set>

#include "tests/engine/world.hpp"
#include "tests/proofs/dice.hpp"

namespace fairlead::soundness {

class People {
 public:
  People(const bytecode::Module& module, Dice& dice, Instant start, Instant end);

  /// All that comes by itself. `story` may be null.
  std::vector<store::Inbox> come(std::vector<std::string>* story);
  /// Messages are answered, approvals given or not, and who waits becomes another meanwhile.
  void hear(const audit::Entry& entry);
  std::vector<store::Inbox> answer(Instant now, std::vector<std::string>* story);

 private:
  using Words = engine::testing::Words;

  Words values(bool first);
  std::string value_of(const std::string& field);
  store::Inbox contact(Instant when, const std::string& email, Words words);
  store::Inbox event(Instant when, Instant at, const std::string& email, const std::string& type, const Words& words,
                     const std::string& of = "");
  store::Inbox happens(Instant when, const std::string& email);
  Instant some_time(Instant from, Instant to);

  const bytecode::Module& module_;
  Dice& dice_;
  Instant start_, end_;
  int events_ = 0;
  std::vector<std::string> emails_;
  std::map<std::uint64_t, std::string> by_number_;
  std::vector<audit::Effect> sent_;
  std::vector<std::string> asked_;
  std::vector<std::pair<std::uint64_t, Instant>> waiting_;  // who, and until when; 1970: nobody knows
  std::set<std::string> waits_;                             // steps at which time passes
  std::vector<std::string> of_interest_;                    // fields that the project asks
  std::vector<std::string>* story_ = nullptr;
};

}  // namespace fairlead::soundness
