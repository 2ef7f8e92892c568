// Trials in effect, by a curve of delays that is learned from the goals themselves, and by a half-life.
#include "runtime/learn/delay.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::learn {

namespace {

constexpr double prior_goals = 1;

/// Half-lives after which units are made small again; 2^500 squared is still a double.
constexpr double longest_unit = 500;

std::size_t part_of_window(std::int64_t delay, double step) {
  const auto part = static_cast<std::size_t>(static_cast<double>(delay) / step);
  return std::min(part, DelayedEvidence::steps - 1);  // a delay of the whole window belongs to its last part
}

double step_of(std::int64_t window) {
  return static_cast<double>(window) / static_cast<double>(DelayedEvidence::steps);
}

}  // namespace

DelayedEvidence::DelayedEvidence(std::size_t options, std::int64_t window, std::int64_t half_life)
    : step_(step_of(window)),
      window_(window),
      half_life_(half_life),
      settled_(options, 0.0),
      successes_(options, 0.0) {}

std::int64_t DelayedEvidence::part_of(std::int64_t at) const {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(at) / step_));
}

double DelayedEvidence::unit(std::int64_t at) const {
  if (half_life_ == 0) return 1;
  return std::exp2((static_cast<double>(at) - static_cast<double>(epoch_)) / static_cast<double>(half_life_));
}

double DelayedEvidence::rebase(std::int64_t at) {
  if (half_life_ == 0) return 1;
  if (!begun_) {
    epoch_ = at;
    begun_ = true;
  }
  if (static_cast<double>(at) - static_cast<double>(epoch_) < longest_unit * static_cast<double>(half_life_)) return 1;
  const double factor = 1 / unit(at);
  for (std::vector<double>* sums : {&settled_, &successes_}) {
    for (double& x : *sums) x *= factor;
  }
  for (Cohort& cohort : open_) {
    for (std::vector<double>* sums : {&cohort.trials, &cohort.sum_of_age}) {
      for (double& x : *sums) x *= factor;
    }
  }
  epoch_ = at;
  return factor;
}

void DelayedEvidence::decided(std::size_t option, std::int64_t at) {
  rebase(at);
  const double counts = unit(at);
  if (window_ == 0) {
    settled_[option] += counts;
    return;
  }
  const std::int64_t part = part_of(at);
  auto place = std::ranges::lower_bound(open_, part, {}, &Cohort::part);
  if (place == open_.end() || place->part != part) {
    place = open_.insert(place, Cohort{});
    place->part = part;
    place->trials.assign(settled_.size(), 0.0);
    place->sum_of_age.assign(settled_.size(), 0.0);
  }
  Cohort& cohort = *place;
  const double end = static_cast<double>(cohort.part + 1) * step_;
  cohort.trials[option] += counts;
  cohort.sum_of_age[option] += counts * std::max(0.0, end - static_cast<double>(at));
}

bool DelayedEvidence::reached(std::size_t option, std::int64_t decided_at, std::int64_t at) {
  if (decided_at == unknown_time || decided_at < whole_before_ || window_ == 0) {
    rebase(at);
    successes_[option] += unit(decided_at == unknown_time ? at : decided_at);
    return true;
  }
  const std::int64_t delay = at - decided_at;
  if (delay < 0 || delay > window_) return false;
  const std::int64_t part = part_of(decided_at);
  const auto cohort = std::ranges::lower_bound(open_, part, {}, &Cohort::part);
  if (cohort == open_.end() || cohort->part != part || cohort->trials[option] == 0) return false;
  successes_[option] += unit(decided_at);
  const std::size_t took = part_of_window(delay, step_);
  cohort->goals[took] += 1;
  // Parts that the cohort had already been counted for, where news of a goal came late.
  for (std::size_t k = took; k < cohort->counted; ++k) {
    within_[k] += 1;
    if (k == took) took_[k] += 1;
    stale_ = true;
  }
  return true;
}

void DelayedEvidence::grow_old(std::int64_t now, const std::function<void(std::int64_t)>& settled) {
  for (Cohort& cohort : open_) {
    // Its youngest decision was taken at the end of its part of time.
    const double youngest = static_cast<double>(now) - static_cast<double>(cohort.part + 1) * step_;
    const auto lived = static_cast<std::size_t>(std::clamp(std::floor(youngest / step_), 0.0, double{steps}));
    for (; cohort.counted < lived; ++cohort.counted) {
      const std::size_t k = cohort.counted;
      for (std::size_t j = 0; j <= k; ++j) within_[k] += cohort.goals[j];
      took_[k] += cohort.goals[k];
      stale_ = true;
    }
  }
  while (!open_.empty() && open_.front().counted == steps) {
    // One part longer than the window, so that news of a goal at its very end finds its cohort.
    const double youngest = static_cast<double>(now) - static_cast<double>(open_.front().part + 1) * step_;
    if (youngest < static_cast<double>(window_) + step_) break;
    for (std::size_t option = 0; option < settled_.size(); ++option) settled_[option] += open_.front().trials[option];
    if (settled) settled(open_.front().part);
    open_.pop_front();
  }
}

void DelayedEvidence::learn_curve() const {
  curve_[steps] = 1;
  for (std::size_t k = steps; k-- > 0;) {
    const double parts = static_cast<double>(k + 1);
    // The prior's goal took part k or less with a chance of (k + 1) / steps, and any of these parts alike.
    const double prior_within = prior_goals * parts / double{steps};
    const double rate = (took_[k] + prior_within / parts) / (within_[k] + prior_within);
    curve_[k] = k == 0 ? 0.0 : curve_[k + 1] * (1 - rate);
  }
  stale_ = false;
}

double DelayedEvidence::had_time(double age) const {
  if (window_ == 0) return 1;
  if (stale_) learn_curve();
  if (!(age > 0)) return 0;
  const double place = age / step_;
  if (place >= double{steps}) return 1;
  const auto k = static_cast<std::size_t>(place);
  return curve_[k] + (place - static_cast<double>(k)) * (curve_[k + 1] - curve_[k]);
}

double DelayedEvidence::had_time(const Cohort& cohort, std::size_t option, std::int64_t now) const {
  if (cohort.trials[option] == 0) return 0;
  // At the mean age of the part's decisions: the curve is straight within a part.
  const double since_end = static_cast<double>(now) - static_cast<double>(cohort.part + 1) * step_;
  return had_time(since_end + cohort.sum_of_age[option] / cohort.trials[option]);
}

const DelayedEvidence::Cohort* DelayedEvidence::cohort(std::int64_t part) const {
  const auto place = std::ranges::lower_bound(open_, part, {}, &Cohort::part);
  return place == open_.end() || place->part != part ? nullptr : &*place;
}

double DelayedEvidence::had_time(std::int64_t part, std::size_t option, std::int64_t now) const {
  const Cohort* of = cohort(part);
  return of == nullptr ? 1 : had_time(*of, option, now);
}

std::vector<InEffect> DelayedEvidence::in_effect(std::int64_t now) const {
  const double one = unit(now);
  std::vector<InEffect> out;
  for (std::size_t option = 0; option < settled_.size(); ++option) {
    double trials = settled_[option];
    for (const Cohort& cohort : open_) trials += cohort.trials[option] * had_time(cohort, option, now);
    out.push_back({trials / one, successes_[option] / one});
  }
  return out;
}

std::vector<Beta> DelayedEvidence::posteriors(std::int64_t now, Beta prior) {
  grow_old(now);
  std::vector<Beta> out;
  for (const InEffect& e : in_effect(now))
    out.push_back({prior.a + e.successes, prior.b + std::max(0.0, e.trials - e.successes)});
  return out;
}

bool DelayedEvidence::other_part(std::int64_t then, std::int64_t now) const {
  if (waiting() && part_of(then) != part_of(now)) return true;
  constexpr std::int64_t parts = 64;  // of a half-life: 2^(-1/64) is 0.989
  return half_life_ > 0 && begun_ && now - then >= std::max<std::int64_t>(1, half_life_ / parts);
}

void DelayedEvidence::begin_with(std::span<const InEffect> evidence, std::int64_t now) {
  open_.clear();
  within_ = {};
  took_ = {};
  stale_ = true;
  epoch_ = now;
  begun_ = half_life_ > 0;
  whole_before_ = now;
  for (std::size_t option = 0; option < settled_.size(); ++option) {
    settled_[option] = evidence[option].trials;
    successes_[option] = evidence[option].successes;
  }
}

void DelayedEvidence::adopt(std::int64_t window, std::int64_t half_life, std::int64_t now) {
  const double one = unit(now);
  std::vector<InEffect> all(settled_.size());
  for (std::size_t option = 0; option < all.size(); ++option) {
    for (const Cohort& cohort : open_) settled_[option] += cohort.trials[option];
    all[option] = {settled_[option] / one, successes_[option] / one};
  }
  window_ = window;
  half_life_ = half_life;
  step_ = step_of(window);
  begin_with(all, now);
}

void DelayedEvidence::save(ByteWriter& out) const {
  out.signed_varint(window_);
  out.signed_varint(half_life_);
  out.signed_varint(epoch_);
  out.u8(begun_ ? 1 : 0);
  out.signed_varint(whole_before_);
  for (const std::vector<double>* sums : {&settled_, &successes_}) {
    for (const double x : *sums) out.f64(x);
  }
  for (std::size_t k = 0; k < steps; ++k) {
    out.varint(static_cast<std::uint64_t>(within_[k]));
    out.varint(static_cast<std::uint64_t>(took_[k]));
  }
  out.varint(open_.size());
  for (const Cohort& cohort : open_) {
    out.signed_varint(cohort.part);
    out.varint(cohort.counted);
    for (const std::vector<double>* sums : {&cohort.trials, &cohort.sum_of_age}) {
      for (const double x : *sums) out.f64(x);
    }
    for (const double n : cohort.goals) out.varint(static_cast<std::uint64_t>(n));
  }
}

bool DelayedEvidence::load(ByteReader& in) {
  const std::size_t options = settled_.size();
  DelayedEvidence read(options, 0);
  read.window_ = in.signed_varint();
  read.half_life_ = in.signed_varint();
  read.epoch_ = in.signed_varint();
  read.begun_ = in.u8() == 1;
  read.whole_before_ = in.signed_varint();
  bool sound = read.window_ >= 0 && read.half_life_ >= 0;
  const auto sums = [&](std::vector<double>& out) {
    for (double& x : out) sound &= std::isfinite(x = in.f64());
  };
  sums(read.settled_);
  sums(read.successes_);
  for (std::size_t k = 0; k < steps; ++k) {
    read.within_[k] = static_cast<double>(in.varint());
    read.took_[k] = static_cast<double>(in.varint());
  }
  const std::uint64_t open = in.varint();
  for (std::uint64_t i = 0; i < open && in.ok(); ++i) {
    Cohort& cohort = read.open_.emplace_back();
    cohort.part = in.signed_varint();
    cohort.counted = static_cast<std::size_t>(in.varint());
    cohort.trials.resize(options);
    cohort.sum_of_age.resize(options);
    sums(cohort.trials);
    sums(cohort.sum_of_age);
    for (double& n : cohort.goals) n = static_cast<double>(in.varint());
    sound &= cohort.counted <= steps && (i == 0 || read.open_[i - 1].part < cohort.part);
  }
  if (!in.ok() || !sound || (open > 0 && read.window_ == 0)) return false;
  read.step_ = step_of(read.window_);
  *this = std::move(read);
  return true;
}

}  // namespace fairlead::learn
