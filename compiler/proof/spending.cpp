// How much one act alone may come to, in the words of the verdict.
#include "compiler/proof/spending.hpp"

#include <fmt/format.h>

#include "runtime/values/value.hpp"

namespace fairlead::compiler::proof {

namespace {

/// As the rule says it, and not as the longest that it can last.
std::string time_of(const bytecode::Rule& rule) {
  switch (rule.period) {
    case bytecode::Period::day: return "a day";
    case bytecode::Period::week: return "a week";
    case bytecode::Period::month: return "a month";
    case bytecode::Period::window: break;
  }
  return to_string(rule.window);
}

}  // namespace

std::string adds_up(const Program& program, FlowCounts& counts, Index workflow, Index step, const bytecode::Rule& rule,
                    std::optional<int128> each) {
  const bool people = !program.module.workflows[workflow].subject.empty();
  const std::string open =
      people ? "what is spent adds up over everybody who comes here" : "what is spent adds up over all that happens";
  if (!each || *each <= 0) return open;
  const Duration window = longest(program, rule.period, rule.window);
  const auto times = counts.most(workflow, window, [step](Index s) { return s == step; }).all;
  const auto money = [&](int128 units) {
    return render(Value::money(Decimal::from_units(units)), program.module.currency);
  };
  if (!times || *times == 0) return open;
  const int128 total = *each * static_cast<int128>(*times);
  if (total <= rule.amount.units()) return fmt::format("{}, {} each time", open, money(*each));
  return fmt::format("{} may be spent here {} times in {}{}, which is {}, and {} may", money(*each), *times,
                     time_of(rule), people ? " on one contact" : "", money(total), money(rule.amount.units()));
}

}  // namespace fairlead::compiler::proof
