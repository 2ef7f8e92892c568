// The comparison as a whole: its parts in order, what came out the same, and where in the new project it matters.
#include "compiler/diff/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/moment.hpp"
#include "compiler/proof/proof.hpp"

namespace fairlead::compiler::diff {

namespace {

std::set<Index> bound(const std::vector<Group>& groups, Side side) {
  std::set<Index> out;
  for (const Group& group : groups) out.insert(of(group.rules, side).begin(), of(group.rules, side).end());
  return out;
}

/// Rules that are called or written otherwise, are gone or new, and of which no change speaks.
void find_same(const Comparison& comparison, const std::vector<Group>& groups, Difference& out) {
  std::set<std::string> spoken_of;
  for (const Change& change : out.changes) {
    for (const RuleAt& rule : change.before) spoken_of.insert(rule.name);
    for (const RuleAt& rule : change.after) spoken_of.insert(rule.name);
  }
  const auto put = [&](const std::string& before, const std::string& after) {
    if (!spoken_of.contains(before) && !spoken_of.contains(after)) out.same.push_back({before, after});
  };
  for (const Index index : bound(groups, Side::after)) {
    const bytecode::Rule& after = comparison.rule(Side::after, index);
    const auto twin = comparison.counterpart(Side::after, index);
    if (!twin) {
      put("", after.name);
      continue;
    }
    const bytecode::Rule& before = comparison.rule(Side::before, *twin);
    if (before.name != after.name || before.hash != after.hash) put(before.name, after.name);
  }
  for (const Index index : bound(groups, Side::before)) {
    if (!comparison.counterpart(Side::before, index)) put(comparison.rule(Side::before, index).name, "");
  }
}

/// The steps of the new project that are about the change.
void find_touched(const Program& program, Difference& out) {
  const bytecode::Module& module = program.module;
  for (Change& change : out.changes) {
    const auto is_about = [&](const std::string& act) {
      return std::find(change.acts.begin(), change.acts.end(), act) != change.acts.end();
    };
    for (Index w = 0; w < module.workflows.size(); ++w) {
      const std::string called = fmt::format("`{}`", module.workflows[w].name);
      if (std::find(change.under.begin(), change.under.end(), called) == change.under.end()) continue;
      for (const Index s : module.workflows[w].steps) {
        const bytecode::Step& step = module.steps[s];
        std::vector<Index> channels = step.best;
        if (step.channel != none) channels.push_back(step.channel);
        const Index only_channel = channels.size() == 1 ? channels.front() : none;
        const proof::Site site{proof::Site::Kind::effect, w, s, only_channel, none};
        bool touched = false;
        if (step.kind == bytecode::StepKind::send && step.content != none) {
          touched = std::any_of(channels.begin(), channels.end(), [&](Index channel) {
            return is_about("spending") || is_about(send_by(module.channels[channel].name)) ||
                   is_about(send_by(module.channels[channel].name) + " what a model wrote");
          });
        } else if (step.kind == bytecode::StepKind::act && step.action != none) {
          const bytecode::Action& action = module.actions[step.action];
          touched = is_about("do " + action.name) ||
                    (action.effect == bytecode::EffectKind::spend && (is_about("spend") || is_about("spending")));
        }
        if (touched) change.touches.push_back(fmt::format("{}: {}", module.workflows[w].name, name_of(program, site)));
      }
    }
  }
}

/// What is so of every channel, or of every workflow, need not be said of each.
void shorten(const std::vector<ActKind>& kinds, const std::vector<Group>& groups, Difference& out) {
  std::vector<std::string> sends, generated;
  for (const ActKind& kind : kinds) {
    if (kind.message) (kind.generated ? generated : sends).push_back(kind.name);
  }
  std::vector<std::string> workflows;
  for (const Group& group : groups) {
    if (!group.only_policy) workflows.insert(workflows.end(), group.under.begin(), group.under.end());
  }
  const auto all_in_one = [](std::vector<std::string>& some, const std::vector<std::string>& all,
                             const std::string& as) {
    if (all.empty() || !std::all_of(all.begin(), all.end(), [&](const std::string& one) {
          return std::find(some.begin(), some.end(), one) != some.end();
        }))
      return;
    std::erase_if(some, [&](const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); });
    some.insert(some.begin(), as);
  };
  for (Change& change : out.changes) {
    all_in_one(change.under, workflows, "every workflow");
    all_in_one(change.acts, generated, "send what a model wrote");
    all_in_one(change.acts, sends, "send");
    if (std::find(change.acts.begin(), change.acts.end(), "send") != change.acts.end())
      std::erase(change.acts, "send what a model wrote");
  }
}

}  // namespace

Difference compare(const Checked& before, const Checked& after) {
  Difference out;
  Joint joint(before.program, after.program);
  const std::vector<Group> all = groups(joint);
  Comparison comparison(joint, out);
  compare_acts(comparison, all);
  compare_caps(comparison, all);
  compare_texts(comparison, all);
  compare_duties(comparison, all);
  compare_keeping(comparison, all);
  std::stable_sort(out.changes.begin(), out.changes.end(),
                   [](const Change& a, const Change& b) { return a.direction < b.direction; });
  find_same(comparison, all, out);
  find_touched(after.program, out);
  shorten(act_kinds(joint), all, out);
  out.rules_before = bound(all, Side::before).size();
  out.rules_after = bound(all, Side::after).size();
  return out;
}

}  // namespace fairlead::compiler::diff
