// Making a learner, and what all learners share.
#include "runtime/learn/learner.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/learn/learners.hpp"

namespace fairlead::learn {

std::unique_ptr<Learner> make_learner(const LearnerSpec& spec) {
  return spec.features == 0 ? make_bernoulli(spec) : make_careful(spec);
}

Start::Start(const LearnerSpec& spec) {
  double declared = 0;
  std::size_t silent = spec.options;
  for (std::size_t i = 0; i < spec.options && i < spec.start.size(); ++i) {
    if (!spec.start[i]) continue;
    declared += *spec.start[i];
    --silent;
  }
  if (silent == spec.options) return;
  const double rest = silent > 0 ? std::max(0.0, 1 - declared) / static_cast<double>(silent) : 0.0;
  shares_.assign(spec.options, rest);
  for (std::size_t i = 0; i < spec.options && i < spec.start.size(); ++i) {
    if (spec.start[i]) shares_[i] = *spec.start[i];
  }
}

void Start::blend(std::vector<double>& weights, const std::vector<bool>& eligible, double trials) const {
  if (shares_.empty()) return;
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!eligible[i]) continue;
    sum += shares_[i];
    count += 1;
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!eligible[i]) continue;
    const double share = sum > 0 ? shares_[i] / sum : 1 / count;
    weights[i] = (start_strength * share + trials * weights[i]) / (start_strength + trials);
  }
}

std::vector<InEffect> counted(std::span<const OptionEvidence> evidence) {
  std::vector<InEffect> out;
  for (const OptionEvidence& option : evidence)
    out.push_back({static_cast<double>(option.trials), static_cast<double>(option.successes)});
  return out;
}

double total_trials(std::span<const InEffect> evidence) {
  double sum = 0;
  for (const InEffect& option : evidence) sum += option.trials;
  return sum;
}

double total_successes(std::span<const InEffect> evidence) {
  double sum = 0;
  for (const InEffect& option : evidence) sum += option.successes;
  return sum;
}

LearnerKind kind_of(std::string_view bytes) {
  return static_cast<LearnerKind>(bytes.empty() ? 0 : bytes.front());
}

void write_in_effect(ByteWriter& out, std::span<const InEffect> effect) {
  for (const InEffect& option : effect) {
    out.f64(option.trials);
    out.f64(option.successes);
  }
}

std::optional<std::vector<InEffect>> read_in_effect(ByteReader& in, std::size_t options) {
  std::vector<InEffect> out;
  if (in.at_end()) return out;
  out.resize(options);
  bool sound = true;
  for (InEffect& option : out) {
    sound &= std::isfinite(option.trials = in.f64()) && option.trials >= 0;
    sound &= std::isfinite(option.successes = in.f64()) && option.successes >= 0;
  }
  if (!in.ok() || !sound) return std::nullopt;
  return out;
}

void write_head(ByteWriter& out, LearnerKind kind, std::size_t features, std::span<const OptionEvidence> evidence) {
  out.u8(static_cast<std::uint8_t>(kind));
  out.varint(evidence.size());
  out.varint(features);
  for (const OptionEvidence& option : evidence) {
    out.varint(option.trials);
    out.varint(option.successes);
  }
}

std::optional<std::vector<OptionEvidence>> read_head(ByteReader& in, LearnerKind kind, std::size_t options,
                                                     std::size_t features) {
  const bool ours =
      in.u8() == static_cast<std::uint8_t>(kind) && in.varint() == options && in.varint() == features && in.ok();
  if (!ours) return std::nullopt;
  std::vector<OptionEvidence> evidence(options);
  for (OptionEvidence& option : evidence) {
    option.trials = in.varint();
    option.successes = in.varint();
  }
  if (!in.ok()) return std::nullopt;
  return evidence;
}

}  // namespace fairlead::learn
