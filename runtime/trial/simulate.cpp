// A simulation: the real engine on a virtual clock.
#include "runtime/trial/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/picks.hpp"
#include "runtime/trial/clock.hpp"
#include "runtime/trial/reactions.hpp"

namespace fairlead::trial {

namespace {

std::string percent(double share) {
  return fmt::format("{:.1f}%", share * 100);
}

/// Who stands where now: a walk over all contacts, for trials only.
Result<void> count_waiting(store::Store& store, engine::Engine& engine, Report& report) {
  if (std::all_of(report.workflows.begin(), report.workflows.end(),
                  [](const WorkflowRow& row) { return row.waiting == 0; }))
    return {};
  const engine::Version& newest = engine.deployments().newest();
  return store.contacts([&](const store::Person& person) -> Result<void> {
    const Result<engine::Cell*> cell = engine.cell(person.id);
    if (!cell) return tl::unexpected(cell.error());
    for (const engine::Instance& instance : (*cell)->instances) {
      const auto at = newest.steps.find(instance.step);
      if (at == newest.steps.end()) continue;
      for (WorkflowRow& row : report.workflows) {
        for (StepRow& step : row.steps) step.waiting += step.step == at->second ? 1 : 0;
      }
    }
    return {};
  });
}

/// Where each contact comes to the goal once, through one workflow, entries are draws of the holdout's lot.
std::optional<GoalRow::Ratio> ratio_of(const engine::Ledger& ledger, const bytecode::Module& module,
                                       const bytecode::Goal& goal) {
  const bytecode::Workflow* only = nullptr;
  for (const bytecode::Workflow& workflow : module.workflows) {
    if (workflow.goal == bytecode::none || &module.goals[workflow.goal] != &goal) continue;
    if (only != nullptr || workflow.again || workflow.subject.empty()) return std::nullopt;
    only = &workflow;
  }
  if (only == nullptr || goal.holdout == Decimal()) return std::nullopt;
  const auto entered = ledger.goals.find(goal.name);
  const auto through = ledger.workflows.find(only->name);
  if (entered == ledger.goals.end() || through == ledger.workflows.end()) return std::nullopt;
  const std::uint64_t held = std::min(through->second.held_out, entered->second.entered);
  return GoalRow::Ratio{goal.holdout, entered->second.entered - held, held};
}

}  // namespace

Result<bool> may_simulate(store::Store& store) {
  const Result<std::optional<std::string>> begun = store.note("simulation");
  if (!begun) return tl::unexpected(begun.error());
  if (*begun) return true;
  const Result<store::Head> head = store.head();
  if (!head) return tl::unexpected(head.error());
  const Result<std::optional<Instant>> waiting = store.next_inbox();
  if (!waiting) return tl::unexpected(waiting.error());
  return head->seq == 0 && !*waiting;
}

Result<Report> simulate(store::Store& store, connect::Connector& connector, const bytecode::Module& module,
                        bytecode::Index index, const std::vector<engine::ContactIn>& contacts,
                        const std::function<void(double)>& progress, const std::vector<engine::RowIn>& rows) {
  const bytecode::Simulation& simulation = module.simulations[index];
  const Result<bool> may = may_simulate(store);
  if (!may) return tl::unexpected(may.error());
  if (!*may)
    return fault(FaultCode::bad_input,
                 "this store holds a project that runs on the real clock; simulate on another one");
  engine::Settings settings;
  settings.seed = simulation.seed;
  settings.virtual_clock = true;
  Result<std::unique_ptr<engine::Engine>> opened = engine::Engine::open(store, connector, settings);
  if (!opened) return tl::unexpected(opened.error());
  engine::Engine& engine = **opened;
  const std::string identity = short_hex(sha256({bytecode::encode(module), simulation.name}), 16);
  const Result<std::optional<std::string>> begun = store.note("simulation");
  if (!begun) return tl::unexpected(begun.error());
  if (*begun && **begun != identity) {
    return fault(FaultCode::bad_input,
                 "this store holds another simulation, or an earlier text of this one; begin anew with --fresh");
  }
  if (!*begun) {
    if (const Result<void> noted = store.set_note("simulation", identity); !noted) return tl::unexpected(noted.error());
  }
  if (const Result<bool> deployed = engine.deploy(simulation_start, module); !deployed)
    return tl::unexpected(deployed.error());
  Reactions reactions(engine, module, simulation);
  engine.observe(&reactions);
  // All contacts are posted in one transaction: they have come where some are in, or wait in the inbox.
  const Result<std::optional<Instant>> waiting = store.next_inbox();
  if (!waiting) return tl::unexpected(waiting.error());
  if (!*waiting && engine.ledger().contacts == 0) {
    std::vector<store::Inbox> posted_rows;
    for (const engine::RowIn& row : rows)
      posted_rows.push_back({0, simulation_start, store::InboxKind::row, engine::encode(row)});
    for (const engine::ContactIn& contact : contacts)
      posted_rows.push_back({0, simulation_start, store::InboxKind::contact, engine::encode(contact)});
    if (const Result<void> posted = store.post(posted_rows, {}); !posted) return tl::unexpected(posted.error());
  }
  const Instant end = simulation_start + simulation.run;
  const auto told = [&](Instant now) {
    if (progress)
      progress(static_cast<double>((now - simulation_start).ms) /
               static_cast<double>(std::max<std::int64_t>(1, simulation.run.ms)));
  };
  if (const Result<void> done = run_until(engine, simulation_start, end, stride, told); !done)
    return tl::unexpected(done.error());
  if (const Result<void> written = engine.checkpoint(); !written) return tl::unexpected(written.error());

  Report report = make_report(engine, module, simulation.name);
  if (const Result<void> counted = count_waiting(store, engine, report); !counted)
    return tl::unexpected(counted.error());
  report.from = simulation_start;
  report.to = end;
  report.seed = simulation.seed;
  for (const bytecode::Expectation& expected : simulation.expect) {
    const std::string_view bound = expected.above ? "above" : "below";
    if (expected.goal == bytecode::none) {
      const std::string& content = module.contents[expected.content].name;
      std::uint64_t sent = 0;
      for (const ContentRow& row : report.contents) sent += row.content == content ? row.sent : 0;
      const bool met = expected.above ? sent > expected.count : sent < expected.count;
      report.expected.push_back(
          {fmt::format("sent {} {} {}", content, bound, expected.count), fmt::format("{}", sent), met});
      continue;
    }
    const bytecode::Goal& goal = module.goals[expected.goal];
    for (const GoalRow& row : report.goals) {
      if (row.name != goal.name) continue;
      const double rate =
          row.treated == 0 ? 0.0 : static_cast<double>(row.treated_reached) / static_cast<double>(row.treated);
      const bool met = expected.above ? rate > expected.share.to_double() : rate < expected.share.to_double();
      report.expected.push_back(
          {fmt::format("{} {} {}", goal.name, bound, percent(expected.share.to_double())), percent(rate), met});
    }
  }
  return report;
}

Report make_report(const engine::Engine& engine, const bytecode::Module& module, std::string title) {
  const engine::Ledger& ledger = engine.ledger();
  Report out;
  out.title = std::move(title);
  out.project = module.project;
  out.currency = module.currency;
  out.from = ledger.first;
  out.to = ledger.last;
  out.seed = engine.seed();
  out.contacts = ledger.contacts;
  out.events = ledger.events;
  const auto find = [](const auto& map, const auto& key) {
    const auto at = map.find(key);
    return at == map.end() ? typename std::decay_t<decltype(map)>::mapped_type{} : at->second;
  };
  for (const bytecode::Goal& goal : module.goals) {
    const engine::GoalTally tally = find(ledger.goals, goal.name);
    GoalRow row;
    row.name = goal.name;
    row.reach = fmt::format("{} within {}", module.events[goal.event].name, to_string(goal.within));
    row.baseline = goal.baseline;
    row.target = goal.target;
    row.worth = goal.worth;
    row.treated = tally.treated;
    row.treated_reached = tally.treated_reached;
    row.held = tally.held;
    row.held_reached = tally.held_reached;
    row.open = tally.entered - tally.treated - tally.held;
    row.ratio = ratio_of(ledger, module, goal);
    out.goals.push_back(std::move(row));
  }
  std::vector<bytecode::Choice> choices = module.choices;
  for (bytecode::Choice& pick : engine::picks_of(module)) choices.push_back(std::move(pick));
  for (const bytecode::Choice& choice : choices) {
    const auto at = ledger.choices().find(choice.key);
    if (at == ledger.choices().end()) continue;
    const engine::LearnedChoice& learned = at->second;
    ChoiceRow row;
    row.key = choice.key;
    row.goal = module.goals[choice.goal].name;
    row.learner = learned.learning->name();
    row.floor = static_cast<std::uint32_t>(choice.explore.units());
    for (const bytecode::Feature& feature : choice.features) row.features.push_back(feature.name);
    for (std::size_t i = 0; i < learned.spec.options.size(); ++i)
      row.options.push_back({learned.spec.options[i], learned.decisions[i], learned.reached[i]});
    for (const auto& point : learned.history) row.history.push_back({point.at, point.shares});
    out.choices.push_back(std::move(row));
  }
  for (const bytecode::Score& score : module.scores) {
    const engine::LearnedScore* learned = engine.scores().find(score.name);
    if (learned == nullptr) continue;
    ScoreRow row;
    row.name = score.name;
    row.foretells = fmt::format("{} within {}", module.events[score.event].name, to_string(score.within));
    row.predicted = learned->predicted;
    row.over = learned->observed;
    row.came = learned->came;
    row.version = learned->version;
    if (const std::optional<learn::Card> card = engine::card_of(*learned)) {
      if (card->auc) row.auc = card->auc->value;
      if (card->calibration) row.slope = card->calibration->slope;
      if (card->positives > 0) row.lift = card->top_decile_lift;
    }
    out.scores.push_back(std::move(row));
  }
  for (const bytecode::Rule& rule : module.rules) {
    const engine::RuleTally tally = find(ledger.rules, rule.name);
    out.rules.push_back(
        {rule.name, rule.text, rule.because, tally.asked, tally.skipped, tally.deferred, tally.withheld, tally.waived});
  }
  for (bytecode::Index w = 0; w < module.workflows.size(); ++w) {
    const engine::WorkflowTally tally = find(ledger.workflows, module.workflows[w].name);
    WorkflowRow row;
    row.workflow = w;
    row.entered = tally.entered;
    row.held_out = tally.held_out;
    row.finished = tally.finished;
    row.left = tally.left;
    row.waiting = tally.entered - tally.finished - tally.left;
    for (const bytecode::Index step : module.workflows[w].steps) {
      row.steps.push_back({step, find(ledger.steps, module.steps[step].key), 0});
    }
    out.workflows.push_back(std::move(row));
  }
  for (const auto& [key, tally] : ledger.messages) {
    ContentRow row{key.first, key.second, tally.sent, tally.suppressed, Decimal()};
    for (const bytecode::Channel& channel : module.channels) {
      if (channel.name != key.second) continue;
      if (const Result<Decimal> cost = multiply(channel.cost, Decimal::from_int(static_cast<std::int64_t>(tally.sent))))
        row.cost = *cost;
    }
    out.messages += tally.sent;
    out.contents.push_back(std::move(row));
  }
  return out;
}

}  // namespace fairlead::trial
