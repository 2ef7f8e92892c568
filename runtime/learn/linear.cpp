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
// The inverse is kept by Sherman–Morrison. In exact arithmetic the order of decisions and goals makes no difference;
// in floating point it does in the last bits, so a model is rebuilt bit for bit only in the journal's order.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/learners.hpp"

namespace fairlead::learn {
namespace {

constexpr double lambda = 1;

class Linear final : public Learner {
 public:
  explicit Linear(const LearnerSpec& spec)
      : features_(spec.features), evidence_(spec.options), models_(spec.options), start_(spec) {
    for (Model& model : models_) {
      model.inverse.assign(triangle(), 0.0);
      model.rewarded.assign(features_, 0.0);
      for (std::size_t i = 0; i < features_; ++i) model.inverse[i * (i + 1) / 2 + i] = 1 / lambda;
    }
  }

  [[nodiscard]] std::vector<double> weights(std::span<const double> context,
                                            const std::vector<bool>& eligible) const override {
    const double trials = total_trials(evidence_);
    const double rate = std::min(1.0, (total_successes(evidence_) + 1) / (trials + 2));
    const double v = std::sqrt(rate * (1 - rate));
    const std::vector<double> squares = products(context);
    std::vector<Normal> scores;
    scores.reserve(models_.size());
    for (std::size_t option = 0; option < models_.size(); ++option) {
      if (!eligible[option]) continue;
      const Model& model = models_[option];
      if (model.stale) {
        times(model, model.rewarded, model.coefficients);
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

  void decided(std::size_t option, std::span<const double> context) override {
    ++evidence_[option].trials;
    Model& model = models_[option];
    model.stale = true;
    std::vector<double> product;
    times(model, context, product);
    const double scale = 1 / (1 + std::max(0.0, dot(product, context)));
    double* entry = model.inverse.data();
    for (std::size_t i = 0; i < features_; ++i) {
      const double factor = product[i] * scale;
      for (std::size_t j = 0; j <= i; ++j) *entry++ -= factor * product[j];
    }
  }

  void reached(std::size_t option, std::span<const double> context) override {
    ++evidence_[option].successes;
    models_[option].stale = true;
    for (std::size_t i = 0; i < features_; ++i) models_[option].rewarded[i] += context[i];
  }

  [[nodiscard]] const std::vector<OptionEvidence>& evidence() const override { return evidence_; }

  [[nodiscard]] std::unique_ptr<Learner> clone() const override {
    auto copy = std::make_unique<Linear>(LearnerSpec{});
    copy->features_ = features_;
    copy->evidence_ = evidence_;
    copy->models_ = models_;
    copy->start_ = start_;
    return copy;
  }

  [[nodiscard]] std::string save() const override {
    ByteWriter out;
    write_head(out, LearnerKind::linear, features_, evidence_);
    for (const Model& model : models_) {
      for (const double x : model.inverse) out.f64(x);
      for (const double x : model.rewarded) out.f64(x);
    }
    return out.take();
  }

  Result<void> load(std::string_view bytes) override {
    const auto refuse = [] { return fault(FaultCode::bad_input, "not the saved state of this learner"); };
    ByteReader in(bytes);
    auto evidence = read_head(in, LearnerKind::linear, models_.size(), features_);
    if (!evidence || in.left() != models_.size() * (triangle() + features_) * sizeof(double)) return refuse();
    std::vector<Model> models(models_.size());
    bool sound = true;
    for (Model& model : models) {
      model.inverse.resize(triangle());
      model.rewarded.resize(features_);
      for (double& x : model.inverse) sound &= std::isfinite(x = in.f64());
      for (double& x : model.rewarded) sound &= std::isfinite(x = in.f64());
      // The diagonal of an inverse of A >= lambda I lies in (0, 1 / lambda].
      for (std::size_t i = 0; i < features_; ++i) {
        const double diagonal = model.inverse[i * (i + 1) / 2 + i];
        sound &= diagonal > 0 && diagonal <= 1 / lambda;
      }
    }
    if (!sound || !in.ok() || !in.at_end()) return refuse();
    evidence_ = std::move(*evidence);
    models_ = std::move(models);
    return {};
  }

  [[nodiscard]] std::string_view name() const override { return "Thompson sampling, linear"; }

 private:
  struct Model {
    std::vector<double> inverse;   // of A: its lower triangle, row after row, so that it cannot lose its symmetry
    std::vector<double> rewarded;  // b
    /// A^-1 b. Whatever changes one of the two makes it stale.
    mutable std::vector<double> coefficients;
    mutable bool stale = true;
  };

  [[nodiscard]] std::size_t triangle() const { return features_ * (features_ + 1) / 2; }

  /// product = A^-1 x
  void times(const Model& model, std::span<const double> x, std::vector<double>& product) const {
    product.assign(features_, 0.0);
    const double* entry = model.inverse.data();
    double* out = product.data();
    for (std::size_t i = 0; i < features_; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < i; ++j, ++entry) {
        sum += *entry * x[j];
        out[j] += *entry * x[i];
      }
      out[i] += sum + *entry++ * x[i];
    }
  }

  /// In the layout of a triangle: x_i^2 and, as each stands for two entries of the matrix, 2 x_i x_j.
  [[nodiscard]] std::vector<double> products(std::span<const double> x) const {
    std::vector<double> out(triangle());
    double* entry = out.data();
    for (std::size_t i = 0; i < features_; ++i) {
      for (std::size_t j = 0; j < i; ++j) *entry++ = 2 * x[i] * x[j];
      *entry++ = x[i] * x[i];
    }
    return out;
  }

  /// In four sums, two by two, none of which waits for another.
  static double dot(std::span<const double> a, std::span<const double> b) {
    using Pair = double __attribute__((vector_size(16)));
    const auto pair = [](const double* from) {
      Pair out;
      std::memcpy(&out, from, sizeof out);
      return out;
    };
    Pair first{0, 0}, second{0, 0};
    std::size_t i = 0;
    for (; i + 4 <= a.size(); i += 4) {
      first += pair(&a[i]) * pair(&b[i]);
      second += pair(&a[i + 2]) * pair(&b[i + 2]);
    }
    for (; i < a.size(); ++i) first[0] += a[i] * b[i];
    first += second;
    return first[0] + first[1];
  }

  std::size_t features_;
  std::vector<OptionEvidence> evidence_;
  std::vector<Model> models_;
  Start start_;
};

}  // namespace

std::unique_ptr<Learner> make_linear(const LearnerSpec& spec) {
  return std::make_unique<Linear>(spec);
}

}  // namespace fairlead::learn
