// `for each`: a round for every row of a record that is as the loop wants it, in the order of their keys.
//
// A pass in a loop keeps the key of the row that its round is about, where it keeps bound events: under the number that
// the step binds. So where it stands among the rows is that key, whatever comes in or goes away meanwhile: what comes
// ahead of it will have its round, what comes behind it will not. The row itself is read anew in every turn.
#include <algorithm>

#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;

namespace {

/// So many rows are asked for their condition in one turn; a turn that has found none goes on in another one.
constexpr std::size_t most_asked = 1'000;
/// The first rows are read one by one, since most loops take most rows.
constexpr std::size_t most_read = 256;

void stand_at(Instance& instance, Index number, const std::string& key) {
  const auto at = std::find_if(instance.bound.begin(), instance.bound.end(),
                               [number](const Bound& bound) { return bound.number == number; });
  if (at == instance.bound.end()) {
    instance.bound.push_back({static_cast<std::uint8_t>(number), key});
  } else {
    at->event_id = key;
  }
}

}  // namespace

Result<Turn::Flow> Turn::for_each(const Version& version, Instance& instance, const Step& step, bool begins,
                                  Index& next) {
  // Each round is a turn of its own: whoever comes here within another one waits for the next.
  if (!begins) {
    instance.wake = now_;
    return Flow::wait;
  }
  const auto stands = std::find_if(instance.bound.begin(), instance.bound.end(),
                                   [&](const Bound& bound) { return bound.number == step.bind; });
  const bool first = stands == instance.bound.end();
  std::string from = first ? std::string() : stands->event_id;
  std::size_t asked = 0;
  for (std::size_t page = 1;; page = std::min(2 * page, most_read)) {
    const Result<std::vector<store::Row>> rows = engine_.rows().after(version.record_ids[step.record], from, page);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) break;
    for (const store::Row& row : *rows) {
      from = row.key;
      stand_at(instance, step.bind, row.key);
      if (step.value != none) {
        const Result<vm::World> world = this->world(version, &instance);
        if (!world) return tl::unexpected(world.error());
        const Result<bool> wanted = holds(version, step.value, *world);
        if (!wanted)
          engine_.say(now_, audit::Guarded{pass(version, instance),
                                           step.key,
                                           "",
                                           audit::Guarded::Action::impossible,
                                           {},
                                           describe(wanted.error())});
        if (!wanted.value_or(false)) {
          if (++asked < most_asked) continue;
          instance.wake = now_;
          return Flow::wait;
        }
      }
      // Nothing is done twice under one number, whatever loops lie around this one.
      if (!first) ++instance.visit;
      took(step, 0);
      next = step.next;
      return Flow::go_on;
    }
  }
  std::erase_if(instance.bound, [&](const Bound& bound) { return bound.number == step.bind; });
  took(step, 1);
  next = step.otherwise;
  return Flow::go_on;
}

Result<Index> Turn::round_without_row(const Version& version, Instance& instance) {
  const auto workflow = version.workflows.find(instance.workflow);
  if (workflow == version.workflows.end()) return none;
  // The outermost loop was bound first.
  for (std::size_t i = 0; i < instance.bound.size(); ++i) {
    const Index loop = version.loop_of(workflow->second, instance.bound[i].number);
    // Between two rounds the key is only a place.
    if (loop == none || version.step_ids[loop] == instance.step) continue;
    const Step& step = version.module.steps[loop];
    const Result<std::optional<store::Row>> row =
        engine_.rows().get(version.record_ids[step.record], instance.bound[i].event_id);
    if (!row) return tl::unexpected(row.error());
    if (*row) continue;
    engine_.say(now_, audit::Guarded{pass(version, instance),
                                     step.key,
                                     "",
                                     audit::Guarded::Action::impossible,
                                     {},
                                     "the row is gone, and its round is over"});
    // Nothing that the round has begun goes on: loops and repeats within it, what it held, what was to be approved.
    const auto within = [&](Index other) {
      return other != none && version.module.steps[other].key.starts_with(step.key + "/");
    };
    std::erase_if(instance.bound,
                  [&](const Bound& bound) { return within(version.loop_of(workflow->second, bound.number)); });
    std::erase_if(instance.rounds, [&](const Round& round) {
      const auto of = version.steps.find(round.step);
      return of == version.steps.end() || within(of->second);
    });
    instance.held.reset();
    instance.shown.clear();
    forget_words(version, instance, true);
    return loop;
  }
  return none;
}

}  // namespace fairlead::engine
