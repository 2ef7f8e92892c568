// Checkstyle's XML: findings by file, in the order of the files.
#include <fmt/format.h>

#include <map>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

std::string checkstyle(const Findings& found) {
  // What has no place in a text belongs to the folder.
  std::map<std::string, std::string> by_file;
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    const auto at = region(found, d.primary);
    const std::string where =
        at ? fmt::format("line=\"{}\" column=\"{}\" ", at->begin.line, at->begin.column) : std::string();
    by_file[at ? at->path : "."] +=
        fmt::format("    <error {}severity=\"{}\" message=\"{}\" source=\"fairlead.{}\"/>\n", where,
                    weight(finding) == grammar::Severity::note ? "info" : word(weight(finding)),
                    xml(story(found, finding)), grammar::to_string(d.code));
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const auto& [path, errors] : by_file)
    out += fmt::format("  <file name=\"{}\">\n{}  </file>\n", xml(path), errors);
  return out + "</checkstyle>\n";
}

}  // namespace fairlead::compiler::report
