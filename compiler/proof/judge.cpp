// Whether a rule that asks for a condition can be broken at an act: by whom, on which way, or by what it is known that
// nobody does.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/walk.hpp"
#include "runtime/bytecode/concerns.hpp"

namespace fairlead::compiler::proof {

using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;

namespace {

/// What an example says of a formula; nothing where it leaves it open.
class Reading {
 public:
  Reading(const Formulas& formulas, const Example& example) : f_(formulas), example_(example) {}

  [[nodiscard]] std::optional<bool> truth(Formula f) const {
    const FormulaNode& node = f_.node(f);
    switch (node.shape) {
      case Shape::constant: return node.value != 0;
      case Shape::opposite: {
        const std::optional<bool> inner = truth(node.args[0]);
        return inner ? std::optional(!*inner) : std::nullopt;
      }
      case Shape::equal: return compared(node, [](int128 a, int128 b) { return a == b; });
      case Shape::less: return compared(node, [](int128 a, int128 b) { return a < b; });
      case Shape::less_equal: return compared(node, [](int128 a, int128 b) { return a <= b; });
      case Shape::both:
      case Shape::either: {
        const bool decides = node.shape == Shape::either;
        bool open = false;
        for (const Formula arg : node.args) {
          const std::optional<bool> one = truth(arg);
          if (one == decides) return decides;
          open = open || !one;
        }
        return open ? std::nullopt : std::optional(!decides);
      }
      case Shape::variable: {
        const std::optional<int128> is = value(f);
        return is ? std::optional(*is != 0) : std::nullopt;
      }
      default: return std::nullopt;
    }
  }

 private:
  [[nodiscard]] std::optional<int128> value(Formula f) const {
    const FormulaNode& node = f_.node(f);
    if (node.shape == Shape::constant) return node.value;
    if (node.shape != Shape::variable) return std::nullopt;
    const auto at = example_.find(node.variable);
    return at == example_.end() ? std::nullopt : std::optional(at->second);
  }
  template <class Compare>
  [[nodiscard]] std::optional<bool> compared(const FormulaNode& node, const Compare& compare) const {
    const std::optional<int128> a = value(node.args[0]), b = value(node.args[1]);
    return a && b ? std::optional(compare(*a, *b)) : std::nullopt;
  }

  const Formulas& f_;
  const Example& example_;
};

bool apart(const std::vector<Variable>& a, const std::vector<Variable>& b) {
  return std::none_of(a.begin(), a.end(), [&b](Variable v) { return std::binary_search(b.begin(), b.end(), v); });
}

}  // namespace

void Walk::judge(Finding& finding, const Act& act) {
  const Rule& rule = module().rules[finding.rule];
  if (rule.kind == RuleKind::closed) {
    closed(finding, act);
  } else if (rule.kind == RuleKind::approval && approved(act.step, rule)) {
    finding.verdict = Verdict::proved;
    finding.because = fmt::format("`{}` decides on it before it happens", rule.role);
  } else {
    forbid(finding, act);
    if (rule.kind == RuleKind::approval && finding.verdict == Verdict::broken)
      finding.because = fmt::format("nobody in `{}` decides on it before it happens", rule.role);
  }
}

/// `forbid … when C`: can C be, or fail to be told?
void Walk::forbid(Finding& finding, const Act& act) {
  const Rule& rule = module().rules[finding.rule];
  refute(finding, act, rule.when == none ? Formulas::yes : fires(finding.rule, act.effect));
  // What waits for a person is not forbidden.
  const bool waits = rule.kind == RuleKind::forbid && rule.otherwise == Otherwise::hold;
  if (finding.verdict == Verdict::broken && waits) {
    finding.verdict = Verdict::guarded;
    finding.because = fmt::format("it waits for a word from `{}`", rule.hold_for);
  }
}

void Walk::refute(Finding& finding, const Act& act, Formula fires) {
  const Formula breaks = f_.both(act.state, fires);
  const Answer& can = solver_.ask(breaks);
  if (can.can == Can::not_be) {
    finding.verdict = Verdict::proved;
    explain(finding, act, fires);
    return;
  }
  if (can.can == Can::unknown) {
    finding.verdict = Verdict::guarded;
    finding.because = "it is too hard to tell";
    return;
  }
  const Answer shown = sayable(f_, solver_, breaks, can, [this](Variable v) { return is_count(v); });
  illustrate(finding, act, shown.example);
  // What whole counts alone leave impossible is not called proved for it.
  if (shown.can != Can::be || !shown.unsaid.empty()) finding.example = {{{}, "no example in round numbers was found"}};
  // Whoever is held back was asked when they came.
  if (solver_.ask(f_.both(act.arrival, f_.opposite(fires))).can == Can::not_be) {
    finding.verdict = Verdict::broken;
    finding.because = "everybody who comes here breaks it";
    return;
  }
  finding.verdict = Verdict::guarded;
  finding.because = "somebody may come here who breaks it";
  went_stale(finding, act, fires, can.example);
}

/// What was known once would have been enough, if no time had passed since.
void Walk::went_stale(Finding& finding, const Act& act, Formula fires, const Example& example) {
  const Formula breaks = f_.both(act.state, fires);
  const std::vector<Variable> spoken_of = f_.free(breaks);
  for (const Outdated& old : reach_->outdated()) {
    // It must be something that was known on the way here, not at some other step.
    if (old.wait > act.step || allows(example, spoken_of, old.fact)) continue;
    const Mark* learned = reach_->learned(old.fact);
    if (learned == nullptr || solver_.ask(f_.both(breaks, old.fact)).can != Can::not_be) continue;
    finding.because = "what was asked before may have changed since";
    const auto mark = [&](Place place, std::string words, bool first) {
      const auto at = std::find_if(finding.way.begin(), finding.way.end(), [&](const Note& note) {
        return note.place.file == place.file && note.place.span == place.span;
      });
      if (at != finding.way.end()) {
        at->words = std::move(words);
      } else {
        finding.way.insert(first ? finding.way.begin() : finding.way.end(), {place, std::move(words)});
      }
    };
    mark(learned->place, "this was asked here", true);
    mark(p_.step_places[old.wait],
         old.wait == act.step ? "and this may be held back, while time passes" : "and time passes here", false);
    return;
  }
}

/// Whether it is plain that a fact can be so beside what the example is one of: the example says so, or the fact is of
/// other things, and can be.
bool Walk::allows(const Example& example, const std::vector<Variable>& spoken_of, Formula fact) {
  if (Reading(f_, example).truth(fact) == true) return true;
  if (apart(f_.free(fact), spoken_of)) return solver_.ask(fact).can == Can::be;
  const FormulaNode& node = f_.node(fact);
  return node.shape == Shape::either &&
         std::any_of(node.args.begin(), node.args.end(), [&](Formula way) { return allows(example, spoken_of, way); });
}

/// The facts without which it would not be proved.
void Walk::explain(Finding& finding, const Act& act, Formula fires) {
  if (solver_.ask(fires).can == Can::not_be) {
    finding.because = "its condition can never be so here";
    return;
  }
  const FormulaNode& node = f_.node(act.state);
  std::vector<Formula> parts = node.shape == Shape::both ? node.args : std::vector<Formula>{act.state};
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
    if (const Mark* learned = reach_->learned(part)) finding.facts.push_back({learned->place, learned->words});
  }
  finding.because = finding.facts.empty() ? "nobody comes here who breaks it" : "by what is known here";
}

bool Walk::is_count(Variable v) {
  const World::Meaning& meaning = world_.meaning(v);
  const auto& counters = module().counters;
  return meaning.kind == World::Meaning::Kind::history && !meaning.presence && meaning.index < counters.size() &&
         counters[meaning.index].kind == bytecode::CounterKind::count && counters[meaning.index].key == f_.info(v).name;
}

void Walk::illustrate(Finding& finding, const Act& act, const Example& example) {
  for (const auto& [variable, value] : example) {
    const World::Meaning& meaning = world_.meaning(variable);
    const std::string& name = f_.info(variable).name;
    if (meaning.presence) {
      // Its value is the next variable. That something is there goes without saying where it is said what.
      const bool there = value != 0;
      if (!there || (!example.contains(variable + 1) && meaning.kind != World::Meaning::Kind::local))
        finding.example.push_back(
            {{}, fmt::format("{} is {}", name.substr(0, name.rfind(' ')), there ? "there" : "absent")});
      continue;
    }
    // What is absent has no value.
    if (const auto there = example.find(variable - 1);
        there != example.end() && there->second == 0 && world_.meaning(variable - 1).presence)
      continue;
    if (name == "?") continue;
    if (meaning.kind == World::Meaning::Kind::other) {
      finding.example.push_back({{}, fmt::format("{}: {}", name, value != 0 ? "yes" : "no")});
      continue;
    }
    finding.example.push_back({{}, fmt::format("{} is {}", name, world_.words(variable, value))});
  }
  const auto holds = [&](Formula f) { return holds_in(f, example); };
  const std::vector<const Mark*> way = reach_->way_to(act.step, holds);
  finding.way.reserve(way.size() + 2);
  for (const Mark* mark : way) finding.way.push_back({mark->place, mark->words});
}

/// Whether nothing in the example speaks against it.
bool Walk::holds_in(Formula f, const Example& example) {
  if (const std::optional<bool> plain = Reading(f_, example).truth(f)) return *plain;
  std::vector<Formula> parts{f};
  for (const Variable variable : f_.free(f)) {
    const auto at = example.find(variable);
    if (at == example.end()) continue;
    const Formula v = f_.of(variable);
    switch (f_.info(variable).sort) {
      case Sort::truth: parts.push_back(at->second != 0 ? v : f_.opposite(v)); break;
      case Sort::whole: parts.push_back(f_.equal(v, f_.whole(static_cast<std::int64_t>(at->second)))); break;
      case Sort::real: parts.push_back(f_.equal(v, f_.real(at->second))); break;
    }
  }
  return solver_.look(f_.both(std::move(parts))).can != Can::not_be;
}

/// `default forbid`: is there a state in which no `allow` allows it?
void Walk::closed(Finding& finding, const Act& act) {
  std::vector<Formula> ways;
  bool any = false;
  for (const Index r : workflow().rules) {
    const Rule& rule = module().rules[r];
    if (rule.kind != RuleKind::allow || !concerns(module(), rule, workflow_, module().steps[act.step], act.channel))
      continue;
    any = true;
    ways.push_back(rule.when == none ? Formulas::yes : world_.holds(world_.root(rule.when), &act.effect));
  }
  refute(finding, act, f_.opposite(f_.either(std::move(ways))));
  if (finding.verdict == Verdict::proved) finding.because = "a rule allows it";
  if (!any) finding.because = "no rule allows it";
}

}  // namespace fairlead::compiler::proof
