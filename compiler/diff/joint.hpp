// Two projects in one world: what their rules ask, as formulas over the same people. The people are those of the new
// project; a field that only the old one has is a stranger here, and what depends on it cannot be told.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>

#include "compiler/proof/solver.hpp"
#include "compiler/proof/world.hpp"

namespace fairlead::compiler::diff {

enum class Side : std::uint8_t { before, after };
constexpr std::array<Side, 2> both_sides = {Side::before, Side::after};

class Joint {
 public:
  Joint(const Program& before, const Program& after);
  Joint(const Joint&) = delete;
  Joint& operator=(const Joint&) = delete;

  [[nodiscard]] const Program& program(Side side) const { return side == Side::before ? before_ : after_; }
  [[nodiscard]] const bytecode::Module& module(Side side) const { return program(side).module; }
  [[nodiscard]] proof::World& world() { return *world_; }
  [[nodiscard]] proof::Formulas& formulas() { return formulas_; }
  [[nodiscard]] proof::Solver& solver() { return solver_; }

  /// What a function of a side asks, as an expression of the world. All of them must be grafted before the first is
  /// asked for as a term: what is known of one counter depends on which others there are.
  ExprId graft(Side side, Index function);
  /// A field of a side, as a term of the world.
  proof::Term field(Side side, Index field);
  /// What a variable is called: `contact.country`, `count(visited, last 7 days)`.
  [[nodiscard]] std::string called(proof::Variable variable) const;
  /// Whether it is how often something happened: a whole number.
  [[nodiscard]] bool counts(proof::Variable variable) const;
  /// Why what a formula says cannot be told, where it depends on what the new project does not know; else empty.
  std::string stranger(proof::Formula formula);

 private:
  ExprId graft_expr(Side side, ExprId id);
  Index field_of(Side side, Index field);
  Index counter_of(Side side, Index counter);
  Index score_of(Side side, Index score);

  const Program& before_;
  const Program& after_;
  Program joint_;  // its tables hold what rules of either side ask for
  proof::Formulas formulas_;
  proof::Solver solver_{formulas_};
  std::unique_ptr<proof::World> world_;
  std::map<std::pair<Side, ExprId>, ExprId> grafted_;
  std::map<std::string, Index> fields_, events_, scores_, event_fields_;
  std::map<std::string, Index> counters_;
  std::map<Index, std::string> strange_fields_, strange_counters_, strange_scores_;  // and what to say of them
  std::vector<std::pair<ExprId, std::string>> strange_;                              // expressions that read them
  std::map<proof::Variable, std::string> strangers_;
};

}  // namespace fairlead::compiler::diff
