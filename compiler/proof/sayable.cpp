// Examples that there can be.
#include <algorithm>

#include "compiler/proof/solver.hpp"

namespace fairlead::compiler::proof {

Answer sayable(Formulas& f, Solver& solver, Formula formula, Answer answer,
               const std::function<bool(Variable)>& is_count) {
  constexpr int most_times = 12;
  const auto ask = [&](Formula more) {
    const Answer& can = solver.ask(f.both(formula, more));
    if (can.can == Can::be) {
      formula = f.both(formula, more);
      answer = can;
    }
    return can.can;
  };
  if (answer.can != Can::be) return answer;
  for (int i = 0; i < most_times; ++i) {
    // Between two whole numbers nothing is counted.
    const auto split = std::find_if(answer.example.begin(), answer.example.end(), [&](const auto& one) {
      return one.second % Decimal::one != 0 && is_count(one.first);
    });
    if (split != answer.example.end()) {
      const Variable v = split->first;
      const int128 below = split->second / Decimal::one * Decimal::one;
      const Formula count = f.of(v);
      const Can whole =
          ask(f.either(f.less_equal(count, f.real(below)), f.less_equal(f.real(below + Decimal::one), count)));
      if (whole == Can::not_be) return {Can::not_be, {}, {}};
      if (whole == Can::be) continue;
      answer.unsaid.push_back(v);
      return answer;
    }
    if (answer.unsaid.empty()) return answer;
    const Variable v = answer.unsaid.front();
    const int128 whole = answer.example[v] / Decimal::one;
    const int128 near[] = {whole, whole + 1, whole - 1, 0, 1, 2, 10};
    if (std::none_of(std::begin(near), std::end(near),
                     [&](int128 close) { return ask(f.equal(f.of(v), f.real(close * Decimal::one))) == Can::be; }))
      return answer;
  }
  // So many halves, and no end of them: it is not said.
  return {};
}

}  // namespace fairlead::compiler::proof
