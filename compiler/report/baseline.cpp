// Baselines are JSON, an object a finding, so that a review shows each that comes or goes.
#include "compiler/report/baseline.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "compiler/report/report.hpp"

namespace fairlead::compiler::report {

namespace {

using Json = nlohmann::ordered_json;
constexpr int version = 1;

Noted noted(const Finding& finding) {
  return {finding.fingerprint, grammar::to_string(finding.diagnostic->code), well_formed(finding.path),
          well_formed(finding.declaration), well_formed(finding.diagnostic->message)};
}

/// The findings of a file; nothing where it is none.
std::optional<std::vector<Noted>> read(std::string_view text) {
  const Json file = Json::parse(text, nullptr, false);
  if (!file.is_object() || file.value("fairlead_baseline", Json()) != version) return std::nullopt;
  const auto list = file.find("findings");
  if (list == file.end() || !list->is_array()) return std::nullopt;
  std::vector<Noted> out;
  for (const Json& one : *list) {
    if (!one.is_object()) return std::nullopt;
    const auto word = [&](const char* key) {
      const auto at = one.find(key);
      return at != one.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    out.push_back({word("fingerprint"), word("code"), word("file"), word("in"), word("message")});
    if (out.back().fingerprint.empty()) return std::nullopt;
  }
  return out;
}

}  // namespace

std::string write_baseline(const Findings& findings) {
  std::vector<Noted> all;
  for (const Finding& finding : findings.all) all.push_back(noted(finding));
  std::sort(all.begin(), all.end(), [](const Noted& a, const Noted& b) {
    return std::tie(a.file, a.declaration, a.code, a.message, a.fingerprint) <
           std::tie(b.file, b.declaration, b.code, b.message, b.fingerprint);
  });
  Json list = Json::array();
  for (const Noted& one : all) {
    list.push_back({{"code", one.code},
                    {"file", one.file},
                    {"in", one.declaration},
                    {"message", one.message},
                    {"fingerprint", one.fingerprint}});
  }
  return Json{{"fairlead_baseline", version}, {"findings", std::move(list)}}.dump(2) + "\n";
}

bool compare(Findings& findings, std::string_view baseline) {
  const auto before = read(baseline);
  if (!before) return false;
  std::map<std::string_view, const Noted*> open;
  for (const Noted& one : *before) open[one.fingerprint] = &one;
  for (Finding& finding : findings.all) finding.known = open.erase(finding.fingerprint) > 0;
  findings.compared = true;
  for (const Noted& one : *before) {
    if (open.contains(one.fingerprint)) findings.gone.push_back(one);
  }
  return true;
}

}  // namespace fairlead::compiler::report
