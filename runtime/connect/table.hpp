// A whole CSV file in memory, by column: for logs and histories that are read more than once. The reading is
// rows.hpp's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/fault.hpp"

namespace fairlead::connect {

struct Table {
  std::string path;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> columns;  // as many as `header` has names, each as long as `lines`
  std::vector<std::uint64_t> lines;               // where each row begins in the file, 1-based

  [[nodiscard]] std::size_t rows() const { return lines.size(); }
  /// The column of this name; nothing where there is none.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  /// The same; `bad_input` names the columns that there are. A name that two columns have is refused.
  [[nodiscard]] Result<std::size_t> column(std::string_view name) const;
  /// Columns as they are named on a command line: each text is one name, or names with commas between them. All of them
  /// are there; else `bad_input`.
  [[nodiscard]] Result<std::vector<std::string>> names(const std::vector<std::string>& texts) const;
};

/// `bad_input` where a row cannot be read, with its line: an estimate from what is left would be of somebody else.
Result<Table> read_table(const std::string& path);

/// A finite number, as it stands in a cell; nothing where it is none. Blanks around it do not count.
std::optional<double> number(std::string_view cell);

}  // namespace fairlead::connect
