// From rows of outside data to contacts and rows of other records: columns are fields of the record, by name; values
// are checked against their types.
#pragma once

#include "runtime/connect/rows.hpp"
#include "runtime/engine/intake.hpp"

namespace fairlead::engine {

/// For a record by its fields and its name, which must outlive it.
class RowMapping {
 public:
  RowMapping(const std::vector<bytecode::Field>& record, std::string name) : record_(record), name_(std::move(name)) {}

  /// A CSV header. A fault names a column that the record does not have (unless `ignore_unknown`), or a field that has
  /// to be there and is not.
  Result<void> columns(const std::string& path, const std::vector<std::string>& names, bool ignore_unknown);
  /// The values of a row as `encode_values` has them, or why it is none.
  tl::expected<std::string, std::string> encoded(const connect::Row& row) const;
  /// The values of a row by field, absent where the row has none. For contexts that are not stored.
  tl::expected<std::vector<Value>, std::string> values(const connect::Row& row, Arena& arena, bool require) const;

 private:
  const std::vector<bytecode::Field>& record_;
  std::string name_;
  std::vector<bytecode::Index> fields_;  // by column; none: ignored
};

class ContactMapping : public RowMapping {
 public:
  explicit ContactMapping(const bytecode::Module& module) : RowMapping(module.fields, "contact") {}

  /// The contact of a row, or why it is none.
  [[nodiscard]] tl::expected<ContactIn, std::string> contact(const connect::Row& row) const;
};

}  // namespace fairlead::engine
