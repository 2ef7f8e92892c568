// The engine: opening, recovery, and what turns ask of it. Batches are in batch.cpp, hand-over in sender.cpp.
#include "runtime/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/occasions.hpp"
#include "runtime/engine/recovery.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

/// Names of no zone that are remembered, so that no file is looked for at every turn.
constexpr std::size_t most_no_zones = 1'024;

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
  const Result<std::string> salt = note_or(
      store, "salt",
      settings.virtual_clock ? short_hex(sha256({"salt", *seed}), 16) : short_hex(sha256(random_bytes(32)), 16));
  if (!salt) return tl::unexpected(salt.error());
  out->salt_ = *salt;
  const Result<std::optional<std::string>> letting_go = store.note("letting go");
  if (!letting_go) return tl::unexpected(letting_go.error());
  out->letting_go_ = letting_go->has_value();
  if (const Result<void> loaded = out->deployments_.load(store); !loaded) return tl::unexpected(loaded.error());
  if (const Result<void> recovered = out->recover(); !recovered) return tl::unexpected(recovered.error());
  if (const Result<void> settled = out->settle(); !settled) return tl::unexpected(settled.error());
  if (const Result<void> counted = out->count_unsent(); !counted) return tl::unexpected(counted.error());
  if (const Result<void> finished = out->finish_deployment(); !finished) return tl::unexpected(finished.error());
  return out;
}

Result<void> Engine::recover() {
  return recover_state(store_, head_.checkpoint, deployments_, ledger_, standing_, [&](store::ContactId id, Cell cell) {
    if (planted(Bug::place_lost_in_crash)) {
      for (Instance& instance : cell.instances)
        std::erase_if(instance.bound, [](const Bound& bound) { return bound.number > 0; });
    }
    cells_.recovered(id, cell);
  });
}

Result<void> Engine::plan_occasions(const Version& newest) {
  const Result<Cell*> cell = this->cell(nobody);
  if (!cell) return tl::unexpected(cell.error());
  std::vector<Occasion> occasions = occasions_of(newest, (*cell)->occasions, standing_.clock);
  if (occasions == (*cell)->occasions) return {};
  touch(nobody);
  (*cell)->occasions = std::move(occasions);
  return {};
}

void Engine::say(Instant at, const audit::Entry& entry) {
  rated_ = rated_ || std::holds_alternative<audit::Rated>(entry);
  audit_.add(at, entry);
  if (watch_) watch_(entry);
  ledger_.apply(at, entry);
  standing_.apply(at, entry, deployments_);
}

void Engine::touch(store::ContactId id) {
  moved_ = id;
  cells_.touch(id);
}

Result<Person*> Engine::person(store::ContactId id) {
  if (const auto known = persons_.find(id); known != persons_.end()) return &known->second;
  const Result<std::optional<store::Person>> row = store_.person(id);
  if (!row) return tl::unexpected(row.error());
  Person person;
  if (*row) {
    person.salt = (*row)->salt;
    if (const Result<void> read = decode_values((*row)->data, person.record); !read)
      return tl::unexpected(read.error());
  } else {
    // Nobody has no values, and so no row that would keep a salt.
    person.salt = settings_.virtual_clock || id == nobody
                      ? short_hex(sha256({salt_, "person", std::to_string(id.part), std::to_string(id.id)}), 16)
                      : short_hex(sha256(random_bytes(32)), 16);
  }
  return &persons_.emplace(id, std::move(person)).first->second;
}

void Engine::store_person(store::ContactId id) {
  persons_.at(id).dirty = true;
}

Result<std::optional<store::ContactId>> Engine::find(const Hash& key) {
  if (const auto fresh = new_keys_.find(key); fresh != new_keys_.end()) return fresh->second;
  Result<std::optional<store::ContactId>> kept = store_.find(key);
  if (!kept || !*kept) return kept;
  // Who was forgotten in this very batch is still in the store, and is nobody whom we know.
  if (std::any_of(batch_.forget.begin(), batch_.forget.end(),
                  [&](const store::Forgotten& f) { return f.contact == **kept; }))
    return std::nullopt;
  return kept;
}

std::string Engine::event_salt(store::ContactId id, const std::string& event_id) const {
  constexpr std::size_t bytes = 8;
  // On a virtual clock everything is a function of the seed.
  if (settings_.virtual_clock)
    return short_hex(sha256({salt_, "event", std::to_string(id.part), std::to_string(id.id), event_id}), bytes);
  Hash random{};
  const std::string drawn = random_bytes(bytes);
  std::copy(drawn.begin(), drawn.end(), random.begin());
  return short_hex(random, bytes);
}

void Engine::take_in(store::Event event) {
  new_events_[event.contact].push_back(batch_.events.size());
  batch_.events.push_back(std::move(event));
}

std::span<const std::size_t> Engine::new_events_of(store::ContactId id) const {
  const auto known = new_events_.find(id);
  return known == new_events_.end() ? std::span<const std::size_t>() : std::span<const std::size_t>(known->second);
}

Result<const store::Event*> Engine::event(store::ContactId id, const std::string& event_id) {
  for (const std::size_t place : new_events_of(id)) {
    const store::Event& event = batch_.events[place];
    if (event.id == event_id) return &read_events_.emplace_back(event);
  }
  Result<std::optional<store::Event>> row = store_.event(id, event_id);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return nullptr;
  return &read_events_.emplace_back(std::move(**row));
}

Result<bool> Engine::knows_event(store::ContactId id, const std::string& event_id) {
  for (const std::size_t place : new_events_of(id)) {
    if (batch_.events[place].id == event_id) return true;
  }
  return store_.knows_event(id, event_id);
}

Result<bool> Engine::has_row(const std::string& key) {
  if (std::any_of(batch_.fill.begin(), batch_.fill.end(), [&](const store::Outbox& row) { return row.key == key; }))
    return true;
  const Result<std::optional<store::Outbox>> found = store_.outbox(key);
  if (!found) return tl::unexpected(found.error());
  return found->has_value();
}

Result<std::vector<store::Event>> Engine::events(store::ContactId id) {
  Result<std::vector<store::Event>> out = store_.events(id);
  if (!out) return out;
  // In the order in which they came.
  for (const std::size_t place : new_events_of(id)) out->push_back(batch_.events[place]);
  std::stable_sort(out->begin(), out->end(), [](const store::Event& a, const store::Event& b) { return a.at < b.at; });
  return out;
}

const Zone* Engine::zone(std::string_view name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return &known->second;
  if (no_zones_.contains(name)) return nullptr;
  const Result<Zone> zone = Zone::load(std::string(name));
  if (!zone) {
    // A file of bad names must not fill the memory.
    if (no_zones_.size() == most_no_zones) no_zones_.clear();
    no_zones_.emplace(name);
    return nullptr;
  }
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
  if (const Result<void> written = store_.checkpoint(head_.seq, cells_.rows(), encode_global(standing_, ledger_));
      !written)
    return written;
  head_.checkpoint = head_.seq;
  checkpoint_due_ = false;
  new_since_ = 0;
  cells_.clear();
  if (const Result<void> counted = count_unsent(); !counted) return counted;
  if (!letting_go_) return {};
  letting_go_ = false;
  return store_.let_go();
}

}  // namespace fairlead::engine
