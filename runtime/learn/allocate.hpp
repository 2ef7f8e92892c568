// A budget over options whose returns diminish: what each brings is learned as a curve, and money goes where the next
// unit of it is believed to bring most.
//
// The curve. In a period in which x was spent on an option, it brings
//
//   y = base + gain log(1 + x / scale) + noise,   noise ~ Normal(0, sigma^2)
//
// the logarithmic response of sales to advertising (Little, Aggregate advertising models: the state of the art,
// Operations Research 27, 1979), which is linear in what is not known. So the belief about (base, gain, sigma^2) is
// normal and inverse gamma and stays so (Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2 with a
// conjugate prior). `scale` is where a curve begins to bend, and is fixed: the even share of the budget.
//
// The decision. Thompson sampling: a gain is drawn for each option, none below 0, and the budget is the one that would
// be best if these were right. That is a concave problem with one constraint; at its optimum every option that is at
// neither of its ends has the same return for the next unit (water filling: Boyd and Vandenberghe, Convex Optimization,
// section 5.5.3).
//
// Amounts are whole units, such as cents: limits hold exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/values/decimal.hpp"
#include "runtime/values/random.hpp"

namespace fairlead::learn {

/// What is believed before the first period, in units in which an option brings about 1 at its even share.
struct ResponsePrior {
  double gain = 1;       // the mean; that of the base is 0
  double strength = 1;   // of both, in periods
  double periods = 2;    // that the belief about the noise is worth
  double deviation = 1;  // of the noise
};

/// What is known of one option.
class ResponseCurve {
 public:
  explicit ResponseCurve(double scale, const ResponsePrior& prior = {});

  void observe(std::int64_t spent, double brought);

  struct Draw {
    double base = 0, gain = 0;
  };
  [[nodiscard]] Draw mean() const;
  /// The gain is at least 0: nothing is believed to bring less where more is spent.
  [[nodiscard]] Draw draw(Dice& dice) const;

 private:
  [[nodiscard]] double bend(std::int64_t spent) const;

  double scale_;
  double precision_[3];  // of (base, gain), divided by sigma^2: base-base, base-gain, gain-gain
  double weighted_[2];   // precision times mean
  double shape_, rate_;  // of 1 / sigma^2
};

/// What an option may get.
struct Range {
  std::int64_t least = 0, most = 0;
  bool operator==(const Range&) const = default;
};

/// `each between LEAST and MOST` of the whole.
Range share_of(std::int64_t total, Decimal least, Decimal most);

/// The same where a part of the whole at most may move within some time: `past` are the amounts, of one option, that
/// were in force within it, the present one included. What was within the range and moved no further leaves room.
Range within_reach(Range range, std::span<const std::int64_t> past, std::int64_t total, Decimal move);

/// What each gets, so that sum gain log(1 + x / scale) is the most that it can be with sum x at most `total`, every x
/// in its range. An option without gain gets its least, and what nobody gains from is kept. Nothing where the leasts
/// are more than there is.
std::optional<std::vector<std::int64_t>> allot(std::span<const double> gains, double scale, std::int64_t total,
                                               std::span<const Range> ranges);

/// What may be paid out in the next of `left` equal parts of a period, of which `spent` of `total` is gone: evenly over
/// what is left of it, and never more than there is.
std::int64_t paced_out(std::int64_t total, std::int64_t spent, std::int64_t left);

}  // namespace fairlead::learn
