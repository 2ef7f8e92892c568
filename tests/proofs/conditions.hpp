// Conditions for random projects. A project asks a few things again and again, a little differently each time, so that
// what its workflows ask often says something of what its rules ask, and sometimes only nearly.
#pragma once

#include "tests/proofs/dice.hpp"

namespace fairlead::soundness {

/// Names that only some places know: `as v`, `let x`.
struct Scope {
  std::vector<std::string> visits;  // events that are bound: of kind `visited`
  std::vector<std::string> sums;    // kept values: of money
};

class Conditions {
 public:
  explicit Conditions(Dice& dice);

  /// What a workflow may ask of a contact.
  std::string in_flow(const Scope& scope);
  /// What a rule forbids; it is remembered, so that workflows ask it, or its opposite, too.
  std::string in_rule();
  /// Whether some rule asks for it.
  [[nodiscard]] bool asks(const std::string& what) const;
  /// What some rule forbids.
  std::string forbidden();
  /// Of the event that somebody enters on, and of constants.
  std::string of_visit(const std::string& event);
  /// Which windows the project has `between …` for.
  std::string hours();
  /// `s0` and `s1`; and `s2` and `s3`, which workflows may be entered by.
  [[nodiscard]] const std::vector<std::string>& segments() const { return segments_; }

 private:
  std::string atom();
  std::string about(std::uint32_t topic);
  std::string history();
  std::string formula(const std::vector<std::string>& parts);
  std::string some_parts(bool rule);

  Dice& dice_;
  std::vector<std::uint32_t> topics_;  // a few at a time: the rest is of no interest to this project
  std::vector<std::string> windows_;
  std::vector<std::string> asked_;  // conditions of rules, without what only rules can ask
  std::vector<std::string> segments_;
};

}  // namespace fairlead::soundness
