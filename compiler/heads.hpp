// Reads the head of one workflow: whom it is for, who enters and leaves, and within which bounds. The compiler's own:
// heads.cpp, rollouts.cpp and waivers.cpp fill it.
#pragma once

#include "compiler/checker.hpp"

namespace fairlead::compiler {

class HeadReader {
 public:
  HeadReader(Checker& checker, Index workflow, grammar::Node node);

  /// Fills the workflow but for its steps.
  void read();
  /// What is known at the first step, and after each wait.
  [[nodiscard]] Scope scope() const;
  [[nodiscard]] grammar::Node steps() const { return steps_; }

 private:
  using Node = grammar::Node;

  void subject();
  /// The clause of a head without `for` that only a contact can meet; empty where there is none.
  [[nodiscard]] Node speaks_of_contact() const;
  void clause(Node item);
  void enter(Node item);
  void leave(Node item);
  bytecode::Trigger trigger(Node node, const char* what);
  /// What an entry vouches for; the first step can rely on what all of them do.
  void entry_knows(Facts facts);
  void rollout(Node item);
  bool stage(Node node, bool last, bytecode::RolloutStage& out);
  void waive(Node item);
  Index waived_rule(Node path);
  [[nodiscard]] std::string as_written() const;
  void tell(const AskedWaiver& asked);
  std::optional<bytecode::Quota> amount(Node item);

  Checker& c_;
  Index index_;
  Node node_;
  bytecode::Workflow workflow_;
  std::map<std::string, Place> seen_;
  std::vector<Node> limits_, waivers_;
  Node steps_;
  bool entered_ = false;        // some `enter` stands there, be it broken
  bool by_event_ = true;        // every entry supplies an event
  std::optional<Facts> known_;  // at the first step
  Facts invariants_;            // while nobody has left
};

}  // namespace fairlead::compiler
