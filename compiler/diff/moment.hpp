// One act at one moment, as the rules of both projects see it: what becomes of it, as formulas over the same world.
#pragma once

#include "compiler/diff/comparison.hpp"
#include "runtime/bytecode/concerns.hpp"

namespace fairlead::compiler::diff {

/// What may go out: a message by a channel, a call of an action, or a kind of call of which no action is there.
struct ActKind {
  std::string name;  // `send by email`, `do set_budget`, `publish`
  bool message = true, generated = false;
  std::string channel, action;
  bytecode::EffectKind effect = bytecode::EffectKind::message;
};

/// All that rules of either project can be about.
std::vector<ActKind> act_kinds(const Joint& joint);

/// The act as one side has it; its channel is `none` where the side has none of that name.
bytecode::Act act_of(const bytecode::Module& module, const ActKind& kind);

/// A rule that is about the act, and when it has something against it.
struct Objection {
  Index rule = none;
  Fate fate = Fate::skipped;
  proof::Formula fires = proof::Formulas::no;
  std::string role;  // held: whose word is wanted
  Duration up_to{};  // deferred, held: zero is without end
};

class Moment {
 public:
  Moment(Joint& joint, const ActKind& kind, const Group& group);

  [[nodiscard]] const std::vector<Objection>& objections(Side side) const { return of(objections_, side); }
  /// That exactly this becomes of the act.
  [[nodiscard]] proof::Formula becomes(Side side, Fate fate) const {
    return of(becomes_, side)[static_cast<std::size_t>(fate)];
  }
  /// That some objection of a side is there of which `which` says so.
  template <class Which>
  proof::Formula any(Side side, const Which& which) {
    std::vector<proof::Formula> ways;
    for (const Objection& objection : objections(side)) {
      if (which(objection)) ways.push_back(objection.fires);
    }
    return joint_.formulas().either(std::move(ways));
  }
  /// `allow` rules of a side that may allow it.
  [[nodiscard]] const std::vector<Index>& allowing(Side side) const { return of(allowing_, side); }

  proof::Answer ask(proof::Formula formula);
  /// What of an example is needed for the formula to be so, whatever else is; with values that are easily read.
  std::vector<Given> needed(proof::Formula formula, const proof::Example& example);

 private:
  void read(Side side, const Group& group);
  proof::Effect effect(Side side);
  [[nodiscard]] Given given(proof::Variable v, int128 value) const;
  proof::Formula with_world(proof::Formula formula);

  Joint& joint_;
  const ActKind& kind_;
  proof::Term content_, consent_, transactional_, workflow_;
  std::map<std::string, proof::Term> parameters_;
  std::optional<proof::Term> amount_;
  std::vector<proof::Formula> facts_;  // of every such act; each counts where what it speaks of is asked for
  ForBoth<std::vector<Objection>> objections_;
  ForBoth<std::array<proof::Formula, fates>> becomes_{};
  ForBoth<std::vector<Index>> allowing_;
};

}  // namespace fairlead::compiler::diff
