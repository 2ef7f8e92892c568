// Entering: by an event, by hand, and by the clock where a workflow is for nobody; and how a pass begins.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/listing.hpp"
#include "runtime/engine/entries.hpp"
#include "runtime/engine/occasions.hpp"
#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

using bytecode::Entry;
using bytecode::none;

Result<std::vector<std::size_t>> Turn::clauses_on(const Version& version, Index workflow_index, Index type,
                                                  const std::vector<std::pair<std::uint32_t, Value>>& values) {
  const bytecode::Workflow& workflow = version.module.workflows[workflow_index];
  std::vector<std::size_t> out;
  for (std::size_t e = 0; e < workflow.head.entries.size(); ++e) {
    for (const Index trigger : workflow.head.entries[e].triggers) {
      const Result<bool> comes = one_holds(version, workflow.enter[trigger], type, values);
      if (!comes) return tl::unexpected(comes.error());
      if (!*comes) continue;
      out.push_back(e);
      break;
    }
  }
  return out;
}

Result<std::string> Turn::enter(const Version& version, Index workflow_index, const std::string& event,
                                const std::vector<std::size_t>& clauses) {
  const bool shadow = enters_in_shadow(version, workflow_index);
  std::string why = kept_out(*cell_, version, workflow_index, now_, shadow);
  if (!why.empty()) return why;
  const bytecode::Workflow& workflow = version.module.workflows[workflow_index];
  why = closed(version, workflow_index);
  if (!why.empty()) {
    engine_.say(now_, audit::KeptOut{contact_, workflow.name, why});
    return why;
  }
  for (const std::size_t clause : clauses) {
    const Entry& entry = workflow.head.entries[clause];
    const std::string name = name_of_entry(version, workflow_index, clause);
    if (entry.at_most && engine_.entry_counts().full(workflow.name, name, *entry.at_most, now_, version.zone)) {
      why = fmt::format("`enter {}` takes at most {} per {}", name, entry.at_most->most.to_string(),
                        bytecode::per(entry.at_most->period, entry.at_most->window));
      continue;
    }
    const std::size_t instance = begin_pass(version, workflow_index, event.empty() ? nullptr : &event, shadow);
    if (entry.at_most) engine_.say(now_, audit::EntryCounted{pass(version, cell_->instances[instance]), name});
    if (const Result<void> moved = advance(instance, workflow.first); !moved) return tl::unexpected(moved.error());
    return std::string();
  }
  engine_.say(now_, audit::KeptOut{contact_, workflow.name, why});
  return why;
}

Result<std::string> Turn::by_hand(Index workflow_index) {
  if (const Result<void> loaded = load(); !loaded) return tl::unexpected(loaded.error());
  const Version& newest = engine_.deployments().newest();
  const std::vector<Entry>& entries = newest.module.workflows[workflow_index].head.entries;
  const auto hand =
      std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.kind == Entry::Kind::hand; });
  if (hand == entries.end()) return std::string("it does not say `enter by hand`");
  if (contact_ != nobody) {
    if (const Result<void> seen = see_members(true); !seen) return tl::unexpected(seen.error());
  }
  engine_.touch(contact_);
  Result<std::string> why = enter(newest, workflow_index, "", {static_cast<std::size_t>(hand - entries.begin())});
  if (!why || !why->empty()) return why;
  if (const Result<void> entered = enter_members(); !entered) return tl::unexpected(entered.error());
  return why;
}

Result<void> Turn::occasions() {
  const Version& newest = engine_.deployments().newest();
  for (std::size_t i = 0; i < cell_->occasions.size(); ++i) {
    if (now_ < cell_->occasions[i].next) continue;
    move_on(cell_->occasions[i], newest.zone, now_);
    const Occasion due = cell_->occasions[i];
    const auto workflow = newest.workflows.find(due.workflow);
    if (workflow == newest.workflows.end()) continue;
    const bytecode::Workflow& begins = newest.module.workflows[workflow->second];
    const std::vector<Entry>& entries = begins.head.entries;
    const auto clause = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
      return entry.kind == Entry::Kind::every && entry.every == due.every &&
             (entry.at ? entry.at->second : -1) == due.second;
    });
    if (clause == entries.end()) continue;
    const bool still = !kept_out(*cell_, newest, workflow->second, now_, false).empty();
    if (still) {
      engine_.say(now_, audit::KeptOut{contact_, begins.name, "its last pass still goes on"});
      continue;
    }
    const Result<std::string> why =
        enter(newest, workflow->second, "", {static_cast<std::size_t>(clause - entries.begin())});
    if (!why) return tl::unexpected(why.error());
  }
  return {};
}

std::size_t Turn::begin_pass(const Version& version, Index workflow_index, const std::string* event_id, bool shadow) {
  const bytecode::Workflow& workflow = version.module.workflows[workflow_index];
  const std::uint32_t id = version.workflow_ids[workflow_index];
  const auto past =
      std::find_if(cell_->past.begin(), cell_->past.end(), [id](const Past& p) { return p.workflow == id; });
  Instance instance;
  instance.workflow = id;
  instance.version = version.number;
  instance.serial = past == cell_->past.end() ? 1 : past->serial + 1;
  instance.entered = instance.since = now_;
  if (shadow) instance.mode = Mode::shadow;
  std::string goal_name;
  // What is for nobody reaches no goal.
  if (workflow.goal != none && contact_ != nobody) {
    // Workflows toward one goal share its holdout: the hash is of the goal and the contact, not of the workflow.
    const bytecode::Goal& goal = version.module.goals[workflow.goal];
    goal_name = goal.name;
    const std::uint64_t hash =
        stable_hash({engine_.salt(), "holdout", goal.name, fmt::format("{}-{}", contact_.part, contact_.id)});
    const auto share = static_cast<std::uint64_t>(goal.holdout.units());
    if (!shadow && engine_.holdout() && hash % 1'000'000'000 < share) instance.mode = Mode::held_out;
    cell_->watches.push_back(
        {id, instance.serial, version.goal_ids[workflow.goal], instance.mode, now_, now_ + goal.within});
  }
  if (event_id != nullptr && version.reads_events[workflow_index]) instance.bound.push_back({0, *event_id});
  engine_.say(now_,
              audit::Entered{{contact_, workflow.name, instance.serial}, instance.mode, version.number, goal_name});
  cell_->instances.push_back(std::move(instance));
  return cell_->instances.size() - 1;
}

}  // namespace fairlead::engine
