// Expressions as the module knows them: a graph of bounded size, functions with names, and what is known where one is
// true.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Node;

ExprId Checker::add(Expr expr) {
  // Segments stand in for their expressions, so that a few short lines can come to very much.
  constexpr std::uint32_t largest = 20'000;
  constexpr std::uint32_t deepest = 1'500;
  expr.path = program_.keep(expr.path);
  expr.size = expr.depth = 1;
  for (const ExprId id : expr.args) {
    const Expr& arg = program_.exprs[id];
    expr.size += arg.size;
    expr.depth = std::max(expr.depth, arg.depth + 1);
    if (expr.op != Op::release) expr.labels |= arg.labels;
  }
  if (expr.size > largest || expr.depth > deepest) {
    report(Code::too_complex, expr.place, "this expression is too large, with all that it asks for", "too large",
           "Split the question, or ask fewer segments at once.");
    expr = Expr{.place = expr.place};
  }
  program_.exprs.push_back(std::move(expr));
  return static_cast<ExprId>(program_.exprs.size() - 1);
}

ExprId Checker::constant(Place at, Type type, bytecode::Constant value) {
  return add(
      {.op = Op::constant,
       .type = std::move(type),
       .place = at,
       .args = {},
       .literal = value.tag == Tag::none ? nullptr : std::make_shared<const bytecode::Constant>(std::move(value)),
       .path = {}});
}

Index Checker::add_function(ExprId root, std::string name) {
  program_.module.functions.push_back(
      {.name = std::move(name), .registers = 0, .code = {}, .lines = {}, .labels = program_.exprs[root].labels});
  program_.roots.push_back(root);
  return static_cast<Index>(program_.roots.size() - 1);
}

Index Checker::function(Node node, const Scope& scope, const Type* expected, std::string name) {
  const ExprId root = expression(node, scope, expected);
  const Expr& expr = program_.exprs[root];
  if (expected != nullptr && !expr.type.broken() && !agrees(expr.type, *expected)) {
    if (expr.type.optional() && agrees(present(expr.type), *expected) && expr.type.form == Type::Form::value) {
      absent(expr, scope, "", "");
    } else {
      unlike(expr, *expected);
    }
  }
  return add_function(root, std::move(name));
}

void Checker::facts(ExprId id, bool truth, Facts& out) const {
  const Expr& expr = program_.exprs[id];
  const auto there = [&out](std::string_view path) {
    out.insert(path);
    // Where the last event says something, there was one.
    if (path.starts_with("last(")) out.insert(fmt::format("since {}", path.substr(0, path.rfind(").") + 1)));
  };
  if (expr.op == (truth ? Op::conjunction : Op::disjunction)) {
    for (const ExprId arg : expr.args) facts(arg, truth, out);
  } else if (expr.op == Op::invert) {
    facts(expr.args[0], !truth, out);
  } else if (expr.op == Op::exists && truth && !program_.exprs[expr.args[0]].path.empty()) {
    there(program_.exprs[expr.args[0]].path);
  } else if (expr.op == Op::equal && truth) {
    // Equal to something that is there: there itself.
    for (std::size_t side = 0; side < 2; ++side) {
      const Expr& here = program_.exprs[expr.args[side]];
      const Expr& other = program_.exprs[expr.args[1 - side]];
      if (!here.path.empty() && !other.type.broken() && !other.type.optional()) there(here.path);
    }
  }
}

bool Checker::cannot_fail(ExprId id) const {
  const Expr& expr = program_.exprs[id];
  switch (expr.op) {
    case Op::constant:
    case Op::field:
    case Op::event:
    case Op::now:
    case Op::today:
    case Op::local_time:
    case Op::count:
    case Op::seen:
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::member:
    case Op::within:
    case Op::exists:
    case Op::invert:
    case Op::conjunction:
    case Op::disjunction:
    case Op::fallback:
      return std::all_of(expr.args.begin(), expr.args.end(), [&](ExprId arg) { return cannot_fail(arg); });
    default: return false;
  }
}

namespace {

/// What time alone does to the value of an expression: nothing, or it can only make it smaller (false), or anything.
enum class Drift : std::uint8_t { still, falls, rises, anything };

Drift turned(Drift drift) {
  return drift == Drift::falls ? Drift::rises : drift == Drift::rises ? Drift::falls : drift;
}
Drift together(Drift a, Drift b) {
  return a == Drift::still ? b : b == Drift::still || a == b ? a : Drift::anything;
}

Drift drift_of(const Program& program, ExprId id) {
  const Expr& expr = program.exprs[id];
  const auto arg = [&](std::size_t i) { return drift_of(program, expr.args[i]); };
  switch (expr.op) {
    case Op::constant:
    case Op::field:
    case Op::event:
    case Op::parameter: return Drift::still;
    // Windows move on: without a new event there are ever fewer in them.
    case Op::count:
    case Op::seen: return Drift::falls;
    case Op::invert: return turned(arg(0));
    case Op::conjunction:
    case Op::disjunction: return together(arg(0), arg(1));
    case Op::less:
    case Op::less_equal: return together(turned(arg(0)), arg(1));
    case Op::equal:
    case Op::member:
    case Op::exists:
    case Op::fallback:
      return std::all_of(expr.args.begin(), expr.args.end(),
                         [&](ExprId a) { return drift_of(program, a) == Drift::still; })
                 ? Drift::still
                 : Drift::anything;
    default: return Drift::anything;
  }
}

}  // namespace

bool Checker::comes_by_clock(ExprId id) const {
  const Drift drift = drift_of(program_, id);
  return drift == Drift::rises || drift == Drift::anything;
}

std::vector<Place> Program::sources(ExprId expr, bytecode::Label label) const {
  std::vector<Place> out;
  std::vector<ExprId> open{expr};
  std::set<ExprId> seen;
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (!exprs[id].labels.has(label) || !seen.insert(id).second) continue;
    const Args& args = exprs[id].args;
    // What none of its parts brought in is its own.
    if (std::none_of(args.begin(), args.end(), [&](ExprId arg) { return exprs[arg].labels.has(label); }))
      out.push_back(exprs[id].place);
    open.insert(open.end(), args.rbegin(), args.rend());
  }
  return out;
}

}  // namespace fairlead::compiler
