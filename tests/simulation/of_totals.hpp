// Limits over all contacts (messages, money, budgets), and of the money for each. They are kept where a message is
// filled, of everything that was filled before, also before the limit was there; what reaches the provider is a part of
// that (of_acts).
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfTotals : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::Effect& effect);
  void see(Instant at, const audit::Acted& acted);
  void see(Instant at, const audit::Guarded& guarded);

 private:
  struct Filled {
    Instant at;
    store::ContactId contact;
    std::string channel, workflow;  // no channel: it counts as no message
    std::string by;                 // the channel that it went by, whatever it counts as; of a call none
    Decimal cost{};
    std::string key;
  };
  /// What counts how surely: what may have gone out does; what is said to have been set aside may.
  enum class Sure : std::uint8_t { yes, perhaps };

  [[nodiscard]] bool within(const Within& within, Instant t, Instant now, Sure sure) const;
  [[nodiscard]] std::size_t messages(const CapSays& cap, Instant now, Sure sure) const;
  [[nodiscard]] Decimal money(const CapSays& cap, const audit::Pass& pass, bool own, Instant now, Sure sure) const;
  void check_money(const audit::Pass& pass, const std::string& by, Decimal cost, Instant at, bool transactional);

  std::vector<Filled> filled_;
};

}  // namespace fairlead::simulation
