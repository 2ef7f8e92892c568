// Choices that cost: pacing a budget by a price on money, with Thompson sampling for what is not known.
//
// With rates p and costs c known, the best way of spending at most B over n decisions is a linear program,
//
//   maximise sum_k x_k p_k   where  sum_k x_k c_k <= B / n,  sum_k x_k = 1,  x >= 0,
//
// and its dual is one number: the price lambda at which every decision may take what has the highest p_k - lambda c_k,
// and the spending comes out right (bandits with knapsacks: Badanidiyuru, Kleinberg and Slivkins, FOCS 2013; primal and
// dual, with the budget that is left for the decisions that are left: Li, Sun and Ye, The symmetry between arms and
// knapsacks, ICML 2021). Where p is only believed, an option's weight is the probability that its p - lambda c is the
// highest, each p Normal with the mean and deviation of its Beta; and lambda is the least price of 0 or more at which
// sum_k w_k c_k is what may be spent a decision. There always is one: the derivative of E max_k(p_k - lambda c_k),
// which is convex, is -sum_k w_k c_k, so the spending falls, without jumps, as the price rises.
//
// No random numbers: the same evidence and the same money give the same weights, and they can be logged.
#pragma once

#include <span>
#include <vector>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {

struct Paced {
  std::vector<double> weights;  // one an option; they sum to 1, those that are not eligible have 0
  double price = 0;             // goals for a unit of money
  double spending = 0;          // expected, a decision
};

/// `rates`, `costs` and `eligible` one an option; costs are 0 or more, in any unit of money. `allowance`: what may be
/// spent a decision, in the mean, of the same unit: what is left of the budget by the decisions that are still to come.
/// Where even the cheapest of the eligible costs more than the allowance, everything goes to it, and `spending` says
/// so: whether it may be paid is for the caller to decide, as is whether the money for a single decision is still
/// there.
Paced paced(std::span<const Beta> rates, std::span<const double> costs, const std::vector<bool>& eligible,
            double allowance);

}  // namespace fairlead::learn
