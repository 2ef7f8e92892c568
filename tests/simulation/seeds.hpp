// What the tests over seeds share: one seed's life, and how it is reported.
#pragma once

#include <string>

#include "tests/simulation/shards.hpp"
#include "tests/simulation/simulation.hpp"

namespace fairlead::simulation {

/// Every fourth seed is lived twice, disturbed and not, and both must come to the same.
inline Outcome life_of(std::uint32_t seed, const std::string& folder) {
  return seed % 4 == 0 ? simulate_both(seed, folder) : simulate(seed, folder);
}

inline std::string list(const Outcome& outcome) {
  std::string out;
  for (const std::string& violation : outcome.violations) out += (out.empty() ? "" : "; ") + violation;
  return out;
}

inline Report report(const Outcome& outcome) {
  Report out{list(outcome), {}};
  out.figures = {{"messages", outcome.messages},
                 {"disturbances", outcome.disturbances},
                 {"writes", outcome.writes},
                 {"batches", outcome.journal.size()}};
  for (const auto& [mishap, times] : outcome.mishaps) {
    const char* const names[] = {"",           "failed writes",         "failed syncs", "failed reads",
                                 "full disks", "deaths of the process", "power cuts"};
    out.figures[names[static_cast<std::size_t>(mishap)]] = times;
  }
  return out;
}

inline std::string reproduce(std::uint32_t seed) {
  return "FAIRLEAD_SEED=" + std::to_string(seed) +
         " build/release/tests/test_simulation --run_test=simulation/every_seed";
}

}  // namespace fairlead::simulation
