// What a project leaves to its defaults although it matters.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

/// Whether anything asks what the clock on the wall says.
bool reads_the_clock(const Program& program) {
  const bytecode::Module& module = program.module;
  for (const Expr& expr : program.exprs) {
    if (expr.op == Op::within || expr.op == Op::local_time || expr.op == Op::today) return true;
  }
  for (const bytecode::Rule& rule : module.rules) {
    if (rule.kind == bytecode::RuleKind::limit && rule.period != bytecode::Period::window) return true;
  }
  return std::any_of(module.steps.begin(), module.steps.end(), [&](const bytecode::Step& step) {
    return step.kind == bytecode::StepKind::wait_until && step.value != none && step.value < program.roots.size() &&
           program.exprs[program.roots[step.value]].type.is(TypeKind::time);
  });
}

/// The first place that speaks of money in the project's currency.
std::optional<Place> money(const Subject& subject) {
  std::optional<Place> out;
  each_own_node(subject, [&](const Node& node) {
    const bool type = node.is(Kind::type) && node.child(Kind::name).is(Kind::name) &&
                      node.child(Kind::name).text() == "Money" && !node.has("in");
    const bool clause = node.is(Kind::clause) && (node.has("worth") || node.has("cost"));
    if (!type && !clause) return;
    const Place at = place_of(subject, node);
    if (!out || std::pair(at.file, at.span.begin) < std::pair(out->file, out->span.begin)) out = at;
  });
  return out;
}

}  // namespace

void unsaid_settings(const Subject& subject, Findings& found) {
  const grammar::Nodes projects = declarations(subject, Kind::project);
  if (projects.empty()) return;
  const Node name = projects.front().child(Kind::name);
  bool zone = false;
  bool currency = false;
  for (const Node& clause : projects.front().child(Kind::block).children(Kind::clause)) {
    zone = zone || clause.has("zone");
    currency = currency || clause.has("currency");
  }
  const auto& fields = subject.program.module.fields;
  const bool personal =
      std::any_of(fields.begin(), fields.end(), [](const bytecode::Field& field) { return field.zone; });
  if (!zone && !personal && reads_the_clock(subject.program))
    found.add(Code::default_zone, place_of(subject, name),
              "this project asks what time it is, but does not say on whose clock", "no `time zone`, so UTC",
              "Say it here: `time zone \"Europe/Oslo\"`.");
  if (currency) return;
  if (const std::optional<Place> at = money(subject)) {
    Diagnostic& d = found.add(Code::default_currency, place_of(subject, name),
                              "this project counts money, but does not say in which currency",
                              "no `currency`, so US dollars", "Say it here: `currency EUR`.");
    d.secondary.push_back({at->file, at->span, "a sum of money"});
  }
}

}  // namespace fairlead::compiler::lint
