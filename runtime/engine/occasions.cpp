// `enter every`: when the clock next begins a workflow that is for nobody.
#include "runtime/engine/occasions.hpp"

#include <algorithm>

namespace fairlead::engine {

namespace {

constexpr std::int64_t day = days(1).ms;

/// The next one by a whole number of steps of `length` that lies after `now`, where `at` says when the n-th is. There
/// is one: times only grow.
template <class At>
std::int64_t steps_to(Instant now, std::int64_t guess, const At& at) {
  std::int64_t n = std::max<std::int64_t>(guess, 0);
  while (n > 0 && now < at(n - 1)) --n;
  while (!(now < at(n))) ++n;
  return n;
}

}  // namespace

void move_on(Occasion& occasion, const Zone& zone, Instant now) {
  if (now < occasion.next) return;
  if (occasion.second < 0) {
    const std::int64_t every = occasion.every.ms;
    const auto at = [&](std::int64_t n) { return Instant{occasion.next.ms + n * every}; };
    occasion.next = at(steps_to(now, (now - occasion.next).ms / every, at));
    return;
  }
  // Days of the calendar, so that the clock on the wall shows the same time whatever the zone does.
  const auto apart = static_cast<std::int32_t>(occasion.every.ms / day);
  const Date today = zone.civil(now).date;
  const auto at = [&](std::int64_t n) {
    return zone.at({occasion.day.day + static_cast<std::int32_t>(n) * apart}, {occasion.second});
  };
  const std::int64_t n = steps_to(now, (today.day - occasion.day.day) / apart, at);
  occasion.next = at(n);
  occasion.day.day += static_cast<std::int32_t>(n) * apart;
}

std::vector<Occasion> occasions_of(const Version& version, const std::vector<Occasion>& before, Instant now) {
  std::vector<Occasion> out;
  for (Index w = 0; w < version.module.workflows.size(); ++w) {
    for (const bytecode::Entry& entry : version.module.workflows[w].head.entries) {
      if (entry.kind != bytecode::Entry::Kind::every || !(Duration{} < entry.every)) continue;
      Occasion occasion{version.workflow_ids[w], entry.every, entry.at ? entry.at->second : -1, {}, {}};
      const auto same = [&](const Occasion& other) {
        return other.workflow == occasion.workflow && other.every == occasion.every && other.second == occasion.second;
      };
      // Said twice in one workflow, it is one occasion.
      if (std::any_of(out.begin(), out.end(), same)) continue;
      if (const auto old = std::find_if(before.begin(), before.end(), same); old != before.end()) {
        occasion.day = old->day;
        occasion.next = entry.at ? version.zone.at(old->day, *entry.at) : old->next;
      } else if (entry.at) {
        occasion.day = {version.zone.civil(now).date.day - 1};
        Occasion daily = occasion;
        daily.every = days(1);
        daily.next = version.zone.at(daily.day, *entry.at);
        move_on(daily, version.zone, now);
        occasion.day = daily.day;
        occasion.next = daily.next;
      } else {
        occasion.next = now + entry.every;
      }
      out.push_back(occasion);
    }
  }
  return out;
}

}  // namespace fairlead::engine
