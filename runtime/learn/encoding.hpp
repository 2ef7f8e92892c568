// Columns of text as numbers for a linear model. A column all of whose values are numbers is standardised; any other is
// one indicator a level, for levels that enough rows have, with the rest pooled in one. What is missing is said, not
// guessed: a missing number is put at the mean and flagged by an indicator, a missing level is a level.
//
// The encoding sees the rows that it is fitted on, and never an outcome.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace fairlead::learn {

/// One value of a row that is not zero.
struct Entry {
  std::uint32_t feature = 0;
  double value = 0;
};

/// Rows of features, sparse: of a column with levels a row has one.
class Features {
 public:
  explicit Features(std::size_t width) : width_(width) {}
  void add(std::span<const Entry> row) {
    entries_.insert(entries_.end(), row.begin(), row.end());
    begins_.push_back(entries_.size());
  }
  [[nodiscard]] std::size_t rows() const { return begins_.size() - 1; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::span<const Entry> row(std::size_t i) const {
    return std::span(entries_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }

 private:
  std::size_t width_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> begins_{0};
};

struct EncodedColumn {
  std::string name;
  bool numbers = false;
  double mean = 0, sd = 1;                // of the numbers that are there; sd > 0
  std::vector<std::string> levels;        // those that have an indicator, in order of their text
  std::optional<std::uint32_t> number;    // the features: of the standardised number,
  std::vector<std::uint32_t> indicators;  // of each level,
  std::optional<std::uint32_t> pooled;    // of every other level,
  std::optional<std::uint32_t> missing;   // of what is missing
  std::uint64_t missing_rows = 0;         // among the rows that it was fitted on
  std::uint64_t pooled_levels = 0;
};

struct EncodingOptions {
  std::set<std::string> missing;  // values that mean missing, beside the empty one
  std::set<std::string> levels;   // columns that are levels although their values are numbers
  std::uint64_t least_rows = 20;  // of a level that has an indicator
};

/// A column as it was read: one text a row.
struct RawColumn {
  std::string name;
  const std::vector<std::string>* values = nullptr;
};

struct Encoding {
  std::set<std::string> missing;
  std::vector<EncodedColumn> columns;    // those that say something
  std::vector<std::string> constant;     // names of columns that have one value only, and are left out
  std::vector<std::string> names;        // of the features: `TotalVisits`, `City = Mumbai`, `City = (others)`
  std::vector<std::uint32_t> column_of;  // for each feature, the column that it came from

  /// A row's features; `cells` are the values of `columns`, in that order. A number that is none counts as missing; a
  /// level that was not seen is among the pooled, and where none were pooled, has no feature.
  void encode(std::span<const std::string_view> cells, std::vector<Entry>& out) const;
};

/// From the rows `fit_on` (indices).
Encoding fit_encoding(std::span<const RawColumn> columns, std::span<const std::uint32_t> fit_on,
                      const EncodingOptions& options);

/// Every row of the columns, which are looked up by name; a column that is not there is a mistake of the caller.
Features encode_rows(const Encoding& encoding, std::span<const RawColumn> columns);

}  // namespace fairlead::learn
