// Decides by looking: a formula is a list of ways, each of them a list of comparisons with fixed values.
#include <algorithm>

#include "compiler/proof/solver.hpp"

namespace fairlead::compiler::proof {

namespace {

/// More ways than this are Z3's.
constexpr std::size_t most_ways = 64;

using Way = std::vector<Formula>;

/// The ways of a formula; false where there are too many.
bool ways(const Formulas& f, Formula formula, std::vector<Way>& out) {
  const FormulaNode& node = f.node(formula);
  if (node.shape == Shape::either) {
    for (const Formula arg : node.args) {
      if (!ways(f, arg, out) || out.size() > most_ways) return false;
    }
    return true;
  }
  if (node.shape != Shape::both) {
    out.push_back({formula});
    return true;
  }
  std::vector<Way> all{{}};
  for (const Formula arg : node.args) {
    std::vector<Way> some;
    if (!ways(f, arg, some) || all.size() * some.size() > most_ways) return false;
    std::vector<Way> next;
    for (const Way& way : all) {
      for (const Way& more : some) {
        next.push_back(way);
        next.back().insert(next.back().end(), more.begin(), more.end());
      }
    }
    all = std::move(next);
  }
  out.insert(out.end(), all.begin(), all.end());
  return true;
}

/// What is known of one variable.
struct Known {
  std::optional<int128> is, low, high;  // low and high included
  std::vector<int128> is_not;
  bool impossible = false;

  void at_least(int128 value) { low = low ? std::max(*low, value) : value; }
  void at_most(int128 value) { high = high ? std::min(*high, value) : value; }
};

class Look {
 public:
  explicit Look(const Formulas& formulas) : f_(formulas) {}

  Can way(const Way& way, Example& example) {
    known_.clear();
    bool all = true;
    for (const Formula part : way) {
      if (part == Formulas::no) return Can::not_be;
      if (part != Formulas::yes && !says(part)) all = false;
    }
    for (auto& [variable, known] : known_) {
      const std::optional<int128> value = value_of(variable, known);
      if (!value) return Can::not_be;
      example[variable] = *value;
    }
    return all ? Can::be : Can::unknown;
  }

 private:
  /// False where the part is no comparison of one variable with a fixed value.
  bool says(Formula part) {
    const FormulaNode& node = f_.node(part);
    if (node.shape == Shape::variable) {
      at(node.variable).at_least(1);
      at(node.variable).at_most(1);
      return true;
    }
    if (node.shape == Shape::opposite) {
      const FormulaNode& inner = f_.node(node.args[0]);
      if (inner.shape == Shape::variable) {
        at(inner.variable).at_least(0);
        at(inner.variable).at_most(0);
        return true;
      }
      if (inner.shape != Shape::equal) return false;
      const auto [variable, value] = against(inner);
      if (!variable) return false;
      at(*variable).is_not.push_back(value);
      return true;
    }
    if (node.shape == Shape::equal) {
      const auto [variable, value] = against(node);
      if (!variable) return false;
      at(*variable).at_least(value);
      at(*variable).at_most(value);
      return true;
    }
    if (node.shape != Shape::less && node.shape != Shape::less_equal) return false;
    const FormulaNode& a = f_.node(node.args[0]);
    const FormulaNode& b = f_.node(node.args[1]);
    // Between two values that a variable can have lies nothing, so `<` is `<=` of the next one.
    const int128 step = node.shape == Shape::less ? 1 : 0;
    if (a.shape == Shape::variable && b.shape == Shape::constant) {
      at(a.variable).at_most(b.value - step);
    } else if (a.shape == Shape::constant && b.shape == Shape::variable) {
      at(b.variable).at_least(a.value + step);
    } else {
      return false;
    }
    return true;
  }

  [[nodiscard]] std::pair<std::optional<Variable>, int128> against(const FormulaNode& node) const {
    const FormulaNode& a = f_.node(node.args[0]);
    const FormulaNode& b = f_.node(node.args[1]);
    if (a.shape == Shape::variable && b.shape == Shape::constant) return {a.variable, b.value};
    if (a.shape == Shape::constant && b.shape == Shape::variable) return {b.variable, a.value};
    return {std::nullopt, 0};
  }

  Known& at(Variable variable) {
    const auto [found, fresh] = known_.try_emplace(variable);
    if (fresh) {
      const VariableInfo& info = f_.info(variable);
      if (info.sort == Sort::truth) {
        found->second.low = 0;
        found->second.high = 1;
      }
      if (info.least) found->second.at_least(*info.least);
      if (info.most) found->second.at_most(*info.most);
    }
    return found->second;
  }

  /// One that it can be; none where there is none.
  [[nodiscard]] std::optional<int128> value_of(Variable variable, const Known& known) const {
    const auto fits = [&](int128 value) {
      return (!known.low || *known.low <= value) && (!known.high || value <= *known.high) &&
             std::find(known.is_not.begin(), known.is_not.end(), value) == known.is_not.end();
    };
    if (const auto& members = f_.info(variable).members) {
      const auto at = std::find_if(members->begin(), members->end(), fits);
      return at == members->end() ? std::nullopt : std::optional<int128>(*at);
    }
    // Every value that is left out can move it by one; so many steps from an end are enough.
    const bool real = f_.info(variable).sort == Sort::real;
    const int128 stride = real && !known.low && !known.high ? Decimal::one : 1;
    int128 from = known.low ? *known.low : known.high ? *known.high : 0;
    const bool down = !known.low && known.high;
    for (std::size_t i = 0; i <= known.is_not.size(); ++i) {
      if (fits(from)) return from;
      from += down ? -stride : stride;
    }
    return std::nullopt;
  }

  const Formulas& f_;
  std::map<Variable, Known> known_;
};

}  // namespace

Answer Solver::look(Formula f) {
  Answer out;
  std::vector<Way> all;
  if (f == Formulas::no) return {Can::not_be, {}};
  if (!ways(f_, f, all)) return out;
  bool open = false;
  Look look(f_);
  for (const Way& way : all) {
    Example example;
    const Can can = look.way(way, example);
    if (can == Can::be) return {Can::be, std::move(example)};
    open = open || can == Can::unknown;
  }
  out.can = open ? Can::unknown : Can::not_be;
  return out;
}

}  // namespace fairlead::compiler::proof
