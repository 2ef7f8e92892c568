// The price at which the spending comes out right, by bisection.
#include "runtime/learn/budget.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::learn {

namespace {

constexpr int most_doublings = 60;
constexpr int halvings = 40;
constexpr double close_enough = 1e-4;  // of the allowance; what is left of it is left for the decisions to come

}  // namespace

Paced paced(std::span<const Beta> rates, std::span<const double> costs, const std::vector<bool>& eligible,
            double allowance) {
  std::vector<std::size_t> open;
  double cheapest = INFINITY, dearest = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (!eligible[i]) continue;
    open.push_back(i);
    cheapest = std::min(cheapest, costs[i]);
    dearest = std::max(dearest, costs[i]);
  }
  const auto at = [&](double price) {
    std::vector<Normal> net;
    for (const std::size_t i : open) {
      const auto [a, b] = rates[i];
      const double n = a + b;
      net.push_back({a / n - price * costs[i], std::sqrt(a * b / (n + 1)) / n});
    }
    const std::vector<double> best = best_of(net);
    Paced out;
    out.weights.assign(rates.size(), 0.0);
    out.price = price;
    for (std::size_t k = 0; k < open.size(); ++k) {
      out.weights[open[k]] = best[k];
      out.spending += best[k] * costs[open[k]];
    }
    return out;
  };
  Paced low = at(0);
  if (open.empty() || low.spending <= allowance) return low;
  if (cheapest >= allowance) {
    // Only the cheapest, shared as without a price where there are several.
    Paced out{std::vector<double>(rates.size(), 0.0), INFINITY, cheapest};
    std::vector<Normal> equals;
    std::vector<std::size_t> which;
    for (const std::size_t i : open) {
      if (costs[i] > cheapest) continue;
      const auto [a, b] = rates[i];
      equals.push_back({a / (a + b), std::sqrt(a * b / (a + b + 1)) / (a + b)});
      which.push_back(i);
    }
    const std::vector<double> best = best_of(equals);
    for (std::size_t k = 0; k < which.size(); ++k) out.weights[which[k]] = best[k];
    return out;
  }
  double under = 0, over = 1 / (dearest - cheapest);  // no rate differs from another by more than 1
  Paced high = at(over);
  for (int i = 0; i < most_doublings && high.spending > allowance; ++i) {
    under = over;
    over *= 2;
    high = at(over);
  }
  for (int i = 0; i < halvings && high.spending < allowance * (1 - close_enough); ++i) {
    const double middle = (under + over) / 2;
    Paced between = at(middle);
    if (between.spending > allowance) {
      under = middle;
    } else {
      over = middle;
      high = std::move(between);
    }
  }
  return high;  // never above the allowance
}

}  // namespace fairlead::learn
