// Ways through a workflow beside the steps themselves: rounds of a repeat, the variants of a split, and following
// another workflow.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/entries.hpp"
#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;

Result<Turn::Flow> Turn::repeat(const Version& version, Instance& instance, const Step& step, Index& next) {
  const std::uint32_t id = name_id(step.key);
  const auto round =
      std::find_if(instance.rounds.begin(), instance.rounds.end(), [id](const Round& r) { return r.step == id; });
  const bool first = round == instance.rounds.end();
  if (!first) {
    // A round lasts its time, the last one too; if its own waits took longer, it is over now.
    Instant over;
    if (__builtin_add_overflow(round->since.ms, step.every.ms, &over.ms)) over = {INT64_MAX};
    if (now_ < over) {
      instance.wake = over;
      return Flow::wait;
    }
  }
  bool done = !first && round->count >= step.times;
  if (!done && step.value != none) {
    const Result<vm::World> world = this->world(version, &instance);
    if (!world) return tl::unexpected(world.error());
    const Result<bool> until = holds(version, step.value, *world);
    // Where it cannot be told, the number of rounds is still an end.
    if (!until) {
      engine_.say(
          now_,
          audit::Guarded{
              pass(version, instance), step.key, "", audit::Guarded::Action::impossible, {}, describe(until.error())});
    }
    done = until.value_or(false);
  }
  if (done) {
    if (!first) instance.rounds.erase(round);
    next = step.otherwise;
    took(step, 1);
    return Flow::go_on;
  }
  took(step, 0);
  if (first) {
    instance.rounds.push_back({id, 1, now_});
  } else {
    ++round->count;
    round->since = now_;
    ++instance.visit;
  }
  next = step.next;
  return Flow::go_on;
}

Index Turn::split(const Version& version, const Instance& instance, const Step& step) {
  const bytecode::Split& split = version.module.splits[step.split];
  const std::uint64_t hash =
      stable_hash({engine_.salt(), "split", split.key, fmt::format("{}-{}", contact_.part, contact_.id)});
  const auto point = static_cast<std::int64_t>(hash % 1'000'000'000);
  const std::string adopted = engine_.splits().adopted(split.key);
  const bool known = std::any_of(split.variants.begin(), split.variants.end(),
                                 [&](const bytecode::SplitVariant& variant) { return variant.name == adopted; });
  int128 below = 0;
  for (std::uint32_t i = 0; i < split.variants.size(); ++i) {
    const bytecode::SplitVariant& variant = split.variants[i];
    below += variant.share.units();
    // A pass may follow an older version, which has no such variant.
    if (known ? variant.name != adopted : point >= below) continue;
    took(step, i);
    engine_.say(now_, audit::SplitTaken{pass(version, instance), instance.mode, split.key, variant.name});
    return variant.first;
  }
  return step.next;  // the shares are the whole, so one was taken
}

std::optional<std::size_t> Turn::follow(std::size_t index, const Step& step) {
  const std::string name = version_of(cell_->instances[index]).module.workflows[step.workflow].name;
  // What only is tried leads to nothing that goes out, in another workflow neither.
  const bool tried = cell_->instances[index].mode == Mode::shadow;
  // Who enters now enters what is in force now.
  const Version& newest = engine_.deployments().newest();
  const auto workflow = newest.workflows.find(name_id(name));
  bool shadow = tried;
  std::string why = "no longer there";
  if (workflow != newest.workflows.end()) {
    shadow = tried || enters_in_shadow(newest, workflow->second);
    why = closed(newest, workflow->second);
    if (why.empty()) why = kept_out(*cell_, newest, workflow->second, now_, shadow);
  }
  leave(index, why.empty() ? fmt::format("follow {}", name) : fmt::format("follow {}: {}", name, why), false);
  if (!why.empty()) return std::nullopt;
  return begin_pass(newest, workflow->second, nullptr, shadow);
}

}  // namespace fairlead::engine
