// What of a project its tests have been through.
#include "runtime/trial/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace fairlead::trial {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

namespace {

template <class Key>
void merge(std::map<Key, std::uint64_t>& into, const std::map<Key, std::uint64_t>& from) {
  for (const auto& [key, times] : from) into[key] += times;
}

template <class Key>
std::uint64_t times(const std::map<Key, std::uint64_t>& map, const Key& key) {
  const auto at = map.find(key);
  return at == map.end() ? 0 : at->second;
}

/// `nurture/if#1/send last_call#1` is `send last_call`.
std::string last_part(const std::string& key) {
  const std::string last = key.substr(key.rfind('/') + 1);
  return last.substr(0, last.rfind('#'));
}

class Counting {
 public:
  Counting(const bytecode::Module& module, const Trodden& trodden) : module_(module), trodden_(trodden) {}

  Coverage all() {
    for (const bytecode::Workflow& workflow : module_.workflows) {
      for (const bytecode::Index index : workflow.steps) step(workflow, module_.steps[index]);
    }
    rules();
    return std::move(out_);
  }

 private:
  void add(Covered::Kind kind, const bytecode::Workflow& workflow, const Step& step, std::string what,
           std::uint64_t count) {
    out_.items.push_back({kind, workflow.name, step.key, std::move(what), workflow.file, step.line, count});
  }

  void step(const bytecode::Workflow& workflow, const Step& step) {
    using Kind = Covered::Kind;
    const std::string name = step.kind == StepKind::choose  ? "choose " + last_part(step.key)
                             : step.kind == StepKind::split ? "split " + last_part(step.key)
                                                            : last_part(step.key);
    add(Kind::step, workflow, step, name, times(trodden_.steps, step.key));
    const auto way = [&](std::uint32_t number, std::string what) {
      add(Kind::way, workflow, step, std::move(what), times(trodden_.ways, {step.key, number}));
    };
    if (step.kind == StepKind::branch) {
      way(0, "if, where it holds");
      way(1, "if, where it does not hold");
    }
    if (step.kind == StepKind::repeat) {
      way(0, "repeat, a round");
      way(1, "repeat, the end");
    }
    if (step.kind == StepKind::for_each) {
      way(0, name + ", a round");
      way(1, name + ", the end");
    }
    if (step.kind == StepKind::approve) {
      way(0, "approve, approved");
      way(1, "approve, not approved");
    }
    if (step.kind == StepKind::split) {
      const bytecode::Split& split = module_.splits[step.split];
      for (std::uint32_t i = 0; i < split.variants.size(); ++i) way(i, "variant " + split.variants[i].name);
    }
    if (step.kind == StepKind::wait_event) {
      for (std::uint32_t i = 0; i < step.arms.size(); ++i) {
        const bytecode::Arm& arm = step.arms[i];
        const std::string of = arm.of_content == none ? "" : " of " + module_.contents[arm.of_content].name;
        way(i, fmt::format("wait for {}{}", module_.events[arm.event].name, of));
      }
      way(static_cast<std::uint32_t>(step.arms.size()), "wait, where the time is over");
    }
    if (step.kind == StepKind::choose) {
      const bytecode::Choice& choice = module_.choices[step.choice];
      for (std::uint32_t i = 0; i < choice.options.size(); ++i) {
        add(Kind::option, workflow, step, "option " + choice.options[i].name, times(trodden_.options, {choice.key, i}));
      }
    }
  }

  /// Of every rule that binds something: whether it was asked, and whether it fired.
  void rules() {
    std::set<bytecode::Index> binding;
    for (const bytecode::Workflow& workflow : module_.workflows)
      binding.insert(workflow.rules.begin(), workflow.rules.end());
    for (const bytecode::Index index : binding) {
      const bytecode::Rule& rule = module_.rules[index];
      const auto at = trodden_.rules.find(rule.name);
      const engine::RuleTally tally = at == trodden_.rules.end() ? engine::RuleTally{} : at->second;
      const std::string owner = rule.name.substr(0, rule.name.find('.'));
      const auto one = [&](Covered::Kind kind, std::string what, std::uint64_t count) {
        out_.items.push_back({kind, owner, rule.name, std::move(what), rule.file, rule.line, count});
      };
      one(Covered::Kind::asked, "asked", tally.asked);
      one(Covered::Kind::fired, "fired", tally.skipped + tally.deferred + tally.withheld + tally.waived);
    }
  }

  const bytecode::Module& module_;
  const Trodden& trodden_;
  Coverage out_;
};

}  // namespace

void Trodden::add(const engine::Ledger& ledger, const Ways& taken) {
  merge(steps, ledger.steps);
  merge(ways, taken.taken);
  for (const auto& [key, choice] : ledger.choices()) {
    for (std::uint32_t i = 0; i < choice.decisions.size(); ++i) options[{key, i}] += choice.decisions[i];
  }
  for (const auto& [name, tally] : ledger.rules) {
    engine::RuleTally& rule = rules[name];
    rule.asked += tally.asked;
    rule.skipped += tally.skipped;
    rule.deferred += tally.deferred;
    rule.withheld += tally.withheld;
    rule.waived += tally.waived;
  }
}

void Trodden::add(const Trodden& other) {
  merge(steps, other.steps);
  merge(ways, other.ways);
  merge(options, other.options);
  for (const auto& [name, tally] : other.rules) {
    engine::RuleTally& rule = rules[name];
    rule.asked += tally.asked;
    rule.skipped += tally.skipped;
    rule.deferred += tally.deferred;
    rule.withheld += tally.withheld;
    rule.waived += tally.waived;
  }
}

std::uint64_t Coverage::covered() const {
  return static_cast<std::uint64_t>(
      std::count_if(items.begin(), items.end(), [](const Covered& item) { return item.times > 0; }));
}

double Coverage::percent() const {
  return items.empty() ? 100.0 : 100.0 * static_cast<double>(covered()) / static_cast<double>(items.size());
}

std::string_view to_string(Covered::Kind kind) {
  switch (kind) {
    case Covered::Kind::step: return "step";
    case Covered::Kind::way: return "way";
    case Covered::Kind::option: return "option";
    case Covered::Kind::asked: return "rule asked";
    case Covered::Kind::fired: return "rule fired";
  }
  return "";
}

Coverage coverage(const bytecode::Module& module, const Trodden& trodden) {
  return Counting(module, trodden).all();
}

}  // namespace fairlead::trial
