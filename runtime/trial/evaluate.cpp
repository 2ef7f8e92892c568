// Off-policy evaluation from files: the log, and what is to be warned of.
#include "runtime/trial/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace fairlead::trial {

namespace {

/// Below this share of the rows, the effective sample is worth a warning.
constexpr double small_share = 0.1;
/// A row that carries more of all weight than this, and that many times the mean.
constexpr double heavy_share = 0.01, heavy_times = 10;
/// How far the mean weight may be from 1, in standard errors: one in a thousand is further.
constexpr double far = 3.29;
constexpr std::uint64_t few_rewards = 30;

/// `1/3` or `0.25`, in (0, 1].
std::optional<double> share(const std::string& text) {
  const std::size_t slash = text.find('/');
  std::optional<double> out = connect::number(text.substr(0, slash));
  if (out && slash != std::string::npos) {
    const std::optional<double> below = connect::number(text.substr(slash + 1));
    out = below && *below > 0 ? std::optional(*out / *below) : std::nullopt;
  }
  return out && *out > 0 && *out <= 1 ? out : std::nullopt;
}

/// Numbers the texts of a column in order of their text: an order that depends on the values alone.
std::vector<std::string> distinct(const std::vector<std::string>& values) {
  std::vector<std::string> out = values;
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::uint32_t> numbered(const std::vector<std::string>& values, const std::vector<std::string>& among) {
  std::vector<std::uint32_t> out;
  out.reserve(values.size());
  for (const std::string& value : values)
    out.push_back(static_cast<std::uint32_t>(std::lower_bound(among.begin(), among.end(), value) - among.begin()));
  return out;
}

/// Cells that cannot be used: how many, and the first.
struct Unusable {
  std::uint64_t rows = 0;
  std::uint64_t line = 0;
  std::string cell;
  void add(std::uint64_t at, const std::string& text) {
    if (rows++ == 0) line = at, cell = text;
  }
  [[nodiscard]] std::string words(const std::string& path, const std::string& what, const std::string& column) const {
    return fmt::format("{}, line {}: the {} `{}` in column `{}`{}", path, line, what, cell, column,
                       rows == 1 ? "" : fmt::format(", and {} more rows,", rows - 1));
  }
};

}  // namespace

void doubt(Evaluation& out) {
  const learn::OffPolicy& f = out.figures;
  const double n = static_cast<double>(out.rows);
  const auto warn = [&](std::string text) { out.warnings.push_back(std::move(text)); };
  if (f.effective_sample_size < small_share * n || f.effective_sample_size < least_effective_sample) {
    warn(fmt::format(
        "the effective sample is {:.0f} of {} rows ({:.1f}%): the new policy does what the log seldom did, and the "
        "estimates rest on few rows; log more, or evaluate a policy that is nearer to the one that ran",
        f.effective_sample_size, out.rows, 100 * f.effective_sample_size / n));
  }
  if (f.largest_share > heavy_share && f.largest_weight > heavy_times * f.mean_weight.value) {
    warn(fmt::format(
        "one row weighs {:.1f}, {:.1f}% of all weight: its reward alone moves the estimates; a floor under the "
        "logged probabilities (`explore at least`) prevents that",
        f.largest_weight, 100 * f.largest_share));
  }
  if (std::abs(f.mean_weight.value - 1) > far * f.mean_weight.standard_error + 1e-9) {
    warn(fmt::format(
        "the mean weight is {:.3f} ± {:.3f}, where 1 is expected: either the propensities are not those by which "
        "the arms were drawn, or the policy takes arms where the log never could; do not trust the estimates "
        "before that is found",
        f.mean_weight.value, 1.96 * f.mean_weight.standard_error));
  }
  if (f.constant_reward) {
    warn("every row that counts has the same reward, so that no interval can be had from them: log more");
    out.decidable = false;
  } else if (f.rows_rewarded < few_rewards) {
    warn(fmt::format(
        "only {} of the rows that count ha{} a reward: with so few, the intervals are too narrow about as often as "
        "not; log more",
        f.rows_rewarded, f.rows_rewarded == 1 ? "s" : "ve"));
  }
  if (f.effective_sample_size < least_effective_sample) out.decidable = false;
}

Result<ReadLog> read_log(const EvaluationFiles& files) {
  Result<connect::Table> table = connect::read_table(files.log);
  if (!table) return tl::unexpected(table.error());
  ReadLog out;
  out.table = std::move(*table);
  const Result<std::size_t> arm = out.table.column(files.arm);
  if (!arm) return tl::unexpected(arm.error());
  const Result<std::size_t> reward = out.table.column(files.reward);
  if (!reward) return tl::unexpected(reward.error());
  const std::size_t n = out.table.rows();
  if (n < 2)
    return fault(
        FaultCode::bad_input,
        fmt::format("{} has {} row{}; an estimate with an interval wants two at least, and many more to be of use",
                    files.log, n, n == 1 ? "" : "s"));

  const std::vector<std::string>& arms = out.table.columns[*arm];
  for (std::size_t i = 0; i < n; ++i) {
    if (arms[i].empty())
      return fault(
          FaultCode::bad_input,
          fmt::format("{}, line {}: no arm stands in column `{}`; take out the rows in which nothing was chosen",
                      files.log, out.table.lines[i], files.arm));
  }
  out.arms = distinct(arms);
  out.logged.arms = out.arms.size();
  out.logged.arm = numbered(arms, out.arms);

  Unusable rewards;
  out.logged.reward.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::string& cell = out.table.columns[*reward][i];
    const std::optional<double> value = connect::number(cell);
    if (!value) rewards.add(out.table.lines[i], cell);
    out.logged.reward[i] = value.value_or(0);
  }
  if (rewards.rows > 0)
    return fault(FaultCode::bad_input,
                 rewards.words(files.log, "reward", files.reward) +
                     " is not a number; write 0 where nothing was earned, and leave no row out for it");

  out.logged.propensity.resize(n);
  if (const std::optional<std::size_t> column = out.table.find(files.propensity)) {
    Unusable propensities;
    for (std::size_t i = 0; i < n; ++i) {
      const std::string& cell = out.table.columns[*column][i];
      const std::optional<double> value = connect::number(cell);
      if (!value || !(*value > 0) || *value > 1) propensities.add(out.table.lines[i], cell);
      out.logged.propensity[i] = value.value_or(0);
    }
    if (propensities.rows > 0)
      return fault(
          FaultCode::bad_input,
          propensities.words(files.log, "propensity", files.propensity) +
              " is not above 0 and at most 1; without the probability with which each arm was drawn there is no "
              "estimate without bias. Find it where the arms were drawn, or, where it was the same for all, give the "
              "number: --propensity 1/3");
  } else if (const std::optional<double> constant = share(files.propensity)) {
    std::fill(out.logged.propensity.begin(), out.logged.propensity.end(), *constant);
  } else {
    return fault(FaultCode::bad_input, describe(out.table.column(files.propensity).error()) +
                                           "; and it is no number above 0 and at most 1, such as 0.25 or 1/3");
  }

  if (files.position.empty()) {
    out.places = {""};
    out.place.assign(n, 0);
  } else {
    const Result<std::size_t> position = out.table.column(files.position);
    if (!position) return tl::unexpected(position.error());
    out.places = distinct(out.table.columns[*position]);
    out.place = numbered(out.table.columns[*position], out.places);
  }
  return out;
}

Result<Evaluation> evaluate(const EvaluationFiles& files) {
  const Result<ReadLog> log = read_log(files);
  if (!log) return tl::unexpected(log.error());
  Evaluation out;
  const Result<learn::Policy> policy = read_policy(files, *log, out.policy);
  if (!policy) return tl::unexpected(policy.error());
  const Result<std::vector<std::string>> support = check_support(*log, *policy);
  if (!support) return tl::unexpected(support.error());
  out.arms = log->arms;
  out.rows = log->logged.rows();

  std::vector<learn::RawColumn> raw;
  learn::EncodingOptions encoding;
  const auto add = [&](const std::string& name) -> Result<void> {
    if (name == files.arm || name == files.reward || name == files.propensity)
      return fault(FaultCode::bad_input,
                   fmt::format("`{}` cannot be context: the context is what was known before the arm was "
                               "drawn",
                               name));
    const Result<std::size_t> column = log->table.column(name);
    if (!column) return tl::unexpected(column.error());
    raw.push_back({name, &log->table.columns[*column]});
    return {};
  };
  const Result<std::vector<std::string>> context = log->table.names(files.context);
  if (!context) return tl::unexpected(context.error());
  for (const std::string& name : *context) {
    if (const Result<void> added = add(name); !added) return tl::unexpected(added.error());
  }
  if (!files.position.empty() && std::find(context->begin(), context->end(), files.position) == context->end()) {
    encoding.levels.insert(files.position);
    if (const Result<void> added = add(files.position); !added) return tl::unexpected(added.error());
  }
  std::vector<std::uint32_t> all(out.rows);
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  const learn::Encoding encoded = learn::fit_encoding(raw, all, encoding);
  out.features = encoded.names.size();
  if (out.features > most_features)
    return fault(
        FaultCode::bad_input,
        fmt::format(
            "the context has {} features, of which {} at most are of use to the direct model; name fewer columns",
            out.features, most_features));
  if (out.arms.size() * (out.features + 1) * (out.features + 1) > most_matrix_entries)
    return fault(
        FaultCode::bad_input,
        fmt::format("{} features for each of {} arms are more than the direct model can hold; name fewer columns",
                    out.features, out.arms.size()));
  learn::Features features(out.features);
  if (raw.empty()) {
    for (std::uint64_t i = 0; i < out.rows; ++i) features.add({});
  } else {
    features = learn::encode_rows(encoded, raw);
  }
  out.figures = learn::evaluate(log->logged, *policy, learn::cross_fitted(log->logged, *policy, features));
  out.warnings = *support;
  doubt(out);
  return out;
}

}  // namespace fairlead::trial
