// Limits: what may come together of all the workflows that they count.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/planted.hpp"
#include "compiler/proof/prover.hpp"
#include "compiler/proof/spending.hpp"

namespace fairlead::compiler::proof {

using bytecode::Rule;
using bytecode::Step;
using bytecode::StepKind;

const std::vector<Prover::Counted>& Prover::counted(Index r) {
  const auto [known, fresh] = counted_.try_emplace(r);
  std::vector<Counted>& out = known->second;
  if (!fresh) return out;
  const Rule& rule = module().rules[r];
  const Duration window = longest(p_, rule.period, rule.window);
  // What the limit counts of a workflow.
  const auto counts = [&](Index s) {
    const Step& step = module().steps[s];
    if (step.kind != StepKind::send || step.content == none || nobody_.contains(s) ||
        module().contents[step.content].transactional != planted(Mistake::transactional_counted))
      return false;
    const std::vector<Index> channels = channels_of(step);
    return std::any_of(channels.begin(), channels.end(), [&](Index c) {
      return rule.channels.empty() || std::find(rule.channels.begin(), rule.channels.end(), c) != rule.channels.end();
    });
  };
  for (Index w = 0; w < module().workflows.size(); ++w) {
    if (rule.workflow != none && w != rule.workflow) continue;
    const bytecode::Workflow& workflow = module().workflows[w];
    Counted one{.workflow = w, .most = counts_.most(w, window, counts)};
    one.bound = std::find(workflow.rules.begin(), workflow.rules.end(), r) != workflow.rules.end();
    one.shared = std::any_of(rule.shares.begin(), rule.shares.end(), [w](const auto& s) { return s.workflow == w; });
    if (one.most.all) {
      one.note = {p_.names.at(NameKind::workflow).find(workflow.name)->second.place,
                  fmt::format("{} of them may come from here", *one.most.all)};
    }
    out.push_back(std::move(one));
  }
  return out;
}

void Prover::limit(Obligation& o) {
  const Rule& rule = module().rules[o.rule];
  if (rule.whole_project) {
    o.because = "it counts the messages of everybody";
    return;
  }
  const Duration window = longest(p_, rule.period, rule.window);
  std::uint64_t left = rule.count;
  const bytecode::LimitShare* own = nullptr;
  for (const bytecode::LimitShare& share : rule.shares) {
    left -= share.count;
    if (share.workflow == workflow_) own = &share;
  }
  // Everything that counts toward what this workflow may use.
  std::uint64_t total = 0;
  if (planted(Mistake::shares_ignored)) own = nullptr, left = rule.count;
  const std::uint64_t may = rule.workflow != none || rule.shares.empty() ? rule.count
                            : own != nullptr                             ? own->count
                                                                         : left;
  std::vector<const Counted*> parts;
  std::uint64_t here = 0;
  for (const Counted& one : counted(o.rule)) {
    if (planted(Mistake::others_not_counted) && one.workflow != workflow_) continue;
    std::optional<std::uint64_t> most = one.most.all;
    // Of its own workflow count those up to and with this one.
    if (one.workflow == workflow_ && most) {
      const auto ending = one.most.up_to.find(o.site.step);
      most = here = ending == one.most.up_to.end() ? 0 : ending->second;
    }
    if (most && *most == 0) continue;
    // What is not under the limit goes out whatever it says, and takes from what all have.
    const bool counts = rule.shares.empty() || (own != nullptr ? one.workflow == workflow_ : !one.shared) || !one.bound;
    if (!counts) continue;
    if (!most) {
      o.because = fmt::format("`{}` has no end to how many messages it may send in {}",
                              module().workflows[one.workflow].name, to_string(window));
      return;
    }
    parts.push_back(&one);
    total += *most;
  }
  const bool others = std::any_of(parts.begin(), parts.end(), [&](const auto* p) { return p->workflow != workflow_; });
  if (total <= may) {
    o.verdict = Verdict::proved;
    o.because = fmt::format("at most {} of {} come in any {}{}", total, may, to_string(window),
                            others ? ", from all workflows together" : "");
    return;
  }
  o.because = fmt::format("as many as {} may come in {}{}, and {} may", total, to_string(window),
                          others ? ", from all workflows together" : "", may);
  // Of what several workflows come to together, each of their messages could speak; one is enough.
  if (others) {
    o.said = !together_.insert(o.rule).second;
    for (const Counted* part : parts) {
      o.way.push_back(part->note);
      if (part->workflow == workflow_)
        o.way.back().words = fmt::format("{} of them may come from here, up to this one", here);
    }
  }
  if (may == 0) o.verdict = Verdict::broken;
}

void Prover::spend(Obligation& o, const LookedEffect& effect) {
  if (effect.channel != none && module().channels[effect.channel].cost.units() == 0) {
    o.verdict = Verdict::proved;
    o.because = "this message costs nothing";
    return;
  }
  const auto [budgets, fresh] = budgets_.try_emplace(o.rule);
  if (fresh) budgets->second = within_budgets(o.rule);
  if (budgets->second) {
    o.verdict = Verdict::proved;
    o.because = "the budgets of the workflows under it come to no more";
    return;
  }
  o.because = adds_up(p_, counts_, workflow_, o.site.step, module().rules[o.rule], effect.amount);
}

/// Whether each workflow that the limit binds has a budget over the same time, and these together are no more. What
/// goes beyond a budget is left out.
bool Prover::within_budgets(Index r) const {
  const Rule& rule = module().rules[r];
  if (!rule.whole_project) return false;
  int128 total = 0;
  for (const bytecode::Workflow& workflow : module().workflows) {
    if (std::find(workflow.rules.begin(), workflow.rules.end(), r) == workflow.rules.end()) continue;
    const bool spends = std::any_of(workflow.steps.begin(), workflow.steps.end(), [&](Index s) {
      const Step& step = module().steps[s];
      if (step.kind == StepKind::act) return module().actions[step.action].effect == bytecode::EffectKind::spend;
      const std::vector<Index> channels = channels_of(step);
      return step.kind == StepKind::send && std::any_of(channels.begin(), channels.end(), [&](Index c) {
               return module().channels[c].cost.units() != 0;
             });
    });
    if (!spends) continue;
    const auto& budget = workflow.head.budget;
    if (!budget || budget->period != rule.period || budget->window < rule.window) return false;
    if (__builtin_add_overflow(total, budget->most.units(), &total)) return false;
  }
  return total <= rule.amount.units();
}

}  // namespace fairlead::compiler::proof
