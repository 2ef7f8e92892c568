// The choices inside a `send`.
#include "runtime/engine/picks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace fairlead::engine {

using bytecode::Choice;
using bytecode::Index;
using bytecode::none;

namespace {

constexpr std::int32_t seconds_a_day = 24 * 60 * 60;
constexpr std::int32_t seconds_an_hour = 60 * 60;

std::int32_t after(TimeOfDay from, TimeOfDay time) {
  return (time.second - from.second + seconds_a_day) % seconds_a_day;
}

/// `08:00`, as the options of a choice are called.
std::string name_of(TimeOfDay time) {
  return fmt::format("{:02}:{:02}", time.second / 3600, time.second / 60 % 60);
}

/// Makes them, each once.
class Picks {
 public:
  explicit Picks(const bytecode::Module& module) : m_(module) {}

  std::vector<Choice> all() {
    for (const bytecode::Workflow& workflow : m_.workflows) {
      for (const Index s : workflow.steps) {
        const bytecode::Step& step = m_.steps[s];
        if (step.kind == bytecode::StepKind::send && step.content != none) of(workflow, step);
      }
    }
    return std::move(out_);
  }

 private:
  void of(const bytecode::Workflow& workflow, const bytecode::Step& step) {
    if (!step.best.empty()) {
      add(workflow, channel_key(step), step.best, [&](Index channel) { return m_.channels[channel].name; });
    }
    if (step.best_hour) add(workflow, hour_key(step), hours_of(*step.best_hour), name_of);
    const std::vector<Index> channels = channels_of(step);
    for (const bytecode::Variant& variant : m_.contents[step.content].variants) {
      if (std::find(channels.begin(), channels.end(), variant.channel) == channels.end()) continue;
      for (const bytecode::Slot& slot : variant.slots) {
        if (slot.one_of.empty()) continue;
        add(workflow, words_key(m_, workflow.name, step, variant.channel, slot), slot.one_of,
            [](const bytecode::SlotText& text) { return text.name; });
      }
    }
  }

  template <class Items, class Name>
  void add(const bytecode::Workflow& workflow, std::string key, const Items& items, const Name& name) {
    if (!known_.insert(key).second) return;
    Choice& choice = out_.emplace_back();
    choice.key = std::move(key);
    choice.goal = workflow.goal;
    for (const auto& item : items) choice.options.emplace_back().name = name(item);
  }

  const bytecode::Module& m_;
  std::set<std::string> known_;
  std::vector<Choice> out_;
};

}  // namespace

std::vector<Choice> picks_of(const bytecode::Module& module) {
  return Picks(module).all();
}

std::string channel_key(const bytecode::Step& step) {
  return step.key + "/channel";
}

std::string hour_key(const bytecode::Step& step) {
  return step.key + "/hour";
}

std::string words_key(const bytecode::Module& module, std::string_view workflow, const bytecode::Step& step,
                      Index channel, const bytecode::Slot& slot) {
  return fmt::format("{}/send {}/{}/{}", workflow, module.contents[step.content].name, module.channels[channel].name,
                     slot.name);
}

std::vector<TimeOfDay> hours_of(const bytecode::Hours& hours) {
  std::vector<TimeOfDay> out;
  const std::int32_t long_as = after(hours.from, hours.to);
  for (std::int32_t second = 0; second < long_as; second += seconds_an_hour)
    out.push_back({(hours.from.second + second) % seconds_a_day});
  return out;
}

bool in_hour(const bytecode::Hours& hours, TimeOfDay hour, TimeOfDay time) {
  return after(hour, time) < std::min(seconds_an_hour, after(hour, hours.to));
}

std::vector<Index> channels_of(const bytecode::Step& step) {
  if (!step.best.empty()) return step.best;
  return step.channel == none ? std::vector<Index>{} : std::vector<Index>{step.channel};
}

}  // namespace fairlead::engine
