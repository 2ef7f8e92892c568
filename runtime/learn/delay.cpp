// Trials in effect, by a curve of delays that is learned from the goals themselves.
#include "runtime/learn/delay.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::learn {

namespace {

constexpr double prior_goals = 1;

std::size_t part_of_window(std::int64_t delay, double step) {
  const auto part = static_cast<std::size_t>(static_cast<double>(delay) / step);
  return std::min(part, DelayedEvidence::steps - 1);  // a delay of the whole window belongs to its last part
}

}  // namespace

DelayedEvidence::DelayedEvidence(std::size_t options, std::int64_t window)
    : step_(static_cast<double>(std::max<std::int64_t>(window, 1)) / static_cast<double>(steps)),
      window_(std::max<std::int64_t>(window, 1)),
      settled_(options, 0.0),
      successes_(options, 0.0) {
  learn_curve();
}

std::int64_t DelayedEvidence::part_of(std::int64_t at) const {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(at) / step_));
}

void DelayedEvidence::decided(std::size_t option, std::int64_t at) {
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
  cohort.trials[option] += 1;
  cohort.sum_of_age[option] += std::max(0.0, end - static_cast<double>(at));
}

bool DelayedEvidence::reached(std::size_t option, std::int64_t decided_at, std::int64_t at) {
  const std::int64_t delay = at - decided_at;
  if (delay < 0 || delay > window_) return false;
  const std::int64_t part = part_of(decided_at);
  const auto cohort = std::ranges::lower_bound(open_, part, {}, &Cohort::part);
  if (cohort == open_.end() || cohort->part != part || cohort->trials[option] == 0) return false;
  successes_[option] += 1;
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

void DelayedEvidence::grow_old(std::int64_t now) {
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
    open_.pop_front();
  }
}

void DelayedEvidence::learn_curve() {
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
  if (!(age > 0)) return 0;
  const double place = age / step_;
  if (place >= double{steps}) return 1;
  const auto k = static_cast<std::size_t>(place);
  return curve_[k] + (place - static_cast<double>(k)) * (curve_[k + 1] - curve_[k]);
}

std::vector<Beta> DelayedEvidence::posteriors(std::int64_t now, Beta prior) {
  grow_old(now);
  if (stale_) learn_curve();
  std::vector<double> trials = settled_;
  for (const Cohort& cohort : open_) {
    const double since_end = static_cast<double>(now) - static_cast<double>(cohort.part + 1) * step_;
    for (std::size_t option = 0; option < trials.size(); ++option) {
      if (cohort.trials[option] == 0) continue;
      // At the mean age of the part's decisions: the curve is straight within a part.
      trials[option] += cohort.trials[option] * had_time(since_end + cohort.sum_of_age[option] / cohort.trials[option]);
    }
  }
  std::vector<Beta> out;
  for (std::size_t option = 0; option < trials.size(); ++option) {
    const double s = successes_[option];
    out.push_back({prior.a + s, prior.b + std::max(0.0, trials[option] - s)});
  }
  return out;
}

}  // namespace fairlead::learn
