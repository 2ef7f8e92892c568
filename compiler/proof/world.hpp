// The world as a workflow can see it, as variables; and what expressions say of it, as formulas. The machine's own
// rules are kept: what is absent, what fails, and that the second operand of `and` is asked only where the first holds.
#pragma once

#include <unordered_map>

#include "compiler/program.hpp"
#include "compiler/proof/formula.hpp"

namespace fairlead::compiler::proof {

/// What an expression may come to.
struct Term {
  Formula value = Formulas::no;
  Formula present = Formulas::yes;  // else it is `none`
  Formula fault = Formulas::no;     // asking fails
};

/// What an effect says of itself where a rule asks.
struct Effect {
  Index workflow = none, content = none, channel = none;
  std::vector<Term> arguments;
  std::optional<Term> amount;
  bool whichever = false;  // of any effect: what is not said here may be anything, and is the same wherever it is asked
  /// What is said otherwise, where an effect is meant that no step of the program has.
  std::map<bytecode::SiteValue, Term> said{};
};

class World {
 public:
  World(const Program& program, Formulas& formulas);

  /// `effect` is there for the conditions of rules; `parameters` for what is asked of arguments.
  Term term(ExprId id, const Effect* effect = nullptr, const std::vector<Term>* parameters = nullptr);
  /// Asked as a condition it is true: a fault and what is absent are not.
  Formula holds(ExprId condition, const Effect* effect = nullptr);
  /// A guard that asks it denies: it is true, or asking fails.
  Formula fires(ExprId condition, const Effect* effect = nullptr);
  ExprId root(Index function) const { return program_.roots[function]; }
  bool is_constant(Index function) const { return program_.exprs[root(function)].op == Op::constant; }

  /// Whose event `event` is from here on, where several can be meant by it.
  void enters_on(Index event) { entry_ = event; }
  /// What is so of any history: a longer window has at least as many, and so has a wider question.
  Formula history();
  Formula clock() { return variable(Key::now, 0, 0, Type::of(TypeKind::instant), "now", true).value; }

  /// What of a state is still so when time has passed (language, section 10.2).
  Formula pass_time(Formula state);
  /// A field is written, or becomes anything.
  Formula forget_field(Formula state, Index field);
  Formula forget_event(Formula state, Index number);
  Formula forget_local(Formula state, Index number);

  /// Anything of a type that somebody else gives a meaning, under a name for examples.
  Term given(std::string name, const Type& type, bool always_there = true);
  Term field(Index index);
  /// What a channel's consent is where its field says nothing: unknown.
  Term consent(Term field);
  Term local(Index number, const Type& type);
  Term text(std::string_view text);
  /// A channel takes a message only where there is an address; `best of` also only where consent is given.
  Formula can_go(Index channel, bool consented);

  /// Whether whatever the narrow question counts is counted by the wide one too, but for their windows.
  static bool asks_no_less(const bytecode::Counter& wide, const bytecode::Counter& narrow);

  /// The field whose value or presence a variable is; none where it is something else.
  struct Meaning {
    enum class Kind : std::uint8_t { field, event, local, history, clock, other } kind = Kind::other;
    Index index = none, member = none;
    bool presence = false;
    FieldType type{};
  };
  const Meaning& meaning(Variable v) const { return meanings_[v - first_]; }
  /// Of a value in a model, as the language writes it.
  std::string words(Variable v, int128 value) const;
  std::string_view text_of(std::int64_t number) const { return texts_[static_cast<std::size_t>(number)]; }

 private:
  enum class Key : std::uint8_t {
    field,
    event,
    local,
    count,
    sum,
    since,
    last,
    rate,
    score,
    now,
    today,
    wall,
    window,
    zone,
    site,
    parameter,
    given
  };

  Term variable(Key key, Index a, Index b, const Type& type, std::string name, bool always_there);
  Term anything(const Type& type);
  /// What an effect says of itself; none where it does not.
  std::optional<Term> said(bytecode::SiteValue value, const Effect& effect);
  Term arithmetic(const Expr& expr, const Term& a, const Term& b);
  Term compare(const Expr& expr, const Term& a, const Term& b);
  Term member(const Expr& expr, const Effect* effect, const std::vector<Term>* parameters);
  Term clock_within(const Expr& expr);
  Term constant(const bytecode::Constant& constant, const Type& type);
  Term since(Index counter);
  /// What happened within a window has happened.
  Formula ever(Index windowed);
  Formula too_large(Formula value);
  std::pair<long double, long double> range(Formula f);  // in units; as far as can be told
  Sort sort_of_term(Formula f) const { return f_.node(f).sort; }
  bool sort_is_real(Formula f) const { return sort_of_term(f) == Sort::real; }
  std::int64_t number_of(std::string_view text);
  Formula forget(Formula state, const std::function<bool(const Meaning&)>& which);

  const Program& program_;
  Formulas& f_;
  struct Known {
    Variable value = 0;
    std::optional<Variable> present;
  };
  std::map<std::tuple<Key, Index, Index>, Known> known_;
  Variable first_;                 // of this world; those before it are of others
  std::vector<Meaning> meanings_;  // by variable, from there on
  std::map<std::string, std::int64_t, std::less<>> numbers_;
  std::vector<std::string> texts_;
  std::set<Index> record_bindings_;
  std::unordered_map<Formula, Formula> lasting_;  // of states: what `pass_time` leaves
  Index entry_ = 0;
  Index next_given_ = 0;
};

}  // namespace fairlead::compiler::proof
