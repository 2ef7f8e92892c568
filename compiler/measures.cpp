// What is measured: goals, learned scores and points; and definitions that others ask for, which must end somewhere.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

bool Checker::define(Stage& stage, const Declared& what, NameKind kind, const std::function<void()>& follow) {
  // What others ask for is inlined where they ask; one that asks itself would never end.
  if (stage == Stage::done || stage == Stage::broken) return stage == Stage::done;
  if (stage == Stage::begun) {
    const std::string_view name = what.node.child(Kind::name).text();
    const std::string_view noun = to_string(kind).substr(to_string(kind).find(' ') + 1);
    report(Code::cycle, what.place, fmt::format("the {} `{}` is defined by itself", noun, name),
           "asks, in the end, for itself",
           kind == NameKind::segment ? "Write out what is meant in one of the segments."
                                     : "Leave out what asks for it again.");
    stage = Stage::broken;
    return false;
  }
  constexpr unsigned deepest = 100;
  if (defining_ >= deepest) {
    report(Code::too_complex, what.place,
           kind == NameKind::segment ? "segments are built on each other too many times"
                                     : "definitions are built on each other too many times",
           "the last one that can be followed", "Write out what is meant in one of them.");
    stage = Stage::broken;
    return false;
  }
  stage = Stage::begun;
  ++defining_;
  follow();
  --defining_;
  if (stage == Stage::broken) return false;
  stage = Stage::done;
  return true;
}

Index Checker::segment(Index index) {
  const Declared& declared = segments_[index];
  const bool sound = define(segment_stages_[index], declared, NameKind::segment, [&] {
    const Type boolean = Type::of(TypeKind::boolean);
    const std::string name(declared.node.child(Kind::name).text());
    const Index when =
        function(declared.node.child(Kind::expression), Scope{}, &boolean, fmt::format("segment {}", name));
    program_.module.segments[index].when = when;
    program_.segment_roots[index] = program_.roots[when];
  });
  return sound ? index : none;
}

void Checker::goal(Node node, Index index) {
  std::map<std::string, Place> seen;
  bytecode::Goal goal = program_.module.goals[index];
  const Place name = place(node.child(Kind::name));
  goal.file = files_[name.file].path();
  goal.line = line(name);
  const grammar::Nodes clauses = node.child(Kind::block).children(Kind::clause);
  Type summed;  // of what is reached, where it is a sum
  for (const Node& clause : clauses) {
    const Node head = clause.children().front();
    if (head.is("without")) {
      const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
      const Node event_name = clause.child(Kind::name);
      if (!once(seen, fmt::format("without {}", event_name.text()), clause)) continue;
      const Index event = find(NameKind::event, event_name);
      const auto above = share(literal);
      if (event != none && above) goal.without.push_back({event, *above});
      continue;
    }
    if (!once(seen, std::string(head.text()), clause)) continue;
    if (head.is("reach")) {
      const bool sum = clause.has("sum");
      const Node path = clause.child(Kind::path);
      if (!sum) {
        goal.event = find(NameKind::event, clause.child(Kind::name));
      } else if (const grammar::Nodes names = path.children(Kind::name); names.size() < 2) {
        report(Code::wrong_arguments, place(path), "`sum` adds up a field of an event, and this names only one thing",
               "which field of which event?", "Write it like `reach sum purchased.amount within 60 days`.");
      } else if (goal.event = find(NameKind::event, names.front()); goal.event != none) {
        const std::string field = source_text(path).substr(names.front().text().size() + 1);
        const auto& fields = program_.module.events[goal.event].fields;
        const auto at =
            std::find_if(fields.begin(), fields.end(), [&](const bytecode::EventField& f) { return f.name == field; });
        if (at == fields.end()) {
          std::vector<std::string_view> candidates;
          for (const bytecode::EventField& f : fields) candidates.push_back(f.name);
          const std::string_view near = grammar::closest(field, candidates);
          report(Code::unknown_field, place(names[1]),
                 fmt::format("the event `{}` has no field `{}`", names.front().text(), field), "not a field of it",
                 near.empty() ? "Declare it where the event is declared." : fmt::format("Did you mean `{}`?", near));
        } else if (at->type.kind != TypeKind::money && at->type.kind != TypeKind::number) {
          report(Code::type_mismatch, place(path),
                 fmt::format("only numbers and sums of money can be added up, but this is {}",
                             described(present(Type::of(at->type)))),
                 "cannot be added up",
                 fmt::format("To reach the event itself, write `reach {} within …`.", names.front().text()));
        } else {
          goal.sum = static_cast<Index>(at - fields.begin());
          summed = present(Type::of(at->type));
        }
      }
      if (const auto within = duration(clause.child(Kind::duration))) goal.within = *within;
      if (const Node where = clause.child(Kind::expression); where && goal.event != none) {
        Scope scope;
        scope.subject = Binding{"", goal.event, 0};
        scope.bindings = {Binding{"event", goal.event, 0}};
        const Type boolean = Type::of(TypeKind::boolean);
        goal.where = function(where, scope, &boolean, fmt::format("goal {} where", goal.name));
      }
    } else if (head.is("worth")) {
      const Node literal = clause.child(Kind::money);
      if (const auto worth = money(literal)) {
        if (worth->second != program_.module.currency) {
          report(
              Code::mixed_money, place(literal),
              fmt::format("what a goal is worth is said in the currency of the project, {}", program_.module.currency),
              fmt::format("this is {}", worth->second), "Convert it; or change `currency` in `project`.");
        }
        goal.worth = worth->first;
      }
    } else if (head.is("holdout")) {
      const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
      if (const auto value = share(literal)) goal.holdout = *value;
    }
  }
  // A level is a share of the contacts, or a sum for each of them: which, `reach` says, wherever it stands.
  for (const Node& clause : clauses) {
    const Node head = clause.children().front();
    if (!head.is("baseline") && !head.is("target")) continue;
    const Node literal = clause.children().back();
    std::optional<Decimal> value;
    if (goal.sum == none) {
      if (!literal.is(Kind::money)) {
        value = share(literal);
      } else if (seen.contains("reach") && goal.event != none && summed.broken()) {
        report(Code::type_mismatch, place(literal), "how many reach the goal is a share of them, but this is a sum",
               "not a share", "Write it like `9%`. Sums go with `reach sum EVENT.field`.");
      }
    } else if (summed.is(TypeKind::money)) {
      if (!literal.is(Kind::money)) {
        report(Code::type_mismatch, place(literal),
               fmt::format("what is reached is {} for each contact, but this is a number", described(summed)),
               "not a sum", fmt::format("Say the currency, like `{} 20`.", summed.field.currency));
      } else if (const auto amount = money(literal)) {
        if (amount->second != summed.field.currency) {
          report(Code::mixed_money, place(literal),
                 fmt::format("what is reached is summed in {}", summed.field.currency),
                 fmt::format("this is {}", amount->second), "Say it in the currency of the field.");
        }
        value = amount->first;
      }
    } else if (literal.is(Kind::money)) {
      report(Code::type_mismatch, place(literal), "what is reached is a number, but this is a sum of money",
             "not a number", "Write the number alone.");
    } else {
      value = number(literal);
    }
    if (value) (head.is("baseline") ? goal.baseline : goal.target) = *value;
  }
  if (!seen.contains("reach")) {
    report(Code::missing_clause, name, fmt::format("the goal `{}` does not say what reaches it", goal.name),
           "no `reach`", "Say which event, and how soon: `reach purchased within 30 days`.");
  }
  program_.module.goals[index] = std::move(goal);
}

ExprId Checker::measure_of(const std::string& name, Place at, const Scope& scope) {
  if (!scope.contact || !scope.history) return no_expr;
  if (const auto found = program_.names[NameKind::score].find(name); found != program_.names[NameKind::score].end()) {
    const Index index = found->second.index;
    score(index);
    if (score_stages_[index] != Stage::done) return constant(at, Type{}, {});
    return add({.op = Op::score,
                .type = Type::of(TypeKind::number),
                .place = at,
                .args = {},
                .ref = index,
                .path = {},
                .labels = program_.score_labels[index]});
  }
  if (const auto found = program_.names[NameKind::points].find(name); found != program_.names[NameKind::points].end()) {
    const Index index = found->second.index;
    points(index);
    if (point_stages_[index] != Stage::done) return constant(at, Type{}, {});
    Expr root = program_.exprs[program_.point_roots[index]];
    root.place = at;
    return add(std::move(root));
  }
  return no_expr;
}

ExprId Checker::band_of(ExprId asked, Node word) {
  const Expr expr = program_.exprs[asked];
  const Place at{expr.place.file, {expr.place.span.begin, place(word).span.end}};
  const bytecode::Score& score = program_.module.scores[expr.ref];
  const auto band = std::find_if(score.bands.begin(), score.bands.end(),
                                 [&](const bytecode::Band& b) { return b.name == word.text(); });
  if (band == score.bands.end()) {
    std::vector<std::string> all;
    for (const bytecode::Band& b : score.bands) all.push_back(b.name);
    const std::string_view near = grammar::closest(word.text(), {all.begin(), all.end()});
    report(Code::unknown_member, place(word),
           fmt::format("`{}` is not a band of the score `{}`", word.text(), score.name), "not one of its bands",
           all.empty()     ? fmt::format("It has none: add `bands` to it, or compare it, like `{} > 60%`.", score.name)
           : !near.empty() ? fmt::format("Did you mean `{}`?", near)
                           : fmt::format("It has {}.", listed(all)));
    return constant(at, Type{}, {});
  }
  const auto limit = [&](Decimal value) {
    return constant(at, Type::of(TypeKind::number),
                    {.tag = Tag::number, .units = value.units(), .text = {}, .items = {}});
  };
  const auto make = [&](Op op, ExprId a, ExprId b) {
    return add({.op = op, .type = Type::of(TypeKind::boolean), .place = at, .args = {a, b}, .path = {}});
  };
  // A band goes from where the one before ends.
  const Decimal from = band == score.bands.begin() ? Decimal() : (band - 1)->below.value_or(Decimal());
  const ExprId low = make(Op::less_equal, limit(from), asked);
  return band->below ? make(Op::conjunction, low, make(Op::less, asked, limit(*band->below))) : low;
}

void Checker::score(Index index) {
  const Declared& declared = scores_[index];
  define(score_stages_[index], declared, NameKind::score, [&] {
    const Node node = declared.node;
    bytecode::Score score = program_.module.scores[index];
    score.file = files_[declared.place.file].path();
    score.line = line(declared.place);
    std::map<std::string, Place> seen;
    bytecode::Labels labels;
    for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
      const Node head = clause.children().front();
      if (!once(seen, std::string(head.text()), clause)) continue;
      if (head.is("predict")) {
        score.event = find(NameKind::event, clause.child(Kind::name));
        if (const auto within = window_of(clause.child(Kind::duration))) score.within = *within;
        if (const Node where = clause.child(Kind::expression); where && score.event != none) {
          Scope scope;
          scope.contact = false;
          scope.history = false;
          scope.subject = Binding{"", score.event, 0};
          scope.bindings = {Binding{"event", score.event, 0}};
          const Type boolean = Type::of(TypeKind::boolean);
          score.where = function(where, scope, &boolean, fmt::format("score {} where", score.name));
          labels |= program_.exprs[program_.roots[score.where]].labels;
        }
      } else if (head.is("from")) {
        for (const Node& feature : clause.children(Kind::expression)) {
          const ExprId root = expression(feature, Scope{}, nullptr);
          const Type type = program_.exprs[root].type;
          if (type.broken()) continue;
          if (type.is(TypeKind::list)) {
            report(Code::type_mismatch, place(feature), "nothing can be learned from a list", "a list",
                   "Learn from a field that holds one value.");
            continue;
          }
          const std::string text = source_text(feature);
          labels |= program_.exprs[root].labels;
          score.features.push_back(
              {text, add_function(root, fmt::format("score {} from {}", score.name, text)), type.field});
        }
      } else {
        std::map<std::string, Place> names;
        const grammar::Nodes bands = clause.children(Kind::band);
        std::optional<Decimal> before;
        for (std::size_t i = 0; i < bands.size(); ++i) {
          const Node name = bands[i].child(Kind::name);
          if (!once(names, std::string(name.text()), name)) continue;
          const Node literal =
              bands[i].child(Kind::percent) ? bands[i].child(Kind::percent) : bands[i].child(Kind::number);
          const bool last = i + 1 == bands.size();
          if (last != !literal) {
            report(Code::bands_not_rising, place(bands[i]),
                   last ? "the last band goes up to the top, and has no `below`"
                        : fmt::format("the band `{}` does not say where it ends", name.text()),
                   last ? "the last one" : "no `below`",
                   last ? fmt::format("Write `{}` alone, or add a band after it.", name.text())
                        : fmt::format("Write it like `{} below 20%`.", name.text()));
            continue;
          }
          bytecode::Band band{.name = std::string(name.text())};
          if (literal) {
            band.below = share(literal);
            if (!band.below) continue;
            if (before && *band.below <= *before) {
              report(Code::bands_not_rising, place(literal),
                     "the bands of a score rise, and this one ends below the one "
                     "before it",
                     "not above the one before", "Order them from the lowest to the highest.");
              continue;
            }
            before = band.below;
          }
          score.bands.push_back(std::move(band));
        }
      }
    }
    for (const auto& [clause, help] :
         {std::pair{"predict", "Say which event, and how soon: `predict purchased within 30 days`."},
          std::pair{"from", "Say what it is learned from: `from contact.plan, count(visited, last 14 days)`."}}) {
      if (!seen.contains(clause))
        report(Code::missing_clause, declared.place,
               fmt::format("the score `{}` does not say what it is {}", score.name,
                           std::string_view(clause) == "predict" ? "the probability of" : "learned from"),
               fmt::format("no `{}`", clause), help);
    }
    program_.score_labels[index] = labels;
    program_.module.scores[index] = std::move(score);
  });
}

void Checker::points(Index index) {
  const Declared& declared = points_[index];
  define(point_stages_[index], declared, NameKind::points, [&] {
    const std::string name(declared.node.child(Kind::name).text());
    const Type number = Type::of(TypeKind::number);
    ExprId total = no_expr;
    bool sound = true;
    for (const Node& node : declared.node.child(Kind::block).children(Kind::point)) {
      const ExprId term = point(node, name);
      sound = sound && !program_.exprs[term].type.broken();
      total = total == no_expr
                  ? term
                  : add({.op = Op::add, .type = number, .place = declared.place, .args = {total, term}, .path = {}});
    }
    if (total == no_expr) {
      report(Code::missing_clause, declared.place, fmt::format("`{}` gives no points", name), "empty",
             "Say for what: `+10 when downloaded, last 30 days`.");
      sound = false;
    }
    if (!sound) {
      point_stages_[index] = Stage::broken;
      return;
    }
    program_.point_roots[index] = total;
    program_.module.points[index].value = add_function(total, fmt::format("points {}", name));
  });
}

ExprId Checker::point(Node node, const std::string& owner) {
  const Place at = place(node);
  const Type number_type = Type::of(TypeKind::number);
  const auto broken = [&] { return constant(at, Type{}, {}); };
  const auto amount = number(node.child(Kind::number));
  const grammar::Nodes expressions = node.children(Kind::expression);
  if (!amount || expressions.empty()) return broken();
  const auto points_of = [&](bool negative) {
    const Decimal value = negative ? fairlead::negate(*amount).value_or(Decimal()) : *amount;
    return constant(at, number_type, {.tag = Tag::number, .units = value.units(), .text = {}, .items = {}});
  };
  const bool negative = node.has("-");
  const auto make = [&](Op op, Args args) {
    return add({.op = op, .type = number_type, .place = at, .args = std::move(args), .path = {}});
  };
  const Node path = expressions[0].children().size() == 1 ? expressions[0].child(Kind::path) : Node();
  const Node window = node.child(Kind::duration);
  const auto& events = program_.names[NameKind::event];
  if (path && path.children(Kind::name).size() == 1 && (window || events.contains(path.text()))) {
    // For an event: points each time that it happened within the window.
    Question asked;
    asked.event = find(NameKind::event, path.child(Kind::name));
    if (asked.event == none) return broken();
    if (!window) {
      report(Code::wrong_arguments, at, fmt::format("these points do not say for how long `{}` counts", path.text()),
             "no `last`", fmt::format("Write it like `when {}, last 30 days`.", path.text()));
      return broken();
    }
    const auto length = window_of(window);
    if (!length) return broken();
    asked.window = *length;
    asked.text = source_text(expressions[0]);
    if (expressions.size() == 2) {
      asked.where = expressions[1];
      asked.text += " where " + source_text(expressions[1]);
    }
    const Index kept = counter(at, bytecode::CounterKind::count, asked);
    return make(Op::multiply, {points_of(negative), ask(Op::count, number_type, at, kept)});
  }
  if (window || expressions.size() == 2) {
    report(Code::wrong_arguments, window ? place(window) : place(expressions[1]),
           fmt::format("`{}` belongs to an event, and this is a condition", window ? "last" : "where"), "not here",
           window ? "Leave it out, or name an event: `when downloaded, last 30 days`." : "Join the two with `and`.");
    return broken();
  }
  // For a condition: points once, while it holds.
  const Type boolean = Type::of(TypeKind::boolean);
  const ExprId condition =
      program_.roots[function(expressions[0], Scope{}, &boolean, fmt::format("points {} when", owner))];
  if (!program_.exprs[condition].type.is(TypeKind::boolean) || program_.exprs[condition].type.optional())
    return broken();
  const ExprId nothing = constant(at, number_type, {.tag = Tag::number, .units = 0, .text = {}, .items = {}});
  return make(Op::conditional, {condition, points_of(negative), nothing});
}

}  // namespace fairlead::compiler
