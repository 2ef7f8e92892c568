// The language's own tests: one contact, the real engine, a virtual clock.
#pragma once

#include "runtime/engine/engine.hpp"

namespace fairlead::trial {

/// Tests begin at noon on a Monday on the project's clock, so that nothing is quiet by accident.
constexpr Date test_day{20'458};  // 2026-01-05

struct Failure {
  std::uint32_t line = 0;
  std::string text;  // what was expected, and what happened instead
};

struct TestResult {
  std::string name;
  std::vector<Failure> failures;
};

/// Runs test `index` of the module. A fault is the engine's; a test that fails is a result.
Result<TestResult> run_test(const bytecode::Module& module, bytecode::Index index);

}  // namespace fairlead::trial
