// Rows of records beside the contact: how a row's key orders it, and what a batch sees of the store's rows while it
// changes some of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/engine/state.hpp"
#include "runtime/store/store.hpp"

namespace fairlead::engine {

/// A pass keeps the key of the row that it is at, so keys are short.
constexpr std::size_t longest_row_key = 120;

/// The key of a row: its key fields in the order of their declaration, as bytes whose order is that of the values. An
/// e-mail address is the same in capitals. A sentence where a key field is absent, no key can be of its kind, or it is
/// too long.
tl::expected<std::string, std::string> row_key(const std::vector<bytecode::Field>& fields, const Record& values);
/// For a person: `spring_sale`, `de, 4`.
std::string shown_row_key(std::string_view key);

/// The store's rows with those of the batch over them.
class RecordRows {
 public:
  explicit RecordRows(store::Store& store) : store_(store) {}

  Result<std::optional<store::Row>> get(std::uint32_t record, const std::string& key);
  /// The next rows after that key, about `limit` of them; none only where there are none.
  Result<std::vector<store::Row>> after(std::uint32_t record, const std::string& key, std::size_t limit);
  /// Empty data: it goes away.
  void put(std::uint32_t record, const std::string& key, std::string data) {
    changed_[{record, key}] = std::move(data);
  }

  /// What the batch changes, for its commit; when that is done, `committed`.
  [[nodiscard]] std::vector<store::Row> changes() const;
  void committed() { changed_.clear(); }

 private:
  store::Store& store_;
  std::map<std::pair<std::uint32_t, std::string>, std::string> changed_;
};

}  // namespace fairlead::engine
