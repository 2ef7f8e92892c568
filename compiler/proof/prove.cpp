// One question for each effect and each rule that is about it: is there a state that can be at the act, and that breaks
// the rule?
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/cache.hpp"
#include "compiler/proof/kept.hpp"
#include "compiler/proof/planted.hpp"
#include "compiler/proof/prover.hpp"
#include "compiler/proof/rules.hpp"

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
  for (const LookedEffect& one : looked_[w].effects) effect(one);
  for (const Index r : module().workflows[w].rules) whole(r);
}

<<<<<<< HEAD
void Prover::effect(const LookedEffect& effect) {
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
=======
  void refute(Obligation& o, Formula act, Formula fires) {
    const Answer can = solver_.ask(f_.both(act, fires));
    if (can.can == Can::not_be) {
      o.verdict = Verdict::proved;
      explain(o, act, fires);
      return;
    }
    if (can.can == Can::unknown) {
      o.verdict = Verdict::guarded;
      o.because = "it is too hard to tell";
      return;
    }
    illustrate(o, sayable(f_.both(act, fires), can));
    // Whoever is held back was asked when they came.
    if (solver_.ask(f_.both(arrival_, f_.opposite(fires))).can == Can::not_be) {
      o.verdict = Verdict::broken;
      o.because = "everybody who comes here breaks it";
      return;
    }
    o.verdict = Verdict::guarded;
    o.because = "somebody may come here who breaks it";
    went_stale(o, act, fires);
  }

  /// What was known once would have been enough, if no time had passed since.
  void went_stale(Obligation& o, Formula act, Formula fires) {
    for (const Outdated& old : reach_->outdated()) {
      if (solver_.ask(f_.both({act, old.fact, fires})).can != Can::not_be) continue;
      const Mark* learned = reach_->learned(old.fact);
      if (learned == nullptr) continue;
      // It must be something that was known on the way here, not at some other step.
      if (!comes_after(old.wait, o.site.step)) continue;
      o.because = "what was asked before may have changed since";
      const auto mark = [&](Place place, std::string words, bool first) {
        const auto at = std::find_if(o.way.begin(), o.way.end(), [&](const Note& note) {
          return note.place.file == place.file && note.place.span == place.span;
        });
        if (at != o.way.end()) {
          at->words = std::move(words);
        } else {
          o.way.insert(first ? o.way.begin() : o.way.end(), {place, std::move(words)});
        }
      };
      mark(learned->place, "this was asked here", true);
      mark(p_.step_places[old.wait],
           old.wait == o.site.step ? "and this may be held back, while time passes" : "and time passes here", false);
      return;
    }
  }

  [[nodiscard]] bool comes_after(Index before, Index after) const { return before <= after; }

  /// The facts without which it would not be proved.
  void explain(Obligation& o, Formula act, Formula fires) {
    if (solver_.ask(fires).can == Can::not_be) {
      o.because = "its condition can never be so here";
      return;
    }
    const FormulaNode node = f_.node(act);
    std::vector<Formula> parts = node.shape == Shape::both ? node.args : std::vector<Formula>{act};
    for (std::size_t i = 0; i < parts.size();) {
      std::vector<Formula> rest = parts;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      rest.push_back(fires);
      if (solver_.ask(f_.both(std::move(rest))).can == Can::not_be) {
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    for (const Formula part : parts) {
      if (const Mark* learned = reach_->learned(part)) o.facts.push_back({learned->place, learned->words});
    }
    o.because = o.facts.empty() ? "nobody comes here who breaks it" : "by what is known here";
  }

  [[nodiscard]] bool is_count(Variable v) const {
    const World::Meaning& meaning = world_->meaning(v);
    const auto& counters = module().counters;
    return meaning.kind == World::Meaning::Kind::history && !meaning.presence && meaning.index < counters.size() &&
           counters[meaning.index].kind == bytecode::CounterKind::count &&
           counters[meaning.index].key == f_.info(v).name;
  }

  /// An example that there can be: numbers have nine digits, and counts are whole. Where none is found close by, it
  /// stays as it is.
  Example sayable(Formula f, const Answer& answer) {
    Example out = answer.example;
    std::vector<Variable> odd = answer.unsaid;
    for (const auto& [v, value] : out) {
      if (value % Decimal::one != 0 && is_count(v)) odd.push_back(v);
    }
    for (const Variable v : odd) {
      const int128 whole = out[v] / Decimal::one;
      for (const int128 close : {whole, whole + 1, whole - 1, int128{0}, int128{1}, int128{2}, int128{10}}) {
        const Formula pinned = f_.both(f, f_.equal(f_.of(v), f_.real(close * Decimal::one)));
        const Answer& can = solver_.ask(pinned);
        if (can.can != Can::be) continue;
        f = pinned;
        out = can.example;
        break;
      }
    }
    return out;
  }

  void illustrate(Obligation& o, const Example& example) {
    for (const auto& [variable, value] : example) {
      const World::Meaning& meaning = world_->meaning(variable);
      const std::string& name = f_.info(variable).name;
      if (meaning.presence) {
        // Its value is the next variable. That something is there goes without saying where it is said what.
        const bool there = value != 0;
        if (!there || (!example.contains(variable + 1) && meaning.kind != World::Meaning::Kind::local))
          o.example.push_back(
              {{}, fmt::format("{} is {}", name.substr(0, name.rfind(' ')), there ? "there" : "absent")});
        continue;
      }
      // What is absent has no value.
      if (const auto there = example.find(variable - 1);
          there != example.end() && there->second == 0 && world_->meaning(variable - 1).presence)
        continue;
      if (name == "?") continue;
      if (meaning.kind == World::Meaning::Kind::other) {
        o.example.push_back({{}, fmt::format("{}: {}", name, value != 0 ? "yes" : "no")});
        continue;
      }
      o.example.push_back({{}, fmt::format("{} is {}", name, world_->words(variable, value))});
    }
    const auto holds = [&](Formula f) { return holds_in(f, example); };
    for (const Mark& mark : reach_->way_to(o.site.step, holds)) o.way.push_back({mark.place, mark.words});
  }

  /// Whether nothing in the example speaks against it.
  bool holds_in(Formula f, const Example& example) {
    std::vector<Formula> parts{f};
    for (const auto& [variable, value] : example) {
      const VariableInfo& info = f_.info(variable);
      const Formula v = f_.of(variable);
      if (info.sort == Sort::truth) parts.push_back(value != 0 ? v : f_.opposite(v));
      if (info.sort == Sort::whole) parts.push_back(f_.equal(v, f_.whole(static_cast<std::int64_t>(value))));
      if (info.sort == Sort::real) parts.push_back(f_.equal(v, f_.real(value)));
    }
    return solver_.look(f_.both(std::move(parts))).can != Can::not_be;
  }

  /// `default forbid`: is there a state in which no `allow` allows it?
  void closed(Obligation& o, Formula act, const Effect& effect) {
    std::vector<Formula> ways;
    bool any = false;
    for (const Index r : module().workflows[workflow_].rules) {
      const Rule& rule = module().rules[r];
      if (rule.kind != RuleKind::allow ||
          !concerns(module(), rule, workflow_, module().steps[o.site.step], o.site.channel))
        continue;
      any = true;
      ways.push_back(rule.when == none ? Formulas::yes : world_->holds(world_->root(rule.when), &effect));
    }
    refute(o, act, f_.opposite(f_.either(std::move(ways))));
    if (o.verdict == Verdict::proved) o.because = "a rule allows it";
    if (!any) o.because = "no rule allows it";
  }

  // ---- limits

  void limit(Obligation& o) {
    const Rule& rule = module().rules[o.rule];
    if (rule.whole_project) {
      o.because = "it counts the messages of everybody";
      return;
    }
    const Duration window = longest(p_, rule.period, rule.window);
    // What the limit counts of a workflow.
    const auto counts = [&](Index s) -> std::uint64_t {
      const Step& step = module().steps[s];
      if (step.kind != StepKind::send || step.content == none || nobody_.contains(s) ||
          module().contents[step.content].transactional != planted(Mistake::transactional_counted))
        return 0;
      const std::vector<Index> channels = channels_of(step);
      return std::any_of(channels.begin(), channels.end(),
                         [&](Index c) {
                           return rule.channels.empty() ||
                                  std::find(rule.channels.begin(), rule.channels.end(), c) != rule.channels.end();
                         })
                 ? 1
                 : 0;
    };
    const auto most_of = [&](Index w) -> std::optional<std::uint64_t> {
      const auto [at, fresh] = most_.try_emplace({o.rule, w});
      if (fresh) at->second = most_within(p_, w, window, counts);
      const auto& [most, ending] = at->second;
      // Of its own workflow count those up to and with this one.
      if (w != workflow_ || !most) return most;
      const auto here = ending.find(o.site.step);
      return here == ending.end() ? 0 : here->second;
    };
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
    std::vector<std::pair<Index, std::uint64_t>> parts;
    for (Index w = 0; w < module().workflows.size(); ++w) {
      if (rule.workflow != none && w != rule.workflow) continue;
      if (planted(Mistake::others_not_counted) && w != workflow_) continue;
      const bool shared =
          std::any_of(rule.shares.begin(), rule.shares.end(), [w](const auto& s) { return s.workflow == w; });
      const std::optional<std::uint64_t> most = most_of(w);
      if (most && *most == 0) continue;
      // What is not under the limit goes out whatever it says, and takes from what all have.
      const std::vector<Index>& rules = module().workflows[w].rules;
      const bool bound = std::find(rules.begin(), rules.end(), o.rule) != rules.end();
      const bool counted = rule.shares.empty() || (own != nullptr ? w == workflow_ : !shared) || !bound;
      if (!counted) continue;
      if (!most) {
        o.because = fmt::format("`{}` has no end to how many messages it may send in {}", module().workflows[w].name,
                                to_string(window));
        return;
      }
      parts.emplace_back(w, *most);
      total += *most;
    }
    const bool others = std::any_of(parts.begin(), parts.end(), [&](const auto& p) { return p.first != workflow_; });
    if (total <= may) {
      o.verdict = Verdict::proved;
      o.because = fmt::format("at most {} of {} come in any {}{}", total, may, to_string(window),
                              others ? ", from all workflows together" : "");
>>>>>>> attack
    } else {
      judge(o, effect);
    }
    finish(o);
  }
}

void Prover::judge(Obligation& o, const LookedEffect& effect) {
  const Rule& rule = module().rules[o.rule];
  if (by_condition(rule.kind)) {
    const auto found = std::find_if(effect.findings.begin(), effect.findings.end(),
                                    [&](const Finding& finding) { return finding.rule == o.rule; });
    o.verdict = found->verdict;
    o.because = found->because;
    o.facts = found->facts;
    o.way = found->way;
    o.example = found->example;
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
