// How many messages may come together, as `most_within` finds it; what was found once is not looked for again.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "compiler/proof/bounds.hpp"

namespace fairlead::compiler::proof {

/// What was asked of a workflow's flow: within which time, and what each of its steps adds.
struct CountQuestion {
  std::int64_t window = 0;         // ms
  std::vector<std::uint8_t> adds;  // by step, in the order of the source
  auto operator<=>(const CountQuestion&) const = default;
};

/// Steps are known by where they stand in the workflow, so that it is the same wherever the workflow stands.
struct CountAnswer {
  std::optional<std::uint64_t> all;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> up_to;
  bool operator==(const CountAnswer&) const = default;
};

using KnownCounts = std::map<CountQuestion, CountAnswer>;

class FlowCounts {
 public:
  explicit FlowCounts(const Program& program) : p_(program), known_(program.module.workflows.size()) {}

  /// As `most_within`, for weights of 0 and 1.
  Most most(Index workflow, Duration window, const std::function<bool(Index step)>& counts);

  /// What is known of each workflow's flow: to be kept, or from what was kept.
  KnownCounts& known(Index workflow) { return known_[workflow]; }
  /// Whether something of it was found here.
  [[nodiscard]] bool fresh(Index workflow) const { return fresh_.contains(workflow); }

 private:
  const Program& p_;
  std::vector<KnownCounts> known_;
  std::set<Index> fresh_;
};

}  // namespace fairlead::compiler::proof
