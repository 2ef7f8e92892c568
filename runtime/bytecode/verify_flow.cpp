// The verifier's third part: the graph of steps. The engine runs a turn as a loop from one wait to the next, so a way
// round would never give it back. Only where a step begins a round of its own (`repeat`, `for each`, a play of a plan)
// may a way come back, to that step: it counts the rounds, and each takes time. Without the ways that begin a round,
// then, the graph has no way round at all.
#include <algorithm>

#include "runtime/bytecode/findings.hpp"

namespace fairlead::bytecode {
namespace {

class Flow {
 public:
  Flow(const Module& module, Findings& findings)
      : m_(module),
        found_(findings),
        owner_(module.steps.size(), none),
        chooser_(module.choices.size(), none),
        splitter_(module.splits.size(), none),
        planner_(module.plans.size(), none),
        approver_(module.steps.size(), none) {}

  void all() {
    for (Index s = 0; s < m_.steps.size(); ++s) {
      for (const Index covered : m_.steps[s].covered) approver_[covered] = s;
    }
    for (Index w = 0; w < m_.workflows.size() && found_.ok(); ++w) own(w);
    for (Index s = 0; s < m_.steps.size() && found_.ok(); ++s) {
      found_.at("step", s, m_.steps[s].key);
      step(s);
    }
    if (found_.ok()) cycles();
    if (found_.ok()) follows();
  }

 private:
  void own(Index w) {
    const Workflow& workflow = m_.workflows[w];
    found_.at("workflow", w, workflow.name);
    for (const Index s : workflow.steps) {
      found_.require(owner_[s] == none, "its step {} is listed before", s);
      owner_[s] = w;
    }
    found_.require(workflow.steps.empty() == (workflow.first == none),
                   "it has steps and no first, or a first and no steps");
    if (workflow.first == none) return;
    found_.require(owner_[workflow.first] == w, "its first step is not its own");
    found_.require(approver_[workflow.first] == none, "its first step wants an approval");
  }

  static void add(std::vector<Index>& ways, Index step) {
    if (step != none) ways.push_back(step);
  }

  /// Adds where a step leads on.
  void onward(const Step& s, std::vector<Index>& ways) const {
    add(ways, s.otherwise);
    if (!in_rounds(s)) add(ways, s.next);
    for (const Arm& a : s.arms) add(ways, a.first);
    if (s.choice != none) {
      for (const Option& o : m_.choices[s.choice].options) add(ways, o.first);
    }
    if (s.split != none) {
      for (const SplitVariant& v : m_.splits[s.split].variants) add(ways, v.first);
    }
  }

  /// Adds where it begins a round.
  void rounds(const Step& s, std::vector<Index>& ways) const {
    if (in_rounds(s)) add(ways, s.next);
    if (s.plan != none) {
      for (const Play& p : m_.plans[s.plan].plays) add(ways, p.first);
    }
  }

  static bool in_rounds(const Step& s) { return s.kind == StepKind::repeat || s.kind == StepKind::for_each; }

  /// One step for each of these: its key is what is known of it outside, and the graph stays as small as the module.
  void alone(Index of, Index step, std::vector<Index>& steps, std::string_view what) {
    if (of == none) return;
    found_.require(steps[of] == none, "its {} is that of step {} already", what, steps[of]);
    steps[of] = step;
  }

  void step(Index index) {
    const Step& s = m_.steps[index];
    needs(s);
    if (!found_.ok()) return;
    alone(s.choice, index, chooser_, "choice");
    alone(s.split, index, splitter_, "split");
    alone(s.plan, index, planner_, "plan");
    ways_.clear();
    onward(s, ways_);
    rounds(s, ways_);
    for (const Index target : ways_) {
      found_.require(owner_[target] == owner_[index], "it leads to step {} of another workflow", target);
      // Nobody comes to what is decided on but through the decision.
      const Index approver = approver_[target];
      found_.require(approver == none || (approver == index && target == s.next) || approver_[index] == approver,
                     "it leads to step {} around its approval", target);
    }
    const std::uint32_t bindings = owner_[index] == none ? 0 : m_.workflows[owner_[index]].bindings;
    for (const Arm& a : s.arms) {
      found_.require(a.bind == none || a.bind < bindings, "it binds event {} of {}", a.bind, bindings);
    }
    const std::uint32_t locals = owner_[index] == none ? 0 : m_.workflows[owner_[index]].locals;
    if (s.local != none) {
      // An answer is kept as whether it came, and its fields after that.
      const std::size_t wanted = s.kind == StepKind::act ? 1 + m_.actions[s.action].returns.size() : 1;
      found_.require(s.local + wanted <= locals, "it keeps values {} to {} of {}", s.local, s.local + wanted - 1,
                     locals);
    }
    for (const Index covered : s.covered)
      found_.require(owner_[covered] == owner_[index], "it covers step {} of another workflow", covered);
    found_.require(s.bind == none || s.bind < bindings, "it binds record {} of {}", s.bind, bindings);
  }

  /// What the engine takes from a step of this kind without asking.
  void needs(const Step& s) {
    const auto need = [this](Index index, std::string_view what) {
      found_.require(index != none, "it has no {}", what);
    };
    switch (s.kind) {
      case StepKind::send: return send(s);
      case StepKind::wait_for:
      case StepKind::wait_until:
      case StepKind::wait_event: return need(s.value, "time");
      case StepKind::branch: return need(s.value, "condition");
      case StepKind::choose: return need(s.choice, "choice");
      case StepKind::set: need(s.field, "field"); return need(s.value, "value");
      case StepKind::stop:
      case StepKind::leave: return;
      case StepKind::act: return act(s);
      case StepKind::let: need(s.value, "value"); return need(s.local, "place for its value");
      case StepKind::approve: return approve(s);
      case StepKind::assign: return need(s.team, "team");
      case StepKind::repeat:
        found_.require(s.times >= 1 && s.times <= most_rounds, "it has {} rounds, and 1 to {} are possible", s.times,
                       most_rounds);
        found_.require(s.every > Duration(), "its rounds take no time");
        return need(s.next, "round");
      case StepKind::split: return need(s.split, "split");
      case StepKind::follow: return need(s.workflow, "workflow");
      case StepKind::for_each:
        need(s.record, "record");
        need(s.bind, "binding");
        return need(s.next, "round");
      case StepKind::allocate: return need(s.allocation, "allocation");
      case StepKind::plan: return need(s.plan, "plan");
    }
  }

  void send(const Step& s) {
    if (s.content == none || (s.channel == none) != !s.best.empty())
      return found_.refuse("it has no content or no channel");
    const Content& content = m_.contents[s.content];
    const auto has = [&content](Index channel) {
      return std::ranges::any_of(content.variants, [&](const Variant& v) { return v.channel == channel; });
    };
    found_.require(s.arguments.size() == content.parameters.size(), "it gives {} arguments to {} parameters",
                   s.arguments.size(), content.parameters.size());
    found_.require(s.best.empty() ? has(s.channel) : std::ranges::all_of(s.best, has),
                   "its content has no form for its channel");
  }

  void act(const Step& s) {
    if (s.action == none) return found_.refuse("it has no action");
    const Action& action = m_.actions[s.action];
    found_.require(s.arguments.size() == action.parameters.size(), "it gives {} arguments to {} parameters",
                   s.arguments.size(), action.parameters.size());
  }

  /// What is decided on is one row of steps behind it, so that an approval covers exactly these.
  void approve(const Step& s) {
    if (s.role == none) return found_.refuse("it has no role");
    if (s.covered.empty()) return found_.refuse("it covers no step");
    found_.require(s.next == s.covered.front(), "it does not lead to the first step that it covers");
    found_.require(s.otherwise == none || approver_[s.otherwise] == none, "it leads to step {} without an approval",
                   s.otherwise);
    for (std::size_t i = 0; i < s.covered.size(); ++i) {
      const Step& covered = m_.steps[s.covered[i]];
      const bool last = i + 1 == s.covered.size();
      found_.require(last || covered.next == s.covered[i + 1], "the steps that it covers do not follow each other");
      const bool coverable = covered.kind == StepKind::send || covered.kind == StepKind::act ||
                             covered.kind == StepKind::assign || covered.kind == StepKind::set ||
                             covered.kind == StepKind::stop;
      found_.require(coverable, "it covers step {}, which is no effect", s.covered[i]);
    }
  }

  /// Depth-first with a stack of our own: a stranger's graph may be deep. `leads` adds where a node leads.
  template <class Leads, class Back>
  void walk(std::size_t size, const Leads& leads, const Back& back) {
    enum class Colour : std::uint8_t { fresh, open, done };
    struct Visit {
      Index node;
      std::size_t before;  // how much was left to look at when it was opened
    };
    std::vector<Colour> colour(size, Colour::fresh);
    std::vector<Visit> way;
    std::vector<Index> left;
    const auto open = [&](Index node) {
      colour[node] = Colour::open;
      way.push_back({node, left.size()});
      leads(node, left);
    };
    for (Index start = 0; start < size; ++start) {
      if (colour[start] == Colour::fresh) open(start);
      while (!way.empty()) {
        if (left.size() == way.back().before) {
          colour[way.back().node] = Colour::done;
          way.pop_back();
          continue;
        }
        const Index target = left.back();
        left.pop_back();
        if (colour[target] == Colour::open) return back(target);
        if (colour[target] == Colour::fresh) open(target);
      }
    }
  }

  void cycles() {
    walk(
        m_.steps.size(), [this](Index s, std::vector<Index>& left) { onward(m_.steps[s], left); },
        [this](Index s) {
          found_.at("step", s, m_.steps[s].key);
          found_.refuse("a way leads back to it that is no round of a repeat");
        });
  }

  /// Workflows that follow each other in a circle would never end either.
  void follows() {
    std::vector<std::vector<Index>> followed(m_.workflows.size());
    for (Index s = 0; s < m_.steps.size(); ++s) {
      if (m_.steps[s].workflow != none && owner_[s] != none) followed[owner_[s]].push_back(m_.steps[s].workflow);
    }
    walk(
        m_.workflows.size(),
        [&](Index w, std::vector<Index>& left) { left.insert(left.end(), followed[w].begin(), followed[w].end()); },
        [this](Index w) {
          found_.at("workflow", w, m_.workflows[w].name);
          found_.refuse("it follows itself, by whatever way");
        });
  }

  const Module& m_;
  Findings& found_;
  std::vector<Index> owner_;                         // of each step: its workflow
  std::vector<Index> chooser_, splitter_, planner_;  // of each choice, split and plan: its step
  std::vector<Index> ways_;                          // of the step that is looked at
  std::vector<Index> approver_;                      // of each step: the approval that covers it
};

}  // namespace

void verify_flow(const Module& module, Findings& findings) {
  Flow(module, findings).all();
}

}  // namespace fairlead::bytecode
