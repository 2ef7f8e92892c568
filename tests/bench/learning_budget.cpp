// A budget: 50,000 contacts, nothing, an e-mail, a push message or a text message for each, and 500 to spend.
#include <algorithm>

#include "runtime/learn/budget.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/bench/learning.hpp"

namespace fairlead::bench {

namespace {

constexpr int contacts = 50'000;
constexpr int cycle = 100;  // decisions from one publishing to the next
const std::vector<double> rates{0.004, 0.012, 0.015, 0.030};
const std::vector<std::int64_t> costs{0, 10, 5, 500};  // ten-thousandths
constexpr std::int64_t budget = 5'000'000;

/// Of the linear program with one constraint: a mixture of two options, or of one with itself.
double optimum() {
  const double allowance = static_cast<double>(budget) / contacts;
  double best = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    for (std::size_t j = 0; j < rates.size(); ++j) {
      const auto low = static_cast<double>(costs[i]), high = static_cast<double>(costs[j]);
      if (low > allowance) continue;
      const double share = high > low ? std::min(1.0, (allowance - low) / (high - low)) : 1.0;
      best = std::max(best, rates[i] + share * (rates[j] - rates[i]));
    }
  }
  return best * contacts;
}

struct Run {
  double goals = 0;  // expected, of what was chosen
  std::int64_t spent = 0;
};

Run play(bool priced, learn::Beta prior, std::uint64_t run) {
  const std::size_t options = rates.size();
  const std::vector<double> prices(costs.begin(), costs.end());
  std::vector<learn::Beta> believed(options, prior);
  std::vector<bool> eligible(options, true);
  std::vector<learn::Share> published;
  Dice dice(gate_seed, 10, run);
  Run out;
  for (int contact = 0; contact < contacts; ++contact) {
    // Whoever costs more than there is cannot be chosen; the weights are made anew when that happens.
    bool fewer = false;
    for (std::size_t i = 0; i < options; ++i) {
      if (eligible[i] && costs[i] > budget - out.spent) eligible[i] = false, fewer = true;
    }
    if (contact % cycle == 0 || fewer) {
      const double allowance = priced ? static_cast<double>(budget - out.spent) / (contacts - contact) : 1e9;
      published = learn::shares(learn::paced(believed, prices, eligible, allowance).weights, eligible, 0);
    }
    const std::size_t option = learn::draw(published, dice);
    out.goals += rates[option];
    out.spent += costs[option];
    (dice.uniform() < rates[option] ? believed[option].a : believed[option].b) += 1;
  }
  return out;
}

void report(const std::string& what, bool priced, learn::Beta prior, const std::string& reference, bool held) {
  constexpr std::uint64_t runs = 50;
  const double best = optimum();
  std::vector<double> parts;
  std::int64_t most = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const Run r = play(priced, prior, run);
    parts.push_back(r.goals / best);
    most = std::max(most, r.spent);
  }
  const Estimate e = estimate(parts);
  fmt::print("  {:<58} {:>7.4f} ± {:<6.4f} {:<12} at most {:.4f} spent\n", what, e.mean, e.half, reference,
             static_cast<double>(most) / 1e4);
  if (!held) return;
  gate("  of the optimum", e.mean, 0.95, true);
  gate("  spent, the most of any run", static_cast<double>(most) / 1e4, 500, false);
}

}  // namespace

void budgeted() {
  fmt::print("\nOf the goals that the linear program would reach, {:.1f} (published every {} decisions, 50 runs)\n",
             optimum(), cycle);
  report("no price on money", false, {1, 1}, "ref. 0.53", false);
  report("paced, Beta(1, 1)", true, {1, 1}, "ref. 0.97", true);
  report("paced, Beta(1, 49)", true, {1, 49}, "ref. 0.97", true);
}

}  // namespace fairlead::bench
