// Examples that there can be.
#include "compiler/proof/solver.hpp"

namespace fairlead::compiler::proof {

Answer sayable(Formulas& f, Solver& solver, Formula formula, Answer answer,
               const std::function<bool(Variable)>& is_count) {
  if (answer.can != Can::be) return answer;
  std::vector<Variable> odd = answer.unsaid;
  for (const auto& [v, value] : answer.example) {
    if (value % Decimal::one != 0 && is_count(v)) odd.push_back(v);
  }
  for (const Variable v : odd) {
    const int128 whole = answer.example[v] / Decimal::one;
    for (const int128 close : {whole, whole + 1, whole - 1, int128{0}, int128{1}, int128{2}, int128{10}}) {
      const Formula pinned = f.both(formula, f.equal(f.of(v), f.real(close * Decimal::one)));
      const Answer& can = solver.ask(pinned);
      if (can.can != Can::be) continue;
      formula = pinned;
      answer = can;
      break;
    }
  }
  return answer;
}

}  // namespace fairlead::compiler::proof
