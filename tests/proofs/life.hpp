// A random project's people over some weeks on the real engine: what they did at which step, which rules fired there,
// and what went out. Everything here is seen from outside or asked of the engine, and nothing of the prover.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::soundness {

/// A step and a rule, by their names in the audit.
using Pair = std::pair<std::string, std::string>;

/// A message that was committed, on the clock of who gets it.
struct Message {
  Instant at;
  Zone zone;
  std::string step, channel, workflow;
  std::uint64_t contact = 0;
  bool counts = false;  // transactional ones do not
  bool out = false;     // else its pass is held out
};

struct Life {
  std::set<std::string> reached;      // steps that a pass came to
  std::map<Pair, std::string> fired;  // and when, for whom, first
  std::set<Pair> said;                // of those, what the audit itself says
  /// The same of who stays on the version when another one is in force.
  std::set<std::string> reached_later;
  std::map<Pair, std::string> fired_later;
  std::vector<Message> messages;  // in the order of their commits
  std::size_t fires = 0, asked = 0, passes = 0, entries = 0;
  std::vector<std::string> story;  // everything that came in and everything that was said, where it was asked for
};

Life live(const bytecode::Module& module, std::uint32_t seed, bool told);

}  // namespace fairlead::soundness
