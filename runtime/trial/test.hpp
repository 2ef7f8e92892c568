// The language's own tests: one contact, the real engine, a virtual clock.
#pragma once

#include "runtime/trial/coverage.hpp"

namespace fairlead::trial {

/// Tests begin at noon on a Monday on the project's clock, so that nothing is quiet by accident.
constexpr Date test_day{20'458};  // 2026-01-05

struct Failure {
  std::uint32_t line = 0;
  std::string text;                // what was expected, and what happened instead
  std::vector<std::string> notes;  // why it may have been so
};

struct TestResult {
  std::string name, file;  // `the offer follows the plan / free`
  std::uint32_t line = 0;
  std::vector<Failure> failures;
  Trodden trodden;
};

/// A test, or one case of it.
struct TestRun {
  bytecode::Index test = bytecode::none;
  bytecode::Index test_case = bytecode::none;
};

/// All that the module's tests come to, in the order of the source.
std::vector<TestRun> test_runs(const bytecode::Module& module);
std::string name_of(const bytecode::Module& module, const TestRun& run);

/// A fault is the engine's; a test that fails is a result.
Result<TestResult> run_test(const bytecode::Module& module, const TestRun& run);

}  // namespace fairlead::trial
