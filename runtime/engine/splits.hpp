// Splits that adopt a variant when it is surely better (`adopt when sure`): what of them is counted, and what is sure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/cohorts.hpp"
#include "runtime/engine/deployments.hpp"

namespace fairlead::engine {

/// One split, since it began with these variants and shares.
struct Experiment {
  std::vector<std::string> variants;
  std::vector<std::uint32_t> shares;  // billionths
  Instant since;
  std::optional<std::size_t> adopted;  // a variant: everybody takes it
  Instant adopted_at;
  Cohorts passes;  // live ones, by variant
};

/// What the audit says of splits, live as well as after a restart. A split begins with an entry that its weights are in
/// force, version 0; those of version 1 adopt a variant; with no variants it is over.
class Splits {
 public:
  void apply(Instant at, const audit::Entry& entry);

  /// By the split's key; null where it adopts nothing.
  [[nodiscard]] const Experiment* find(const std::string& split) const;
  /// The name of the variant that it has adopted; empty where none.
  [[nodiscard]] std::string adopted(const std::string& split) const;
  [[nodiscard]] const std::map<std::string, Experiment>& all() const { return splits_; }

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  std::map<std::string, Experiment> splits_;
};

/// How sure `adopt when sure` is: the chance is at most 5% that it ever adopts a variant that is no better than
/// another.
constexpr double adopting_error = 0.05;

/// What is known of an experiment's variants at some instant, and would be true at every other look too.
struct Comparison {
  std::vector<learn::Proportion> variants;
  bool wrong_ratio = false;       // the variants were not taken in their shares, so that nothing can be told
  std::size_t best = 0;           // with the highest rate
  std::vector<learn::Lift> over;  // what `best` has over each; of itself nothing
  bool sure = false;              // it is better than every other
};
Comparison compare(const Experiment& experiment, Duration within, Instant now);

}  // namespace fairlead::engine
