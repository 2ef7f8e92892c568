// The weights that decisions are drawn by, and how they may move.
#include "runtime/engine/in_force.hpp"

#include <algorithm>

namespace fairlead::engine {

namespace {

/// Shares are whole billionths: what rounding may add to a step is left aside.
constexpr double rounding = 1e-8;

/// A step that is less than this part of a limit is not worth a version.
constexpr double least_step = 0.01;

/// Of so many options all sets are looked at: 255.
constexpr std::size_t few_options = 8;

/// How far apart two are in what anybody may be drawn by. Without a context it is looked up for every set of options;
/// else nobody knows all contexts, and it is as far as can be.
double apart(const learn::Learner& a, const learn::Learner& b, std::span<const learn::Bounds> bounds, bool contextual) {
  const std::size_t n = bounds.size();
  if (contextual || n > few_options) return 1;
  learn::Share out = 0;
  for (std::size_t set = 1; set < std::size_t{1} << n; ++set) {
    std::vector<bool> eligible(n);
    for (std::size_t i = 0; i < n; ++i) eligible[i] = (set >> i & 1U) != 0;
    out = std::max(out, learn::distance(learn::shares(a.weights({}, eligible), eligible, bounds),
                                        learn::shares(b.weights({}, eligible), eligible, bounds)));
  }
  return static_cast<double>(out) / learn::whole;
}

}  // namespace

std::vector<learn::Share> InForce::shares(std::span<const double> context, const std::vector<bool>& eligible,
                                          std::span<const learn::Bounds> bounds) const {
  std::vector<learn::Share> end = learn::shares(to->weights(context, eligible), eligible, bounds);
  if (!from) return end;
  return learn::between(learn::shares(from->weights(context, eligible), eligible, bounds), end, way);
}

InForce InForce::clone() const {
  return {to->clone(), from ? from->clone() : nullptr, way, span, steps};
}

void InForce::save(ByteWriter& out) const {
  out.u8(from ? 1 : 0);
  if (from) out.bytes(from->save());
  out.f64(way);
  out.f64(span);
  out.varint(steps.size());
  for (const Step& step : steps) {
    out.signed_varint(step.at.ms);
    out.f64(step.far);
  }
}

bool InForce::load(ByteReader& in, const learn::Learner& like) {
  from.reset();
  bool known = true;
  if (in.u8() == 1) {
    from = like.clone();
    known = from->load(in.bytes()).has_value();
  }
  way = in.f64();
  span = in.f64();
  const std::uint64_t n = in.varint();
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    Step& step = steps.emplace_back();
    step.at.ms = in.signed_varint();
    step.far = in.f64();
  }
  return known && in.ok() && way >= 0 && way <= 1;
}

double room(const InForce& in_force, std::span<const MoveLimit> limits, Instant at) {
  double out = 1;
  for (const MoveLimit& limit : limits) {
    double left = limit.most - rounding;
    for (const InForce::Step& step : in_force.steps) {
      if (at - limit.within < step.at) left -= step.far;
    }
    out = std::min(out, left < least_step * limit.most ? 0.0 : left);
  }
  return out;
}

InForce published(InForce before, std::unique_ptr<learn::Learner> learned, std::span<const MoveLimit> limits,
                  std::span<const learn::Bounds> bounds, bool contextual, Instant at) {
  InForce out = std::move(before);
  if (limits.empty()) {
    out.from.reset();
    out.to = std::move(learned);
    out.way = 1;
    out.span = 0;
    out.steps.clear();
    return out;
  }
  const Duration longest = std::ranges::max_element(limits, {}, &MoveLimit::within)->within;
  std::erase_if(out.steps, [&](const InForce::Step& step) { return !(at - longest < step.at); });
  double left = room(out, limits, at);
  const auto go = [&] {
    const double far = std::min((1 - out.way) * out.span, left);
    out.way = far < (1 - out.way) * out.span ? out.way + far / out.span : 1;
    if (far > 0) out.steps.push_back({at, far});
    left -= far;
    if (out.way == 1) out.from.reset();
  };
  if (out.moving()) go();
  if (out.moving()) return out;
  const double span = apart(*out.to, *learned, bounds, contextual);
  if (span > 0 && !(left > 0)) return out;
  out.from = std::move(out.to);
  out.to = std::move(learned);
  out.way = 0;
  out.span = span;
  go();
  return out;
}

}  // namespace fairlead::engine
