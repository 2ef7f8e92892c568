// Whether the audit is whole.
#include "runtime/audit/verify.hpp"

namespace fairlead::audit {

Result<Whole> verify(store::Store& store) {
  Whole out;
  const Result<store::Head> head = store.verify();
  if (!head) return tl::unexpected(head.error());
  out.head = *head;
  const Result<void> read_all = store.records(0, [&](const store::Record& record) -> Result<void> {
    const Result<std::vector<Stamped>> entries = read(record.audit);
    if (!entries)
      return fault(FaultCode::chain_broken, "0-4096", std::to_string(record.seq), "its audit record cannot be read");
    ++out.batches;
    out.entries += entries->size();
    for (const Stamped& stamped : *entries) {
      const auto* pruned = std::get_if<Pruned>(&stamped.entry);
      if (pruned == nullptr) continue;
      Pruned sum = *pruned;
      sum.events += out.pruned.events;
      sum.messages += out.pruned.messages;
      sum.batches += out.pruned.batches;
      sum.rejected += out.pruned.rejected;
      sum.bytes += out.pruned.bytes;
      out.pruned = sum;
      out.prunings += pruned->more ? 0 : 1;
      out.pruned_at = stamped.at;
    }
    return {};
  });
  if (!read_all) return tl::unexpected(read_all.error());
  return out;
}

}  // namespace fairlead::audit
