// What a new version changes, as JSON.
#include "cli/plan_words.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;
using engine::RulePlan;
using engine::StepChange;
using engine::WeightPlan;
using engine::WorkflowPlan;

const char* word(StepChange::Kind kind) {
  switch (kind) {
    case StepChange::Kind::added: return "added";
    case StepChange::Kind::removed: return "removed";
    case StepChange::Kind::changed: return "changed";
    case StepChange::Kind::reordered: return "reordered";
  }
  return "";
}
const char* word(WorkflowPlan::Kind kind) {
  switch (kind) {
    case WorkflowPlan::Kind::unchanged: return "unchanged";
    case WorkflowPlan::Kind::changed: return "changed";
    case WorkflowPlan::Kind::added: return "new";
    case WorkflowPlan::Kind::removed: return "gone";
  }
  return "";
}
const char* word(RulePlan::Kind kind) {
  switch (kind) {
    case RulePlan::Kind::same: return "same";
    case RulePlan::Kind::changed: return "changed";
    case RulePlan::Kind::added: return "new";
    case RulePlan::Kind::removed: return "gone";
  }
  return "";
}
const char* word(WeightPlan::Kind kind) {
  switch (kind) {
    case WeightPlan::Kind::kept: return "kept";
    case WeightPlan::Kind::reset: return "reset";
    case WeightPlan::Kind::added: return "new";
    case WeightPlan::Kind::removed: return "gone";
  }
  return "";
}

Json step(const StepChange& change) {
  return {{"step", change.key}, {"change", word(change.kind)}, {"line", change.line}, {"what", change.what}};
}

Json worst(const std::optional<engine::WorstCase>& worst) {
  if (!worst) return {};
  return {{"messages", worst->messages},
          {"money", worst->money ? Json(worst->money->to_string()) : Json()},
          {"spends_what_only_the_run_knows", worst->unknown},
          {"for_each_row_of", worst->rows_of},
          {"goes_on_to", worst->follows}};
}

Json workflow(const WorkflowPlan& w) {
  Json changes = Json::array();
  for (const StepChange& change : w.changes.steps) changes.push_back(step(change));
  Json following = Json::array();
  for (const engine::Following& f : w.following) {
    Json around = Json::array();
    for (std::size_t i = 0; i < f.changes.size(); ++i) {
      Json one = step(f.changes[i]);
      one["before"] = f.around[i].before;
      one["at"] = f.around[i].at;
      one["past"] = f.around[i].past;
      around.push_back(std::move(one));
    }
    Json stays = Json::array();
    for (const engine::Staying& s : f.stays) stays.push_back({{"why", s.why}, {"people", s.passes}});
    following.push_back({{"version", f.version},
                         {"people", f.passes},
                         {"same", f.same},
                         {"changes", std::move(around)},
                         {"move", {{"moves", f.moves}, {"stays", std::move(stays)}}}});
  }
  return {{"workflow", w.name},
          {"change", word(w.kind)},
          {"head", w.changes.head},
          {"steps", std::move(changes)},
          {"in_flight", std::move(following)},
          {"worst_case", {{"before", worst(w.before)}, {"after", worst(w.after)}}}};
}

}  // namespace

Json plan_json(const engine::Plan& plan) {
  Json out{{"in_force", plan.in_force}, {"next", plan.next}, {"same", plan.same}};
  Json& workflows = out["workflows"] = Json::array();
  for (const WorkflowPlan& w : plan.workflows) workflows.push_back(workflow(w));
  Json& rules = out["rules"] = Json::array();
  for (const RulePlan& r : plan.rules) {
    rules.push_back({{"rule", r.name},
                     {"change", word(r.kind)},
                     {"text", r.text},
                     {"before", r.before.empty() ? Json() : Json(r.before)},
                     {"binds_from_now_on", r.binds},
                     {"binds_no_more", r.frees}});
  }
  Json& proofs = out["proofs"] = Json::array();
  for (const engine::ProofPlan& one : plan.proofs)
    proofs.push_back({{"step", one.step}, {"rule", one.rule}, {"proved", one.proved}});
  Json& waivers = out["waivers"] = Json::array();
  for (const engine::WaiverPlan& one : plan.waivers) {
    waivers.push_back({{"workflow", one.workflow},
                       {"rule", one.rule},
                       {"until", to_string(one.until)},
                       {"signed_by", one.by},
                       {"because", one.because},
                       {"added", one.added}});
  }
  Json& weights = out["weights"] = Json::array();
  for (const WeightPlan& w : plan.weights) {
    weights.push_back({{"choice", w.choice},
                       {"change", word(w.kind)},
                       {"why", w.why},
                       {"decisions", w.decisions},
                       {"reached", w.reached}});
  }
  Json& segments = out["segments"] = Json::array();
  for (const engine::SegmentPlan& s : plan.segments)
    segments.push_back({{"segment", s.name}, {"before", s.before ? Json(*s.before) : Json()}, {"people", s.now}});
  if (!plan.cut_short.empty())
    out["cut_short"] = Json{{"pruned_before", to_string(plan.pruned_before)}, {"counters", plan.cut_short}};
  return out;
}

}  // namespace fairlead::cli
