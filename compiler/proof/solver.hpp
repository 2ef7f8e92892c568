// Whether a formula can be true: decided by looking where its parts compare what is asked with fixed values, and by Z3
// where they do not. Z3 is given so many steps and no more, so that an answer never depends on the clock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "compiler/proof/formula.hpp"

namespace fairlead::compiler::proof {

enum class Can : std::uint8_t { be, not_be, unknown };

/// One way in which a formula is true: in units of each variable's sort; a variable that is missing may be anything.
using Example = std::map<Variable, int128>;

struct Answer {
  Can can = Can::unknown;
  Example example;               // Can::be: one, as far as it could be read
  std::vector<Variable> unsaid;  // numbers in it that nine digits cannot say: missing there, or cut off
};

class Solver {
 public:
  explicit Solver(Formulas& formulas);
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  const Answer& ask(Formula f);

  struct Count {
    std::size_t asked = 0, by_looking = 0, by_z3 = 0, unknown = 0;
  };
  [[nodiscard]] const Count& count() const { return count_; }

  /// By looking alone; unknown where that is not enough. Public for the test that holds it against Z3.
  Answer look(Formula f);
  /// By Z3 alone.
  Answer work(Formula f);

 private:
  class Z3;

  /// The parts of a conjunction, those together that speak of the same: each can be so or not whatever the others are.
  std::vector<Formula> apart(Formula f);
  /// By looking; what that does not decide, part by part; and by Z3 what is left. `z3`: set where it was needed.
  Answer find(Formula f, bool& z3);

  Formulas& f_;
  std::unique_ptr<Z3> z3_;  // made when it is first needed: it takes longer than most projects' proofs
  std::unordered_map<Formula, Answer> known_, parts_;  // what was asked; and what was found on the way
  Count count_;
};

/// The answer with an example that there can be: numbers have nine digits, and counts are whole. Where none is found
/// close by, something is left unsaid; and where counts that are whole leave none at all, it cannot be.
Answer sayable(Formulas& f, Solver& solver, Formula formula, Answer answer,
               const std::function<bool(Variable)>& is_count);

}  // namespace fairlead::compiler::proof
