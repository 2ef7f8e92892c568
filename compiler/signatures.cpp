// Reads and judges signatures of waivers.
#include "compiler/signatures.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/values/signature.hpp"

namespace fairlead::compiler {

namespace {

using Json = nlohmann::ordered_json;

/// Its parts by name, in the order in which they are written and signed.
template <class S, class Act>
void parts(S& s, const Act& act) {
  act("project", s.project);
  act("workflow", s.workflow);
  act("rule", s.rule);
  act("until", s.until);
  act("because", s.because);
  act("rule_hash", s.rule_hash);
  act("workflow_hash", s.workflow_hash);
  act("by", s.by);
  act("at", s.at);
}

Json json_of(const Signature& s) {
  Json out;
  parts(s, [&](const char* name, const std::string& value) { out[name] = value; });
  return out;
}

std::string written(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string key_file(std::string_view address) {
  // It becomes the name of a file, and comes from one that anybody may have written.
  const bool plain =
      !address.empty() && address.front() != '.' && std::all_of(address.begin(), address.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("@._+-").find(static_cast<char>(c)) != std::string_view::npos;
      });
  return plain ? "signers/" + std::string(address) + ".pem" : std::string();
}

std::string Signature::text() const {
  return "fairlead waiver\n" + written(json_of(*this));
}

std::string Signature::line() const {
  Json out = json_of(*this);
  out["signature"] = signature;
  return written(out);
}

std::vector<Signature> read_signatures(std::string_view text, std::size_t* unreadable) {
  std::vector<Signature> out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    Signature one;
    bool whole = json.is_object();
    const auto take = [&](const char* name, std::string& value) {
      whole = whole && json.contains(name) && json[name].is_string();
      if (whole) value = json[name].get<std::string>();
    };
    parts(one, take);
    take("signature", one.signature);
    if (whole) {
      out.push_back(std::move(one));
    } else if (unreadable != nullptr) {
      ++*unreadable;
    }
  }
  return out;
}

Signatures::Signatures(ProjectFiles project) : project_(std::move(project)) {
  if (!project_.read) return;
  const auto text = project_.read((std::filesystem::path(project_.root) / signatures_file).lexically_normal().string());
  if (text) all_ = read_signatures(*text);
}

void Signatures::judge(AskedWaiver& asked) const {
  const Signature& wanted = asked.wanted;
  const auto held = [&](const Signature& given) {
    if (given.project != wanted.project || given.rule_hash != wanted.rule_hash) return Standing::rule_changed;
    if (given.workflow_hash != wanted.workflow_hash) return Standing::workflow_changed;
    if (given.until != wanted.until || given.because != wanted.because) return Standing::terms_changed;
    if (std::find(asked.may_sign.begin(), asked.may_sign.end(), given.by) == asked.may_sign.end())
      return Standing::not_in_role;
    if (given.by == asked.owner) return Standing::own_workflow;
    const std::string file = key_file(given.by);
    const auto key = file.empty()
                         ? tl::expected<std::string, Unread>(tl::unexpect, Unread::absent)
                         : project_.read((std::filesystem::path(project_.root) / file).lexically_normal().string());
    if (!key) return Standing::no_key;
    return verify_signature(*key, given.text(), given.signature) ? Standing::signed_ : Standing::forged;
  };
  asked.standing = Standing::unsigned_;
  for (const Signature& given : all_) {
    if (given.workflow != wanted.workflow || given.rule != wanted.rule) continue;
    // One that holds is enough; of those that do not, the last one says why.
    asked.standing = held(given);
    asked.waiver.signed_by = given.by;
    if (asked.standing != Standing::signed_) continue;
    asked.waiver.signed_at = parse_instant(given.at).value_or(Instant{});
    return;
  }
}

}  // namespace fairlead::compiler
