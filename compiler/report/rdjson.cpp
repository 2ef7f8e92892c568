// reviewdog's diagnostic format (rdjson): fixes become suggestions that a reviewer can take over with a click.
#include <nlohmann/json.hpp>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

namespace {

using Json = nlohmann::ordered_json;

/// reviewdog counts columns in bytes of UTF-8.
Json position(const Findings& found, std::uint32_t file, std::uint32_t line, std::uint32_t offset) {
  return {{"line", line}, {"column", offset - found.files()[file].line_start(line) + 1}};
}

Json range_of(const Findings& found, std::uint32_t file, const Region& at) {
  return {{"start", position(found, file, at.begin.line, at.span.begin)},
          {"end", position(found, file, at.end.line, at.span.end)}};
}

Json location_of(const Findings& found, const grammar::Label& label, const Region& at) {
  return {{"path", at.path}, {"range", range_of(found, label.file, at)}};
}

}  // namespace

std::string rdjson(const Findings& found) {
  Json diagnostics = Json::array();
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    Json one{{"message", std::string(mark(finding)) + sentence(finding)}};
    if (const auto at = region(found, d.primary)) {
      one["location"] = location_of(found, d.primary, *at);
    } else {
      one["location"] = {{"path", "."}};
    }
    one["severity"] = weight(finding) == grammar::Severity::error     ? "ERROR"
                      : weight(finding) == grammar::Severity::warning ? "WARNING"
                                                                      : "INFO";
    one["code"] = {{"value", grammar::to_string(d.code)}};
    // A suggestion is a change of one place in the file of the finding; a fix that changes several is left out.
    Json suggestions = Json::array();
    for (const grammar::Fix& fix : d.fixes) {
      if (fix.edits.size() != 1 || fix.edits.front().file != d.primary.file) continue;
      const grammar::Edit& edit = fix.edits.front();
      if (const auto at = region(found, edit.file, edit.span))
        suggestions.push_back({{"range", range_of(found, edit.file, *at)}, {"text", edit.text}});
    }
    if (!suggestions.empty()) one["suggestions"] = std::move(suggestions);
    Json related = Json::array();
    // The way there comes first, in its order.
    for (const auto* labels : {&d.way, &d.secondary}) {
      for (const grammar::Label& label : *labels) {
        if (const auto at = region(found, label))
          related.push_back({{"message", label.text}, {"location", location_of(found, label, *at)}});
      }
    }
    if (!related.empty()) one["relatedLocations"] = std::move(related);
    diagnostics.push_back(std::move(one));
  }
  const Json out{{"source", {{"name", "fairlead"}}}, {"diagnostics", std::move(diagnostics)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::compiler::report
