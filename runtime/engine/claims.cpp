// What no content may say, asked of the texts as they go out: what a hole put there is in them.
#include <nlohmann/json.hpp>

#include "runtime/engine/sender.hpp"
#include "runtime/values/fold.hpp"

namespace fairlead::engine {

namespace {

/// Of a message's form (Turn::payload): who, where and when. What is left are its texts.
bool about_the_message(std::string_view key) {
  for (const std::string_view known : {"key", "channel", "to", "content", "workflow", "at"}) {
    if (key == known) return true;
  }
  return false;
}

/// Without marks of HTML, each replaced by `by`. What is not HTML may lose words by that, so it is only looked at
/// beside the text itself.
std::string without_marks(std::string_view text, std::string_view by) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('<'), text.size());
    out += text.substr(0, open);
    const std::size_t close = text.find('>', open);
    if (close == std::string_view::npos) return out + std::string(text.substr(open));
    out += by;
    text.remove_prefix(close + 1);
  }
  return out;
}

/// A text as readers may see it: a line break parts words, bold type does not.
void add_readings(std::vector<std::string>& texts, const std::string& text) {
  texts.push_back(folded(text));
  if (text.find('<') == std::string::npos) return;
  texts.push_back(folded(without_marks(text, " ")));
  texts.push_back(folded(without_marks(text, "")));
}

}  // namespace

Judged judge_words(Engine& engine, const Version& pinned, const Sending& sending, std::string_view payload) {
  const Version& newest = engine.deployments().newest();
  const Version& version = newest.workflows.contains(sending.workflow) ? newest : pinned;
  Judged out;
  const auto workflow = version.workflows.find(sending.workflow);
  if (workflow == version.workflows.end()) return out;
  std::vector<std::string> texts;
  for (const Index index : version.module.workflows[workflow->second].rules) {
    const bytecode::Rule& rule = version.module.rules[index];
    if (rule.kind != bytecode::RuleKind::ban) continue;
    if (!rule.channels.empty() && std::none_of(rule.channels.begin(), rule.channels.end(), [&](Index channel) {
          return version.module.channels[channel].name == sending.channel;
        }))
      continue;
    if (texts.empty()) {
      const nlohmann::json message = nlohmann::json::parse(payload, nullptr, false);
      for (const auto& [key, value] : message.items()) {
        if (!about_the_message(key) && value.is_string()) add_readings(texts, value.get<std::string>());
      }
    }
    engine.asked(rule.name);
    for (const std::string& word : rule.words) {
      const std::string phrase = folded(word);
      if (std::none_of(texts.begin(), texts.end(), [&](const std::string& text) { return says(text, phrase); }))
        continue;
      const auto kind =
          rule.otherwise == bytecode::Otherwise::stop ? guard::Verdict::Kind::stop : guard::Verdict::Kind::skip;
      if (out.kind < kind) {
        out.kind = kind;
        out.rule = rule.name;
      }
    }
  }
  return out;
}

}  // namespace fairlead::engine
