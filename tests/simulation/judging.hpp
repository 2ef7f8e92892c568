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

/// Whether something goes out or, since its pass is held out or in shadow, only would. Each counts for its own side,
/// and what goes out for all.
enum class Side : std::uint8_t { out, held_out, shadow };

/// What counts toward limits.
struct Filled {
  Instant at;
  std::string channel, workflow;
  Side side = Side::out;
};

/// The message that is judged.
struct Judging {
  std::string workflow, channel;
  Side side = Side::out;
};

/// `filled`: what counts toward limits, of this contact, before it.
bool forbids(const engine::testing::RuleSays& rule, const Judging& message, const Values& values,
             const std::vector<Filled>& filled, Instant at);

/// Whether two instants lie in one day, week or month.
bool same_period(const std::string& period, Instant a, Instant b, const Zone& clock);

const Zone& zone_named(const std::string& name);

}  // namespace fairlead::simulation
