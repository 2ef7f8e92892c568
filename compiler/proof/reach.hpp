// What can be so at each step of a workflow: facts from where it is entered, from `leave when` at the start of each
// turn, and from the conditions on the way; less of them after every wait, and what both sides know where ways meet.
#pragma once

#include <set>
#include <unordered_map>

#include "compiler/proof/world.hpp"

namespace fairlead::compiler::proof {

/// A place on the way to a step, and what happens there.
struct Mark {
  Place place;
  std::string words;
};

/// One way in which a step is come to.
struct Arrival {
  Index from = none;  // step; none: the workflow begins with it
  Formula state = Formulas::no;
  std::optional<Mark> mark;
  bool time_passes = false;  // on this way
};

/// A fact that was known and is not any more, because time passed.
struct Outdated {
  Formula fact = Formulas::yes;
  Index wait = none;  // the step at which time passed
};

struct Reached {
  Formula state = Formulas::no;  // when it is come to
  std::vector<Arrival> arrivals;
};

class Reach {
 public:
  /// Whether an effect may be held back at this step when it is come to in this state: deferred, or for a person.
  using MayHold = std::function<bool(Index step, Formula state)>;

  /// Who goes on after an effect, of those who came to it: not whom a guard stopped.
  using GoesOn = std::function<Formula(Index step, Formula state)>;

  Reach(const Program& program, World& world, Formulas& formulas, Index workflow, MayHold may_hold, GoesOn goes_on);

  [[nodiscard]] const Reached& at(Index step) const { return reached_[step - first_]; }
  /// When the effect of a step may be carried out: on coming there, or after it was held back.
  Formula at_act(Index step);
  /// A turn begins: time has passed, and who has to leave has left.
  Formula new_turn(Formula state);
  /// Where a fact was learned; null for what needs no place.
  [[nodiscard]] const Mark* learned(Formula fact) const;
  [[nodiscard]] const std::vector<Outdated>& outdated() const { return outdated_; }
  /// The way to a step that a model takes, as far as it can be told from what lasts: from the start of the workflow on.
  std::vector<const Mark*> way_to(Index step, const std::function<bool(Formula)>& holds) const;
  /// The steps of the body of a loop.
  [[nodiscard]] std::set<Index> body_of(Index head) const;

 private:
  void enter();
  void leave_step(Index s);
  void go(Index to, Arrival arrival);
  void loop(Index s, Formula state);
  void nobody_chosen(Index s, Formula state);
  void wait_for_event(Index s, Formula state);
  void let(Index s, Formula state);
  void set(Index s, Formula state);
  Formula assume(Formula state, Formula fact, Place place, std::string words);
  Formula outdate(Formula state, Index step);
  Formula without_assigned(Formula state, const std::set<Index>& body);
  [[nodiscard]] Place place(Index function) const { return program_.exprs[program_.roots[function]].place; }
  [[nodiscard]] const bytecode::Module& module() const { return program_.module; }

  const Program& program_;
  World& world_;
  Formulas& f_;
  Index workflow_;
  MayHold may_hold_;
  GoesOn goes_on_;
  Index first_ = 0;  // of the workflow's steps, which lie together
  std::vector<Reached> reached_;
  std::vector<std::size_t> position_;  // of each step in the source
  std::unordered_map<Formula, Mark> learned_;
  std::vector<Outdated> outdated_;
  std::set<std::pair<Formula, Index>> known_outdated_;
};

}  // namespace fairlead::compiler::proof
