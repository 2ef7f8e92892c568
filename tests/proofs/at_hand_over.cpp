#include "tests/proofs/at_hand_over.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/engine/world.hpp"

namespace fairlead::soundness {

using bytecode::Index;
using bytecode::RuleKind;
using engine::testing::must;

std::vector<std::string> AtHandOver::broken(const Filled& filled) {
  const std::uint32_t workflow = name_id(filled.pass.workflow);
  const auto knows = [&](const engine::Version& version) {
    return version.workflows.contains(workflow) && version.contents.contains(name_id(filled.content)) &&
           version.channels.contains(name_id(filled.channel));
  };
  // A version that does not know the message any more has no rules for it.
  const engine::Version& newest = engine_.deployments().newest();
  const engine::Version& version = knows(newest) ? newest : *engine_.deployments().find(filled.version);
  engine::Turn turn(engine_, filled.pass.contact, now_);
  vm::World world = must(turn.world(version, nullptr));
  guard::Site site;
  site.workflow = version.workflows.at(workflow);
  site.content = version.contents.at(name_id(filled.content));
  site.channel = version.channels.at(name_id(filled.channel));
  site.project_zone = &version.zone;
  std::vector<std::string> out;
  const std::vector<Index>& rules = version.module.workflows[site.workflow].rules;
  for (const Index r : rules) {
    const RuleKind kind = version.module.rules[r].kind;
    if (kind != RuleKind::forbid && kind != RuleKind::closed) continue;
    std::vector<Index> alone{r}, asked;
    if (kind == RuleKind::closed) {
      for (const Index other : rules) {
        if (version.module.rules[other].kind == RuleKind::allow) alone.push_back(other);
      }
    }
    const guard::Verdict verdict = guard::judge(*version.program, alone, site, world, guard::Ask::forbidding, asked);
    if (verdict.kind != guard::Verdict::Kind::allowed) out.push_back(version.module.rules[r].name);
  }
  return out;
}

connect::Answer AtHandOver::answer(const connect::Message& message) {
  const auto found = filled_.find(message.key);
  if (found == filled_.end()) {
    found_.push_back(message.key + " is handed over, and nobody filled it");
    return {};
  }
  Filled& filled = found->second;
  ++figures_.handed;
  if (filled.tried) ++figures_.again;
  if (filled.at < now_) ++figures_.later;
  if (filled.in_force != engine_.deployments().newest().number) ++figures_.other_policies;
  filled.tried = true;
  for (const std::string& rule : broken(filled)) {
    found_.push_back(fmt::format("{} {} by {} goes out at {} and breaks {}; committed at {}", message.key,
                                 filled.content, filled.channel, to_string(now_), rule, to_string(filled.at)));
  }
  if (dice_.likely(70)) return {};
  if (dice_.likely(10)) return {connect::Outcome::refused, "no", {}};
  return {connect::Outcome::failed, "busy", hours(dice_.below(30))};
}

void AtHandOver::hear(const audit::Entry& entry) {
  if (const auto* entered = std::get_if<audit::Entered>(&entry))
    follows_[audit::to_string(entered->pass)] = entered->version;
  if (const auto* moved = std::get_if<audit::Moved>(&entry)) follows_[audit::to_string(moved->pass)] = moved->to;
  if (const auto* effect = std::get_if<audit::Effect>(&entry); effect != nullptr && !effect->suppressed) {
    filled_[effect->key] = {effect->pass,
                            effect->content,
                            effect->channel,
                            follows_.at(audit::to_string(effect->pass)),
                            engine_.deployments().newest().number,
                            now_,
                            false};
  }
  const auto* handed = std::get_if<audit::Handed>(&entry);
  if (handed == nullptr || !filled_.contains(handed->key)) return;
  using Result = audit::Handed::Result;
  if (handed->result != Result::withheld && handed->result != Result::deferred) return;
  // Else it was withheld for another reason than a rule.
  if (handed->detail.find('.') == std::string::npos) return;
  ++(handed->result == Result::withheld ? figures_.withheld : figures_.deferred);
  const std::vector<std::string> rules = broken(filled_.at(handed->key));
  if (std::ranges::find(rules, handed->detail) == rules.end()) {
    found_.push_back(fmt::format("{} is kept back at {} by {}, which it does not break", handed->key, to_string(now_),
                                 handed->detail));
  }
}

}  // namespace fairlead::soundness
