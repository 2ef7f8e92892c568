#include "tests/simulation/of_passes.hpp"

#include <algorithm>

namespace fairlead::simulation {

namespace {

/// Of a reason for leaving: whether what was filled and not handed over stays here.
bool is_early(const std::string& reason) {
  return reason.starts_with("on ") || reason == "when" || reason.starts_with("cancelled by") || reason == "forgotten" ||
         reason.starts_with("deployed version ");
}

}  // namespace

void OfPasses::see(Instant at, const audit::Entered& entered) {
  for (const auto& [pass, state] : known_.passes) {
    if (pass.contact != entered.pass.contact || pass.workflow != entered.pass.workflow) continue;
    if (state.open) known_.wrong("{} begins while {} goes on", name(entered.pass), name(pass));
    if (pass.serial >= entered.pass.serial) known_.wrong("{} begins after {}", name(entered.pass), name(pass));
  }
  if (entered.version != known_.version) known_.wrong("{} begins in a version of before", name(entered.pass));
  PassState state;
  state.mode = entered.mode;
  state.entered = at;
  state.version = entered.version;
  known_.passes[entered.pass] = state;
}

void OfPasses::see(Instant at, const audit::EntryCounted& counted) {
  const auto quota = known_.seen.quotas.find(counted.pass.workflow);
  if (quota == known_.seen.quotas.end()) return known_.wrong("{} counts, and nothing limits it", name(counted.pass));
  std::vector<Instant>& before = counted_[counted.pass.workflow];
  std::erase_if(before, [at](Instant t) { return !(at - days(2) < t); });
  before.push_back(at);
  if (before.size() > quota->second)
    known_.wrong("{} enters, and {} may in two days", name(counted.pass), quota->second);
}

void OfPasses::see(Instant at, const audit::Left& left) {
  PassState* state = known_.going_on(left.pass, "the end");
  if (state == nullptr) return;
  state->open = false;
  state->early = is_early(left.reason);
  state->left_seq = known_.seq;
  state->left = at;
}

void OfPasses::end() {
  std::set<audit::Pass, Before> open;
  for (const auto& [pass, state] : known_.passes) {
    if (state.open) open.insert(pass);
  }
  for (const auto& [contact, cell] : known_.seen.cells) {
    for (const engine::Instance& instance : cell.instances) {
      const auto at = std::find_if(open.begin(), open.end(), [&](const audit::Pass& pass) {
        return pass.contact == contact && name_id(pass.workflow) == instance.workflow && pass.serial == instance.serial;
      });
      if (at == open.end()) {
        known_.wrong("{}-{} has a pass that the audit does not know", contact.part, contact.id);
        continue;
      }
      const PassState& state = known_.passes.at(*at);
      if (instance.version != state.version)
        known_.wrong("{} follows version {}, and the audit says {}", name(*at), instance.version, state.version);
      if (instance.step != name_id(state.step)) known_.wrong("{} does not stand at `{}`", name(*at), state.step);
      const auto follows = known_.versions.find(state.version);
      if (follows != known_.versions.end() && !follows->second->steps.contains(state.step))
        known_.wrong("{} stands at `{}`, which version {} does not have", name(*at), state.step, state.version);
      if (!instance.wake) known_.wrong("{} stands still for ever", name(*at));
      if (instance.wake && known_.seen.over && !known_.seen.backed_up && !paused_.contains(at->workflow) &&
          !(known_.last < *instance.wake))
        known_.wrong("{} was due and did not move", name(*at));
      open.erase(at);
    }
  }
  for (const audit::Pass& pass : open) known_.wrong("{} is lost: it goes on, and is in no cell", name(pass));
}

}  // namespace fairlead::simulation
