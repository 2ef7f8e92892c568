// A whole CSV file in memory, by column.
#include "runtime/connect/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/connect/rows.hpp"

namespace fairlead::connect {

namespace {

/// More names than this help nobody.
constexpr std::size_t most_names = 20;

std::string list(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i)
    out += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
  if (names.size() > most_names) out += fmt::format(" and {} more", names.size() - most_names);
  return out;
}

}  // namespace

std::optional<std::size_t> Table::find(std::string_view name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

Result<std::size_t> Table::column(std::string_view name) const {
  const std::optional<std::size_t> found = find(name);
  if (!found)
    return fault(FaultCode::bad_input, fmt::format("{} has no column `{}`; it has {}", path, name, list(header)));
  if (std::count(header.begin(), header.end(), name) > 1)
    return fault(FaultCode::bad_input,
                 fmt::format("{} has more than one column `{}`; give them names of their own", path, name));
  return *found;
}

Result<std::vector<std::string>> Table::names(const std::vector<std::string>& texts) const {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    if (find(text)) {
      out.push_back(text);
      continue;
    }
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      std::string_view name = std::string_view(text).substr(begin, end - begin);
      while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
      while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
      const Result<std::size_t> there = column(name);
      if (!there) return tl::unexpected(there.error());
      out.emplace_back(name);
      begin = end + 1;
    }
  }
  return out;
}

Result<Table> read_table(const std::string& path) {
  if (is_json_lines(path))
    return fault(FaultCode::bad_input, fmt::format("{} is no CSV file; only CSV is read here", path));
  Table out;
  out.path = path;
  const Result<void> read = read_rows(
      path,
      [&](const std::vector<std::string>& header) -> Result<void> {
        out.header = header;
        out.columns.resize(header.size());
        return {};
      },
      [&](const Row& row) -> Result<void> {
        if (!row.error.empty())
          return fault(FaultCode::bad_input,
                       fmt::format("{}, line {}: {}; mend the row, or take it out", path, row.line, row.error));
        for (std::size_t c = 0; c < row.values.size(); ++c) out.columns[c].push_back(row.values[c]);
        out.lines.push_back(row.line);
        return {};
      },
      {});
  if (!read) return tl::unexpected(read.error());
  return out;
}

std::optional<double> number(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t' || cell.back() == '\r')) cell.remove_suffix(1);
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  double out = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), out);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

}  // namespace fairlead::connect
