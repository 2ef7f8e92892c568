#include "tests/simulation/of_versions.hpp"

#include <algorithm>

namespace fairlead::simulation {

using audit::InFlight;

bool OfVersions::differs(const std::string& workflow, std::uint32_t a, std::uint32_t b) const {
  const auto text = [&](std::uint32_t version) {
    const auto at = known_.versions.find(version);
    return at == known_.versions.end() ? std::string() : at->second->flows.at(workflow);
  };
  return text(a) != text(b);
}

std::size_t OfVersions::behind() const {
  return static_cast<std::size_t>(std::count_if(known_.passes.begin(), known_.passes.end(), [&](const auto& one) {
    return one.second.open && differs(one.first.workflow, one.second.version, known_.version);
  }));
}

void OfVersions::see(Instant, const audit::Deployed& deployed) {
  const auto says = known_.seen.versions.find(deployed.fingerprint);
  if (says == known_.seen.versions.end() || deployed.version != known_.version + 1)
    return known_.wrong("version {} was never deployed", deployed.version);
  known_.version = deployed.version;
  known_.versions[deployed.version] = &says->second;
}

void OfVersions::see(Instant, const audit::Moved& moved) {
  PassState* state = known_.going_on(moved.pass, "a move");
  if (state == nullptr) return;
  if (state->version != moved.from)
    known_.wrong("{} is moved from version {}, and follows {}", name(moved.pass), moved.from, state->version);
  if (!differs(moved.pass.workflow, moved.from, moved.to))
    known_.wrong("{} is moved, and nothing has changed for it", name(moved.pass));
  state->version = moved.to;
  if (!moved_.emplace(moved.pass, moved).second) known_.wrong("{} is moved twice at once", name(moved.pass));
}

void OfVersions::see(Instant, const audit::Left& left) {
  untouched_.erase(left.pass);
  if (!left.reason.starts_with("deployed version ")) return;
  ++ended_;
  const auto pass = known_.passes.find(left.pass);
  if (pass == known_.passes.end() || !differs(left.pass.workflow, pass->second.version, known_.version))
    known_.wrong("{} ends with a deployment that changes nothing for it", name(left.pass));
}

void OfVersions::see(Instant, const audit::Rolled& rolled) {
  if (rolled.version != known_.version) known_.wrong("version {} is rolled, and another is in force", rolled.version);
  if (rolled.by.starts_with("d") && !said_by_.insert(rolled.by).second)
    known_.wrong("{} said so once, and it was done twice", rolled.by);
  if (rolled.moved != moved_.size())
    known_.wrong("version {}: {} are moved, and {} is said", rolled.version, moved_.size(), rolled.moved);
  if (rolled.undoes != 0) {
    check_undo(rolled);
  } else {
    if (rolled.how != InFlight::move && !moved_.empty())
      known_.wrong("version {} moves people, and nobody wanted it", rolled.version);
    if (rolled.left != ended_ || (rolled.how != InFlight::leave && ended_ > 0))
      known_.wrong("version {} ends {} passes, and {} is said", rolled.version, ended_, rolled.left);
    if (rolled.stayed != behind())
      known_.wrong("version {}: {} stay behind, and {} is said", rolled.version, behind(), rolled.stayed);
    for (const auto& [pass, moved] : moved_) {
      if (moved.to != rolled.version) known_.wrong("{} is moved to version {}", name(pass), moved.to);
    }
  }
  untouched_ = std::move(moved_);
  moved_.clear();
  asked_.clear();
  ended_ = 0;
  last_ = rolled.version;
}

/// Who has taken no step since the deployment that is taken back goes back, and nobody else does.
void OfVersions::check_undo(const audit::Rolled& rolled) {
  if (rolled.undoes != last_ || ended_ > 0)
    known_.wrong("version {} takes {} back, and {} was the last", rolled.version, rolled.undoes, last_);
  for (const auto& [pass, moved] : moved_) {
    const auto before = untouched_.find(pass);
    if (before == untouched_.end()) {
      known_.wrong("{} goes back, and has gone on since", name(pass));
    } else if (before->second.from != moved.to || before->second.to != moved.from) {
      known_.wrong("{} goes back to version {}, and came from {}", name(pass), moved.to, before->second.from);
    }
  }
  for (const auto& [pass, moved] : untouched_) {
    // What came for it while its workflow was paused is a step that it has taken half; so is what waits for a word.
    if (!moved_.contains(pass) && !paused_.contains(pass.workflow) && !asked_.contains(pass))
      known_.wrong("{} has taken no step since it was moved, and does not go back", name(pass));
  }
}

void OfVersions::batch_over() {
  for (const auto& [pass, moved] : moved_) known_.wrong("{} is moved, and no deployment says so", name(pass));
  if (ended_ > 0) known_.wrong("{} passes end, and no deployment says so", ended_);
  moved_.clear();
  ended_ = 0;
}

}  // namespace fairlead::simulation
