// Z3's part: formulas as it writes them, and its models as examples.
#include "compiler/proof/solver.hpp"

#include <z3++.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "compiler/proof/version.hpp"

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
  explicit Z3(Formulas& formulas) : f_(formulas), solver_(context_) {
    z3::params params(context_);
    params.set("rlimit", most_steps);
    params.set("random_seed", 0U);
    solver_.set(params);
  }

  Answer ask(Formula f) {
    solver_.push();
    solver_.add(expr(f));
    for (const Variable v : f_.free(f)) limits(v);
    std::set<Formula> seen;
    add_sides(f, seen);
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
      case Shape::divide: {
        // As a product: what Z3 says of its own division by what may be zero, beside other things, is not to be had.
        const z3::expr out = named("quotient", f);
        sides_.emplace(f, z3::implies(arg(1) != 0, out * arg(1) == arg(0)));
        return out;
      }
      case Shape::choose: return z3::ite(arg(0), arg(1), arg(2));
      case Shape::equal: return arg(0) == arg(1);
      case Shape::less: return arg(0) < arg(1);
      case Shape::less_equal: return arg(0) <= arg(1);
      case Shape::opposite: return !arg(0);
      case Shape::rounded: {
        // At most half of the last digit away. That there are no digits after it is said where the rest is linear: of
        // whole numbers and products together Z3 knows little, and what is left out only lets more be.
        const z3::expr exact = arg(0);
        const z3::expr half = context_.real_val("1/2000000000");
        const std::string name = "digits" + std::to_string(f);
        const z3::expr out = linear(node.args[0])
                                 ? z3::to_real(context_.int_const(name.c_str())) / context_.real_val("1000000000")
                                 : named("rounded", f);
        sides_.emplace(f, out - exact <= half && exact - out <= half);
        return out;
      }
      case Shape::both:
      case Shape::either: break;
    }
    z3::expr_vector parts(context_);
    for (const Formula part : node.args) parts.push_back(expr(part));
    return node.shape == Shape::both ? z3::mk_and(parts) : z3::mk_or(parts);
  }

  z3::expr named(const char* what, Formula f) { return context_.real_const((what + std::to_string(f)).c_str()); }

  bool linear(Formula f) const {
    const FormulaNode& node = f_.node(f);
    const auto fixed = [&](std::size_t i) { return f_.node(node.args[i]).shape == Shape::constant; };
    if (node.shape == Shape::multiply && !fixed(0) && !fixed(1)) return false;
    if (node.shape == Shape::divide && !fixed(1)) return false;
    return std::all_of(node.args.begin(), node.args.end(), [this](Formula part) { return linear(part); });
  }

  /// What holds of the quotients and roundings within `f`.
  void add_sides(Formula f, std::set<Formula>& seen) {
    if (!seen.insert(f).second) return;
    if (const auto side = sides_.find(f); side != sides_.end()) solver_.add(side->second);
    for (const Formula part : f_.node(f).args) add_sides(part, seen);
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
  std::map<Formula, z3::expr> made_;
  std::map<Formula, z3::expr> sides_;
};

std::string_view prover_version() {
  static const std::string version = std::string(sources_version()) + ' ' + Z3_get_full_version();
  return version;
}

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

std::vector<Formula> Solver::apart(Formula f) {
  if (f_.node(f).shape != Shape::both) return {f};
  const std::vector<Formula>& parts = f_.node(f).args;
  std::vector<std::size_t> group(parts.size());
  std::iota(group.begin(), group.end(), 0U);
  const auto leader = [&group](std::size_t i) {
    while (group[i] != i) i = group[i] = group[group[i]];
    return i;
  };
  std::map<Variable, std::size_t> first;  // part that speaks of it
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const Variable v : f_.free(parts[i])) group[leader(i)] = leader(first.try_emplace(v, i).first->second);
  }
  std::map<std::size_t, std::vector<Formula>> together;
  for (std::size_t i = 0; i < parts.size(); ++i) together[leader(i)].push_back(parts[i]);
  std::vector<Formula> out;
  for (auto& [i, some] : together) out.push_back(f_.both(std::move(some)));
  return out;
}

Answer Solver::find(Formula f, bool& z3) {
  if (const auto known = parts_.find(f); known != parts_.end()) return known->second;
  Answer out = look(f);
  if (out.can == Can::unknown) {
    const std::vector<Formula> groups = apart(f);
    if (groups.size() > 1) {
      out.can = Can::be;
      for (const Formula group : groups) {
        Answer part = find(group, z3);
        if (part.can == Can::not_be) return parts_.emplace(f, Answer{Can::not_be, {}, {}}).first->second;
        if (part.can == Can::unknown) out.can = Can::unknown;
        out.example.merge(part.example);
        out.unsaid.insert(out.unsaid.end(), part.unsaid.begin(), part.unsaid.end());
      }
      if (out.can == Can::unknown) out.example.clear();
    } else {
      z3 = true;
      out = work(f);
    }
  }
  return parts_.emplace(f, std::move(out)).first->second;
}

const Answer& Solver::ask(Formula f) {
  if (const auto known = known_.find(f); known != known_.end()) return known->second;
  ++count_.asked;
  bool z3 = false;
  Answer out = find(f, z3);
  ++(z3 ? count_.by_z3 : count_.by_looking);
  if (out.can == Can::unknown) ++count_.unknown;
  return known_.emplace(f, std::move(out)).first->second;
}

}  // namespace fairlead::compiler::proof
