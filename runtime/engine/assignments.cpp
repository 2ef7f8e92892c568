// To whom contacts were assigned, and who takes the next one.
#include "runtime/engine/assignments.hpp"

#include <algorithm>

#include "runtime/guard/guard.hpp"

namespace fairlead::engine {

using bytecode::AssignBy;
using bytecode::Index;
using bytecode::Member;
using bytecode::none;
using bytecode::Period;

Assignments::Pass Assignments::pass_of(const audit::Pass& pass) {
  return {pass.contact, name_id(pass.workflow), pass.serial};
}

bool Assignments::full(const std::string& team, const Member& member, Instant now, const Zone& zone) const {
  const auto known = taken_.find({team, member.address});
  if (known == taken_.end()) return false;
  const std::vector<Instant>& at = known->second;
  // A window is (t - w, t], a calendar period has its first instant too.
  const auto first = member.per == Period::window
                         ? std::upper_bound(at.begin(), at.end(), now - member.within)
                         : std::lower_bound(at.begin(), at.end(), guard::calendar_period(member.per, now, zone).first);
  return at.end() - first >= static_cast<std::ptrdiff_t>(member.capacity);
}

std::uint64_t Assignments::open(const std::string& address) const {
  const auto at = load_.find(address);
  return at == load_.end() ? 0 : at->second;
}

Index Assignments::pick(const bytecode::Team& team, AssignBy by, Instant now, const Zone& zone,
                        const Takes& takes) const {
  const std::size_t size = team.members.size();
  // Who comes after the last one; where that one is not in the team any more, it begins with the first.
  std::size_t from = 0;
  if (const auto last = last_.find(team.name); by == AssignBy::round_robin && last != last_.end()) {
    const auto at = std::find_if(team.members.begin(), team.members.end(),
                                 [&](const Member& member) { return member.address == last->second; });
    if (at != team.members.end()) from = static_cast<std::size_t>(at - team.members.begin()) + 1;
  }
  Index best = none;
  for (std::size_t i = 0; i < size; ++i) {
    const auto index = static_cast<Index>((from + i) % size);
    const Member& member = team.members[index];
    if (best != none && !(open(member.address) < open(team.members[best].address))) continue;
    if (full(team.name, member, now, zone) || !takes(member)) continue;
    best = index;
    if (by == AssignBy::round_robin) break;
  }
  return best;
}

void Assignments::begin(const std::string& key, Open open) {
  ++load_[open.address];
  of_pass_.emplace(open.pass, key);
  if (open.left) expiring_.emplace(open.until, key);
  open_.insert_or_assign(key, std::move(open));
}

void Assignments::end(const std::string& key) {
  const auto at = open_.find(key);
  if (at == open_.end()) return;
  if (const auto load = load_.find(at->second.address); load != load_.end() && --load->second == 0) load_.erase(load);
  of_pass_.erase({at->second.pass, key});
  expiring_.erase({at->second.until, key});
  open_.erase(at);
}

void Assignments::expire(Instant now) {
  while (!expiring_.empty() && expiring_.begin()->first < now) end(std::string(expiring_.begin()->second));
}

std::vector<std::string> Assignments::keys_of(const audit::Pass& pass) const {
  std::vector<std::string> out;
  const Pass of = pass_of(pass);
  for (auto at = of_pass_.lower_bound({of, ""}); at != of_pass_.end() && at->first == of; ++at)
    out.push_back(at->second);
  return out;
}

void Assignments::apply(Instant at, const audit::Entry& entry) {
  expire(at);
  if (const auto* assigned = std::get_if<audit::Assigned>(&entry)) {
    if (assigned->suppressed || open_.contains(assigned->key)) return;
    if (assigned->by == to_string(AssignBy::round_robin)) last_[assigned->team] = assigned->assignee;
    std::vector<Instant>& taken = taken_[{assigned->team, assigned->assignee}];
    std::erase_if(taken, [at](Instant t) { return t < at - longest_capacity; });
    taken.insert(std::upper_bound(taken.begin(), taken.end(), at), at);
    begin(assigned->key, {pass_of(assigned->pass), assigned->assignee, assigned->until});
  } else if (const auto* left = std::get_if<audit::Left>(&entry)) {
    for (const std::string& key : keys_of(left->pass)) {
      Open& open = open_.at(key);
      open.left = true;
      expiring_.emplace(open.until, key);
    }
    expire(at);
  } else if (const auto* reached = std::get_if<audit::Reached>(&entry)) {
    for (const std::string& key : keys_of(reached->pass)) {
      Open& open = open_.at(key);
      expiring_.erase({open.until, key});
      open.until = {};
      if (open.left) end(key);
    }
  } else if (const auto* handed = std::get_if<audit::ActionHanded>(&entry)) {
    // Nobody was told of what did not go out.
    if (handed->result == audit::Handed::Result::withheld) end(handed->key);
  }
}

std::string Assignments::save() const {
  ByteWriter out;
  out.varint(last_.size());
  for (const auto& [team, address] : last_) {
    out.bytes(team);
    out.bytes(address);
  }
  out.varint(taken_.size());
  for (const auto& [who, at] : taken_) {
    out.bytes(who.first);
    out.bytes(who.second);
    out.varint(at.size());
    for (const Instant t : at) out.signed_varint(t.ms);
  }
  out.varint(open_.size());
  for (const auto& [key, open] : open_) {
    out.bytes(key);
    out.varint(open.pass.contact.part);
    out.varint(open.pass.contact.id);
    out.u32(open.pass.workflow);
    out.varint(open.pass.serial);
    out.bytes(open.address);
    out.signed_varint(open.until.ms);
    out.u8(open.left ? 1 : 0);
  }
  return out.take();
}

Result<void> Assignments::load(std::string_view bytes) {
  ByteReader in(bytes);
  const auto text = [&in] { return std::string(in.bytes()); };
  const auto table = [&in](const auto& one) {
    const std::uint64_t n = in.varint();
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) one();
  };
  table([&] {
    const std::string team = text();
    last_[team] = text();
  });
  table([&] {
    std::string team = text();
    std::vector<Instant>& at = taken_[{std::move(team), text()}];
    table([&] { at.push_back({in.signed_varint()}); });
  });
  table([&] {
    const std::string key = text();
    if (open_.contains(key)) return in.fail();
    Open open;
    open.pass.contact.part = static_cast<std::uint16_t>(in.varint());
    open.pass.contact.id = in.varint();
    open.pass.workflow = in.u32();
    open.pass.serial = in.varint();
    open.address = text();
    open.until.ms = in.signed_varint();
    open.left = in.u8() != 0;
    begin(key, std::move(open));
  });
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "who was assigned to whom cannot be read");
  return {};
}

}  // namespace fairlead::engine
