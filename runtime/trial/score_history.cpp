// Training a score that a project declares.
#include "runtime/trial/score_history.hpp"

#include <fmt/format.h>

#include "runtime/learn/feature.hpp"

namespace fairlead::trial {

namespace {

/// Every row as the engine would see it. What is empty, or means missing, is absent.
Result<learn::Features> rows_of(const bytecode::Score& score, const HistoryFiles& files, const History& history) {
  std::vector<FieldType> types;
  std::vector<const std::vector<std::string>*> columns;
  for (const bytecode::Feature& feature : score.features) {
    const Result<std::size_t> column = history.table.column(feature.name);
    if (!column) return tl::unexpected(column.error());
    types.push_back(feature.type);
    columns.push_back(&history.table.columns[*column]);
  }
  learn::Features out(learn::context_length(types) - 1);
  Arena arena;
  for (std::uint32_t i = 0; i < history.table.rows(); ++i) {
    std::vector<Value> values;
    for (std::size_t f = 0; f < types.size(); ++f) {
      const std::string& cell = (*columns[f])[i];
      if (cell.empty() || files.missing.contains(cell)) {
        values.emplace_back();
        continue;
      }
      const Result<Value> value = parse_value(cell, types[f], arena);
      if (!value)
        return fault(FaultCode::bad_input,
                     fmt::format("{}, line {}: `{}` in `{}` is no {}", files.from, history.table.lines[i], cell,
                                 score.features[f].name, fairlead::to_string(types[f])));
      values.push_back(*value);
    }
    // The intercept is the fit's own.
    std::vector<learn::Entry> row;
    for (const learn::Entry& entry : learn::entries_of(learn::context(types, values))) {
      if (entry.feature > 0) row.push_back({entry.feature - 1, entry.value});
    }
    out.add(row);
  }
  return out;
}

}  // namespace

Result<TrainedScore> train_for(const bytecode::Module& module, bytecode::Index index, const HistoryFiles& files) {
  const Result<History> history = read_history(files);
  if (!history) return tl::unexpected(history.error());
  const Result<learn::Features> features = rows_of(module.scores[index], files, *history);
  if (!features) return tl::unexpected(features.error());
  if (history->train.empty()) return fault(FaultCode::bad_input, "there are no rows to learn from");
  if (history->test.empty())
    return fault(FaultCode::bad_input,
                 "there are no rows to judge by; a card of the rows that it learned from would flatter the score");
  const Result<learn::Logistic> fitted = learn::fit_batch(*features, history->outcomes, history->train, files.l2);
  if (!fitted) return tl::unexpected(fitted.error());
  std::vector<double> log_odds;
  std::vector<bool> judged;
  for (const std::uint32_t i : history->test) {
    log_odds.push_back(fitted->log_odds(features->row(i)));
    judged.push_back(history->outcomes[i]);
  }
  double positives = 0;
  for (const std::uint32_t i : history->train) positives += history->outcomes[i] ? 1 : 0;
  return TrainedScore{learn::belief_after(*fitted, *features, history->outcomes, history->train, files.l2),
                      learn::judge(log_odds, judged, positives / static_cast<double>(history->train.size())),
                      history->train.size(),
                      history->unknown,
                      history->split,
                      files.l2};
}

}  // namespace fairlead::trial
