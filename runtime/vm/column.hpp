// A condition over a whole audience, column by column: each test is asked of a thousand people before the next one,
// which is a loop over one array. docs/performance.md has what that gains.
#pragma once

#include <bit>
#include <functional>
#include <optional>
#include <unordered_map>

#include "runtime/vm/vm.hpp"

namespace fairlead::vm {

/// Many contacts, as an array for each field. Texts and lists are borrowed from the rows.
class Columns {
 public:
  explicit Columns(std::size_t fields) : columns_(fields) {}

  /// The fields of one contact more; shorter: the rest is absent.
  void add(std::span<const Value> row);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t fields() const { return columns_.size(); }
  [[nodiscard]] Value at(std::size_t field, std::size_t row) const;

  /// The tag of a value that has no room in a column: a list, or a decimal of more than 64 bits. No value has it.
  static constexpr Tag wide{254};
  struct Column {
    std::vector<Tag> tags;
    std::vector<std::int64_t> units;
    std::vector<std::string_view> texts;               // empty where no row has a text
    std::unordered_map<std::size_t, Value> wide_ones;  // by row
    std::optional<Tag> all;                            // the tag that all rows have, where they have one
  };
  [[nodiscard]] const Column& column(std::size_t field) const { return columns_[field]; }

 private:
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

struct Selection {
  std::size_t rows = 0;
  std::vector<std::uint64_t> words;  // a bit a row, the lowest first
  /// Rows whose evaluation ended in a fault, ascending. They are not in. What is no truth value is `wrong_type`.
  std::vector<std::pair<std::size_t, Fault>> faults;

  [[nodiscard]] bool has(std::size_t row) const { return (words[row / 64] >> row % 64 & 1U) != 0; }
  [[nodiscard]] std::size_t size() const {
    std::size_t out = 0;
    for (const std::uint64_t word : words) out += static_cast<std::size_t>(std::popcount(word));
    return out;
  }
};

/// For whom `function` holds: the same as `evaluate` would say, row by row. `world` gives what else a row sees; it is
/// asked only for rows that the columns cannot decide (a counter is asked, a value is a surprise), and its fields are
/// filled in.
Selection select(const Program& program, bytecode::Index function, const Columns& columns,
                 const std::function<World(std::size_t row)>& world);

}  // namespace fairlead::vm
