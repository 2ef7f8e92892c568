// Mending a project by the fixes that are sure: what `fairlead check --fix` does, without the files.
#pragma once

#include <string>
#include <vector>

#include "compiler/compile.hpp"

namespace fairlead::compiler {

/// A fix that was applied, and where it was when it was.
struct AppliedFix {
  grammar::Code code;
  std::string title;
  std::uint32_t file = 0;
  std::uint32_t line = 0;
};

struct Mended {
  Compiled compiled;                // the project as it now is
  std::vector<AppliedFix> applied;  // in the order in which they were
};

/// Applies the mechanical fixes of the project's own files, again as long as that brings up others, and no more than a
/// bounded number of times. Of fixes that overlap the first is applied, and the others are asked again after it.
Mended mend(std::vector<grammar::Source> files, const ProjectFiles& project = {});

/// The fix that would be applied; null where there is none. A fix of a template or of the standard library is none.
const grammar::Fix* applicable(const grammar::Diagnostic& diagnostic, const Compiled& compiled);

}  // namespace fairlead::compiler
