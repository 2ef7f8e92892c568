// Beta–Bernoulli Thompson sampling in several groups at once (segments of contacts, or chooses with the same options),
// which learn from each other as far as they are alike: hierarchical Thompson sampling with a prior that is learned.
// pooled.cpp says how.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/learn/learner.hpp"

namespace fairlead::learn {

class Start;

class Pooled {
 public:
  /// Of the specification its options and their start count.
  Pooled(std::size_t groups, const LearnerSpec& spec);

  /// The probability, for a contact of this group, that each option is the best of the eligible; kept until something
  /// is learned, so it is for one thread at a time.
  [[nodiscard]] std::vector<double> weights(std::size_t group, const std::vector<bool>& eligible) const;

  void decided(std::size_t group, std::size_t option);
  void reached(std::size_t group, std::size_t option);

  /// What is believed of the option's rate in this group.
  [[nodiscard]] Beta belief(std::size_t group, std::size_t option) const;
  /// By how much an option's rate is expected to be off, in one group, from what all groups say of it, as a part of it:
  /// 0.1 is a tenth. Near 0, groups are as one; above a half, they hardly learn from each other.
  [[nodiscard]] double spread() const;

 private:
  struct Fit {
    std::vector<Beta> cells;  // group by group
    double spread = 0;
  };
  const Fit& fit() const;
  [[nodiscard]] std::size_t cell(std::size_t group, std::size_t option) const { return group * options_ + option; }

  std::size_t groups_, options_;
  std::shared_ptr<const Start> start_;
  std::vector<double> trials_, successes_;  // by cell
  mutable std::optional<Fit> fit_;
};

}  // namespace fairlead::learn
