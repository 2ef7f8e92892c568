// Evidence about rates that may change, by change points. (A half-life, the other way of not believing old evidence as
// much as new, is part of the learners: delay.hpp. It forgets as fast where nothing changes, and that has its price.)
//
// Every so often, all rates of the choice may be drawn anew from the prior; when this
// was last is not known, and has a posterior: Bayesian online change point detection (Adams and MacKay, 2007), used for
// Thompson sampling as by Mellor and Shapiro (Thompson sampling in switching environments with Bayesian online change
// detection, AISTATS 2013, "global switching"). A hypothesis says that rates have been what they are since one
// publishing. Its weight is multiplied by how likely the batch since the last publishing was under it (a Beta-binomial
// for each option), and by the probability 1 - h that nothing changed; the new hypothesis "since now" gets h of the
// whole. h = 1 - exp(-decisions of the batch / decisions between changes). The weights of options are those of Thompson
// sampling under each hypothesis, averaged. Where nothing changes, the oldest hypothesis keeps most of the weight and
// little is forgotten.
//
// It assumes that goals are known when the batch that they belong to is published, or soon after; with long delays a
// fall of all rates and a batch that has not had its time look alike.
#pragma once

#include <vector>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {

class ChangingEvidence {
 public:
  /// How many hypotheses are kept; of more, those with the least weight are dropped.
  static constexpr std::size_t most = 24;

  /// `between`: decisions of the choice between one change and the next, in the mean; above 0. The prior should be
  /// honest: it is where each option begins after each change.
  ChangingEvidence(std::size_t options, double between, Beta prior);

  void decided(std::size_t option);
  void reached(std::size_t option);

  /// Takes in the batch since the last call. To be called when weights are published.
  void close_batch();

  /// The weight of each option in force from the batches that were taken in: they sum to 1.
  [[nodiscard]] std::vector<double> weights() const;

  /// The probability that the rates have been what they are for more than so many of the last decisions.
  [[nodiscard]] double unchanged_for(double decisions) const;

 private:
  struct Hypothesis {
    double weight = 0, decisions = 0;
    std::vector<Beta> posterior;
  };

  double between_;
  Beta prior_;
  std::vector<double> trials_, successes_;  // of the batch
  std::vector<Hypothesis> hypotheses_;      // oldest first; weights sum to 1
};

}  // namespace fairlead::learn
