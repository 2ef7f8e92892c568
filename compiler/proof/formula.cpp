// What can be said of a moment in a workflow.
#include "compiler/proof/formula.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/proof/planted.hpp"

namespace fairlead::compiler::proof {

Formulas::Formulas() {
  make({Shape::constant, Sort::truth, 0, 0, {}});
  make({Shape::constant, Sort::truth, 1, 0, {}});
}

namespace {

std::size_t hash_of(const FormulaNode& node) {
  std::uint64_t out = 0;
  const auto mix = [&out](std::uint64_t part) {
    out = (out ^ part) * 0x9e37'79b9'7f4a'7c15U;
    out ^= out >> 32U;
  };
  mix(static_cast<std::uint64_t>(node.shape) << 8U | static_cast<std::uint64_t>(node.sort));
  mix(static_cast<std::uint64_t>(node.value));
  mix(static_cast<std::uint64_t>(static_cast<uint128>(node.value) >> 64U));
  mix(node.variable);
  for (const Formula arg : node.args) mix(arg);
  return out;
}

}  // namespace

Formula Formulas::make(FormulaNode node) {
  const std::size_t hash = hash_of(node);
  const auto [begin, end] = known_.equal_range(hash);
  for (auto at = begin; at != end; ++at) {
    if (nodes_[at->second] == node) return at->second;
  }
  const auto out = static_cast<Formula>(nodes_.size());
  nodes_.push_back(std::move(node));
  known_.emplace(hash, out);
  return out;
}

Variable Formulas::variable(VariableInfo info) {
  variables_.push_back(std::move(info));
  return static_cast<Variable>(variables_.size() - 1);
}

Formula Formulas::of(Variable v) {
  return make({Shape::variable, variables_[v].sort, 0, v, {}});
}

Formula Formulas::whole(std::int64_t value) {
  return make({Shape::constant, Sort::whole, value, 0, {}});
}

Formula Formulas::real(int128 units) {
  return make({Shape::constant, Sort::real, units, 0, {}});
}

Formula Formulas::gather(Shape shape, std::vector<Formula> args) {
  const Formula nothing = shape == Shape::both ? yes : no;  // says nothing where it stands
  const Formula all = shape == Shape::both ? no : yes;      // says it all
  std::vector<Formula> flat;
  for (const Formula arg : args) {
    if (nodes_[arg].shape == shape) {
      flat.insert(flat.end(), nodes_[arg].args.begin(), nodes_[arg].args.end());
    } else {
      flat.push_back(arg);
    }
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  std::erase(flat, nothing);
  if (std::find(flat.begin(), flat.end(), all) != flat.end()) return all;
  for (const Formula arg : flat) {
    const Shape of = nodes_[arg].shape;
    if (of == Shape::both || of == Shape::either) continue;
    if (std::binary_search(flat.begin(), flat.end(), opposite(arg))) return all;
  }
  // Of what is said beside it, a list of ways says nothing new.
  const Shape other = shape == Shape::both ? Shape::either : Shape::both;
  std::vector<Formula> kept;
  for (const Formula arg : flat) {
    const std::vector<Formula>& parts = nodes_[arg].args;
    const bool known = nodes_[arg].shape == other && std::any_of(parts.begin(), parts.end(), [&](Formula part) {
                         return std::binary_search(flat.begin(), flat.end(), part);
                       });
    if (!known) kept.push_back(arg);
  }
  if (kept.empty()) return nothing;
  if (kept.size() == 1) return kept.front();
  return make({shape, Sort::truth, 0, 0, std::move(kept)});
}

Formula Formulas::both(std::vector<Formula> args) {
  return gather(Shape::both, std::move(args));
}

Formula Formulas::either(std::vector<Formula> args) {
  return gather(Shape::either, std::move(args));
}

Formula Formulas::opposite(Formula f) {
  const FormulaNode& node = nodes_[f];
  switch (node.shape) {
    case Shape::constant: return truth(node.value == 0);
    case Shape::opposite: return node.args[0];
    case Shape::less:
      if (planted(Mistake::ends_left_out)) return less(node.args[1], node.args[0]);
      return less_equal(node.args[1], node.args[0]);
    case Shape::less_equal: return less(node.args[1], node.args[0]);
    case Shape::both:
    case Shape::either: {
      std::vector<Formula> args;
      for (const Formula arg : node.args) args.push_back(opposite(arg));
      return node.shape == Shape::both ? either(std::move(args)) : both(std::move(args));
    }
    default: return make({Shape::opposite, Sort::truth, 0, 0, {f}});
  }
}

Formula Formulas::choose(Formula condition, Formula a, Formula b) {
  if (condition == yes || a == b) return a;
  if (condition == no) return b;
  if (nodes_[a].sort == Sort::truth) return either(both(condition, a), both(opposite(condition), b));
  return make({Shape::choose, nodes_[a].sort, 0, 0, {condition, a, b}});
}

Formula Formulas::equal(Formula a, Formula b) {
  if (a == b) return yes;
  if (nodes_[a].sort == Sort::truth) return either(both(a, b), both(opposite(a), opposite(b)));
  if (nodes_[a].shape == Shape::constant && nodes_[b].shape == Shape::constant) return no;
  if (b < a) std::swap(a, b);
  return make({Shape::equal, Sort::truth, 0, 0, {a, b}});
}

Formula Formulas::less(Formula a, Formula b) {
  if (a == b) return no;
  if (nodes_[a].shape == Shape::constant && nodes_[b].shape == Shape::constant)
    return truth(nodes_[a].value < nodes_[b].value);
  return make({Shape::less, Sort::truth, 0, 0, {a, b}});
}

Formula Formulas::less_equal(Formula a, Formula b) {
  if (a == b) return yes;
  if (nodes_[a].shape == Shape::constant && nodes_[b].shape == Shape::constant)
    return truth(nodes_[a].value <= nodes_[b].value);
  return make({Shape::less_equal, Sort::truth, 0, 0, {a, b}});
}

Formula Formulas::add(Formula a, Formula b) {
  if (nodes_[a].shape == Shape::constant && nodes_[b].shape == Shape::constant)
    return make({Shape::constant, nodes_[a].sort, nodes_[a].value + nodes_[b].value, 0, {}});
  if (b < a) std::swap(a, b);
  return make({Shape::add, nodes_[a].sort, 0, 0, {a, b}});
}

Formula Formulas::multiply(Formula a, Formula b) {
  if (b < a) std::swap(a, b);
  return make({Shape::multiply, nodes_[a].sort, 0, 0, {a, b}});
}

Formula Formulas::divide(Formula a, Formula b) {
  return make({Shape::divide, Sort::real, 0, 0, {a, b}});
}

Formula Formulas::rounded(Formula a) {
  return make({Shape::rounded, Sort::real, 0, 0, {a}});
}

const std::vector<Variable>& Formulas::free(Formula f) {
  if (free_.size() < nodes_.size()) free_.resize(nodes_.size());
  if (!free_[f]) {
    std::set<Variable> all;
    if (nodes_[f].shape == Shape::variable) all.insert(nodes_[f].variable);
    for (const Formula arg : nodes_[f].args) {
      const std::vector<Variable>& some = free(arg);
      all.insert(some.begin(), some.end());
    }
    free_[f] = std::vector<Variable>(all.begin(), all.end());
  }
  return *free_[f];
}

namespace {

/// Weakens a formula to what outlasts.
class Weakening {
 public:
  Weakening(Formulas& formulas, const std::function<Lasting(Variable)>& kept) : f_(formulas), kept_(kept) {}

  /// `there`: variables of truths that hold beside `f`.
  Formula of(Formula f, const std::set<Variable>& there) {
    const FormulaNode& node = f_.node(f);
    if (node.shape == Shape::either) {
      std::vector<Formula> args;
      for (const Formula arg : node.args) args.push_back(of(arg, there));
      return f_.either(std::move(args));
    }
    if (node.shape == Shape::both) {
      std::set<Variable> beside = there;
      for (const Formula arg : node.args) {
        if (f_.node(arg).shape == Shape::variable) beside.insert(f_.node(arg).variable);
      }
      std::vector<Formula> args;
      for (const Formula arg : node.args) args.push_back(of(arg, beside));
      return f_.both(std::move(args));
    }
    const bool lasts = std::all_of(f_.free(f).begin(), f_.free(f).end(), [&](Variable v) {
      switch (kept_(v)) {
        case Lasting::no: return false;
        case Lasting::always: return true;
        case Lasting::once_true: return node.shape == Shape::variable || planted(Mistake::not_yet_is_never);
        case Lasting::with: return there.contains(f_.info(v).partner);
      }
      return false;
    });
    return lasts ? f : Formulas::yes;
  }

 private:
  Formulas& f_;
  const std::function<Lasting(Variable)>& kept_;
};

}  // namespace

Formula Formulas::after(Formula f, const std::function<Lasting(Variable)>& kept) {
  return Weakening(*this, kept).of(f, {});
}

Formula Formulas::join(Formula a, Formula b) {
  if (a == b || b == no) return a;
  if (a == no) return b;
  if (planted(Mistake::join_one_side)) return a;
  const auto parts = [this](Formula f) {
    return nodes_[f].shape == Shape::both ? nodes_[f].args : std::vector<Formula>{f};
  };
  const std::vector<Formula> left = parts(a), right = parts(b);
  std::vector<Formula> shared, only_left, only_right;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(shared));
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only_left));
  std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(only_right));
  shared.push_back(either(both(std::move(only_left)), both(std::move(only_right))));
  return both(std::move(shared));
}

std::string Formulas::text(Formula f) const {
  const FormulaNode& node = nodes_[f];
  const auto listed = [&](std::string_view between) {
    std::string out;
    for (const Formula arg : node.args) out += fmt::format("{}{}", out.empty() ? "" : between, text(arg));
    return "(" + out + ")";
  };
  switch (node.shape) {
    case Shape::constant:
      if (node.sort == Sort::truth) return node.value != 0 ? "true" : "false";
      if (node.sort == Sort::real) return Decimal::from_units(node.value).to_string();
      return std::to_string(static_cast<std::int64_t>(node.value));
    case Shape::variable: return variables_[node.variable].name;
    case Shape::add: return listed(" + ");
    case Shape::multiply: return listed(" * ");
    case Shape::rounded: return "round" + listed("");
    case Shape::divide: return listed(" / ");
    case Shape::choose: return "choose" + listed(", ");
    case Shape::equal: return listed(" == ");
    case Shape::less: return listed(" < ");
    case Shape::less_equal: return listed(" <= ");
    case Shape::opposite: return "not " + text(node.args[0]);
    case Shape::both: return listed(" and ");
    case Shape::either: return listed(" or ");
  }
  return "?";
}

}  // namespace fairlead::compiler::proof
