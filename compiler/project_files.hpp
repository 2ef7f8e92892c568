// The files that a project names beside its .lead files: templates. Whoever has the project in memory says how they are
// read; a compiler never reads outside of the project's folder.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "grammar/tree.hpp"

namespace fairlead::compiler {

enum class Unread : std::uint8_t {
  absent,     // there is no such file, or it may not be read
  outside,    // it does not lie in the project's folder
  too_large,  // longer than a template may be
};

/// A template is at most so long, in bytes.
constexpr std::size_t longest_template = std::size_t{1} << 20U;

/// Gives the text of a file, named like the .lead files are: relative to where the compiler was started, or absolute.
using ReadFile = std::function<tl::expected<std::string, Unread>(const std::string& path)>;

struct ProjectFiles {
  std::string root = {};  // the project's folder; empty: where the compiler was started
  ReadFile read = {};     // empty: there are no files but those that are compiled
};

/// Reads from the disk, and follows no link out of the project's folder.
ProjectFiles files_on_disk(const std::string& root);

/// The templates of one compilation. Each is read and parsed once, and becomes a source behind the others, so that
/// messages can point into it.
class Templates {
 public:
  /// Adds to `files`, which must have room: what was parsed borrows from them.
  Templates(std::vector<grammar::Source>& files, ProjectFiles project) : files_(files), project_(std::move(project)) {}

  struct Opened {
    const grammar::Parsed* parsed = nullptr;
    std::uint32_t file = 0;
    bool fresh = false;  // nobody has opened it before
  };
  /// `written` is relative to the folder of the .lead file `from`.
  tl::expected<Opened, Unread> open(const grammar::Source& from, std::string_view written);

  [[nodiscard]] const ProjectFiles& project() const { return project_; }

  /// How many templates the sources can name at most.
  static std::size_t most_in(const std::vector<grammar::Source>& files);

 private:
  std::vector<grammar::Source>& files_;
  ProjectFiles project_;
  std::deque<grammar::Parsed> parsed_;
  std::map<std::string, Opened, std::less<>> opened_;
};

}  // namespace fairlead::compiler
