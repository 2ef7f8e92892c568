// Looks on while the engine works: at every message it asks each rule by itself, also those that the engine does not
// speak of because a stronger one fired, and it writes down what the audit says. Of several versions each has a witness
// of its own, who looks at those that came in by it and were never moved.
#pragma once

#include "runtime/engine/turn.hpp"
#include "tests/proofs/life.hpp"

namespace fairlead::soundness {

class Witness {
 public:
  /// Of the version that is in force.
  Witness(engine::Engine& engine, const bytecode::Module& module, Life& life, bool told);
  void hear(const audit::Entry& entry);
  /// Another version is in force from now on.
  void replaced() { in_force_ = false; }

 private:
  /// When a pass stands at its step: it came just now, or was held until now.
  Instant now_of(const audit::Pass& pass, const engine::Instance& instance) const;
  const engine::Instance* instance_of(const audit::Pass& pass);
  void ask(const audit::Pass& pass, const std::string& step);
  void fires(const Pair& pair, const audit::Pass& pass, Instant at, const std::string& how);
  void tell(const audit::Entry& entry);

  engine::Engine& engine_;
  const bytecode::Module& module_;
  Life& life_;
  bool told_, in_force_ = true;
  std::uint32_t version_;         // its number
  std::set<std::string> passes_;  // that follow it
  std::map<std::string, bytecode::Index> steps_;
  std::map<std::string, Instant> held_;  // by pass: until when
  Instant now_;
  Zone zone_;  // whose clock the last message was judged by
};

}  // namespace fairlead::soundness
