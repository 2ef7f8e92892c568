// Intervals and tests that hold at every look.
#include "runtime/learn/sequence.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "runtime/learn/adjusted.hpp"

namespace fairlead::learn {

namespace {

// The stitched boundary's epochs grow by eta, and epoch k has a part of the error in proportion to 1 / k^s.
constexpr double eta = 2, s = 1.4;
constexpr double zeta_of_s = 3.105547277;  // sum over k of 1 / k^1.4
constexpr double first_variance = 1;       // below this sum of squares the boundary is flat

/// A Dirichlet worth so many rows: sensitive to shares that are off by a few per cent of a half.
constexpr double concentration = 1'000;
constexpr double alarm_at = 1'000;

constexpr std::uint64_t least_of_each = 10;

/// The C library's writes a global variable.
double lgamma(double x) {
  return boost::math::lgamma(x);
}

}  // namespace

BoundedSequence::BoundedSequence(double error)
    : log_error_(std::log(zeta_of_s / (error / 2 * std::pow(std::log(eta), s)))) {}

void BoundedSequence::add(double outcome) {
  // A half foretells the first: any value known beforehand will do.
  const double foretold = rows_ == 0 ? 0.5 : sum_ / static_cast<double>(rows_);
  squares_ += (outcome - foretold) * (outcome - foretold);
  sum_ += outcome;
  ++rows_;
}

double BoundedSequence::mean() const {
  return rows_ == 0 ? 0.5 : sum_ / static_cast<double>(rows_);
}

Interval BoundedSequence::interval() const {
  if (rows_ == 0) return {0, 1};
  const double variance = std::max(squares_, first_variance);
  const double length = s * std::log(std::log(eta * variance / first_variance)) + log_error_;
  const double k1 = (std::pow(eta, 0.25) + std::pow(eta, -0.25)) / std::sqrt(2.0);
  const double k2 = (std::sqrt(eta) + 1) / 2;
  // The range of the outcomes, 1, is the scale c.
  const double boundary = std::sqrt(k1 * k1 * variance * length + k2 * k2 * length * length) + k2 * length;
  const double half = boundary / static_cast<double>(rows_);
  return {std::max(0.0, mean() - half), std::min(1.0, mean() + half)};
}

double mixture_half_width(double variance, double rows, double planned, double error) {
  // With information I = 1 / variance and a normal mixture of variance t about the difference, the boundary depends on
  // I t alone; it is narrowest, for its I, at I t = x where x = 2 log(1 / error) + log(1 + x). Any t is valid, so a few
  // rounds toward x are enough. I / rows is taken for a constant, which it is as long as the groups grow in the same
  // shares; so I t grows as the rows do, and comes to x at `planned`.
  const double wanted = 2 * std::log(1 / error);
  double x = wanted;
  for (int round = 0; round < 4; ++round) x = wanted + std::log1p(x);
  const double ratio = x * rows / planned;
  return std::sqrt(variance * (1 + 1 / ratio) * (2 * std::log(1 / error) + std::log1p(ratio)));
}

Lift lift_sequence(Proportion treated, Proportion held, double planned, double error) {
  if (treated.rows == 0 || held.rows == 0) return {0, {-1, 1}};
  const double n1 = static_cast<double>(treated.rows), n2 = static_cast<double>(held.rows);
  const double p1 = static_cast<double>(treated.successes) / n1, p2 = static_cast<double>(held.successes) / n2;
  const double difference = p1 - p2;
  for (const Proportion& group : {treated, held}) {
    if (group.successes < least_of_each || group.rows - group.successes < least_of_each) return {difference, {-1, 1}};
  }
  const double variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2;
  const double half = mixture_half_width(variance, n1 + n2, planned, error);
  return {difference, {std::max(-1.0, difference - half), std::min(1.0, difference + half)}};
}

double sample_ratio_evidence(std::span<const std::uint64_t> counts, std::span<const double> shares) {
  double out = lgamma(concentration), n = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double count = static_cast<double>(counts[i]);
    const double prior = concentration * shares[i];
    n += count;
    out += lgamma(prior + count) - lgamma(prior) - count * std::log(shares[i]);
  }
  return out - lgamma(concentration + n);
}

bool sample_ratio_alarm(std::span<const std::uint64_t> counts, std::span<const double> shares) {
  return sample_ratio_evidence(counts, shares) >= std::log(alarm_at);
}

}  // namespace fairlead::learn
