// What a new version asks of the past and nobody has kept so far: counters are filled from the events that are kept,
// limits from the audit of what went out. Done when the version is deployed, before it takes anyone in.
#include <algorithm>

#include "runtime/engine/counters.hpp"
#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

namespace {

/// Whether a content is under the limits; of the newest version that knows it.
bool is_transactional(const Deployments& deployments, const std::string& content) {
  for (auto version = deployments.all().rbegin(); version != deployments.all().rend(); ++version) {
    const auto at = (*version)->contents.find(name_id(content));
    if (at != (*version)->contents.end()) return (*version)->module.contents[at->second].transactional;
  }
  return false;
}

bool looks_at(const Version& version, const bytecode::Counter& counter, std::uint32_t event) {
  if (counter.event != bytecode::none) return version.event_ids[counter.event] == event;
  const auto at = version.events.find(event);
  return at != version.events.end() && version.module.events[at->second].of_contact;
}

}  // namespace

Result<void> Engine::fill(Instant now, const Version& newest, const Version& before) {
  std::vector<const bytecode::Counter*> fresh;
  for (const bytecode::Counter& counter : newest.module.counters) {
    const bool known = std::any_of(deployments_.all().begin(), deployments_.all().end(), [&](const auto& v) {
      return v.get() != &newest && v->counters.contains(counter.id);
    });
    if (!known) fresh.push_back(&counter);
  }
  if (!fresh.empty()) {
    if (const Result<void> filled = fill_counters(now, newest, fresh); !filled) return filled;
  }
  const Duration window = guard::longest_window(newest.module);
  if (guard::longest_window(before.module) < window) return fill_limits(now, window);
  return {};
}

Result<void> Engine::fill_counters(Instant now, const Version& version,
                                   const std::vector<const bytecode::Counter*>& fresh) {
  std::vector<store::ContactId> ids;
  if (const Result<void> listed = store_.contacts([&](const store::Person& person) -> Result<void> {
        ids.push_back(person.id);
        return {};
      });
      !listed) {
    return listed;
  }
  std::size_t in_batch = 0;
  for (const store::ContactId id : ids) {
    const Result<std::vector<store::Event>> events = store_.events(id);
    if (!events) return tl::unexpected(events.error());
    if (events->empty()) continue;
    const Result<Cell*> cell = this->cell(id);
    if (!cell) return tl::unexpected(cell.error());
    touch(id);
    for (const bytecode::Counter* counter : fresh) {
      CounterState state{counter->id, {}};
      for (const store::Event& event : *events) {
        if (!looks_at(version, *counter, event.type)) continue;
        if (counter->kind != bytecode::CounterKind::last && !(now - counter->window < event.at)) continue;
        Value amount;
        Record record;
        if (counter->event != bytecode::none) {
          if (const Result<void> read = decode_values(event.data, record); !read) return read;
          std::vector<Value> fields;
          for (const bytecode::EventField& field : version.module.events[counter->event].fields)
            fields.push_back(record.get(name_id(field.name)));
          const std::span<const Value> bound[] = {fields};
          vm::World world;
          world.now = now;
          world.events = bound;
          Arena arena;
          if (counter->where != bytecode::none) {
            const Result<Value> holds = version.program->evaluate(counter->where, world, arena);
            if (!holds || holds->tag() != Tag::boolean || !holds->as_bool()) continue;
          }
          if (counter->field != bytecode::none) amount = fields[counter->field];
        }
        take(state, *counter, {event.at, event.id, amount}, now);
      }
      std::erase_if((*cell)->counters, [&](const CounterState& s) { return s.id == state.id; });
      if (!state.at.empty()) (*cell)->counters.push_back(std::move(state));
    }
    if (++in_batch == settings_.batch_items) {
      if (const Result<void> committed = commit(now); !committed) return committed;
      in_batch = 0;
    }
  }
  return in_batch == 0 ? Result<void>() : commit(now);
}

Result<void> Engine::fill_limits(Instant now, Duration window) {
  std::map<store::ContactId, std::vector<Counted>> counted;
  // Whether what was suppressed was so in shadow stands where the pass began, which may be long ago.
  const bool tries = std::any_of(deployments_.all().begin(), deployments_.all().end(),
                                 [](const auto& version) { return !version->rollouts.empty(); });
  std::set<std::string> in_shadow;
  const Result<void> read = store_.records(0, [&](const store::Record& record) -> Result<void> {
    if (!tries && !(now - window < record.at)) return {};  // no entry is later than its record
    const Result<std::vector<audit::Stamped>> entries = audit::read(record.audit);
    if (!entries) return tl::unexpected(entries.error());
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* entered = std::get_if<audit::Entered>(&stamped.entry);
          entered != nullptr && entered->mode == Mode::shadow)
        in_shadow.insert(audit::to_string(entered->pass));
      const auto* effect = std::get_if<audit::Effect>(&stamped.entry);
      if (effect == nullptr || !(now - window < stamped.at) || is_transactional(deployments_, effect->content))
        continue;
      const guard::Side side = !effect->suppressed                                  ? guard::Side::out
                               : in_shadow.contains(audit::to_string(effect->pass)) ? guard::Side::shadow
                                                                                    : guard::Side::held_out;
      counted[effect->pass.contact].push_back(
          {stamped.at, name_id(effect->channel), name_id(effect->pass.workflow), side});
    }
    return {};
  });
  if (!read) return read;
  std::size_t in_batch = 0;
  for (auto& [id, messages] : counted) {
    const Result<Cell*> cell = this->cell(id);
    if (!cell) return tl::unexpected(cell.error());
    touch(id);
    (*cell)->counted = std::move(messages);
    if (++in_batch == settings_.batch_items) {
      if (const Result<void> committed = commit(now); !committed) return committed;
      in_batch = 0;
    }
  }
  return in_batch == 0 ? Result<void>() : commit(now);
}

}  // namespace fairlead::engine
