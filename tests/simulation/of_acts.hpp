// What goes out: messages, calls and assignments, from the step that fills them to the provider.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfActs : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::Effect& effect);
  void see(Instant at, const audit::Acted& acted);
  void see(Instant at, const audit::Assigned& assigned);
  void see(Instant at, const audit::Guarded& guarded);
  void see(Instant at, const audit::ApprovalAsked& asked);
  void see(Instant at, const audit::ApprovalEnded& ended);
  void see(Instant, const audit::Left& left) { approved_.erase(left.pass); }
  void see(Instant, const audit::Handed& handed) { ended(handed.key, handed.result, handed.content); }
  void see(Instant, const audit::ActionHanded& handed) { ended(handed.key, handed.result, handed.action); }
  void see(Instant at, const audit::Retrying& retrying);
  void see(Instant at, const audit::SetAside& aside);
  void see(Instant at, const audit::Resolved& resolved);
  void see(Instant, const audit::Circuit& circuit) {
    left_alone_ = circuit.open ? std::optional(circuit.until) : std::nullopt;
  }
  /// A message as it was handed over: judged by what the journal knew then.
  void handed(const Delivered& message, Act& act);
  void end();

 private:
  Act& begin(const audit::Pass& pass, const std::string& step, const std::string& key, bool suppressed);
  void ended(const std::string& key, audit::Handed::Result result, const std::string& what);
  Act* tried(const std::string& key);
  bool fires(const engine::testing::RuleSays& rule, const audit::Pass& pass, const std::string& channel, Instant at,
             Side side);
  /// Each time that something is handed over, whatever becomes of it.
  void tries(const Delivered& message, const Act& act);

  struct Approved {
    std::string step;
    nlohmann::json effects;
  };
  std::map<audit::Pass, Approved, Before> approved_;
  std::set<std::string> keys_;  // that the provider has
  std::optional<Instant> left_alone_;
  std::set<std::pair<std::string, std::uint64_t>> claims_;
  std::map<std::string, std::vector<Instant>> left_by_;   // by channel
  std::map<std::string, std::vector<Instant>> assigned_;  // by whom they went to
};

}  // namespace fairlead::simulation
