// Workflows that are paused, by hand or by their own `pause when`, and how often something happens in them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/deployments.hpp"

namespace fairlead::engine {

struct Pause {
  Instant since;
  std::string by, because;  // empty `by`: its own `pause when`
};

/// What the audit says of pauses and rates, live as well as after a restart.
class Pauses {
 public:
  void apply(Instant at, const audit::Entry& entry);

  /// By the id of the workflow's name.
  [[nodiscard]] bool paused(std::uint32_t workflow) const { return ids_.contains(workflow); }
  [[nodiscard]] const std::set<std::uint32_t>& ids() const { return ids_; }
  [[nodiscard]] const std::map<std::string, Pause>& all() const { return paused_; }

  /// `rate(A per B, last W)` of a workflow at `now`, over (now - W, now]; where there was no B, 0 without an A and 1
  /// with one. It counts from when the workflow was last resumed.
  [[nodiscard]] Value rate(const std::string& workflow, const bytecode::Rate& rate, Instant now) const;

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  struct Counts {
    std::map<Instant, std::pair<std::uint64_t, std::uint64_t>> at;  // how many of A, and of B
  };
  std::map<std::string, Pause> paused_;
  std::set<std::uint32_t> ids_;
  std::map<std::pair<std::string, std::string>, Counts> rates_;  // workflow, rate
};

/// The rates that a workflow's `pause when` asks.
std::vector<Index> rates_of(const bytecode::Module& module, Index workflow);

}  // namespace fairlead::engine
