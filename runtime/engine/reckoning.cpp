// What an event counts toward: counters, consent that it withdraws, and goals with the decisions that they credit.
#include <algorithm>

#include "runtime/engine/counters.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;

Index event_in(const Version& version, const std::string& type) {
  const auto at = version.events.find(name_id(type));
  return at == version.events.end() ? none : at->second;
}

Result<void> Turn::count(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values) {
  for (const CounterOf& of : engine_.deployments().counters_of(name_id(in.type))) {
    const Version& version = *of.version;
    const bytecode::Counter& counter = version.module.counters[of.counter];
    Value amount;
    if (counter.event != none) {
      const std::vector<Value> fields = fields_of(version, counter.event, values);
      const std::span<const Value> bound[] = {fields};
      vm::World world;
      world.now = now_;
      world.events = bound;
      if (!holds(version, counter.where, world).value_or(false)) continue;
      if (counter.field != none) amount = fields[counter.field];
    }
    auto state = std::find_if(cell_->counters.begin(), cell_->counters.end(),
                              [&](const CounterState& s) { return s.id == counter.id; });
    if (state == cell_->counters.end()) state = cell_->counters.insert(state, CounterState{counter.id, {}});
    take(*state, counter, {in.at, in.id, amount}, now_);
  }
  return {};
}

Result<void> Turn::withdraw(const EventIn& in) {
  const Version& version = engine_.deployments().newest();
  const Index type = event_in(version, in.type);
  for (const bytecode::Channel& channel : version.module.channels) {
    if (channel.consent == none ||
        std::find(channel.withdrawn_on.begin(), channel.withdrawn_on.end(), type) == channel.withdrawn_on.end())
      continue;
    if (const Result<void> loaded = load(); !loaded) return loaded;
    const bytecode::Field& field = version.module.fields[channel.consent];
    std::vector<std::pair<std::uint32_t, Value>> values = person_->record.values;
    std::erase_if(values, [&](const auto& pair) { return pair.first == field.id; });
    values.emplace_back(field.id, Value::text("withdrawn"));
    Record record;
    if (!decode_values(encode_values(std::move(values)), record)) continue;  // what we encoded ourselves can be read
    person_->record = std::move(record);
    engine_.store_person(contact_);
    engine_.say(now_, audit::FieldSet{{contact_, "", 0}, field.name, sha256({person_->salt, "withdrawn"})});
  }
  return {};
}

Result<void> Turn::credit(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values) {
  const Version& version = engine_.deployments().newest();
  const Index type = event_in(version, in.type);
  for (Index g = 0; type != none && g < version.module.goals.size(); ++g) {
    const bytecode::Goal& goal = version.module.goals[g];
    if (goal.event != type) continue;
    if (planted(Bug::late_event_ignored) && in.at + minutes(5) < now_) continue;
    const std::vector<Value> fields = fields_of(version, type, values);
    const std::span<const Value> bound[] = {fields};
    Result<vm::World> world = this->world(version, nullptr);
    if (!world) return tl::unexpected(world.error());
    world->events = bound;
    if (!holds(version, goal.where, *world).value_or(false)) continue;
    const std::uint32_t id = version.goal_ids[g];
    const auto name_of = [&](std::uint32_t workflow) {
      const auto at = version.workflows.find(workflow);
      return at == version.workflows.end() ? std::string("?") : version.module.workflows[at->second].name;
    };
    for (auto watch = cell_->watches.begin(); watch != cell_->watches.end();) {
      if (watch->goal != id || watch->until < in.at || in.at < watch->since) {
        ++watch;
        continue;
      }
      engine_.say(now_, audit::Reached{{contact_, name_of(watch->workflow), watch->serial}, goal.name, watch->mode});
      watch = cell_->watches.erase(watch);
    }
    for (auto open = cell_->open.begin(); open != cell_->open.end();) {
      if (open->goal != id || open->until < in.at || in.at < open->at) {
        ++open;
        continue;
      }
      const Version* decided = engine_.deployments().find(open->version);
      if (decided != nullptr) {
        const auto choice = decided->choices.find(open->choice);
        if (choice != decided->choices.end()) {
          const bytecode::Choice& what = decided->choice(choice->second);
          std::vector<std::string> options;
          for (const bytecode::Option& option : what.options) options.push_back(option.name);
          engine_.say(now_, audit::Credited{{contact_, name_of(open->workflow), open->serial},
                                            what.key,
                                            std::move(options),
                                            open->chosen,
                                            open->context,
                                            open->mode,
                                            open->at});
        }
      }
      open = cell_->open.erase(open);
    }
  }
  return {};
}

}  // namespace fairlead::engine
