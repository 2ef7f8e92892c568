// JUnit XML: an error is a failed case; a warning is a passed case that says something; a file without any is passed.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

std::string junit(const Findings& found) {
  std::string cases;
  std::size_t count = found.all.size();
  for (std::uint32_t file = 0; file < found.compiled->own; ++file) {
    const bool clean = std::none_of(found.all.begin(), found.all.end(), [file](const Finding& finding) {
      return finding.diagnostic->primary.file == file;
    });
    if (!clean) continue;
    ++count;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"no findings\"/>\n", xml(found.files()[file].path()));
  }
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    const auto at = region(found, d.primary);
    const std::string path = at ? at->path : "fairlead";
    const std::string where = at ? fmt::format("{}:{}:{}: ", path, at->begin.line, at->begin.column) : "";
    const bool error = weight(finding) == grammar::Severity::error;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{} {}\">\n", xml(path), grammar::to_string(d.code),
                         xml(where + d.message));
    const std::string body = xml(where + story(found, finding));
    cases += error ? fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", grammar::to_string(d.code),
                                 xml(d.message), body)
                   : fmt::format("      <system-out>{}</system-out>\n", body);
    cases += "    </testcase>\n";
  }
  const std::string totals = fmt::format("name=\"fairlead check\" tests=\"{}\" failures=\"{}\" errors=\"0\"", count,
                                         found.fresh(grammar::Severity::error));
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n  <testsuite {0} skipped=\"0\">\n{1}"
      "  </testsuite>\n</testsuites>\n",
      totals, cases);
}

}  // namespace fairlead::compiler::report
