// A budget over campaigns whose returns diminish: 10,000.00 a week over six of them for a year, each between 5% and
// 50%, moving at most 20% of the whole a week.
#include <numeric>

#include "runtime/learn/allocate.hpp"
#include "tests/bench/learning.hpp"

namespace fairlead::bench {

namespace {

constexpr std::int64_t total = 1'000'000;  // cents
constexpr int weeks = 52;
constexpr double scale = total / 6.0, base = 0.5, noise = 0.5;
const std::vector<double> gains{0.2, 0.4, 0.6, 1.0, 1.6, 2.4};

double brought(std::span<const std::int64_t> amounts) {
  double sum = 0;
  for (std::size_t i = 0; i < gains.size(); ++i)
    sum += base + gains[i] * std::log1p(static_cast<double>(amounts[i]) / scale);
  return sum;
}

std::vector<learn::Range> ends() {
  return std::vector<learn::Range>(gains.size(), learn::share_of(total, Decimal::from_units(Decimal::one / 20),
                                                                 Decimal::from_units(Decimal::one / 2)));
}

struct Run {
  double part = 0, last_quarter = 0;  // of what the best budget brings above the even one's
  std::int64_t most = 0;              // spent in a week
};

/// `draws`: Thompson sampling; else the budget that would be best if the means were right.
Run play(bool draws, std::uint64_t run) {
  Dice dice(gate_seed, draws ? 21 : 22, run);
  const std::vector<std::int64_t> even(gains.size(), total / static_cast<std::int64_t>(gains.size()));
  const double best = brought(*learn::allot(gains, scale, total, ends())), worst = brought(even);
  std::vector<learn::ResponseCurve> curves(gains.size(), learn::ResponseCurve(scale));
  std::vector<std::int64_t> now = even;
  Run out;
  for (int week = 0; week < weeks; ++week) {
    std::vector<double> believed;
    std::vector<learn::Range> ranges = ends();
    for (std::size_t i = 0; i < gains.size(); ++i) {
      believed.push_back(draws ? curves[i].draw(dice).gain : std::max(0.0, curves[i].mean().gain));
      ranges[i] = learn::within_reach(ranges[i], {&now[i], 1}, total, Decimal::from_units(Decimal::one / 5));
    }
    now = *learn::allot(believed, scale, total, ranges);
    out.most = std::max(out.most, std::accumulate(now.begin(), now.end(), std::int64_t{0}));
    const double part = (brought(now) - worst) / (best - worst);
    out.part += part / weeks;
    if (week >= weeks * 3 / 4) out.last_quarter += part * 4 / weeks;
    for (std::size_t i = 0; i < gains.size(); ++i) {
      // The sum of twelve uniform draws is near enough to normal.
      double error = -6;
      for (int k = 0; k < 12; ++k) error += dice.uniform();
      curves[i].observe(now[i], base + gains[i] * std::log1p(static_cast<double>(now[i]) / scale) + noise * error);
    }
  }
  return out;
}

}  // namespace

void allocated() {
  constexpr std::uint64_t runs = 200;
  fmt::print("\nOf what the best budget brings above an even one (six campaigns, {} weeks, {} runs)\n", weeks, runs);
  for (const bool draws : {false, true}) {
    std::vector<double> whole, late;
    std::int64_t most = 0;
    for (std::uint64_t run = 0; run < runs; ++run) {
      const Run r = play(draws, run);
      whole.push_back(r.part);
      late.push_back(r.last_quarter);
      most = std::max(most, r.most);
    }
    const Estimate year = estimate(whole), quarter = estimate(late);
    fmt::print("  {:<44} {:>6.3f} ± {:<6.3f} last quarter {:>6.3f} ± {:<6.3f} at most {:.2f} a week\n",
               draws ? "Thompson sampling on response curves" : "the means, without chance", year.mean, year.half,
               quarter.mean, quarter.half, static_cast<double>(most) / 100);
    if (!draws) continue;
    gate("  spent, the most of any week", static_cast<double>(most) / 100, static_cast<double>(total) / 100, false);
    gate("  of the best, in the last quarter", quarter.mean, 0.8, true);
  }
}

}  // namespace fairlead::bench
