// What people did. Events lie in the order in which they came; an index leads from who did it and its id. In the order
// of the index each event would meet a page of its own, so it is written at a checkpoint, for all that came since at
// once: until then the owner remembers where they lie, and whoever else asks looks through them. An event that is
// pruned leaves its place in the index (sqlite_prune.cpp).
#include <algorithm>
#include <tuple>

#include "runtime/store/sqlite_store.hpp"

namespace fairlead::store {

namespace {

constexpr const char* in_index =
    "SELECT e.event_id, e.at, e.type, e.content, e.salt, e.data FROM event_index i JOIN event e ON e.number = i.number "
    "WHERE i.part = ? AND i.id = ? AND i.event_id = ?";
constexpr const char* all_in_index =
    "SELECT e.event_id, e.at, e.type, e.content, e.salt, e.data FROM event_index i JOIN event e ON e.number = i.number "
    "WHERE i.part = ? AND i.id = ?";
constexpr const char* by_number = "SELECT event_id, at, type, content, salt, data FROM event WHERE number = ?";
constexpr const char* since_index =
    "SELECT event_id, at, type, content, salt, data FROM event WHERE number > ? AND part = ? AND id = ?";

/// A note: the last event that is in the index.
const std::string indexed_note = "events indexed";

Event event_row(const Query& query, ContactId id) {
  return {id,
          query.string(0),
          query.instant(1),
          query.as<std::uint32_t>(2),
          query.string(3),
          query.string(4),
          query.string(5)};
}

}  // namespace

std::int64_t SqliteStore::events_indexed() {
  Query query(statement("SELECT value FROM note WHERE name = ?"));
  if (!query.bind(Text{indexed_note}).step()) return 0;
  return std::stoll(query.string(0));
}

void SqliteStore::recall_events() {
  recent_events_.clear();
  Query query(statement("SELECT part, id, event_id, number FROM event WHERE number > ?"));
  // Not the number of one that was erased again: below what is indexed nobody would look for it.
  last_event_ = events_indexed();
  query.bind(last_event_);
  while (query.step()) {
    last_event_ = std::max(last_event_, query.integer(3));
    recent_events_[{query.as<std::uint16_t>(0), query.as<std::uint64_t>(1)}].push_back(
        {query.string(2), query.integer(3)});
  }
}

void SqliteStore::add_events(const std::vector<Event>& events) {
  added_events_.clear();
  Query add(
      statement("INSERT INTO event (number, part, id, event_id, at, type, content, salt, data) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const Event& row : events) {
    add.run(++last_event_, row.contact.part, row.contact.id, Text{row.id}, row.at, row.type, Text{row.content},
            row.salt, row.data);
    added_events_.emplace_back(row.contact, Recent{row.id, last_event_});
  }
}

void SqliteStore::remember_events(const std::vector<Forgotten>& forgotten) {
  for (auto& [contact, event] : added_events_) recent_events_[contact].push_back(std::move(event));
  added_events_.clear();
  for (const Forgotten& one : forgotten) recent_events_.erase(one.contact);
}

void SqliteStore::erase_events(ContactId id) {
  Query remove(statement("DELETE FROM event WHERE number = ?"));
  for (const auto& [contact, event] : added_events_) {
    if (contact == id) remove.run(event.number);
  }
  if (const auto recent = recent_events_.find(id); recent != recent_events_.end()) {
    for (const Recent& event : recent->second) remove.run(event.number);
  }
  Query(statement("DELETE FROM event WHERE number IN (SELECT number FROM event_index WHERE part = ? AND id = ?)"))
      .run(id.part, id.id);
  Query(statement("DELETE FROM event_index WHERE part = ? AND id = ?")).run(id.part, id.id);
}

void SqliteStore::index_events() {
  if (recent_events_.empty()) return;
  std::vector<std::tuple<ContactId, const std::string*, std::int64_t>> rows;
  std::int64_t last = 0;
  for (const auto& [contact, events] : recent_events_) {
    for (const Recent& event : events) {
      rows.emplace_back(contact, &event.id, event.number);
      last = std::max(last, event.number);
    }
  }
  std::ranges::sort(rows, [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), *std::get<1>(a)) < std::tie(std::get<0>(b), *std::get<1>(b));
  });
  // Of two that have one id, which nobody should have written, the first is found.
  Query add(
      statement("INSERT INTO event_index (part, id, event_id, number) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"));
  for (const auto& [contact, id, number] : rows) add.run(contact.part, contact.id, Text{*id}, number);
  Query(statement("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)"))
      .run(Text{indexed_note}, std::to_string(last));
}

Result<std::optional<Event>> SqliteStore::event(ContactId id, const std::string& event_id) {
  return guarded([&]() -> Result<std::optional<Event>> {
    if (const auto recent = recent_events_.find(id); recent != recent_events_.end()) {
      const auto at = std::ranges::find(recent->second, event_id, &Recent::id);
      if (at != recent->second.end()) {
        Query query(statement(by_number));
        if (query.bind(at->number).step()) return event_row(query, id);
      }
    }
    {
      Query query(statement(in_index));
      if (query.bind(id.part, id.id, Text{event_id}).step()) return event_row(query, id);
    }
    if (held_) return std::nullopt;
    Query query(statement(since_index));
    query.bind(events_indexed(), id.part, id.id);
    while (query.step()) {
      if (query.blob(0) == event_id) return event_row(query, id);
    }
    return std::nullopt;
  });
}

Result<bool> SqliteStore::knows_event(ContactId id, const std::string& event_id) {
  return guarded([&]() -> Result<bool> {
    if (const auto recent = recent_events_.find(id); recent != recent_events_.end()) {
      if (std::ranges::find(recent->second, event_id, &Recent::id) != recent->second.end()) return true;
    }
    {
      // The index alone: it is asked for every event that comes, and of what was pruned nothing else is left.
      Query query(statement("SELECT 1 FROM event_index WHERE part = ? AND id = ? AND event_id = ?"));
      if (query.bind(id.part, id.id, Text{event_id}).step()) return true;
    }
    if (held_) return false;
    Query query(statement("SELECT event_id FROM event WHERE number > ? AND part = ? AND id = ?"));
    query.bind(events_indexed(), id.part, id.id);
    while (query.step()) {
      if (query.blob(0) == event_id) return true;
    }
    return false;
  });
}

Result<std::vector<Event>> SqliteStore::events(ContactId id) {
  return guarded([&]() -> Result<std::vector<Event>> {
    std::vector<Event> rows;
    {
      Query query(statement(all_in_index));
      query.bind(id.part, id.id);
      while (query.step()) rows.push_back(event_row(query, id));
    }
    if (held_) {
      if (const auto recent = recent_events_.find(id); recent != recent_events_.end()) {
        Query query(statement(by_number));
        for (const Recent& event : recent->second) {
          if (query.bind(event.number).step()) rows.push_back(event_row(query, id));
        }
      }
    } else {
      Query query(statement(since_index));
      query.bind(events_indexed(), id.part, id.id);
      while (query.step()) rows.push_back(event_row(query, id));
    }
    std::ranges::sort(rows, {}, [](const Event& event) { return std::tie(event.at, event.id); });
    return rows;
  });
}

}  // namespace fairlead::store
