// A learner turns evidence (decisions taken, goals reached) into weights over options. One small interface; a new
// learner is one new file.
//
// Time is any unit that the caller keeps to: milliseconds in the engine, decisions in a bench. A learner knows no
// clock: it is as old as the latest instant that it was told of. docs/inside/learning.md says more.
#pragma once

#include <cstdint>
#include <limits>
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
  /// How long after its decision a goal counts: a decision that is younger counts as the part of a trial that had the
  /// time to succeed (delay.hpp). 0: goals are known at once.
  std::int64_t window = 0;
  /// After so long a decision and its goal count half. 0: nothing is forgotten.
  std::int64_t half_life = 0;
};

/// When a decision was taken that nobody wrote down.
constexpr std::int64_t unknown_time = std::numeric_limits<std::int64_t>::min();

struct Decision {
  std::size_t option = 0;
  std::span<const double> context;
  std::int64_t at = 0;
  std::span<const std::uint32_t> shares;  // that it was drawn from, in billionths; empty: nobody knows
};

/// What is known of one option.
struct OptionEvidence {
  std::uint64_t trials = 0;
  std::uint64_t successes = 0;
  bool operator==(const OptionEvidence&) const = default;
};

/// What of it counts now: the young in part, the old less.
struct InEffect {
  double trials = 0;
  double successes = 0;
  bool operator==(const InEffect&) const = default;
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

  virtual void decided(const Decision& decision) = 0;
  /// The goal of that decision is known since `at`. Where nobody knows any more when it was taken (`unknown_time`), or
  /// it was before adopt(), the goal counts and teaches nothing of delays.
  virtual void reached(const Decision& decision, std::int64_t at) = 0;
  /// For who knows goals at once, and keeps no time.
  void decided(std::size_t option, std::span<const double> context) { decided(Decision{option, context, 0, {}}); }
  void reached(std::size_t option, std::span<const double> context) { reached(Decision{option, context, 0, {}}, 0); }

  /// It is `now`: evidence is as old as that, and what it was judged by (careful.cpp) is as of now.
  virtual void age(std::int64_t now) = 0;
  /// Whether time alone has changed so much since the last age() that weights are worth publishing.
  [[nodiscard]] virtual bool aged(std::int64_t now) const = 0;
  /// A copy whose weights stay as they are now, to be in force. Nothing more is told to it.
  [[nodiscard]] virtual std::unique_ptr<Learner> settled() const = 0;
  /// From now on it goes by another window and half-life. What is known stays; open decisions count whole.
  virtual void adopt(std::int64_t window, std::int64_t half_life) = 0;

  [[nodiscard]] virtual const std::vector<OptionEvidence>& evidence() const = 0;
  [[nodiscard]] virtual std::vector<InEffect> in_effect() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Learner> clone() const = 0;

  /// Its whole state as bytes (runtime/values/bytes.hpp), and back.
  [[nodiscard]] virtual std::string save() const = 0;
  virtual Result<void> load(std::string_view bytes) = 0;

  /// The name of the formula, for reports: `Thompson sampling, Beta–Bernoulli`.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// What else there is to say of how it weighs now; empty: nothing.
  [[nodiscard]] virtual std::string note() const { return {}; }
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
