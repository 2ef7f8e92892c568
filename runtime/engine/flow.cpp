// The graph of one workflow's steps.
#include "runtime/engine/flow.hpp"

#include <algorithm>

namespace fairlead::engine {

using bytecode::none;

Flow::Flow(const bytecode::Module& module, Index workflow) : module_(module), workflow_(module.workflows[workflow]) {
  for (std::size_t i = 0; i < workflow_.steps.size(); ++i) {
    place_.emplace(workflow_.steps[i], i);
    by_key_.emplace(module_.steps[workflow_.steps[i]].key, workflow_.steps[i]);
  }
}

Index Flow::find(const std::string& key) const {
  const auto at = by_key_.find(key);
  return at == by_key_.end() ? none : at->second;
}

std::vector<Index> Flow::ways(Index step) const {
  const bytecode::Step& s = module_.steps[step];
  std::vector<Index> out;
  const auto add = [&](Index to) {
    if (std::find(out.begin(), out.end(), to) == out.end()) out.push_back(to);
  };
  using bytecode::StepKind;
  const bool ends = s.kind == StepKind::stop || s.kind == StepKind::leave || s.kind == StepKind::follow;
  for (const bytecode::Arm& arm : s.arms) add(arm.first);
  if (s.choice != none) {
    for (const bytecode::Option& option : module_.choices[s.choice].options) add(option.first);
  }
  if (s.split != none) {
    for (const bytecode::SplitVariant& variant : module_.splits[s.split].variants) add(variant.first);
  }
  const bool two = s.kind == StepKind::branch || s.kind == StepKind::wait_event || s.kind == StepKind::approve ||
                   s.kind == StepKind::repeat || s.kind == StepKind::for_each;
  if (two) add(s.otherwise);
  // A wait for events goes on by its arms or its time (or, where its time cannot be told, by `next`); a split always by
  // a variant.
  const bool by_next = s.kind == StepKind::wait_event ? s.next != none : s.kind != StepKind::split;
  if (!ends && by_next) add(s.next);
  return out;
}

bool Flow::leads(Index from, Index to) const {
  const auto at = place_.find(to);
  if (at == place_.end()) return false;
  auto known = after_.find(from);
  if (known == after_.end()) {
    std::vector<bool> reached(workflow_.steps.size());
    std::vector<Index> open{from};
    while (!open.empty()) {
      const Index step = open.back();
      open.pop_back();
      for (const Index next : ways(step)) {
        const auto place = place_.find(next);
        if (place == place_.end() || reached[place->second]) continue;
        reached[place->second] = true;
        open.push_back(next);
      }
    }
    known = after_.emplace(from, std::move(reached)).first;
  }
  return known->second[at->second];
}

}  // namespace fairlead::engine
