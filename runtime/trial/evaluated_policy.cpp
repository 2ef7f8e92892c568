// The policy that is evaluated: named, or from a file; and whether the log can speak of it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "runtime/trial/evaluate.hpp"

namespace fairlead::trial {

namespace {

constexpr double sum_tolerance = 1e-6;
constexpr std::string_view always = "always ";
constexpr const char* probability_column = "probability";
/// Support counts as missing where, with it, never seeing the arm would have had less than this chance.
constexpr double chance_of_unseen = 1e-3;
/// Of fewer rows it is no wonder that an arm is not among them: a policy may give each row a distribution of its own.
constexpr std::uint64_t rows_worth_a_warning = 20;

std::string list(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 12); ++i)
    out += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
  if (names.size() > 12) out += fmt::format(" and {} more", names.size() - 12);
  return out;
}

std::optional<std::size_t> arm_of(const ReadLog& log, std::string_view name) {
  const auto found = std::lower_bound(log.arms.begin(), log.arms.end(), name);
  if (found == log.arms.end() || *found != name) return std::nullopt;
  return static_cast<std::size_t>(found - log.arms.begin());
}

tl::unexpected<Fault> never_logged(const ReadLog& log, std::string_view arm) {
  return fault(
      FaultCode::bad_input,
      fmt::format("the policy gives probability to `{}`, which was never logged: nothing in {} says what it earns. The "
                  "log has {}. Let the policy that runs try it first, or leave it out",
                  arm, log.table.path, list(log.arms)));
}

Result<void> sums_to_one(const std::vector<double>& distribution, const std::string& where) {
  double sum = 0;
  for (const double p : distribution) sum += p;
  if (std::abs(sum - 1) <= sum_tolerance) return {};
  return fault(FaultCode::bad_input,
               fmt::format("{}: the probabilities sum to {:.6g}; they have to sum to 1 over the arms", where, sum));
}

Result<double> probability(const connect::Table& table, std::size_t column, std::size_t row) {
  const std::optional<double> p = connect::number(table.columns[column][row]);
  if (p && *p >= 0 && *p <= 1) return *p;
  return fault(FaultCode::bad_input, fmt::format("{}, line {}: `{}` is not a probability, a number from 0 to 1",
                                                 table.path, table.lines[row], table.columns[column][row]));
}

/// The texts of some columns in a row, one after another with their lengths, so that two rows have the same key exactly
/// where they have the same texts.
std::string key_of(const connect::Table& table, const std::vector<std::size_t>& columns, std::size_t row) {
  std::string out;
  for (const std::size_t c : columns) out += fmt::format("{}:{},", table.columns[c][row].size(), table.columns[c][row]);
  return out;
}

std::string shown_key(const connect::Table& table, const std::vector<std::size_t>& columns, std::size_t row) {
  std::string out;
  for (const std::size_t c : columns)
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", table.header[c], table.columns[c][row]);
  return out;
}

Result<learn::Policy> long_form(const connect::Table& table, const EvaluationFiles& files, const ReadLog& log) {
  const Result<std::size_t> value = table.column(probability_column);
  if (!value) return tl::unexpected(value.error());
  const Result<std::size_t> arm = table.column(files.arm);
  if (!arm) return tl::unexpected(arm.error());
  std::vector<std::size_t> keys, keys_in_log;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    if (c == *value || c == *arm) continue;
    const Result<std::size_t> there = log.table.column(table.header[c]);
    if (!there) return tl::unexpected(there.error());
    if (table.header[c] == files.reward)
      return fault(FaultCode::bad_input,
                   fmt::format("{}: a policy cannot depend on the reward, `{}`", table.path, files.reward));
    keys.push_back(c);
    keys_in_log.push_back(*there);
  }
  learn::Policy out;
  std::map<std::string, std::uint32_t> known;
  std::vector<std::string> where;
  std::vector<std::vector<bool>> given;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const Result<double> p = probability(table, *value, i);
    if (!p) return tl::unexpected(p.error());
    const std::string& name = table.columns[*arm][i];
    const std::optional<std::size_t> a = arm_of(log, name);
    if (!a && *p > 0) return never_logged(log, name);
    const auto [entry, is_new] =
        known.emplace(key_of(table, keys, i), static_cast<std::uint32_t>(out.distributions.size()));
    if (is_new) {
      out.distributions.emplace_back(log.arms.size(), 0.0);
      given.emplace_back(log.arms.size(), false);
      where.push_back(keys.empty() ? table.path : fmt::format("{}, where {}", table.path, shown_key(table, keys, i)));
    }
    if (!a) continue;
    if (given[entry->second][*a])
      return fault(FaultCode::bad_input,
                   fmt::format("{}, line {}: `{}` has a probability there already", table.path, table.lines[i], name));
    given[entry->second][*a] = true;
    out.distributions[entry->second][*a] = *p;
  }
  for (std::size_t d = 0; d < out.distributions.size(); ++d) {
    if (const Result<void> sums = sums_to_one(out.distributions[d], where[d]); !sums)
      return tl::unexpected(sums.error());
  }
  for (std::size_t i = 0; i < log.table.rows(); ++i) {
    const auto entry = known.find(key_of(log.table, keys_in_log, i));
    if (entry == known.end())
      return fault(FaultCode::bad_input,
                   fmt::format("{} does not say what the policy does where {} ({}, line {})", table.path,
                               shown_key(log.table, keys_in_log, i), log.table.path, log.table.lines[i]));
    out.of_row.push_back(entry->second);
  }
  return out;
}

Result<learn::Policy> wide_form(const connect::Table& table, const ReadLog& log) {
  if (table.rows() != log.table.rows())
    return fault(
        FaultCode::bad_input,
        fmt::format("{} has {} rows and the log {}: with a column an arm, it wants a row for each of the log's, in the "
                    "log's order. For one distribution, or one a segment, write the columns arm and `{}`",
                    table.path, table.rows(), log.table.rows(), probability_column));
  learn::Policy out;
  std::map<std::vector<double>, std::uint32_t> known;  // most rows share theirs
  for (std::size_t i = 0; i < table.rows(); ++i) {
    std::vector<double> distribution(log.arms.size(), 0.0);
    for (std::size_t c = 0; c < table.header.size(); ++c) {
      const Result<double> p = probability(table, c, i);
      if (!p) return tl::unexpected(p.error());
      const std::optional<std::size_t> a = arm_of(log, table.header[c]);
      if (!a && *p > 0) return never_logged(log, table.header[c]);
      if (a) distribution[*a] += *p;
    }
    if (const Result<void> sums = sums_to_one(distribution, fmt::format("{}, line {}", table.path, table.lines[i]));
        !sums)
      return tl::unexpected(sums.error());
    const auto [entry, is_new] = known.emplace(distribution, static_cast<std::uint32_t>(out.distributions.size()));
    if (is_new) out.distributions.push_back(std::move(distribution));
    out.of_row.push_back(entry->second);
  }
  return out;
}

}  // namespace

Result<learn::Policy> read_policy(const EvaluationFiles& files, const ReadLog& log, std::string& words) {
  const std::size_t n = log.table.rows();
  learn::Policy out;
  if (files.policy == "uniform") {
    words = fmt::format("uniform over the {} arms of the log", log.arms.size());
    out.distributions.assign(1, std::vector<double>(log.arms.size(), 1.0 / static_cast<double>(log.arms.size())));
    out.of_row.assign(n, 0);
    return out;
  }
  if (files.policy.starts_with(always)) {
    const std::string arm = files.policy.substr(always.size());
    const std::optional<std::size_t> a = arm_of(log, arm);
    if (!a) return never_logged(log, arm);
    words = fmt::format("always {}", arm);
    out.distributions.assign(1, std::vector<double>(log.arms.size(), 0.0));
    out.distributions[0][*a] = 1;
    out.of_row.assign(n, 0);
    return out;
  }
  std::error_code unseen;
  if (!files.policy.ends_with(".csv") && !std::filesystem::is_regular_file(files.policy, unseen))
    return fault(
        FaultCode::bad_input,
        fmt::format("`{}` is no policy; write `uniform`, `always ARM`, or the name of a CSV file of probabilities",
                    files.policy));
  const Result<connect::Table> table = connect::read_table(files.policy);
  if (!table) return tl::unexpected(table.error());
  words = files.policy;
  return table->find(probability_column) ? long_form(*table, files, log) : wide_form(*table, log);
}

Result<std::vector<std::string>> check_support(const ReadLog& log, const learn::Policy& policy) {
  const std::size_t arms = log.arms.size();
  // Where a policy tells contacts apart, each of its groups has to have been given the arm; at each place.
  struct Group {
    std::uint64_t rows = 0;
    std::vector<std::uint64_t> logged;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Group> groups;
  std::vector<double> least(arms, 1);  // propensity with which an arm was ever logged
  std::vector<std::vector<bool>> at_place(log.places.size(), std::vector<bool>(arms, false));
  for (std::size_t i = 0; i < log.table.rows(); ++i) {
    const std::uint32_t a = log.logged.arm[i];
    Group& group = groups[{policy.of_row[i], log.place[i]}];
    group.logged.resize(arms);
    ++group.rows;
    ++group.logged[a];
    least[a] = std::min(least[a], log.logged.propensity[i]);
    at_place[log.place[i]][a] = true;
  }
  std::uint64_t unseen_rows = 0;
  double unseen_mass = 0;
  std::string unseen_arm;
  for (const auto& [key, group] : groups) {
    const auto [distribution, place] = key;
    for (std::size_t a = 0; a < arms; ++a) {
      const double p = policy.distributions[distribution][a];
      if (p == 0 || group.logged[a] > 0) continue;
      if (!at_place[place][a])
        return fault(
            FaultCode::bad_input,
            fmt::format(
                "the policy gives probability to `{}` at position `{}`, where it was never logged: nothing in {} "
                "says what it earns there. Let the policy that runs try it there first, or leave it out",
                log.arms[a], log.places[place], log.table.path));
      if (std::pow(1 - least[a], static_cast<double>(group.rows)) < chance_of_unseen)
        return fault(
            FaultCode::bad_input,
            fmt::format(
                "the policy gives `{}` probability {:.4g} for {} rows of {} among which it was never logged, though "
                "it was logged elsewhere: for them there is no support. Evaluate a policy that leaves it out "
                "there, or let the policy that runs try it there first",
                log.arms[a], p, group.rows, log.table.path));
      if (group.rows < rows_worth_a_warning) continue;
      unseen_rows += group.rows;
      unseen_mass += p * static_cast<double>(group.rows);
      if (unseen_arm.empty()) unseen_arm = log.arms[a];
    }
  }
  std::vector<std::string> out;
  if (unseen_rows > 0)
    out.push_back(
        fmt::format("{:.2g}% of what the policy would do was never seen among the rows for which it would do it (`{}` "
                    "first): there support is by hope; those rows count as if it earned nothing, but for the direct "
                    "model",
                    100 * unseen_mass / static_cast<double>(log.table.rows()), unseen_arm));
  return out;
}

}  // namespace fairlead::trial
