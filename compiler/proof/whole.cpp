// Rules about labels, and about a workflow as a whole: what is sent, what decides, what moves, what is kept.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/prover.hpp"

namespace fairlead::compiler::proof {

using bytecode::Rule;
using bytecode::RuleKind;

void Prover::sending(Obligation& o) {
  const Rule& rule = module().rules[o.rule];
  o.verdict = Verdict::proved;
  o.because = fmt::format("nothing {} is in it", to_string(rule.label));
  const Index to = module().channels[o.site.channel].to;
  if (to != none && module().fields[to].labels.has(rule.label)) {
    o.verdict = Verdict::broken;
    o.because = fmt::format("its address, `contact.{}`, is {}", module().fields[to].name, to_string(rule.label));
    if (const auto at = p_.field_places.find(module().fields[to].name); at != p_.field_places.end())
      o.way.push_back({at->second, "it is marked here"});
    return;
  }
  for (const ExprId said : flows_.said(o.site.step, o.site.channel)) {
    if (!flows_.labels(said).has(rule.label)) continue;
    o.verdict = Verdict::broken;
    o.because = fmt::format("it says something {}", to_string(rule.label));
    for (const Place place : flows_.sources(said, rule.label))
      o.way.push_back({place, fmt::format("this is {}", to_string(rule.label))});
    return;
  }
}

void Prover::whole(Index r) {
  const Rule& rule = module().rules[r];
  if (rule.kind == RuleKind::deciding) deciding(r);
  if (rule.kind == RuleKind::keep && data_.insert(r).second) {
    Obligation o{.rule = r, .site = {Site::Kind::project, workflow_, none, none, none}, .verdict = Verdict::proved};
    o.because = "no audit entry is ever deleted";
    finish(o);
  }
  if (rule.kind == RuleKind::moves) moves(r);
  if (rule.kind == RuleKind::data && data_.insert(r).second) {
    Obligation o{.rule = r, .site = {Site::Kind::project, workflow_, none, none, none}};
    const auto& fields = module().fields;
    const bool asks = std::any_of(fields.begin(), fields.end(), [](const bytecode::Field& field) {
      return field.fresh.has_value() || field.complete.has_value();
    });
    if (!asks) o.verdict = Verdict::proved;
    o.because = asks ? "it depends on the data that there is then" : "no field says how complete or fresh it is to be";
    finish(o);
  }
}

void Prover::deciding(Index r) {
  const bytecode::Label label = module().rules[r].label;
  const auto look = [&](Obligation o, const std::vector<Decision>& decisions) {
    o.verdict = Verdict::proved;
    o.because = fmt::format("nothing {} decides", to_string(label));
    for (const Decision& decision : decisions) {
      if (!flows_.labels(decision.expr).has(label)) continue;
      if (o.verdict == Verdict::proved) {
        o.verdict = Verdict::broken;
        o.said = true;
        const std::string who = flows_.name_of_source(decision.expr, label);
        o.because = who.empty() ? fmt::format("something {} decides {}", to_string(label), decision.what)
                                : fmt::format("`{}`, which is {}, decides {}", who, to_string(label), decision.what);
      }
      // What a segment or a score brings here has been said of it.
      const bool flow = o.site.kind == Site::Kind::workflow || o.site.kind == Site::Kind::choice;
      o.said = o.said && flow && flows_.by_measures(decision, label);
      for (const Place place : flows_.sources(decision.expr, label))
        o.way.push_back({place, fmt::format("this is {}", to_string(label))});
      o.way.push_back({p_.exprs[decision.expr].place, fmt::format("it decides {}", decision.what)});
    }
    finish(o);
  };
  // Segments and scores decide wherever they are asked; each is looked at once for the whole project.
  if (measured_.insert(r).second) {
    for (Index i = 0; i < module().segments.size(); ++i) {
      look({.rule = r, .site = {Site::Kind::segment, workflow_, none, none, i}},
           {{none, none, p_.segment_roots[i], "who is in it"}});
    }
    for (Index i = 0; i < module().scores.size(); ++i) {
      std::vector<Decision> features;
      for (const bytecode::Feature& feature : module().scores[i].features)
        features.push_back({none, feature.value, p_.roots[feature.value], "what it predicts"});
      look({.rule = r, .site = {Site::Kind::score, workflow_, none, none, i}}, features);
    }
    for (Index i = 0; i < module().points.size(); ++i) {
      look({.rule = r, .site = {Site::Kind::points, workflow_, none, none, i}},
           {{none, none, p_.point_roots[i], "how many points there are"}});
    }
  }
  std::vector<Decision> rest;
  std::map<Index, std::vector<Decision>> of_choice;
  for (Decision& decision : flows_.decisions(workflow_)) {
    const bool choice = decision.step != none && module().steps[decision.step].choice != none;
    (choice ? of_choice[decision.step] : rest).push_back(std::move(decision));
  }
  look({.rule = r, .site = {Site::Kind::workflow, workflow_, none, none, none}}, rest);
  for (const Index s : module().workflows[workflow_].steps) {
    if (module().steps[s].choice != none)
      look({.rule = r, .site = {Site::Kind::choice, workflow_, s, none, none}}, of_choice[s]);
  }
}

void Prover::moves(Index r) {
  const Rule& rule = module().rules[r];
  for (const Index s : module().workflows[workflow_].steps) {
    const Index choice = module().steps[s].choice;
    if (choice == none) continue;
    Obligation o{.rule = r, .site = {Site::Kind::choice, workflow_, s, none, none}};
    const auto& move = module().choices[choice].move;
    const bool slower = move && move->share <= rule.amount &&
                        longest(p_, rule.period, rule.window) <= longest(p_, move->period, move->window) &&
                        move->approval.empty();
    if (slower) o.verdict = Verdict::proved;
    o.because = slower ? "the choice itself moves no faster" : "how far weights move is known when they do";
    finish(o);
  }
}

}  // namespace fairlead::compiler::proof
