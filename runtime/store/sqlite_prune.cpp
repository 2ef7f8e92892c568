// Pruning: what is old goes a row at a time, in the owner's own transactions.
//
// Of an event the row goes, and its id stays in the index with the number of a row that is not there: so it is known
// when it arrives again. The audit has the id anyway.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "runtime/store/sqlite_store.hpp"

namespace fairlead::store {

namespace {

/// A note: what is older may have been pruned.
const std::string horizon_note = "pruned before";
/// A note: the journal's blobs up to here were let go by a pruning, so that nobody looks through them again.
const std::string journal_note = "journal pruned";
/// A note: `ms number` a line, how many rows lay set aside when. They say nothing of their age themselves.
const std::string rejected_note = "rejected marks";

/// A look ends where what it found holds so much: what is removed goes through the log.
constexpr std::uint64_t most_bytes = 16U << 20U;

/// Rows that were set aside by then have at most this number.
struct Mark {
  std::int64_t at = 0, number = 0;
};

std::vector<Mark> marks_of(const std::string& text) {
  std::vector<Mark> out;
  const char* at = text.data();
  const char* end = at + text.size();
  for (Mark mark; at < end; out.push_back(mark)) {
    const auto [space, no_time] = std::from_chars(at, end, mark.at);
    if (no_time != std::errc() || space == end) break;
    const auto [line, no_number] = std::from_chars(space + 1, end, mark.number);
    if (no_number != std::errc()) break;
    at = line + 1;
  }
  return out;
}

std::string text_of(const std::vector<Mark>& marks) {
  std::string out;
  for (const Mark& mark : marks) out += fmt::format("{} {}\n", mark.at, mark.number);
  return out;
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

}  // namespace

std::string SqliteStore::small_note(const std::string& name) {
  Query query(statement("SELECT value FROM note WHERE name = ?"));
  return query.bind(Text{name}).step() ? query.string(0) : std::string();
}

void SqliteStore::keep_small_note(const std::string& name, const std::string& value) {
  Query(statement("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)")).run(Text{name}, value);
}

Result<std::optional<Instant>> SqliteStore::pruned_before() {
  return guarded([&]() -> Result<std::optional<Instant>> {
    const std::string text = small_note(horizon_note);
    if (text.empty()) return std::nullopt;
    return Instant{number_or(text, 0)};
  });
}

Result<OldRows> SqliteStore::old_rows(Aging what, Instant before, std::int64_t after, std::size_t limit) {
  return guarded([&]() -> Result<OldRows> {
    if (const Result<void> current = outbox_is_current(); !current) return tl::unexpected(current.error());
    switch (what) {
      case Aging::event: return old_events(before, after, limit);
      case Aging::outbox: return old_outbox(before, limit);
      case Aging::journal: return old_journal(before, after, limit);
      case Aging::rejected: return old_rejected(before, after, limit);
    }
    return OldRows{};
  });
}

OldRows SqliteStore::old_events(Instant before, std::int64_t after, std::size_t limit) {
  // What the index does not have yet stays: its id would be gone with it.
  Query query(
      statement("SELECT number, length(event_id) + length(content) + length(salt) + length(data), part, id, event_id, "
                "at, content FROM event WHERE number > ? AND number <= ? ORDER BY number LIMIT ?"));
  query.bind(after, events_indexed(), row_limit(limit));
  OldRows out;
  std::size_t looked = 0;
  std::uint64_t bytes = 0;
  while (query.step()) {
    ++looked;
    const std::int64_t number = query.integer(0);
    if (query.instant(5) < before) {
      bytes += query.as<std::uint64_t>(1);
      out.rows.push_back({number,
                          query.as<std::uint64_t>(1),
                          {query.as<std::uint16_t>(2), query.as<std::uint64_t>(3)},
                          query.string(4),
                          query.instant(5),
                          query.string(6)});
    }
    if (looked == limit || bytes >= most_bytes) {
      out.next = number;
      break;
    }
  }
  return out;
}

OldRows SqliteStore::old_outbox(Instant before, std::size_t limit) {
  OldRows out;
  // One state after the other, since the index begins with it. Those that are removed do not come again.
  Query query(
      statement("SELECT number, length(key) + length(channel) + length(payload) + length(origin) FROM outbox "
                "WHERE state = ? AND not_before < ? LIMIT ?"));
  for (const OutboxState state : {OutboxState::sent, OutboxState::withheld, OutboxState::settled}) {
    query.bind(static_cast<std::uint32_t>(state), before, row_limit(limit - out.rows.size()));
    while (query.step()) out.rows.push_back({query.integer(0), query.as<std::uint64_t>(1), {}, {}, {}, {}});
  }
  if (out.rows.size() == limit) out.next = 0;
  return out;
}

OldRows SqliteStore::old_journal(Instant before, std::int64_t after, std::size_t limit) {
  Query query(
      statement("SELECT j.seq, j.at, length(j.journal) FROM journal j, range_head h WHERE h.first = 0 AND "
                "j.range_first = 0 AND j.seq > ? AND j.seq <= h.checkpoint ORDER BY j.seq LIMIT ?"));
  query.bind(std::max(after, number_or(small_note(journal_note), 0)), row_limit(limit));
  OldRows out;
  std::size_t looked = 0;
  std::uint64_t bytes = 0;
  while (query.step()) {
    if (!(query.instant(1) < before)) break;  // what follows is younger
    ++looked;
    const auto size = query.as<std::uint64_t>(2);
    bytes += size;
    if (size > 0) out.rows.push_back({query.integer(0), size, {}, {}, {}, {}});
    if (looked == limit || bytes >= most_bytes) {
      out.next = query.integer(0);
      break;
    }
  }
  return out;
}

OldRows SqliteStore::old_rejected(Instant before, std::int64_t after, std::size_t limit) {
  std::int64_t upto = 0;
  for (const Mark& mark : marks_of(small_note(rejected_note))) {
    if (Instant{mark.at} < before) upto = std::max(upto, mark.number);
  }
  Query query(
      statement("SELECT number, length(source) + length(reason) + length(raw) FROM rejected "
                "WHERE number > ? AND number <= ? ORDER BY number LIMIT ?"));
  query.bind(after, upto, row_limit(limit));
  OldRows out;
  std::uint64_t bytes = 0;
  while (query.step()) {
    out.rows.push_back({query.integer(0), query.as<std::uint64_t>(1), {}, {}, {}, {}});
    bytes += out.rows.back().bytes;
    if (out.rows.size() == limit || bytes >= most_bytes) {
      out.next = query.integer(0);
      break;
    }
  }
  return out;
}

Result<void> SqliteStore::prune(const Pruning& what) {
  Query events(statement("DELETE FROM event WHERE number = ? AND number <= ?"));
  // A dead letter, or what still goes out, is never taken for one that is done with.
  Query outbox(statement("DELETE FROM outbox WHERE number = ? AND state IN (3, 4, 7)"));
  // Recovery reads what comes after the checkpoint.
  Query journal(statement("UPDATE journal SET journal = x'' WHERE range_first = 0 AND seq = ? AND seq <= ?"));
  Query rejected(statement("DELETE FROM rejected WHERE number = ?"));
  const std::int64_t indexed = events_indexed();
  const auto all = [](const std::vector<std::int64_t>& numbers, const auto& remove) {
    return std::all_of(numbers.begin(), numbers.end(), [&](std::int64_t number) { return remove(number) == 1; });
  };
  const bool done = all(what.events, [&](std::int64_t n) { return events.run(n, indexed); }) &&
                    all(what.outbox, [&](std::int64_t n) { return outbox.run(n); }) &&
                    all(what.journal, [&](std::int64_t n) { return journal.run(n, held_->checkpoint); }) &&
                    all(what.rejected, [&](std::int64_t n) { return rejected.run(n); });
  if (!done) return fault(FaultCode::store_failed, path_, "the batch prunes a row that is not there, or is needed");
  if (!what.rejected.empty()) clamp_rejected();
  if (!what.journal.empty()) keep_small_note(journal_note, std::to_string(what.journal.back()));
  if (const std::string before = small_note(horizon_note); before.empty() || number_or(before, 0) < what.before.ms)
    keep_small_note(horizon_note, std::to_string(what.before.ms));
  return {};
}

void SqliteStore::mark_rejected(Instant at) {
  Query last(statement("SELECT max(number) FROM rejected"));
  if (!last.bind().step() || last.is_null(0)) return;
  std::vector<Mark> marks = marks_of(small_note(rejected_note));
  const std::int64_t number = last.integer(0);
  if (!marks.empty() && (at.ms < marks.back().at + days(1).ms || marks.back().number == number)) return;
  marks.push_back({at.ms, number});
  keep_small_note(rejected_note, text_of(marks));
}

void SqliteStore::clamp_rejected() {
  std::vector<Mark> marks = marks_of(small_note(rejected_note));
  if (marks.empty()) return;
  Query ends(statement("SELECT coalesce(min(number), 0), coalesce(max(number), 0) FROM rejected"));
  ends.bind().step();
  const std::int64_t first = ends.integer(0), last = ends.integer(1);
  for (Mark& mark : marks) mark.number = std::min(mark.number, last);
  std::erase_if(marks, [first](const Mark& mark) { return mark.number == 0 || mark.number < first; });
  keep_small_note(rejected_note, text_of(marks));
}

}  // namespace fairlead::store
