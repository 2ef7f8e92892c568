// The comparison as a whole: its parts in order, what came out the same, and where in the new project it matters.
#include "compiler/diff/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diff/moment.hpp"
#include "compiler/proof/proof.hpp"

namespace fairlead::compiler::diff {

namespace {

/// Rules that are called otherwise, or are written otherwise, and of which no change speaks.
void find_same(const Comparison& comparison, const std::vector<Group>& groups, Difference& out) {
  const auto speaks = [&](const std::string& name) {
    return std::any_of(out.changes.begin(), out.changes.end(), [&](const Change& change) {
      const auto is_named = [&](const RuleAt& rule) { return rule.name == name; };
      return std::any_of(change.before.begin(), change.before.end(), is_named) ||
             std::any_of(change.after.begin(), change.after.end(), is_named);
    });
  };
  std::set<Index> bound;
  for (const Group& group : groups) bound.insert(of(group.rules, Side::after).begin(), of(group.rules, Side::after).end());
  for (const Index index : bound) {
    const auto twin = comparison.counterpart(Side::after, index);
    if (!twin) continue;
    const bytecode::Rule& after = comparison.rule(Side::after, index);
    const bytecode::Rule& before = comparison.rule(Side::before, *twin);
    const bool written_otherwise = before.hash != after.hash;
    if ((before.name != after.name || written_otherwise) && !speaks(after.name) && !speaks(before.name))
      out.same.push_back({before.name, after.name});
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
        proof::Site site{proof::Site::Kind::effect, w, s, none, none};
        bool touched = false;
        if (step.kind == bytecode::StepKind::send && step.content != none) {
          touched = std::any_of(channels.begin(), channels.end(), [&](Index channel) {
            return is_about(send_by(module.channels[channel].name)) ||
                   is_about(send_by(module.channels[channel].name) + " what a model wrote");
          });
        } else if (step.kind == bytecode::StepKind::act && step.action != none) {
          const bytecode::Action& action = module.actions[step.action];
          touched = is_about("do " + action.name) ||
                    (action.effect == bytecode::EffectKind::spend && is_about("spend"));
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
  const auto all_in_one = [](std::vector<std::string>& some, const std::vector<std::string>& all, const std::string& as) {
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

std::size_t own_rules(const std::vector<Group>& groups, Side side) {
  std::set<Index> all;
  for (const Group& group : groups) all.insert(of(group.rules, side).begin(), of(group.rules, side).end());
  return all.size();
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
  out.rules_before = own_rules(all, Side::before);
  out.rules_after = own_rules(all, Side::after);
  return out;
}

}  // namespace fairlead::compiler::diff
