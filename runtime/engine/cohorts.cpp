// Passes by the day on which they began.
#include "runtime/engine/cohorts.hpp"

namespace fairlead::engine {

Cohorts::Key Cohorts::key_of(const audit::Pass& pass) {
  return {pass.workflow, pass.contact.part, pass.contact.id};
}

void Cohorts::began(const audit::Pass& pass, std::size_t group, Instant at) {
  const std::int64_t day = at.ms / days(1).ms;
  if (pass.serial != 1 || group >= groups_ || !open_.try_emplace(key_of(pass), Open{day, group}).second) return;
  std::vector<learn::Proportion>& of_day = days_[day];
  of_day.resize(groups_);
  ++of_day[group].rows;
}

void Cohorts::reached(const audit::Pass& pass) {
  const auto open = open_.find(key_of(pass));
  if (open == open_.end() || pass.serial != 1) return;
  ++days_[open->second.day][open->second.group].successes;
  open_.erase(open);
}

void Cohorts::over(const audit::Pass& pass) {
  if (pass.serial == 1) open_.erase(key_of(pass));
}

std::vector<learn::Proportion> Cohorts::counted(Instant now, Duration within) const {
  std::vector<learn::Proportion> out(groups_);
  for (const auto& [day, of_day] : days_) {
    if (now.ms - within.ms < (day + 1) * days(1).ms) break;
    for (std::size_t g = 0; g < groups_; ++g) {
      out[g].rows += of_day[g].rows;
      out[g].successes += of_day[g].successes;
    }
  }
  return out;
}

std::vector<std::uint64_t> Cohorts::sizes() const {
  std::vector<std::uint64_t> out(groups_);
  for (const auto& [day, of_day] : days_) {
    for (std::size_t g = 0; g < groups_; ++g) out[g] += of_day[g].rows;
  }
  return out;
}

void Cohorts::save(ByteWriter& out) const {
  out.varint(groups_);
  out.varint(days_.size());
  for (const auto& [day, of_day] : days_) {
    out.signed_varint(day);
    for (const learn::Proportion& group : of_day) {
      out.varint(group.successes);
      out.varint(group.rows);
    }
  }
  out.varint(open_.size());
  for (const auto& [key, open] : open_) {
    const auto& [workflow, part, id] = key;
    out.bytes(workflow);
    out.varint(part);
    out.varint(id);
    out.signed_varint(open.day);
    out.varint(open.group);
  }
}

void Cohorts::load(ByteReader& in) {
  *this = Cohorts(in.varint());
  // Damaged bytes must not ask for more memory than they are.
  if (groups_ > in.left()) return in.fail();
  const std::uint64_t days = in.varint();
  for (std::uint64_t i = 0; i < days && in.ok(); ++i) {
    std::vector<learn::Proportion>& of_day = days_[in.signed_varint()];
    of_day.resize(groups_);
    for (learn::Proportion& group : of_day) {
      group.successes = in.varint();
      group.rows = in.varint();
    }
  }
  const std::uint64_t open = in.varint();
  for (std::uint64_t i = 0; i < open && in.ok(); ++i) {
    audit::Pass pass;
    pass.workflow = in.bytes();
    pass.contact.part = static_cast<std::uint16_t>(in.varint());
    pass.contact.id = in.varint();
    Open& one = open_[key_of(pass)];
    one.day = in.signed_varint();
    one.group = in.varint();
    if (one.group >= groups_ || !days_.contains(one.day)) return in.fail();
  }
}

}  // namespace fairlead::engine
