// What steps and workflows mean, as text that two versions of a project can be compared by: names in the place of
// positions, which shift with every edit. Equal texts mean the same; so a version that only moves things about in the
// module is not taken for a change.
#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace fairlead::engine {

using bytecode::Index;

/// One thing that a step or the head of a workflow says: what it is called, and what it says.
struct Said {
  std::string what;  // `its content`, `how long it waits`
  std::string text;
  bool operator==(const Said&) const = default;
};

/// Of one workflow of a module, which must outlive it.
class Meaning {
 public:
  Meaning(const bytecode::Module& module, Index workflow);

  /// All that a step says beside where it leads; parts that it does not have are left out. Two steps of one kind have
  /// their parts in one order.
  [[nodiscard]] std::vector<Said> step(Index step) const;
  /// What the workflow says before its steps.
  [[nodiscard]] std::vector<Said> head() const;
  /// An expression; empty where there is none.
  [[nodiscard]] std::string function(Index function) const;
  /// An event as a pass that has bound it reads it: its name and its fields.
  [[nodiscard]] std::string event(Index event) const;
  /// A record beside the contact, in the same way.
  [[nodiscard]] std::string record(Index record) const;

 private:
  [[nodiscard]] std::string instruction(bytecode::Instruction instruction) const;
  [[nodiscard]] std::string content(Index content, Index channel) const;
  [[nodiscard]] std::string options(const bytecode::Choice& choice) const;

  const bytecode::Module& module_;
  const bytecode::Workflow& workflow_;
  /// What a bound event or row and a kept value are called, by number, so that a number that shifted reads the same.
  std::vector<std::string> bound_, kept_;
  std::vector<Index> bound_event_, bound_record_;  // whose fields they have
};

}  // namespace fairlead::engine
