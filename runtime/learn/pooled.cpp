// Groups differ in two ways: in how often their people reach the goal whatever they get, and in what an option does for
// them. The first says nothing of options. So the rate of option o in group g is taken to be about b_g r_o, the group's
// base times what the option is worth in all groups together, and to be off from it by a relative deviation t:
//
//   rate_go ~ Beta(m mu, m (1 - mu)),   mu = b_g r_o,   m = (1 - mu) / (mu t^2).
//
// For a given t, r and b are found by turns, each from what the other leaves to it, as in iterative proportional
// fitting (Deming and Stephan 1940). A cell of n trials counts in both with n m / (m + n) of them, since more of the
// same cell say no more about others; r begins at one success in two trials and b at 1, worth one success. That is a
// log-linear model of counts, whose information about log b and log r is, with e = n m / (m + n) mu / (1 - mu) in each
// cell,
//
//   H = diag(sum over o of e, sum over g of e) + e in the places (g, o) and (o, g) + what they began with,
//   u_op = (1 at g, 1 at o)^T H^-1 (1 at g, 1 at p)
//
// so that u_op is the covariance of the log mu of two options in a group. (1 / sum of e over the groups would not do:
// where groups get different options, what a group is used to and what an option is worth cannot be told apart, and a
// learner that thinks it can stops looking.) With f = m / (m + n), a cell's posterior has
//
//   mean      M = (m mu + s) / (m + n)
//   variance  M (1 - M) / (m + n + 1) + mu^2 (f_o^2 u_oo - c),   c = the least f_o f_p u_op of two options
//
// where c is what is not known of the group's base: it is the same for all its options, and ranks none. With two
// options, the variance of their difference is then what it is; with more it is that at least.
//
// It is Thompson sampling over a hierarchy (Hong, Kveton, Zaheer, Ghavamzadeh 2022) with an empirical Bayes prior.
//
// t is not guessed: each of a few values is weighed by how likely it makes all cells (beta-binomial; Griffiths 1973),
// one as likely as another beforehand, and moments are averaged over them. Each cell is then the Beta of these moments,
// which never knows less than one success.
#include "runtime/learn/pooled.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "runtime/learn/learners.hpp"
#include "runtime/learn/triangle.hpp"

namespace fairlead::learn {
namespace {

/// Relative deviations between groups. 0: what an option is worth is the same everywhere.
constexpr std::array deviations{0.0, 0.05, 0.1, 0.2, 0.4, 0.8};

/// They come to rest much sooner where counts are of any size.
constexpr int turns = 12;

/// A rate's mean is never taken for certain.
constexpr double most = 0.99, least = 1e-9;

/// What a group's base is worth before it is known, in successes; and an option's, with one in two trials.
constexpr double base_strength = 1, worth_strength = 2;

struct Moments {
  double mean = 0, square = 0;
};

struct Hypothesis {
  double log_likelihood = 0;
  std::vector<Moments> cells;
};

double log_beta(double a, double b) {
  int sign = 0;
  return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

/// m of a cell; nothing is infinite here, t = 0 is asked for before.
double strength(double mu, double deviation) {
  return (1 - mu) / (mu * deviation * deviation);
}

/// What is supposed where groups deviate by so much.
class Supposed {
 public:
  Supposed(double deviation, std::size_t groups, std::size_t options, const std::vector<double>& trials,
           const std::vector<double>& successes)
      : deviation_(deviation),
        groups_(groups),
        options_(options),
        trials_(trials),
        successes_(successes),
        base_(groups, 1.0),
        worth_(options, 0.5) {
    for (int turn = 0; turn < turns; ++turn) {
      fit_bases();
      fit_worths();
    }
  }

  [[nodiscard]] Hypothesis hypothesis() const {
    Hypothesis out;
    const Triangle unknown = inverted(information(), groups_ + options_);
    for (std::size_t g = 0; g < groups_; ++g) {
      const double shared = shared_by(g, unknown);
      for (std::size_t o = 0; o < options_; ++o) {
        const double n = trials_[g * options_ + o], s = successes_[g * options_ + o], mu = mean(g, o);
        const double from_all = part(g, o);
        double expected = mu, variance = 0;
        if (deviation_ > 0) {
          const double m = strength(mu, deviation_), a = m * mu, b = m * (1 - mu);
          expected = (a + s) / (m + n);
          variance = expected * (1 - expected) / (m + n + 1);
          out.log_likelihood += log_beta(a + s, b + n - s) - log_beta(a, b);
        } else {
          out.log_likelihood += s * std::log(mu) + (n - s) * std::log1p(-mu);
        }
        variance += mu * mu * (from_all * from_all * covariance(unknown, g, o, o) - shared);
        out.cells.push_back({expected, variance + expected * expected});
      }
    }
    return out;
  }

 private:
  [[nodiscard]] double mean(std::size_t g, std::size_t o) const {
    return std::clamp(base_[g] * worth_[o], least, most);
  }

  /// Of log mu of two options in a group.
  [[nodiscard]] double covariance(const Triangle& unknown, std::size_t g, std::size_t o, std::size_t p) const {
    const std::size_t first = groups_ + std::min(o, p), second = groups_ + std::max(o, p);
    return unknown[place(g, g)] + unknown[place(first, g)] + unknown[place(second, g)] + unknown[place(second, first)];
  }

  /// What no option of the group knows, and all of them alike.
  [[nodiscard]] double shared_by(std::size_t g, const Triangle& unknown) const {
    double least_shared = options_ > 1 ? std::numeric_limits<double>::infinity() : 0;
    for (std::size_t o = 0; o < options_; ++o) {
      // o with itself, too: no option is left with less than nothing.
      for (std::size_t p = 0; p <= o && options_ > 1; ++p)
        least_shared = std::min(least_shared, part(g, o) * part(g, p) * covariance(unknown, g, o, p));
    }
    return std::max(0.0, least_shared);
  }

  /// The part of a cell's trials that counts for others, and of its posterior mean that comes from them.
  [[nodiscard]] double part(std::size_t g, std::size_t o) const {
    if (deviation_ == 0) return 1;
    const double m = strength(mean(g, o), deviation_);
    return m / (m + trials_[g * options_ + o]);
  }

  void fit_bases() {
    for (std::size_t g = 0; g < groups_; ++g) {
      double reached = base_strength, expected = base_strength;
      for (std::size_t o = 0; o < options_; ++o) {
        const double counts = part(g, o);
        reached += counts * successes_[g * options_ + o];
        expected += counts * trials_[g * options_ + o] * worth_[o];
      }
      base_[g] = reached / expected;
    }
    // Only the product has a meaning: bases are 1 in the mean of all trials, so that a worth is a rate.
    double all = 0, sum = 0;
    for (std::size_t g = 0; g < groups_; ++g) {
      for (std::size_t o = 0; o < options_; ++o) {
        all += trials_[g * options_ + o];
        sum += trials_[g * options_ + o] * base_[g];
      }
    }
    for (double& base : base_) base *= sum > 0 ? all / sum : 1;
  }

  void fit_worths() {
    for (std::size_t o = 0; o < options_; ++o) {
      double reached = 1, exposed = worth_strength;
      for (std::size_t g = 0; g < groups_; ++g) {
        const double counts = part(g, o);
        reached += counts * successes_[g * options_ + o];
        exposed += counts * trials_[g * options_ + o] * base_[g];
      }
      worth_[o] = std::clamp(reached / exposed, least, most);
    }
  }

  [[nodiscard]] Triangle information() const {
    const std::size_t n = groups_ + options_;
    Triangle out(n * (n + 1) / 2, 0.0);
    for (std::size_t g = 0; g < groups_; ++g) out[place(g, g)] = base_strength;
    for (std::size_t o = 0; o < options_; ++o) out[place(groups_ + o, groups_ + o)] = worth_strength;
    for (std::size_t g = 0; g < groups_; ++g) {
      for (std::size_t o = 0; o < options_; ++o) {
        const double mu = mean(g, o), e = part(g, o) * trials_[g * options_ + o] * mu / (1 - mu);
        out[place(g, g)] += e;
        out[place(groups_ + o, groups_ + o)] += e;
        out[place(groups_ + o, g)] = e;
      }
    }
    return out;
  }

  double deviation_;
  std::size_t groups_, options_;
  const std::vector<double>&trials_, &successes_;
  std::vector<double> base_, worth_;
};

}  // namespace

Pooled::Pooled(std::size_t groups, const LearnerSpec& spec)
    : groups_(groups),
      options_(spec.options),
      start_(std::make_shared<Start>(spec)),
      trials_(groups * spec.options, 0.0),
      successes_(groups * spec.options, 0.0) {}

void Pooled::decided(std::size_t group, std::size_t option) {
  trials_[cell(group, option)] += 1;
  fit_.reset();
}

void Pooled::reached(std::size_t group, std::size_t option) {
  successes_[cell(group, option)] += 1;
  fit_.reset();
}

const Pooled::Fit& Pooled::fit() const {
  if (fit_) return *fit_;
  std::vector<Hypothesis> hypotheses;
  double highest = -std::numeric_limits<double>::infinity();
  for (const double deviation : deviations) {
    hypotheses.push_back(Supposed(deviation, groups_, options_, trials_, successes_).hypothesis());
    highest = std::max(highest, hypotheses.back().log_likelihood);
  }
  Fit out;
  std::vector<Moments> mixed(groups_ * options_);
  double sum = 0;
  for (const Hypothesis& each : hypotheses) sum += std::exp(each.log_likelihood - highest);
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const double believed = std::exp(hypotheses[i].log_likelihood - highest) / sum;
    out.spread += believed * deviations[i];
    for (std::size_t c = 0; c < mixed.size(); ++c) {
      mixed[c].mean += believed * hypotheses[i].cells[c].mean;
      mixed[c].square += believed * hypotheses[i].cells[c].square;
    }
  }
  for (const Moments& of : mixed) {
    const double variance = std::max(of.square - of.mean * of.mean, 1e-18);
    const double size = std::max(of.mean * (1 - of.mean) / variance - 1, 1 / of.mean);
    out.cells.push_back({of.mean * size, (1 - of.mean) * size});
  }
  return fit_.emplace(std::move(out));
}

std::vector<double> Pooled::weights(std::size_t group, const std::vector<bool>& eligible) const {
  const Fit& known = fit();
  std::vector<Beta> arms;
  for (std::size_t o = 0; o < options_; ++o) {
    if (eligible[o]) arms.push_back(known.cells[cell(group, o)]);
  }
  const std::vector<double> best = best_of(arms);
  std::vector<double> out(options_, 0.0);
  std::size_t arm = 0;
  for (std::size_t o = 0; o < options_; ++o) {
    if (eligible[o]) out[o] = best[arm++];
  }
  start_->blend(out, eligible, std::accumulate(trials_.begin(), trials_.end(), 0.0));
  return out;
}

Beta Pooled::belief(std::size_t group, std::size_t option) const {
  return fit().cells[cell(group, option)];
}

double Pooled::spread() const {
  return fit().spread;
}

}  // namespace fairlead::learn
