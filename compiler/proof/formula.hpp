// What can be said of a moment in a workflow: terms and formulas over what the world may be. Each is there once, and is
// known by its number; negations stand at atoms only, so that what of a formula outlasts a wait can be read off it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/values/decimal.hpp"

namespace fairlead::compiler::proof {

using Formula = std::uint32_t;
using Variable = std::uint32_t;

/// `whole`: instants, durations, dates, times, and texts by a number of their own. `real`: numbers and money.
enum class Sort : std::uint8_t { truth, whole, real };

enum class Shape : std::uint8_t {
  constant,
  variable,
  add,
  multiply,
  rounded,  // the nearest value that a Decimal can have: of a product or a quotient
  divide,   // its divisor is not zero where it is asked
  choose,   // the second where the first holds, else the third; never of truths
  equal,    // of whole or real terms
  less,
  less_equal,
  opposite,  // of a variable of truths or of `equal`
  both,      // all of them
  either,    // one of them
};

/// What a variable is after time has passed.
enum class Lasting : std::uint8_t {
  no,         // anything
  always,     // the same: what an event said, what a pass keeps
  once_true,  // true where it was true: that something has happened, that a `fixed` field is there
  with,       // the same where `partner`, a `once_true`, was true: what a `fixed` field says
};

struct VariableInfo {
  std::string name;  // as an example calls it
  Sort sort = Sort::truth;
  Lasting lasting = Lasting::no;
  Variable partner = 0;
  std::optional<std::vector<std::int64_t>> members;  // what it can be, where that is a list
  std::optional<int128> least, most;                 // in units of its sort
};

struct FormulaNode {
  Shape shape = Shape::constant;
  Sort sort = Sort::truth;
  int128 value = 0;  // constant: 0 or 1; whole; billionths
  Variable variable = 0;
  std::vector<Formula> args;
  bool operator==(const FormulaNode&) const = default;
};

class Formulas {
 public:
  static constexpr Formula no = 0, yes = 1;

  Formulas();

  Variable variable(VariableInfo info);
  [[nodiscard]] const VariableInfo& info(Variable v) const { return variables_[v]; }
  [[nodiscard]] std::size_t variables() const { return variables_.size(); }
  [[nodiscard]] const FormulaNode& node(Formula f) const { return nodes_[f]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  Formula of(Variable v);
  Formula truth(bool value) const { return value ? yes : no; }
  Formula whole(std::int64_t value);
  Formula real(int128 units);

  Formula both(std::vector<Formula> args);
  Formula both(Formula a, Formula b) { return both(std::vector<Formula>{a, b}); }
  Formula either(std::vector<Formula> args);
  Formula either(Formula a, Formula b) { return either(std::vector<Formula>{a, b}); }
  Formula opposite(Formula f);
  /// The second where the first holds, else the third: of terms or of truths.
  Formula choose(Formula condition, Formula yes, Formula no);
  Formula equal(Formula a, Formula b);
  Formula less(Formula a, Formula b);
  Formula less_equal(Formula a, Formula b);
  Formula add(Formula a, Formula b);
  Formula multiply(Formula a, Formula b);
  Formula divide(Formula a, Formula b);
  Formula rounded(Formula a);

  /// What of `f` is still so when everything of which `kept` says no may have become anything else: what is returned
  /// follows from `f`, and speaks of nothing else. Of a variable that lasts `with` another, and is not kept by itself,
  /// what is said is kept only beside that other.
  Formula after(Formula f, const std::function<Lasting(Variable)>& kept);

  /// What two ways to one place both say: the facts that they share, and that one or the other of the rest holds.
  Formula join(Formula a, Formula b);

  /// The variables of a formula, ascending.
  const std::vector<Variable>& free(Formula f);
  /// For a person who looks for a mistake.
  [[nodiscard]] std::string text(Formula f) const;

 private:
  Formula make(FormulaNode node);
  Formula gather(Shape shape, std::vector<Formula> args);

  std::deque<FormulaNode> nodes_;                        // they stay where they are while others are added
  std::unordered_multimap<std::size_t, Formula> known_;  // by their hash
  std::vector<VariableInfo> variables_;
  std::deque<std::optional<std::vector<Variable>>> free_;
};

}  // namespace fairlead::compiler::proof
