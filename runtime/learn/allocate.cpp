// A budget over options whose returns diminish.
#include "runtime/learn/allocate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace fairlead::learn {

namespace {

constexpr double negligible = 1e-20;  // a gain beside the greatest: nothing that money could reach

double normal(Dice& dice) {
  // Box and Muller 1958; 1 - u is never 0.
  const double radius = std::sqrt(-2 * std::log(1 - dice.uniform()));
  return radius * std::cos(2 * std::numbers::pi * dice.uniform());
}

/// Of that shape, at least 1, and rate 1 (Marsaglia and Tsang 2000).
double gamma(double shape, Dice& dice) {
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal(dice), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - dice.uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

/// share * total in whole units, rounded down or up, without ever rounding the product.
std::int64_t part(std::int64_t total, Decimal share, bool up) {
  const int128 product = static_cast<int128>(total) * share.units();
  return static_cast<std::int64_t>((product + (up ? Decimal::one - 1 : 0)) / Decimal::one);
}

}  // namespace

ResponseCurve::ResponseCurve(double scale, const ResponsePrior& prior)
    : scale_(scale),
      precision_{prior.strength, 0, prior.strength},
      weighted_{0, prior.strength * prior.gain},
      shape_(std::max(1.0, prior.periods / 2)),
      rate_(shape_ * prior.deviation * prior.deviation) {}

double ResponseCurve::bend(std::int64_t spent) const {
  return std::log1p(static_cast<double>(spent) / scale_);
}

void ResponseCurve::observe(std::int64_t spent, double brought) {
  const double x = bend(spent);
  // The noise by how far off the prediction was, in units of what was not known of it.
  const Draw before = mean();
  const double determinant = precision_[0] * precision_[2] - precision_[1] * precision_[1];
  const double unsure = (precision_[2] - 2 * precision_[1] * x + precision_[0] * x * x) / determinant;
  const double error = brought - before.base - before.gain * x;
  shape_ += 0.5;
  rate_ += error * error / (2 * (1 + unsure));
  precision_[0] += 1;
  precision_[1] += x;
  precision_[2] += x * x;
  weighted_[0] += brought;
  weighted_[1] += x * brought;
}

ResponseCurve::Draw ResponseCurve::mean() const {
  const double determinant = precision_[0] * precision_[2] - precision_[1] * precision_[1];
  return {(precision_[2] * weighted_[0] - precision_[1] * weighted_[1]) / determinant,
          (precision_[0] * weighted_[1] - precision_[1] * weighted_[0]) / determinant};
}

ResponseCurve::Draw ResponseCurve::draw(Dice& dice) const {
  const Draw at = mean();
  const double deviation = std::sqrt(rate_ / gamma(shape_, dice));
  // precision = L L^T; the solution of L^T d = z has its inverse as covariance.
  const double a = std::sqrt(precision_[0]), b = precision_[1] / a, c = std::sqrt(precision_[2] - b * b);
  const double gain = normal(dice) / c, base = (normal(dice) - b * gain) / a;
  return {at.base + deviation * base, std::max(0.0, at.gain + deviation * gain)};
}

Range share_of(std::int64_t total, Decimal least, Decimal most) {
  return {part(total, least, true), part(total, most, false)};
}

Range within_reach(Range range, std::span<const std::int64_t> past, std::int64_t total, Decimal move) {
  const std::int64_t room = part(total, move, false);
  for (const std::int64_t amount : past) {
    range.least = std::max(range.least, amount - room);
    range.most = std::min(range.most, amount + room);
  }
  return range;
}

std::optional<std::vector<std::int64_t>> allot(std::span<const double> gains, double scale, std::int64_t total,
                                               std::span<const Range> ranges) {
  std::vector<std::int64_t> out;
  int128 least = 0;
  for (const Range& range : ranges) {
    if (range.most < range.least) return std::nullopt;
    out.push_back(range.least);
    least += range.least;
  }
  if (least > total) return std::nullopt;
  // At a price of the next unit an option gets what returns more than that: gain / (scale + x) = price.
  const double most_gain = gains.empty() ? 0 : *std::max_element(gains.begin(), gains.end());
  const auto gains_from = [&](std::size_t i) { return gains[i] > negligible * most_gain; };
  const auto at = [&](double price, std::size_t i) {
    const auto low = static_cast<double>(ranges[i].least), high = static_cast<double>(ranges[i].most);
    if (!gains_from(i)) return low;
    return std::clamp(gains[i] / price - scale, low, high);
  };
  const auto spent = [&](double price) {
    double sum = 0;
    for (std::size_t i = 0; i < gains.size(); ++i) sum += at(price, i);
    return sum;
  };
  if (!(most_gain > 0)) return out;
  // Above `high` everybody has the least, and below `low` the most, that there is.
  double high = std::log(most_gain / scale) + 1, low = high - 80;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (spent(std::exp(middle)) > static_cast<double>(total) ? low : high) = middle;
  }
  std::int64_t left = total;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    out[i] = std::clamp(static_cast<std::int64_t>(at(std::exp(high), i)), ranges[i].least, ranges[i].most);
    left -= out[i];
  }
  // What rounding has left goes, unit by unit, where the next one returns most; what it has taken too much comes back
  // from where the last one returned least.
  const auto unit = [&](std::size_t i, std::int64_t from) {
    return gains[i] * std::log1p(1 / (scale + static_cast<double>(from)));
  };
  const auto next = [&]() {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < gains.size(); ++i) {
      if (gains_from(i) && out[i] < ranges[i].most && (!best || unit(i, out[i]) > unit(*best, out[*best]))) best = i;
    }
    return best;
  };
  const auto last = [&]() {
    std::optional<std::size_t> worst;
    for (std::size_t i = 0; i < gains.size(); ++i) {
      if (out[i] > ranges[i].least && (!worst || unit(i, out[i] - 1) < unit(*worst, out[*worst] - 1))) worst = i;
    }
    return worst;
  };
  for (std::optional<std::size_t> i; left > 0 && (i = next()); --left) ++out[*i];
  for (std::optional<std::size_t> i; left < 0 && (i = last()); ++left) --out[*i];
  // Whole units may want another place than parts of them.
  while (true) {
    const std::optional<std::size_t> from = last(), to = next();
    if (!from || !to || *from == *to || !(unit(*to, out[*to]) > unit(*from, out[*from] - 1))) break;
    --out[*from];
    ++out[*to];
  }
  return out;
}

std::int64_t paced_out(std::int64_t total, std::int64_t spent, std::int64_t left) {
  return std::max<std::int64_t>(0, total - spent) / std::max<std::int64_t>(1, left);
}

}  // namespace fairlead::learn
