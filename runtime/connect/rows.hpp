// Rows of outside data: CSV (RFC 4180, with a header; by libcsv) and JSON lines. A row that cannot be read is handed
// over as such, with its line and its text: nothing is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/values/fault.hpp"

namespace fairlead::connect {

struct Row {
  std::uint64_t line = 0;                                    // where it begins, 1-based
  std::vector<std::string> values;                           // CSV: one a column of the header
  std::vector<std::pair<std::string, std::string>> members;  // JSON: nested objects by path, `consent.email`
  std::string raw;
  std::string error;  // why it could not be read; empty: it could
};

struct Progress {
  std::uint64_t bytes = 0, total = 0;
};

/// `header` gets a CSV file's columns (a JSON file has none) before the first row; `each` every row. Either may stop
/// the reading with a fault. `progress` may be empty.
Result<void> read_rows(const std::string& path,
                       const std::function<Result<void>(const std::vector<std::string>&)>& header,
                       const std::function<Result<void>(const Row&)>& each,
                       const std::function<void(Progress)>& progress);

/// By the file's name: `.jsonl`, `.ndjson` and `.json` are JSON lines.
bool is_json_lines(const std::string& path);

}  // namespace fairlead::connect
