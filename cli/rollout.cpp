// fairlead rollout: how far each workflow's rollout is and what lets its next stage begin; and the word that does.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/shown.hpp"
#include "runtime/engine/intake.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;
using bytecode::RolloutStage;
using engine::Rollout;

struct Options {
  std::string workflow, project = ".", db, as, because;
  bool json = false;
  bool approve = false;
};

/// One workflow's rollout as the newest version and the audit have it.
struct Shown {
  const bytecode::Workflow& workflow;
  const Rollout& rollout;
  const Zone& zone;
  Instant now;
  std::optional<engine::LiftGate> gate;  // of the next stage

  [[nodiscard]] const std::vector<RolloutStage>& stages() const { return workflow.head.rollout; }
  [[nodiscard]] bool begun() const { return rollout.stage > 0; }
  [[nodiscard]] const RolloutStage* next() const {
    return rollout.stage < stages().size() ? &stages()[rollout.stage] : nullptr;
  }
};

/// Whose word lets the next stage begin.
std::vector<std::string> approvers(const bytecode::Module& module, const Shown& shown) {
  std::vector<std::string> out;
  for (const bytecode::Role& role : module.roles) {
    if (role.name != shown.next()->approval_by) continue;
    for (const std::string& member : role.members) {
      if (member != shown.workflow.owner) out.push_back(member);
    }
  }
  return out;
}

/// What is seen of the lift that the next stage waits for.
void print_gate(const engine::LiftGate& gate) {
  if (gate.wrong_ratio) {
    fmt::print(
        "  as many are not held out as the goal says, which chance does not do: nothing begins before you have found "
        "why\n");
    return;
  }
  const auto group = [](const learn::Proportion& of) { return fmt::format("{} of {}", of.successes, of.rows); };
  fmt::print("  so far {} treated and {} held out reached the goal", group(gate.treated), group(gate.held));
  if (gate.lift.interval.low <= -1) {
    fmt::print("; too few for an interval\n");
  } else {
    fmt::print(", a lift of {:+.2f}% ({:+.2f}% to {:+.2f}%)\n", 100 * gate.lift.difference,
               100 * gate.lift.interval.low, 100 * gate.lift.interval.high);
  }
}

void print_next(const bytecode::Module& module, const Shown& shown) {
  const std::string next = engine::to_string(*shown.next());
  const std::optional<Instant> over = engine::stage_over(shown.rollout, shown.stages());
  const bool lasts = over && shown.now < *over;
  const std::string at = over ? fmt::format("{} ({})", moment(*over, shown.zone), shown.zone.name()) : "";
  if (shown.gate) {
    fmt::print("  next: `{}` begins when the lift is shown{}\n", next, lasts ? ", from " + at + " on" : "");
    print_gate(*shown.gate);
    return;
  }
  if (shown.next()->approval_by.empty()) {
    if (lasts) {
      fmt::print("  next: `{}` begins at {}\n", next, at);
    } else {
      fmt::print("  next: `{}` begins as soon as `fairlead run` runs\n", next);
    }
    return;
  }
  const std::vector<std::string> who = approvers(module, shown);
  fmt::print("  next: `{}` waits for a word by {}{}\n", next, shown.next()->approval_by,
             lasts ? ", which can be given from " + at : "");
  if (who.empty()) {
    fmt::print("  nobody is in that role who may say so\n");
  } else {
    fmt::print("  {} may say so: fairlead rollout approve {} --as {}\n", fmt::join(who, " or "), shown.workflow.name,
               who.front());
  }
}

void print(const bytecode::Module& module, const Shown& shown) {
  if (!shown.begun()) {
    fmt::print("{}: reaches nobody yet, since {} ({})\n", shown.workflow.name, moment(shown.rollout.since, shown.zone),
               shown.zone.name());
  } else {
    const Rollout& r = shown.rollout;
    fmt::print("{}: `{}`, stage {} of {}, since {} ({}){}{}\n", shown.workflow.name,
               engine::to_string(shown.stages()[r.stage - 1]), r.stage, shown.stages().size(),
               moment(r.since, shown.zone), shown.zone.name(), r.by.empty() ? "" : ", by " + r.by,
               r.because.empty() ? "" : ": " + r.because);
  }
  if (shown.next() != nullptr) print_next(module, shown);
}

Json json_of(const bytecode::Module& module, const Shown& shown) {
  const auto some = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  Json stages = Json::array();
  for (const RolloutStage& stage : shown.stages()) stages.push_back(engine::to_string(stage));
  Json out{{"workflow", shown.workflow.name},
           {"stages", stages},
           {"stage", shown.rollout.stage},
           {"since", fairlead::to_string(shown.rollout.since)},
           {"by", some(shown.rollout.by)},
           {"because", some(shown.rollout.because)},
           {"next", Json()}};
  if (shown.next() == nullptr) return out;
  const std::optional<Instant> over = engine::stage_over(shown.rollout, shown.stages());
  const bool asked = !shown.next()->approval_by.empty();
  out["next"] = {{"stage", shown.rollout.stage + 1},
                 {"from", over ? Json(fairlead::to_string(*over)) : Json()},
                 {"approval_by", some(shown.next()->approval_by)},
                 {"approvers", asked ? Json(approvers(module, shown)) : Json::array()},
                 {"lift", Json()}};
  if (const auto& gate = shown.gate)
    out["next"]["lift"] = {
        {"treated", gate->treated.rows},       {"treated_reached", gate->treated.successes},
        {"held_out", gate->held.rows},         {"held_out_reached", gate->held.successes},
        {"difference", gate->lift.difference}, {"interval", {gate->lift.interval.low, gate->lift.interval.high}},
        {"wrong_ratio", gate->wrong_ratio}};
  return out;
}

void show(const Options& options, const engine::View& view, Json* all) {
  const engine::Version& newest = view.deployments.newest();
  for (const auto& [workflow, stages] : newest.rollouts) {
    const bytecode::Workflow& what = newest.module.workflows[workflow];
    const Rollout* rollout = view.standing.rollouts.find(what.name);
    if (rollout == nullptr || (!options.workflow.empty() && what.name != options.workflow)) continue;
    const Shown shown{what, *rollout, newest.zone, wall_clock(),
                      engine::lift_gate(view.standing.rollouts, newest, workflow, view.standing.clock)};
    if (all != nullptr) {
      all->push_back(json_of(newest.module, shown));
    } else {
      print(newest.module, shown);
    }
  }
}

void run(const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  const auto failed_with = [&](const Fault& fault) { exit_code = report(fault); };
  if (options.approve && options.as.empty()) return wrong("who says so? Add --as with your address, for the audit");
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(
      store_of(options.project, options.db), options.approve ? store::Access::existing : store::Access::read);
  if (!store) return failed_with(store.error());
  const Result<engine::View> view = engine::look(**store);
  if (!view) return failed_with(view.error());
  const engine::Version& newest = view->deployments.newest();
  const auto workflow = newest.workflows.find(name_id(options.workflow));
  if (!options.workflow.empty() && workflow == newest.workflows.end())
    return wrong(fmt::format("the project has no workflow `{}`", options.workflow));
  const Rollout* rollout = view->standing.rollouts.find(options.workflow);
  if (!options.workflow.empty() && rollout == nullptr)
    return wrong(fmt::format("`{}` has no rollout", options.workflow));
  if (options.approve) {
    const std::string why = engine::word_refused(*rollout, newest, workflow->second, options.as, wall_clock());
    if (!why.empty()) return wrong(why);
    const engine::RolloutIn in{options.workflow, rollout->stages, rollout->stage + 1, options.as, options.because};
    if (const Result<void> posted =
            (*store)->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
        !posted)
      return failed_with(posted.error());
    fmt::print("`{}` of {} begins when the engine takes it in: it is in the inbox of {}\n",
               engine::to_string(newest.module.workflows[workflow->second].head.rollout[rollout->stage]),
               options.workflow, store_of(options.project, options.db));
    return;
  }
  Json all = Json::array();
  show(options, *view, options.json ? &all : nullptr);
  if (options.json) {
    fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
  } else if (newest.rollouts.empty()) {
    fmt::print("no workflow of version {} has a rollout\n", newest.number);
  }
}

}  // namespace

void add_rollout(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "rollout", "which stage of its rollout each workflow is in, and what lets the next begin");
  command->add_option("WORKFLOW", options->workflow, "the workflow (default: all that have a rollout)");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "print as JSON");
  CLI::App* word = command->add_subcommand("approve", "let the next stage begin, where it waits for a word");
  word->add_option("WORKFLOW", options->workflow, "the workflow")->required();
  word->add_option("--as", options->as, "the address of who says so");
  word->add_option("--because", options->because, "why, for the audit; not a place for personal data");
  word->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  word->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  word->callback([options] { options->approve = true; });
  // A subcommand's callback runs before that of the command it belongs to.
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
