#include "tests/simulation/of_totals.hpp"

#include <algorithm>

namespace fairlead::simulation {

namespace {

Decimal cost_of(const std::string& channel) {
  return channel == "email" ? email_costs() : Decimal();
}

Decimal sum(Decimal a, Decimal b) {
  return Decimal::from_units(a.units() + b.units());
}

}  // namespace

bool OfTotals::within(const Within& within, Instant t, Instant now, Sure sure) const {
  if (!within.period.empty()) return same_period(within.period, t, now, zone_named("America/New_York"));
  // The engine may count something for half a percent of the window longer, or a second.
  const Duration more{sure == Sure::yes ? 0 : std::max<std::int64_t>(within.window.ms / 200, 1'000)};
  return now - within.window - more < t;
}

std::size_t OfTotals::messages(const CapSays& cap, Instant now, Sure sure) const {
  return static_cast<std::size_t>(std::count_if(filled_.begin(), filled_.end(), [&](const Filled& one) {
    return !one.channel.empty() && (cap.channel.empty() || cap.channel == one.channel) &&
           within(cap.within, one.at, now, sure);
  }));
}

/// Of everybody, of the contact alone, or (`own`) of the pass's workflow.
Decimal OfTotals::money(const CapSays& cap, const audit::Pass& pass, bool own, Instant now, Sure sure) const {
  Decimal out;
  for (const Filled& one : filled_) {
    if ((own && pass.workflow != one.workflow) || !within(cap.within, one.at, now, sure)) continue;
    if (cap.each && (one.contact != pass.contact || (!cap.channel.empty() && cap.channel != one.by))) continue;
    const Act& act = known_.acts.at(one.key);
    const bool came_to_nothing = act.ended && !act.sent && !act.out;
    if (sure == Sure::perhaps || !came_to_nothing) out = sum(out, one.cost);
  }
  return out;
}

void OfTotals::check_money(const audit::Pass& pass, const std::string& by, Decimal cost, Instant at,
                           bool transactional) {
  if (cost == Decimal()) return;
  const auto check = [&](const CapSays& cap, bool own) {
    if (cap.each && !cap.channel.empty() && cap.channel != by) return;
    const Decimal after = sum(money(cap, pass, own, at, Sure::yes), cost);
    if (cap.amount < after)
      known_.wrong("{}: with it ${} are spent, and {} allows ${}", name(pass), after.to_string(), cap.name,
                   cap.amount.to_string());
  };
  if (!transactional) {
    for (const CapSays& cap : known_.says().spends) check(cap, false);
  }
  const auto budget = known_.says().budgets.find(pass.workflow);
  if (budget != known_.says().budgets.end()) check(budget->second, true);
}

void OfTotals::see(Instant at, const audit::Effect& effect) {
  if (effect.suppressed) return;
  const bool receipt = effect.content == "receipt";
  for (const CapSays& cap : known_.says().caps) {
    if (receipt || (!cap.channel.empty() && cap.channel != effect.channel)) continue;
    if (const std::size_t before = messages(cap, at, Sure::yes); before >= cap.count)
      known_.wrong("{}: message {} at {}, and {} allows {}", name(effect.pass), before + 1, to_string(at), cap.name,
                   cap.count);
  }
  check_money(effect.pass, effect.channel, cost_of(effect.channel), at, receipt);
  filled_.push_back({at, effect.pass.contact, receipt ? "" : effect.channel, effect.pass.workflow, effect.channel,
                     cost_of(effect.channel), effect.key});
}

void OfTotals::see(Instant at, const audit::Acted& acted) {
  if (acted.suppressed || acted.action != "ad") return;
  const Decimal cost = Decimal::from_int(ad_costs);
  check_money(acted.pass, "", cost, at, false);
  filled_.push_back({at, acted.pass.contact, "", acted.pass.workflow, "", cost, acted.key});
}

/// What is said to be over a limit is.
void OfTotals::see(Instant at, const audit::Guarded& guarded) {
  const Says& says = known_.says();
  const bool call = guarded.step.find("do ") != std::string::npos;
  const std::string channel = guarded.step.find("send ping") != std::string::npos ? "sms" : "email";
  const auto named = [&](const CapSays& cap) { return cap.name == guarded.rule; };
  const auto over = [&](const CapSays& cap, bool own) {
    const Decimal cost = call ? Decimal::from_int(ad_costs) : cost_of(channel);
    return cap.amount < sum(money(cap, guarded.pass, own, at, Sure::perhaps), cost);
  };
  bool fires = true;
  if (const auto cap = std::find_if(says.caps.begin(), says.caps.end(), named); cap != says.caps.end()) {
    fires = messages(*cap, at, Sure::perhaps) >= cap->count;
  } else if (const auto spend = std::find_if(says.spends.begin(), says.spends.end(), named);
             spend != says.spends.end()) {
    // Of what does not go out each kind counts its own, which is not looked at here.
    if (spend->each && known_.mode(guarded.pass) != audit::Mode::live) return;
    fires = over(*spend, false);
  } else if (const auto budget = says.budgets.find(guarded.pass.workflow);
             budget != says.budgets.end() && named(budget->second)) {
    fires = over(budget->second, true);
  } else {
    return;
  }
  // Only what goes out counts, and is counted.
  const bool owed = guarded.step.find("send receipt") != std::string::npos;
  const audit::Mode mode = known_.mode(guarded.pass);
  if (!fires || mode == audit::Mode::shadow || (mode == audit::Mode::held_out && !owed))
    known_.wrong("{}, {}: {} is said to be reached, and is not", name(guarded.pass), guarded.step, guarded.rule);
}

}  // namespace fairlead::simulation
