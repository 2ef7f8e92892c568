// Goals that cannot be measured well, and choices that learn badly.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

void goal(const bytecode::Goal& goal, Place name, Findings& found) {
  if (goal.baseline && goal.target && *goal.target <= *goal.baseline)
    found.add(Code::target_below_baseline, name, fmt::format("the target of `{}` is not above its baseline", goal.name),
              "reached before anything was done", "Raise `target`, or lower `baseline` to what happens without you.");
  if (!goal.baseline)
    found.add(Code::goal_without_baseline, name,
              fmt::format("the goal `{}` does not say how many reach it without you", goal.name), "no `baseline`",
              "Add the share that reached it before: `baseline 9%`. It is what a report compares with.");
  if (goal.holdout == Decimal())
    found.add(Code::goal_without_holdout, name,
              fmt::format("nobody is held out of `{}`, so its lift cannot be measured", goal.name), "no `holdout`",
              "Keep a share of people without messages: `holdout 10%`.");
}

/// The share of an option's `start`, in percent.
std::optional<Decimal> start_of(Node option) {
  for (const Node& clause : option.children(Kind::clause)) {
    if (!clause.has("start")) continue;
    const Node literal = clause.child(Kind::percent);
    if (!literal) return std::nullopt;
    std::string digits(literal.text());
    std::erase_if(digits, [](char c) { return (c < '0' || c > '9') && c != '.'; });
    const Result<Decimal> value = Decimal::parse(digits);
    return value ? std::optional(*value) : std::nullopt;
  }
  return std::nullopt;
}

void choice(const Subject& subject, Node choose, Findings& found) {
  const Place name = place_of(subject, choose.child(Kind::name));
  const Node block = choose.child(Kind::block);
  bool explores = false;
  for (const Node& clause : block.children(Kind::clause)) {
    explores = explores || clause.has("explore");
    if (!clause.has("learn")) continue;
    for (const Node& feature : clause.children(Kind::expression)) {
      const Expr* value = meaning(subject, feature);
      if (value == nullptr || value->op != Op::field || !subject.program.module.fields[value->ref].key) continue;
      found.add(Code::learns_from_key, value->place,
                fmt::format("`{}` is different for everybody, so nothing can be learned from it", value->path), "a key",
                "Learn from what several people have in common, like their country or plan.");
    }
  }
  if (!explores)
    found.add(Code::no_exploration, name,
              fmt::format("the choice `{}` may stop trying what seemed worse", choose.child(Kind::name).text()),
              "no `explore at least`",
              "Keep a share for every option, so that a late winner is noticed: `explore at least 5%`.");
  Decimal sum;
  const grammar::Nodes options = block.children(Kind::option);
  for (const Node& option : options) {
    const std::optional<Decimal> start = start_of(option);
    if (!start) return;
    if (const auto more = add(sum, *start)) sum = *more;
  }
  if (options.empty() || sum >= Decimal::from_int(100)) return;
  found.add(Code::starts_below_whole, name,
            "every option says where it starts, and together they come to less than 100%",
            fmt::format("{}%", sum.to_string()),
            "Let them come to 100%, or leave `start` out at one option, which takes the rest.");
}

}  // namespace

void weak_goals(const Subject& subject, Findings& found) {
  const auto declared = subject.program.names.find(NameKind::goal);
  if (declared != subject.program.names.end()) {
    for (const auto& [name, at] : declared->second) {
      if (own(subject, at.place)) goal(subject.program.module.goals[at.index], at.place, found);
    }
  }
  each_own_node(subject, [&](const Node& node) {
    if (node.is(Kind::choose)) choice(subject, node, found);
  });
}

}  // namespace fairlead::compiler::lint
