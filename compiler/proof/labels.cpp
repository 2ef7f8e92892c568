// Where labels go.
#include "compiler/proof/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace fairlead::compiler::proof {

using bytecode::Labels;
using bytecode::Step;
using bytecode::StepKind;

Flows::Flows(const Program& program) : p_(program), fields_(program.module.fields.size()) {
  spread();
}

/// Everything that an expression is made of, the features of scores included, but for what was released.
template <class Visit>
void Flows::each_part(ExprId expr, const Visit& visit) const {
  std::vector<ExprId> open{expr};
  std::set<ExprId> seen;
  while (!open.empty()) {
    const Expr& e = p_.exprs[open.back()];
    open.pop_back();
    if (e.op == Op::release) continue;
    visit(e);
    const auto add = [&](ExprId part) {
      if (seen.insert(part).second) open.push_back(part);
    };
    if (e.op == Op::score) {
      for (const bytecode::Feature& feature : p_.module.scores[e.ref].features) add(p_.roots[feature.value]);
    }
    for (const ExprId arg : e.args) add(arg);
  }
}

Labels Flows::labels(ExprId expr) const {
  Labels out = p_.exprs[expr].labels;
  each_part(expr, [&](const Expr& e) {
    if (e.op == Op::field) out |= fields_[e.ref].labels;
  });
  return out;
}

std::vector<Place> Flows::sources(ExprId expr, bytecode::Label label) const {
  std::vector<Place> out = p_.sources(expr, label);
  each_part(expr, [&](const Expr& e) {
    if (e.op == Op::field && fields_[e.ref].labels.has(label))
      out.insert(out.end(), fields_[e.ref].places.begin(), fields_[e.ref].places.end());
    if (e.op != Op::score) return;
    for (const bytecode::Feature& feature : p_.module.scores[e.ref].features) {
      const std::vector<Place> more = p_.sources(p_.roots[feature.value], label);
      out.insert(out.end(), more.begin(), more.end());
    }
  });
  return out;
}

std::string Flows::name_of_source(ExprId expr, bytecode::Label label) const {
  std::string out;
  each_part(expr, [&](const Expr& e) {
    if (out.empty() && e.op == Op::field && e.labels.has(label)) out = "contact." + p_.module.fields[e.ref].name;
  });
  return out;
}

bool Flows::by_measures(const Decision& decision, bytecode::Label label) const {
  if (decision.function == none) return true;  // a segment that takes people in
  std::vector<ExprId> open{decision.expr};
  std::set<ExprId> seen;
  while (!open.empty()) {
    const Expr& e = p_.exprs[open.back()];
    open.pop_back();
    if (e.op == Op::release || e.op == Op::score || e.segment != none) continue;
    const bool within =
        std::any_of(e.args.begin(), e.args.end(), [&](ExprId arg) { return p_.exprs[arg].labels.has(label); });
    if (e.labels.has(label) && !within) return false;
    if (e.op == Op::field && fields_[e.ref].labels.has(label)) return false;
    for (const ExprId arg : e.args) {
      if (seen.insert(arg).second) open.push_back(arg);
    }
  }
  return true;
}

std::vector<Index> Flows::follow(Index s) const {
  const Step& step = p_.module.steps[s];
  std::vector<Index> out{step.next, step.otherwise};
  for (const bytecode::Arm& arm : step.arms) out.push_back(arm.first);
  if (step.choice != none) {
    for (const bytecode::Option& option : p_.module.choices[step.choice].options) out.push_back(option.first);
  }
  if (step.split != none) {
    for (const bytecode::SplitVariant& variant : p_.module.splits[step.split].variants) out.push_back(variant.first);
  }
  if (step.plan != none) {
    for (const bytecode::Play& play : p_.module.plans[step.plan].plays) out.push_back(play.first);
  }
  std::erase(out, none);
  return out;
}

std::vector<Decision> Flows::decisions(Index w) const {
  const bytecode::Module& m = p_.module;
  const bytecode::Workflow& workflow = m.workflows[w];
  std::vector<Decision> out;
  const auto add = [&](Index step, Index function, std::string what) {
    if (function != none) out.push_back({step, function, p_.roots[function], std::move(what)});
  };
  for (const bytecode::Trigger& trigger : workflow.enter) add(none, trigger.where, "who enters");
  for (const bytecode::Entry& entry : workflow.head.entries) {
    if (entry.segment != none)
      out.push_back({none, none, p_.segment_roots[entry.segment],
                     fmt::format("who enters, by the segment `{}`", m.segments[entry.segment].name)});
  }
  for (const Index condition : workflow.leave_when) add(none, condition, "who leaves");
  for (const Index s : workflow.steps) {
    const Step& step = m.steps[s];
    switch (step.kind) {
      case StepKind::branch: add(s, step.value, "which way this goes"); break;
      case StepKind::wait_for:
      case StepKind::wait_until:
      case StepKind::wait_event: add(s, step.value, "for how long this waits"); break;
      case StepKind::repeat: add(s, step.value, "how often this is done"); break;
      case StepKind::for_each: add(s, step.value, "for which this is done"); break;
      case StepKind::act:
        if (m.actions[step.action].amount != none) {
          for (const Index argument : step.arguments) add(s, argument, "what is spent");
        }
        break;
      case StepKind::assign:
        for (const bytecode::Member& member : m.teams[step.team].members)
          add(s, member.when, "whom this is assigned to");
        break;
      default: break;
    }
    for (const bytecode::Arm& arm : step.arms) add(s, arm.where, "which event is waited for");
    if (step.choice != none) {
      for (const bytecode::Option& option : m.choices[step.choice].options)
        add(s, option.when, fmt::format("whether `{}` may be chosen", option.name));
      for (const bytecode::Feature& feature : m.choices[step.choice].features) add(s, feature.value, "what is chosen");
    }
    if (step.plan != none) {
      for (const bytecode::Stage& stage : m.plans[step.plan].stages)
        add(s, stage.when, fmt::format("who is in the stage `{}`", stage.name));
      for (const bytecode::Play& play : m.plans[step.plan].plays)
        add(s, play.when, fmt::format("whether `{}` is played", play.name));
    }
    if (step.allocation != none) add(s, m.allocations[step.allocation].where, "what money goes to");
  }
  return out;
}

std::vector<ExprId> Flows::said(Index s, Index channel) const {
  const Step& step = p_.module.steps[s];
  std::vector<ExprId> out;
  for (const Index argument : step.arguments) {
    if (argument != none) out.push_back(p_.roots[argument]);
  }
  for (const bytecode::Variant& variant : p_.module.contents[step.content].variants) {
    if (variant.channel != channel) continue;
    for (const bytecode::Slot& slot : variant.slots) {
      if (slot.text != none) out.push_back(p_.roots[slot.text]);
      for (const bytecode::SlotText& text : slot.one_of) out.push_back(p_.roots[text.text]);
      if (slot.generated) out.push_back(p_.roots[slot.generated->prompt]);
    }
  }
  return out;
}

/// `set` inherits the labels of what it writes and of the branches that it stands in (language, section 10.10), until
/// nothing changes any more.
void Flows::spread() {
  const bytecode::Module& m = p_.module;
  for (bool changed = true; changed;) {
    changed = false;
    for (Index w = 0; w < m.workflows.size(); ++w) {
      const std::vector<Index>& steps = m.workflows[w].steps;
      if (std::none_of(steps.begin(), steps.end(), [&](Index s) { return m.steps[s].kind == StepKind::set; })) continue;
      std::map<Index, Written> under;  // by step: what decides whether it is come to
      const std::vector<Decision> decisions = this->decisions(w);
      for (const Decision& decision : decisions) {
        const Labels found = labels(decision.expr);
        if (found.empty()) continue;
        const auto mark = [&](Index s) {
          under[s].labels |= found;
          under[s].places.push_back(p_.exprs[decision.expr].place);
        };
        if (decision.step == none) {
          for (const Index s : steps) mark(s);
          continue;
        }
        // Everything that comes after: even what both ways lead to is come to by fewer where one of them ends.
        std::set<Index> seen;
        std::vector<Index> open = follow(decision.step);
        while (!open.empty()) {
          const Index s = open.back();
          open.pop_back();
          if (!seen.insert(s).second) continue;
          mark(s);
          for (const Index next : follow(s)) open.push_back(next);
        }
      }
      for (const Index s : steps) {
        const Step& step = m.steps[s];
        if (step.kind != StepKind::set || step.field == none) continue;
        Labels carried = labels(p_.roots[step.value]);
        std::vector<Place> places;
        if (!carried.empty()) places.push_back(p_.step_places[s]);
        if (const auto at = under.find(s); at != under.end()) {
          carried |= at->second.labels;
          places.insert(places.end(), at->second.places.begin(), at->second.places.end());
        }
        Written& field = fields_[step.field];
        Labels all = field.labels;
        all |= carried;
        if (all == field.labels) continue;
        field.labels = all;
        field.places.insert(field.places.end(), places.begin(), places.end());
        changed = true;
      }
    }
  }
}

}  // namespace fairlead::compiler::proof
