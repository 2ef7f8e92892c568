// Who may begin a pass: `again`, once at a time, and `at most N per PERIOD` of an `enter` clause.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/engine/deployments.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// How long it is remembered who entered by a clause that counts: the longest period that can be kept to.
constexpr Duration longest_quota = days(92);

/// Why a contact may not begin a pass now; empty where it may. `shadow`: it would be one in shadow, to which `again`
/// counts those before it. Clauses that count and the workflow's rollout are asked apart.
std::string kept_out(const Cell& cell, const Version& version, Index workflow, Instant now, bool shadow);

/// How a clause is known over versions: `on downloaded`, `by hand`; of several that say the same `… #2`.
std::string name_of_entry(const Version& version, Index workflow, std::size_t entry);

/// How many entered by each clause that counts, as the audit tells it: it is fed with audit entries and with nothing
/// else, live as well as after a restart.
class EntryCounts {
 public:
  /// Whether one more would be too many. Calendar periods are those of `zone`.
  [[nodiscard]] bool full(const std::string& workflow, const std::string& clause, const bytecode::Quota& quota,
                          Instant now, const Zone& zone) const;

  void apply(Instant at, const audit::Entry& entry);

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  std::map<std::pair<std::string, std::string>, std::vector<Instant>> entered_;  // workflow, clause; ascending
};

}  // namespace fairlead::engine
