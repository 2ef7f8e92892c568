// From rows of outside data to contacts: columns are fields of the record, by name; values are checked against their
// types.
#pragma once

#include "runtime/connect/rows.hpp"
#include "runtime/engine/intake.hpp"

namespace fairlead::engine {

class ContactMapping {
 public:
  explicit ContactMapping(const bytecode::Module& module) : module_(module) {}

  /// A CSV header. A fault names a column that the contact does not have (unless `ignore_unknown`), or a field that has
  /// to be there and is not.
  Result<void> columns(const std::string& path, const std::vector<std::string>& names, bool ignore_unknown);
  /// The contact of a row, or why it is none.
  tl::expected<ContactIn, std::string> contact(const connect::Row& row) const;
  /// The values of a row by field, absent where the row has none. For contexts that are not stored.
  tl::expected<std::vector<Value>, std::string> values(const connect::Row& row, Arena& arena, bool require) const;

 private:
  const bytecode::Module& module_;
  std::vector<bytecode::Index> fields_;  // by column; none: ignored
};

}  // namespace fairlead::engine
