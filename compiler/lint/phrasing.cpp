// Conditions that say in a roundabout way what could be said plainly.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

class Phrasing {
 public:
  Phrasing(const Subject& subject, Findings& found)
      : subject_(subject), found_(found), inner_(subject.program.exprs.size()) {}

  void look(ExprId id) {
    const Expr& expr = at(id);
    if (!own(subject_, expr.place) || expr.segment != none) return;
    switch (expr.op) {
      case Op::equal:
        itself(expr);
        truth(expr);
        counted(expr, true);
        break;
      case Op::less:
      case Op::less_equal:
        itself(expr);
        counted(expr, false);
        break;
      case Op::conjunction:
      case Op::disjunction:
        if (!inner_[id]) repeated(expr);
        break;
      default: break;
    }
  }

  /// Only the whole of `a and b and c` is looked at, not its beginnings.
  void mark_inner(const Expr& expr) {
    if (expr.op != Op::conjunction && expr.op != Op::disjunction) return;
    for (const ExprId arg : expr.args) {
      if (at(arg).op == expr.op) inner_[arg] = true;
    }
  }

 private:
  [[nodiscard]] const Expr& at(ExprId id) const { return subject_.program.exprs[id]; }
  [[nodiscard]] std::string_view source(const Expr& expr) const {
    return subject_.files[expr.place.file].text(expr.place.span);
  }

  void itself(const Expr& expr) {
    const Expr& a = at(expr.args[0]);
    const Expr& b = at(expr.args[1]);
    if (a.op == Op::constant || a.place.span == b.place.span || source(a) != source(b)) return;
    found_.add(Code::compared_with_itself, expr.place, fmt::format("`{}` is compared with itself", source(a)),
               "the same on both sides", "Compare it with something else.");
  }

  void truth(const Expr& expr) {
    const Expr* value = &at(expr.args[0]);
    const Expr* constant = &at(expr.args[1]);
    if (value->op == Op::constant) std::swap(value, constant);
    if (constant->op != Op::constant || !constant->type.is(TypeKind::boolean) || value->type.optional() ||
        value->op == Op::constant)
      return;
    found_.add(Code::compared_with_truth, expr.place, "a condition need not be compared with `true` or `false`",
               "longer than it need be",
               constant->constant().units != 0 ? fmt::format("Write `{}`.", source(*value))
                                               : fmt::format("Write `not {}`.", source(*value)));
  }

  /// `count(…) >= 1`, `> 0`, `== 0`, `< 1`.
  void counted(const Expr& expr, bool equality) {
    const Expr* a = &at(expr.args[0]);
    const Expr* b = &at(expr.args[1]);
    if (equality && b->op == Op::count) std::swap(a, b);
    const Expr& count = a->op == Op::count ? *a : *b;
    const Expr& number = a->op == Op::count ? *b : *a;
    if (count.op != Op::count || number.op != Op::constant || !number.type.is(TypeKind::number)) return;
    const int128 units = number.constant().units;
    const int128 one = Decimal::from_int(1).units();
    const bool first = &count == a;  // count < n, count <= n
    const bool strict = expr.op == Op::less;
    const bool some = !equality && !first && units == (strict ? int128{0} : one);
    const bool nothing = equality ? units == 0 : first && units == (strict ? one : int128{0});
    if (!some && !nothing) return;
    std::string asked(source(count));
    asked.replace(0, asked.find('('), "seen");
    found_.add(Code::seen_is_plainer, expr.place, "whether something happened at all is asked with `seen`",
               "asks only whether there was one", fmt::format("Write `{}{}`.", some ? "" : "not ", asked));
  }

  void repeated(const Expr& expr) {
    std::map<std::string_view, const Expr*> seen;
    std::vector<const Expr*> left{&expr};
    while (!left.empty()) {
      const Expr* next = left.back();
      left.pop_back();
      if (next->op == expr.op && next->segment == none) {
        // `between` is two comparisons at one place.
        if (next->args.size() == 2 && at(next->args[0]).place.span == at(next->args[1]).place.span) continue;
        for (auto arg = next->args.rbegin(); arg != next->args.rend(); ++arg) left.push_back(&at(*arg));
        continue;
      }
      const auto [first, fresh] = seen.emplace(source(*next), next);
      if (fresh) continue;
      Diagnostic& d =
          found_.add(Code::repeated_condition, next->place, fmt::format("`{}` is asked twice", source(*next)),
                     "the second time", "Remove one of them, or ask for what was meant.");
      d.secondary.push_back({first->second->place.file, first->second->place.span, "the first time"});
    }
  }

  const Subject& subject_;
  Findings& found_;
  std::vector<bool> inner_;  // by expression: a beginning of a longer one
};

bool begins_with_not(Node expression) {
  const grammar::Nodes parts = expression.children();
  return !parts.empty() && parts.front().is("not");
}

}  // namespace

void roundabout_conditions(const Subject& subject, Findings& found) {
  Phrasing phrasing(subject, found);
  for (const Expr& expr : subject.program.exprs) phrasing.mark_inner(expr);
  for (ExprId id = 0; id < subject.program.exprs.size(); ++id) phrasing.look(id);
}

void double_negations(const Subject& subject, Findings& found) {
  each_own_node(subject, [&](const Node& node) {
    if (node.kind() != Kind::expression) return;
    const grammar::Nodes parts = node.children();
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      if (!parts[i].is("not") || (i > 0 && parts[i - 1].is("is"))) continue;
      const Node next = parts[i + 1];
      // `not (not a)`, but not `not (not a and b)`.
      const Node inner = next.is(Kind::group) ? next.child(Kind::expression) : Node{};
      const bool alone = inner && begins_with_not(inner) && !inner.has("and") && !inner.has("or");
      if (!next.is("not") && !alone) continue;
      const Place from = place_of(subject, parts[i]);
      found.add(Code::double_negation, {from.file, {from.span.begin, next.span().end}},
                "one `not` takes back the other", "not not", "Remove both.");
      return;
    }
  });
}

}  // namespace fairlead::compiler::lint
