// Words for what two versions of a project's policies have and have not in common.
#include "cli/diff_words.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace fairlead::cli {

namespace {

using compiler::diff::Change;
using compiler::diff::Difference;
using compiler::diff::Direction;
using compiler::diff::RuleAt;
using compiler::diff::Same;

std::string ways(std::size_t n) {
  return fmt::format("{} way{}", n, n == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& all) {
  return fmt::format("{}", fmt::join(all, ", "));
}

/// `send by sms: was put off, is allowed now`
std::string sentence(const Change& change) {
  return change.acts.empty() ? change.what : fmt::format("{}: {}", listed(change.acts), change.what);
}

std::string place(const RuleAt& rule) {
  return fmt::format("{} ({}:{})", rule.name, rule.file, rule.line);
}

std::string shade(Direction direction) {
  return direction == Direction::looser ? "31" : direction == Direction::stricter ? "32" : "33";
}

/// The rules of one side, a line each; `none` where there is no such rule.
std::vector<std::string> rules(const std::vector<RuleAt>& all, const Change& change) {
  std::vector<std::string> out;
  for (const RuleAt& rule : all) out.push_back(fmt::format("{}: {}", place(rule), rule.text));
  if (out.empty() && !(change.before.empty() && change.after.empty())) out.emplace_back("no such rule");
  return out;
}

/// The lines below a change: what each is called, and what it says.
std::vector<std::pair<std::string, std::string>> details(const Change& change) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!change.under.empty()) out.emplace_back("in", listed(change.under));
  if (!change.shows.empty()) out.emplace_back("for example", change.shows);
  for (const std::string& rule : rules(change.before, change)) out.emplace_back("old", rule);
  for (const std::string& rule : rules(change.after, change)) out.emplace_back("new", rule);
  if (!change.touches.empty())
    out.emplace_back("touches", fmt::format("{} step{}: {}", change.touches.size(),
                                            change.touches.size() == 1 ? "" : "s", listed(change.touches)));
  return out;
}

std::string same_words(const Same& same) {
  if (same.before.empty()) return same.after + " is new";
  if (same.after.empty()) return same.before + " is gone";
  return same.before == same.after ? same.after + " is written otherwise"
                                   : fmt::format("{} is called {} now", same.before, same.after);
}

}  // namespace

std::string headline(const Difference& difference) {
  const std::size_t looser = difference.count(Direction::looser), stricter = difference.count(Direction::stricter),
                    unknown = difference.count(Direction::unknown);
  std::string out;
  if (looser != 0 && stricter != 0) {
    out = fmt::format("NEW is looser in {} and stricter in {}.", ways(looser), stricter);
  } else if (looser != 0) {
    out = fmt::format("NEW is looser in {}, and stricter in none.", ways(looser));
  } else if (stricter != 0) {
    out = fmt::format("NEW is stricter in {}, and looser in none.", ways(stricter));
  } else {
    out = unknown != 0 ? "Nothing else is newly allowed or newly forbidden."
                       : "NEW allows what OLD allows, and forbids what OLD forbids.";
  }
  if (unknown != 0) out += fmt::format(" In {} it cannot be told.", ways(unknown));
  return out;
}

std::string as_text(const Compared& compared, bool colour) {
  const Difference& difference = compared.difference;
  std::string out = fmt::format("OLD is {} ({} rules), NEW is {} ({} rules)\n{}\n", compared.before,
                                difference.rules_before, compared.after, difference.rules_after, headline(difference));
  for (const Change& change : difference.changes) {
    const std::string word = fmt::format("{:<11}", to_string(change.direction));
    out += fmt::format("\n{} {}\n", colour ? fmt::format("\x1b[{}m{}\x1b[0m", shade(change.direction), word) : word,
                       sentence(change));
    for (const auto& [what, says] : details(change)) out += fmt::format("  {:<12}{}\n", what, says);
  }
  if (difference.same.empty()) return out;
  out += "\nNothing changes by these:\n";
  for (const Same& same : difference.same) out += fmt::format("  {}\n", same_words(same));
  return out;
}

std::string as_markdown(const Compared& compared) {
  const Difference& difference = compared.difference;
  std::string out = fmt::format("### Policies: {}\n\n{} → {}\n", headline(difference), compared.before, compared.after);
  for (const Change& change : difference.changes) {
    out += fmt::format("\n**{}** {}\n\n", to_string(change.direction), sentence(change));
    for (const auto& [what, says] : details(change)) {
      const bool rule = (what == "old" || what == "new") && says.find(": ") != std::string::npos;
      if (!rule) {
        out += fmt::format("- {}: {}\n", what, says);
        continue;
      }
      // A rule may say anything; between backquotes it stays as it is.
      const std::size_t end = says.find("): ") + 1;
      out += fmt::format("- {}: {} `` {} ``\n", what, says.substr(0, end), says.substr(end + 2));
    }
  }
  if (difference.same.empty()) return out;
  out += "\nNothing changes by these:\n\n";
  for (const Same& same : difference.same) out += fmt::format("- {}\n", same_words(same));
  return out;
}

nlohmann::json as_json(const Compared& compared) {
  const Difference& difference = compared.difference;
  const auto rules_of = [](const std::vector<RuleAt>& all) {
    nlohmann::json out = nlohmann::json::array();
    for (const RuleAt& rule : all)
      out.push_back({{"name", rule.name}, {"text", rule.text}, {"file", rule.file}, {"line", rule.line}});
    return out;
  };
  nlohmann::json changes = nlohmann::json::array();
  for (const Change& change : difference.changes) {
    nlohmann::json example = nlohmann::json::array();
    for (const auto& given : change.example) example.push_back(given.words);
    nlohmann::json one = {
        {"direction", change.direction == Direction::unknown ? "unknown" : to_string(change.direction)},
        {"what", change.what},
        {"acts", change.acts},
        {"in", change.under},
        {"example", example},
        {"shows", change.shows},
        {"before", rules_of(change.before)},
        {"after", rules_of(change.after)},
        {"touches", change.touches}};
    if (change.fates) {
      one["was"] = to_string(change.fates->first);
      one["is"] = to_string(change.fates->second);
    }
    changes.push_back(std::move(one));
  }
  nlohmann::json same = nlohmann::json::array();
  for (const Same& one : difference.same) same.push_back({{"before", one.before}, {"after", one.after}});
  return {{"before", compared.before},
          {"after", compared.after},
          {"looser", difference.count(Direction::looser)},
          {"stricter", difference.count(Direction::stricter)},
          {"unknown", difference.count(Direction::unknown)},
          {"changes", changes},
          {"same", same}};
}

}  // namespace fairlead::cli
