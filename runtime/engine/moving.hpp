// Whether a pass may go on in another version of its workflow, at the step where it stands. docs/inside/moving.md says
// the rule in words; where it is in doubt, the pass stays with the version that it follows.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "runtime/engine/changes.hpp"
#include "runtime/engine/deployments.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// From one version of a project to another, which both must outlive it. What it finds out about a step it remembers,
/// so that asking for the next pass at that step costs little.
class Moving {
 public:
  Moving(const Version& from, const Version& to) : from_(from), to_(to) {}

  /// How a pass's workflow differs; null where one of the versions does not have it, or it is not the same.
  const Changes* changes(std::uint32_t workflow);
  /// Whether the other version does what this one does, so that there is nothing to move.
  bool same(std::uint32_t workflow);
  /// Why a pass cannot go on in the other version, for a person; empty where it can. `taken`, `words`: has_taken and
  /// has_words of its cell.
  std::string refusal(const Instance& instance, bool taken, bool words);
  /// Lets a pass that is not refused follow the other version. What it holds under a number that the other version
  /// fills otherwise stays behind: nothing reads it, but an event of the old one could stand for the place in a loop of
  /// the new.
  void carry_over(Instance& instance);

 private:
  struct Workflow {
    Workflow(const Version& from, Index old, const Version& to, Index now)
        : before(from.module, old), after(to.module, now), changes(compare(before, after)) {}
    Flow before, after;
    Changes changes;
  };
  Workflow* workflow(std::uint32_t workflow);
  /// Why nobody at this step can; empty where they can.
  static std::string refusal_at(const Workflow& workflow, const bytecode::Step& step);

  /// The numbers of events and rows that both versions fill by the same before this step.
  static std::set<unsigned> carried_at(const Workflow& workflow, bytecode::Index step);

  const Version& from_;
  const Version& to_;
  std::map<std::uint32_t, std::unique_ptr<Workflow>> workflows_;                   // null: one of them does not have it
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> refusals_;        // by workflow and step
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::set<unsigned>> carried_;  // as well
};

}  // namespace fairlead::engine
