// What can be so at each step of a workflow. Steps lie in the order of the source, and a way leads back only to the
// head of a loop, so one walk is enough: a loop's head is come to with what no round can change.
#include "compiler/proof/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/planted.hpp"

namespace fairlead::compiler::proof {

using bytecode::Entry;
using bytecode::Step;
using bytecode::StepKind;

Reach::Reach(const Program& program, World& world, Formulas& formulas, Index workflow, MayHold may_hold, GoesOn goes_on)
    : program_(program),
      world_(world),
      f_(formulas),
      workflow_(workflow),
      may_hold_(std::move(may_hold)),
      goes_on_(std::move(goes_on)) {
  const std::vector<Index>& steps = module().workflows[workflow].steps;
  if (steps.empty()) return;
  const auto [low, high] = std::minmax_element(steps.begin(), steps.end());
  first_ = *low;
  reached_.resize(*high - *low + 1);
  position_.resize(reached_.size(), 0);
  for (std::size_t i = 0; i < steps.size(); ++i) position_[steps[i] - first_] = i;
  enter();
  for (const Index s : steps) {
    if (at(s).state != Formulas::no) leave_step(s);
  }
}

const Mark* Reach::learned(Formula fact) const {
  const auto at = learned_.find(fact);
  return at == learned_.end() ? nullptr : &at->second;
}

Formula Reach::assume(Formula state, Formula fact, Place place, std::string words) {
  const FormulaNode& node = f_.node(fact);
  if (node.shape == Shape::both) {
    for (const Formula part : node.args) learned_.try_emplace(part, Mark{place, words});
  } else {
    learned_.try_emplace(fact, Mark{place, std::move(words)});
  }
  return f_.both(state, fact);
}

Formula Reach::outdate(Formula state, Index step) {
  const Formula lasting =
      planted(Mistake::wait_keeps) && module().steps[step].kind == StepKind::wait_for ? state : world_.pass_time(state);
  const FormulaNode node = f_.node(state);
  const std::vector<Formula> parts = node.shape == Shape::both ? node.args : std::vector<Formula>{state};
  for (const Formula part : parts) {
    if (learned(part) == nullptr || world_.pass_time(part) == part) continue;
    if (known_outdated_.emplace(part, step).second) outdated_.push_back({part, step});
  }
  return lasting;
}

Formula Reach::new_turn(Formula state) {
  for (const Index condition : module().workflows[workflow_].leave_when) {
    const Formula stays = f_.opposite(world_.holds(world_.root(condition)));
    state = assume(state, stays, place(condition), "whoever is like this leaves before every turn");
  }
  return state;
}

void Reach::go(Index to, Arrival arrival) {
  if (to == none || arrival.state == Formulas::no) return;
  // A way back is to the head of a loop, which knows of it.
  if (arrival.from != none && position_[to - first_] <= position_[arrival.from - first_]) return;
  Reached& there = reached_[to - first_];
  there.state = f_.join(there.state, arrival.state);
  there.arrivals.push_back(std::move(arrival));
}

void Reach::enter() {
  const bytecode::Workflow& workflow = module().workflows[workflow_];
  const auto begin = [&](Formula state, std::optional<Mark> mark) {
    go(workflow.first, {none, new_turn(state), std::move(mark), false});
  };
  // What is said of `event` is a fact only where every entry is on the same one.
  const bool one_event =
      !workflow.enter.empty() && std::all_of(workflow.enter.begin(), workflow.enter.end(),
                                             [&](const auto& t) { return t.event == workflow.enter.front().event; });
  for (const Entry& entry : workflow.head.entries) {
    if (entry.kind == Entry::Kind::segment) {
      const Index when = module().segments[entry.segment].when;
      const Place at = program_.names.at(NameKind::segment).find(module().segments[entry.segment].name)->second.place;
      begin(assume(Formulas::yes, world_.holds(program_.segment_roots[entry.segment]), at,
                   "who enters is in this segment"),
            Mark{when == none ? at : place(when), "who enters is in this segment"});
    } else if (entry.kind != Entry::Kind::event) {
      begin(Formulas::yes, std::nullopt);
    }
  }
  Formula asked_before = Formulas::yes;
  for (const bytecode::Trigger& trigger : workflow.enter) {
    // That the event was seen is no fact: one that is dated ahead of the clock brings people in before it counts.
    if (trigger.where == none) {
      begin(Formulas::yes, std::nullopt);
      continue;
    }
    const Mark mark{place(trigger.where), "the event that they enter on is like this"};
    world_.enters_on(one_event ? 0 : trigger.event);
    const Formula where = world_.holds(world_.root(trigger.where));
    begin(f_.both(asked_before, assume(Formulas::yes, where, mark.place, mark.words)), mark);
    if (planted(Mistake::where_for_all)) asked_before = f_.both(asked_before, where);
    world_.enters_on(0);
  }
  for (Index s = 0; s < module().steps.size(); ++s) {
    if (module().steps[s].kind == StepKind::follow && module().steps[s].workflow == workflow_)
      begin(Formulas::yes, Mark{program_.step_places[s], "another workflow leads here"});
  }
}

Formula Reach::at_act(Index s) {
  const Formula state = at(s).state;
  if (!may_hold_(s, state) || planted(Mistake::held_keeps)) return state;
  return f_.join(state, new_turn(outdate(state, s)));
}

void Reach::leave_step(Index s) {
  const Step& step = module().steps[s];
  const Formula state = at(s).state;
  const Place here = program_.step_places[s];
  const auto on = [&](Index to, Formula next) { go(to, {s, next, std::nullopt, false}); };
  const auto later = [&](Index to, Formula next, std::string words) {
    go(to, {s, next, Mark{here, std::move(words)}, true});
  };
  switch (step.kind) {
    case StepKind::send: {
      const Formula act = at_act(s);
      if (act == state) {
        on(step.next, goes_on_(s, state));
      } else {
        later(step.next, goes_on_(s, act), "this may be held back, and time passes");
      }
      break;
    }
    case StepKind::wait_for:
    case StepKind::wait_until: {
      Formula after = new_turn(outdate(state, s));
      // Nobody wakes before the instant that was waited for.
      const Term until = world_.term(world_.root(step.value));
      const bool instant = program_.exprs[world_.root(step.value)].type.is(TypeKind::instant);
      const std::vector<Variable>& reads = f_.free(until.value);
      if (instant && std::all_of(reads.begin(), reads.end(), [this](Variable v) {
            return f_.info(v).lasting == Lasting::always || planted(Mistake::wait_until_moves);
          }))
        after = assume(after, f_.less_equal(until.value, world_.clock()), here, "waited for");
      later(step.next, after, "time passes here");
      // A wait whose length cannot be told is none.
      const Formula fails = world_.term(world_.root(step.value)).fault;
      on(step.next, f_.both(state, fails));
      break;
    }
    case StepKind::wait_event: wait_for_event(s, state); break;
    case StepKind::branch: {
      const Formula holds = world_.holds(world_.root(step.value));
      const Place at = place(step.value);
      go(step.next, {s, assume(state, holds, at, "asked here"), Mark{at, "this holds"}, false});
      go(step.otherwise,
         {s, assume(state, planted(Mistake::else_is_then) ? holds : f_.opposite(holds), at, "asked here"),
          Mark{at, "this does not hold"}, false});
      break;
    }
    case StepKind::choose:
      for (const bytecode::Option& option : module().choices[step.choice].options) {
        Formula taken = state;
        const Index first_when = module().choices[step.choice].options.front().when;
        if (planted(Mistake::option_for_all) && first_when != none)
          taken = f_.both(taken, world_.holds(world_.root(first_when)));
        if (option.when != none)
          taken = assume(state, world_.holds(world_.root(option.when)), place(option.when), "asked here");
        go(option.first == none ? step.next : option.first,
           {s, taken, Mark{here, fmt::format("`{}` is chosen", option.name)}, false});
      }
      nobody_chosen(s, state);
      break;
    case StepKind::split:
      for (const bytecode::SplitVariant& variant : module().splits[step.split].variants) {
        go(variant.first == none ? step.next : variant.first,
           {s, state, Mark{here, fmt::format("the variant `{}`", variant.name)}, false});
      }
      break;
    case StepKind::set: set(s, state); break;
    case StepKind::let: let(s, state); break;
    case StepKind::act: {
      Formula act = at_act(s);
      if (step.local == none) {
        on(step.next, act);
        break;
      }
      act = outdate(act, s);
      const std::size_t answers = module().actions[step.action].returns.size();
      for (Index i = 0; i <= answers; ++i) act = world_.forget_local(act, step.local + i);
      later(step.next, new_turn(act), "the answer is waited for");
      break;
    }
    case StepKind::approve: {
      // Nobody is asked about what does not go out, or cannot be made: then no time passes, and no turn begins.
      const Formula decided = planted(Mistake::approval_keeps) ? state : f_.join(state, new_turn(outdate(state, s)));
      later(step.next, decided, "approved");
      later(step.otherwise, decided, "not approved");
      break;
    }
    case StepKind::assign: on(step.next, state); break;
    case StepKind::repeat:
    case StepKind::for_each:
    case StepKind::plan:
    case StepKind::allocate: loop(s, state); break;
    case StepKind::stop:
    case StepKind::leave:
    case StepKind::follow: break;
  }
}

/// No option is taken where none is eligible; or where what one may have at most left something over.
void Reach::nobody_chosen(Index s, Formula state) {
  if (planted(Mistake::always_chosen)) return;
  const bytecode::Choice& choice = module().choices[module().steps[s].choice];
  const bool left_over = std::any_of(choice.options.begin(), choice.options.end(),
                                     [](const bytecode::Option& option) { return option.at_most.has_value(); });
  for (const bytecode::Option& option : choice.options) {
    if (left_over) break;
    state = option.when == none ? Formulas::no : f_.both(state, f_.opposite(world_.holds(world_.root(option.when))));
  }
  go(module().steps[s].next, {s, state, Mark{program_.step_places[s], "no option is chosen"}, false});
}

void Reach::wait_for_event(Index s, Formula state) {
  const Step& step = module().steps[s];
  const Place here = program_.step_places[s];
  const Formula after = new_turn(outdate(state, s));
  for (const bytecode::Arm& arm : step.arms) {
    const std::string words = fmt::format("`{}` comes", module().events[arm.event].name);
    const auto bound = [&](Formula next) { return arm.bind == none ? next : world_.forget_event(next, arm.bind); };
    const auto with = [&](Formula next) {
      if (arm.where == none) return next;
      return assume(next, world_.holds(world_.root(arm.where)), place(arm.where), "the event is like this");
    };
    // The event is looked at when it comes, and what it says lasts; what is asked of the contact then may not.
    const Index to = arm.first == none ? step.next : arm.first;
    go(to, {s, new_turn(world_.pass_time(with(bound(world_.pass_time(state))))), Mark{here, words}, true});
    // What answers a message may have come before the wait began.
    if (arm.of_content != none && !planted(Mistake::late_event_only))
      go(to, {s, with(bound(state)), Mark{here, words + " before"}, false});
  }
  go(step.otherwise == none ? step.next : step.otherwise, {s, after, Mark{here, "time passes here"}, true});
  if (!world_.is_constant(step.value))
    go(step.next, {s, f_.both(state, world_.term(world_.root(step.value)).fault), std::nullopt, false});
}

void Reach::set(Index s, Formula state) {
  const Step& step = module().steps[s];
  Formula forgot = planted(Mistake::set_forgets_nothing) ? state : world_.forget_field(state, step.field);
  if (planted(Mistake::leave_after_set)) forgot = new_turn(forgot);
  const Expr& value = program_.exprs[world_.root(step.value)];
  if (value.op != Op::constant) {
    go(step.next, {s, forgot, std::nullopt, false});
    return;
  }
  const Term written = world_.term(world_.root(step.value));
  const Term now = world_.field(step.field);
  const Formula same =
      f_.choose(written.present, f_.both(now.present, f_.equal(now.value, written.value)),
                module().fields[step.field].initial == none ? f_.opposite(now.present) : Formulas::yes);
  go(step.next, {s, assume(forgot, same, program_.step_places[s], "written here"), std::nullopt, false});
}

void Reach::let(Index s, Formula state) {
  const Step& step = module().steps[s];
  const ExprId root = world_.root(step.value);
  const Term value = world_.term(root);
  // What it is made of may read the name's value before.
  const Formula forgot = world_.forget_local(state, step.local);
  const Term kept = world_.local(step.local, program_.exprs[root].type);
  const std::vector<Variable>& reads = f_.free(value.value);
  const bool itself = std::any_of(reads.begin(), reads.end(), [&](Variable v) {
    return world_.meaning(v).kind == World::Meaning::Kind::local && world_.meaning(v).index == step.local;
  });
  if (itself) {
    go(step.next, {s, forgot, std::nullopt, false});
    return;
  }
  // Where it fails nothing is kept.
  const Formula there = f_.both(value.present, f_.opposite(value.fault));
  const Formula fact = f_.either(f_.both({there, kept.present, f_.equal(kept.value, value.value)}),
                                 f_.both(f_.opposite(there), f_.opposite(kept.present)));
  go(step.next, {s, assume(forgot, fact, program_.step_places[s], "kept here"), std::nullopt, false});
}

std::set<Index> Reach::body_of(Index head) const {
  std::set<Index> out;
  const Step& loop = module().steps[head];
  std::vector<Index> open;
  const auto add = [&](Index s) {
    if (s != none && s != head && position_[s - first_] > position_[head - first_] && out.insert(s).second)
      open.push_back(s);
  };
  if (loop.kind == StepKind::plan) {
    for (const bytecode::Play& play : module().plans[loop.plan].plays) add(play.first);
  } else {
    add(loop.next);
  }
  while (!open.empty()) {
    const Step& step = module().steps[open.back()];
    open.pop_back();
    add(step.next);
    add(step.otherwise);
    for (const bytecode::Arm& arm : step.arms) add(arm.first);
    if (step.choice != none) {
      for (const bytecode::Option& option : module().choices[step.choice].options) add(option.first);
    }
    if (step.split != none) {
      for (const bytecode::SplitVariant& variant : module().splits[step.split].variants) add(variant.first);
    }
    if (step.plan != none) {
      for (const bytecode::Play& play : module().plans[step.plan].plays) add(play.first);
    }
  }
  return out;
}

Formula Reach::without_assigned(Formula state, const std::set<Index>& body) {
  for (const Index s : body) {
    const Step& step = module().steps[s];
    if (step.kind == StepKind::set) state = world_.forget_field(state, step.field);
    if (step.local != none) {
      const std::size_t answers = step.kind == StepKind::act ? module().actions[step.action].returns.size() : 0;
      for (Index i = 0; i <= answers; ++i) state = world_.forget_local(state, step.local + i);
    }
    if (step.bind != none) state = world_.forget_event(state, step.bind);
    for (const bytecode::Arm& arm : step.arms) {
      if (arm.bind != none) state = world_.forget_event(state, arm.bind);
    }
  }
  return state;
}

/// The head is come to first, and again after each round: then time has passed, a turn has begun since, and whatever a
/// round writes may have been written after that.
void Reach::loop(Index s, Formula state) {
  const Step& step = module().steps[s];
  const Place here = program_.step_places[s];
  const std::set<Index> body = body_of(s);
  Formula again = without_assigned(new_turn(without_assigned(outdate(state, s), body)), body);
  if (planted(Mistake::round_keeps)) again = without_assigned(state, body);
  if (planted(Mistake::round_writes_nothing)) again = new_turn(outdate(state, s));
  // Rounds that take no time may follow in one turn.
  if (step.kind == StepKind::repeat && step.every <= Duration{}) again = f_.join(again, without_assigned(state, body));
  const auto round = [&](Formula before, const char* words, bool time) {
    if (step.kind == StepKind::plan) {
      for (const bytecode::Play& play : module().plans[step.plan].plays) {
        Formula taken = before;
        if (play.when != none)
          taken = assume(taken, world_.holds(world_.root(play.when)), place(play.when), "asked here");
        go(play.first, {s, taken, Mark{here, fmt::format("`{}` is played", play.name)}, time});
      }
      return;
    }
    if (step.bind != none) before = world_.forget_event(before, step.bind);
    if (step.kind == StepKind::repeat && step.value != none)
      before = assume(before, f_.opposite(world_.holds(world_.root(step.value))), place(step.value), "asked here");
    if (step.kind == StepKind::for_each && step.value != none)
      before = assume(before, world_.holds(world_.root(step.value)), place(step.value), "asked here");
    go(step.next, {s, before, Mark{here, words}, time});
  };
  round(state, "the first round", false);
  round(again, "a later round", true);
  const Index past = step.kind == StepKind::repeat || step.kind == StepKind::for_each ? step.otherwise : step.next;
  go(past, {s, again, Mark{here, "after the rounds"}, true});
  go(past, {s, state, std::nullopt, false});
}

std::vector<const Mark*> Reach::way_to(Index step, const std::function<bool(Formula)>& holds) const {
  std::vector<const Mark*> out;
  bool gone_stale = false;
  for (Index s = step; s != none;) {
    const std::vector<Arrival>& arrivals = at(s).arrivals;
    if (arrivals.empty()) break;
    const auto fits = [&](const Arrival& arrival) {
      return holds(gone_stale ? world_.pass_time(arrival.state) : arrival.state);
    };
    // Where there is one way it is taken whatever the model says.
    auto taken = arrivals.size() == 1 ? arrivals.begin() : std::find_if(arrivals.begin(), arrivals.end(), fits);
    if (taken == arrivals.end()) taken = arrivals.begin();
    if (taken->mark) out.push_back(&*taken->mark);
    gone_stale = gone_stale || taken->time_passes;
    s = taken->from;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace fairlead::compiler::proof
