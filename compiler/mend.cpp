// Mending a project by the fixes that are sure.
#include "compiler/mend.hpp"

#include <algorithm>

namespace fairlead::compiler {

using grammar::Diagnostic;
using grammar::Edit;
using grammar::Fix;
using grammar::Source;

namespace {

bool overlap(const Edit& a, const Edit& b) {
  if (a.file != b.file) return false;
  // Two insertions at one place would have to be ordered; only the first is made.
  if (a.span.begin == b.span.begin) return true;
  return a.span.begin < b.span.end && b.span.begin < a.span.end;
}

std::string edited(const Source& source, std::uint32_t file, std::vector<Edit> edits) {
  std::erase_if(edits, [file](const Edit& edit) { return edit.file != file; });
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
  std::string out;
  std::uint32_t at = 0;
  for (const Edit& edit : edits) {
    out += source.text({at, edit.span.begin});
    out += edit.text;
    at = edit.span.end;
  }
  out += source.text().substr(at);
  return out;
}

}  // namespace

const Fix* applicable(const Diagnostic& diagnostic, const Compiled& compiled) {
  const Fix* fix = diagnostic.mechanical();
  if (fix == nullptr) return nullptr;
  const bool ours = std::all_of(fix->edits.begin(), fix->edits.end(), [&](const Edit& edit) {
    return edit.file < compiled.own && edit.span.begin <= edit.span.end &&
           edit.span.end <= compiled.files[edit.file].text().size();
  });
  return ours && !fix->edits.empty() ? fix : nullptr;
}

Mended mend(std::vector<Source> files, const ProjectFiles& project) {
  constexpr int most_rounds = 50;
  Mended out{compile(std::move(files), project), {}};
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<Edit> edits;
    for (const Diagnostic& d : out.compiled.diagnostics) {
      const Fix* fix = applicable(d, out.compiled);
      if (fix == nullptr) continue;
      const bool clash = std::any_of(fix->edits.begin(), fix->edits.end(), [&](const Edit& edit) {
        return std::any_of(edits.begin(), edits.end(), [&](const Edit& other) { return overlap(edit, other); });
      });
      if (clash) continue;
      edits.insert(edits.end(), fix->edits.begin(), fix->edits.end());
      out.applied.push_back(
          {d.code, fix->title, d.primary.file, out.compiled.files[d.primary.file].line(d.primary.span.begin)});
    }
    if (edits.empty()) break;
    std::vector<Source> next;
    for (std::uint32_t i = 0; i < out.compiled.own; ++i)
      next.emplace_back(out.compiled.files[i].path(), edited(out.compiled.files[i], i, edits));
    out.compiled = compile(std::move(next), project);
  }
  return out;
}

}  // namespace fairlead::compiler
