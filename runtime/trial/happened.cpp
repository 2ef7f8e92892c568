// What happened in a test since its last act.
#include "runtime/trial/happened.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fairlead::trial {

namespace {

template <class... Act>
struct Cases : Act... {
  using Act::operator()...;
};
template <class... Act>
Cases(Act...) -> Cases<Act...>;

/// The content that a step sends; empty where it sends none.
std::string content_of(const bytecode::Module& module, const std::string& key) {
  const auto at =
      std::find_if(module.steps.begin(), module.steps.end(), [&](const bytecode::Step& s) { return s.key == key; });
  return at == module.steps.end() || at->content == bytecode::none ? "" : module.contents[at->content].name;
}

}  // namespace

std::string shown(Instant at, const Zone& zone) {
  const CivilTime civil = zone.civil(at);
  return fmt::format("{} {}", to_string(civil.date), to_string(civil.time));
}

void Happened::begin() {
  sent.clear();
  left.clear();
  entered.clear();
  decided.clear();
  std::erase_if(kept_back_, [](const auto& entry) { return !entry.second.waits; });
}

Result<void> Happened::read(std::string_view audit, const bytecode::Module& module, const Zone& zone) {
  const Result<std::vector<audit::Stamped>> entries = audit::read(audit);
  if (!entries) return tl::unexpected(entries.error());
  const auto keep_back = [&](const std::string& content, std::string how, bool waits) {
    if (!content.empty()) kept_back_[content] = {fmt::format("`{}` {}", content, how), waits};
  };
  const auto put_off = [&](const std::string& rule, Instant until) {
    return fmt::format("was put off by `{}` until {}", rule, shown(until, zone));
  };
  for (const audit::Stamped& entry : *entries) {
    std::visit(Cases{
                   [&](const audit::Entered& e) { entered.push_back(e.pass.workflow); },
                   [&](const audit::Left& e) { left.push_back(e.pass.workflow); },
                   [&](const audit::Decided& e) {
                     if (e.chosen < e.shares.size()) decided.emplace_back(e.choice, e.chosen);
                   },
                   [&](const audit::Effect& e) { kept_back_.erase(e.content); },
                   [&](const audit::Guarded& e) {
                     using Action = audit::Guarded::Action;
                     const std::string content = content_of(module, e.step);
                     if (e.action == Action::deferred) keep_back(content, put_off(e.rule, e.until), true);
                     if (e.action == Action::skipped) {
                       keep_back(content,
                                 e.rule.empty() ? "was not sent: " + e.detail
                                                : fmt::format("was kept back by `{}`{}", e.rule,
                                                              e.detail.empty() ? "" : ": " + e.detail),
                                 false);
                     }
                     if (e.action == Action::impossible) keep_back(content, "could not be made: " + e.detail, false);
                   },
                   [&](const audit::Handed& e) {
                     using Outcome = audit::Handed::Result;
                     if (e.result == Outcome::deferred) keep_back(e.content, put_off(e.detail, e.until), true);
                     if (e.result == Outcome::withheld) {
                       keep_back(e.content,
                                 e.detail == "left" ? std::string("was cancelled, because the contact left")
                                                    : fmt::format("was kept back by `{}`", e.detail),
                                 false);
                     }
                   },
                   [](const auto&) {},
               },
               entry.entry);
  }
  return {};
}

std::string Happened::what_was_sent() const {
  std::string out;
  for (const Sent& one : sent) out += fmt::format("{}`{}` by {}", out.empty() ? "" : ", ", one.content, one.channel);
  return out.empty() ? "nothing" : out;
}

std::string Happened::why_not(const std::string& content) const {
  const auto at = kept_back_.find(content);
  return at == kept_back_.end() ? "" : at->second.text;
}

Result<std::vector<connect::Answer>> Happened::deliver(const std::vector<connect::Message>& messages) {
  for (const connect::Message& message : messages) {
    const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
    if (!payload.contains("channel")) continue;  // a call is no message
    sent.push_back({payload.value("content", ""), payload.value("channel", "")});
    kept_back_.erase(sent.back().content);
  }
  return std::vector<connect::Answer>(messages.size());
}

}  // namespace fairlead::trial
