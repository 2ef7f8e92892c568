#include "tests/simulation/judging.hpp"

#include <algorithm>
#include <map>

namespace fairlead::simulation {

using engine::testing::RuleSays;

const Zone& zone_named(const std::string& zone_name) {
  static std::map<std::string, Zone> zones;
  const auto known = zones.find(zone_name);
  if (known != zones.end()) return known->second;
  return zones.emplace(zone_name, Zone::load(zone_name).value()).first->second;
}

namespace {

bool quiet_at(const RuleSays& rule, std::int32_t second) {
  if (rule.from < rule.to) return rule.from.second <= second && second < rule.to.second;
  return rule.from.second <= second || second < rule.to.second;
}

const Zone& zone(const Values& values) {
  return zone_named(values.zone.empty() ? "America/New_York" : values.zone);
}

bool quiet(const RuleSays& rule, const Values& values, Instant at) {
  if (!values.zone.empty()) return quiet_at(rule, zone_named(values.zone).civil(at).time.second);
  static std::map<std::string, std::vector<std::string>> zones;
  auto known = zones.find(values.country);
  if (known == zones.end()) known = zones.emplace(values.country, zones_of_country(values.country)).first;
  if (known->second.empty()) return quiet_at(rule, zone(values).civil(at).time.second);
  return std::any_of(known->second.begin(), known->second.end(),
                     [&](const std::string& one) { return quiet_at(rule, zone_named(one).civil(at).time.second); });
}

}  // namespace

bool same_period(const std::string& period, Instant a, Instant b, const Zone& clock) {
  const std::int32_t day_a = clock.civil(a).date.day, day_b = clock.civil(b).date.day;
  if (period == "day") return day_a == day_b;
  if (period == "week") return (day_a + 3) / 7 == (day_b + 3) / 7;  // day 4 of 1970 was a Monday
  return to_string(Date{day_a}).substr(0, 7) == to_string(Date{day_b}).substr(0, 7);
}

bool forbids(const RuleSays& rule, const Judging& message, const Values& values, const std::vector<Filled>& filled,
             Instant at) {
  if (!rule.channel.empty() && rule.channel != message.channel) return false;
  if (!rule.workflow.empty() && rule.workflow != message.workflow) return false;
  switch (rule.kind) {
    case RuleSays::Kind::quiet: return quiet(rule, values, at);
    case RuleSays::Kind::consent: return values.consent != "given";
    case RuleSays::Kind::plan: return values.plan == "free";
    case RuleSays::Kind::window:
    case RuleSays::Kind::calendar: break;
  }
  const bool window = rule.kind == RuleSays::Kind::window;
  std::size_t count = 0;
  for (const Filled& before : filled) {
    if (before.side != Side::out && before.side != message.side) continue;
    if (!rule.channel.empty() && rule.channel != before.channel) continue;
    if (!rule.workflow.empty() && rule.workflow != before.workflow) continue;
    if (window ? at - rule.window < before.at : same_period(rule.period, before.at, at, zone(values))) ++count;
  }
  return count >= rule.count;
}

}  // namespace fairlead::simulation
