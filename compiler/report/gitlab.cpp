// GitLab's code quality report: an array of issues, each with a fingerprint by which a merge request knows it again.
#include <nlohmann/json.hpp>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

std::string gitlab(const Findings& found) {
  using Json = nlohmann::ordered_json;
  Json out = Json::array();
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    const auto at = region(found, d.primary);
    // Every issue wants a place; that of a path that cannot be read is the folder.
    Json location{{"path", at ? at->path : "."}, {"lines", {{"begin", at ? at->begin.line : 1}}}};
    if (at) location["lines"]["end"] = at->end.line;
    out.push_back({{"description", story(found, finding)},
                   {"check_name", grammar::to_string(d.code)},
                   {"fingerprint", finding.fingerprint},
                   {"severity", weight(finding) == grammar::Severity::error     ? "major"
                                : weight(finding) == grammar::Severity::warning ? "minor"
                                                                                : "info"},
                   {"location", std::move(location)}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::compiler::report
