// Reading what a store holds.
#include "runtime/engine/recovery.hpp"

#include <algorithm>

#include "runtime/engine/decide.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

Result<void> each_cell_in(const store::Record& record, const std::function<void(store::ContactId, Cell)>& each_cell) {
  ByteReader in(record.journal);
  const std::uint64_t cells = in.varint();
  for (std::uint64_t i = 0; i < cells && in.ok(); ++i) {
    store::ContactId id;
    id.part = static_cast<std::uint16_t>(in.varint());
    id.id = in.varint();
    Result<Cell> cell = decode_cell(in.bytes());
    if (!cell) return tl::unexpected(cell.error());
    each_cell(id, std::move(*cell));
  }
  if (!in.ok() || !in.at_end())
    return fault(FaultCode::chain_broken, "0-4096", std::to_string(record.seq), "its journal cannot be read");
  return {};
}

/// A checkpoint of before all messages counted: they do from the journal's first record on. What went out without a
/// limit in force is in it by its `Effect`; only what calls cost then nobody wrote down.
Result<void> count_again(store::Store& store, std::uint64_t checkpoint, const Deployments& deployments,
                         Charges& charges) {
  return store.records(0, [&](const store::Record& record) -> Result<void> {
    if (checkpoint < record.seq) return {};
    const Result<std::vector<audit::Stamped>> entries = audit::read(record.audit);
    if (!entries) return tl::unexpected(entries.error());
    for (const audit::Stamped& stamped : *entries) charges.apply(stamped.at, stamped.entry, deployments);
    return {};
  });
}

}  // namespace

std::string encode_global(const Standing& standing, const Ledger& ledger) {
  ByteWriter out;
  out.varint(standing.next_contact);
  out.signed_varint(standing.clock.ms);
  out.varint(0);  // up to format 2: how many messages a rule deferred
  out.bytes(ledger.save());
  out.bytes(standing.assignments.save());
  out.bytes(standing.entries.save());
  out.bytes(standing.delivery.save());
  out.bytes(standing.pauses.save());
  out.bytes("");  // of format 3: what counted toward limits only while there were any
  out.bytes(standing.rollouts.save());
  out.bytes(standing.charges.save());
  const bool scores = !standing.scores.all().empty();
  if (!standing.splits.all().empty() || scores) out.bytes(standing.splits.save());
  if (scores) out.bytes(standing.scores.save());
  return out.take();
}

Result<void> recover_state(store::Store& store, std::uint64_t checkpoint, const Deployments& deployments,
                           Ledger& ledger, Standing& standing,
                           const std::function<void(store::ContactId, Cell)>& each_cell) {
  const Result<std::string> global = store.global();
  if (!global) return tl::unexpected(global.error());
  if (!global->empty()) {
    ByteReader in(*global);
    standing.next_contact = in.varint();
    standing.clock.ms = in.signed_varint();
    // What a rule deferred stood here; now the outbox's rows say so, and those of then are asked again at once.
    const std::uint64_t deferred = in.varint();
    for (std::uint64_t i = 0; i < deferred && in.ok(); ++i) {
      in.bytes();
      in.signed_varint();
    }
    if (const Result<void> loaded = ledger.load(in.bytes()); !loaded) return loaded;
    // A checkpoint of format 1 ends here: nobody was assigned to anybody yet, and no entry counted.
    if (!in.at_end()) {
      if (const Result<void> loaded = standing.assignments.load(in.bytes()); !loaded) return loaded;
      if (const Result<void> loaded = standing.entries.load(in.bytes()); !loaded) return loaded;
    }
    // And one of format 2 here.
    if (!in.at_end()) {
      if (const Result<void> loaded = standing.delivery.load(in.bytes()); !loaded) return loaded;
      if (const Result<void> loaded = standing.pauses.load(in.bytes()); !loaded) return loaded;
      in.bytes();  // what counted toward limits, where there were any: it is counted anew
    }
    // One that was written before there were rollouts here.
    if (!in.at_end()) {
      if (const Result<void> loaded = standing.rollouts.load(in.bytes()); !loaded) return loaded;
    }
    const Result<void> counted = in.at_end() ? count_again(store, checkpoint, deployments, standing.charges)
                                             : standing.charges.load(in.bytes(), deployments);
    if (!counted) return counted;
    // Where no split adopts a variant, as before any could.
    if (!in.at_end()) {
      if (const Result<void> loaded = standing.splits.load(in.bytes()); !loaded) return loaded;
    }
    // Where no project has a score, as before any ran.
    if (!in.at_end()) {
      if (const Result<void> loaded = standing.scores.load(in.bytes()); !loaded) return loaded;
    }
    if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "the checkpoint cannot be read");
  }
  const std::uint64_t after = checkpoint + (planted(Bug::tail_from_wrong_seq) ? 1 : 0);
  return store.records(after, [&](const store::Record& record) -> Result<void> {
    const Result<std::vector<audit::Stamped>> entries = audit::read(record.audit);
    if (!entries) return tl::unexpected(entries.error());
    standing.clock = std::max(standing.clock, record.at);
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* deployed = std::get_if<audit::Deployed>(&stamped.entry)) {
        if (const Version* version = deployments.find(deployed->version)) learn_all(*version, ledger);
      }
      if (const auto* stored = std::get_if<audit::ContactStored>(&stamped.entry))
        standing.next_contact = std::max(standing.next_contact, stored->contact.id + 1);
      ledger.apply(stamped.at, stamped.entry);
      standing.apply(stamped.at, stamped.entry, deployments);
    }
    if (!each_cell) return {};
    return each_cell_in(record, each_cell);
  });
}

void learn_all(const Version& version, Ledger& ledger) {
  for (Index i = 0; i < version.choice_ids.size(); ++i) {
    const bytecode::Choice& choice = version.choice(i);
    // No goal, no learning: it stays a draw of equal chances.
    if (choice.goal != bytecode::none) ledger.learn(choice.key, spec_of(version.module, choice));
  }
}

Result<Cell> cell_of(store::Store& store, store::ContactId id) {
  const Result<store::Head> head = store.head();
  if (!head) return tl::unexpected(head.error());
  const Result<std::optional<store::Cell>> row = store.cell(id);
  if (!row) return tl::unexpected(row.error());
  Result<Cell> out = decode_cell(*row ? (*row)->state : std::string());
  if (!out) return out;
  const Result<void> read = store.records(head->checkpoint, [&](const store::Record& record) {
    return each_cell_in(record, [&](store::ContactId of, Cell cell) {
      if (of == id) *out = std::move(cell);
    });
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

Result<View> look(store::Store& store, const std::function<void(store::ContactId, Cell)>& each_cell) {
  while (true) {
    View out;
    const Result<store::Head> head = store.head();
    if (!head) return tl::unexpected(head.error());
    out.head = *head;
    if (const Result<void> loaded = out.deployments.load(store); !loaded) return tl::unexpected(loaded.error());
    if (out.deployments.empty()) return fault(FaultCode::nothing_deployed);
    const Result<std::optional<std::string>> salt = store.note("salt");
    if (!salt) return tl::unexpected(salt.error());
    out.salt = salt->value_or("");
    if (const Result<void> read =
            recover_state(store, head->checkpoint, out.deployments, out.ledger, out.standing, each_cell);
        !read)
      return tl::unexpected(read.error());
    // Each read sees what is committed then. Where the owner has written a checkpoint in between, the tail may have
    // been read over tallies that have it already, and so counted twice: once more.
    const Result<store::Head> after = store.head();
    if (!after) return tl::unexpected(after.error());
    if (after->checkpoint == head->checkpoint) return out;
  }
}

}  // namespace fairlead::engine
