// `assign`: a contact goes to a colleague, who hears of it through the outbox as a call would. Who works in a team is
// as the newest version has it; who of them takes the contact is settled at the act, and the audit keeps it.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using Json = nlohmann::ordered_json;

Result<Index> Turn::assignee(const Version& staff, const bytecode::Team& team, const Step& step) {
  const Result<vm::World> world = this->world(staff, nullptr);
  if (!world) return tl::unexpected(world.error());
  // A condition that fails lets nobody in, as a guard that fails denies.
  return engine_.assignments().pick(team, step.by, now_, staff.zone, [&](const bytecode::Member& member) {
    return holds(staff, member.when, *world).value_or(false);
  });
}

Instant Turn::goal_until(const Instance& instance) const {
  const auto watch = std::find_if(cell_->watches.begin(), cell_->watches.end(), [&](const Watch& w) {
    return w.workflow == instance.workflow && w.serial == instance.serial;
  });
  return watch == cell_->watches.end() ? Instant{} : watch->until;
}

Result<void> Turn::assign(const Version& version, Instance& instance, const Step& step) {
  const audit::Pass who = pass(version, instance);
  const std::string& name = version.module.teams[step.team].name;
  const std::string key = effect_key(version, instance, step);
  const std::string by(to_string(step.by));
  const auto impossible = [&](std::string why) {
    engine_.say(now_, audit::Guarded{who, step.key, "", audit::Guarded::Action::impossible, {}, std::move(why)});
    return Result<void>();
  };
  const Result<Json> effect = rendered(version, instance, step);
  if (!effect && of_store(effect.error())) return tl::unexpected(effect.error());
  if (!effect) return impossible(describe(effect.error()));
  const Approval approval = take_approval(instance, step, *effect);
  if (approval == Approval::lapsed) {
    engine_.say(now_, audit::Guarded{who, step.key, "", audit::Guarded::Action::skipped, {}, lapsed_approval});
    return {};
  }
  // Nobody's turn is taken, and nobody's load grows, for a contact that no colleague will hear of.
  if (instance.mode != Mode::live) {
    engine_.say(now_, audit::Assigned{who, step.key, key, name, by, "", {}, true});
    return {};
  }
  const Version& newest = engine_.deployments().newest();
  const auto in = [&](const Version& v) {
    return std::find_if(v.module.teams.begin(), v.module.teams.end(),
                        [&](const bytecode::Team& team) { return team.name == name; });
  };
  const Version& staff = in(newest) == newest.module.teams.end() ? version : newest;
  const bytecode::Team& team = *in(staff);
  const Result<Index> member = assignee(staff, team, step);
  if (!member) return tl::unexpected(member.error());
  if (*member == none) return impossible(fmt::format("nobody of the team {} can take the contact", name));
  const std::string& address = team.members[*member].address;
  Json line;
  for (const auto& [part, value] : effect->items()) {
    if (part == "contact") line["to"] = address;
    line[part] = value;
  }
  Origin origin{instance.workflow, instance.serial, version.number, "", "", now_, "assign to " + name, ""};
  if (approval == Approval::holds) origin.rules = view(rules_hash(engine_.deployments(), instance.workflow));
  engine_.out().fill.push_back({key, contact_, "", payload(version, instance, key, line), encode(origin),
                                cell_->revision, now_, now_, store::OutboxState::ready, 0});
  engine_.say(now_, audit::Assigned{who, step.key, key, name, by, address, goal_until(instance), false});
  return {};
}

}  // namespace fairlead::engine
