// What looks back how far, and what people under way still read.
#include "runtime/engine/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace fairlead::engine {

using bytecode::CounterKind;
using bytecode::none;
using bytecode::Opcode;
using bytecode::Period;
using bytecode::RuleKind;

namespace {

/// The longest that a calendar period lasts, an hour that comes twice included.
Duration longest(Period period, Duration window) {
  switch (period) {
    case Period::window: return window;
    case Period::day: return days(2);
    case Period::week: return days(8);
    case Period::month: return days(32);
  }
  return window;
}

std::string place_of(const std::string& file, std::uint32_t line) {
  return file.empty() ? "" : fmt::format("{}:{}", file, line);
}

/// Where each counter is asked first, as the disassembly calls it, with its line.
std::map<Index, std::string> asked_in(const bytecode::Module& module) {
  std::map<Index, std::string> out;
  for (const bytecode::Function& function : module.functions) {
    for (std::size_t i = 0; i < function.code.size(); ++i) {
      switch (function.code[i].op()) {
        case Opcode::count:
        case Opcode::seen:
        case Opcode::sum:
          out.try_emplace(function.code[i].x(), i < function.lines.size()
                                                    ? fmt::format("{}, line {}", function.name, function.lines[i])
                                                    : function.name);
          break;
        default: break;
      }
    }
  }
  return out;
}

}  // namespace

std::vector<Need> needs_of(const bytecode::Module& module) {
  std::vector<Need> out;
  const std::map<Index, std::string> asked = asked_in(module);
  for (Index i = 0; i < module.counters.size(); ++i) {
    const bytecode::Counter& counter = module.counters[i];
    if (counter.kind == CounterKind::last) continue;  // whose last event is in the cell
    const auto place = asked.find(i);
    out.push_back(
        {fmt::format("`{}`", counter.key), place == asked.end() ? std::string() : place->second, counter.window});
  }
  for (const bytecode::Goal& goal : module.goals)
    out.push_back({fmt::format("goal `{}`", goal.name), place_of(goal.file, goal.line), goal.within});
  for (const bytecode::Rule& rule : module.rules) {
    if (rule.kind != RuleKind::limit && rule.kind != RuleKind::spend) continue;
    out.push_back(
        {fmt::format("limit `{}`", rule.name), place_of(rule.file, rule.line), longest(rule.period, rule.window)});
  }
  for (const bytecode::Rate& rate : module.rates)
    out.push_back({fmt::format("`{}`", rate.key), place_of(rate.file, rate.line), rate.window});
  std::stable_sort(out.begin(), out.end(), [](const Need& a, const Need& b) { return b.window < a.window; });
  return out;
}

Duration least_kept(const std::vector<Need>& needs) {
  return needs.empty() ? days(1) : needs.front().window + days(1);
}

std::string length_text(Duration length) {
  const auto of = [&](std::int64_t unit, std::string_view name) {
    return fmt::format("{} {}{}", length.ms / unit, name, length.ms / unit == 1 ? "" : "s");
  };
  if (length.ms % days(1).ms == 0) return of(days(1).ms, "day");
  if (length.ms % hours(1).ms == 0) return of(hours(1).ms, "hour");
  return of(minutes(1).ms, "minute");
}

bool still_read(const Cell& cell, const store::OldRow& event) {
  for (const Instance& instance : cell.instances) {
    if (std::any_of(instance.bound.begin(), instance.bound.end(),
                    [&](const Bound& bound) { return bound.event_id == event.id; }))
      return true;
    if (!event.content.empty() && std::any_of(instance.sent.begin(), instance.sent.end(),
                                              [&](const SentAt& sent) { return !(event.at < sent.at); }))
      return true;
  }
  return std::any_of(cell.counters.begin(), cell.counters.end(), [&](const CounterState& counter) {
    return std::find(counter.events.begin(), counter.events.end(), event.id) != counter.events.end();
  });
}

Result<Prunable> prunable(store::Store& store, Instant before,
                          const std::function<Result<Cell>(store::ContactId)>& cell_of) {
  using store::Aging;
  constexpr std::size_t at_once = 10'000;
  Prunable out;
  for (const auto& [what, amount] : {std::pair(Aging::event, &out.events),
                                     {Aging::outbox, &out.outbox},
                                     {Aging::journal, &out.journal},
                                     {Aging::rejected, &out.rejected}}) {
    // What stays in the outbox comes again however often one looks.
    const std::size_t limit = what == Aging::outbox ? SIZE_MAX : at_once;
    for (std::optional<std::int64_t> after = 0; after;) {
      const Result<store::OldRows> old = store.old_rows(what, before, *after, limit);
      if (!old) return tl::unexpected(old.error());
      for (const store::OldRow& row : old->rows) {
        if (what == Aging::event) {
          const Result<Cell> cell = cell_of(row.contact);
          if (!cell) return tl::unexpected(cell.error());
          if (still_read(*cell, row)) {
            ++out.kept;
            continue;
          }
        }
        ++amount->rows;
        amount->bytes += row.bytes;
      }
      after = old->next;
    }
  }
  return out;
}

std::vector<std::string> cut_short(const Deployments& deployments, const bytecode::Module& next, Instant pruned_before,
                                   Instant now) {
  std::vector<std::string> out;
  for (const bytecode::Counter& counter : next.counters) {
    if (std::any_of(deployments.all().begin(), deployments.all().end(),
                    [&](const auto& version) { return version->counters.contains(counter.id); }))
      continue;
    if (counter.kind == CounterKind::last || now - counter.window < pruned_before) out.push_back(counter.key);
  }
  return out;
}

}  // namespace fairlead::engine
