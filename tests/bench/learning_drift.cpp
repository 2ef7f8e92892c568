// Rates that change: five options, and every quarter of 100,000 decisions their rates are handed on to the next option.
#include <algorithm>

#include "runtime/learn/drift.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/bench/learning.hpp"

namespace fairlead::bench {

namespace {

constexpr int rounds = 100'000;
constexpr int quarter = rounds / 4;

/// What one way of learning is asked. This one is the engine's plain learner; its time is a decision.
struct Fading {
  std::unique_ptr<learn::Learner> learner;
  std::int64_t round = 0;
  explicit Fading(std::int64_t half_life, learn::Beta prior)
      : learner(
            learn::make_learner({.options = 5, .features = 0, .start = {}, .prior = prior, .half_life = half_life})) {}
  void decided(std::size_t option) { learner->decided({option, {}, ++round, {}}); }
  void reached(std::size_t option) { learner->reached({option, {}, round, {}}, round); }
  std::vector<double> weights() { return learner->weights({}, std::vector<bool>(5, true)); }
};

struct Changing {
  learn::ChangingEvidence evidence;
  void decided(std::size_t option) { evidence.decided(option); }
  void reached(std::size_t option) { evidence.reached(option); }
  std::vector<double> weights() {
    evidence.close_batch();
    return evidence.weights();
  }
};

/// Expected goals lost against always choosing the option that is best at that time. After each quarter option i has
/// the rate that option i + `turn` had; 0: nothing changes.
template <class Learning>
double regret(Learning learning, int turn, int cycle, std::uint64_t run) {
  const std::vector<bool> all(5, true);
  Dice dice(gate_seed, 7, run);
  double lost = 0;
  std::vector<learn::Share> published;
  for (int round = 0; round < rounds; ++round) {
    if (round % cycle == 0) published = learn::shares(learning.weights(), all, 0);
    const std::size_t option = learn::draw(published, dice);
    const auto shift = static_cast<std::size_t>(((turn * (round / quarter)) % 5 + 5) % 5);
    const double rate = five_rates[(option + shift) % 5];
    lost += five_rates.back() - rate;
    learning.decided(option);
    if (dice.uniform() < rate) learning.reached(option);
  }
  return lost;
}

template <class Make>
Estimate mean(Make make, int turn, int cycle, std::uint64_t runs) {
  return mean_of(runs, [&](std::uint64_t run) { return regret(make(), turn, cycle, run); });
}

}  // namespace

void drifting() {
  constexpr int cycle = 250;
  constexpr std::uint64_t runs = 100;
  fmt::print("\nGoals lost, five options, 100,000 decisions, rates handed on by one option every 25,000\n");
  fmt::print("(published every {} decisions, {} runs)\n", cycle, runs);
  const auto never = [] { return Fading(0, {1, 1}); };
  const auto flat = [] { return Fading(7'000, {1, 1}); };
  const auto honest = [] { return Fading(7'000, {1, 49}); };
  const auto changing = [] { return Changing{learn::ChangingEvidence(5, 50'000, {1, 49})}; };
  row("nothing is forgotten", mean(never, 1, cycle, runs), "ref. 640 ± 21");
  row("half-life 7,000, Beta(1, 1)", mean(flat, 1, cycle, runs), "ref. 418");
  row("  where nothing changes", mean(flat, 0, cycle, runs), "ref. 279");
  row("half-life 7,000, Beta(1, 49)", mean(honest, 1, cycle, runs), "ref. 384 to 406");
  row("  where nothing changes", mean(honest, 0, cycle, runs), "");
  row("change points, one in 50,000 expected, Beta(1, 49)", mean(changing, 1, cycle, runs), "KL-UCB 322 ± 25", 400);
  row("  handed on the other way round", mean(changing, -1, cycle, runs), "", 400);
  row("  handed on by two", mean(changing, 2, cycle, runs), "", 400);
  row("  where nothing changes", mean(changing, 0, cycle, runs), "ref. 277", 280);
}

}  // namespace fairlead::bench
