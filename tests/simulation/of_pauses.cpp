#include "tests/simulation/of_pauses.hpp"

#include <algorithm>

namespace fairlead::simulation {

void OfPauses::see(Instant at, const audit::Paused& paused) {
  if (!paused_.insert(paused.workflow).second) known_.wrong("{} is paused twice", paused.workflow);
  if (!paused.by.empty()) return;
  const auto says = known_.says().pausing.find(paused.workflow);
  if (says == known_.says().pausing.end() || !too_much(paused.workflow, says->second, at))
    known_.wrong("{} pauses by itself at {}, and nothing is too much", paused.workflow, to_string(at));
}

void OfPauses::see(Instant, const audit::Resumed& resumed) {
  if (paused_.erase(resumed.workflow) == 0) known_.wrong("{} is resumed, and was not paused", resumed.workflow);
  rates_.erase(resumed.workflow);
}

void OfPauses::see(Instant at, const audit::EventTaken& taken) {
  for (const auto& [workflow, says] : known_.says().pausing) {
    if (taken.type != says.of && taken.type != says.per) continue;
    // It is the workflow's where the contact is in it, or was within the time that is looked at.
    const Duration window = says.window;
    const bool is_its = std::any_of(known_.passes.begin(), known_.passes.end(), [&, &flow = workflow](const auto& one) {
      const auto& [pass, state] = one;
      return pass.contact == taken.contact && pass.workflow == flow && (state.open || at - window < state.left);
    });
    if (!is_its) continue;
    rates_[workflow].push_back({taken.at, taken.type == says.of, taken.type == says.per});
    rated_.insert(workflow);
  }
}

void OfPauses::see(Instant at, const audit::Effect& effect) {
  goes_on(effect.pass, "a message");
  const auto says = known_.says().pausing.find(effect.pass.workflow);
  if (effect.suppressed || says == known_.says().pausing.end() || says->second.per != "sent") return;
  rates_[effect.pass.workflow].push_back({at, false, true});
  rated_.insert(effect.pass.workflow);
}

void OfPauses::see(Instant, const audit::Entered& entered) {
  if (paused_.contains(entered.pass.workflow)) known_.wrong("{} begins, and it is paused", name(entered.pass));
}

void OfPauses::see(Instant, const audit::KeptOut& kept) {
  if (kept.reason == "it is paused" && !paused_.contains(kept.workflow))
    known_.wrong("somebody is kept out of {}, and it is not paused", kept.workflow);
}

void OfPauses::goes_on(const audit::Pass& pass, const char* what) {
  if (paused_.contains(pass.workflow) && !woken_.contains(pass))
    known_.wrong("batch {}: {} of {}, and it is paused", known_.seq, what, name(pass));
}

bool OfPauses::too_much(const std::string& workflow, const PausingSays& says, Instant now) const {
  const auto happened = rates_.find(workflow);
  if (happened == rates_.end()) return false;
  std::int64_t of = 0, per = 0;
  for (const Happened& one : happened->second) {
    if (!(now - says.window < one.at) || now < one.at) continue;
    of += one.of ? 1 : 0;
    per += one.per ? 1 : 0;
  }
  return of * 100 > std::max<std::int64_t>(per, of > 0 ? 1 : 0) * says.percent && of > 0;
}

void OfPauses::batch_over() {
  for (const std::string& workflow : rated_) {
    const auto says = known_.says().pausing.find(workflow);
    if (says != known_.says().pausing.end() && !paused_.contains(workflow) &&
        too_much(workflow, says->second, known_.record_at))
      known_.wrong("batch {}: {} was to pause by itself, and goes on", known_.seq, workflow);
  }
  rated_.clear();
  woken_.clear();
}

void OfPauses::handed(const Delivered& message, const Act& act) {
  if (message.out && paused_.contains(act.pass.workflow))
    known_.wrong("{}, {}: handed over, and its workflow is paused", name(act.pass), act.step);
}

}  // namespace fairlead::simulation
