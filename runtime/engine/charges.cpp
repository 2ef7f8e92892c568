// What counts toward limits over all contacts.
#include "runtime/engine/charges.hpp"

#include <utility>

#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

void Charges::apply(Instant at, const audit::Entry& entry, const Deployments& deployments) {
  if (const auto* effect = std::get_if<audit::Effect>(&entry)) {
    const std::optional<audit::Charged> said = std::exchange(said_, std::nullopt);
    if (effect->suppressed) return;
    const Charge charge = said ? Charge{said->channel.empty() ? 0 : name_id(said->channel), said->cost}
                               : usual(name_id(effect->content), name_id(effect->channel));
    caps_.charge(at, name_id(effect->pass.workflow), charge.channel,
                 planted(Bug::charge_of_calls_only) ? Decimal() : charge.cost);
  } else if (const auto* acted = std::get_if<audit::Acted>(&entry)) {
    const std::optional<audit::Charged> said = std::exchange(said_, std::nullopt);
    if (said && !acted->suppressed) caps_.charge(at, name_id(acted->pass.workflow), 0, said->cost);
  } else if (const auto* charged = std::get_if<audit::Charged>(&entry)) {
    said_ = *charged;
  } else if (const auto* released = std::get_if<audit::Released>(&entry)) {
    caps_.release(released->at, name_id(released->workflow), released->cost);
    if (planted(Bug::charge_released_twice)) caps_.release(released->at, name_id(released->workflow), released->cost);
  } else if (const auto* deployed = std::get_if<audit::Deployed>(&entry)) {
    if (const Version* version = deployments.find(deployed->version)) in_force(*version);
    if (planted(Bug::cap_from_deployment)) caps_ = {};
  }
}

Charge Charges::usual(std::uint32_t content, std::uint32_t channel) const {
  const auto cost = costs_.find(channel);
  return {transactional_.contains(content) ? 0 : channel, cost == costs_.end() ? Decimal() : cost->second};
}

void Charges::in_force(const Version& version) {
  version_ = version.number;
  for (Index i = 0; i < version.module.channels.size(); ++i)
    costs_[version.channel_ids[i]] = version.module.channels[i].cost;
  for (Index i = 0; i < version.module.contents.size(); ++i) {
    if (version.module.contents[i].transactional) {
      transactional_.insert(version.content_ids[i]);
    } else {
      transactional_.erase(version.content_ids[i]);
    }
  }
}

std::string Charges::save() const {
  ByteWriter out;
  out.varint(version_);
  out.bytes(caps_.save());
  return out.take();
}

Result<void> Charges::load(std::string_view bytes, const Deployments& deployments) {
  ByteReader in(bytes);
  const std::uint64_t version = in.varint();
  if (const Result<void> loaded = caps_.load(in.bytes()); !loaded) return loaded;
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "what counts toward limits cannot be read");
  for (const auto& each : deployments.all()) {
    if (each->number <= version) in_force(*each);
  }
  return {};
}

}  // namespace fairlead::engine
