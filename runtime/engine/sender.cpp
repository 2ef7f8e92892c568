// What the sender knows of a message or a call, and how it asks the rules.
#include "runtime/engine/sender.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::engine {

std::string encode(const Origin& origin) {
  ByteWriter out;
  out.u32(origin.workflow);
  out.varint(origin.serial);
  out.varint(origin.version);
  out.bytes(origin.content);
  out.bytes(origin.channel);
  out.signed_varint(origin.since.ms);
  out.bytes(origin.action);
  out.bytes(origin.rules);
  if (origin.cost.units() != 0 || !origin.granted.empty()) out.int128(origin.cost.units());
  for (const std::string& role : origin.granted) out.bytes(role);
  return out.take();
}

Result<Origin> decode_origin(std::string_view bytes) {
  ByteReader in(bytes);
  Origin out;
  out.workflow = in.u32();
  out.serial = in.varint();
  out.version = static_cast<std::uint32_t>(in.varint());
  out.content = in.bytes();
  out.channel = in.bytes();
  out.since.ms = in.signed_varint();
  out.action = in.bytes();
  out.rules = in.bytes();
  if (!in.at_end()) out.cost = Decimal::from_units(in.int128());
  while (in.ok() && !in.at_end()) out.granted.emplace_back(in.bytes());
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "a row of the outbox cannot be read");
  return out;
}

bool of_store(const Fault& fault) {
  switch (fault.code) {
    case FaultCode::store_open:
    case FaultCode::store_locked:
    case FaultCode::store_full:
    case FaultCode::store_failed:
    case FaultCode::store_fenced: return true;
    default: return false;
  }
}

namespace {

bool over_budget(const Engine& engine, const Version& version, const Sending& sending, Instant now) {
  if (sending.side != guard::Side::out || !(Decimal() < sending.cost)) return false;
  const auto& budget = version.module.workflows[version.workflows.at(sending.workflow)].head.budget;
  return budget &&
         guard::over_budget(*budget, sending.workflow, sending.cost, engine.charges().caps(), now, version.zone);
}

Index action_of(const Version& version, const std::string& name) {
  const std::vector<bytecode::Action>& actions = version.module.actions;
  const auto at = std::find_if(actions.begin(), actions.end(), [&](const auto& action) { return action.name == name; });
  return at == actions.end() ? bytecode::none : static_cast<Index>(at - actions.begin());
}

/// Whether a version's rules can be asked of what goes out. A call's arguments are as `pinned` has them.
bool has(const Version& version, const Version& pinned, const Sending& sending) {
  if (!version.workflows.contains(sending.workflow)) return false;
  if (sending.action.empty())
    return version.contents.contains(name_id(sending.content)) && version.channels.contains(name_id(sending.channel));
  const Index here = action_of(version, sending.action);
  const Index there = action_of(pinned, sending.action);
  return here != bytecode::none && there != bytecode::none &&
         version.module.actions[here].parameters == pinned.module.actions[there].parameters;
}

/// What goes out, and what is known of it, as the guards see it.
guard::Site site_of(const Engine& engine, const Version& version, const Sending& sending) {
  guard::Site out;
  out.workflow = version.workflows.at(sending.workflow);
  out.held = sending.held;
  out.side = sending.side;
  out.project_zone = &version.zone;
  out.caps = &engine.charges().caps();
  out.cost = sending.cost;
  out.arguments = sending.arguments;
  out.amount = sending.amount;
  out.granted = sending.granted;
  if (!sending.action.empty()) {
    out.action = action_of(version, sending.action);
  } else {
    out.content = version.contents.at(name_id(sending.content));
    out.channel = version.channels.at(name_id(sending.channel));
  }
  return out;
}

/// A verdict in the words of its version; that the rules were asked is counted.
Judged judged_of(Engine& engine, const Version& version, const guard::Verdict& verdict, Index workflow,
                 const std::vector<Index>& asked) {
  for (const Index rule : asked) engine.asked(version.module.rules[rule].name);
  Judged out{verdict.kind, "", verdict.detail, verdict.until, "", {}, "", {}};
  for (const Index rule : verdict.waived) {
    const bytecode::Waiver& waiver = *version.module.workflows[workflow].head.signed_waiver(rule);
    out.let_pass.push_back({version.module.rules[rule].name, waiver.signed_by, guard::runs_out(waiver, version.zone)});
  }
  if (verdict.rule == bytecode::none) return out;
  const bytecode::Rule& rule = version.module.rules[verdict.rule];
  out.rule = rule.name;
  out.role = rule.hold_for;
  out.up_to = rule.up_to;
  return out;
}

Judged without_budget(const Version& version, const Sending& sending) {
  Judged out;
  out.kind = guard::Verdict::Kind::skip;
  out.rule = version.module.workflows[version.workflows.at(sending.workflow)].name + ".budget";
  return out;
}

}  // namespace

audit::Guarded entry_of(const LetPass& let_pass, audit::Pass pass, std::string step) {
  return {std::move(pass), std::move(step),           let_pass.rule, audit::Guarded::Action::waived,
          let_pass.until,  "signed by " + let_pass.by};
}

Judged judge(Engine& engine, Turn& turn, const Cell& cell, const Version& pinned, const Sending& sending,
             guard::Ask ask) {
  const Version& newest = engine.deployments().newest();
  const Version& version = has(newest, pinned, sending) ? newest : pinned;
  Judged out;
  if (!has(version, pinned, sending)) {
    out.kind = guard::Verdict::Kind::skip;
    out.detail = fmt::format("no version knows this {} any more", sending.action.empty() ? "message" : "call");
    return out;
  }
  Result<vm::World> world = turn.world(version, nullptr);
  if (!world) {
    out.fault = describe(world.error());
    return out;
  }
  guard::Site site = site_of(engine, version, sending);
  site.counted = cell.counted;
  site.spent = cell.spent;
  std::vector<Index> asked;
  const guard::Verdict verdict =
      guard::judge(*version.program, version.module.workflows[site.workflow].rules, site, *world, ask, asked);
  out = judged_of(engine, version, verdict, site.workflow, asked);
  // Money is set aside before the act: at hand-over it was already.
  if (ask == guard::Ask::all && over_budget(engine, version, sending, world->now) &&
      out.kind < guard::Verdict::Kind::skip)
    return without_budget(version, sending);
  return out;
}

}  // namespace fairlead::engine
