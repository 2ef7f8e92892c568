// SARIF 2.1.0 (OASIS, 2020): one run, a rule for each code that was found, with its page as help.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/report/pages.hpp"
#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

namespace {

using Json = nlohmann::ordered_json;
using grammar::Code;

Json region_of(const Region& at) {
  return {{"startLine", at.begin.line},
          {"startColumn", at.begin.column},
          {"endLine", at.end.line},
          {"endColumn", at.end.column}};
}

Json location_of(const Region& at, const std::string& label) {
  Json out{{"physicalLocation", {{"artifactLocation", {{"uri", uri(at.path)}}}, {"region", region_of(at)}}}};
  if (!label.empty()) out["message"] = {{"text", label}};
  return out;
}

Json fix_of(const grammar::Fix& fix, const Compiled& found) {
  // A change for each file, in the order in which the edits come to them.
  Json changes = Json::array();
  for (const grammar::Edit& edit : fix.edits) {
    const auto at = region(found, edit.file, edit.span);
    if (!at) continue;
    Json replacement{{"deletedRegion", region_of(*at)}, {"insertedContent", {{"text", edit.text}}}};
    const auto same = std::find_if(changes.begin(), changes.end(), [&](const Json& change) {
      return change["artifactLocation"]["uri"] == uri(at->path);
    });
    if (same != changes.end()) {
      (*same)["replacements"].push_back(std::move(replacement));
    } else {
      changes.push_back(
          {{"artifactLocation", {{"uri", uri(at->path)}}}, {"replacements", Json::array({std::move(replacement)})}});
    }
  }
  return {{"description", {{"text", fix.title}}}, {"artifactChanges", std::move(changes)}};
}

Json rule_of(Code code) {
  const auto all = grammar::codes();
  const auto info =
      std::find_if(all.begin(), all.end(), [code](const grammar::CodeInfo& one) { return one.code == code; });
  Json out{{"id", grammar::to_string(code)}};
  if (info != all.end()) {
    out["name"] = info->name;
    out["shortDescription"] = {{"text", info->about}};
  }
  if (const std::string_view page = page_of(code); !page.empty()) {
    out["fullDescription"] = {{"text", title_of(page)}};
    out["help"] = {{"text", page}, {"markdown", page}};
  }
  return out;
}

}  // namespace

std::string sarif(const Compiled& found) {
  std::vector<Code> used;
  for (const grammar::Diagnostic& d : found.diagnostics) used.push_back(d.code);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  Json rules = Json::array();
  for (const Code code : used) rules.push_back(rule_of(code));

  const std::vector<std::string> prints = fingerprints(found);
  Json results = Json::array();
  for (std::size_t i = 0; i < found.diagnostics.size(); ++i) {
    const grammar::Diagnostic& d = found.diagnostics[i];
    Json one{{"ruleId", grammar::to_string(d.code)},
             {"ruleIndex", std::lower_bound(used.begin(), used.end(), d.code) - used.begin()},
             {"level", word(d.severity)},
             {"message", {{"text", sentence(d)}}}};
    Json locations = Json::array();
    if (const auto at = region(found, d.primary)) locations.push_back(location_of(*at, d.primary.text));
    one["locations"] = std::move(locations);
    Json related = Json::array();
    for (const grammar::Label& label : d.secondary) {
      if (const auto at = region(found, label)) related.push_back(location_of(*at, label.text));
    }
    if (!related.empty()) one["relatedLocations"] = std::move(related);
    Json fixes = Json::array();
    for (const grammar::Fix& fix : d.fixes) fixes.push_back(fix_of(fix, found));
    if (!fixes.empty()) one["fixes"] = std::move(fixes);
    one["partialFingerprints"] = {{"fairleadFinding/v1", prints[i]}};
    results.push_back(std::move(one));
  }

  Json run{{"tool", {{"driver", {{"name", "Fairlead"}, {"rules", std::move(rules)}}}}},
           {"columnKind", "unicodeCodePoints"},
           {"results", std::move(results)}};
  const Json out{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({std::move(run)})}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::compiler::report
