// The journal as a hash chain: its links, its records, and the proof that none was changed, added or removed.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/store/sqlite_store.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::store {

Hash link(const Hash& chain, std::uint64_t seq, Instant at, const Hash& journal, const Hash& audit) {
  ByteWriter seq_bytes;
  seq_bytes.u64(seq);
  ByteWriter at_bytes;
  at_bytes.u64(static_cast<std::uint64_t>(at.ms));
  return sha256({view(chain), seq_bytes.str(), at_bytes.str(), view(journal), view(audit)});
}

Result<void> SqliteStore::records(std::uint64_t after, const std::function<Result<void>(const Record&)>& each) {
  // One at a time, since a record may be large, and with no statement open while `each` runs.
  for (;;) {
    auto next = guarded([&]() -> Result<std::optional<Record>> {
      Query query(
          statement("SELECT seq, at, journal, audit FROM journal "
                    "WHERE range_first = 0 AND seq > ? ORDER BY seq LIMIT 1"));
      if (!query.bind(after).step()) return std::nullopt;
      return Record{query.as<std::uint64_t>(0), query.instant(1), query.string(2), query.string(3)};
    });
    if (!next) return tl::unexpected(next.error());
    if (!*next) return {};
    after = (*next)->seq;
    if (auto done = each(**next); !done) return done;
  }
}

Result<Head> SqliteStore::verify() {
  return guarded([&]() -> Result<Head> {
    // In one read transaction, so that head and records are of the same moment while the owner goes on writing.
    hold_reads(false);
    SQLite::Transaction snapshot(*database_);
    return verify_records();
  });
}

Result<Head> SqliteStore::verify_records() {
  const auto broken = [](std::uint64_t seq, std::string detail) {
    return fault(FaultCode::chain_broken, fmt::format("0-{}", global_part), std::to_string(seq), std::move(detail));
  };
  // Stored hashes are compared as bytes: one of another length is a mismatch like any other.
  const auto same = [](const std::string& stored, const Hash& hash) { return stored == view(hash); };

  Query head_row(statement("SELECT epoch, seq, checkpoint, chain FROM range_head WHERE first = 0"));
  if (!head_row.bind().step()) return broken(0, "the range has no head");
  Head head{head_row.as<std::uint64_t>(0), head_row.as<std::uint64_t>(1), head_row.as<std::uint64_t>(2), Hash{}};
  const std::string head_chain = head_row.string(3);

  Query query(
      statement("SELECT range_first, seq, at, journal_hash, audit_hash, chain, journal, audit FROM journal "
                "ORDER BY range_first, seq"));
  query.bind();
  std::uint64_t last = 0;
  while (query.step()) {
    const auto seq = query.as<std::uint64_t>(1);
    if (query.integer(0) != 0) return broken(seq, "the record belongs to a range that does not exist");
    if (seq != last + 1) return broken(last + 1, fmt::format("the record is missing; the next one is {}", seq));
    if (seq > head.seq) return broken(seq, fmt::format("the record comes after the head, which is at {}", head.seq));
    const std::string blob = query.string(6);
    const std::string stored = query.string(3);
    Hash journal = sha256(blob);
    const Hash audit = sha256(query.string(7));
    // What was let go is known by its hash; nothing after the checkpoint is ever let go.
    if (blob.empty() && seq <= head.checkpoint && stored.size() == journal.size())
      std::copy(stored.begin(), stored.end(), journal.begin());
    if (!same(stored, journal)) return broken(seq, "the journal does not match its hash");
    if (!same(query.string(4), audit)) return broken(seq, "the audit does not match its hash");
    head.chain = link(head.chain, seq, query.instant(2), journal, audit);
    if (!same(query.string(5), head.chain)) return broken(seq, "the record does not match its link of the chain");
    last = seq;
  }
  if (last != head.seq) {
    return broken(last + 1, fmt::format("the record is missing; the head is at {}", head.seq));
  }
  if (!same(head_chain, head.chain)) return broken(head.seq, "the head does not match the chain's last link");
  if (head.checkpoint > head.seq) {
    return broken(head.seq, fmt::format("the checkpoint, {}, lies after the head", head.checkpoint));
  }
  return head;
}

}  // namespace fairlead::store
