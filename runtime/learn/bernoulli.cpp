// Thompson sampling on Beta–Bernoulli arms: each option's rate has the posterior Beta(a + successes, b + failures),
// where Beta(a, b) is the prior, and its weight is the probability that its rate is the highest.
//
// The state is two counts an option, so the order in which decisions and goals come in makes no difference at all.
#include <algorithm>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/learners.hpp"

namespace fairlead::learn {
namespace {

class Bernoulli final : public Learner {
 public:
  explicit Bernoulli(const LearnerSpec& spec) : evidence_(spec.options), start_(spec), prior_(spec.prior) {}

  [[nodiscard]] std::vector<double> weights(std::span<const double>, const std::vector<bool>& eligible) const override {
    for (const Kept& kept : kept_) {
      if (kept.eligible == eligible) return kept.weights;
    }
    if (kept_.size() == most_kept) kept_.clear();
    return kept_.emplace_back(eligible, compute(eligible)).weights;
  }

  void decided(std::size_t option, std::span<const double>) override {
    ++evidence_[option].trials;
    kept_.clear();
  }
  void reached(std::size_t option, std::span<const double>) override {
    ++evidence_[option].successes;
    kept_.clear();
  }

  [[nodiscard]] const std::vector<OptionEvidence>& evidence() const override { return evidence_; }

  [[nodiscard]] std::unique_ptr<Learner> clone() const override {
    auto copy = std::make_unique<Bernoulli>(LearnerSpec{});
    copy->evidence_ = evidence_;
    copy->start_ = start_;
    copy->prior_ = prior_;
    return copy;
  }

  [[nodiscard]] std::string save() const override {
    ByteWriter out;
    write_head(out, LearnerKind::bernoulli, 0, evidence_);
    return out.take();
  }

  Result<void> load(std::string_view bytes) override {
    ByteReader in(bytes);
    auto evidence = read_head(in, LearnerKind::bernoulli, evidence_.size(), 0);
    if (!evidence || !in.at_end()) return fault(FaultCode::bad_input, "not the saved state of this learner");
    evidence_ = std::move(*evidence);
    kept_.clear();
    return {};
  }

  [[nodiscard]] std::string_view name() const override { return "Thompson sampling, Beta–Bernoulli"; }

 private:
  /// Weights for a set of eligible options. What is in force does not change from one publishing to the next, and most
  /// of its decisions have the same options to choose from.
  struct Kept {
    Kept(std::vector<bool> e, std::vector<double> w) : eligible(std::move(e)), weights(std::move(w)) {}
    std::vector<bool> eligible;
    std::vector<double> weights;
  };
  static constexpr std::size_t most_kept = 8;

  [[nodiscard]] std::vector<double> compute(const std::vector<bool>& eligible) const {
    std::vector<Beta> arms;
    arms.reserve(evidence_.size());
    for (std::size_t i = 0; i < evidence_.size(); ++i) {
      if (!eligible[i]) continue;
      const double trials = static_cast<double>(evidence_[i].trials);
      const double successes = static_cast<double>(evidence_[i].successes);
      // While a journal is read in another order than it was written, a goal may come before its decision.
      arms.push_back({prior_.a + successes, prior_.b + std::max(0.0, trials - successes)});
    }
    const std::vector<double> best = best_of(arms);
    std::vector<double> result(evidence_.size(), 0.0);
    std::size_t arm = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (eligible[i]) result[i] = best[arm++];
    }
    start_.blend(result, eligible, total_trials(evidence_));
    return result;
  }

  std::vector<OptionEvidence> evidence_;
  Start start_;
  Beta prior_;
  mutable std::vector<Kept> kept_;  // of this very evidence
};

}  // namespace

std::unique_ptr<Learner> make_bernoulli(const LearnerSpec& spec) {
  return std::make_unique<Bernoulli>(spec);
}

}  // namespace fairlead::learn
