// Hypotheses about the last change.
#include "runtime/learn/drift.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::learn {

namespace {

/// Below this a hypothesis is kept, and may rise, but has no voice: together they have 0.024 at most, and a quadrature
/// for each of them would be most of the time. With `most` hypotheses one at least is above.
constexpr double least_averaged = 1e-3;

/// log of Gamma(x + n) / Gamma(x) for whole n: the steps are few where batches are, and no global sign is written.
double log_rising(double x, double n) {
  double sum = 0, product = 1;
  for (double i = 0; i < n; ++i) {
    product *= x + i;
    if (product > 1e200) {
      sum += std::log(product);
      product = 1;
    }
  }
  return sum + std::log(product);
}

/// How likely this order of successes and failures is where the rate is believed to be Beta(a, b).
double log_likelihood(const Beta& b, double trials, double successes) {
  const double failures = std::max(0.0, trials - successes);
  return log_rising(b.a, successes) + log_rising(b.b, failures) - log_rising(b.a + b.b, successes + failures);
}

}  // namespace

ChangingEvidence::ChangingEvidence(std::size_t options, double between, Beta prior)
    : between_(between), prior_(prior), trials_(options, 0.0), successes_(options, 0.0) {
  hypotheses_.push_back({1, 0, std::vector<Beta>(options, prior)});
}

void ChangingEvidence::decided(std::size_t option) {
  trials_[option] += 1;
}

void ChangingEvidence::reached(std::size_t option) {
  successes_[option] += 1;
}

void ChangingEvidence::close_batch() {
  const std::size_t options = trials_.size();
  double decisions = 0, goals = 0;
  for (std::size_t i = 0; i < options; ++i) decisions += trials_[i], goals += successes_[i];
  if (decisions + goals == 0) return;

  // A change, if any, came before the batch, so that the new hypothesis is judged by it too.
  const double changed = -std::expm1(-decisions / between_);
  for (Hypothesis& h : hypotheses_) h.weight *= 1 - changed;
  if (hypotheses_.front().decisions > 0) {
    hypotheses_.push_back({changed, 0, std::vector<Beta>(options, prior_)});
  } else {
    hypotheses_.front().weight = 1;
  }

  double highest = -INFINITY;
  std::vector<double> logs;
  for (Hypothesis& h : hypotheses_) {
    double sum = std::log(h.weight);
    for (std::size_t i = 0; i < options; ++i) {
      sum += log_likelihood(h.posterior[i], trials_[i], successes_[i]);
      h.posterior[i].a += successes_[i];
      h.posterior[i].b += std::max(0.0, trials_[i] - successes_[i]);
    }
    h.decisions += decisions;
    logs.push_back(sum);
    highest = std::max(highest, sum);
  }
  for (std::size_t k = 0; k < logs.size(); ++k) hypotheses_[k].weight = std::exp(logs[k] - highest);
  if (hypotheses_.size() > most) hypotheses_.erase(std::ranges::min_element(hypotheses_, {}, &Hypothesis::weight));
  // What is next to impossible would only cost time; it is never so for what has just begun.
  std::erase_if(hypotheses_, [](const Hypothesis& h) { return h.weight < 1e-6; });
  double sum = 0;
  for (const Hypothesis& h : hypotheses_) sum += h.weight;
  for (Hypothesis& h : hypotheses_) h.weight /= sum;
  std::ranges::fill(trials_, 0.0);
  std::ranges::fill(successes_, 0.0);
}

std::vector<double> ChangingEvidence::weights() const {
  std::vector<double> out(trials_.size(), 0.0);
  double sum = 0;
  for (const Hypothesis& h : hypotheses_) {
    if (h.weight < least_averaged) continue;
    const std::vector<double> best = best_of(h.posterior);
    sum += h.weight;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += h.weight * best[i];
  }
  for (double& weight : out) weight /= sum;
  return out;
}

double ChangingEvidence::unchanged_for(double decisions) const {
  double sum = 0;
  for (const Hypothesis& h : hypotheses_) sum += h.decisions > decisions ? h.weight : 0.0;
  return sum;
}

}  // namespace fairlead::learn
