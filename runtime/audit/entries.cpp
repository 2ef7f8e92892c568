// The whole audit of a store.
#include "runtime/audit/entries.hpp"

namespace fairlead::audit {

Result<void> entries(store::Store& store, const std::function<void(const Stamped&)>& each) {
  return store.records(0, [&](const store::Record& record) -> Result<void> {
    const Result<std::vector<Stamped>> stamped = read(record.audit);
    if (!stamped)
      return fault(FaultCode::chain_broken, "0-4096", std::to_string(record.seq), "its audit record cannot be read");
    for (const Stamped& one : *stamped) each(one);
    return {};
  });
}

}  // namespace fairlead::audit
