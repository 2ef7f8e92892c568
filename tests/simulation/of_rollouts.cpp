#include "tests/simulation/of_rollouts.hpp"

#include <utility>

namespace fairlead::simulation {

bool OfRollouts::over(const Standing& standing, Instant at) {
  if (standing.stage == 0) return false;
  const std::optional<Duration> lasts = standing.stages[standing.stage - 1].lasts;
  return lasts && !(at < standing.since + *lasts);
}

bool OfRollouts::in_share(const std::string& workflow, store::ContactId contact, std::int64_t percent) const {
  const std::string who = fmt::format("{}-{}", contact.part, contact.id);
  const std::uint64_t hash = stable_hash({known_.seen.salt, "rollout", workflow, who});
  return static_cast<std::int64_t>(hash % 1'000'000'000) < percent * 10'000'000;
}

void OfRollouts::see(Instant at, const audit::RolledOut& rolled) {
  const auto says = known_.says().rollouts.find(rolled.workflow);
  if (rolled.stages.empty()) {
    if (standing_.erase(rolled.workflow) == 0 || says != known_.says().rollouts.end())
      known_.wrong("the rollout of {} is over, and is not", rolled.workflow);
    return;
  }
  if (says == known_.says().rollouts.end())
    return known_.wrong("{} is rolled out, and says nothing of it", rolled.workflow);
  const std::vector<StageSays>& stages = says->second;
  const auto known = standing_.find(rolled.workflow);
  const bool first = known == standing_.end() || known->second.stages != stages;
  if (first && (rolled.stage != (stages[0].approval ? 0U : 1U) || !rolled.by.empty()))
    known_.wrong("the rollout of {} begins with stage {}", rolled.workflow, rolled.stage);
  if (!first) {
    const Standing& before = known->second;
    if (rolled.stage != before.stage + 1 || stages.size() < rolled.stage)
      return known_.wrong("stage {} of {} begins after {}", rolled.stage, rolled.workflow, before.stage);
    const bool asked = stages[rolled.stage - 1].approval;
    const bool lasts = before.stage > 0 && stages[before.stage - 1].lasts && !over(before, at);
    const bool has_role = rolled.by == "lee@a.example" || rolled.by == "sam@a.example";
    if (lasts || (!asked && before.stage > 0 && !over(before, at)))
      known_.wrong("stage {} of {} begins before the last is over", rolled.stage, rolled.workflow);
    if (asked ? !has_role : !rolled.by.empty())
      known_.wrong("stage {} of {} begins by the word of `{}`", rolled.stage, rolled.workflow, rolled.by);
  }
  standing_[rolled.workflow] = {stages, rolled.stage, at};
}

void OfRollouts::see(Instant at, const audit::Entered& entered) {
  const std::string& workflow = entered.pass.workflow;
  const bool shadow = entered.mode == audit::Mode::shadow;
  const bool inherits = std::exchange(followed_out_of_shadow_, std::nullopt) == entered.pass.contact;
  if (inherits && !shadow) known_.wrong("{} follows out of a shadow, and is none", name(entered.pass));
  const auto standing = standing_.find(workflow);
  if (standing == standing_.end()) {
    if (shadow && !inherits) known_.wrong("{} begins in shadow, and nothing is rolled out", name(entered.pass));
    return;
  }
  const auto& [stages, stage, since] = standing->second;
  if (stage == 0) return known_.wrong("{} begins, and its rollout has not", name(entered.pass));
  if (stage < stages.size() && !stages[stage].approval && over(standing->second, at))
    known_.wrong("{} begins at {} in stage {}, which is over", name(entered.pass), to_string(at), stage);
  if (shadow != (stages[stage - 1].shadow || inherits))
    known_.wrong("{} begins in shadow, or does not", name(entered.pass));
  if (!stages[stage - 1].shadow && !in_share(workflow, entered.pass.contact, stages[stage - 1].percent))
    known_.wrong("{} begins, and the rollout does not reach it", name(entered.pass));
}

void OfRollouts::see(Instant, const audit::KeptOut& kept) {
  if (!kept.reason.starts_with("its rollout ")) return;
  const auto standing = standing_.find(kept.workflow);
  const std::size_t stage = standing == standing_.end() ? 0 : standing->second.stage;
  if (kept.reason.starts_with("its rollout has not begun")
          ? standing == standing_.end() || stage != 0
          : stage == 0 || in_share(kept.workflow, kept.contact, standing->second.stages[stage - 1].percent))
    known_.wrong("{}-{} is kept out of {}, and {} is not so", kept.contact.part, kept.contact.id, kept.workflow,
                 kept.reason);
}

void OfRollouts::batch_over() {
  if (known_.version == 0) return;
  for (const auto& [workflow, stages] : known_.says().rollouts) {
    const auto standing = standing_.find(workflow);
    if (standing == standing_.end() || standing->second.stages != stages)
      known_.wrong("batch {}: {} says a rollout, and it has not begun", known_.seq, workflow);
  }
  for (const auto& [workflow, standing] : standing_) {
    if (!known_.says().rollouts.contains(workflow))
      known_.wrong("batch {}: the rollout of {} goes on, and it says none", known_.seq, workflow);
  }
}

}  // namespace fairlead::simulation
