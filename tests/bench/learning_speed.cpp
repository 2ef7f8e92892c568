// How many decisions and updates a second one core makes. Each figure says whether the probabilities that are written
// down are computed again in it. The floor is what a program does that draws from the posteriors themselves, with the
// standard library, and knows no probability at all.
#include <random>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/bench/learning.hpp"

namespace fairlead::bench {

namespace {

constexpr std::size_t options = 5;
constexpr std::size_t features = 20;
const std::vector<bool> all(options, true);
const std::vector<learn::Bounds> bounds(options, {learn::whole / 100, learn::whole});

/// How many a second: the best of five rounds, by processor time, since whatever else runs here only slows.
template <class Work>
double a_second(int count, Work work) {
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const double begin = processor();
    for (int i = 0; i < count; ++i) work(i);
    best = std::max(best, count / std::max(1e-9, processor() - begin));
  }
  return best;
}

std::size_t chosen_sum = 0;  // printed, so that no draw can be left out

double bare_draws() {
  std::mt19937_64 random(gate_seed);
  std::vector<std::pair<std::gamma_distribution<double>, std::gamma_distribution<double>>> arms;
  for (std::size_t i = 0; i < options; ++i)
    arms.emplace_back(std::gamma_distribution<double>(1 + 10.0 * static_cast<double>(i + 1)),
                      std::gamma_distribution<double>(1000));
  return a_second(200'000, [&](int) {
    std::size_t chosen = 0;
    double highest = -1;
    for (std::size_t i = 0; i < options; ++i) {
      const double x = arms[i].first(random), y = arms[i].second(random);
      if (x / (x + y) > highest) highest = x / (x + y), chosen = i;
    }
    chosen_sum += chosen;
  });
}

/// As the engine draws: dice of its own for each decision.
std::size_t drawn(const std::vector<learn::Share>& shares, int i) {
  Dice dice(gate_seed, 3, static_cast<std::uint64_t>(i));
  return learn::draw(shares, dice);
}

std::vector<std::vector<double>> contexts() {
  std::vector<std::vector<double>> out;
  Dice dice(gate_seed, 4);
  for (int i = 0; i < 1024; ++i) {
    std::vector<double> x{1};
    while (x.size() < features) x.push_back(x.size() % 2 == 0 ? dice.uniform() : static_cast<double>(dice.below(2)));
    out.push_back(std::move(x));
  }
  return out;
}

void rate(const std::string& what, double found, const std::string& how, double asked) {
  const bool met = found >= asked;
  all_met = all_met && met;
  fmt::print("  {:<52} {:>11.0f}   {:<40} asked >= {:.0f}{}\n", what, found, how, asked, met ? "" : "   NOT MET");
}

void info(const std::string& what, double found, const std::string& how) {
  fmt::print("  {:<52} {:>11.0f}   {}\n", what, found, how);
}

}  // namespace

void speed() {
  fmt::print("\nA second, on one core; {} options, {} features, a floor of 1% for each\n", options, features);
  const double floor = bare_draws();
  info("floor: draws from the posteriors, highest wins", floor, "no probabilities at all");

  const auto plain = learn::make_learner({.options = options, .features = 0, .start = {}});
  const double plain_updates = a_second(2'000'000, [&](int i) {
    const auto option = static_cast<std::size_t>(i) % options;
    plain->decided(option, {});
    if (static_cast<std::size_t>(i) % 50 < option + 1) plain->reached(option, {});
  });
  // Evidence at which every option still has a chance: what costs the quadrature most.
  const auto learner = learn::make_learner({.options = options, .features = 0, .start = {}});
  for (std::size_t option = 0; option < options; ++option) {
    for (int i = 0; i < 1000; ++i) learner->decided(option, {});
    for (std::size_t i = 0; i < 18 + option; ++i) learner->reached(option, {});
  }
  const std::vector<learn::Share> published = learn::shares(learner->weights({}, all), all, bounds);
  const double kept = a_second(2'000'000, [&](int i) { chosen_sum += drawn(published, i); });
  const double engine =
      a_second(50'000, [&](int i) { chosen_sum += drawn(learn::shares(learner->weights({}, all), all, bounds), i); });

  const double computed = a_second(20'000, [&](int i) {
    learner->decided(static_cast<std::size_t>(i) % options, {});  // so that nothing that was computed holds any more
    chosen_sum += drawn(learn::shares(learner->weights({}, all), all, bounds), i);
  });

  const auto linear = learn::make_learner({.options = options, .features = features, .start = {}});
  const auto xs = contexts();
  const double linear_updates = a_second(100'000, [&](int i) {
    const auto& x = xs[static_cast<std::size_t>(i) % xs.size()];
    const auto option = static_cast<std::size_t>(i) % options;
    linear->decided(option, x);
    if (static_cast<std::size_t>(i) % 50 < option + 1) linear->reached(option, x);
  });
  const auto young = learn::make_learner({.options = options, .features = features, .start = {}});
  for (std::size_t i = 0; i < 5000; ++i) {
    young->decided(i % options, xs[i % xs.size()]);
    if (i % 50 == 0) young->reached(i / 50 % options, xs[i % xs.size()]);
  }
  const double contextual = a_second(50'000, [&](int i) {
    const auto& x = xs[static_cast<std::size_t>(i) % xs.size()];
    chosen_sum += drawn(learn::shares(young->weights(x, all), all, bounds), i);
  });

  info("plain: a draw from billionths that are kept", kept, "not computed again");
  rate("plain decisions, as the engine makes them", engine, "weights kept; floors, billionths, draw", 1e6);
  info("plain decisions, each after an update", computed, "weights computed again");
  rate("contextual decisions, as the engine makes them", contextual, "weights computed again", 4e5);
  rate("plain updates", plain_updates, "one decision, and its goal where reached", 3.5e5);
  rate("contextual updates", linear_updates, "one decision, and its goal where reached", 3.5e5);
  fmt::print("  (Vowpal Wabbit, three options: 320 to 400 thousand decisions, 215 to 350 thousand updates)\n");
  gate("plain decisions by the floor", engine / floor, 0.5, true);
  gate("contextual decisions by the floor", contextual / floor, 0.15, true);
  gate("contextual updates by the floor", linear_updates / floor, 0.5, true);
  fmt::print("  (sum of what was chosen {})\n", chosen_sum);
}

}  // namespace fairlead::bench
