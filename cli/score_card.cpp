// A score's model card as text.
#include "cli/score_card.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::cli {

namespace {

constexpr std::size_t most_weights = 12, most_columns = 20;

void print_fit(const learn::Score& score) {
  fmt::print("a score of `{}`, from {}\n", score.outcome, score.source);
  fmt::print("  learned from {} rows, judged on {} others; {}\n", score.learned_from, score.card.rows, score.split);
  if (score.without_outcome > 0)
    fmt::print("  {} row{} left out, as the outcome is not known\n", score.without_outcome,
               score.without_outcome == 1 ? " is" : "s are");
  fmt::print("  logistic regression on {} features of {} columns, L2 penalty {:g} (fixed beforehand), {}\n",
             score.encoding.names.size(), score.encoding.columns.size(), score.l2,
             score.one_pass ? "one online pass in the order of the file"
                            : fmt::format("batch, {} steps of Newton's method", score.model.steps));
  fmt::print(
      "  numbers standardised; one indicator a level of 20 rows or more, the rest pooled; missing numbers at the mean, "
      "flagged\n  where 20 rows or more miss them; missing levels a level of their own\n");
}

void print_groups(const learn::Card& card) {
  fmt::print("\n  {:<20} {:>6} {:>10} {:>10}  {}\n", "foretold", "rows", "mean", "happened", "95% interval");
  for (const learn::CalibrationGroup& group : card.groups) {
    const learn::Interval interval = learn::wilson(group.positives, group.rows);
    fmt::print("  {:<20} {:>6} {:>9.1f}% {:>9.1f}%  {:.1f}% to {:.1f}%\n",
               fmt::format("{:.1f}% to {:.1f}%", 100 * group.least, 100 * group.most), group.rows,
               100 * group.predicted, 100 * group.observed(), 100 * interval.low, 100 * interval.high);
  }
}

}  // namespace

void print_figures(const learn::Card& card, std::string_view heading) {
  const auto line = [](std::string_view name, const std::string& figure, const std::string& beside) {
    fmt::print("  {:<24} {:>8}{}\n", name, figure, beside.empty() ? "" : "  " + beside);
  };
  fmt::print("\n{}\n", heading);
  if (card.auc) {
    line("AUC", fmt::format("{:.4f}", card.auc->value),
         fmt::format("95%: {:.4f} to {:.4f}", card.auc->interval.low, card.auc->interval.high));
  } else {
    line("AUC", "none", "only one outcome occurs");
  }
  line("log-loss", fmt::format("{:.4f}", card.log_loss),
       fmt::format("{:.4f} with the base rate for all", card.base_log_loss));
  line("Brier", fmt::format("{:.4f}", card.brier), fmt::format("{:.4f} with the base rate for all", card.base_brier));
  if (card.calibration) {
    line("calibration slope", fmt::format("{:.3f}", card.calibration->slope),
         fmt::format("standard error {:.3f}; 1 is right, below 1 is too extreme", card.calibration->slope_error));
    line("calibration intercept", fmt::format("{:.3f}", card.calibration->intercept), "0 is right");
  } else {
    line("calibration slope", "none", "the outcomes are ordered without a fault, or are all the same");
  }
  line("ECE", fmt::format("{:.4f}", card.expected_calibration_error), "over the groups below");
  line("top-decile lift", fmt::format("{:.2f}", card.top_decile_lift),
       fmt::format("base rate {:.1f}%", 100 * static_cast<double>(card.positives) / static_cast<double>(card.rows)));
  print_groups(card);
}

namespace {

void print_weights(const learn::Score& score) {
  fmt::print("\nLargest weights, in log-odds for a standard deviation or for a level (intercept {:.3f})\n",
             score.model.intercept);
  const std::vector<std::uint32_t> order = learn::by_weight(score);
  for (std::size_t i = 0; i < std::min(order.size(), most_weights); ++i)
    fmt::print("  {:>+7.3f}  {}\n", score.model.weights[order[i]], score.encoding.names[order[i]]);
  if (order.size() > most_weights) fmt::print("  … and {} more; --json has them all\n", order.size() - most_weights);
}

void print_columns(const learn::Score& score) {
  std::vector<std::size_t> order(score.encoding.columns.size());
  for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return score.column_auc[a] > score.column_auc[b]; });
  fmt::print("\n  {:<44} {:<8} {:>8} {:>9}\n", "column", "as", "missing", "AUC alone");
  for (std::size_t i = 0; i < std::min(order.size(), most_columns); ++i) {
    const learn::EncodedColumn& column = score.encoding.columns[order[i]];
    fmt::print("  {:<44} {:<8} {:>8} {:>9.3f}{}\n", column.name,
               column.numbers ? "number" : fmt::format("{} levels", column.levels.size()), column.missing_rows,
               score.column_auc[order[i]],
               column.pooled_levels > 0 ? fmt::format("  {} rare levels pooled", column.pooled_levels) : "");
  }
  if (order.size() > most_columns) fmt::print("  … and {} more; --json has them all\n", order.size() - most_columns);
  if (!score.encoding.constant.empty()) {
    fmt::print("  of one value, so left out:");
    for (const std::string& name : score.encoding.constant) fmt::print(" `{}`", name);
    fmt::print("\n");
  }
}

}  // namespace

void print_card(const learn::Score& score) {
  print_fit(score);
  print_figures(score.card, "On the rows that it has not seen");
  print_weights(score);
  print_columns(score);
  for (const std::string& name : learn::suspicious_columns(score))
    fmt::print(
        "\nwarning: `{}` alone orders the outcomes (AUC {:.2f} or more). Was it known before the outcome? If not, it "
        "leaks: "
        "--drop \"{}\"\n",
        name, learn::suspicious_auc, name);
}

}  // namespace fairlead::cli
