// How simulated people answer: each `… leads to …` line, decided by dice that depend on the seed, the line and the
// cause alone, so that a simulation is the same however often it is interrupted.
#pragma once

#include "runtime/engine/engine.hpp"

namespace fairlead::trial {

class Reactions : public engine::Observer {
 public:
  Reactions(engine::Engine& engine, const bytecode::Module& module, const bytecode::Simulation& simulation)
      : engine_(engine), module_(module), simulation_(simulation) {}

  void arrived(store::ContactId contact, Instant now, std::vector<store::Inbox>& post) override;
  void happened(const engine::EventIn& event, Instant now, std::vector<store::Inbox>& post) override;
  void sent(store::ContactId contact, const std::string& key, const std::string& content, Instant filled,
            std::vector<store::Inbox>& post) override;

 private:
  void react(std::size_t line, store::ContactId contact, const std::string& cause, const std::string& content,
             Instant at, std::vector<store::Inbox>& post);

  engine::Engine& engine_;
  const bytecode::Module& module_;
  const bytecode::Simulation& simulation_;
};

}  // namespace fairlead::trial
