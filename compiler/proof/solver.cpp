// Z3's part: formulas as it writes them, and its models as examples.
#include "compiler/proof/solver.hpp"

#include <z3++.h>

#include <string>

namespace fairlead::compiler::proof {

namespace {

/// Steps that Z3 may take for one question: some tens of milliseconds.
constexpr unsigned most_steps = 2'000'000;

std::string digits(int128 value) {
  const bool negative = value < 0;
  uint128 rest = negative ? -static_cast<uint128>(value) : static_cast<uint128>(value);
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  while ((rest /= 10) != 0);
  return negative ? "-" + out : out;
}

/// Of a numeral of at most 38 digits.
std::optional<int128> integer(const std::string& text) {
  const bool negative = text.starts_with('-');
  const std::string_view figures = std::string_view(text).substr(negative ? 1 : 0);
  if (figures.empty() || figures.size() > 37) return std::nullopt;
  int128 out = 0;
  for (const char c : figures) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return negative ? -out : out;
}

}  // namespace

class Solver::Z3 {
 public:
  explicit Z3(Formulas& formulas)
      : f_(formulas),
        solver_(context_),
        nearest_(context_.function("nearest", context_.real_sort(), context_.int_sort())) {
    z3::params params(context_);
    params.set("rlimit", most_steps);
    params.set("random_seed", 0U);
    solver_.set(params);
  }

  Answer ask(Formula f) {
    solver_.push();
    solver_.add(expr(f));
    for (const Variable v : f_.free(f)) limits(v);
    for (const auto& [id, what] : roundings_) solver_.add(what);
    Answer out;
    switch (solver_.check()) {
      case z3::unsat: out.can = Can::not_be; break;
      case z3::unknown: out.can = Can::unknown; break;
      case z3::sat:
        out.can = Can::be;
        read(solver_.get_model(), f, out);
        break;
    }
    solver_.pop();
    return out;
  }

 private:
  z3::expr real(int128 units) { return context_.real_val((digits(units) + "/1000000000").c_str()); }
  z3::expr constant(Sort sort, int128 value) {
    if (sort == Sort::truth) return context_.bool_val(value != 0);
    return sort == Sort::real ? real(value) : context_.int_val(digits(value).c_str());
  }
  z3::expr variable(Variable v) {
    const std::string name = "v" + std::to_string(v);
    switch (f_.info(v).sort) {
      case Sort::truth: return context_.bool_const(name.c_str());
      case Sort::whole: return context_.int_const(name.c_str());
      case Sort::real: break;
    }
    return context_.real_const(name.c_str());
  }

  void limits(Variable v) {
    const VariableInfo& info = f_.info(v);
    const z3::expr x = variable(v);
    if (info.members) {
      z3::expr_vector ways(context_);
      for (const std::int64_t member : *info.members) ways.push_back(x == constant(info.sort, member));
      solver_.add(z3::mk_or(ways));
    }
    if (info.least) solver_.add(x >= constant(info.sort, *info.least));
    if (info.most) solver_.add(x <= constant(info.sort, *info.most));
  }

  z3::expr expr(Formula f) {
    if (const auto known = made_.find(f); known != made_.end()) return known->second;
    const z3::expr out = build(f_.node(f), f);
    made_.emplace(f, out);
    return out;
  }

  z3::expr build(const FormulaNode& node, Formula f) {
    const auto arg = [&](std::size_t i) { return expr(node.args[i]); };
    switch (node.shape) {
      case Shape::constant: return constant(node.sort, node.value);
      case Shape::variable: return variable(node.variable);
      case Shape::add: return arg(0) + arg(1);
      case Shape::multiply: return arg(0) * arg(1);
      case Shape::divide: return arg(0) / arg(1);
      case Shape::choose: return z3::ite(arg(0), arg(1), arg(2));
      case Shape::equal: return arg(0) == arg(1);
      case Shape::less: return arg(0) < arg(1);
      case Shape::less_equal: return arg(0) <= arg(1);
      case Shape::opposite: return !arg(0);
      case Shape::rounded: {
        // The same of the same, at most half of the last digit away, and with no digits after that.
        const z3::expr exact = arg(0);
        const z3::expr out = z3::to_real(nearest_(exact)) / context_.real_val("1000000000");
        const z3::expr half = context_.real_val("1/2000000000");
        roundings_.emplace(f, out - exact <= half && exact - out <= half);
        return out;
      }
      case Shape::both:
      case Shape::either: break;
    }
    z3::expr_vector parts(context_);
    for (const Formula part : node.args) parts.push_back(expr(part));
    return node.shape == Shape::both ? z3::mk_and(parts) : z3::mk_or(parts);
  }

  void read(const z3::model& model, Formula f, Answer& answer) {
    Example& out = answer.example;
    for (const Variable v : f_.free(f)) {
      const z3::expr value = model.eval(variable(v), true);
      if (f_.info(v).sort == Sort::truth) {
        out[v] = value.is_true() ? 1 : 0;
        continue;
      }
      if (f_.info(v).sort == Sort::whole) {
        if (!value.is_numeral()) continue;
        if (const auto read = integer(value.get_decimal_string(0))) out[v] = *read;
        continue;
      }
      const auto [units, exact] = units_of(value);
      if (units) out[v] = *units;
      if (!exact) answer.unsaid.push_back(v);
    }
  }

  /// Nothing where it cannot be read; and whether it is exactly that.
  static std::pair<std::optional<int128>, bool> units_of(const z3::expr& value) {
    if (!value.is_numeral()) return {std::nullopt, false};
    const auto over = integer(value.numerator().get_decimal_string(0));
    const auto under = integer(value.denominator().get_decimal_string(0));
    int128 scaled = 0;
    if (!over || !under || *under == 0 || __builtin_mul_overflow(*over, static_cast<int128>(Decimal::one), &scaled))
      return {std::nullopt, false};
    return {scaled / *under, scaled % *under == 0};
  }

  Formulas& f_;
  z3::context context_;
  z3::solver solver_;
  z3::func_decl nearest_;
  std::map<Formula, z3::expr> made_;
  std::map<Formula, z3::expr> roundings_;
};

Solver::Solver(Formulas& formulas) : f_(formulas) {}
Solver::~Solver() = default;

Answer Solver::work(Formula f) {
  try {
    if (z3_ == nullptr) z3_ = std::make_unique<Z3>(f_);
    Answer out = z3_->ask(f);
    // An answer that ran out of steps is asked for once more from nothing, so that it never depends on what was asked
    // before.
    if (out.can == Can::unknown) out = Z3(f_).ask(f);
    return out;
  } catch (const z3::exception&) {
    return {};
  }
}

const Answer& Solver::ask(Formula f) {
  if (const auto known = known_.find(f); known != known_.end()) return known->second;
  ++count_.asked;
  Answer out = look(f);
  if (out.can != Can::unknown) {
    ++count_.by_looking;
  } else {
    ++count_.by_z3;
    out = work(f);
    if (out.can == Can::unknown) ++count_.unknown;
  }
  return known_.emplace(f, std::move(out)).first->second;
}

}  // namespace fairlead::compiler::proof
