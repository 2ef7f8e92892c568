// What the language's tests reached, for people and for the tools that read lcov's tracefiles.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "cli/test_report.hpp"

namespace fairlead::cli {

namespace {

using trial::Covered;

struct Share {
  std::uint64_t covered = 0, all = 0;
  void add(const Covered& item) {
    ++all;
    covered += item.times > 0 ? 1 : 0;
  }
  [[nodiscard]] std::string shown() const { return all == 0 ? "" : fmt::format("{} of {}", covered, all); }
};

struct Row {
  std::string name;
  std::array<Share, 5> shares;  // by kind
};

/// In the order in which they come.
std::vector<Row> rows(const trial::Coverage& coverage) {
  std::vector<Row> out;
  for (const Covered& item : coverage.items) {
    auto at = std::find_if(out.begin(), out.end(), [&](const Row& row) { return row.name == item.owner; });
    if (at == out.end()) at = out.insert(out.end(), Row{item.owner, {}});
    at->shares[static_cast<std::size_t>(item.kind)].add(item);
  }
  return out;
}

}  // namespace

std::string to_text(const trial::Coverage& coverage, bool colour) {
  static constexpr std::array<std::string_view, 5> heads = {"steps", "ways", "options", "rules asked", "rules fired"};
  const std::vector<Row> all = rows(coverage);
  std::size_t name = 8;
  for (const Row& row : all) name = std::max(name, row.name.size());
  std::string out = fmt::format("{:<{}}", "coverage", name);
  for (const std::string_view head : heads) out += fmt::format("  {:>11}", head);
  out += "\n";
  for (const Row& row : all) {
    std::string line = fmt::format("{:<{}}", row.name, name);
    for (const Share& share : row.shares) line += fmt::format("  {:>11}", share.shown());
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  out += fmt::format("{} of {} reached, {:.1f}%\n", coverage.covered(), coverage.items.size(), coverage.percent());
  if (coverage.covered() == coverage.items.size()) return out;
  out += "\nnot reached\n";
  for (const Covered& item : coverage.items) {
    if (item.times > 0) continue;
    const std::string where = fmt::format("{}:{}", item.file, item.line);
    // Of a rule it says what did not happen, of all else what it is.
    const bool rule = item.kind == Covered::Kind::asked || item.kind == Covered::Kind::fired;
    const std::string what =
        rule ? fmt::format("{} {}", item.key, item.kind == Covered::Kind::asked ? "was never asked" : "never fired")
             : fmt::format("{}  ({})", item.what, item.key);
    out += fmt::format("  {}  {}\n", colour ? fmt::format("\x1b[33m{}\x1b[0m", where) : where, what);
  }
  return out;
}

std::string to_lcov(const trial::Coverage& coverage) {
  struct Source {
    std::map<std::uint32_t, std::uint64_t> lines;
    std::vector<const Covered*> branches;
  };
  std::map<std::string, Source> sources;
  for (const Covered& item : coverage.items) {
    Source& source = sources[item.file];
    // Options and ways stand in the line of their step, which has been counted.
    if (item.kind == Covered::Kind::step || item.kind == Covered::Kind::asked) source.lines[item.line] += item.times;
    if (item.kind != Covered::Kind::step && item.kind != Covered::Kind::asked) source.branches.push_back(&item);
  }
  std::string out = "TN:\n";
  for (const auto& [file, source] : sources) {
    out += fmt::format("SF:{}\n", file);
    std::map<std::pair<std::uint32_t, std::string>, unsigned> blocks;
    std::map<std::uint32_t, unsigned> block_of_line;
    std::map<std::pair<std::uint32_t, std::string>, unsigned> branch;
    std::uint64_t hit = 0;
    for (const Covered* item : source.branches) {
      const std::pair<std::uint32_t, std::string> owner{item->line, item->key};
      const auto [block, fresh] = blocks.emplace(owner, block_of_line[item->line]);
      if (fresh) ++block_of_line[item->line];
      // `-` where the line was never come to, as lcov has it.
      const bool reached = source.lines.contains(item->line) && source.lines.at(item->line) > 0;
      out += fmt::format("BRDA:{},{},{},{}\n", item->line, block->second, branch[owner]++,
                         reached ? std::to_string(item->times) : "-");
      hit += item->times > 0 ? 1 : 0;
    }
    if (!source.branches.empty()) out += fmt::format("BRF:{}\nBRH:{}\n", source.branches.size(), hit);
    std::size_t reached = 0;
    for (const auto& [line, times] : source.lines) {
      out += fmt::format("DA:{},{}\n", line, times);
      reached += times > 0 ? 1 : 0;
    }
    out += fmt::format("LF:{}\nLH:{}\nend_of_record\n", source.lines.size(), reached);
  }
  return out;
}

}  // namespace fairlead::cli
