// What the learners of this folder share: a declared start, the bytes of evidence, and how each of them is made.
// Nothing outside runtime/learn needs it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/learn/learner.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::learn {

/// The shares that an author declared, which fade as trials come in.
class Start {
 public:
  explicit Start(const LearnerSpec& spec);

  /// weights = (m start + n weights) / (m + n) over the eligible, where the start is renormalised over the eligible
  /// (evenly where all of theirs is zero). Does nothing where no start was declared.
  void blend(std::vector<double>& weights, const std::vector<bool>& eligible, double trials) const;

 private:
  std::vector<double> shares_;  // one an option; empty: none was declared
};

std::vector<InEffect> counted(std::span<const OptionEvidence> evidence);
double total_trials(std::span<const InEffect> evidence);
double total_successes(std::span<const InEffect> evidence);

/// Saved bytes begin with which learner wrote them and what its dimensions were, so that another's are refused. Timed:
/// with a window or a half-life, and open decisions. What is in force is saved as one that is not timed.
enum class LearnerKind : std::uint8_t { bernoulli = 1, linear = 2, timed_bernoulli = 3, timed_linear = 4, careful = 5 };
LearnerKind kind_of(std::string_view bytes);
void write_head(ByteWriter& out, LearnerKind kind, std::size_t features, std::span<const OptionEvidence> evidence);
/// Empty where the bytes are not of this kind and these dimensions.
std::optional<std::vector<OptionEvidence>> read_head(ByteReader& in, LearnerKind kind, std::size_t options,
                                                     std::size_t features);
/// At the end of the bytes, and only where it is not what was counted.
void write_in_effect(ByteWriter& out, std::span<const InEffect> effect);
/// Empty evidence where the bytes end here; nothing where they are not of so many options.
std::optional<std::vector<InEffect>> read_in_effect(ByteReader& in, std::size_t options);

/// A linear learner can say its scores without a draw: what a context would be worth for each option.
class Linear : public Learner {
 public:
  /// One vector an option, whose product with a context is the option's mean score.
  [[nodiscard]] virtual std::vector<std::vector<double>> coefficients() const = 0;
};

std::unique_ptr<Learner> make_bernoulli(const LearnerSpec& spec);
std::unique_ptr<Linear> make_linear(const LearnerSpec& spec);
/// Both of them, and which is believed how much: careful.cpp.
std::unique_ptr<Learner> make_careful(const LearnerSpec& spec);

}  // namespace fairlead::learn
