// From a model's weights to whole billionths with floors, and a draw from them.
#include "runtime/learn/shares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fairlead::learn {

std::vector<Share> shares(std::span<const double> weights, const std::vector<bool>& eligible, Share floor) {
  std::vector<Share> result(weights.size(), 0);
  std::vector<std::size_t> options;
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!eligible[i]) continue;
    options.push_back(i);
    sum += weights[i];
  }
  const std::size_t k = options.size();
  if (k == 0) return result;
  const bool known = sum > 0 && std::isfinite(sum);

  // What is above the floors, and how much of it is not handed out yet.
  const std::uint64_t floors = std::min<std::uint64_t>(std::uint64_t{floor} * k, whole);
  const double above = static_cast<double>(whole - floors);
  std::uint64_t left = whole - floors;
  std::vector<double> remainder(k);
  for (std::size_t i = 0; i < k; ++i) {
    const double ideal = above * (known ? weights[options[i]] / sum : 1 / static_cast<double>(k));
    const auto part = std::min(static_cast<std::uint64_t>(ideal), left);
    remainder[i] = ideal - static_cast<double>(part);
    result[options[i]] = floor + static_cast<Share>(part);
    left -= part;
  }
  std::vector<std::size_t> order(k);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
  for (std::size_t i = 0; left > 0; i = (i + 1) % k, --left) ++result[options[order[i]]];
  return result;
}

std::size_t draw(std::span<const Share> shares, Dice& dice) {
  const std::uint64_t point = dice.below(whole);
  std::uint64_t below = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] == 0) continue;
    below += shares[i];
    last = i;
    if (point < below) return i;
  }
  return last;
}

}  // namespace fairlead::learn
