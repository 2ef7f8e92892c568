// What counts toward limits over all contacts (caps, spend, budgets), told by what the audit says of every message
// anyway: so that a rule which comes into force in the middle of its window finds everything that went before it.
#pragma once

#include <map>
#include <set>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/deployments.hpp"
#include "runtime/guard/caps.hpp"

namespace fairlead::engine {

/// What a message counts as, and costs.
struct Charge {
  std::uint32_t channel = 0;  // 0: it counts as no message (transactional, a call)
  Decimal cost{};
  bool operator==(const Charge&) const = default;
};

class Charges {
 public:
  /// An `Effect` counts by what the newest version says of its content and channel; a `Charged` entry before an
  /// `Effect` or `Acted` says what it counts as instead. What is suppressed does not count.
  void apply(Instant at, const audit::Entry& entry, const Deployments& deployments);
  /// What an `Effect` by these counts as where nothing else is said.
  [[nodiscard]] Charge usual(std::uint32_t content, std::uint32_t channel) const;
  [[nodiscard]] const guard::Caps& caps() const { return caps_; }

  /// From here on what is usual is what this version says.
  void in_force(const Version& version);

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes, const Deployments& deployments);

 private:
  guard::Caps caps_;
  std::uint32_t version_ = 0;               // whose costs these are; what it does not know is as the last one had it
  std::map<std::uint32_t, Decimal> costs_;  // by channel
  std::set<std::uint32_t> transactional_;   // contents
  std::optional<audit::Charged> said_;      // of the next Effect or Acted; never open at the end of a batch
};

}  // namespace fairlead::engine
