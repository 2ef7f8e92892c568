// What the verifier has found, and the parts of which it consists: tables, then code, then flow. Each part relies on
// the one before, so a part runs only where nothing has been found yet.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "runtime/bytecode/module.hpp"

namespace fairlead::bytecode {

/// How deep lists may be nested, in constants and in types. Whoever walks them recurses no deeper.
constexpr unsigned deepest_nesting = 8;
/// How many events one workflow may bind: an instance keeps them for as long as it lives.
constexpr std::uint32_t most_bindings = 64;
/// How many rounds a `repeat` may have, and how many plays a plan.
constexpr std::uint32_t most_rounds = 1'000;
constexpr std::uint32_t most_plays = 1'000;
/// How many fields a record beside the contact may have: an instruction names one in a byte.
constexpr std::size_t most_fields = 256;
/// Ten thousand years. A duration of the tables is added to instants by the engine, which must not overflow.
constexpr Duration longest = days(3'652'500);

/// Keeps the first thing that is wrong, with its place.
class Findings {
 public:
  /// What follows is about this element of a table.
  void at(std::string_view table, std::size_t index, std::string_view name) {
    table_ = table;
    index_ = index;
    name_ = name;
  }

  void refuse(std::string_view what) {
    if (!problem_.empty()) return;
    problem_ = table_.empty() ? std::string(what) : fmt::format("{} {} ({}): {}", table_, index_, name_, what);
  }
  template <class... Args>
  void require(bool holds, fmt::format_string<Args...> what, Args&&... args) {
    if (!holds) refuse(fmt::format(what, std::forward<Args>(args)...));
  }

  [[nodiscard]] bool ok() const { return problem_.empty(); }
  [[nodiscard]] Result<void> result() const {
    if (ok()) return {};
    return fault(FaultCode::module_damaged, problem_);
  }

 private:
  std::string_view table_, name_;
  std::size_t index_ = 0;
  std::string problem_;
};

/// Every index within its table, every share, duration and constant in its range.
void verify_tables(const Module& module, Findings& findings);
/// Every function: opcodes, registers, operands, jumps and the end.
void verify_code(const Module& module, Findings& findings);
/// Every step: its targets in its own workflow, what its kind needs, and no way back but a repeat's.
void verify_flow(const Module& module, Findings& findings);
/// Every rule, and what workflows say before their steps.
void verify_rules(const Module& module, Findings& findings);

}  // namespace fairlead::bytecode
