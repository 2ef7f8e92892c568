// Thompson sampling with linear payoffs (Agrawal & Goyal 2013): a ridge regression for each option of "goal reached"
// (1 or 0) on the context x. With A = lambda I + sum x x^T over the option's decisions and b = sum x over those that
// reached their goal, the option's score in context x is Normal(x . A^-1 b, v^2 x^T A^-1 x).
//
// v^2 is the variance of the outcome, p (1 - p), where p is the rate pooled over all options, with one pseudo-success
// in two pseudo-trials, p = (successes + 1) / (trials + 2), so that it is never 0. The paper's own v is a worst-case
// constant that explores far more than outcomes of a few per cent want.
//
// A decision asks every option for both, so what does not depend on the option is computed once: x^T A^-1 x is a
// product of A^-1 with the products of the context's entries, and A^-1 b is kept until the option learns something.
//
// Where goals are known at once and nothing is forgotten, the inverse is kept by Sherman–Morrison. In exact arithmetic
// the order of decisions and goals makes no difference; in floating point it does in the last bits, so a model is
// rebuilt bit for bit only in the journal's order.
//
// With a window, a decision that has not reached its goal counts G(age) in A and one that has counts whole (delay.hpp
// says what G is). This is where expectation and maximisation come to rest: what a young decision that has not reached
// its goal is expected to bring yet, about (1 - G) x . theta, belongs to b; moved to the other side of A theta = b, it
// leaves G x x^T. With a half-life both sums fade by the age of the decision. Decisions are kept as one sum of x x^T
// for each option and part of the window, and A is inverted anew when weights are asked for after a change.
#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/learn/delay.hpp"
#include "runtime/learn/learner.hpp"
#include "runtime/learn/learners.hpp"
#include "runtime/learn/triangle.hpp"

namespace fairlead::learn {
namespace {

constexpr double lambda = 1;

class Ridge final : public Linear {
 public:
  explicit Ridge(const LearnerSpec& spec)
      : features_(spec.features), evidence_(spec.options), models_(spec.options), start_(spec) {
    for (Model& model : models_) {
      model.inverse.assign(triangle(), 0.0);
      model.rewarded.assign(features_, 0.0);
      for (std::size_t i = 0; i < features_; ++i) model.inverse[place(i, i)] = 1 / lambda;
    }
    if (spec.window > 0 || spec.half_life > 0) time(spec.window, spec.half_life);
  }

  using Learner::decided;
  using Learner::reached;

  [[nodiscard]] std::vector<double> weights(std::span<const double> context,
                                            const std::vector<bool>& eligible) const override {
    settle();
    const std::vector<InEffect> effect = in_effect();
    const double trials = total_trials(effect);
    const double rate = std::min(1.0, (total_successes(effect) + 1) / (std::max(total_successes(effect), trials) + 2));
    const double v = std::sqrt(rate * (1 - rate));
    const Triangle squares = products(context);
    std::vector<Normal> scores;
    scores.reserve(models_.size());
    for (std::size_t option = 0; option < models_.size(); ++option) {
      if (!eligible[option]) continue;
      const Model& model = models_[option];
      if (model.stale) {
        times(model.inverse, model.rewarded, model.coefficients);
        model.stale = false;
      }
      scores.push_back({dot(model.coefficients, context), v * std::sqrt(std::max(0.0, dot(model.inverse, squares)))});
    }
    const std::vector<double> best = best_of(scores);
    std::vector<double> result(models_.size(), 0.0);
    std::size_t arm = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (eligible[i]) result[i] = best[arm++];
    }
    start_.blend(result, eligible, trials);
    return result;
  }

  void decided(const Decision& decision) override {
    ++evidence_[decision.option].trials;
    if (!effect_.empty()) effect_[decision.option].trials += 1;
    if (timed_) {
      now_ = std::max(now_, decision.at);
      rebase(decision.at);
      timed_->times.decided(decision.option, decision.at);
      add_square(part(decision), decision.context, timed_->times.unit(decision.at));
      stale_ = true;
      return;
    }
    Model& model = models_[decision.option];
    model.stale = true;
    std::vector<double> product;
    times(model.inverse, decision.context, product);
    const double scale = 1 / (1 + std::max(0.0, dot(product, decision.context)));
    double* entry = model.inverse.data();
    for (std::size_t i = 0; i < features_; ++i) {
      const double factor = product[i] * scale;
      for (std::size_t j = 0; j <= i; ++j) *entry++ -= factor * product[j];
    }
  }

  void reached(const Decision& decision, std::int64_t at) override {
    std::vector<double>* rewarded = &models_[decision.option].rewarded;
    double counts = 1;
    if (timed_) {
      now_ = std::max(now_, at);
      rebase(at);
      if (!timed_->times.reached(decision.option, decision.at, at)) return;
      Sums& sums = timed_->sums[decision.option];
      rewarded = &sums.rewarded;
      counts = timed_->times.unit(decision.at == unknown_time ? at : decision.at);
      // It counts whole now, however young its decision is.
      const auto young = timed_->times.window() == 0 || decision.at == unknown_time
                             ? timed_->young.end()
                             : timed_->young.find(timed_->times.part_of(decision.at));
      if (young != timed_->young.end() && !young->second[decision.option].empty()) {
        add_square(young->second[decision.option], decision.context, -counts);
        add_square(sums.squares, decision.context, counts);
      }
      stale_ = true;
    }
    ++evidence_[decision.option].successes;
    if (!effect_.empty()) effect_[decision.option].successes += 1;
    models_[decision.option].stale = true;
    for (std::size_t i = 0; i < features_; ++i) (*rewarded)[i] += counts * decision.context[i];
  }

  void age(std::int64_t now) override {
    aged_ = now;
    if (!timed_) return;
    now_ = std::max(now_, now);
    timed_->times.grow_old(now_, [this](std::int64_t part) {
      const auto young = timed_->young.find(part);
      if (young == timed_->young.end()) return;
      for (std::size_t option = 0; option < models_.size(); ++option) {
        const Triangle& sum = young->second[option];
        for (std::size_t i = 0; i < sum.size(); ++i) timed_->sums[option].squares[i] += sum[i];
      }
      timed_->young.erase(young);
    });
    stale_ = true;
    settle();
  }
  [[nodiscard]] bool aged(std::int64_t now) const override { return timed_ && timed_->times.other_part(aged_, now); }

  [[nodiscard]] std::unique_ptr<Learner> settled() const override {
    settle();
    auto copy = std::make_unique<Ridge>(LearnerSpec{});
    copy->features_ = features_;
    copy->evidence_ = evidence_;
    copy->effect_ = timed_ ? in_effect() : effect_;
    copy->models_ = models_;
    copy->start_ = start_;
    return copy;
  }

  void adopt(std::int64_t window, std::int64_t half_life) override {
    if (timed_ ? timed_->times.window() == window && timed_->times.half_life() == half_life
               : window == 0 && half_life == 0)
      return;
    if (!timed_) time(0, 0);
    // Open decisions count whole: all that is young is settled, at the units of now.
    const double one = timed_->times.unit(now_);
    for (std::size_t option = 0; option < models_.size(); ++option) {
      Sums& sums = timed_->sums[option];
      for (const auto& [part, young] : timed_->young) {
        for (std::size_t i = 0; i < young[option].size(); ++i) sums.squares[i] += young[option][i];
      }
      for (double& x : sums.squares) x /= one;
      for (double& x : sums.rewarded) x /= one;
    }
    timed_->young.clear();
    timed_->times.adopt(window, half_life, now_);
    stale_ = true;
  }

  [[nodiscard]] const std::vector<OptionEvidence>& evidence() const override { return evidence_; }

  [[nodiscard]] std::vector<InEffect> in_effect() const override {
    if (timed_) return timed_->times.in_effect(now_);
    if (!effect_.empty()) return effect_;
    return counted(evidence_);
  }

  [[nodiscard]] std::vector<std::vector<double>> coefficients() const override {
    settle();
    std::vector<std::vector<double>> out(models_.size());
    for (std::size_t option = 0; option < out.size(); ++option)
      times(models_[option].inverse, models_[option].rewarded, out[option]);
    return out;
  }

  [[nodiscard]] std::unique_ptr<Learner> clone() const override {
    auto copy = std::make_unique<Ridge>(LearnerSpec{});
    copy->features_ = features_;
    copy->evidence_ = evidence_;
    copy->effect_ = effect_;
    copy->models_ = models_;
    copy->timed_ = timed_;
    copy->stale_ = stale_;
    copy->now_ = now_;
    copy->aged_ = aged_;
    copy->start_ = start_;
    return copy;
  }

  [[nodiscard]] std::string save() const override {
    ByteWriter out;
    if (timed_) {
      write_head(out, LearnerKind::timed_linear, features_, evidence_);
      out.signed_varint(now_);
      out.signed_varint(aged_);
      timed_->times.save(out);
      for (const Sums& sums : timed_->sums) {
        for (const double x : sums.squares) out.f64(x);
        for (const double x : sums.rewarded) out.f64(x);
      }
      out.varint(timed_->young.size());
      for (const auto& [part, young] : timed_->young) {
        out.signed_varint(part);
        for (const Triangle& sum : young) {
          out.u8(sum.empty() ? 0 : 1);
          for (const double x : sum) out.f64(x);
        }
      }
      return out.take();
    }
    write_head(out, LearnerKind::linear, features_, evidence_);
    for (const Model& model : models_) {
      for (const double x : model.inverse) out.f64(x);
      for (const double x : model.rewarded) out.f64(x);
    }
    write_in_effect(out, effect_);
    return out.take();
  }

  Result<void> load(std::string_view bytes) override {
    const bool read = kind_of(bytes) == LearnerKind::timed_linear ? load_timed(bytes) : load_settled(bytes);
    if (!read) return fault(FaultCode::bad_input, "not the saved state of this learner");
    return {};
  }

  [[nodiscard]] std::string_view name() const override { return "Thompson sampling, linear"; }

 private:
  struct Model {
    Triangle inverse;              // of A
    std::vector<double> rewarded;  // b
    /// A^-1 b. Whatever changes one of the two makes it stale.
    mutable std::vector<double> coefficients;
    mutable bool stale = true;
  };
  /// Of windows that are closed, and of goals: A - lambda I and b, in units that grow.
  struct Sums {
    Triangle squares;
    std::vector<double> rewarded;
  };
  struct Timed {
    DelayedEvidence times;
    std::vector<Sums> sums;                               // one an option
    std::map<std::int64_t, std::vector<Triangle>> young;  // by part of time; one an option, empty where it has none
  };

  void time(std::int64_t window, std::int64_t half_life) {
    timed_.emplace(Timed{DelayedEvidence(models_.size(), window, half_life), {}, {}});
    timed_->times.begin_with(in_effect_untimed(), now_);
    for (const Model& model : models_) {
      Sums& sums = timed_->sums.emplace_back();
      sums.rewarded = model.rewarded;
      sums.squares = inverted(model.inverse, features_);
      for (std::size_t i = 0; i < features_; ++i) sums.squares[place(i, i)] -= lambda;
    }
    effect_.clear();
    stale_ = true;
  }

  [[nodiscard]] std::vector<InEffect> in_effect_untimed() const {
    return effect_.empty() ? counted(evidence_) : effect_;
  }

  Triangle& part(const Decision& decision) {
    if (timed_->times.window() == 0) return timed_->sums[decision.option].squares;
    auto& young = timed_->young[timed_->times.part_of(decision.at)];
    young.resize(models_.size());
    Triangle& sum = young[decision.option];
    if (sum.empty()) sum.assign(triangle(), 0.0);
    return sum;
  }

  void rebase(std::int64_t at) {
    const double factor = timed_->times.rebase(at);
    if (factor == 1) return;
    for (Sums& sums : timed_->sums) {
      for (double& x : sums.squares) x *= factor;
      for (double& x : sums.rewarded) x *= factor;
    }
    for (auto& [part, young] : timed_->young) {
      for (Triangle& sum : young) {
        for (double& x : sum) x *= factor;
      }
    }
  }

  /// What is in effect now, as A^-1 and b.
  void settle() const {
    if (!timed_ || !stale_) return;
    const double one = timed_->times.unit(now_);
    for (std::size_t option = 0; option < models_.size(); ++option) {
      Triangle a = timed_->sums[option].squares;
      for (const auto& [part, young] : timed_->young) {
        if (young[option].empty()) continue;
        const double had_time = timed_->times.had_time(part, option, now_);
        for (std::size_t i = 0; i < a.size(); ++i) a[i] += had_time * young[option][i];
      }
      for (double& x : a) x /= one;
      for (std::size_t i = 0; i < features_; ++i) a[place(i, i)] += lambda;
      models_[option].inverse = inverted(std::move(a), features_);
      for (std::size_t i = 0; i < features_; ++i) models_[option].rewarded[i] = timed_->sums[option].rewarded[i] / one;
      models_[option].stale = true;
    }
    stale_ = false;
  }

  bool load_settled(std::string_view bytes) {
    ByteReader in(bytes);
    auto evidence = read_head(in, LearnerKind::linear, models_.size(), features_);
    if (!evidence || in.left() < models_.size() * (triangle() + features_) * sizeof(double)) return false;
    std::vector<Model> models(models_.size());
    bool sound = true;
    for (Model& model : models) {
      model.inverse.resize(triangle());
      model.rewarded.resize(features_);
      for (double& x : model.inverse) sound &= std::isfinite(x = in.f64());
      for (double& x : model.rewarded) sound &= std::isfinite(x = in.f64());
      // The diagonal of an inverse of A >= lambda I lies in (0, 1 / lambda]; by Cholesky, but for the last digits.
      for (std::size_t i = 0; i < features_; ++i) {
        const double diagonal = model.inverse[place(i, i)];
        sound &= diagonal > 0 && diagonal <= (1 + 1e-9) / lambda;
      }
    }
    auto effect = read_in_effect(in, models_.size());
    if (!sound || !effect || !in.ok() || !in.at_end()) return false;
    evidence_ = std::move(*evidence);
    effect_ = std::move(*effect);
    models_ = std::move(models);
    if (timed_) time(timed_->times.window(), timed_->times.half_life());
    return true;
  }

  bool load_timed(std::string_view bytes) {
    ByteReader in(bytes);
    auto evidence = read_head(in, LearnerKind::timed_linear, models_.size(), features_);
    const std::int64_t now = in.signed_varint();
    const std::int64_t aged = in.signed_varint();
    Timed read{DelayedEvidence(models_.size(), 0), {}, {}};
    if (!evidence || !read.times.load(in)) return false;
    bool sound = true;
    const auto numbers = [&](std::vector<double>& out, std::size_t n) {
      if (in.left() < n * sizeof(double)) return in.fail();
      out.resize(n);
      for (double& x : out) sound &= std::isfinite(x = in.f64());
    };
    for (std::size_t option = 0; option < models_.size(); ++option) {
      Sums& sums = read.sums.emplace_back();
      numbers(sums.squares, triangle());
      numbers(sums.rewarded, features_);
    }
    const std::uint64_t parts = in.varint();
    for (std::uint64_t p = 0; p < parts && in.ok(); ++p) {
      std::vector<Triangle>& young = read.young[in.signed_varint()];
      young.resize(models_.size());
      for (Triangle& sum : young) {
        if (in.u8() == 1) numbers(sum, triangle());
      }
    }
    if (!sound || !in.ok() || !in.at_end()) return false;
    evidence_ = std::move(*evidence);
    timed_ = std::move(read);
    effect_.clear();
    now_ = now;
    aged_ = aged;
    stale_ = true;
    return true;
  }

  [[nodiscard]] std::size_t triangle() const { return features_ * (features_ + 1) / 2; }

  std::size_t features_;
  std::vector<OptionEvidence> evidence_;
  std::vector<InEffect> effect_;       // where what counts is not what was counted, and nothing is timed; else empty
  std::optional<Timed> timed_;         // where there is a window or a half-life
  mutable std::vector<Model> models_;  // of what is in effect; timed: as of now_, where it is not stale
  mutable bool stale_ = false;
  std::int64_t now_ = 0, aged_ = 0;  // the latest instant that it was told of; that of the last age()
  Start start_;
};

}  // namespace

std::unique_ptr<Linear> make_linear(const LearnerSpec& spec) {
  return std::make_unique<Ridge>(spec);
}

}  // namespace fairlead::learn
