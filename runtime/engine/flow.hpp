// The graph of one workflow's steps: which of them can still come after which. What is before, at and past a step is
// read off it, and so are the bounds of what one pass can do.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace fairlead::engine {

using bytecode::Index;

/// Of a module that has passed the verifier, which must outlive it.
class Flow {
 public:
  Flow(const bytecode::Module& module, Index workflow);

  /// The step with this key; none where the workflow has none.
  [[nodiscard]] Index find(const std::string& key) const;
  /// Whether `to` can come after `from`, by any way and with at least one step in between them or none. A step comes
  /// after itself only within a repeat.
  [[nodiscard]] bool leads(Index from, Index to) const;
  /// Whether a pass that stands at `at` goes round through `repeat` again.
  [[nodiscard]] bool within(Index at, Index repeat) const { return leads(at, repeat) && leads(repeat, at); }
  /// Where a step leads on, each once; none for the end of the workflow.
  [[nodiscard]] std::vector<Index> ways(Index step) const;
  /// All of it, in source order.
  [[nodiscard]] const std::vector<Index>& steps() const { return workflow_.steps; }
  [[nodiscard]] const bytecode::Workflow& workflow() const { return workflow_; }
  [[nodiscard]] const bytecode::Module& module() const { return module_; }

 private:
  const bytecode::Module& module_;
  const bytecode::Workflow& workflow_;
  std::unordered_map<std::string, Index> by_key_;
  /// What a step leads to, found when it is first asked for.
  mutable std::unordered_map<Index, std::vector<bool>> after_;
  std::unordered_map<Index, std::size_t> place_;  // of a step in `steps`
};

}  // namespace fairlead::engine
