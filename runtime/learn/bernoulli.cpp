// Thompson sampling on Beta–Bernoulli arms: each option's rate has the posterior Beta(a + successes, b + failures),
// where Beta(a, b) is the prior, and its weight is the probability that its rate is the highest.
//
// Without a window and a half-life the state is two counts an option, so the order in which decisions and goals come in
// makes no difference at all. With them, trials and successes are those in effect (delay.hpp).
#include <algorithm>

#include "runtime/learn/delay.hpp"
#include "runtime/learn/learner.hpp"
#include "runtime/learn/learners.hpp"

namespace fairlead::learn {
namespace {

class Bernoulli final : public Learner {
 public:
  explicit Bernoulli(const LearnerSpec& spec) : evidence_(spec.options), start_(spec), prior_(spec.prior) {
    if (spec.window > 0 || spec.half_life > 0) times_.emplace(spec.options, spec.window, spec.half_life);
  }

  using Learner::decided;
  using Learner::reached;

  [[nodiscard]] std::vector<double> weights(std::span<const double>, const std::vector<bool>& eligible) const override {
    for (const Kept& kept : kept_) {
      if (kept.eligible == eligible) return kept.weights;
    }
    if (kept_.size() == most_kept) kept_.clear();
    return kept_.emplace_back(eligible, compute(eligible)).weights;
  }

  void decided(const Decision& decision) override {
    if (times_) {
      now_ = std::max(now_, decision.at);
      times_->decided(decision.option, decision.at);
    } else if (!effect_.empty()) {
      effect_[decision.option].trials += 1;
    }
    ++evidence_[decision.option].trials;
    kept_.clear();
  }
  void reached(const Decision& decision, std::int64_t at) override {
    if (times_) {
      now_ = std::max(now_, at);
      if (!times_->reached(decision.option, decision.at, at)) return;
    } else if (!effect_.empty()) {
      effect_[decision.option].successes += 1;
    }
    ++evidence_[decision.option].successes;
    kept_.clear();
  }

  void age(std::int64_t now) override {
    aged_ = now;
    if (!times_) return;
    now_ = std::max(now_, now);
    times_->grow_old(now_);
    kept_.clear();
  }
  [[nodiscard]] bool aged(std::int64_t now) const override { return times_ && times_->other_part(aged_, now); }

  [[nodiscard]] std::unique_ptr<Learner> settled() const override {
    auto copy = std::make_unique<Bernoulli>(LearnerSpec{});
    copy->evidence_ = evidence_;
    copy->start_ = start_;
    copy->prior_ = prior_;
    if (times_) {
      copy->effect_ = in_effect();
    } else {
      copy->effect_ = effect_;
    }
    return copy;
  }

  void adopt(std::int64_t window, std::int64_t half_life) override {
    if (times_) {
      if (times_->window() == window && times_->half_life() == half_life) return;
    } else if (window == 0 && half_life == 0) {
      return;
    } else {
      const std::vector<InEffect> known = in_effect();
      times_.emplace(evidence_.size(), 0).begin_with(known, now_);
      effect_.clear();
    }
    times_->adopt(window, half_life, now_);
    kept_.clear();
  }

  [[nodiscard]] const std::vector<OptionEvidence>& evidence() const override { return evidence_; }

  [[nodiscard]] std::vector<InEffect> in_effect() const override {
    if (times_) return times_->in_effect(now_);
    if (!effect_.empty()) return effect_;
    return counted(evidence_);
  }

  [[nodiscard]] std::unique_ptr<Learner> clone() const override {
    auto copy = std::make_unique<Bernoulli>(LearnerSpec{});
    copy->evidence_ = evidence_;
    copy->effect_ = effect_;
    copy->times_ = times_;
    copy->now_ = now_;
    copy->aged_ = aged_;
    copy->start_ = start_;
    copy->prior_ = prior_;
    return copy;
  }

  [[nodiscard]] std::string save() const override {
    ByteWriter out;
    write_head(out, times_ ? LearnerKind::timed_bernoulli : LearnerKind::bernoulli, 0, evidence_);
    if (times_) {
      out.signed_varint(now_);
      out.signed_varint(aged_);
      times_->save(out);
    } else {
      write_in_effect(out, effect_);
    }
    return out.take();
  }

  Result<void> load(std::string_view bytes) override {
    const auto refuse = [] { return fault(FaultCode::bad_input, "not the saved state of this learner"); };
    ByteReader in(bytes);
    const std::size_t options = evidence_.size();
    if (kind_of(bytes) == LearnerKind::timed_bernoulli) {
      auto evidence = read_head(in, LearnerKind::timed_bernoulli, options, 0);
      const std::int64_t now = in.signed_varint();
      const std::int64_t aged = in.signed_varint();
      DelayedEvidence times(options, 0);
      if (!evidence || !times.load(in) || !in.at_end()) return refuse();
      evidence_ = std::move(*evidence);
      times_ = std::move(times);
      now_ = now;
      aged_ = aged;
      effect_.clear();
    } else {
      auto evidence = read_head(in, LearnerKind::bernoulli, options, 0);
      if (!evidence) return refuse();
      auto effect = read_in_effect(in, options);
      if (!effect || !in.at_end()) return refuse();
      evidence_ = std::move(*evidence);
      effect_ = std::move(*effect);
      if (times_) {
        times_->begin_with(effect_.empty() ? counted(evidence_) : effect_, now_);
        effect_.clear();
      }
    }
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
    const std::vector<InEffect> effect = in_effect();
    std::vector<Beta> arms;
    arms.reserve(effect.size());
    for (std::size_t i = 0; i < effect.size(); ++i) {
      if (!eligible[i]) continue;
      // A young decision may have reached its goal already; and while a journal is read in another order than it was
      // written, a goal may come before its decision.
      arms.push_back(
          {prior_.a + effect[i].successes, prior_.b + std::max(0.0, effect[i].trials - effect[i].successes)});
    }
    const std::vector<double> best = best_of(arms);
    std::vector<double> result(effect.size(), 0.0);
    std::size_t arm = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (eligible[i]) result[i] = best[arm++];
    }
    start_.blend(result, eligible, total_trials(effect));
    return result;
  }

  std::vector<OptionEvidence> evidence_;
  std::vector<InEffect> effect_;          // where what counts is not what was counted, and nothing is timed; else empty
  std::optional<DelayedEvidence> times_;  // where there is a window or a half-life
  std::int64_t now_ = 0, aged_ = 0;       // the latest instant that it was told of; that of the last age()
  Start start_;
  Beta prior_;
  mutable std::vector<Kept> kept_;  // of this very evidence
};

}  // namespace

std::unique_ptr<Learner> make_bernoulli(const LearnerSpec& spec) {
  return std::make_unique<Bernoulli>(spec);
}

}  // namespace fairlead::learn
