#include "compiler/proof/flow_counts.hpp"

namespace fairlead::compiler::proof {

Most FlowCounts::most(Index workflow, Duration window, const std::function<bool(Index step)>& counts) {
  const std::vector<Index>& steps = p_.module.workflows[workflow].steps;
  CountQuestion question{window.ms, {}};
  question.adds.reserve(steps.size());
  std::map<Index, std::uint32_t> position;
  for (const Index s : steps) {
    position.emplace(s, static_cast<std::uint32_t>(question.adds.size()));
    question.adds.push_back(counts(s) ? 1 : 0);
  }
  const auto [at, fresh] = known_[workflow].try_emplace(std::move(question));
  CountAnswer& answer = at->second;
  if (fresh) {
    fresh_.insert(workflow);
    const std::vector<std::uint8_t>& adds = at->first.adds;
    const Weight weight = [&](Index s) -> std::uint64_t {
      const auto here = position.find(s);
      return here == position.end() ? 0 : adds[here->second];
    };
    const Most found = most_within(p_, workflow, window, weight);
    answer.all = found.all;
    for (const auto& [s, count] : found.up_to) answer.up_to.emplace_back(position.at(s), count);
  }
  Most out{answer.all, {}};
  for (const auto& [where, count] : answer.up_to) out.up_to.emplace(steps[where], count);
  return out;
}

}  // namespace fairlead::compiler::proof
