// A learner turns evidence (decisions taken, goals reached) into weights over options. One small interface; a new
// learner is one new file.
//
// A decision counts as a trial at once and as a success when its goal is reached within the window; so a young decision
// counts as "not reached yet". (Measured against waiting for windows to close, this loses less: 94.6 v 112 regret
// at a mean delay of 1,000 rounds, 145 v 259 at 5,000.) docs/inside/learning.md says more.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/fault.hpp"

namespace fairlead::learn {

/// How many decisions' worth a declared `start` counts for.
constexpr double start_strength = 100.0;

/// What is believed of a rate: Beta(a, b), a and b above 0.
struct Beta {
  double a, b;
};

struct LearnerSpec {
  std::size_t options = 0;
  std::size_t features = 0;  // length of the context vector; 0: plain Beta–Bernoulli, else linear
  /// Declared shares, one an option; options without one share what is left evenly. Empty: none was declared.
  std::vector<std::optional<double>> start;
  /// What the plain learner believes of each option's rate before its first decision. Beta(1, 1) takes every rate for
  /// as likely as any other, Beta(1, 49) expects about 2%. It is no evidence, and is not saved with it.
  Beta prior{1, 1};
};

/// What is known of one option.
struct OptionEvidence {
  std::uint64_t trials = 0;
  std::uint64_t successes = 0;
  bool operator==(const OptionEvidence&) const = default;
};

class Learner {
 public:
  virtual ~Learner() = default;
  Learner() = default;
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  /// Thompson sampling's probability that each option is the best of the eligible (they sum to 1; the others are 0),
  /// blended with the declared start: (m start + n thompson) / (m + n), m = start_strength, n = trials so far.
  /// `context` has spec.features entries (empty for the plain learner, which computes its weights once for each set of
  /// eligible options and keeps them until it learns: a learner is for one thread at a time).
  [[nodiscard]] virtual std::vector<double> weights(std::span<const double> context,
                                                    const std::vector<bool>& eligible) const = 0;

  virtual void decided(std::size_t option, std::span<const double> context) = 0;
  virtual void reached(std::size_t option, std::span<const double> context) = 0;

  [[nodiscard]] virtual const std::vector<OptionEvidence>& evidence() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Learner> clone() const = 0;

  /// Its whole state as bytes (runtime/values/bytes.hpp), and back.
  [[nodiscard]] virtual std::string save() const = 0;
  virtual Result<void> load(std::string_view bytes) = 0;

  /// The name of the formula, for reports: `Thompson sampling, Beta–Bernoulli`.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

std::unique_ptr<Learner> make_learner(const LearnerSpec& spec);

/// P(arm i has the largest mean) for independent Beta posteriors, by quadrature on a common grid. Absolute error < 2e-3
/// (tested against 10^6 draws). One arm: {1}.
std::vector<double> best_of(std::span<const Beta> arms);

/// The same for independent normal posteriors of each arm's score.
struct Normal {
  double mean, sd;
};
std::vector<double> best_of(std::span<const Normal> arms);

}  // namespace fairlead::learn
