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
    return {};
  });
  if (!read_all) return tl::unexpected(read_all.error());
  return out;
}

}  // namespace fairlead::audit
