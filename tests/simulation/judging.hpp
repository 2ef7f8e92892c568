// Whether a rule of a random project forbids a message, told from what was posted and filled and from nothing else.
#pragma once

#include <string>
#include <vector>

#include "tests/engine/random_project.hpp"

namespace fairlead::simulation {

/// What is known of a contact's values, as the rows and the withdrawals make them.
struct Values {
  std::string zone, country, consent = "unknown", plan = "free";
};

/// What counts toward limits.
struct Filled {
  Instant at;
  std::string channel, workflow;
  bool suppressed = false;
};

/// The message that is judged.
struct Judging {
  std::string workflow, channel;
  bool held_out = false;
};

/// `filled`: what counts toward limits, of this contact, before it.
bool forbids(const engine::testing::RuleSays& rule, const Judging& message, const Values& values,
             const std::vector<Filled>& filled, Instant at);

const Zone& zone_named(const std::string& name);

}  // namespace fairlead::simulation
