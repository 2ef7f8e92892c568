// Two who decide whether a formula can be true: by looking, and Z3. They never contradict each other, and what they
// show as an example is one.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <iostream>

#include "compiler/proof/solver.hpp"
#include "tests/proofs/dice.hpp"

namespace fairlead::soundness {
namespace {

using namespace compiler::proof;

class RandomFormulas {
 public:
  explicit RandomFormulas(std::uint32_t seed) : dice_(seed) {
    for (int i = 0; i < 3; ++i) truths_.push_back(f.variable({.name = fmt::format("t{}", i)}));
    for (int i = 0; i < 3; ++i) {
      VariableInfo info{.name = fmt::format("w{}", i), .sort = Sort::whole};
      if (i == 0) info.members = {{0, 2, 3}};
      if (i == 1) info.least = 0, info.most = 4;
      wholes_.push_back(f.variable(info));
    }
    for (int i = 0; i < 2; ++i) {
      VariableInfo info{.name = fmt::format("r{}", i), .sort = Sort::real};
      if (i == 0) info.least = 0, info.most = 3;
      reals_.push_back(f.variable(info));
    }
  }

  Formula formula(int depth) {
    if (depth == 0 || dice_.likely(25)) return atom();
    std::vector<Formula> args;
    const std::uint32_t n = 2 + dice_.below(2);
    for (std::uint32_t i = 0; i < n; ++i) args.push_back(formula(depth - 1));
    switch (dice_.below(5)) {
      case 0: return f.opposite(f.both(args));
      case 1: return f.choose(args[0], args[1], f.opposite(args[0]));
      case 2: return f.equal(args[0], args[1]);
      default: return dice_.likely(60) ? f.both(args) : f.either(args);
    }
  }

  Formulas f;

 private:
  Formula atom() {
    if (dice_.likely(25)) return either_way(f.of(dice_.any(truths_)));
    const bool whole = dice_.likely(60);
    const auto constant = [&] {
      const std::int64_t value = static_cast<std::int64_t>(dice_.below(7)) - 1;
      // Reals lie one unit apart here, so that what lies between two of them matters.
      return whole ? f.whole(value) : f.real(value);
    };
    Formula a = f.of(dice_.any(whole ? wholes_ : reals_));
    Formula b = constant();
    // Now and then something that only Z3 can decide.
    if (dice_.likely(6)) b = f.of(dice_.any(whole ? wholes_ : reals_));
    if (dice_.likely(30)) std::swap(a, b);
    switch (dice_.below(3)) {
      case 0: return either_way(f.equal(a, b));
      case 1: return either_way(f.less(a, b));
      default: return either_way(f.less_equal(a, b));
    }
  }
  Formula either_way(Formula g) { return dice_.likely(30) ? f.opposite(g) : g; }

  Dice dice_;
  std::vector<Variable> truths_, wholes_, reals_;
};

/// The formula with the values of an example for its variables.
Formula with(Formulas& f, Formula formula, const Example& example) {
  std::vector<Formula> parts{formula};
  for (const auto& [variable, value] : example) {
    const Formula v = f.of(variable);
    switch (f.info(variable).sort) {
      case Sort::truth: parts.push_back(value != 0 ? v : f.opposite(v)); break;
      case Sort::whole: parts.push_back(f.equal(v, f.whole(static_cast<std::int64_t>(value)))); break;
      case Sort::real: parts.push_back(f.equal(v, f.real(value))); break;
    }
  }
  return f.both(std::move(parts));
}

BOOST_AUTO_TEST_SUITE(solver)

BOOST_AUTO_TEST_CASE(looking_and_z3_agree) {
  std::size_t be = 0, not_be = 0, unknown = 0;
  for (std::uint32_t seed = 1; seed <= 1'500; ++seed) {
    RandomFormulas random(seed);
    Solver solver(random.f);
    const Formula formula = random.formula(3);
    const Answer looked = solver.look(formula);
    const Answer worked = solver.work(formula);
    BOOST_TEST((worked.can != Can::unknown), "seed " << seed << ": Z3 gives up on " << random.f.text(formula));
    if (looked.can == Can::unknown) {
      ++unknown;
      continue;
    }
    ++(looked.can == Can::be ? be : not_be);
    // A real of Z3 may lie between two that are on record, so that `not_be` is the stronger word of the two.
    const bool between = looked.can == Can::not_be && worked.can == Can::be &&
                         solver.work(with(random.f, formula, worked.example)).can == Can::not_be;
    BOOST_TEST((looked.can == worked.can || between), "seed " << seed << ": " << random.f.text(formula));
    if (looked.can == Can::be)
      BOOST_TEST((solver.work(with(random.f, formula, looked.example)).can == Can::be),
                 "seed " << seed << ": no example of " << random.f.text(formula));
  }
  std::cout << fmt::format("by looking: {} can be, {} cannot, {} are left to Z3\n", be, not_be, unknown);
  BOOST_TEST(be > 100u);
  BOOST_TEST(not_be > 100u);
  BOOST_TEST(unknown > 100u);
}

BOOST_AUTO_TEST_CASE(what_is_joined_follows_from_both) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    RandomFormulas random(seed + 100'000);
    Solver solver(random.f);
    const Formula a = random.formula(2), b = random.formula(2);
    const Formula joined = random.f.join(a, b);
    const Formula either = random.f.either(a, b);
    BOOST_TEST((solver.work(random.f.both(either, random.f.opposite(joined))).can == Can::not_be), "seed " << seed);
    // A formula and its opposite are never true together, and one of them always is.
    BOOST_TEST((solver.work(random.f.both(a, random.f.opposite(a))).can == Can::not_be), "seed " << seed);
    BOOST_TEST((solver.work(random.f.opposite(random.f.either(a, random.f.opposite(a)))).can == Can::not_be),
               "seed " << seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
