#include "tests/simulation/replay.hpp"

#include <fmt/format.h>

#include <set>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::simulation {

namespace {

std::string who(store::ContactId id) {
  return fmt::format("{}-{}", id.part, id.id);
}

/// The last state of each cell as the journal's blobs have it, and whom they name last in a blob that was let go.
std::map<store::ContactId, std::string> last_states(const std::vector<store::Record>& journal) {
  std::map<store::ContactId, std::string> out;
  for (const store::Record& record : journal) {
    if (record.journal.empty()) {
      out.clear();  // let go: what it had of anybody is not known here
      continue;
    }
    ByteReader in(record.journal);
    const std::uint64_t count = in.varint();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
      store::ContactId id;
      id.part = static_cast<std::uint16_t>(in.varint());
      id.id = in.varint();
      out[id] = std::string(in.bytes());
    }
  }
  return out;
}

}  // namespace

std::vector<store::ContactId> contacts_of(const std::vector<store::Record>& journal) {
  std::set<store::ContactId> out;
  for (const store::Record& record : journal) {
    const auto entries = audit::read(record.audit);
    if (!entries) continue;
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* stored = std::get_if<audit::ContactStored>(&stamped.entry)) out.insert(stored->contact);
    }
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> differences(engine::Engine& live, const std::map<store::ContactId, engine::Cell>& cells,
                                     const std::vector<store::Record>& journal, const std::string& copy) {
  std::vector<std::string> out;
  // What a batch that is being made has said already is not in the journal yet.
  const bool between = live.unconfirmed();
  Result<std::unique_ptr<store::Store>> store =
      store::open_sqlite(copy, store::Access::create, store::Durability::none);
  if (!store) return {"a copy of the store cannot be opened: " + describe(store.error())};
  std::map<store::ContactId, engine::Cell> tail;
  const Result<engine::View> view =
      engine::look(**store, [&](store::ContactId id, engine::Cell cell) { tail[id] = std::move(cell); });
  if (!view) return {"a copy of the store cannot be read: " + describe(view.error())};
  if (view->head.seq != live.head().seq || view->head.chain != live.head().chain)
    out.emplace_back("the head of the copy is another");
  for (const auto& [id, cell] : cells) {
    const auto in_tail = tail.find(id);
    engine::Cell read;
    if (in_tail != tail.end()) {
      read = in_tail->second;
    } else if (const auto row = (*store)->cell(id); row && *row) {
      const Result<engine::Cell> decoded = engine::decode_cell((*row)->state);
      if (!decoded) return {"the row of a cell cannot be read"};
      read = *decoded;
    }
    if (!(read == cell)) out.push_back(fmt::format("{}: checkpoint and tail give another cell", who(id)));
  }
  for (const auto& [id, state] : last_states(journal)) {
    if (const auto at = cells.find(id); at != cells.end() && engine::encode(at->second) != state)
      out.push_back(fmt::format("{}: the journal's last state is another", who(id)));
  }
  if (!between) {
    if (view->ledger.save() != live.ledger().save()) out.emplace_back("checkpoint and tail give another ledger");
    if (view->standing.assignments.save() != live.assignments().save())
      out.emplace_back("checkpoint and tail give other assignments");
    if (view->standing.entries.save() != live.entry_counts().save())
      out.emplace_back("checkpoint and tail give other counts of entries");
    if (view->standing.charges.save() != live.charges().save())
      out.emplace_back("checkpoint and tail give other charges");
    if (view->standing.pauses.save() != live.pauses().save() || view->standing.pauses.ids() != live.pauses().ids())
      out.emplace_back("checkpoint and tail give other pauses");
    if (view->standing.rollouts.save() != live.rollouts().save())
      out.emplace_back("checkpoint and tail give other rollouts");
    if (view->standing.splits.save() != live.splits().save()) out.emplace_back("checkpoint and tail give other splits");
  }
  engine::Ledger anew;
  engine::Standing standing;
  for (const store::Record& record : journal) {
    const auto entries = audit::read(record.audit);
    if (!entries) return {"a record cannot be read"};
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* deployed = std::get_if<audit::Deployed>(&stamped.entry)) {
        if (const engine::Version* version = live.deployments().find(deployed->version))
          engine::learn_all(*version, anew);
      }
      anew.apply(stamped.at, stamped.entry);
      standing.apply(stamped.at, stamped.entry, live.deployments());
    }
  }
  if (!between && anew.save() != live.ledger().save())
    out.emplace_back("the audit from its first entry on gives another ledger");
  if (!between && standing.assignments.save() != live.assignments().save())
    out.emplace_back("the audit from its first entry on gives other assignments");
  if (!between && standing.charges.save() != live.charges().save())
    out.emplace_back("the audit from its first entry on gives other charges");
  return out;
}

}  // namespace fairlead::simulation
