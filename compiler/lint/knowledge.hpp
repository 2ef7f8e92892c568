// What is known of the values that conditions ask for: which of its values a choice may have, between which bounds a
// number lies. Simple reasoning on purpose: it never says that something is impossible where it is not.
#pragma once

#include <map>
#include <set>

#include "compiler/lint/reading.hpp"

namespace fairlead::compiler::lint {

class Knowledge {
 public:
  explicit Knowledge(const Program& program) : program_(&program) {}

  /// From here on the condition is `truth`.
  void assume(ExprId condition, bool truth);
  /// Whether nothing can be as it was assumed.
  [[nodiscard]] bool impossible() const { return impossible_; }
  /// What the condition comes to, where that is certain.
  [[nodiscard]] std::optional<bool> decide(ExprId condition) const;
  /// Time passed: only what events said is still known.
  void go_stale();

 private:
  struct Bound {
    int128 units = 0;
    bool strict = false;
  };
  struct Domain {
    std::optional<std::set<std::string>> allowed;
    std::set<std::string> excluded;
    std::optional<Bound> low, high;
  };

  void equal(const Expr& asked, bool truth);
  void compare(ExprId small, ExprId large, bool strict);
  void member(const Expr& asked, bool truth);
  void atom(const std::string& key, bool truth);
  Domain& domain(const std::string& key, const Expr& value);
  void settle(const Domain& domain);

  const Program* program_;
  std::map<std::string, Domain> domains_;
  bool impossible_ = false;
};

/// The name under which a value is known; empty where it is not one that keeps still while it is asked.
std::string known_as(const Expr& value);

}  // namespace fairlead::compiler::lint
