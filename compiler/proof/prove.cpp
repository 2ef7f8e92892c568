// One question for each effect and each rule that is about it: is there a state that can be at the act, and that breaks
// the rule?
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/cache.hpp"
#include "compiler/proof/kept.hpp"
#include "compiler/proof/planted.hpp"
#include "compiler/proof/prover.hpp"
#include "runtime/bytecode/concerns.hpp"

namespace fairlead::compiler::proof {

using bytecode::Rule;
using bytecode::RuleKind;
using bytecode::Step;

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved: return "proved";
    case Verdict::guarded: return "guarded";
    case Verdict::broken: return "broken";
    case Verdict::unreachable: return "unreachable";
  }
  return "?";
}

Prover::Prover(const Program& program, Cache* cache)
    : p_(program), cache_(cache), flows_(program), counts_(program), looked_(program.module.workflows.size()) {}

Proofs Prover::run() {
  look();
  for (Index w = 0; w < module().workflows.size(); ++w) workflow(w);
  if (!without_figures) out_.bounds = bounds(p_, counts_);
  settled();
  keep();
  return std::move(out_);
}

/// At each workflow by itself, before anything is said: limits count over all of them, and only what somebody comes to.
void Prover::look() {
  std::optional<Painter> painter;
  if (cache_ != nullptr) painter.emplace(p_);
  for (Index w = 0; w < module().workflows.size(); ++w) {
    if (painter) recall(w, painter->paint(w));
    if (!recalled(w)) looked_[w] = look_at(p_, w);
    nobody_.insert(looked_[w].nobody.begin(), looked_[w].nobody.end());
    const Solver::Count& count = looked_[w].count;
    out_.asked += count.asked;
    out_.by_looking += count.by_looking;
    out_.by_z3 += count.by_z3;
    out_.too_hard += count.unknown;
  }
}

void Prover::recall(Index w, Portrait portrait) {
  if (const std::optional<std::string> bytes = cache_->read(portrait.key)) {
    if (std::optional<Kept> kept = read_kept(module(), w, portrait, *bytes)) {
      looked_[w] = std::move(kept->looked);
      counts_.known(w) = std::move(kept->counts);
      recalled_.insert(w);
    }
  }
  portraits_.push_back(std::move(portrait));
}

/// What the cache did not know, once everything has been asked.
void Prover::keep() {
  for (Index w = 0; w < portraits_.size(); ++w) {
    if (recalled(w) && !counts_.fresh(w)) {
      ++out_.remembered;
      continue;
    }
    if (const auto bytes = write_kept(module(), w, portraits_[w], looked_[w], counts_.known(w)))
      cache_->write(portraits_[w].key, *bytes);
  }
}

void Prover::workflow(Index w) {
  workflow_ = w;
  for (LookedEffect& one : looked_[w].effects) effect(one);
  for (const Index r : module().workflows[w].rules) whole(r);
}

void Prover::effect(LookedEffect& effect) {
  const Site site{Site::Kind::effect, workflow_, effect.step, effect.channel, none};
  named_ = {name_of(p_, site), key_of(p_, site)};
  const Step& step = module().steps[effect.step];
  for (const Index r : module().workflows[workflow_].rules) {
    const Rule& rule = module().rules[r];
    if (rule.kind == RuleKind::allow || !concerns(module(), rule, workflow_, step, effect.channel)) continue;
    Obligation o{.rule = r, .site = site};
    if (effect.nobody) {
      o.verdict = Verdict::unreachable;
      o.because = "nobody comes here";
    } else {
      judge(o, effect);
    }
    finish(o);
  }
}

void Prover::judge(Obligation& o, LookedEffect& effect) {
  const Rule& rule = module().rules[o.rule];
  if (by_condition(rule.kind)) {
    const auto found = std::find_if(effect.findings.begin(), effect.findings.end(),
                                    [&](const Finding& finding) { return finding.rule == o.rule; });
    // Asked for once; only the cache still wants it.
    Finding finding = cache_ == nullptr ? std::move(*found) : *found;
    o.verdict = finding.verdict;
    o.because = std::move(finding.because);
    o.facts = std::move(finding.facts);
    o.way = std::move(finding.way);
    o.example = std::move(finding.example);
  } else if (rule.kind == RuleKind::limit) {
    if (effect.channel != none && module().contents[module().steps[effect.step].content].transactional) {
      o.verdict = Verdict::proved;
      o.because = "what is transactional is not counted";
    } else {
      limit(o);
    }
  } else if (rule.kind == RuleKind::spend) {
    spend(o, effect);
  } else if (rule.kind == RuleKind::sending) {
    sending(o);
  }
}

/// What was settled by looking at goals, choices and texts (compiler/settled.cpp).
void Prover::settled() {
  for (const Settled& s : p_.settled) {
    Obligation o{.rule = s.rule, .site = {Site::Kind::workflow, s.workflow, s.step, none, s.content}};
    if (s.step != none) o.site.kind = Site::Kind::choice;
    if (s.content != none) o.site.kind = Site::Kind::content;
    o.verdict = s.holds == Settled::Holds::yes  ? Verdict::proved
                : s.holds == Settled::Holds::no ? Verdict::broken
                                                : Verdict::guarded;
    o.because = s.because;
    o.said = o.verdict == Verdict::broken;
    workflow_ = s.workflow;
    finish(o);
  }
}

/// `prove` wants more than a guard; what cannot be asked at the act is broken where it is not proved.
void Prover::finish(Obligation& o) {
  const Rule& rule = module().rules[o.rule];
  const AskedWaiver* waived = p_.waived(workflow_, o.rule);
  if (waived != nullptr && (o.verdict == Verdict::guarded || (o.verdict == Verdict::broken && !o.said))) {
    // What is waived is no better proved for it: it is asked at the act, and let pass for as long as the waiver says.
    o.verdict = Verdict::guarded;
    o.waived = waived->waiver;
  } else if (o.verdict == Verdict::guarded && p_.rule_sources[o.rule].prove) {
    o.verdict = Verdict::broken;
    o.by_law = true;
  }
  o.rule_name = rule.name;
  o.rule_text = rule.text;
  o.rule_at = p_.rule_sources[o.rule].place;
  o.workflow = module().workflows[workflow_].name;
  if (o.site.kind == Site::Kind::effect) {
    std::tie(o.name, o.key) = named_;
  } else {
    o.name = name_of(p_, o.site);
    o.key = key_of(p_, o.site);
  }
  o.at = place_of(o);
  out_.obligations.push_back(std::move(o));
}

Place Prover::place_of(const Obligation& o) const {
  const auto declared = [&](NameKind kind, const std::string& name) {
    return p_.names.at(kind).find(name)->second.place;
  };
  switch (o.site.kind) {
    case Site::Kind::effect:
    case Site::Kind::choice: return p_.step_places[o.site.step];
    case Site::Kind::content: return declared(NameKind::content, module().contents[o.site.thing].name);
    case Site::Kind::segment: return declared(NameKind::segment, module().segments[o.site.thing].name);
    case Site::Kind::score: return declared(NameKind::score, module().scores[o.site.thing].name);
    case Site::Kind::points: return declared(NameKind::points, module().points[o.site.thing].name);
    case Site::Kind::workflow:
    case Site::Kind::project: break;
  }
  return declared(NameKind::workflow, o.workflow);
}

Proofs prove(Program& program, Cache* cache) {
  Proofs out = Prover(program, cache).run();
  // What is proved of every channel that a message may take is proved of the step.
  std::map<std::pair<Index, Index>, bool> all;
  for (const Obligation& o : out.obligations) {
    if (o.site.kind != Site::Kind::effect) continue;
    const auto [at, fresh] = all.try_emplace({o.site.step, o.rule}, true);
    at->second = at->second && o.verdict == Verdict::proved;
  }
  for (const auto& [which, proved] : all) {
    if (proved) program.module.steps[which.first].proved.push_back(which.second);
  }
  return out;
}

}  // namespace fairlead::compiler::proof
