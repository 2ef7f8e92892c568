// The verifier's third part: the graph of steps. The engine runs a turn as a loop from one wait to the next, so a way
// round that meets no wait would never give it back.
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

  [[nodiscard]] std::vector<Index> targets(const Step& s) const {
    std::vector<Index> result{s.next, s.otherwise};
    for (const Arm& a : s.arms) result.push_back(a.first);
    if (s.choice != none) {
      for (const Option& o : m_.choices[s.choice].options) result.push_back(o.first);
    }
    std::erase(result, none);
    return result;
  }

  /// An approval may be none: nobody is asked about somebody who is held out.
  static bool waits(const Step& s) {
    return s.kind == StepKind::wait_for || s.kind == StepKind::wait_until || s.kind == StepKind::wait_event;
  }

  void step(Index index) {
    const Step& s = m_.steps[index];
    needs(s);
    if (!found_.ok()) return;
    if (s.choice != none) {
      // One step a choice: its key is what the weights are known by, and the graph stays as small as the module.
      found_.require(chooser_[s.choice] == none, "its choice is that of step {} already", chooser_[s.choice]);
      chooser_[s.choice] = index;
    }
    for (const Index target : targets(s)) {
      found_.require(owner_[target] == owner_[index], "it leads to step {} of another workflow", target);
    }
    for (const Index target : targets(s)) {
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
    }
  }

  void send(const Step& s) {
    if (s.content == none || s.channel == none) return found_.refuse("it has no content or no channel");
    const Content& content = m_.contents[s.content];
    found_.require(s.arguments.size() == content.parameters.size(), "it gives {} arguments to {} parameters",
                   s.arguments.size(), content.parameters.size());
    found_.require(std::ranges::any_of(content.variants, [&](const Variant& v) { return v.channel == s.channel; }),
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

  /// Depth-first over the steps that do not wait, with a stack of our own: a stranger's graph may be deep.
  void cycles() {
    enum class Colour : std::uint8_t { fresh, open, done };
    struct Visit {
      Index step;
      std::vector<Index> left;
    };
    std::vector<Colour> colour(m_.steps.size(), Colour::fresh);
    std::vector<Visit> way;
    const auto open = [&](Index s) {
      colour[s] = Colour::open;
      way.push_back({s, waits(m_.steps[s]) ? std::vector<Index>() : targets(m_.steps[s])});
    };
    for (Index start = 0; start < m_.steps.size(); ++start) {
      if (colour[start] == Colour::fresh) open(start);
      while (!way.empty()) {
        if (way.back().left.empty()) {
          colour[way.back().step] = Colour::done;
          way.pop_back();
          continue;
        }
        const Index target = way.back().left.back();
        way.back().left.pop_back();
        if (colour[target] == Colour::open) {
          found_.at("step", target, m_.steps[target].key);
          return found_.refuse("a way leads back to it without a wait");
        }
        if (colour[target] == Colour::fresh) open(target);
      }
    }
  }

  const Module& m_;
  Findings& found_;
  std::vector<Index> owner_;     // of each step: its workflow
  std::vector<Index> chooser_;   // of each choice: its step
  std::vector<Index> approver_;  // of each step: the approval that covers it
};

}  // namespace

void verify_flow(const Module& module, Findings& findings) {
  Flow(module, findings).all();
}

}  // namespace fairlead::bytecode
