// Training a score from a history in CSV.
#include "runtime/trial/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/values/hash.hpp"
#include "runtime/values/random.hpp"

namespace fairlead::trial {

namespace {

constexpr double test_share = 0.3;

enum class Part : std::uint8_t { none, train, test };

std::optional<bool> yes_or_no(std::string_view cell) {
  std::string text;
  for (const char c : cell) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text == "1" || text == "true" || text == "yes") return true;
  if (text == "0" || text == "false" || text == "no") return false;
  return std::nullopt;
}

Result<std::vector<Part>> parts_from(const std::string& path, std::size_t rows) {
  const Result<connect::Table> table = connect::read_table(path);
  if (!table) return tl::unexpected(table.error());
  const Result<std::size_t> set = table->column("set");
  if (!set) return tl::unexpected(set.error());
  const std::optional<std::size_t> row = table->find("row");
  if (!row && table->rows() != rows)
    return fault(
        FaultCode::bad_input,
        fmt::format("{} has {} rows for {} of the history; give it a column `row` (0 is the first), or as many rows",
                    path, table->rows(), rows));
  std::vector<Part> out(rows, Part::none);
  for (std::size_t i = 0; i < table->rows(); ++i) {
    std::size_t at = i;
    if (row) {
      const std::optional<double> number = connect::number(table->columns[*row][i]);
      if (!number || *number < 0 || *number >= static_cast<double>(rows) ||
          *number != static_cast<double>(static_cast<std::size_t>(*number)))
        return fault(FaultCode::bad_input, fmt::format("{}, line {}: there is no row `{}`; they go from 0 to {}", path,
                                                       table->lines[i], table->columns[*row][i], rows - 1));
      at = static_cast<std::size_t>(*number);
    }
    const std::string& name = table->columns[*set][i];
    if (name != "train" && name != "test")
      return fault(FaultCode::bad_input,
                   fmt::format("{}, line {}: `{}` is neither `train` nor `test`", path, table->lines[i], name));
    if (out[at] != Part::none)
      return fault(FaultCode::bad_input,
                   fmt::format("{}, line {}: row {} stands there a second time", path, table->lines[i], at));
    out[at] = name == "train" ? Part::train : Part::test;
  }
  return out;
}

std::vector<Part> parts_drawn(std::size_t rows, std::uint64_t seed) {
  std::vector<Part> out(rows);
  Dice dice(seed, stable_hash({"score", "split"}));
  for (Part& part : out) part = dice.uniform() < test_share ? Part::test : Part::train;
  return out;
}

}  // namespace

Result<History> read_history(const HistoryFiles& files) {
  Result<connect::Table> table = connect::read_table(files.from);
  if (!table) return tl::unexpected(table.error());
  const Result<std::size_t> outcome = table->column(files.outcome);
  if (!outcome) return tl::unexpected(outcome.error());
  History out;
  out.outcome = *outcome;
  std::vector<Part> parts = parts_drawn(table->rows(), files.seed);
  if (!files.split.empty()) {
    Result<std::vector<Part>> given = parts_from(files.split, table->rows());
    if (!given) return tl::unexpected(given.error());
    parts = std::move(*given);
  }
  out.split = files.split.empty() ? fmt::format("three tenths drawn for the test, seed {}", files.seed)
                                  : fmt::format("as {} says", files.split);
  out.outcomes.resize(table->rows());
  for (std::uint32_t i = 0; i < table->rows(); ++i) {
    const std::string& cell = table->columns[*outcome][i];
    if (cell.empty() || files.missing.contains(cell)) {
      ++out.unknown;
      continue;
    }
    const std::optional<bool> value = yes_or_no(cell);
    if (!value)
      return fault(
          FaultCode::bad_input,
          fmt::format(
              "{}, line {}: the outcome `{}` is not 0 or 1, true or false, yes or no; a score learns an outcome "
              "that happened or did not",
              files.from, table->lines[i], cell));
    out.outcomes[i] = *value;
    if (parts[i] == Part::train) out.train.push_back(i);
    if (parts[i] == Part::test) out.test.push_back(i);
  }
  out.table = std::move(*table);
  return out;
}

Result<learn::Score> train(const HistoryFiles& files) {
  const Result<History> history = read_history(files);
  if (!history) return tl::unexpected(history.error());
  const connect::Table& table = history->table;
  const Result<std::vector<std::string>> dropped = table.names(files.drop), levels = table.names(files.levels);
  if (!dropped) return tl::unexpected(dropped.error());
  if (!levels) return tl::unexpected(levels.error());
  std::vector<learn::RawColumn> columns;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const std::string& name = table.header[c];
    if (c == history->outcome || std::find(dropped->begin(), dropped->end(), name) != dropped->end()) continue;
    // A header with two columns of one name, or none, cannot say which it means.
    if (const Result<std::size_t> there = table.column(name); !there) return tl::unexpected(there.error());
    columns.push_back({name, &table.columns[c]});
  }
  learn::ScoreOptions options;
  options.encoding.missing = files.missing;
  options.encoding.levels = {levels->begin(), levels->end()};
  options.l2 = files.l2;
  options.one_pass = files.one_pass;
  Result<learn::Score> out = learn::train_score(columns, history->outcomes, history->train, history->test, options);
  if (!out) return tl::unexpected(out.error());
  out->source = files.from;
  out->outcome = files.outcome;
  out->dropped = *dropped;
  out->without_outcome = history->unknown;
  out->split = history->split;
  return out;
}

}  // namespace fairlead::trial
