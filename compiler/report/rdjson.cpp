// reviewdog's diagnostic format (rdjson): fixes become suggestions that a reviewer can take over with a click.
#include <nlohmann/json.hpp>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

namespace {

using Json = nlohmann::ordered_json;

/// reviewdog counts columns in bytes of UTF-8.
Json position(const Compiled& found, std::uint32_t file, std::uint32_t line, std::uint32_t offset) {
  return {{"line", line}, {"column", offset - found.files[file].line_start(line) + 1}};
}

Json range_of(const Compiled& found, std::uint32_t file, const Region& at) {
  return {{"start", position(found, file, at.begin.line, at.span.begin)},
          {"end", position(found, file, at.end.line, at.span.end)}};
}

Json location_of(const Compiled& found, const grammar::Label& label, const Region& at) {
  return {{"path", at.path}, {"range", range_of(found, label.file, at)}};
}

}  // namespace

std::string rdjson(const Compiled& found) {
  Json diagnostics = Json::array();
  for (const grammar::Diagnostic& d : found.diagnostics) {
    Json one{{"message", sentence(d)}};
    if (const auto at = region(found, d.primary)) {
      one["location"] = location_of(found, d.primary, *at);
    } else {
      one["location"] = {{"path", "."}};
    }
    one["severity"] = d.severity == grammar::Severity::error     ? "ERROR"
                      : d.severity == grammar::Severity::warning ? "WARNING"
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
    for (const grammar::Label& label : d.secondary) {
      if (const auto at = region(found, label))
        related.push_back({{"message", label.text}, {"location", location_of(found, label, *at)}});
    }
    if (!related.empty()) one["relatedLocations"] = std::move(related);
    diagnostics.push_back(std::move(one));
  }
  const Json out{{"source", {{"name", "fairlead"}}}, {"diagnostics", std::move(diagnostics)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::compiler::report
