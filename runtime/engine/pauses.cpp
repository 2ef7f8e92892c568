// Workflows that are paused.
#include "runtime/engine/pauses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;

void Pauses::apply(Instant at, const audit::Entry& entry) {
  if (const auto* paused = std::get_if<audit::Paused>(&entry)) {
    paused_.try_emplace(paused->workflow, Pause{at, paused->by, paused->because});
    ids_.insert(name_id(paused->workflow));
  } else if (const auto* resumed = std::get_if<audit::Resumed>(&entry)) {
    paused_.erase(resumed->workflow);
    ids_.erase(name_id(resumed->workflow));
    // Else what led to the pause would lead to the next one at once.
    std::erase_if(rates_, [&](const auto& one) { return one.first.first == resumed->workflow; });
  } else if (const auto* rated = std::get_if<audit::Rated>(&entry)) {
    Counts& counts = rates_[{rated->workflow, rated->rate}];
    auto& [of, per] = counts.at[rated->at];
    of += rated->of;
    per += rated->per;
    const Duration window{static_cast<std::int64_t>(rated->window)};
    while (!counts.at.empty() && !(at - window < counts.at.begin()->first)) counts.at.erase(counts.at.begin());
  }
}

Value Pauses::rate(const std::string& workflow, const bytecode::Rate& rate, Instant now) const {
  const auto known = rates_.find({workflow, rate.key});
  if (known == rates_.end()) return Value::of(Decimal());
  std::uint64_t of = 0, per = 0;
  const auto& at = known->second.at;
  for (auto one = at.upper_bound(now - rate.window); one != at.end() && !(now < one->first); ++one) {
    of += one->second.first;
    per += one->second.second;
  }
  if (per == 0) return Value::of(of == 0 ? Decimal() : Decimal::from_int(1));
  const Result<Decimal> share =
      divide(Decimal::from_int(static_cast<std::int64_t>(of)), Decimal::from_int(static_cast<std::int64_t>(per)));
  return Value::of(share.value_or(Decimal::from_int(1)));
}

std::string Pauses::save() const {
  ByteWriter out;
  const std::map<std::string, Pause> none_paused;
  const auto& paused = planted(Bug::pause_lost_in_crash) ? none_paused : paused_;
  out.varint(paused.size());
  for (const auto& [workflow, pause] : paused) {
    out.bytes(workflow);
    out.signed_varint(pause.since.ms);
    out.bytes(pause.by);
    out.bytes(pause.because);
  }
  out.varint(rates_.size());
  for (const auto& [of, counts] : rates_) {
    out.bytes(of.first);
    out.bytes(of.second);
    out.varint(counts.at.size());
    for (const auto& [at, count] : counts.at) {
      out.signed_varint(at.ms);
      out.varint(count.first);
      out.varint(count.second);
    }
  }
  return out.take();
}

Result<void> Pauses::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t paused = in.varint();
  for (std::uint64_t i = 0; i < paused && in.ok(); ++i) {
    const std::string workflow(in.bytes());
    Pause& pause = paused_[workflow];
    pause.since.ms = in.signed_varint();
    pause.by = in.bytes();
    pause.because = in.bytes();
    ids_.insert(name_id(workflow));
  }
  const std::uint64_t rates = in.varint();
  for (std::uint64_t i = 0; i < rates && in.ok(); ++i) {
    std::string workflow(in.bytes());
    Counts& counts = rates_[{std::move(workflow), std::string(in.bytes())}];
    const std::uint64_t n = in.varint();
    for (std::uint64_t k = 0; k < n && in.ok(); ++k) {
      auto& count = counts.at[{in.signed_varint()}];
      count.first = in.varint();
      count.second = in.varint();
    }
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "what is paused cannot be read");
  return {};
}

std::vector<Index> rates_of(const bytecode::Module& module, Index workflow) {
  std::vector<Index> out;
  const Index pause = module.workflows[workflow].head.pause;
  if (pause == none) return out;
  for (const bytecode::Instruction instruction : module.functions[pause].code) {
    if (instruction.op() == bytecode::Opcode::rate) out.push_back(instruction.x());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<void> Engine::workflow_item(const store::Inbox& row, const WorkflowIn& in, Instant now) {
  const bool pause = in.act == WorkflowIn::Act::pause;
  const auto refused = [&](const std::string& why) {
    return refuse(row, now, fmt::format("`{} {}` by {}", pause ? "pause" : "resume", in.workflow, in.by), why);
  };
  const std::uint32_t id = name_id(in.workflow);
  const bool known = std::any_of(deployments_.all().begin(), deployments_.all().end(),
                                 [id](const auto& version) { return version->workflows.contains(id); });
  if (!known) return refused("no version of the project has such a workflow");
  if (pauses().paused(id) == pause) return refused(pause ? "it is paused already" : "it is not paused");
  if (pause) {
    say(now, audit::Paused{in.workflow, in.by, in.because});
  } else {
    resume(in, now);
  }
  return {};
}

void Engine::resume(const WorkflowIn& in, Instant now) {
  say(now, audit::Resumed{in.workflow, in.by, in.because});
  // What was due meanwhile is due now. Rows of the store know when; in memory such timers were dropped.
  queue_.clear();
  resumed_ = true;
  batch_.ask_again = true;
}

void Engine::pause_by_rates() {
  const Version& newest = deployments_.newest();
  Arena arena;
  for (Index w = 0; w < newest.module.workflows.size(); ++w) {
    const bytecode::Workflow& workflow = newest.module.workflows[w];
    if (workflow.head.pause == none || pauses().paused(newest.workflow_ids[w])) continue;
    std::string seen;
    vm::World world;
    world.now = standing_.clock;
    world.zone = &newest.zone;
    world.rate = [&](Index which) -> Result<Value> {
      const bytecode::Rate& rate = newest.module.rates[which];
      const Value value = pauses().rate(workflow.name, rate, standing_.clock);
      seen += fmt::format("{}rate({}) is {:.4g}%", seen.empty() ? "" : ", ", rate.key,
                          value.as_decimal().to_double() * 100);
      return value;
    };
    const Result<Value> holds = newest.program->evaluate(workflow.head.pause, world, arena);
    if (!holds || holds->tag() != Tag::boolean || !holds->as_bool()) continue;
    say(standing_.clock, audit::Paused{workflow.name, "", seen});
  }
}

void Turn::rated(const Version& version, Index type, Instant happened) {
  for (const auto& [workflow, rates] : version.pausing) {
    const std::uint32_t id = version.workflow_ids[workflow];
    for (const Index which : rates) {
      const bytecode::Rate& rate = version.module.rates[which];
      const bool of = rate.event == type, per = rate.per != none && rate.per == type;
      if (!of && !per) continue;
      // It is the workflow's where the contact is in it, or was within the time that is looked at.
      const bool in = std::any_of(cell_->instances.begin(), cell_->instances.end(),
                                  [id](const Instance& i) { return i.workflow == id; });
      const bool was = std::any_of(cell_->past.begin(), cell_->past.end(),
                                   [&](const Past& p) { return p.workflow == id && now_ - rate.window < p.left; });
      if (!in && !was) continue;
      engine_.say(now_, audit::Rated{version.module.workflows[workflow].name, rate.key, happened, of ? 1U : 0U,
                                     per ? 1U : 0U, static_cast<std::uint64_t>(rate.window.ms)});
    }
  }
}

void Turn::rated_send(std::uint32_t workflow_id) {
  const Version& newest = engine_.deployments().newest();
  for (const auto& [workflow, rates] : newest.pausing) {
    if (newest.workflow_ids[workflow] != workflow_id) continue;
    for (const Index which : rates) {
      const bytecode::Rate& rate = newest.module.rates[which];
      if (rate.per != none) continue;
      engine_.say(now_, audit::Rated{newest.module.workflows[workflow].name, rate.key, now_, 0, 1,
                                     static_cast<std::uint64_t>(rate.window.ms)});
    }
  }
}

}  // namespace fairlead::engine
