// Entering by segments: whoever becomes a member within a turn comes in at its end. Time alone makes nobody a member of
// such a segment (a module that says otherwise is refused), so nobody becomes one between turns.
#include <algorithm>

#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

Result<void> Turn::see_members(bool known) {
  const Version& newest = engine_.deployments().newest();
  members_.assign(newest.by_segment.size(), false);
  if (!known || members_.empty()) return {};
  const Result<vm::World> world = this->world(newest, nullptr);
  if (!world) return tl::unexpected(world.error());
  for (std::size_t i = 0; i < members_.size(); ++i)
    members_[i] = holds(newest, newest.by_segment[i].when, *world).value_or(false);
  return {};
}

Result<void> Turn::enter_members() {
  const Version& newest = engine_.deployments().newest();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const SegmentEntry& entry = newest.by_segment[i];
    if (members_[i] || std::any_of(cell_->instances.begin(), cell_->instances.end(), [&](const Instance& instance) {
          return instance.workflow == newest.workflow_ids[entry.workflow];
        }))
      continue;
    // What an entry before this one changed is seen too: each is asked of what is now.
    const Result<vm::World> world = this->world(newest, nullptr);
    if (!world) return tl::unexpected(world.error());
    if (!holds(newest, entry.when, *world).value_or(false)) continue;
    if (const Result<std::string> entered = enter(newest, entry.workflow, "", {entry.entry}); !entered)
      return tl::unexpected(entered.error());
  }
  return {};
}

}  // namespace fairlead::engine
