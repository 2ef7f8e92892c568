// Which workflows are under which rules, and how what was found is put together.
#include "compiler/diff/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::compiler::diff {

namespace {

const Policy* policy(const Program& program, const std::string& name) {
  const auto at = std::find_if(program.policies.begin(), program.policies.end(),
                               [&](const Policy& policy) { return policy.name == name; });
  return at == program.policies.end() ? nullptr : &*at;
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& one : more) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  }
}

/// The rules that bind a workflow of which nothing is known but that it is there.
std::vector<Index> common_rules(const Program& program) {
  std::vector<Index> out;
  std::set<std::string> seen;
  for (const std::string& name : program.under) {
    const Policy* one = policy(program, name);
    // What says itself where it applies applies nowhere else.
    if (one != nullptr && one->applies_to.empty() && seen.insert(name).second)
      out.insert(out.end(), one->rules.begin(), one->rules.end());
  }
  return out;
}

std::vector<Index> rules_of(const Program& program, const std::string& workflow) {
  for (const bytecode::Workflow& one : program.module.workflows) {
    if (one.name == workflow) return one.rules;
  }
  return common_rules(program);
}

bool is_bound(const Program& program, const Policy& policy) {
  return policy.binds || std::find(program.under.begin(), program.under.end(), policy.name) != program.under.end();
}

}  // namespace

std::string send_by(const std::string& channel) {
  return "send by " + (channel == other_channel ? std::string("any other channel") : channel);
}

std::set<std::string> channels_of(const Joint& joint) {
  std::set<std::string> out{other_channel};
  for (const Side side : both_sides) {
    for (const bytecode::Channel& channel : joint.module(side).channels) out.insert(channel.name);
  }
  return out;
}

std::vector<Group> groups(const Joint& joint) {
  std::vector<Group> out;
  const auto put = [&](const std::string& called, const std::string& workflow, ForBoth<std::vector<Index>> rules) {
    for (std::vector<Index>& some : rules) std::sort(some.begin(), some.end());
    // A rule may ask for the workflow's name, so those that are there are looked at one by one.
    out.push_back({{called}, workflow, std::move(rules)});
  };
  for (const bytecode::Workflow& workflow : joint.module(Side::after).workflows) {
    put(fmt::format("`{}`", workflow.name), workflow.name,
        {rules_of(joint.program(Side::before), workflow.name), workflow.rules});
  }
  put("any other workflow", "", {common_rules(joint.program(Side::before)), common_rules(joint.program(Side::after))});
  // A policy that nobody is under, here or there, is still read as a policy.
  for (const Policy& after : joint.program(Side::after).policies) {
    const Policy* before = policy(joint.program(Side::before), after.name);
    if (before == nullptr || is_bound(joint.program(Side::after), after) ||
        is_bound(joint.program(Side::before), *before))
      continue;
    put(fmt::format("whoever is put under `{}`", after.name), "", {before->rules, after.rules});
    out.back().only_policy = true;
  }
  return out;
}

std::optional<Index> Comparison::counterpart(Side side, Index index) const {
  const bytecode::Rule& wanted = rule(side, index);
  const auto& rules = module(other(side)).rules;
  const auto find = [&](const auto& like) -> std::optional<Index> {
    const auto at = std::find_if(rules.begin(), rules.end(), like);
    if (at == rules.end()) return std::nullopt;
    return static_cast<Index>(at - rules.begin());
  };
  if (const auto same = find([&](const bytecode::Rule& r) { return r.name == wanted.name; })) return same;
  return find([&](const bytecode::Rule& r) { return r.hash == wanted.hash; });
}

RuleAt Comparison::at(const bytecode::Rule& rule) {
  return {rule.name, rule.text, rule.file, rule.line};
}

void Comparison::add(Direction direction, Side from, const std::vector<Index>& rules, Change change) {
  change.direction = direction;
  for (const Index index : rules) {
    auto& here = from == Side::before ? change.before : change.after;
    auto& there = from == Side::before ? change.after : change.before;
    here.push_back(at(rule(from, index)));
    if (const auto twin = counterpart(from, index)) {
      const RuleAt as_written = at(rule(other(from), *twin));
      if (std::find(there.begin(), there.end(), as_written) == there.end()) there.push_back(as_written);
    }
  }
  add(std::move(change));
}

void Comparison::add(Change change) {
  for (Change& known : out_.changes) {
    if (known.direction != change.direction || known.what != change.what || known.before != change.before ||
        known.after != change.after)
      continue;
    append(known.acts, change.acts);
    append(known.under, change.under);
    append(known.touches, change.touches);
    return;
  }
  out_.changes.push_back(std::move(change));
}

std::size_t Difference::count(Direction direction) const {
  return static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [direction](const Change& change) { return change.direction == direction; }));
}

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::looser: return "looser";
    case Direction::stricter: return "stricter";
    case Direction::unknown: return "cannot tell";
  }
  return "?";
}

std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::allowed: return "allowed";
    case Fate::held: return "held for approval";
    case Fate::deferred: return "put off";
    case Fate::skipped: return "forbidden";
    case Fate::stopped: return "forbidden, and ends the workflow";
  }
  return "?";
}

}  // namespace fairlead::compiler::diff
