// When contacts want to move by themselves. A row a timer would be three writes for every move: timers lie in runs
// instead, those of one checkpoint that fall into one slot of time as one blob. A run is never changed. Where a contact
// moved meanwhile its timer stays behind: whoever reads it asks the cell. A slot knows how many of its timers are still
// true: at none it goes away, and where most are not it is written anew.
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <span>

#include "runtime/store/sqlite_store.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::store {

namespace {

/// A slot is 2^20 milliseconds, seventeen minutes and a half.
constexpr int slot_bits = 20;
/// A slot of fewer timers is not worth writing anew.
constexpr std::int64_t small_slot = 256;

std::int64_t slot_of(Instant due) {
  return due.ms >> slot_bits;
}

Instant begin_of(std::int64_t slot) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(slot) << static_cast<unsigned>(slot_bits))};
}

/// Ascending timers of one slot.
std::string encode(std::int64_t slot, std::span<const Timer> timers) {
  ByteWriter out;
  std::int64_t last = begin_of(slot).ms;
  for (const Timer& timer : timers) {
    out.varint(static_cast<std::uint64_t>(timer.due.ms - last));
    out.varint(timer.id.part);
    out.varint(timer.id.id);
    last = timer.due.ms;
  }
  return out.take();
}

void decode(std::int64_t slot, std::string_view bytes, std::vector<Timer>& out) {
  ByteReader in(bytes);
  auto at = static_cast<std::uint64_t>(begin_of(slot).ms);
  while (in.ok() && !in.at_end()) {
    at += in.varint();
    Timer timer{{static_cast<std::int64_t>(at)}, {}};
    timer.id.part = static_cast<std::uint16_t>(in.varint());
    timer.id.id = in.varint();
    out.push_back(timer);
  }
  if (!in.ok()) throw SQLite::Exception("a run of timers cannot be read", SQLITE_CORRUPT);
}

}  // namespace

void runs_of_timers(SQLite::Database& database) {
  SQLite::Statement rows(database, "SELECT due, part, id FROM timer ORDER BY due, part, id");
  SQLite::Statement run(database, "INSERT INTO timer_run (slot, number, timers) VALUES (?, 1, ?)");
  SQLite::Statement slots(database, "INSERT INTO timer_slot (slot, live, held) VALUES (?1, ?2, ?2)");
  std::vector<Timer> timers;
  const auto write = [&] {
    if (timers.empty()) return;
    const std::int64_t slot = slot_of(timers.front().due);
    Query(run).run(slot, encode(slot, timers));
    Query(slots).run(slot, static_cast<std::uint64_t>(timers.size()));
    timers.clear();
  };
  Query query(rows);
  query.bind();
  while (query.step()) {
    const Timer timer{query.instant(0), {query.as<std::uint16_t>(1), query.as<std::uint64_t>(2)}};
    if (!timers.empty() && slot_of(timers.front().due) != slot_of(timer.due)) write();
    timers.push_back(timer);
  }
  write();
}

std::vector<Timer> SqliteStore::timers_in(std::int64_t slot) {
  std::vector<Timer> out;
  Query query(statement("SELECT timers FROM timer_run WHERE slot = ?"));
  query.bind(slot);
  while (query.step()) decode(slot, query.blob(0), out);
  std::ranges::sort(out);
  // A contact that went away and came back to the same instant is in two runs.
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

void SqliteStore::add_run(std::int64_t slot, std::span<const Timer> timers) {
  Query(statement("INSERT INTO timer_run (slot, number, timers) VALUES "
                  "(?1, (SELECT coalesce(max(number), 0) + 1 FROM timer_run WHERE slot = ?1), ?2)"))
      .run(slot, encode(slot, timers));
}

void SqliteStore::write_timers(std::vector<Timer> set, const std::vector<Timer>& gone) {
  struct Change {
    std::int64_t live = 0, held = 0;
  };
  std::map<std::int64_t, Change> changes;
  for (const Timer& timer : gone) --changes[slot_of(timer.due)].live;
  std::ranges::sort(set);
  for (auto begin = set.begin(); begin != set.end();) {
    const std::int64_t slot = slot_of(begin->due);
    const auto end = std::find_if(begin, set.end(), [slot](const Timer& timer) { return slot_of(timer.due) != slot; });
    add_run(slot, {begin, end});
    Change& change = changes[slot];
    change.live += end - begin;
    change.held += end - begin;
    begin = end;
  }
  Query add(
      statement("INSERT INTO timer_slot (slot, live, held) VALUES (?, ?, ?) "
                "ON CONFLICT (slot) DO UPDATE SET live = live + excluded.live, held = held + excluded.held"));
  for (const auto& [slot, change] : changes) {
    add.run(slot, change.live, change.held);
    tidy_slot(slot);
  }
}

void SqliteStore::tidy_slot(std::int64_t slot) {
  std::int64_t live = 0, held = 0;
  {
    Query query(statement("SELECT live, held FROM timer_slot WHERE slot = ?"));
    if (!query.bind(slot).step()) return;
    live = query.integer(0);
    held = query.integer(1);
  }
  if (live > 0 && (held < small_slot || held < 2 * live)) return;
  std::vector<Timer> kept;
  if (live > 0) {
    kept = timers_in(slot);
    Query due(statement("SELECT due FROM cell WHERE part = ? AND id = ?"));
    std::erase_if(kept, [&](const Timer& timer) {
      return !due.bind(timer.id.part, timer.id.id).step() || due.maybe_instant(0) != timer.due;
    });
  }
  Query(statement("DELETE FROM timer_run WHERE slot = ?")).run(slot);
  if (kept.empty()) {
    Query(statement("DELETE FROM timer_slot WHERE slot = ?")).run(slot);
    return;
  }
  add_run(slot, kept);
  const auto count = static_cast<std::int64_t>(kept.size());
  Query(statement("UPDATE timer_slot SET live = ?2, held = ?2 WHERE slot = ?1")).run(slot, count);
}

Result<TimerRun> SqliteStore::timers(Instant from, Instant to, std::size_t enough) {
  return guarded([&]() -> Result<TimerRun> {
    TimerRun out{{}, to};
    std::vector<std::int64_t> slots;
    {
      Query query(statement("SELECT slot FROM timer_slot WHERE slot BETWEEN ? AND ? ORDER BY slot"));
      query.bind(slot_of(from), slot_of(to));
      while (query.step()) slots.push_back(query.integer(0));
    }
    for (const std::int64_t slot : slots) {
      for (const Timer& timer : timers_in(slot)) {
        if (!(timer.due < from) && timer.due < to) out.timers.push_back(timer);
      }
      if (slot != slots.back() && out.timers.size() >= enough) {
        out.until = begin_of(slot + 1);
        break;
      }
    }
    return out;
  });
}

Result<std::optional<Instant>> SqliteStore::next_timer(Instant from) {
  return guarded([&]() -> Result<std::optional<Instant>> {
    std::int64_t slot = slot_of(from);
    while (true) {
      {
        Query query(statement("SELECT min(slot) FROM timer_slot WHERE slot >= ?"));
        query.bind(slot).step();
        if (query.is_null(0)) return std::nullopt;
        slot = query.integer(0);
      }
      const std::vector<Timer> timers = timers_in(slot);
      const auto at = std::ranges::lower_bound(timers, from, {}, &Timer::due);
      if (at != timers.end()) return at->due;
      ++slot;
    }
  });
}

}  // namespace fairlead::store
