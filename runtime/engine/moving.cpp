// Whether a pass may go on in another version of its workflow.
#include "runtime/engine/moving.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/meaning.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

namespace {

/// A bound event or row, or a kept value, by the number under which a pass holds it.
struct Number {
  bool kept = false;
  unsigned number = 0;
  auto operator<=>(const Number&) const = default;
};
/// What fills it, as text that is the same in two versions where it is filled by the same.
using Filled = std::map<Number, std::set<std::string>>;

/// What can have filled each number before a pass came to a step.
Filled filled_before(const Flow& flow, Index stands) {
  const bytecode::Module& module = flow.module();
  const Meaning meaning(module, static_cast<Index>(&flow.workflow() - module.workflows.data()));
  Filled out;
  for (const bytecode::Trigger& trigger : flow.workflow().enter)
    out[{false, 0}].insert("enter " + meaning.event(trigger.event));
  for (const Index s : flow.steps()) {
    const Step& step = module.steps[s];
    // Of what it stands at, a call has filled its number already; a wait has not.
    if (!flow.leads(s, stands) && !(s == stands && step.kind == StepKind::act)) continue;
    for (const bytecode::Arm& arm : step.arms) {
      if (arm.bind != none) out[{false, arm.bind}].insert(step.key + " " + meaning.event(arm.event));
    }
    if (step.kind == StepKind::for_each) out[{false, step.bind}].insert(step.key + " " + meaning.record(step.record));
    if (step.local == none) continue;
    if (step.kind != StepKind::act) {
      out[{true, step.local}].insert(step.key + " " + meaning.function(step.value));
      continue;
    }
    const std::vector<bytecode::EventField>& returns = module.actions[step.action].returns;
    out[{true, step.local}].insert(step.key);
    for (std::size_t i = 0; i < returns.size(); ++i)
      out[{true, static_cast<unsigned>(step.local + 1 + i)}].insert(
          fmt::format("{} {}: {}", step.key, returns[i].name, to_string(returns[i].type)));
  }
  return out;
}

std::set<std::string> filling(const Filled& filled, Number number) {
  const auto at = filled.find(number);
  return at == filled.end() ? std::set<std::string>() : at->second;
}

/// What may still be read from a step on.
std::set<Number> read_from(const Flow& flow, Index stands) {
  const bytecode::Module& module = flow.module();
  std::set<Number> out;
  const auto reads = [&](Index function) {
    if (function == none) return;
    for (const bytecode::Instruction i : module.functions[function].code) {
      if (i.op() == bytecode::Opcode::event) out.insert({false, i.b()});
      if (i.op() == bytecode::Opcode::local) out.insert({true, i.x()});
    }
  };
  for (const Index s : flow.steps()) {
    if (s != stands && !flow.leads(stands, s)) continue;
    const Step& step = module.steps[s];
    // Where it stands among the rows counts, even where nobody reads the row.
    if (step.kind == StepKind::for_each) out.insert({false, step.bind});
    reads(step.value);
    for (const Index argument : step.arguments) reads(argument);
    for (const bytecode::Arm& arm : step.arms) reads(arm.where);
    if (step.choice == none) continue;
    for (const bytecode::Option& option : module.choices[step.choice].options) reads(option.when);
    for (const bytecode::Feature& feature : module.choices[step.choice].features) reads(feature.value);
  }
  return out;
}

bool goes_round(StepKind kind) {
  return kind == StepKind::repeat || kind == StepKind::for_each;
}

/// Whether taking it a second time, or leaving it out, is something that somebody would notice.
bool counts(StepKind kind) {
  switch (kind) {
    case StepKind::send:
    case StepKind::act:
    case StepKind::assign:
    case StepKind::approve:
    case StepKind::set:
    case StepKind::let:
    case StepKind::choose:
    case StepKind::split:
    case StepKind::follow:
    case StepKind::repeat:
    case StepKind::for_each: return true;
    default: return false;
  }
}

}  // namespace

Moving::Workflow* Moving::workflow(std::uint32_t id) {
  const auto known = workflows_.find(id);
  if (known != workflows_.end()) return known->second.get();
  std::unique_ptr<Workflow> out;
  const auto old = from_.workflows.find(id);
  const auto now = to_.workflows.find(id);
  if (old != from_.workflows.end() && now != to_.workflows.end())
    out = std::make_unique<Workflow>(from_, old->second, to_, now->second);
  return workflows_.emplace(id, std::move(out)).first->second.get();
}

const Changes* Moving::changes(std::uint32_t id) {
  const Workflow* found = workflow(id);
  return found == nullptr ? nullptr : &found->changes;
}

bool Moving::same(std::uint32_t id) {
  const Changes* found = changes(id);
  return &from_ == &to_ || (found != nullptr && found->same);
}

std::string Moving::refusal(const Instance& instance, bool taken, bool words) {
  const Workflow* found = workflow(instance.workflow);
  if (found == nullptr) return "the new version does not have the workflow";
  if (!instance.shown.empty() || words) return "waits for, or goes by, an approval of what the old version would do";
  if (taken) return "goes on with what happened while the workflow was paused";
  const auto step = from_.steps.find(instance.step);
  if (step == from_.steps.end()) return "stands at a step that its own version does not have";
  const auto [known, fresh] = refusals_.try_emplace({instance.workflow, instance.step});
  if (fresh) known->second = refusal_at(*found, from_.module.steps[step->second]);
  return known->second;
}

void Moving::carry_over(Instance& instance) {
  instance.version = to_.number;
  const Workflow* found = workflow(instance.workflow);
  const auto step = from_.steps.find(instance.step);
  if (found == nullptr || step == from_.steps.end() || instance.bound.empty()) return;
  const auto [known, fresh] = carried_.try_emplace({instance.workflow, instance.step});
  if (fresh) known->second = carried_at(*found, step->second);
  std::erase_if(instance.bound, [&](const Bound& bound) { return !known->second.contains(bound.number); });
}

std::set<unsigned> Moving::carried_at(const Workflow& workflow, Index step) {
  const Filled had = filled_before(workflow.before, step);
  const Filled wants = filled_before(workflow.after, workflow.after.find(workflow.before.module().steps[step].key));
  std::set<unsigned> out;
  for (const auto& [number, by] : had) {
    if (!number.kept && by == filling(wants, number)) out.insert(number.number);
  }
  return out;
}

std::string Moving::refusal_at(const Workflow& workflow, const Step& step) {
  const Flow& before = workflow.before;
  const Flow& after = workflow.after;
  if (before.workflow().subject != after.workflow().subject) return "the workflow is for somebody else now";
  const Index old = before.find(step.key);
  const Index now = after.find(step.key);
  if (now == none) return fmt::format("stands at `{}`, which is gone", step.key);
  const bytecode::Module& module = after.module();
  if (old == none || module.steps[now].kind != step.kind)
    return fmt::format("stands at `{}`, which is another kind of step now", step.key);
  if (step.kind == StepKind::approve) return "waits for, or goes by, an approval of what the old version would do";
  if (planted(Bug::mover_moves_anybody)) return "";
  // Keys may be numbers of a row (`wait#1`), so the same key may be another place. It is the same one where all that
  // counts stands on the same side of it as before.
  for (const Index s : before.steps()) {
    const Step& other = before.module().steps[s];
    const Index there = after.find(other.key);
    if (there == none || s == old || !counts(other.kind)) continue;
    const bool was_past = before.leads(s, old);
    const bool was_ahead = before.leads(old, s);
    const bool is_past = after.leads(there, now);
    const bool is_ahead = after.leads(now, there);
    if (goes_round(other.kind) && (was_past && was_ahead) != (is_past && is_ahead))
      return fmt::format("goes round in `{}` in one of the versions only", other.key);
    if (was_past && !was_ahead && is_ahead) return fmt::format("would take `{}` once more", other.key);
    if (was_ahead && is_past && !is_ahead) return fmt::format("would miss `{}`", other.key);
  }
  for (const Index s : after.steps()) {
    const Step& other = module.steps[s];
    if (goes_round(other.kind) && before.find(other.key) == none && after.within(now, s))
      return fmt::format("would stand in the middle of `{}`, which is new", other.key);
  }
  for (const Index s : before.steps()) {
    const Step& other = before.module().steps[s];
    if (goes_round(other.kind) && after.find(other.key) == none && before.within(old, s))
      return fmt::format("is in the middle of `{}`, which is gone", other.key);
  }
  const Filled had = filled_before(before, old);
  const Filled wants = filled_before(after, now);
  for (const Number number : read_from(after, now)) {
    if (filling(had, number) != filling(wants, number))
      return number.kept
                 ? "the new version reads a value there that the old one kept otherwise, or not at all"
                 : "the new version reads an event or a row there that the old one bound otherwise, or not at all";
  }
  return "";
}

}  // namespace fairlead::engine
