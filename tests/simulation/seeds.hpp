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

/// How often the rarer things came about: where one of them never does, nothing is known of it.
inline std::map<std::string, std::uint64_t> happened(const std::vector<store::Record>& journal) {
  std::map<std::string, std::uint64_t> out;
  for (const store::Record& record : journal) {
    const auto entries = audit::read(record.audit);
    if (!entries) continue;
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* paused = std::get_if<audit::Paused>(&stamped.entry))
        ++out[paused->by.empty() ? "pauses by a rate" : "pauses by hand"];
      if (std::holds_alternative<audit::Resumed>(stamped.entry)) ++out["resumed workflows"];
      if (const auto* guarded = std::get_if<audit::Guarded>(&stamped.entry)) {
        if (guarded->rule.starts_with("brand.cap")) ++out["caps reached"];
        if (guarded->rule.starts_with("brand.spend")) ++out["spend limits reached"];
        if (guarded->rule.ends_with(".budget")) ++out["budgets reached"];
      }
      if (std::holds_alternative<audit::Released>(stamped.entry)) ++out["costs released"];
      if (const auto* rolled = std::get_if<audit::Rolled>(&stamped.entry)) {
        const std::string how = rolled->undoes != 0 ? "back" : "on";
        out["passes moved " + how] += rolled->moved;
        if (rolled->undoes == 0) out["passes ended by a version"] += rolled->left;
        if (rolled->undoes == 0) out["passes that stayed behind"] += rolled->stayed;
      }
      if (const auto* stage = std::get_if<audit::RolledOut>(&stamped.entry)) {
        if (stage->stage > 1) ++out[stage->by.empty() ? "stages by the clock" : "stages by a word"];
      }
      if (const auto* entered = std::get_if<audit::Entered>(&stamped.entry))
        out["passes in shadow"] += entered->mode == audit::Mode::shadow ? 1 : 0;
      if (const auto* kept = std::get_if<audit::KeptOut>(&stamped.entry))
        out["kept out by a share"] += kept->reason.starts_with("its rollout is at") ? 1 : 0;
    }
  }
  return out;
}

inline Report report(const Outcome& outcome) {
  Report out{list(outcome), {}};
  out.figures = {{"messages", outcome.messages},
                 {"disturbances", outcome.disturbances},
                 {"writes", outcome.writes},
                 {"batches", outcome.journal.size()}};
  for (const auto& [what, times] : happened(outcome.journal)) out.figures[what] = times;
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
