#include "tests/proofs/recount.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::soundness {

using bytecode::Period;

namespace {

/// Whether two dates lie in one week, from Monday to Sunday, or in one month.
bool same_period(Period period, Date a, Date b) {
  if (period == Period::day) return a.day == b.day;
  const auto monday = [](Date d) { return d.day - (d.day + 3) % 7; };  // 1970-01-01 was a Thursday
  if (period == Period::week) return monday(a) == monday(b);
  return to_string(a).substr(0, 7) == to_string(b).substr(0, 7);
}

}  // namespace

std::string too_many(const bytecode::Module& module, const bytecode::Rule& rule, const std::string& step,
                     const Life& life) {
  const auto named = [&](bytecode::Index workflow) { return module.workflows[workflow].name; };
  std::uint32_t left = rule.count;
  for (const bytecode::LimitShare& share : rule.shares) left -= share.count;
  const auto share_of = [&](const std::string& workflow) -> const bytecode::LimitShare* {
    const auto at = std::find_if(rule.shares.begin(), rule.shares.end(),
                                 [&](const auto& s) { return named(s.workflow) == workflow; });
    return at == rule.shares.end() ? nullptr : &*at;
  };
  for (const Message& last : life.messages) {
    if (last.step != step || !last.counts || !last.out) continue;
    std::uint32_t all = 0, own = 0;
    for (const Message& message : life.messages) {
      if (message.contact != last.contact || !message.counts || !message.out || last.at < message.at) continue;
      const bool by = rule.channels.empty() ||
                      std::any_of(rule.channels.begin(), rule.channels.end(),
                                  [&](const auto c) { return module.channels[c].name == message.channel; });
      if (!by || (rule.workflow != bytecode::none && named(rule.workflow) != message.workflow)) continue;
      const bool within = rule.period == Period::window ? last.at.ms - message.at.ms < rule.window.ms
                                                        : same_period(rule.period, last.zone.civil(message.at).date,
                                                                      last.zone.civil(last.at).date);
      // Of two at one instant the later one counts the earlier one.
      if (!within || (message.at == last.at && &last < &message)) continue;
      ++all;
      if (share_of(message.workflow) == share_of(last.workflow)) ++own;
    }
    const bytecode::LimitShare* share = share_of(last.workflow);
    const std::uint32_t may = rule.shares.empty() ? rule.count : share != nullptr ? share->count : left;
    if (all > rule.count || own > may)
      return fmt::format("{} contact {}: {} messages, {} of its share, where {} and {} may be", to_string(last.at),
                         last.contact, all, own, rule.count, may);
  }
  return "";
}

}  // namespace fairlead::soundness
