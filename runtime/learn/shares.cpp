// From a model's weights to whole billionths with floors, and a draw from them.
#include "runtime/learn/shares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fairlead::learn {

namespace {

/// What is above the floors, for each of some options, in fractions of a billionth.
std::vector<double> ideals(std::span<const double> weights, const std::vector<std::size_t>& options, double above) {
  double sum = 0;
  for (const std::size_t i : options) sum += weights[i];
  const bool known = sum > 0 && std::isfinite(sum);
  std::vector<double> result;
  for (const std::size_t i : options)
    result.push_back(above * (known ? weights[i] / sum : 1 / static_cast<double>(options.size())));
  return result;
}

}  // namespace

std::vector<Share> shares(std::span<const double> weights, const std::vector<bool>& eligible,
                          std::span<const Bounds> bounds) {
  std::vector<Share> result(weights.size(), 0);
  std::vector<std::size_t> open;  // eligible, and not at their cap
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (eligible[i]) open.push_back(i);
  }
  std::uint64_t left = whole;  // what is above the floors and not handed out yet
  for (const std::size_t i : open) left -= std::min<std::uint64_t>(bounds[i].floor, left);
  // Each time round at least one option comes to its cap.
  std::vector<double> ideal;
  while (!open.empty()) {
    ideal = ideals(weights, open, static_cast<double>(left));
    std::vector<std::size_t> below;
    std::uint64_t taken = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const Share room = bounds[open[i]].cap - bounds[open[i]].floor;
      if (ideal[i] <= static_cast<double>(room)) {
        below.push_back(open[i]);
      } else {
        result[open[i]] = bounds[open[i]].cap;
        taken += room;
      }
    }
    if (below.size() == open.size()) break;
    open = std::move(below);
    left -= std::min(taken, left);
  }
  std::vector<double> remainder(open.size());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto part = std::min(static_cast<std::uint64_t>(ideal[i]), left);
    remainder[i] = ideal[i] - static_cast<double>(part);
    result[open[i]] = bounds[open[i]].floor + static_cast<Share>(part);
    left -= part;
  }
  std::vector<std::size_t> order(open.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
  for (bool handed = true; left > 0 && handed;) {
    handed = false;
    for (std::size_t i = 0; i < order.size() && left > 0; ++i) {
      Share& share = result[open[order[i]]];
      if (share == bounds[open[order[i]]].cap) continue;
      ++share;
      --left;
      handed = true;
    }
  }
  return result;
}

std::vector<Share> shares(std::span<const double> weights, const std::vector<bool>& eligible, Share floor) {
  return shares(weights, eligible, std::vector<Bounds>(weights.size(), Bounds{floor, whole}));
}

namespace {

/// Nobody's share.
std::int64_t rest(std::span<const Share> shares) {
  return std::int64_t{whole} - std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
}

}  // namespace

std::vector<Share> between(std::span<const Share> from, std::span<const Share> to, double way) {
  // Nobody is one more option here.
  std::vector<std::int64_t> moved;
  const auto go = [&](std::int64_t a, std::int64_t b) {
    moved.push_back(static_cast<std::int64_t>(std::clamp(way, 0.0, 1.0) * static_cast<double>(b - a)));
  };
  for (std::size_t i = 0; i < from.size(); ++i) go(from[i], to[i]);
  go(rest(from), rest(to));
  // Each is cut off toward nought; what does not come out even is taken back where it went, so none goes further.
  std::int64_t over = std::accumulate(moved.begin(), moved.end(), std::int64_t{0});
  for (std::int64_t& step : moved) {
    if (over == 0) break;
    const std::int64_t back =
        over > 0 ? std::clamp<std::int64_t>(step, 0, over) : std::clamp<std::int64_t>(step, over, 0);
    step -= back;
    over -= back;
  }
  std::vector<Share> out;
  for (std::size_t i = 0; i < from.size(); ++i) out.push_back(static_cast<Share>(from[i] + moved[i]));
  return out;
}

Share distance(std::span<const Share> a, std::span<const Share> b) {
  std::int64_t out = std::abs(rest(a) - rest(b));
  for (std::size_t i = 0; i < a.size(); ++i) out = std::max(out, std::abs(std::int64_t{a[i]} - std::int64_t{b[i]}));
  return static_cast<Share>(out);
}

std::size_t draw(std::span<const Share> shares, Dice& dice) {
  const std::uint64_t point = dice.below(whole);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    below += shares[i];
    if (point < below) return i;
  }
  return shares.size();
}

}  // namespace fairlead::learn
