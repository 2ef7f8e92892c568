// Logistic regression that learns row by row: a Gaussian belief about the weights, whose mean and covariance each row
// moves once (the extended Kalman filter of Spiegelhalter and Lauritzen 1990; Ollivier 2018 shows that it is the online
// natural gradient).
#pragma once

#include <span>
#include <vector>

#include "runtime/learn/encoding.hpp"
#include "runtime/learn/symmetric.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::learn {

/// Log-odds beyond these are as good as sure, and their probabilities are neither 0 nor 1.
constexpr double most_log_odds = 20;

/// What is believed of a weight before the first row.
struct Prior {
  double intercept = 0;           // the mean of the first weight; that of the others is 0
  double intercept_variance = 4;  // log-odds from about 4 below to 4 above
  double variance = 1;            // of each other weight
};

class OnlineLogistic {
 public:
  /// Of `size` weights, at least one: the first is the intercept, and every row has a 1 for it.
  OnlineLogistic(std::size_t size, const Prior& prior);
  /// What is known already: weights, and how sure they are.
  OnlineLogistic(std::vector<double> mean, Symmetric covariance);

  [[nodiscard]] std::span<const double> weights() const { return mean_; }
  [[nodiscard]] double log_odds(std::span<const Entry> row) const;
  [[nodiscard]] double deviation(std::size_t weight) const;  // the standard deviation of what is believed of it
  void learn(std::span<const Entry> row, bool outcome);

  void save(ByteWriter& out) const;
  /// What `save` wrote of one of as many weights; fails the reader where it is not.
  void load(ByteReader& in);

 private:
  std::vector<double> mean_;
  Symmetric covariance_;
  std::vector<double> product_;  // work space
};

/// A context (feature.hpp) without its zeros.
std::vector<Entry> entries_of(std::span<const double> context);

/// A rate as log-odds; 0 and 1 as far as `most_log_odds`.
double log_odds_of(double rate);

}  // namespace fairlead::learn
