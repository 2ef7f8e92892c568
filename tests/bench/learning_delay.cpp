// Goals that come late: five options, a delay that is exponential with a mean of 5,000 decisions, a window of 20,000.
#include <algorithm>
#include <queue>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/bench/learning.hpp"

namespace fairlead::bench {

namespace {

constexpr int rounds = 100'000;
constexpr int cycle = 100;  // decisions from one publishing to the next
constexpr std::int64_t window = 20'000;

/// What the learner is told of the goals that are on their way.
enum class Counting { at_once, as_not_reached, corrected };

/// The engine's plain learner. Corrected: as the engine makes it, with the goal's window; its time is a decision.
std::unique_ptr<learn::Learner> made(Counting counting) {
  return learn::make_learner(
      {.options = 5, .features = 0, .start = {}, .window = counting == Counting::corrected ? window : 0});
}

struct Coming {
  std::int64_t at, decided_at;
  std::size_t option;
  bool operator>(const Coming& other) const { return at > other.at; }
};

double regret(double mean_delay, Counting counting, std::uint64_t seed, std::uint64_t run) {
  const auto learner = made(counting);
  const std::vector<bool> all(5, true);
  std::priority_queue<Coming, std::vector<Coming>, std::greater<>> coming;
  Dice dice(seed, 5, run);
  double lost = 0;
  std::vector<learn::Share> published;
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (; !coming.empty() && coming.top().at <= round; coming.pop())
      learner->reached({coming.top().option, {}, coming.top().decided_at, {}}, coming.top().at);
    // As a publishing does: what is in force is a copy whose weights stay as they are.
    if (round % cycle == 0) {
      learner->age(round);
      published = learn::shares(learner->settled()->weights({}, all), all, 0);
    }
    const std::size_t option = learn::draw(published, dice);
    lost += five_rates.back() - five_rates[option];
    learner->decided({option, {}, round, {}});
    if (!(dice.uniform() < five_rates[option])) continue;
    const auto delay = static_cast<std::int64_t>(std::ceil(-mean_delay * std::log1p(-dice.uniform())));
    if (counting == Counting::at_once) {
      learner->reached({option, {}, round, {}}, round);
    } else if (delay <= window) {
      coming.push({round + delay, round, option});
    }
  }
  return lost;
}

}  // namespace

void delayed() {
  fmt::print(
      "\nGoals lost, five options, 100,000 decisions, a goal after 5,000 decisions in the mean, window 20,000\n");
  fmt::print("(Beta(1, 1), published every {} decisions)\n", cycle);
  const auto mean = [](Counting counting, std::uint64_t runs, double delay = 5'000) {
    return mean_of(runs, [&](std::uint64_t run) { return regret(delay, counting, gate_seed, run); });
  };
  row("known at once (200 runs)", mean(Counting::at_once, 200), "ref. 79.6");
  row("counted as not reached yet (200 runs)", mean(Counting::as_not_reached, 200), "ref. 145.4");
  row("corrected, the delays learned, as the engine does (400 runs)", mean(Counting::corrected, 400), "ref. 92.4 ± 5",
      105);
  row("the same, mean delay 1,000 (200 runs)", mean(Counting::corrected, 200, 1'000), "");
}

}  // namespace fairlead::bench
