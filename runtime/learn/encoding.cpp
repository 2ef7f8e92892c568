// Columns of text as numbers for a linear model.
#include "runtime/learn/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace fairlead::learn {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::optional<double> finite(std::string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

bool is_missing(const std::set<std::string>& missing, std::string_view text) {
  return text.empty() || missing.contains(std::string(text));
}

/// A column as it is in the rows that are fitted on.
struct Seen {
  bool all_numbers = true;
  std::uint64_t numbers = 0, missing = 0;
  double mean = 0, squares = 0;  // Welford's running mean and sum of squared distances
  std::map<std::string, std::uint64_t, std::less<>> levels;

  void add(std::string_view text) {
    const auto known = levels.find(text);
    if (known == levels.end()) {
      levels.emplace(text, 1);
    } else {
      ++known->second;
    }
    const std::optional<double> value = finite(text);
    all_numbers &= value.has_value();
    if (!value) return;
    ++numbers;
    const double distance = *value - mean;
    mean += distance / static_cast<double>(numbers);
    squares += distance * (*value - mean);
  }
};

}  // namespace

void Encoding::encode(std::span<const std::string_view> cells, std::vector<Entry>& out) const {
  out.clear();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const EncodedColumn& column = columns[c];
    const std::string_view text = trimmed(cells[c]);
    const bool absent = is_missing(missing, text);
    if (column.numbers) {
      const std::optional<double> value = absent ? std::nullopt : finite(text);
      if (value) {
        out.push_back({*column.number, (*value - column.mean) / column.sd});
      } else if (column.missing) {
        out.push_back({*column.missing, 1});
      }
      continue;
    }
    if (absent && column.missing) {
      out.push_back({*column.missing, 1});
      continue;
    }
    const auto level = std::lower_bound(column.levels.begin(), column.levels.end(), text);
    if (!absent && level != column.levels.end() && *level == text) {
      out.push_back({column.indicators[static_cast<std::size_t>(level - column.levels.begin())], 1});
    } else if (column.pooled) {
      out.push_back({*column.pooled, 1});
    }
  }
}

Encoding fit_encoding(std::span<const RawColumn> columns, std::span<const std::uint32_t> fit_on,
                      const EncodingOptions& options) {
  Encoding out;
  out.missing = options.missing;
  for (const RawColumn& raw : columns) {
    Seen seen;
    for (const std::uint32_t row : fit_on) {
      const std::string_view text = trimmed((*raw.values)[row]);
      if (is_missing(options.missing, text)) {
        ++seen.missing;
      } else {
        seen.add(text);
      }
    }
    EncodedColumn column;
    column.name = raw.name;
    column.missing_rows = seen.missing;
    column.numbers = seen.all_numbers && seen.numbers > 0 && !options.levels.contains(raw.name);
    std::vector<std::string> names;
    const auto feature = [&](std::string name) {
      names.push_back(std::move(name));
      return static_cast<std::uint32_t>(out.names.size() + names.size() - 1);
    };
    if (column.numbers) {
      column.mean = seen.mean;
      column.sd = std::sqrt(seen.squares / static_cast<double>(seen.numbers));
      const bool varies = column.sd > 1e-12 * std::max(1.0, std::abs(column.mean));
      if (!varies) column.sd = 1;
      column.number = feature(raw.name);
      // Too few rows to learn from are at the mean, and no more is made of it.
      if (seen.missing >= options.least_rows) column.missing = feature(raw.name + " is missing");
      if (!varies && !column.missing) {
        out.constant.push_back(raw.name);
        continue;
      }
    } else {
      std::uint64_t pooled_rows = 0;
      for (const auto& [text, rows] : seen.levels) {
        if (rows >= options.least_rows) {
          column.levels.push_back(text);
          column.indicators.push_back(feature(fmt::format("{} = {}", raw.name, text)));
        } else {
          ++column.pooled_levels;
          pooled_rows += rows;
        }
      }
      if (seen.missing >= options.least_rows) {
        column.missing = feature(raw.name + " is missing");
      } else {
        pooled_rows += seen.missing;
      }
      if (pooled_rows > 0) column.pooled = feature(raw.name + " = (others)");
      if (names.size() < 2) {
        out.constant.push_back(raw.name);
        continue;
      }
    }
    out.names.insert(out.names.end(), names.begin(), names.end());
    out.column_of.insert(out.column_of.end(), names.size(), static_cast<std::uint32_t>(out.columns.size()));
    out.columns.push_back(std::move(column));
  }
  return out;
}

Features encode_rows(const Encoding& encoding, std::span<const RawColumn> columns) {
  std::vector<const std::vector<std::string>*> used;
  for (const EncodedColumn& column : encoding.columns) {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const RawColumn& raw) { return raw.name == column.name; });
    used.push_back(found->values);
  }
  Features out(encoding.names.size());
  const std::size_t rows = columns.empty() ? 0 : columns.front().values->size();
  std::vector<std::string_view> cells(used.size());
  std::vector<Entry> row;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < used.size(); ++c) cells[c] = (*used[c])[i];
    encoding.encode(cells, row);
    out.add(row);
  }
  return out;
}

}  // namespace fairlead::learn
