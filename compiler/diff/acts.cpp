// What may happen at one moment: for every kind of act and all workflows under the same rules, whether it is let
// through, waits for a person, is put off, left out or ends the workflow; before and after.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/moment.hpp"

namespace fairlead::compiler::diff {

using bytecode::RuleKind;
using proof::Can;
using proof::Formula;
using proof::Formulas;

namespace {

class Acts {
 public:
  Acts(Comparison& comparison, const ActKind& kind, const Group& group)
      : c_(comparison), f_(comparison.joint().formulas()), kind_(kind), group_(group), m_(c_.joint(), kind, group) {}

  void compare() {
    for (const Side strict : both_sides) {
      fates_of(strict);
      approvals(strict);
      delays(strict);
    }
  }

 private:
  /// Each rule of a side that objects where the other side is less strict; of several that do so in the same states,
  /// one.
  void fates_of(Side strict) {
    std::array<Formula, fates> all_said{};  // each Formulas::no: what was said of those of a fate
    for (const Objection& o : m_.objections(strict)) {
      Formula& said = all_said[static_cast<std::size_t>(o.fate)];
      const Formula here = f_.both({o.fires, m_.becomes(strict, o.fate), f_.opposite(said)});
      for (std::size_t i = 0; i < static_cast<std::size_t>(o.fate); ++i) {
        const auto fate = static_cast<Fate>(i);
        const auto [before, after] = strict == Side::before ? std::pair(o.fate, fate) : std::pair(fate, o.fate);
        if (!found(strict, o, f_.both(here, m_.becomes(other(strict), fate)), fate,
                   fmt::format("was {}, is {} now", words(Side::before, before, strict, o),
                               words(Side::after, after, strict, o))))
          continue;
        said = f_.either(said, o.fires);
        break;
      }
    }
  }

  std::string words(Side side, Fate fate, Side strict, const Objection& o) const {
    if (fate == Fate::held && side == strict) return fmt::format("held for a word from `{}`", o.role);
    return std::string(to_string(fate));
  }

  /// Both sides hold it, and one wants the word of somebody whom the other does not ask.
  void approvals(Side strict) {
    const Formula both = f_.both(m_.becomes(Side::before, Fate::held), m_.becomes(Side::after, Fate::held));
    std::set<std::string> said;
    for (const Objection& o : m_.objections(strict)) {
      if (o.fate != Fate::held || said.contains(o.role)) continue;
      const Formula asked_there = m_.any(
          other(strict), [&](const Objection& there) { return there.fate == Fate::held && there.role == o.role; });
      if (found(strict, o, f_.both({both, o.fires, f_.opposite(asked_there)}), std::nullopt,
                strict == Side::before
                    ? fmt::format("does not need a word from `{}` any more, but from somebody else", o.role)
                    : fmt::format("needs a word from `{}` now", o.role)))
        said.insert(o.role);
    }
  }

  /// Both sides put it off or hold it, and one gives up sooner.
  void delays(Side strict) {
    for (const Fate fate : {Fate::held, Fate::deferred}) {
      const Formula both = f_.both(m_.becomes(Side::before, fate), m_.becomes(Side::after, fate));
      for (const Objection& o : m_.objections(strict)) {
        if (o.fate != fate || o.up_to == Duration{}) continue;
        const Formula as_soon = m_.any(other(strict), [&](const Objection& there) {
          return there.fate == fate && there.up_to != Duration{} && there.up_to <= o.up_to;
        });
        const std::string_view waits = fate == Fate::held ? "waits for a person" : "is put off";
        if (found(strict, o, f_.both({both, o.fires, f_.opposite(as_soon)}), std::nullopt,
                  strict == Side::before ? fmt::format("{} longer than {}", waits, to_string(o.up_to))
                                         : fmt::format("{} no longer than {}", waits, to_string(o.up_to))))
          break;
      }
    }
  }

  /// Whether it can be; then it is a change.
  bool found(Side strict, const Objection& o, Formula formula, std::optional<Fate> there, std::string what) {
    if (formula == Formulas::no) return false;
    const proof::Answer answer = m_.ask(formula);
    if (answer.can == Can::not_be) return false;
    Change change{.what = std::move(what), .acts = {kind_.name}, .under = group_.under};
    if (there) change.fates = strict == Side::before ? std::pair(o.fate, *there) : std::pair(*there, o.fate);
    Direction which = direction(strict);
    if (answer.can == Can::unknown) {
      which = Direction::unknown;
      change.what = fmt::format("whether it {} is too hard to tell", change.what);
    } else if (std::string strange = c_.joint().stranger(formula); !strange.empty()) {
      which = Direction::unknown;
      change.what = std::move(strange);
    } else {
      change.example = m_.needed(formula, answer.example);
      for (const Given& given : change.example)
        change.shows += fmt::format("{}{}", change.shows.empty() ? "" : ", ", given.words);
      if (change.shows.empty()) change.shows = "always";
    }
    if (c_.rule(strict, o.rule).kind == RuleKind::closed) allowing(strict, change);
    c_.add(which, strict, {o.rule}, std::move(change));
    return true;
  }

  /// `default forbid` changes by what rules allow.
  void allowing(Side strict, Change& change) const {
    const Side loose = other(strict);
    for (const Index index : m_.allowing(loose)) {
      const bytecode::Rule& rule = c_.rule(loose, index);
      const std::vector<Index>& there = m_.allowing(strict);
      if (std::none_of(there.begin(), there.end(), [&](Index i) { return c_.rule(strict, i).hash == rule.hash; }))
        (loose == Side::before ? change.before : change.after).push_back(Comparison::at(rule));
    }
  }

  Comparison& c_;
  Formulas& f_;
  const ActKind& kind_;
  const Group& group_;
  Moment m_;
};

}  // namespace

void compare_acts(Comparison& comparison, const std::vector<Group>& groups) {
  const std::vector<ActKind> kinds = act_kinds(comparison.joint());
  for (const ActKind& kind : kinds) {
    for (const Group& group : groups) Acts(comparison, kind, group).compare();
  }
}

}  // namespace fairlead::compiler::diff
