// The figures of a model card: how well log-odds order outcomes, and whether they mean what they say.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/learn/logistic.hpp"
#include "runtime/learn/measure.hpp"

namespace fairlead::learn {

/// Area under the ROC curve, ties counting one half, with DeLong's standard error (DeLong, DeLong and Clarke-Pearson
/// 1988, by mid-ranks: Sun and Xu 2014) and the normal 95% interval within [0, 1].
struct Auc {
  double value = 0.5, standard_error = 0;
  Interval interval;
};
/// Nothing where one of the outcomes does not occur.
std::optional<Auc> auc(std::span<const double> scores, const std::vector<bool>& outcomes);

/// A logistic regression of the outcome on the predicted log-odds, without a penalty (Cox 1958): slope 1 and intercept
/// 0 are right; a slope below 1 means predictions that are too extreme. Nothing where it has no finite answer.
struct Calibration {
  double slope = 1, slope_error = 0;  // with its standard error
  double intercept = 0;
};
std::optional<Calibration> calibration(std::span<const double> log_odds, const std::vector<bool>& outcomes);

/// One of ten groups of rows, equally many in each within one, in order of their prediction.
struct CalibrationGroup {
  std::uint64_t rows = 0, positives = 0;
  double predicted = 0;  // mean
  double least = 0, most = 0;
  [[nodiscard]] double observed() const { return static_cast<double>(positives) / static_cast<double>(rows); }
};

struct Card {
  std::uint64_t rows = 0, positives = 0;
  double base_rate = 0;  // of the rows that were learned from
  std::optional<Auc> auc;
  double log_loss = 0, base_log_loss = 0;  // the latter of predicting `base_rate` for everybody
  double brier = 0, base_brier = 0;
  std::optional<Calibration> calibration;
  double expected_calibration_error = 0;  // mean over the groups, by rows, of |predicted - observed|
  double top_decile_lift = 0;             // rate among the tenth with the highest predictions, over the rate of all
  std::vector<CalibrationGroup> groups;   // from the lowest predictions to the highest
};

/// For one row at least; `log_odds` and `outcomes` are of rows that the model has not seen.
Card judge(std::span<const double> log_odds, const std::vector<bool>& outcomes, double base_rate);

/// Whether what came lately is what was foretold: of the last quarter of the rows, how many came beside how many were
/// foretold, in standard errors of a count that has these probabilities (Spiegelhalter's reliability test 1986, for the
/// whole instead of by groups).
struct Drift {
  std::uint64_t rows = 0, came = 0;
  double foretold = 0;  // how many, on average
  double z = 0;
  /// A right score says so of itself once in a thousand looks.
  [[nodiscard]] bool sure() const { return z < -3.29 || z > 3.29; }
};
/// Nothing where the last quarter is too short to tell: fewer than `least_drift_rows`, or fewer than ten foretold.
std::optional<Drift> drift(std::span<const double> log_odds, const std::vector<bool>& outcomes);
constexpr std::size_t least_drift_rows = 100;

}  // namespace fairlead::learn
