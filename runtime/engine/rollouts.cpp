// Rollouts: their stages begin by the clock, by a person's word or by a lift, and an entry of the audit says so each
// time.
#include "runtime/engine/rollouts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::RolloutStage;

namespace {

std::string percent(Decimal share) {
  const Result<Decimal> hundredfold = multiply(share, Decimal::from_int(100));
  return hundredfold.value_or(Decimal()).to_string() + "%";
}

constexpr std::string_view asks_for_lift = " when lift above ";
constexpr std::size_t treated = 0, held = 1;  // groups of passes

/// Whether a stage that has not begun asks for a lift. `stages` as `to_string` writes them.
bool lift_ahead(std::string_view stages, std::uint32_t begun) {
  for (std::uint32_t i = 0; i < begun; ++i) {
    const std::size_t comma = stages.find(',');
    if (comma == std::string_view::npos) return false;
    stages.remove_prefix(comma + 1);
  }
  return stages.find(asks_for_lift) != std::string_view::npos;
}

}  // namespace

void Rollouts::apply(Instant at, const audit::Entry& entry) {
  const auto measured = [&](const audit::Pass& pass) -> Cohorts* {
    const auto known = measured_.find(pass.workflow);
    return known == measured_.end() ? nullptr : &known->second;
  };
  if (const auto* rolled = std::get_if<audit::RolledOut>(&entry)) {
    const Rollout* known = find(rolled->workflow);
    const bool anew = known == nullptr || known->stages != rolled->stages;
    if (rolled->stages.empty()) {
      rollouts_.erase(rolled->workflow);
    } else {
      rollouts_[rolled->workflow] = {rolled->stages, rolled->stage, at, rolled->by, rolled->because};
    }
    if (anew) measured_.erase(rolled->workflow);
    if (lift_ahead(rolled->stages, rolled->stage)) {
      measured_.try_emplace(rolled->workflow);
    } else {
      measured_.erase(rolled->workflow);
    }
  } else if (const auto* entered = std::get_if<audit::Entered>(&entry)) {
    if (entered->mode == audit::Mode::shadow || entered->goal.empty()) return;
    if (Cohorts* of = measured(entered->pass))
      of->began(entered->pass, entered->mode == audit::Mode::held_out ? held : treated, at);
  } else if (const auto* reached = std::get_if<audit::Reached>(&entry)) {
    if (Cohorts* of = measured(reached->pass)) of->reached(reached->pass);
  } else if (const auto* closed = std::get_if<audit::Closed>(&entry)) {
    if (Cohorts* of = measured(closed->pass)) of->over(closed->pass);
  }
}

const Cohorts* Rollouts::measured(const std::string& workflow) const {
  const auto known = measured_.find(workflow);
  return known == measured_.end() ? nullptr : &known->second;
}

const Rollout* Rollouts::find(const std::string& workflow) const {
  const auto known = rollouts_.find(workflow);
  return known == rollouts_.end() ? nullptr : &known->second;
}

std::string Rollouts::save() const {
  ByteWriter out;
  out.varint(rollouts_.size());
  for (const auto& [workflow, rollout] : rollouts_) {
    out.bytes(workflow);
    out.bytes(rollout.stages);
    out.varint(rollout.stage);
    out.signed_varint(rollout.since.ms);
    out.bytes(rollout.by);
    out.bytes(rollout.because);
  }
  // Since lifts are measured.
  if (!measured_.empty()) {
    out.varint(measured_.size());
    for (const auto& [workflow, cohorts] : measured_) {
      out.bytes(workflow);
      cohorts.save(out);
    }
  }
  return out.take();
}

Result<void> Rollouts::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t n = in.varint();
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    Rollout& rollout = rollouts_[std::string(in.bytes())];
    rollout.stages = in.bytes();
    rollout.stage = static_cast<std::uint32_t>(in.varint());
    rollout.since.ms = in.signed_varint();
    rollout.by = in.bytes();
    rollout.because = in.bytes();
  }
  const std::uint64_t measured = in.ok() && !in.at_end() ? in.varint() : 0;
  for (std::uint64_t i = 0; i < measured && in.ok(); ++i) measured_[std::string(in.bytes())].load(in);
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "how far rollouts are cannot be read");
  return {};
}

std::string to_string(const RolloutStage& stage) {
  std::string out = stage.shadow ? "shadow" : percent(stage.share);
  if (stage.lasts) out += fmt::format("{} {}", stage.shadow ? "" : " for", fairlead::to_string(*stage.lasts));
  if (!stage.approval_by.empty()) out += " with approval by " + stage.approval_by;
  if (stage.lift) out += fmt::format("{}{} at {}", asks_for_lift, percent(*stage.lift), percent(stage.confidence));
  return out;
}

std::string to_string(const std::vector<RolloutStage>& stages) {
  std::string out;
  for (const RolloutStage& stage : stages) out += (out.empty() ? "" : ", ") + to_string(stage);
  return out;
}

const RolloutStage* present_stage(const Rollouts& rollouts, const Version& version, Index workflow) {
  const std::vector<RolloutStage>& stages = version.module.workflows[workflow].head.rollout;
  const Rollout* rollout = rollouts.find(version.module.workflows[workflow].name);
  if (rollout == nullptr || rollout->stage == 0 || stages.size() < rollout->stage) return nullptr;
  return &stages[rollout->stage - 1];
}

bool in_shadow(const Rollouts& rollouts, const Version& version, Index workflow) {
  const RolloutStage* stage = present_stage(rollouts, version, workflow);
  return stage != nullptr && stage->shadow;
}

std::string not_reached(const Rollouts& rollouts, const std::string& salt, const Version& version, Index workflow,
                        store::ContactId contact) {
  const bytecode::Workflow& what = version.module.workflows[workflow];
  if (what.head.rollout.empty()) return "";
  const RolloutStage* stage = present_stage(rollouts, version, workflow);
  if (stage == nullptr) return "its rollout has not begun: it waits for " + what.head.rollout.front().approval_by;
  if (stage->shadow || planted(Bug::rollout_for_all)) return "";
  // One hash for all stages, so that whom a smaller share reaches a greater one reaches too.
  const std::string of = planted(Bug::rollout_share_drawn_anew) ? percent(stage->share) : "rollout";
  const std::uint64_t hash = stable_hash({salt, of, what.name, fmt::format("{}-{}", contact.part, contact.id)});
  if (static_cast<int128>(hash % 1'000'000'000) < stage->share.units()) return "";
  return fmt::format("its rollout is at {}, which does not reach everybody yet", percent(stage->share));
}

std::optional<Instant> stage_over(const Rollout& rollout, const std::vector<RolloutStage>& stages) {
  if (rollout.stage == 0 || stages.size() < rollout.stage) return std::nullopt;
  const std::optional<Duration> lasts = stages[rollout.stage - 1].lasts;
  if (!lasts) return std::nullopt;
  Instant over;
  if (__builtin_add_overflow(rollout.since.ms, lasts->ms, &over.ms)) return std::nullopt;
  return over;
}

std::optional<LiftGate> lift_gate(const Rollouts& rollouts, const Version& version, Index workflow, Instant now) {
  const bytecode::Workflow& what = version.module.workflows[workflow];
  const Rollout* rollout = rollouts.find(what.name);
  if (rollout == nullptr || rollout->stage >= what.head.rollout.size()) return std::nullopt;
  const RolloutStage& next = what.head.rollout[rollout->stage];
  const Cohorts* measured = rollouts.measured(what.name);
  if (!next.lift || measured == nullptr || what.goal == bytecode::none) return std::nullopt;
  const bytecode::Goal& goal = version.module.goals[what.goal];
  const std::vector<learn::Proportion> counted = measured->counted(now, goal.within);
  LiftGate out{counted[treated], counted[held], {}};
  out.lift = learn::lift_sequence(out.treated, out.held, learn::usual_rows, 1 - next.confidence.to_double());
  const double share = goal.holdout.to_double();
  out.wrong_ratio = learn::sample_ratio_alarm(measured->sizes(), std::vector<double>{1 - share, share});
  out.open = !out.wrong_ratio && out.lift.interval.low > next.lift->to_double();
  return out;
}

std::string word_refused(const Rollout& rollout, const Version& version, Index workflow, const std::string& by,
                         Instant now) {
  const bytecode::Workflow& what = version.module.workflows[workflow];
  const std::vector<RolloutStage>& stages = what.head.rollout;
  if (!(rollout.stage < stages.size())) return "the last stage of its rollout has begun";
  const RolloutStage& next = stages[rollout.stage];
  if (next.approval_by.empty())
    return fmt::format("nobody is asked whether `{}` begins: it does {}", to_string(next),
                       next.lift ? "when the lift is shown" : "by the clock");
  if (!has_role(version.module, next.approval_by, by)) return "who says so is not in the role " + next.approval_by;
  if (what.owner == by) return "who owns the workflow does not approve";
  // A word is on what the stage before has shown, so it does not come before that is over.
  if (const std::optional<Instant> over = stage_over(rollout, stages); over && now < *over)
    return fmt::format("`{}` lasts until {}", to_string(stages[rollout.stage - 1]), fairlead::to_string(*over));
  return "";
}

// ---- what the engine does of it

void Engine::begin_rollouts() {
  const Version& newest = deployments_.newest();
  // A workflow that says them no more, or is gone, is open to everybody, or to nobody; either way its rollout is over.
  std::vector<std::string> over;
  for (const auto& [workflow, rollout] : rollouts().all()) {
    if (std::none_of(newest.rollouts.begin(), newest.rollouts.end(),
                     [&, &name = workflow](const auto& r) { return newest.module.workflows[r.first].name == name; }))
      over.push_back(workflow);
  }
  for (const std::string& workflow : over) say(standing_.clock, audit::RolledOut{workflow, "", 0, "", ""});
  for (const auto& [workflow, stages] : newest.rollouts) {
    const bytecode::Workflow& what = newest.module.workflows[workflow];
    const Rollout* known = rollouts().find(what.name);
    if (known != nullptr && known->stages == stages) continue;
    const bool waits = !what.head.rollout.front().approval_by.empty();
    say(standing_.clock, audit::RolledOut{what.name, stages, waits ? 0U : 1U, "", ""});
  }
  begin_splits();
}

void Engine::advance_rollouts() {
  if (deployments_.empty()) return;
  // Lifts may be looked at as often as one likes; once an hour is enough.
  const std::int64_t hour = standing_.clock.ms / hours(1).ms;
  const bool look = hour != looked_;
  looked_ = hour;
  const Version& newest = deployments_.newest();
  for (const auto& [workflow, stages] : newest.rollouts) {
    const bytecode::Workflow& what = newest.module.workflows[workflow];
    const Rollout* known = rollouts().find(what.name);
    // A version that is just coming into force may say others; they begin in a moment.
    if (known == nullptr || known->stages != stages || !(known->stage < what.head.rollout.size())) continue;
    const std::optional<Instant> over = stage_over(*known, what.head.rollout);
    const RolloutStage& next = what.head.rollout[known->stage];
    if (!over || standing_.clock < *over || !next.approval_by.empty()) continue;
    if (next.lift) {
      if (!look) continue;
      const std::optional<LiftGate> gate = lift_gate(rollouts(), newest, workflow, standing_.clock);
      if (!gate || !gate->open) continue;
    }
    say(standing_.clock, audit::RolledOut{what.name, stages, known->stage + 1, "", ""});
  }
  if (look) adopt_variants();
}

Result<void> Engine::rollout_item(const store::Inbox& row, const RolloutIn& in, Instant now) {
  const auto refused = [&](const std::string& why) {
    return refuse(row, now, fmt::format("`rollout approve {}` by {}", in.workflow, in.by), why);
  };
  const Version& newest = deployments_.newest();
  const auto workflow = newest.workflows.find(name_id(in.workflow));
  if (workflow == newest.workflows.end()) return refused("the project has no such workflow");
  const Rollout* known = rollouts().find(in.workflow);
  if (known == nullptr) return refused("it has no rollout");
  // The word is on one stage of the stages that were shown.
  if (known->stages != in.stages) return refused("its rollout is another by now");
  if (known->stage + 1 != in.stage) return refused("that stage has begun already");
  const std::string why = word_refused(*known, newest, workflow->second, in.by, now);
  if (!why.empty()) return refused(why);
  say(now, audit::RolledOut{in.workflow, known->stages, in.stage, in.by, in.because});
  return {};
}

bool Turn::enters_in_shadow(const Version& version, Index workflow) const {
  return engine_.holdout() && in_shadow(engine_.rollouts(), version, workflow);
}

std::string Turn::closed(const Version& version, Index workflow) const {
  if (engine_.pauses().paused(version.workflow_ids[workflow])) return "it is paused";
  if (!engine_.holdout()) return "";
  return not_reached(engine_.rollouts(), engine_.salt(), version, workflow, contact_);
}

}  // namespace fairlead::engine
