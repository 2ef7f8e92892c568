// The versions of a project that are loaded.
#include "runtime/engine/deployments.hpp"

#include "runtime/engine/pauses.hpp"
#include "runtime/engine/picks.hpp"
#include "runtime/engine/rollouts.hpp"
#include "runtime/engine/scores.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::engine {

namespace {

/// Fills ids and the way back; a fault where two names share an id.
template <class Items, class Name>
Result<void> index(const Items& items, const Name& name, std::vector<std::uint32_t>& ids,
                   std::unordered_map<std::uint32_t, Index>& way) {
  for (Index i = 0; i < items.size(); ++i) {
    const std::string& text = name(items[i]);
    ids.push_back(name_id(text));
    const auto [at, fresh] = way.emplace(ids.back(), i);
    if (!fresh)
      return fault(FaultCode::module_damaged,
                   fmt::format("`{}` and `{}` share an id; rename one of them", name(items[at->second]), text));
  }
  return {};
}

bool reads_event(const bytecode::Module& module, Index function) {
  if (function == bytecode::none) return false;
  for (const bytecode::Instruction instruction : module.functions[function].code) {
    if (instruction.op() == bytecode::Opcode::event) return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<Version>> Version::load(std::uint32_t number, bytecode::Module module) {
  auto out = std::make_unique<Version>();
  out->number = number;
  out->module = std::move(module);
  const bytecode::Module& m = out->module;
  out->program = std::make_unique<vm::Program>(m);
  const auto named = [](const auto& item) -> const std::string& { return item.name; };
  const auto keyed = [](const auto& item) -> const std::string& { return item.key; };
  std::vector<std::uint32_t> unused;
  std::unordered_map<std::uint32_t, Index> scores;
  out->picks = picks_of(m);
  std::vector<std::string> choices;
  for (const bytecode::Choice& choice : m.choices) choices.push_back(choice.key);
  for (const bytecode::Choice& choice : out->picks) choices.push_back(choice.key);
  const auto itself = [](const std::string& key) -> const std::string& { return key; };
  for (const Result<void>& r :
       {index(m.steps, keyed, out->step_ids, out->steps), index(m.workflows, named, out->workflow_ids, out->workflows),
        index(m.contents, named, out->content_ids, out->contents),
        index(m.channels, named, out->channel_ids, out->channels), index(m.goals, named, out->goal_ids, out->goals),
        index(choices, itself, out->choice_ids, out->choices), index(m.events, named, out->event_ids, out->events),
        index(m.counters, keyed, unused, out->counters), index(m.fields, named, unused, out->fields),
        index(m.records, named, out->record_ids, out->records), index(m.scores, named, out->score_ids, scores)}) {
    if (!r) return tl::unexpected(r.error());
  }
  const Result<Zone> zone = Zone::load(m.zone);
  if (!zone) return tl::unexpected(zone.error());
  out->zone = *zone;
  for (Index i = 0; i < m.fields.size(); ++i) {
    if (m.fields[i].zone) out->zone_field = i;
    if (m.fields[i].country) out->country_field = out->country_field.value_or(i);
    Value initial;
    if (m.fields[i].initial != bytecode::none) {
      const Result<Value> value = out->program->evaluate(m.fields[i].initial, vm::World{}, out->arena);
      if (!value) return tl::unexpected(value.error());
      initial = *value;
    }
    out->defaults.push_back(initial);
  }
  for (const bytecode::RecordType& record : m.records) {
    std::vector<Value>& defaults = out->record_defaults.emplace_back();
    for (const bytecode::Field& field : record.fields) {
      const Result<Value> value = field.initial == bytecode::none
                                      ? Result<Value>(Value())
                                      : out->program->evaluate(field.initial, vm::World{}, out->arena);
      if (!value) return tl::unexpected(value.error());
      defaults.push_back(*value);
    }
  }
  for (const bytecode::Score& score : m.scores) {
    out->score_meanings.push_back(meaning_of(m, score));
    std::vector<FieldType>& types = out->score_types.emplace_back();
    for (const bytecode::Feature& feature : score.features) types.push_back(feature.type);
  }
  for (const bytecode::Workflow& workflow : m.workflows) {
    std::vector<Index>& loops = out->loops.emplace_back();
    for (const Index s : workflow.steps) {
      if (m.steps[s].kind != bytecode::StepKind::for_each) continue;
      if (loops.size() <= m.steps[s].bind) loops.resize(m.steps[s].bind + 1U, bytecode::none);
      loops[m.steps[s].bind] = s;
    }
  }
  for (Index w = 0; w < m.workflows.size(); ++w) {
    const std::vector<bytecode::Entry>& entries = m.workflows[w].head.entries;
    for (std::size_t e = 0; e < entries.size(); ++e) {
      if (entries[e].kind == bytecode::Entry::Kind::segment)
        out->by_segment.push_back({w, m.segments[entries[e].segment].when, e});
    }
  }
  for (Index w = 0; w < m.workflows.size(); ++w) {
    if (m.workflows[w].head.pause != bytecode::none) out->pausing.emplace_back(w, rates_of(m, w));
    if (!m.workflows[w].head.rollout.empty()) out->rollouts.emplace_back(w, to_string(m.workflows[w].head.rollout));
  }
  for (const bytecode::Workflow& workflow : m.workflows) {
    bool reads = false;
    for (const Index s : workflow.steps) {
      const bytecode::Step& step = m.steps[s];
      reads = reads || reads_event(m, step.value);
      for (const Index f : step.arguments) reads = reads || reads_event(m, f);
      for (const bytecode::Arm& arm : step.arms) reads = reads || reads_event(m, arm.where);
      if (step.choice == bytecode::none) continue;
      for (const bytecode::Option& option : m.choices[step.choice].options)
        reads = reads || reads_event(m, option.when);
      for (const bytecode::Feature& feature : m.choices[step.choice].features)
        reads = reads || reads_event(m, feature.value);
    }
    out->reads_events.push_back(reads);
  }
  return out;
}

Result<void> Deployments::load(store::Store& store) {
  Result<std::vector<store::Deployment>> all = store.deployments();
  if (!all) return tl::unexpected(all.error());
  for (const store::Deployment& deployment : *all) {
    Result<bytecode::Module> module = bytecode::decode(deployment.module);
    if (!module) return tl::unexpected(module.error());
    Result<std::unique_ptr<Version>> version = Version::load(deployment.version, std::move(*module));
    if (!version) return tl::unexpected(version.error());
    add(std::move(*version));
  }
  return {};
}

Result<void> Deployments::put(const bytecode::Module& module) {
  Result<std::unique_ptr<Version>> version = Version::load(empty() ? 1 : newest().number + 1, module);
  if (!version) return tl::unexpected(version.error());
  add(std::move(*version));
  return {};
}

bool Deployments::in_force(const bytecode::Module& module) const {
  return !empty() && bytecode::fingerprint(newest().module) == bytecode::fingerprint(module);
}

const std::vector<CounterOf>& Deployments::counters_of(std::uint32_t event) const {
  static const std::vector<CounterOf> nobody;
  const auto at = by_event_.find(event);
  return at == by_event_.end() ? nobody : at->second;
}

void Deployments::add(std::unique_ptr<Version> version) {
  for (Index i = 0; i < version->module.counters.size(); ++i) {
    const auto [known, fresh] = places_.emplace(version->module.counters[i].id, counters_.size());
    if (fresh) {
      counters_.push_back({version.get(), i});
    } else {
      counters_[known->second] = {version.get(), i};
    }
  }
  versions_.push_back(std::move(version));
  by_event_.clear();
  for (const CounterOf& of : counters_) {
    const Version& declares = *of.version;
    const Index event = declares.module.counters[of.counter].event;
    if (event != bytecode::none) {
      by_event_[declares.event_ids[event]].push_back(of);
      continue;
    }
    for (Index i = 0; i < declares.module.events.size(); ++i) {
      if (declares.module.events[i].of_contact) by_event_[declares.event_ids[i]].push_back(of);
    }
  }
}

const Version* Deployments::find(std::uint32_t number) const {
  for (const auto& version : versions_) {
    if (version->number == number) return version.get();
  }
  return nullptr;
}

}  // namespace fairlead::engine
