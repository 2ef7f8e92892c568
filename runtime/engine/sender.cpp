// What the sender knows of a message, and how it asks the rules.
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
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "a row of the outbox cannot be read");
  return out;
}

Judged judge_send(Engine& engine, Turn& turn, const Cell& cell, const Version& pinned, const Sending& sending,
                  guard::Ask ask) {
  const auto has = [&](const Version& v) {
    return v.workflows.contains(sending.workflow) && v.contents.contains(name_id(sending.content)) &&
           v.channels.contains(name_id(sending.channel));
  };
  const Version& newest = engine.deployments().newest();
  const Version& version = has(newest) ? newest : pinned;
  Judged out;
  if (!has(version)) {
    out.kind = guard::Verdict::Kind::skip;
    out.detail = "no version knows this message any more";
    return out;
  }
  const Result<vm::World> world = turn.world(version, nullptr);
  if (!world) {
    out.fault = describe(world.error());
    return out;
  }
  guard::Site site;
  site.workflow = version.workflows.at(sending.workflow);
  site.content = version.contents.at(name_id(sending.content));
  site.channel = version.channels.at(name_id(sending.channel));
  site.counted = cell.counted;
  site.held = sending.held;
  site.held_out = sending.held_out;
  site.project_zone = &version.zone;
  std::vector<Index> asked;
  const guard::Verdict verdict =
      guard::judge(*version.program, version.module.workflows[site.workflow].rules, site, *world, ask, asked);
  for (const Index rule : asked) engine.asked(version.module.rules[rule].name);
  out.kind = verdict.kind;
  out.until = verdict.until;
  out.detail = verdict.detail;
  if (verdict.rule != bytecode::none) out.rule = version.module.rules[verdict.rule].name;
  return out;
}

}  // namespace fairlead::engine
