// What contents may not say, and what they must have.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/comparison.hpp"
#include "runtime/values/fold.hpp"

namespace fairlead::compiler::diff {

using bytecode::Rule;
using bytecode::RuleKind;

namespace {

class Texts {
 public:
  explicit Texts(Comparison& comparison) : c_(comparison), channels_(channels_of(comparison.joint())) {}

  void compare(const Group& group, Side strict) {
    for (const Index index : of(group.rules, strict)) {
      const Rule& rule = c_.rule(strict, index);
      if (rule.kind != RuleKind::ban && rule.kind != RuleKind::words) continue;
      for (const std::string& word : rule.words) {
        std::vector<std::string> free;
        for (const std::string& channel : channels_) {
          if (binds(strict, rule, channel) && !there(group, other(strict), rule, word, channel))
            free.push_back(channel);
        }
        if (free.empty()) continue;
        Change change{.under = group.under};
        for (const std::string& channel : free) change.acts.push_back(send_by(channel));
        const std::string quoted = rule.hole ? fmt::format("`{}`", word) : fmt::format("\"{}\"", word);
        if (rule.kind == RuleKind::ban) {
          change.what = strict == Side::before ? fmt::format("may say {} now", quoted)
                                               : fmt::format("may not say {} any more", quoted);
          change.shows = fmt::format("a text that says {}", quoted);
        } else {
          change.what = strict == Side::before ? fmt::format("need not have {} any more", quoted)
                                               : fmt::format("must have {} now", quoted);
          change.shows = fmt::format("a content without {}", quoted);
        }
        c_.add(direction(strict), strict, {index}, std::move(change));
      }
    }
  }

 private:
  [[nodiscard]] bool binds(Side side, const Rule& rule, const std::string& channel) const {
    return rule.channels.empty() || std::any_of(rule.channels.begin(), rule.channels.end(), [&](Index one) {
             return c_.module(side).channels[one].name == channel;
           });
  }

  /// Whether some rule of that side comes to the same for this word: who bans a part of a phrase bans the phrase, and
  /// who wants a longer one wants what it says.
  [[nodiscard]] bool there(const Group& group, Side side, const Rule& wanted, const std::string& word,
                           const std::string& channel) const {
    return std::any_of(of(group.rules, side).begin(), of(group.rules, side).end(), [&](Index index) {
      const Rule& rule = c_.rule(side, index);
      if (rule.kind != wanted.kind || rule.hole != wanted.hole || !binds(side, rule, channel)) return false;
      return std::any_of(rule.words.begin(), rule.words.end(), [&](const std::string& other) {
        if (rule.hole) return other == word;
        return rule.kind == RuleKind::ban ? says(folded(word), folded(other)) : says(folded(other), folded(word));
      });
    });
  }

  Comparison& c_;
  std::set<std::string> channels_;
};

}  // namespace

void compare_texts(Comparison& comparison, const std::vector<Group>& groups) {
  Texts texts(comparison);
  for (const Group& group : groups) {
    for (const Side strict : both_sides) texts.compare(group, strict);
  }
}

}  // namespace fairlead::compiler::diff
