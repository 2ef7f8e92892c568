// Dead letters: what was set aside, and what somebody decides on it.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/sender.hpp"

namespace fairlead::engine {

Result<void> Engine::outbox_item(const store::Inbox& row, const OutboxIn& in, Instant now) {
  using How = audit::Resolved::How;
  const bool again = in.how == How::retry;
  const auto refused = [&](const std::string& why) {
    return refuse(row, now, fmt::format("`outbox {}` by {} of {}", again ? "retry" : "drop", in.by, in.key), why);
  };
  const Result<std::optional<store::Outbox>> known = store_.outbox(in.key);
  if (!known) return tl::unexpected(known.error());
  if (!*known) return refused("the outbox has no such key");
  const store::Outbox& letter = **known;
  const bool dead = letter.state == store::OutboxState::failed || letter.state == store::OutboxState::uncertain;
  // This very batch may have moved it already.
  const bool moved = std::any_of(batch_.move.begin(), batch_.move.end(),
                                 [&](const store::OutboxMove& move) { return move.key == in.key; });
  if (!dead || moved) return refused("it is not set aside");
  say(now, audit::Resolved{in.key, in.how, in.by, in.because});
  ++unsent_;  // as `commit` counts
  if (!again) {
    batch_.move.push_back({in.key, store::OutboxState::withheld});
    return {};
  }
  batch_.move.push_back({in.key, store::OutboxState::ready, now, store::WaitsFor::retry, true});
  return {};
}

}  // namespace fairlead::engine
