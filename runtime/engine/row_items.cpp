// Rows of records beside the contact, as they come through the inbox.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

Result<void> Engine::row_item(const store::Inbox& row, Instant now) {
  const Result<RowsIn> in = decode_rows(row.body);
  if (!in) return refuse(row, now, "a row of a record", "cannot be read");
  if (const auto* all = std::get_if<AllRowsIn>(&*in)) return all_rows_item(row, *all, now);
  const auto& one = std::get<RowIn>(*in);
  const std::string what = fmt::format("a row of `{}`", one.record);
  Record values;
  if (!decode_values(one.values, values)) return refuse(row, now, what, "cannot be read");
  const Version& newest = deployments_.newest();
  const auto record = newest.records.find(name_id(one.record));
  if (record == newest.records.end()) return refuse(row, now, what, "is of a record that the project does not declare");
  const auto key = row_key(newest.module.records[record->second].fields, values);
  if (!key) return refuse(row, now, what, key.error());
  const Result<std::optional<store::Row>> before = rows_.get(record->first, *key);
  if (!before) return tl::unexpected(before.error());
  // What is as it was changes nothing, so that a table may be imported every night.
  if (*before && (*before)->data == one.values) return {};
  rows_.put(record->first, *key, one.values);
  say(now, audit::RowStored{one.record, *key, !before->has_value(), sha256({salt_, one.values})});
  return {};
}

Result<void> Engine::all_rows_item(const store::Inbox& row, const AllRowsIn& in, Instant now) {
  const Version& newest = deployments_.newest();
  const std::uint32_t record = name_id(in.record);
  if (!newest.records.contains(record))
    return refuse(row, now, fmt::format("what there is of `{}`", in.record),
                  "is of a record that the project does not declare");
  std::vector<std::string> keys = in.keys;
  std::sort(keys.begin(), keys.end());
  constexpr std::size_t page = 256;
  std::string from;
  while (true) {
    const Result<std::vector<store::Row>> rows = rows_.after(record, from, page);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return {};
    for (const store::Row& one : *rows) {
      if (std::binary_search(keys.begin(), keys.end(), one.key)) continue;
      rows_.put(record, one.key, "");
      say(now, audit::RowRemoved{in.record, one.key});
    }
    from = rows->back().key;
  }
}

}  // namespace fairlead::engine
