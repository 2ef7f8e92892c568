// Random projects for the prover: workflows with every step that runs, and rules that ask for nearly the same things.
#pragma once

#include <map>
#include <set>

#include "tests/proofs/conditions.hpp"

namespace fairlead::soundness {

class RandomProject {
 public:
  explicit RandomProject(std::uint32_t seed);

  /// Without the rules that were left out.
  [[nodiscard]] std::string text() const;
  /// `house.r3`: a rule that the project breaks is of no use here.
  void leave_out(const std::string& rule) { left_out_.insert(rule); }
  [[nodiscard]] bool zoned() const { return zoned_; }
  [[nodiscard]] bool many_zones() const { return zoned_ && country_; }

 private:
  std::string record();
  std::string workflow(int number);
  std::string head(int number);
  std::string steps(int depth, std::uint32_t budget, Scope scope);
  /// May add names to the scope for those behind it.
  std::string step(int depth, Scope& scope);
  std::string block(int depth, std::uint32_t budget, const Scope& scope) {
    return " {\n" + steps(depth + 1, budget, scope) + "}\n";
  }
  /// Something is known, and a message goes out, and perhaps something lies between.
  std::string known_then_sent(int depth);
  std::string send();
  std::string wait();
  std::string wait_for_event(int depth, const Scope& scope);
  std::string set();
  std::string span();
  void policy();
  std::string limit();
  std::string otherwise(bool clock);
  /// One rule, by its name.
  void rule(const std::string& body);

  Dice dice_;
  Conditions conditions_;
  bool zoned_, country_, closed_ = false, visits_only_ = false, follows_ = false;
  int flows_ = 1, names_ = 0;
  std::string before_, after_;
  std::vector<std::pair<std::string, std::string>> rules_;
  std::set<std::string> left_out_;
};

}  // namespace fairlead::soundness
