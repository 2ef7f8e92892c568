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

double total_trials(std::span<const OptionEvidence> evidence);
double total_successes(std::span<const OptionEvidence> evidence);

/// Saved bytes begin with which learner wrote them and what its dimensions were, so that another's are refused.
enum class LearnerKind : std::uint8_t { bernoulli = 1, linear = 2 };
void write_head(ByteWriter& out, LearnerKind kind, std::size_t features, std::span<const OptionEvidence> evidence);
/// Empty where the bytes are not of this kind and these dimensions.
std::optional<std::vector<OptionEvidence>> read_head(ByteReader& in, LearnerKind kind, std::size_t options,
                                                     std::size_t features);

std::unique_ptr<Learner> make_bernoulli(const LearnerSpec& spec);
std::unique_ptr<Learner> make_linear(const LearnerSpec& spec);

}  // namespace fairlead::learn
