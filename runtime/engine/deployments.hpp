// The versions of a project that are loaded: each with its program and with the ways from stable ids to places.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "runtime/store/store.hpp"
#include "runtime/vm/vm.hpp"

namespace fairlead::engine {

using bytecode::Index;

/// A workflow that is entered by becoming a member.
struct SegmentEntry {
  Index workflow = bytecode::none;
  Index when = bytecode::none;  // function: the segment's
  std::size_t entry = 0;        // of the workflow's head
};

struct Version {
  std::uint32_t number = 0;
  bytecode::Module module;
  std::unique_ptr<vm::Program> program;
  Zone zone;  // the project's
  std::unordered_map<std::uint32_t, Index> steps, workflows, contents, channels, goals, choices, events, counters,
      fields, records;
  std::vector<std::uint32_t> step_ids, workflow_ids, content_ids, channel_ids, goal_ids, choice_ids, event_ids,
      record_ids;
  std::vector<std::vector<Value>> record_defaults;  // by record and field, as `defaults`
  std::vector<std::vector<Index>> loops;            // by workflow and number: the `for each` that binds it; none
  std::vector<bool> reads_events;                   // by workflow: whether any of its expressions reads a bound event
  std::vector<SegmentEntry> by_segment;
  std::vector<bytecode::Choice>
      picks;  // inside its sends: `choices` and `choice_ids` have them behind the module's own
  std::vector<std::pair<Index, std::vector<Index>>> pausing;  // workflows with `pause when`, and the rates it asks
  std::vector<std::pair<Index, std::string>> rollouts;        // workflows with `rollout`, and its stages
  std::vector<std::uint32_t> score_ids;
  std::vector<std::uint64_t> score_meanings;        // by score: what it foretells, and from what (scores.hpp)
  std::vector<std::vector<FieldType>> score_types;  // by score: of its features
  std::optional<Index> zone_field, country_field;
  std::vector<Value> defaults;  // by field: what stands where nothing is stored
  Arena arena;                  // of the defaults

  /// The `for each` that binds a row under that number; none where the number is an event's.
  [[nodiscard]] Index loop_of(Index workflow, unsigned bound) const {
    const std::vector<Index>& of = loops[workflow];
    return bound < of.size() ? of[bound] : bytecode::none;
  }

  [[nodiscard]] const bytecode::Choice& choice(Index index) const {
    const std::size_t own = module.choices.size();
    return index < own ? module.choices[index] : picks[index - own];
  }

  /// A fault where two names share an id, or a zone cannot be loaded.
  static Result<std::unique_ptr<Version>> load(std::uint32_t number, bytecode::Module module);
};

/// A counter and the newest version that declares it.
struct CounterOf {
  const Version* version = nullptr;
  Index counter = bytecode::none;
};

class Deployments {
 public:
  /// All that the store has.
  Result<void> load(store::Store& store);
  /// Adds the next version. The store learns of it with the batch that puts it into force.
  Result<void> put(const bytecode::Module& module);
  /// Whether the newest version is this module.
  [[nodiscard]] bool in_force(const bytecode::Module& module) const;

  [[nodiscard]] bool empty() const { return versions_.empty(); }
  [[nodiscard]] const Version& newest() const { return *versions_.back(); }
  /// Of the number that an instance carries; null where it is not there.
  [[nodiscard]] const Version* find(std::uint32_t number) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Version>>& all() const { return versions_; }  // oldest first
  /// The counters of every version, each once: those of an older one too are kept, since a pass that follows it may ask
  /// them.
  [[nodiscard]] const std::vector<CounterOf>& counters() const { return counters_; }
  /// Those of them that look at this type of event.
  [[nodiscard]] const std::vector<CounterOf>& counters_of(std::uint32_t event) const;

 private:
  void add(std::unique_ptr<Version> version);

  std::vector<std::unique_ptr<Version>> versions_;
  std::vector<CounterOf> counters_;
  std::unordered_map<std::uint32_t, std::size_t> places_;  // in counters_, by id
  std::unordered_map<std::uint32_t, std::vector<CounterOf>> by_event_;
};

}  // namespace fairlead::engine
