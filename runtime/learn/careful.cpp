// A contextual learner that may be wrong: a linear learner and a plain one learn side by side from the same decisions,
// and how far each is believed follows from what would have come of following it.
//
// Before a decision is learned from, both say which option they hold for the best of those that could be drawn, by what
// they knew at the last age(). Where they do not agree, let p_l and p_p be the probabilities with which these two
// options were drawn, r the goal, and q the rate of all options together. The decision says
//
//   d = (r - q) g,   g = p_p / (p_l + p_p) where the linear learner's option was drawn,
//                    g = -p_l / (p_l + p_p) where the plain one's was, 0 where another.
//
// That is the difference of their values by inverse propensities, weighted by the overlap p_l p_p / (p_l + p_p) (Li,
// Morgan and Zaslavsky, Balancing covariates via propensity score weighting, 2018): no weight is large, however seldom
// an option is drawn; and in the mean q has no part in it, since g is nought in the mean. Then
//
//   z = sum d / sqrt(sum d^2 + v0),   weights = m linear + (1 - m) plain,   m = Phi(z - c).
//
// Phi(z) is about the posterior probability that the linear learner's choices are worth more, where they differ:
// Thompson sampling over two learners. c is a caution: before anything is known the linear learner has a sixth of the
// say, since it has more to find out, and what it tries costs goals. Where features say nothing, it stays about there;
// where they mislead, it goes to nought. v0 keeps the first few goals from deciding it.
//
// A goal may take its time: while it is open, a decision waits with its g, and until its goal comes it counts as -q g.
// At most `most_waiting` wait at once; further ones are not judged, which has nothing to do with what comes of them.
// With a half-life, both sums fade too.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/learners.hpp"
#include "runtime/learn/triangle.hpp"
#include "runtime/values/hash.hpp"

namespace fairlead::learn {
namespace {

constexpr std::size_t most_waiting = 4'096;

/// As much as four goals of decisions that could as well have gone the other way.
constexpr double v0 = 1;

/// In standard errors.
constexpr double caution = 1;

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

class Judge {
 public:
  [[nodiscard]] double believed() const { return normal_cdf(sum_ / std::sqrt(squares_ + v0) - caution); }
  [[nodiscard]] bool knows() const { return squares_ > 0; }

  void decided(const Decision& decision, std::int64_t window) {
    let_go(decision.at, window);
    if (coefficients_.empty() || waiting_.size() >= most_waiting || decision.shares.empty()) return;
    const auto best = [&](const auto& score) {
      std::size_t out = rates_.size();
      double highest = 0;
      for (std::size_t option = 0; option < rates_.size(); ++option) {
        if (decision.shares[option] == 0) continue;
        const double value = score(option);
        if (out == rates_.size() || value > highest) highest = value, out = option;
      }
      return out;
    };
    const std::size_t linear = best([&](std::size_t o) { return dot(coefficients_[o], decision.context); });
    const std::size_t plain = best([&](std::size_t o) { return rates_[o]; });
    if (linear == plain || (decision.option != linear && decision.option != plain)) return;
    const double of_linear = decision.shares[linear], of_plain = decision.shares[plain];
    const double g = (decision.option == linear ? of_plain : -of_linear) / (of_linear + of_plain);
    const double d = -pooled_ * g;
    sum_ += d;
    squares_ += d * d;
    waiting_.emplace(Key{decision.at, decision.option, hash_of(decision.context)}, Waiting{g, pooled_});
  }

  void reached(const Decision& decision) {
    const auto at = waiting_.find(Key{decision.at, decision.option, hash_of(decision.context)});
    if (at == waiting_.end()) return;
    const auto [g, q] = at->second;
    sum_ += g;
    squares_ += g * g * (1 - 2 * q);
    waiting_.erase(at);
  }

  void age(std::int64_t now, std::int64_t window, std::int64_t half_life, const Linear& linear, const Learner& plain) {
    let_go(now, window);
    if (half_life > 0 && now > aged_ && aged_ != unknown_time) {
      const double faded = std::exp2(-static_cast<double>(now - aged_) / static_cast<double>(half_life));
      sum_ *= faded;
      squares_ *= faded;
    }
    aged_ = now;
    coefficients_ = linear.coefficients();
    const std::vector<InEffect> effect = plain.in_effect();
    rates_.clear();
    for (const InEffect& e : effect) rates_.push_back((1 + e.successes) / (2 + std::max(e.trials, e.successes)));
    pooled_ = (1 + total_successes(effect)) / (2 + std::max(total_trials(effect), total_successes(effect)));
  }

  /// What is in force believes as it did, and judges nothing more.
  [[nodiscard]] Judge settled() const {
    Judge out;
    out.sum_ = sum_;
    out.squares_ = squares_;
    return out;
  }

  void save(ByteWriter& out) const {
    out.f64(sum_);
    out.f64(squares_);
    out.signed_varint(aged_);
    out.f64(pooled_);
    out.varint(coefficients_.size());
    for (std::size_t option = 0; option < coefficients_.size(); ++option) {
      out.f64(rates_[option]);
      for (const double x : coefficients_[option]) out.f64(x);
    }
    out.varint(waiting_.size());
    for (const auto& [key, waiting] : waiting_) {
      out.signed_varint(key.at);
      out.varint(key.option);
      out.u64(key.context);
      out.f64(waiting.g);
      out.f64(waiting.pooled);
    }
  }

  bool load(ByteReader& in, std::size_t options, std::size_t features) {
    bool sound = true;
    const auto number = [&] {
      const double x = in.f64();
      sound &= std::isfinite(x);
      return x;
    };
    sum_ = number();
    squares_ = number();
    aged_ = in.signed_varint();
    pooled_ = number();
    const std::uint64_t known = in.varint();
    if (known != 0 && (known != options || in.left() < options * (features + 1) * sizeof(double))) return false;
    for (std::uint64_t option = 0; option < known; ++option) {
      rates_.push_back(number());
      std::vector<double>& x = coefficients_.emplace_back(features);
      for (double& each : x) each = number();
    }
    const std::uint64_t waiting = in.varint();
    for (std::uint64_t i = 0; i < waiting && in.ok(); ++i) {
      Key key;
      key.at = in.signed_varint();
      key.option = static_cast<std::size_t>(in.varint());
      key.context = in.u64();
      const double g = number();
      waiting_.emplace(key, Waiting{g, number()});
    }
    return in.ok() && sound && squares_ >= 0 && waiting <= most_waiting;
  }

 private:
  struct Key {
    std::int64_t at = 0;
    std::size_t option = 0;
    std::uint64_t context = 0;  // its hash
    auto operator<=>(const Key&) const = default;
  };
  struct Waiting {
    double g = 0, pooled = 0;  // pooled: q as it was
  };

  static std::uint64_t hash_of(std::span<const double> context) {
    return stable_hash({std::string_view(reinterpret_cast<const char*>(context.data()), context.size_bytes())});
  }

  /// Of what was decided before, no goal comes any more.
  void let_go(std::int64_t now, std::int64_t window) {
    if (window == 0) {
      waiting_.clear();
    } else {
      waiting_.erase(waiting_.begin(), waiting_.lower_bound(Key{now - window, 0, 0}));
    }
  }

  double sum_ = 0, squares_ = 0;  // of d
  std::int64_t aged_ = unknown_time;
  double pooled_ = 0;
  std::vector<double> rates_;                      // as the plain learner has them; one an option
  std::vector<std::vector<double>> coefficients_;  // as the linear learner has them; empty: nothing is judged yet
  std::multimap<Key, Waiting> waiting_;
};

class Careful final : public Learner {
 public:
  explicit Careful(const LearnerSpec& spec)
      : options_(spec.options),
        features_(spec.features),
        window_(spec.window),
        half_life_(spec.half_life),
        plain_(make_bernoulli(without_features(spec))),
        linear_(make_linear(spec)) {}

  using Learner::decided;
  using Learner::reached;

  [[nodiscard]] std::vector<double> weights(std::span<const double> context,
                                            const std::vector<bool>& eligible) const override {
    const double m = judge_.believed();
    std::vector<double> out = linear_->weights(context, eligible);
    const std::vector<double> plain = plain_->weights({}, eligible);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = m * out[i] + (1 - m) * plain[i];
    return out;
  }

  void decided(const Decision& decision) override {
    judge_.decided(decision, window_);
    plain_->decided(decision);
    linear_->decided(decision);
  }
  void reached(const Decision& decision, std::int64_t at) override {
    judge_.reached(decision);
    plain_->reached(decision, at);
    linear_->reached(decision, at);
  }

  void age(std::int64_t now) override {
    plain_->age(now);
    linear_->age(now);
    judge_.age(now, window_, half_life_, *linear_, *plain_);
  }
  [[nodiscard]] bool aged(std::int64_t now) const override { return plain_->aged(now); }

  [[nodiscard]] std::unique_ptr<Learner> settled() const override {
    return copy(plain_->settled(), linear_->settled(), judge_.settled());
  }
  [[nodiscard]] std::unique_ptr<Learner> clone() const override {
    return copy(plain_->clone(), linear_->clone(), judge_);
  }

  void adopt(std::int64_t window, std::int64_t half_life) override {
    window_ = window;
    half_life_ = half_life;
    plain_->adopt(window, half_life);
    linear_->adopt(window, half_life);
  }

  [[nodiscard]] const std::vector<OptionEvidence>& evidence() const override { return plain_->evidence(); }
  [[nodiscard]] std::vector<InEffect> in_effect() const override { return plain_->in_effect(); }

  [[nodiscard]] std::string save() const override {
    ByteWriter out;
    out.u8(static_cast<std::uint8_t>(LearnerKind::careful));
    out.signed_varint(window_);
    out.signed_varint(half_life_);
    out.bytes(plain_->save());
    out.bytes(linear_->save());
    judge_.save(out);
    return out.take();
  }

  Result<void> load(std::string_view bytes) override {
    const auto refuse = [] { return fault(FaultCode::bad_input, "not the saved state of this learner"); };
    Judge judge;
    // The learners that are here know their start; what they are loaded into must stand if the rest is refused.
    std::unique_ptr<Learner> plain = plain_->clone(), linear = linear_->clone();
    std::int64_t window = window_, half_life = half_life_;
    if (kind_of(bytes) != LearnerKind::careful) {
      // Saved before there was a judge: a linear learner alone, whose counts are all that a plain one needs.
      if (!linear->load(bytes)) return refuse();
      ByteWriter counts;
      write_head(counts, LearnerKind::bernoulli, 0, linear->evidence());
      if (!plain->load(counts.take())) return refuse();
    } else {
      ByteReader in(bytes);
      in.u8();
      window = in.signed_varint();
      half_life = in.signed_varint();
      const std::string_view of_plain = in.bytes();
      const std::string_view of_linear = in.bytes();
      if (!in.ok() || window < 0 || half_life < 0 || !plain->load(of_plain) || !linear->load(of_linear) ||
          !judge.load(in, options_, features_) || !in.at_end())
        return refuse();
    }
    judge_ = std::move(judge);
    plain_ = std::move(plain);
    linear_.reset(static_cast<Linear*>(linear.release()));
    window_ = window;
    half_life_ = half_life;
    return {};
  }

  [[nodiscard]] std::string_view name() const override { return "Thompson sampling, linear beside Beta–Bernoulli"; }
  [[nodiscard]] std::string note() const override {
    if (!judge_.knows()) return "nobody knows yet whether the features help: they have a sixth of the say";
    const double m = judge_.believed();
    return fmt::format("{}: the features have {:.0f}% of the say, by what would have come of following them",
                       m < 0.05  ? "the features seem to mislead"
                       : m < 0.8 ? "that the features help is not shown"
                                 : "the features help",
                       100 * m);
  }

 private:
  static LearnerSpec without_features(LearnerSpec spec) {
    spec.features = 0;
    return spec;
  }

  [[nodiscard]] std::unique_ptr<Learner> copy(std::unique_ptr<Learner> plain, std::unique_ptr<Learner> linear,
                                              Judge judge) const {
    auto out = std::make_unique<Careful>(LearnerSpec{});
    out->options_ = options_;
    out->features_ = features_;
    out->window_ = window_;
    out->half_life_ = half_life_;
    out->plain_ = std::move(plain);
    out->linear_.reset(static_cast<Linear*>(linear.release()));
    out->judge_ = std::move(judge);
    return out;
  }

  std::size_t options_, features_;
  std::int64_t window_, half_life_;
  std::unique_ptr<Learner> plain_;
  std::unique_ptr<Linear> linear_;
  Judge judge_;
};

}  // namespace

std::unique_ptr<Learner> make_careful(const LearnerSpec& spec) {
  return std::make_unique<Careful>(spec);
}

}  // namespace fairlead::learn
