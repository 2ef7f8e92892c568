// Conditions that always hold or never do, and options that nobody can get.
#include "compiler/lint/families.hpp"
#include "compiler/lint/knowledge.hpp"

namespace fairlead::compiler::lint {

namespace {

/// Long machine-made conditions are left alone: judging every part of one takes the square of its length.
constexpr std::uint32_t most_parts = 200;

class Conditions {
 public:
  Conditions(const Subject& subject, Findings& found) : subject_(subject), found_(found) {}

  /// Every condition by itself; those of steps and options are judged on the way through the steps.
  void alone() {
    for (const Node& segment : declarations(subject_, Kind::segment))
      judge(segment.child(Kind::expression), Knowledge(subject_.program));
    each_own_node(subject_, [&](const Node& word) {
      if (!word.is("when") && !word.is("where")) return;
      const Node condition = next_to(word);
      if (condition.is(Kind::expression) && !in_option_.contains({file_of(condition), condition.index()}))
        judge(condition, Knowledge(subject_.program));
    });
  }

  void workflow(Node node) {
    Knowledge known(subject_.program);
    grammar::Nodes entries;
    for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
      if (!clause.has("enter")) continue;
      for (const Node& trigger : clause.children(Kind::trigger)) entries.push_back(trigger);
    }
    // What the only way in asks of its event is known at every step.
    if (entries.size() == 1) known = with(known, entries.front().after("where"), true);
    if (const Node steps = node.child(Kind::block).child(Kind::steps))
      sequence(steps.child(Kind::block), std::move(known));
  }

 private:
  [[nodiscard]] std::uint32_t file_of(Node node) const { return place_of(subject_, node).file; }
  [[nodiscard]] const Expr& at(ExprId id) const { return subject_.program.exprs[id]; }

  /// The node behind a token, among those that stand with it.
  static Node next_to(Node token) {
    const auto& nodes = token.tree().nodes();
    Node out;
    // All that begins there lies inside of it, up to the first that holds the token too.
    for (std::uint32_t i = token.index() + 1; i < nodes.size() && i + 1 - nodes[i].subtree > token.index(); ++i) {
      if (i + 1 - nodes[i].subtree == token.index() + 1) out = Node(token.tree(), i);
    }
    return out;
  }

  /// What is known where the condition is `truth`; what it says is left out where it cannot be.
  [[nodiscard]] Knowledge with(const Knowledge& known, Node condition, bool truth) const {
    const std::optional<ExprId> id = meaning_id(subject_, condition);
    if (!id || at(*id).size > most_parts) return known;
    Knowledge more = known;
    more.assume(*id, truth);
    return more.impossible() ? known : more;
  }

  std::optional<bool> decided(Node condition, const Knowledge& known) const {
    const std::optional<ExprId> id = meaning_id(subject_, condition);
    if (!id || at(*id).size > most_parts) return std::nullopt;
    return known.decide(*id);
  }

  /// Says of the smallest parts that are certain that they are.
  void judge(Node condition, const Knowledge& known) {
    const std::optional<ExprId> id = meaning_id(subject_, condition);
    if (id && at(*id).size <= most_parts) part(*id, known);
  }

  bool part(ExprId id, const Knowledge& known) {
    const Expr& expr = at(id);
    const bool joined = expr.op == Op::conjunction || expr.op == Op::disjunction || expr.op == Op::invert;
    if (joined && expr.segment == none) {
      bool said = false;
      for (const ExprId arg : expr.args) said = part(arg, known) || said;
      if (said) return true;
    }
    const std::optional<bool> truth = known.decide(id);
    if (!truth) return false;
    const bool by_itself = Knowledge(subject_.program).decide(id).has_value();
    if (by_itself && expr.segment != none) return true;  // said at the segment
    found_.add(Code::constant_condition, expr.place, *truth ? "this always holds" : "this can never hold",
               *truth ? "always true" : "never true",
               by_itself
                   ? "Remove it, or ask for what was meant."
                   : "What stands around it has settled the question already. Remove it, or ask for what was meant.");
    return true;
  }

  /// Gives whether time may have passed.
  bool sequence(Node block, Knowledge known) {
    bool passed = false;
    for (const Node& step : steps_of(block)) {
      bool passes = true;
      switch (step.kind()) {
        case Kind::if_step: passes = branch(step, known); break;
        case Kind::choose: passes = choose(step, known); break;
        case Kind::stop: passes = false; break;
        default: {
          // It may take time, or change what is known: a wait, a message that a rule puts off, a `set`.
          for (const Node& inner : blocks_of(step)) {
            if (is_empty(inner)) continue;
            Knowledge later = known;
            later.go_stale();
            sequence(inner, std::move(later));
          }
        }
      }
      if (passes) known.go_stale();
      passed = passed || passes;
    }
    return passed;
  }

  bool branch(Node node, const Knowledge& known) {
    const Node condition = node.child(Kind::expression);
    judge(condition, known);
    const grammar::Nodes blocks = node.children(Kind::block);
    bool passed = !blocks.empty() && sequence(blocks[0], with(known, condition, true));
    if (blocks.size() > 1) passed = sequence(blocks[1], with(known, condition, false)) || passed;
    if (const Node chained = node.child(Kind::if_step))
      passed = branch(chained, with(known, condition, false)) || passed;
    return passed;
  }

  bool choose(Node node, const Knowledge& known) {
    const grammar::Nodes options = node.child(Kind::block).children(Kind::option);
    grammar::Nodes never;
    bool passed = false;
    for (const Node& option : options) {
      const Node condition = when_of(option);
      if (condition) {
        if (decided(condition, known) == false) {
          never.push_back(option);
        } else {
          judge(condition, known);
        }
      }
      passed = sequence(option.child(Kind::block), condition ? with(known, condition, true) : known) || passed;
    }
    if (never.empty()) return passed;
    const Place name = place_of(subject_, node.child(Kind::name));
    if (options.size() - never.size() == 1) {
      Diagnostic& d = found_.add(Code::single_choice, name, "only one option of this choice is ever possible",
                                 "nothing to choose from", "Mend the conditions, or write the step without `choose`.");
      for (const Node& option : never) {
        const Place at = place_of(subject_, when_of(option));
        d.secondary.push_back({at.file, at.span, "this can never hold"});
      }
      return passed;
    }
    for (const Node& option : never) {
      found_.add(Code::option_never, place_of(subject_, when_of(option)),
                 fmt::format("the option `{}` is never possible", option.child(Kind::name).text()), "can never hold",
                 "Mend its condition, or remove the option.");
    }
    return passed;
  }

  Node when_of(Node option) {
    for (const Node& clause : option.children(Kind::clause)) {
      if (!clause.has("when")) continue;
      const Node condition = clause.child(Kind::expression);
      if (condition) in_option_.insert({file_of(condition), condition.index()});
      return condition;
    }
    return {};
  }

  const Subject& subject_;
  Findings& found_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> in_option_;
};

}  // namespace

void certain_conditions(const Subject& subject, Findings& found) {
  Conditions conditions(subject, found);
  for (const Node& workflow : declarations(subject, Kind::workflow)) conditions.workflow(workflow);
  conditions.alone();
}

}  // namespace fairlead::compiler::lint
