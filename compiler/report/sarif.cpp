// SARIF 2.1.0 (OASIS, 2020): one run, a rule for each code that was found, with its page as help.
#include <algorithm>
#include <filesystem>
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

Json fix_of(const grammar::Fix& fix, const Findings& found) {
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

/// The way there, which ends where the finding is.
Json flow_of(const Findings& found, const grammar::Diagnostic& d) {
  Json steps = Json::array();
  const auto add = [&](const grammar::Label& label) {
    if (const auto at = region(found, label)) steps.push_back(Json{{"location", location_of(*at, label.text)}});
  };
  for (const grammar::Label& label : d.way) add(label);
  add(d.primary);
  Json out{{"threadFlows", Json::array({Json{{"locations", std::move(steps)}}})}};
  if (!d.example.empty()) out["message"] = {{"text", d.example}};
  return out;
}

Json fingerprint_of(const std::string& fingerprint) {
  // The second is the name by which GitHub's code scanning knows a finding again.
  return {{"fairleadFinding/v2", fingerprint}, {"primaryLocationLineHash", fingerprint + ":1"}};
}

/// What was found when the baseline was written, and is not any more.
Json absent(const Findings& found, const Noted& gone) {
  Json out{{"ruleId", gone.code},
           {"message", {{"text", gone.message}}},
           {"baselineState", "absent"},
           {"partialFingerprints", fingerprint_of(gone.fingerprint)}};
  if (gone.file.empty()) return out;
  const std::string path = (std::filesystem::path(found.compiled->folder) / gone.file).lexically_normal().string();
  out["locations"] = Json::array({Json{{"physicalLocation", {{"artifactLocation", {{"uri", uri(path)}}}}}}});
  return out;
}

}  // namespace

std::string sarif(const Findings& found) {
  std::vector<Code> used;
  for (const Finding& finding : found.all) used.push_back(finding.diagnostic->code);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  Json rules = Json::array();
  for (const Code code : used) rules.push_back(rule_of(code));

  Json results = Json::array();
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    Json one{{"ruleId", grammar::to_string(d.code)},
             {"ruleIndex", std::lower_bound(used.begin(), used.end(), d.code) - used.begin()},
             {"level", word(d.severity)},
             {"message", {{"text", sentence(finding)}}}};
    Json locations = Json::array();
    if (const auto at = region(found, d.primary)) locations.push_back(location_of(*at, d.primary.text));
    one["locations"] = std::move(locations);
    Json related = Json::array();
    for (const grammar::Label& label : d.secondary) {
      if (const auto at = region(found, label)) related.push_back(location_of(*at, label.text));
    }
    if (!related.empty()) one["relatedLocations"] = std::move(related);
    if (!d.way.empty()) one["codeFlows"] = Json::array({flow_of(found, d)});
    Json fixes = Json::array();
    for (const grammar::Fix& fix : d.fixes) fixes.push_back(fix_of(fix, found));
    if (!fixes.empty()) one["fixes"] = std::move(fixes);
    one["partialFingerprints"] = fingerprint_of(finding.fingerprint);
    if (found.compared) one["baselineState"] = finding.known ? "unchanged" : "new";
    results.push_back(std::move(one));
  }
  for (const Noted& gone : found.gone) results.push_back(absent(found, gone));

  Json run{{"tool", {{"driver", {{"name", "Fairlead"}, {"rules", std::move(rules)}}}}},
           {"columnKind", "unicodeCodePoints"},
           {"results", std::move(results)}};
  const Json out{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({std::move(run)})}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::compiler::report
