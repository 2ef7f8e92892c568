// Tests of what waits for somebody's word: what is shown, somebody's yes or no, and what goes out then.
#pragma once

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {

inline std::vector<store::Outbox> asked(World& world) {
  return must(world.store->outbox(store::OutboxState::asked, 100));
}

/// Into the inbox, to be taken in later.
inline void post(World& world, const std::string& key, const std::string& by, bool yes) {
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(ApprovalIn{key, yes, by, "because of it"})}},
                         {}));
}

/// Somebody says yes or no to the first thing that waits.
inline void say(World& world, const std::string& by, bool yes) {
  const auto rows = asked(world);
  BOOST_REQUIRE(!rows.empty());
  post(world, rows[0].key, by, yes);
  world.run(world.now);
}

/// What went out, in its order: contents of messages, names of actions.
inline std::string calls(const World& world) {
  std::vector<std::string> out;
  for (const Sent& sent : world.provider.sent) out.push_back(sent.action.empty() ? sent.content : sent.action);
  return list(out);
}

}  // namespace fairlead::engine::testing
