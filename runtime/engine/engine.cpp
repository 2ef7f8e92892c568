// The engine: opening, recovery, and what turns ask of it. Batches are in batch.cpp, hand-over in sender.cpp.
#include "runtime/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/recovery.hpp"
#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

namespace {

/// Persons that are kept in memory between turns.
constexpr std::size_t most_persons = 65'536;

Result<std::string> note_or(store::Store& store, const std::string& name, const std::string& otherwise) {
  const Result<std::optional<std::string>> known = store.note(name);
  if (!known) return tl::unexpected(known.error());
  if (*known) return **known;
  if (const Result<void> kept = store.set_note(name, otherwise); !kept) return tl::unexpected(kept.error());
  return otherwise;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(store::Store& store, connect::Connector& connector, Settings settings) {
  std::unique_ptr<Engine> out(new Engine(store, connector, settings));
  const Result<store::Head> head = store.claim();
  if (!head) return tl::unexpected(head.error());
  out->head_ = *head;
  const Result<std::string> seed = note_or(store, "seed", std::to_string(settings.seed));
  if (!seed) return tl::unexpected(seed.error());
  out->settings_.seed = std::strtoull(seed->c_str(), nullptr, 10);
  // On a virtual clock everything is a function of the seed, the salts of commitments included.
  const Result<std::string> salt = note_or(store, "salt", settings.virtual_clock ? short_hex(sha256({"salt", *seed}), 16) : short_hex(sha256(random_bytes(32)), 16));
  if (!salt) return tl::unexpected(salt.error());
  out->salt_ = *salt;
  if (const Result<void> loaded = out->deployments_.load(store); !loaded) return tl::unexpected(loaded.error());
  if (const Result<void> recovered = out->recover(); !recovered) return tl::unexpected(recovered.error());
  if (const Result<void> settled = out->settle(); !settled) return tl::unexpected(settled.error());
  return out;
}

Result<void> Engine::recover() {
  const Result<void> read = recover_state(store_, head_.checkpoint, deployments_, ledger_, next_contact_, [&](store::ContactId id, Cell cell) {
    Slot& slot = cells_[id];
    slot.cell = std::move(cell);
    slot.changed = true;
  });
  clock_ = ledger_.last;
  return read;
}

Result<bool> Engine::deploy(Instant now, const bytecode::Module& module) {
  std::vector<std::uint32_t> known;
  if (!deployments_.empty()) {
    for (const bytecode::Counter& counter : deployments_.newest().module.counters) known.push_back(counter.id);
  }
  const bool first = deployments_.empty();
  const Result<bool> fresh = deployments_.deploy(store_, now, module);
  if (!fresh) return fresh;
  // A crash between storing the version and journaling it: the journal is behind, so it is said now.
  const Result<std::optional<std::string>> noted = store_.note("deployed");
  if (!noted) return tl::unexpected(noted.error());
  const Version& newest = deployments_.newest();
  if (!*fresh && *noted == std::to_string(newest.number)) return false;
  learn_all(newest, ledger_);
  now = std::max(now, clock_);
  say(now, audit::Deployed{newest.number, bytecode::fingerprint(newest.module)});
  if (const Result<void> committed = commit(now); !committed) return tl::unexpected(committed.error());
  std::vector<const bytecode::Counter*> counters;
  for (const bytecode::Counter& counter : newest.module.counters) {
    if (std::find(known.begin(), known.end(), counter.id) == known.end()) counters.push_back(&counter);
  }
  if (!first && !counters.empty()) {
    if (const Result<void> filled = fill_counters(now, counters); !filled) return tl::unexpected(filled.error());
  }
  if (const Result<void> kept = store_.set_note("deployed", std::to_string(newest.number)); !kept) return tl::unexpected(kept.error());
  return *fresh;
}

Result<void> Engine::fill_counters(Instant now, const std::vector<const bytecode::Counter*>& fresh) {
  const Version& version = deployments_.newest();
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
        if (event.type != version.event_ids[counter->event] || !(now - counter->window < event.at)) continue;
        Record record;
        if (const Result<void> read = decode_values(event.data, record); !read) return read;
        std::vector<Value> fields;
        for (const bytecode::EventField& field : version.module.events[counter->event].fields) fields.push_back(record.get(name_id(field.name)));
        const std::span<const Value> bound[] = {fields};
        vm::World world;
        world.now = now;
        world.events = bound;
        Arena arena;
        if (counter->where != bytecode::none) {
          const Result<Value> holds = version.program->evaluate(counter->where, world, arena);
          if (!holds || holds->tag() != Tag::boolean || !holds->as_bool()) continue;
        }
        state.at.push_back(event.at);
      }
      std::sort(state.at.begin(), state.at.end());
      std::erase_if((*cell)->counters, [&](const CounterState& s) { return s.id == state.id; });
      if (!state.at.empty()) (*cell)->counters.push_back(std::move(state));
    }
    if (++in_batch == settings_.batch_items) {
      if (const Result<void> committed = commit(now); !committed) return committed;
      in_batch = 0;
    }
  }
  return commit(now);
}

void Engine::say(Instant at, const audit::Entry& entry) {
  audit_.add(at, entry);
  ledger_.apply(at, entry);
}

Result<Cell*> Engine::cell(store::ContactId id) {
  if (const auto known = cells_.find(id); known != cells_.end()) return &known->second.cell;
  const Result<std::optional<store::Cell>> row = store_.cell(id);
  if (!row) return tl::unexpected(row.error());
  Slot slot;
  if (*row) {
    Result<Cell> cell = decode_cell((*row)->state);
    if (!cell) return tl::unexpected(cell.error());
    slot.cell = std::move(*cell);
  }
  return &cells_.emplace(id, std::move(slot)).first->second.cell;
}

void Engine::touch(store::ContactId id) {
  moved_ = id;
  Slot& slot = cells_[id];
  slot.changed = true;
  if (slot.in_batch) return;
  slot.in_batch = true;
  touched_.push_back(id);
}

Result<Person*> Engine::person(store::ContactId id) {
  if (const auto known = persons_.find(id); known != persons_.end()) return &known->second;
  const Result<std::optional<store::Person>> row = store_.person(id);
  if (!row) return tl::unexpected(row.error());
  Person person;
  if (*row) {
    person.salt = (*row)->salt;
    if (const Result<void> read = decode_values((*row)->data, person.record); !read) return tl::unexpected(read.error());
  } else {
    person.salt = settings_.virtual_clock ? short_hex(sha256({salt_, "person", std::to_string(id.part), std::to_string(id.id)}), 16) : short_hex(sha256(random_bytes(32)), 16);
  }
  return &persons_.emplace(id, std::move(person)).first->second;
}

void Engine::store_person(store::ContactId id) { persons_.at(id).dirty = true; }

Result<std::optional<store::ContactId>> Engine::find(const Hash& key) {
  if (const auto known = new_keys_.find(key); known != new_keys_.end()) return known->second;
  return store_.find(key);
}

Result<const store::Event*> Engine::event(store::ContactId id, const std::string& event_id) {
  // Newest first: what is asked for was most often said a moment ago.
  for (auto it = batch_.events.rbegin(); it != batch_.events.rend(); ++it) {
    if (it->contact == id && it->id == event_id) return &read_events_.emplace_back(*it);
  }
  Result<std::optional<store::Event>> row = store_.event(id, event_id);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return nullptr;
  return &read_events_.emplace_back(std::move(**row));
}

Result<std::vector<store::Event>> Engine::events(store::ContactId id) {
  Result<std::vector<store::Event>> out = store_.events(id);
  if (!out) return out;
  for (const store::Event& event : batch_.events) {
    if (event.contact == id) out->push_back(event);
  }
  return out;
}

const Zone* Engine::zone(std::string_view name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return &known->second;
  const Result<Zone> zone = Zone::load(std::string(name));
  // An unknown zone is nobody's clock: the project's is used instead.
  if (!zone) return nullptr;
  return &zones_.emplace(std::string(name), *zone).first->second;
}

const std::vector<Zone>& Engine::country_zones(std::string_view country) {
  const auto known = countries_.find(country);
  if (known != countries_.end()) return known->second;
  std::vector<Zone> zones;
  for (const std::string& name : zones_of_country(country)) {
    if (const Result<Zone> zone = Zone::load(name)) zones.push_back(*zone);
  }
  return countries_.emplace(std::string(country), std::move(zones)).first->second;
}

Result<void> Engine::checkpoint() {
  std::vector<store::Cell> rows;
  for (const auto& [id, slot] : cells_) {
    if (slot.changed) rows.push_back({id, slot.cell.due(), encode(slot.cell)});
  }
  ByteWriter global;
  global.varint(next_contact_);
  global.bytes(ledger_.save());
  if (const Result<void> written = store_.checkpoint(head_.seq, rows, global.str()); !written) return written;
  head_.checkpoint = head_.seq;
  cells_.clear();
  if (persons_.size() > most_persons) persons_.clear();
  return {};
}

}  // namespace fairlead::engine
