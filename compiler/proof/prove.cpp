// One question for each effect and each rule that is about it: is there a state that can be at the act, and that breaks
// the rule?
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/labels.hpp"
#include "compiler/proof/planted.hpp"
#include "compiler/proof/proof.hpp"
#include "compiler/proof/reach.hpp"
#include "compiler/proof/rules.hpp"
#include "compiler/proof/solver.hpp"
#include "compiler/proof/spending.hpp"

namespace fairlead::compiler::proof {

using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;
using bytecode::Step;
using bytecode::StepKind;

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved: return "proved";
    case Verdict::guarded: return "guarded";
    case Verdict::broken: return "broken";
    case Verdict::unreachable: return "unreachable";
  }
  return "?";
}

namespace {

class Prover {
 public:
  explicit Prover(const Program& program) : p_(program), solver_(f_), flows_(program) {}

  Proofs run() {
    // Limits count over all workflows, and only what somebody comes to.
    for (Index w = 0; w < module().workflows.size(); ++w) {
      look_at(w);
      for (const Index s : module().workflows[w].steps) {
        if (solver_.ask(reach_->at(s).state).can == Can::not_be) nobody_.insert(s);
      }
    }
    for (Index w = 0; w < module().workflows.size(); ++w) workflow(w);
    if (!without_figures) out_.bounds = bounds(p_);
    settled();
    const Solver::Count& count = solver_.count();
    out_.asked = count.asked;
    out_.by_looking = count.by_looking;
    out_.by_z3 = count.by_z3;
    out_.too_hard = count.unknown;
    return std::move(out_);
  }

 private:
  [[nodiscard]] const bytecode::Module& module() const { return p_.module; }

  void look_at(Index w) {
    world_ = std::make_unique<World>(p_, f_);
    workflow_ = w;
    reach_.reset();
    reach_ = std::make_unique<Reach>(
        p_, *world_, f_, w, [this](Index step, Formula state) { return may_hold(step, state); },
        [this](Index step, Formula state) { return past_stops(step, state); });
  }

  void workflow(Index w) {
    look_at(w);
    for (const Index s : module().workflows[w].steps) {
      const Step& step = module().steps[s];
      if (step.kind == StepKind::send && step.content != none) {
        for (const Index channel : channels_of(step)) effect(s, channel);
      } else if (step.kind == StepKind::act && step.action != none) {
        effect(s, none);
      }
    }
    for (const Index r : module().workflows[w].rules) whole(r);
  }

  [[nodiscard]] std::vector<Index> channels_of(const Step& step) const {
    if (!step.best.empty()) return step.best;
    return step.channel == none ? std::vector<Index>{} : std::vector<Index>{step.channel};
  }

  /// What the effect of a step says of itself.
  Effect effect_of(Index s, Index channel) {
    const Step& step = module().steps[s];
    Effect out{.workflow = workflow_, .content = step.content, .channel = channel, .arguments = {}, .amount = {}};
    for (const Index argument : step.arguments)
      out.arguments.push_back(argument == none ? Term{f_.no, f_.no, f_.no} : world_->term(world_->root(argument)));
    if (step.kind == StepKind::act && module().actions[step.action].amount != none)
      out.amount = world_->term(world_->root(module().actions[step.action].amount), nullptr, &out.arguments);
    return out;
  }

  /// Of what can be when a step's effect is carried out: what cannot be said goes nowhere.
  Formula possible(Formula state, Index s, Index channel, const Effect& effect) {
    std::vector<Formula> parts{state};
    for (const Term& argument : effect.arguments) parts.push_back(f_.opposite(argument.fault));
    if (effect.amount) parts.push_back(f_.opposite(effect.amount->fault));
    if (channel != none) parts.push_back(world_->can_go(channel, !module().steps[s].best.empty()));
    return f_.both(std::move(parts));
  }

  /// Whether a rule may hold the effect back, so that time passes while the workflow stands there.
  bool may_hold(Index s, Formula state) {
    const Step& step = module().steps[s];
    if (step.best_hour) return true;
    const std::vector<Index> channels = step.kind == StepKind::act ? std::vector<Index>{none} : channels_of(step);
    for (const Index channel : channels) {
      const Effect effect = effect_of(s, channel);
      for (const Index r : module().workflows[workflow_].rules) {
        const Rule& rule = module().rules[r];
        if (rule.otherwise != Otherwise::defer && rule.otherwise != Otherwise::hold) continue;
        if (!concerns(module(), rule, workflow_, step, channel)) continue;
        const bool asks = rule.kind == RuleKind::forbid || rule.kind == RuleKind::approval;
        if (rule.kind == RuleKind::approval && approved(s, rule)) continue;
        if (asks && rule.when != none &&
            solver_.ask(f_.both(possible(state, s, channel, effect), world_->fires(world_->root(rule.when), &effect)))
                    .can == Can::not_be)
          continue;
        return true;
      }
    }
    return false;
  }

  /// A guard that stops lets nobody pass who breaks its rule: after the step nobody of them is there, in this turn.
  Formula past_stops(Index s, Formula state) {
    const Step& step = module().steps[s];
    const std::vector<Index> channels = channels_of(step);
    if (step.kind != StepKind::send || channels.size() != 1) return state;
    const Effect effect = effect_of(s, channels.front());
    for (const Index r : module().workflows[workflow_].rules) {
      const Rule& rule = module().rules[r];
      const bool stops = rule.otherwise == Otherwise::stop || planted(Mistake::skip_is_stop);
      // Whom a waiver lets pass goes on. (One that has run out today has not in a simulation of last year.)
      if (module().workflows[workflow_].head.signed_waiver(r) != nullptr) continue;
      if (rule.kind == RuleKind::forbid && stops && rule.when != none &&
          concerns(module(), rule, workflow_, step, channels.front()))
        state = f_.both(state, f_.opposite(world_->fires(world_->root(rule.when), &effect)));
    }
    return state;
  }

  /// Whether somebody in the role decides on exactly this step before it is carried out.
  [[nodiscard]] bool approved(Index s, const Rule& rule) const {
    for (const Index other : module().workflows[workflow_].steps) {
      const Step& approve = module().steps[other];
      if (approve.kind == StepKind::approve && approve.role != none && module().roles[approve.role].name == rule.role &&
          std::find(approve.covered.begin(), approve.covered.end(), s) != approve.covered.end())
        return true;
    }
    return false;
  }

  /// What histories have in common, once all rules have said what of it they ask.
  Formula known_history(Index s, Index channel, const Effect& effect) {
    for (const Index r : module().workflows[workflow_].rules) {
      const Rule& rule = module().rules[r];
      if (rule.when != none && concerns(module(), rule, workflow_, module().steps[s], channel))
        world_->fires(world_->root(rule.when), &effect);
    }
    return world_->history();
  }

  void effect(Index s, Index channel) {
    const Effect effect = effect_of(s, channel);
    const Formula act = f_.both(possible(reach_->at_act(s), s, channel, effect), known_history(s, channel, effect));
    const bool nobody = nobody_.contains(s) || solver_.ask(act).can == Can::not_be;
    arrival_ = possible(reach_->at(s).state, s, channel, effect);
    for (const Index r : module().workflows[workflow_].rules) {
      const Rule& rule = module().rules[r];
      if (!concerns(module(), rule, workflow_, module().steps[s], channel)) continue;
      if (rule.kind == RuleKind::allow) continue;
      Obligation o{.rule = r, .site = {Site::Kind::effect, workflow_, s, channel, none}};
      if (nobody) {
        o.verdict = Verdict::unreachable;
        o.because = "nobody comes here";
      } else {
        judge(o, act, effect);
      }
      finish(o);
    }
  }

  void judge(Obligation& o, Formula act, const Effect& effect) {
    const Rule& rule = module().rules[o.rule];
    switch (rule.kind) {
      case RuleKind::forbid: forbid(o, act, effect); break;
      case RuleKind::approval:
        if (approved(o.site.step, rule)) {
          o.verdict = Verdict::proved;
          o.because = fmt::format("`{}` decides on it before it happens", rule.role);
        } else {
          forbid(o, act, effect);
          if (o.verdict == Verdict::broken)
            o.because = fmt::format("nobody in `{}` decides on it before it happens", rule.role);
        }
        break;
      case RuleKind::closed: closed(o, act, effect); break;
      case RuleKind::limit:
        if (effect.channel != none && module().contents[effect.content].transactional) {
          o.verdict = Verdict::proved;
          o.because = "what is transactional is not counted";
        } else {
          limit(o);
        }
        break;
      case RuleKind::spend: spend(o, effect); break;
      case RuleKind::sending: sending(o); break;
      default: o.verdict = Verdict::guarded; o.because = "it depends on what is so at the act";
    }
  }

  /// `forbid … when C`: can C be, or fail to be told?
  void forbid(Obligation& o, Formula act, const Effect& effect) {
    const Rule& rule = module().rules[o.rule];
    const Formula fires = rule.when == none ? Formulas::yes : world_->fires(world_->root(rule.when), &effect);
    refute(o, act, fires);
    // What waits for a person is not forbidden.
    const bool waits = rule.kind == RuleKind::forbid && rule.otherwise == Otherwise::hold;
    if (o.verdict == Verdict::broken && waits) {
      o.verdict = Verdict::guarded;
      o.because = fmt::format("it waits for a word from `{}`", rule.hold_for);
    }
  }

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
    } else {
      o.because = fmt::format("as many as {} may come in {}{}, and {} may", total, to_string(window),
                              others ? ", from all workflows together" : "", may);
      // Of what several workflows come to together, each of their messages could speak; one is enough.
      if (others) o.said = !together_.insert(o.rule).second;
      for (const auto& [w, most] : parts) {
        if (!others) break;
        const Place place = p_.names.at(NameKind::workflow).find(module().workflows[w].name)->second.place;
        o.way.push_back({place, w == workflow_ ? fmt::format("{} of them may come from here, up to this one", most)
                                               : fmt::format("{} of them may come from here", most)});
      }
      if (may == 0) o.verdict = Verdict::broken;
    }
  }

  void spend(Obligation& o, const Effect& effect) {
    const bool message = effect.channel != none;
    if (message && module().channels[effect.channel].cost.units() == 0) {
      o.verdict = Verdict::proved;
      o.because = "this message costs nothing";
      return;
    }
    if (within_budgets(o.rule)) {
      o.verdict = Verdict::proved;
      o.because = "the budgets of the workflows under it come to no more";
      return;
    }
    o.because = adds_up(p_, workflow_, o.site.step, module().rules[o.rule], fixed(effect.amount));
  }

  /// An amount that is the same whenever it is asked for.
  std::optional<int128> fixed(const std::optional<Term>& amount) const {
    if (!amount || f_.node(amount->value).shape != Shape::constant) return std::nullopt;
    return f_.node(amount->value).value;
  }

  /// Whether each workflow that the limit binds has a budget over the same time, and these together are no more. What
  /// goes beyond a budget is left out.
  bool within_budgets(Index r) {
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

  // ---- what is sent

  void sending(Obligation& o) {
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

  // ---- rules about a workflow as a whole

  void whole(Index r) {
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
      o.because =
          asks ? "it depends on the data that there is then" : "no field says how complete or fresh it is to be";
      finish(o);
    }
  }

  void deciding(Index r) {
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

  void moves(Index r) {
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

  /// What was settled by looking at goals, choices and texts (compiler/settled.cpp).
  void settled() {
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
  void finish(Obligation& o) {
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
    o.name = name_of(p_, o.site);
    o.key = key_of(p_, o.site);
    o.at = place_of(o);
    out_.obligations.push_back(std::move(o));
  }

  [[nodiscard]] Place place_of(const Obligation& o) const {
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

  const Program& p_;
  Formulas f_;
  Solver solver_;
  Flows flows_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Reach> reach_;
  Index workflow_ = none;
  std::map<std::pair<Index, Index>, Most> most_;  // rule, workflow
  Formula arrival_ = Formulas::no;                // at the effect that is looked at, before anything held it back
  std::set<Index> nobody_;                        // steps to which nobody comes
  std::set<Index> data_, measured_;               // rules that were looked at for the project
  std::set<Index> together_;                      // limits that several workflows may break together
  Proofs out_;
};

}  // namespace

Proofs prove(Program& program) {
  Proofs out = Prover(program).run();
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
