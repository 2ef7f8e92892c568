// Rows of outside data.
#include "runtime/connect/rows.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

namespace fairlead::connect {

namespace {

/// libcsv calls back for each field and each row.
struct CsvState {
  std::vector<std::string> fields;
  bool row_ended = false;

  static void field(void* text, std::size_t size, void* self) {
    static_cast<CsvState*>(self)->fields.emplace_back(static_cast<const char*>(text), size);
  }
  static void row(int, void* self) { static_cast<CsvState*>(self)->row_ended = true; }
};

class CsvParser {
 public:
  CsvParser() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL); }
  ~CsvParser() { csv_free(&parser_); }
  CsvParser(const CsvParser&) = delete;
  CsvParser& operator=(const CsvParser&) = delete;

  /// False where the text is not CSV.
  bool feed(const std::string& text, CsvState& state) {
    return csv_parse(&parser_, text.data(), text.size(), CsvState::field, CsvState::row, &state) == text.size();
  }
  bool finish(CsvState& state) { return csv_fini(&parser_, CsvState::field, CsvState::row, &state) == 0; }
  void reset() {
    csv_free(&parser_);
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
  }

 private:
  csv_parser parser_{};
};

std::string scalar(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  return value.dump();
}

void flatten(const nlohmann::json& object, const std::string& prefix, Row& row) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      flatten(value, prefix + name + ".", row);
    } else {
      row.members.emplace_back(prefix + name, scalar(value));
    }
  }
}

/// More lines than this in one quoted field is a quote that was never closed.
constexpr std::size_t most_lines_of_a_row = 1'000;

}  // namespace

bool is_json_lines(const std::string& path) {
  return path.ends_with(".jsonl") || path.ends_with(".ndjson") || path.ends_with(".json");
}

Result<void> read_rows(const std::string& path,
                       const std::function<Result<void>(const std::vector<std::string>&)>& header,
                       const std::function<Result<void>(const Row&)>& each,
                       const std::function<void(Progress)>& progress) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return fault(FaultCode::file_unreadable, path, "it is a folder");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fault(FaultCode::file_unreadable, path, std::generic_category().message(errno));
  Progress so_far;
  so_far.total = std::filesystem::file_size(path, code);
  const bool json = is_json_lines(path);
  CsvParser parser;
  CsvState state;
  std::optional<std::size_t> columns;
  Row row;
  std::size_t lines_of_row = 0;
  std::string line;
  std::uint64_t number = 0;

  const auto finish_row = [&]() -> Result<void> {
    if (row.error.empty() && !columns) {
      columns = state.fields.size();
      const Result<void> known = header(state.fields);
      state = {};
      row = {};
      lines_of_row = 0;
      return known;
    }
    if (row.error.empty()) {
      row.values = std::move(state.fields);
      if (row.values.size() != *columns)
        row.error = fmt::format("it has {} values, the header has {} columns", row.values.size(), *columns);
    }
    const Result<void> taken = each(row);
    state = {};
    row = {};
    lines_of_row = 0;
    return taken;
  };

  while (std::getline(in, line)) {
    ++number;
    so_far.bytes += line.size() + 1;
    if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (!line.empty() && line.back() == '\r' && json) line.pop_back();
    if (progress && number % 1024 == 0) progress(so_far);
    if (json) {
      if (line.find_first_not_of(" \t") == std::string::npos) continue;
      Row one;
      one.line = number;
      one.raw = line;
      const nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
      if (parsed.is_object()) {
        flatten(parsed, "", one);
      } else {
        one.error = "it is not a JSON object";
      }
      if (const Result<void> taken = each(one); !taken) return taken;
      continue;
    }
    if (lines_of_row == 0) row.line = number;
    ++lines_of_row;
    row.raw += row.raw.empty() ? line : "\n" + line;
    if (!parser.feed(line + "\n", state)) {
      row.error = "its quotes do not match";
      parser.reset();
      state = {};
      if (const Result<void> taken = finish_row(); !taken) return taken;
      continue;
    }
    if (state.row_ended) {
      if (const Result<void> taken = finish_row(); !taken) return taken;
    } else if (lines_of_row > most_lines_of_a_row) {
      row.error = "a quote that is opened here is never closed";
      parser.reset();
      state = {};
      if (const Result<void> taken = finish_row(); !taken) return taken;
    } else if (row.raw.find_first_not_of(" \t\r\n") == std::string::npos) {
      row = {};  // an empty line between rows
      lines_of_row = 0;
    }
  }
  if (in.bad()) return fault(FaultCode::file_unreadable, path, "it could not be read to the end");
  if (!json && lines_of_row > 0) {
    row.error = "a quote that is opened here is never closed";
    state = {};
    if (const Result<void> taken = finish_row(); !taken) return taken;
  }
  if (!json && !columns)
    return fault(FaultCode::bad_input, path + " is empty: a CSV file begins with the names of its columns");
  if (progress) progress({so_far.total, so_far.total});
  return {};
}

}  // namespace fairlead::connect
