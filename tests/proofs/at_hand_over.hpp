// What the provider is given, judged at the moment when it is given it: by each rule of the policies that are in force
// then, of the contact as it is then. Nothing of what was decided at the step counts here.
#pragma once

#include "runtime/connect/connector.hpp"
#include "runtime/engine/turn.hpp"
#include "tests/proofs/dice.hpp"

namespace fairlead::soundness {

class AtHandOver {
 public:
  AtHandOver(engine::Engine& engine, Dice dice) : engine_(engine), dice_(dice) {}

  void hear(const audit::Entry& entry);
  /// What the provider says to a message; before that, whether it may have it.
  connect::Answer answer(const connect::Message& message);
  void clock(Instant now) { now_ = now; }

  struct Figures {
    std::size_t handed = 0, again = 0, later = 0;  // messages; once more; later than they were committed
    std::size_t other_policies = 0;                // committed under other policies than it is judged by
    std::size_t withheld = 0, deferred = 0;        // by a rule, at hand-over
  };
  [[nodiscard]] const Figures& figures() const { return figures_; }
  /// What went out and breaks a rule, and what was kept back by a rule that it does not break.
  [[nodiscard]] const std::vector<std::string>& found() const { return found_; }

 private:
  struct Filled {
    audit::Pass pass;
    std::string content, channel;
    std::uint32_t version = 0;  // that the pass follows
    std::uint32_t in_force = 0;
    Instant at;
    bool tried = false;
  };
  /// The rules that forbid it now, each asked alone.
  std::vector<std::string> broken(const Filled& filled);

  engine::Engine& engine_;
  Dice dice_;
  std::map<std::string, Filled> filled_;  // by key
  std::map<std::string, std::uint32_t> follows_;
  Instant now_;
  Figures figures_;
  std::vector<std::string> found_;
};

}  // namespace fairlead::soundness
