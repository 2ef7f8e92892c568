// Workflow commands of GitHub Actions: a line of output that becomes an annotation of the changed file.
#include <fmt/format.h>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

namespace {

/// As the runner reads it back: `%`, the ends of lines and, in a property, what parts properties.
std::string escaped(std::string_view raw, bool property) {
  std::string out;
  for (const char c : well_formed(raw)) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string github(const Findings& found) {
  std::string out;
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    std::string properties;
    if (const auto at = region(found, d.primary)) {
      properties = fmt::format("file={},line={},endLine={},", escaped(at->path, true), at->begin.line, at->end.line);
      // Columns only count where the annotation is within one line.
      if (at->begin.line == at->end.line)
        properties += fmt::format("col={},endColumn={},", at->begin.column, at->end.column);
    }
    const std::string_view command = weight(finding) == grammar::Severity::note ? "notice" : word(weight(finding));
    out += fmt::format("::{} {}title={}::{}\n", command, properties, grammar::to_string(d.code),
                       escaped(story(found, finding), false));
  }
  return out;
}

}  // namespace fairlead::compiler::report
