// The results of the language's tests, in the forms that people and machines read.
#pragma once

#include <string>
#include <vector>

#include "runtime/trial/test.hpp"

namespace fairlead::cli {

struct Tested {
  trial::TestResult result;
  double seconds = 0;
};

struct Tests {
  std::string project;
  std::vector<Tested> all;
  [[nodiscard]] std::size_t failed() const;
};

/// A line a test, and what failed below it.
std::string to_text(const Tests& tests, bool colour);
/// Version 14, testanything.org.
std::string to_tap(const Tests& tests);
/// A suite a file, as Jenkins, GitLab and GitHub's actions read it.
std::string to_junit(const Tests& tests);
/// `coverage` may be null.
std::string to_json(const Tests& tests, const trial::Coverage* coverage);

/// Tables of what was reached, by workflow and policy, and what was not.
std::string to_text(const trial::Coverage& coverage, bool colour);
/// For the tools that show lcov's tracefiles: steps are lines, ways, options and rules are branches.
std::string to_lcov(const trial::Coverage& coverage);

}  // namespace fairlead::cli
