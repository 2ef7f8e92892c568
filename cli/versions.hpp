// Two versions of a project, as a command line names them: folders, files, or revisions of git.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "compiler/project_files.hpp"
#include "grammar/tree.hpp"

namespace fairlead::cli {

struct Version {
  std::string called;  // as it was named
  std::vector<grammar::Source> files;
  compiler::ProjectFiles project;
};

/// Why there is no such version: one sentence, without its period.
struct NoVersion {
  bool unreadable = false;  // it is named well, and cannot be read
  std::string why;
};

/// What exists on the disk is that; anything else is a revision, `REV` or `REV:path`. A revision without a path is of
/// the place that the other name means. A file that is no project of its own takes the place of the file that it is
/// compared with, in that one's project.
tl::expected<std::pair<Version, Version>, NoVersion> versions(const std::string& before, const std::string& after);

}  // namespace fairlead::cli
