// A baseline: the findings that a team knows of and has decided to live with for now, in a file beside the project.
// What is new is then told apart from what was there.
#pragma once

#include <string>
#include <string_view>

#include "compiler/report/findings.hpp"

namespace fairlead::compiler::report {

/// What is found now, as a file: in the order of files and declarations, without line numbers, so that it changes where
/// the findings do and nowhere else.
std::string write_baseline(const Findings& findings);

/// Marks what is known, and notes what is gone. False where the text is no baseline.
bool compare(Findings& findings, std::string_view baseline);

}  // namespace fairlead::compiler::report
