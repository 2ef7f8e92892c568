// Everything that a diagnostic holds, as an array of objects.
#include <nlohmann/json.hpp>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

namespace {

using Json = nlohmann::ordered_json;

/// Lines and columns as people count them, columns in characters; offsets in bytes.
void add_place(Json& out, const Region& at) {
  out["file"] = at.path;
  out["line"] = at.begin.line;
  out["column"] = at.begin.column;
  out["end_line"] = at.end.line;
  out["end_column"] = at.end.column;
  out["offset"] = at.span.begin;
  out["end_offset"] = at.span.end;
}

Json fix_of(const grammar::Fix& fix, const Findings& found) {
  Json edits = Json::array();
  for (const grammar::Edit& edit : fix.edits) {
    Json one = Json::object();
    if (const auto at = region(found, edit.file, edit.span)) add_place(one, *at);
    one["text"] = edit.text;
    edits.push_back(std::move(one));
  }
  return {{"title", fix.title}, {"mechanical", fix.mechanical}, {"edits", std::move(edits)}};
}

Json places(const std::vector<grammar::Label>& labels, const Findings& found) {
  Json out = Json::array();
  for (const grammar::Label& label : labels) {
    Json one = Json::object();
    if (const auto at = region(found, label)) add_place(one, *at);
    one["label"] = label.text;
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::string json(const Findings& found) {
  Json out = Json::array();
  for (const Finding& finding : found.all) {
    const grammar::Diagnostic& d = *finding.diagnostic;
    Json one{{"code", grammar::to_string(d.code)}, {"severity", word(d.severity)}, {"message", d.message}};
    if (const auto at = region(found, d.primary)) {
      add_place(one, *at);
      if (!d.primary.text.empty()) one["label"] = d.primary.text;
    }
    one["fingerprint"] = finding.fingerprint;
    if (!finding.declaration.empty()) one["in"] = finding.declaration;
    if (found.compared) one["known"] = finding.known;
    if (Json way = places(d.way, found); !way.empty()) one["way"] = std::move(way);
    if (!d.example.empty()) one["example"] = d.example;
    if (Json related = places(d.secondary, found); !related.empty()) one["related"] = std::move(related);
    if (!d.help.empty()) one["help"] = d.help;
    Json fixes = Json::array();
    for (const grammar::Fix& fix : d.fixes) fixes.push_back(fix_of(fix, found));
    if (!fixes.empty()) one["fixes"] = std::move(fixes);
    out.push_back(std::move(one));
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::compiler::report
