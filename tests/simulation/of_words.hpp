// What waits for somebody's word: who is asked and when, whose word counts, for what, and how often.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfWords : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::ApprovalAsked& asked);
  void see(Instant at, const audit::ApprovalEnded& ended);
  void see(Instant at, const audit::Effect& effect);
  void see(Instant at, const audit::Acted& acted);
  void see(Instant at, const audit::Guarded& guarded);
  void see(Instant, const audit::Left& left) { given_.erase(left.pass); }
  void handed(const Delivered& message, const Act& act);

 private:
  /// A message or a call that may want a word.
  struct Wanting {
    audit::Pass pass;
    std::string step, channel, action;  // action: of a call
    Side side = Side::out;
    bool owed = false;  // transactional: no limit counts it
  };
  struct Asked {
    std::string role;
    Instant until;  // 0: no end
  };
  /// A yes: to what was shown, under the policy that there was.
  struct Word {
    std::string step, role, policy;
    bool of_step = false;  // of an `approve`, for all that it covers; else of a rule, for one effect
    nlohmann::json shown;
  };

  [[nodiscard]] bool fires(const WordSays& rule, const Wanting& what, Instant at);
  [[nodiscard]] static bool covers(const Word& word, const std::string& step);
  /// Something goes into the outbox: every role that has to has said yes, to this.
  void fill(Instant at, const Wanting& what, const std::string& key);

  std::map<std::string, Asked> asked_;  // by the key of what waits
  std::map<audit::Pass, std::vector<Word>, Before> given_;
  std::map<std::pair<std::string, std::string>, audit::ApprovalEnded::Result> ended_;  // by pass and step, the last
  std::map<std::string, std::vector<Word>> filled_;                                    // by key of the effect
};

}  // namespace fairlead::simulation
