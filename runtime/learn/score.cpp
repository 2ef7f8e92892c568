// Learning a score from columns, and judging it.
#include "runtime/learn/score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fairlead::learn {

double Score::probability(std::span<const std::string_view> cells) const {
  std::vector<Entry> row;
  encoding.encode(cells, row);
  return probability_of(model.log_odds(row));
}

std::vector<std::string> suspicious_columns(const Score& score) {
  std::vector<std::string> out;
  for (std::size_t c = 0; c < score.column_auc.size(); ++c) {
    if (score.column_auc[c] >= suspicious_auc) out.push_back(score.encoding.columns[c].name);
  }
  return out;
}

std::vector<std::uint32_t> by_weight(const Score& score) {
  std::vector<std::uint32_t> out(score.model.weights.size());
  std::iota(out.begin(), out.end(), 0U);
  std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::abs(score.model.weights[a]) > std::abs(score.model.weights[b]);
  });
  return out;
}

Result<Score> train_score(std::span<const RawColumn> columns, const std::vector<bool>& outcomes,
                          std::span<const std::uint32_t> train, std::span<const std::uint32_t> test,
                          const ScoreOptions& options) {
  if (train.empty()) return fault(FaultCode::bad_input, "there are no rows to learn from");
  if (test.empty())
    return fault(FaultCode::bad_input,
                 "there are no rows to judge by; a card of the rows that it learned from would flatter the score");
  Score out;
  out.l2 = options.l2;
  out.one_pass = options.one_pass;
  out.encoding = fit_encoding(columns, train, options.encoding);
  const std::size_t width = out.encoding.names.size();
  if (width == 0) return fault(FaultCode::bad_input, "no column tells the rows apart: there is nothing to learn from");
  if (width > most_score_features)
    return fault(FaultCode::bad_input,
                 fmt::format("the columns have {} features, and {} at most can be fitted; drop columns with "
                             "thousands of levels",
                             width, most_score_features));
  const Features features = encode_rows(out.encoding, columns);
  // In one pass too there is nothing to learn where only one outcome occurs; the base rate would have no log-odds.
  double positives = 0;
  for (const std::uint32_t i : train) positives += outcomes[i] ? 1 : 0;
  if (options.one_pass && positives > 0 && positives < static_cast<double>(train.size())) {
    out.model = fit_one_pass(features, outcomes, train, options.l2);
  } else {
    Result<Logistic> fitted = fit_batch(features, outcomes, train, options.l2);
    if (!fitted) return tl::unexpected(fitted.error());
    out.model = std::move(*fitted);
  }
  out.learned_from = train.size();

  std::vector<double> log_odds;
  std::vector<bool> judged;
  std::vector<std::vector<double>> parts(out.encoding.columns.size());
  for (const std::uint32_t i : test) {
    log_odds.push_back(out.model.log_odds(features.row(i)));
    judged.push_back(outcomes[i]);
    for (std::vector<double>& part : parts) part.push_back(0);
    for (const Entry& entry : features.row(i))
      parts[out.encoding.column_of[entry.feature]].back() += out.model.weights[entry.feature] * entry.value;
  }
  out.card = judge(log_odds, judged, positives / static_cast<double>(train.size()));
  for (const std::vector<double>& part : parts) {
    const std::optional<Auc> alone = auc(part, judged);
    out.column_auc.push_back(alone ? alone->value : 0.5);
  }
  return out;
}

}  // namespace fairlead::learn
