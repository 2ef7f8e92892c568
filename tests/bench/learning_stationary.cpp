// Arms whose rates stay as they are, and goals that are known at once: the engine's plain learner, drawn as the engine
// draws (learner, floor, whole billionths, draw).
#include <algorithm>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/bench/learning.hpp"

namespace fairlead::bench {

namespace {

struct Setting {
  std::vector<double> rates;
  int rounds;
  int cycle;  // decisions from one publishing to the next
  learn::Share floor;
  learn::Beta prior;
};

/// Expected goals lost against always choosing the best option.
double regret(const Setting& s, std::uint64_t run) {
  const auto learner = learn::make_learner({.options = s.rates.size(), .features = 0, .start = {}, .prior = s.prior});
  const std::vector<bool> all(s.rates.size(), true);
  const double best = *std::ranges::max_element(s.rates);
  Dice dice(gate_seed, 1, run);
  double lost = 0;
  std::vector<learn::Share> published;
  for (int round = 0; round < s.rounds; ++round) {
    if (round % s.cycle == 0) published = learn::shares(learner->weights({}, all), all, s.floor);
    const std::size_t option = learn::draw(published, dice);
    lost += best - s.rates[option];
    learner->decided(option, {});
    if (dice.uniform() < s.rates[option]) learner->reached(option, {});
  }
  return lost;
}

struct Reference {
  int arms, rounds;
  double mean, half;  // of somebody else's Thompson sampling
};

/// `half_given`: whether the reference came with its interval. Where it did not, the interval of the same arms and
/// rounds without a floor stands in for it.
void table(const char* title, learn::Share floor, learn::Beta prior, std::span<const Reference> references,
           bool half_given, int cycle, std::uint64_t runs) {
  fmt::print("{} (published every {} decisions, {} runs)\n", title, cycle, runs);
  for (const Reference& r : references) {
    const Setting setting{r.arms == 2 ? two_rates : five_rates, r.rounds, cycle, floor, prior};
    row(fmt::format("{} options, {} decisions", r.arms == 2 ? "two" : "five", r.rounds),
        mean_of(runs, [&](std::uint64_t run) { return regret(setting, run); }),
        half_given ? fmt::format("ref. {} ± {}", r.mean, r.half) : fmt::format("ref. {}", r.mean), r.mean + r.half);
  }
}

}  // namespace

void stationary() {
  constexpr learn::Share twentieth = learn::whole / 20;
  constexpr Reference flat[] = {
      {2, 10'000, 12.6, 1.4}, {2, 100'000, 32.2, 6}, {5, 10'000, 38.3, 2.1}, {5, 100'000, 79.6, 8}};
  constexpr Reference floored[] = {
      {2, 10'000, 13.4, 1.4}, {2, 100'000, 50.3, 6}, {5, 10'000, 50.2, 2.1}, {5, 100'000, 299, 6}};
  constexpr Reference honest[] = {
      {2, 10'000, 12.4, 1.6}, {2, 100'000, 26.2, 4}, {5, 10'000, 32.7, 2}, {5, 100'000, 67.7, 6}};
  fmt::print("\nGoals lost, options at 2.0 and 2.5%, or at 1.0, 1.5, 2.0, 2.5 and 3.0%\n");
  table("Beta(1, 1)", 0, {1, 1}, flat, true, 100, 400);
  table("Beta(1, 1)", 0, {1, 1}, flat, true, 1000, 400);
  table("Beta(1, 1), a floor of 5% for each", twentieth, {1, 1}, floored, false, 100, 400);
  table("Beta(1, 49), an honest prior", 0, {1, 49}, honest, true, 100, 400);
}

}  // namespace fairlead::bench
