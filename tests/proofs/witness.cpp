#include "tests/proofs/witness.hpp"

#include <fmt/format.h>

#include "tests/engine/world.hpp"

namespace fairlead::soundness {

using bytecode::Index;
using bytecode::Rule;
using bytecode::RuleKind;
using bytecode::StepKind;
using engine::testing::must;

Witness::Witness(engine::Engine& engine, const bytecode::Module& module, Life& life, bool told)
    : engine_(engine), module_(module), life_(life), told_(told), version_(engine.deployments().newest().number) {
  for (Index s = 0; s < module.steps.size(); ++s) steps_.emplace(module.steps[s].key, s);
}

const engine::Instance* Witness::instance_of(const audit::Pass& pass) {
  const engine::Cell* cell = must(engine_.cell(pass.contact));
  const std::uint32_t workflow = name_id(pass.workflow);
  for (const engine::Instance& instance : cell->instances) {
    if (instance.workflow == workflow && instance.serial == pass.serial) return &instance;
  }
  return nullptr;
}

Instant Witness::now_of(const audit::Pass& pass, const engine::Instance& instance) const {
  const auto held = held_.find(audit::to_string(pass));
  return held == held_.end() ? instance.since : held->second;
}

void Witness::fires(const Pair& pair, const audit::Pass& pass, Instant at, const std::string& how) {
  ++life_.fires;
  (in_force_ ? life_.fired : life_.fired_later)
      .try_emplace(pair, fmt::format("{} {} {}", to_string(at), audit::to_string(pass), how));
}

/// Each rule alone, of the message that the pass is about to send.
void Witness::ask(const audit::Pass& pass, const std::string& key) {
  const auto found = steps_.find(key);
  const engine::Instance* instance = instance_of(pass);
  if (found == steps_.end() || instance == nullptr) return;
  const bytecode::Step& step = module_.steps[found->second];
  if (step.kind != StepKind::send) return;
  const engine::Version& version = *engine_.deployments().find(version_);
  now_ = now_of(pass, *instance);
  engine::Turn turn(engine_, pass.contact, now_);
  vm::World world = must(turn.world(version, nullptr));
  const bytecode::Content& content = module_.contents[step.content];
  const bool owed = content.transactional && instance->mode == audit::Mode::held_out;
  guard::Site site;
  site.workflow = version.workflows.at(instance->workflow);
  site.content = step.content;
  site.channel = step.channel;
  site.side = owed || instance->mode == audit::Mode::live ? guard::Side::out : guard::Side::held_out;
  site.project_zone = &version.zone;
  site.counted = must(engine_.cell(pass.contact))->counted;
  const std::vector<Index>& rules = module_.workflows[site.workflow].rules;
  for (const Index r : rules) {
    std::vector<Index> alone{r}, asked;
    if (module_.rules[r].kind == RuleKind::allow) continue;
    // `default forbid` is asked beside what allows.
    if (module_.rules[r].kind == RuleKind::closed) {
      for (const Index other : rules) {
        if (module_.rules[other].kind == RuleKind::allow) alone.push_back(other);
      }
    }
    ++life_.asked;
    const guard::Verdict verdict = guard::judge(*version.program, alone, site, world, guard::Ask::all, asked);
    if (verdict.rule == r) fires({key, module_.rules[r].name}, pass, now_, "asked by itself");
  }
  zone_ = world.zone == nullptr ? version.zone : *world.zone;
}

void Witness::hear(const audit::Entry& entry) {
  ++life_.entries;
  const auto follows = [this](const audit::Pass& pass) { return passes_.contains(audit::to_string(pass)); };
  if (const auto* entered = std::get_if<audit::Entered>(&entry); entered != nullptr && entered->version == version_) {
    ++life_.passes;
    passes_.insert(audit::to_string(entered->pass));
  }
  if (const auto* moved = std::get_if<audit::Moved>(&entry)) passes_.erase(audit::to_string(moved->pass));
  if (const auto* taken = std::get_if<audit::StepTaken>(&entry); taken != nullptr && follows(taken->pass)) {
    (in_force_ ? life_.reached : life_.reached_later).insert(taken->step);
    held_.erase(audit::to_string(taken->pass));
  }
  // What is said at hand-over is said of no step.
  if (const auto* guarded = std::get_if<audit::Guarded>(&entry);
      guarded != nullptr && follows(guarded->pass) && !guarded->step.empty()) {
    ask(guarded->pass, guarded->step);
    if (!guarded->rule.empty() && in_force_) {
      life_.said.insert({guarded->step, guarded->rule});
      fires({guarded->step, guarded->rule}, guarded->pass, now_, "said in the audit");
    }
    if (guarded->action == audit::Guarded::Action::deferred) held_[audit::to_string(guarded->pass)] = guarded->until;
  }
  if (const auto* effect = std::get_if<audit::Effect>(&entry); effect != nullptr && follows(effect->pass)) {
    ask(effect->pass, effect->step);
    const bytecode::Step& step = module_.steps[steps_.at(effect->step)];
    life_.messages.push_back({now_, zone_, effect->step, effect->channel, effect->pass.workflow,
                              effect->pass.contact.id, !module_.contents[step.content].transactional,
                              !effect->suppressed});
  }
  if (told_) tell(entry);
}

void Witness::tell(const audit::Entry& entry) {
  if (const auto* e = std::get_if<audit::Entered>(&entry))
    life_.story.push_back(
        fmt::format("  {} enters{}", audit::to_string(e->pass), e->mode == audit::Mode::live ? "" : ", held out"));
  if (const auto* e = std::get_if<audit::StepTaken>(&entry)) {
    life_.story.push_back(fmt::format("  {} comes to {}", audit::to_string(e->pass), e->step));
  }
  if (const auto* e = std::get_if<audit::Left>(&entry))
    life_.story.push_back(fmt::format("  {} leaves: {}", audit::to_string(e->pass), e->reason));
  if (const auto* e = std::get_if<audit::Effect>(&entry))
    life_.story.push_back(
        fmt::format("  {} {} sends {} by {}", to_string(now_), audit::to_string(e->pass), e->content, e->channel));
  if (const auto* e = std::get_if<audit::Guarded>(&entry))
    life_.story.push_back(
        fmt::format("  {} {} at {}: {} {}", to_string(now_), audit::to_string(e->pass), e->step,
                    e->rule.empty() ? "impossible, " + e->detail : e->rule,
                    e->action == audit::Guarded::Action::deferred ? "until " + to_string(e->until) : ""));
  if (const auto* e = std::get_if<audit::EventTaken>(&entry))
    life_.story.push_back(fmt::format("{} contact {}: {}", to_string(e->at), e->contact.id, e->type));
  if (const auto* e = std::get_if<audit::ContactStored>(&entry))
    life_.story.push_back(fmt::format("contact {} is stored", e->contact.id));
}

}  // namespace fairlead::soundness
