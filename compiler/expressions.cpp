// Expressions: climbs the precedences over the flat list that the grammar gives, and types as it climbs. Loosest
// first: or, and, not, comparison, + -, * /, unary -.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

/// Reads one expression node.
class ExpressionReader {
 public:
  ExpressionReader(Checker& checker, Scope scope, Node node) : c_(checker), scope_(std::move(scope)), parts_(node.children()) {}

  ExprId read(const Type* expected) { return disjunction(expected); }

 private:
  [[nodiscard]] bool at(std::string_view token) const { return next_ < parts_.size() && parts_[next_].is(token); }
  [[nodiscard]] const Type& type(ExprId id) const { return c_.program_.exprs[id].type; }
  [[nodiscard]] Place place(ExprId id) const { return c_.program_.exprs[id].place; }

  ExprId make(Op op, Type type, Place at, std::vector<ExprId> args) {
    return c_.add({.op = op, .type = std::move(type), .place = at, .args = std::move(args), .constant = {}, .path = {}});
  }
  ExprId broken(Place at) { return make(Op::constant, Type{}, at, {}); }
  [[nodiscard]] Place span(ExprId a, ExprId b) const { return {place(a).file, {place(a).span.begin, place(b).span.end}}; }
  ExprId invert(ExprId a) { return make(Op::invert, Type::of(TypeKind::boolean), place(a), {a}); }

  /// Says that an operand has the wrong type, unless something broken was reported before.
  ExprId mismatch(Node op, ExprId a, ExprId b, std::string help = "") {
    if (!type(a).broken() && !type(b).broken()) {
      const bool two_monies = type(a).is(TypeKind::money) && type(b).is(TypeKind::money);
      Diagnostic& d = two_monies ? c_.report(Code::mixed_money, c_.place(op), fmt::format("{} and {} cannot be mixed", compiler::to_string(type(a)), compiler::to_string(type(b))), "two currencies",
                                             "Keep each sum in its own currency, or convert it before it is taken in.")
                                 : c_.report(Code::bad_operands, c_.place(op), fmt::format("`{}` does not go between {} and {}", op.text(), compiler::to_string(type(a)), compiler::to_string(type(b))), "",
                                             std::move(help));
      d.secondary.push_back({place(a).file, place(a).span, fmt::format("this is {}", compiler::to_string(type(a)))});
      d.secondary.push_back({place(b).file, place(b).span, fmt::format("this is {}", compiler::to_string(type(b)))});
    }
    return broken(span(a, b));
  }

  /// Says that a value may be absent where it must not.
  bool absent(ExprId a) {
    if (type(a).broken() || !type(a).optional()) return false;
    const Expr& expr = c_.program_.exprs[a];
    Diagnostic& d = c_.report(Code::optional_used, expr.place, "this may be absent", compiler::to_string(expr.type),
                              expr.path.empty() ? "Give a value for that case: `(… or default)`." : fmt::format("Give a value for that case: `({} or …)`, or ask first: `if {} exists {{ … }}`.", expr.path, expr.path));
    if (scope_.stale.contains(expr.path) && scope_.stale_since) {
      d.secondary.push_back({scope_.stale_since->file, scope_.stale_since->span, "it was there before this wait, and may have gone since"});
    }
    return true;
  }

  bool boolean(ExprId a) {
    if (absent(a)) return false;
    if (type(a).broken()) return false;
    if (type(a).is(TypeKind::boolean)) return true;
    c_.report(Code::type_mismatch, place(a), fmt::format("a condition is wanted here, but this is {}", compiler::to_string(type(a))), "not true or false",
              type(a).is(TypeKind::number) ? "Compare it with something: `… > 0`." : "");
    return false;
  }

  // ---- the levels ----------------------------------------------------------------------------------------------

  ExprId disjunction(const Type* expected) {
    ExprId left = conjunction(expected);
    while (at("or")) {
      const Node op = parts_[next_++];
      if (type(left).optional() && !type(left).broken()) {
        if (type(left).is(TypeKind::boolean)) {
          c_.report(Code::ambiguous_or, c_.place(op), "`or` after a condition that may be absent could mean two things", "or else, or if absent?",
                    "Ask first whether it exists, or compare it: `(x == true) or …`.");
          conjunction(nullptr);
          return broken(place(left));
        }
        const Type want = present(type(left));
        const ExprId right = conjunction(type(left).form == Type::Form::absent ? expected : &want);
        if (!type(right).broken() && type(left).form == Type::Form::value && !c_.agrees(present(type(right)), want)) {
          Diagnostic& d = c_.report(Code::type_mismatch, place(right), fmt::format("the value for when it is absent must be {}, but this is {}", compiler::to_string(want), compiler::to_string(type(right))), "",
                                    type(right).is(TypeKind::boolean) ? "Put parentheses round the default: `(x or default) > …`." : "");
          d.secondary.push_back({place(left).file, place(left).span, compiler::to_string(type(left))});
          left = broken(span(left, right));
          continue;
        }
        Type result = want;
        result.field.optional = type(right).optional();
        left = make(Op::fallback, type(right).broken() ? Type{} : result, span(left, right), {left, right});
        continue;
      }
      if (!type(left).broken() && !type(left).is(TypeKind::boolean)) {
        c_.report(Code::type_mismatch, place(left), fmt::format("this is always there, so `or` has nothing to replace: it is {}", compiler::to_string(type(left))), "never absent",
                  "Remove the `or` and what follows it.");
        conjunction(nullptr);
        left = broken(place(left));
        continue;
      }
      const ExprId right = conjunction(nullptr);
      left = boolean(left) && boolean(right) ? make(Op::disjunction, Type::of(TypeKind::boolean), span(left, right), {left, right}) : broken(span(left, right));
    }
    return left;
  }

  ExprId conjunction(const Type* expected) {
    ExprId left = negation(expected);
    const std::set<std::string> before = scope_.present;
    while (at("and")) {
      ++next_;
      // On the right of `and` what the left asked for is known.
      c_.facts(left, scope_.present);
      const ExprId right = negation(nullptr);
      left = boolean(left) && boolean(right) ? make(Op::conjunction, Type::of(TypeKind::boolean), span(left, right), {left, right}) : broken(span(left, right));
    }
    scope_.present = before;
    return left;
  }

  ExprId negation(const Type* expected) {
    if (!at("not")) return comparison(expected);
    ++next_;
    const ExprId inner = negation(nullptr);
    return boolean(inner) ? invert(inner) : broken(place(inner));
  }

  ExprId comparison(const Type* expected) {
    const ExprId left = sum(expected);
    if (next_ >= parts_.size()) return left;
    const Node op = parts_[next_];
    if (op.is("exists")) {
      ++next_;
      if (!type(left).broken() && !type(left).optional()) {
        c_.report(Code::type_mismatch, place(left), "this is always there: `exists` is always true", "never absent", "Remove the question.");
        return broken(place(left));
      }
      return make(Op::exists, Type::of(TypeKind::boolean), {place(left).file, {place(left).span.begin, c_.place(op).span.end}}, {left});
    }
    if (op.is("is")) return membership(left);
    if (op.is("in")) return in_list(left);
    if (op.is("between")) return between(left);
    static constexpr std::string_view comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    if (op.kind() != Kind::symbol || std::find(std::begin(comparisons), std::end(comparisons), op.text()) == std::end(comparisons)) return left;
    ++next_;
    const Type want = present(type(left));
    ExprId right = sum(type(left).broken() ? nullptr : &want);
    if (type(left).broken() || type(right).broken()) return broken(span(left, right));
    const bool equality = op.is("==") || op.is("!=");
    const Type bare_left = present(type(left));
    const Type bare_right = present(type(right));
    const bool alike = type(left).form == Type::Form::absent || type(right).form == Type::Form::absent || c_.agrees(bare_left, bare_right);
    if (!alike) return mismatch(op, left, right, type(left).is(TypeKind::enumeration) ? "" : "Both sides must be of one type.");
    if (!equality) {
      if (absent(left) || absent(right)) return broken(span(left, right));
      const TypeKind kind = type(left).field.kind;
      const bool ordered = kind == TypeKind::number || kind == TypeKind::money || kind == TypeKind::duration || kind == TypeKind::instant || kind == TypeKind::date || kind == TypeKind::time;
      if (!ordered) return mismatch(op, left, right, fmt::format("{} has no order; it can only be equal or not.", compiler::to_string(type(left))));
    }
    const Type boolean_type = Type::of(TypeKind::boolean);
    const Place at = span(left, right);
    if (op.is("==")) return make(Op::equal, boolean_type, at, {left, right});
    if (op.is("!=")) return invert(make(Op::equal, boolean_type, at, {left, right}));
    if (op.is("<")) return make(Op::less, boolean_type, at, {left, right});
    if (op.is("<=")) return make(Op::less_equal, boolean_type, at, {left, right});
    if (op.is(">")) return make(Op::less, boolean_type, at, {right, left});
    return make(Op::less_equal, boolean_type, at, {right, left});
  }

  ExprId membership(ExprId left) {
    const Node op = parts_[next_++];
    bool negated = false;
    if (at("not")) {
      ++next_;
      negated = true;
    }
    if (next_ >= parts_.size()) return broken(place(left));
    const Node right = parts_[next_++];
    const Place at{place(left).file, {place(left).span.begin, c_.place(right).span.end}};
    if (type(left).broken() && c_.program_.exprs[left].path == "contact") {
      if (right.kind() != Kind::path || right.children().size() != 1) {
        c_.report(Code::unknown_name, c_.place(right), "after `contact is` the name of a segment is wanted", "not a segment");
        return broken(at);
      }
      const Index index = c_.find(NameKind::segment, right.child(Kind::name));
      if (index == none || c_.segment(index) == none) return broken(at);
      const ExprId root = c_.program_.segment_roots[index];
      return negated ? invert(root) : root;
    }
    if (type(left).broken()) return broken(at);
    if (!type(left).is(TypeKind::enumeration)) {
      c_.report(Code::bad_operands, c_.place(op), fmt::format("`is` asks for a value of an enumeration, but this is {}", compiler::to_string(type(left))), "", "Use `==` here.");
      return broken(at);
    }
    const Type want = present(type(left));
    const ExprId value = c_.operand_of(right, scope_, &want);
    if (type(value).broken()) return broken(at);
    const ExprId same = make(Op::equal, Type::of(TypeKind::boolean), at, {left, value});
    return negated ? invert(same) : same;
  }

  ExprId in_list(ExprId left) {
    const Node op = parts_[next_++];
    Type want = Type{};
    if (!type(left).broken()) {
      FieldType list{.kind = TypeKind::list};
      list.element.push_back(present(type(left)).field);
      want = Type::of(std::move(list));
    }
    const ExprId right = sum(type(left).broken() ? nullptr : &want);
    if (type(left).broken() || type(right).broken()) return broken(span(left, right));
    if (absent(left) || absent(right)) return broken(span(left, right));
    if (!c_.agrees(type(right), want)) return mismatch(op, left, right, "`in` wants a list of values of the same type.");
    return make(Op::member, Type::of(TypeKind::boolean), span(left, right), {left, right});
  }

  ExprId between(ExprId left) {
    const Node op = parts_[next_++];
    const bool clock = type(left).is(TypeKind::instant) && c_.program_.exprs[left].op == Op::now;
    const Type time = Type::of(TypeKind::time);
    const Type want = clock ? time : present(type(left));
    const ExprId low = sum(type(left).broken() ? nullptr : &want);
    if (!at("and")) {
      c_.report(Code::syntax, c_.place(op), "`between` wants two ends: `between a and b`", "");
      return broken(span(left, low));
    }
    ++next_;
    const ExprId high = sum(type(left).broken() ? nullptr : &want);
    const Place whole = span(left, high);
    if (type(left).broken() || type(low).broken() || type(high).broken()) return broken(whole);
    if (absent(left) || absent(low) || absent(high)) return broken(whole);
    if (!c_.agrees(type(low), want)) return mismatch(op, left, low);
    if (!c_.agrees(type(high), want)) return mismatch(op, left, high);
    const Type boolean_type = Type::of(TypeKind::boolean);
    if (clock) return make(Op::within, boolean_type, whole, {low, high});
    if (type(left).is(TypeKind::time)) {
      c_.report(Code::not_supported, c_.place(op), "`between` over a time of day that is not now is not supported yet", "not supported yet", "Ask `now between … and …`.");
      return broken(whole);
    }
    const TypeKind kind = type(left).field.kind;
    if (kind == TypeKind::boolean || kind == TypeKind::enumeration || kind == TypeKind::list || kind == TypeKind::text) return mismatch(op, low, high, "It wants values that have an order.");
    return make(Op::conjunction, boolean_type, whole,
                {make(Op::less_equal, boolean_type, whole, {low, left}), make(Op::less_equal, boolean_type, whole, {left, high})});
  }

  ExprId sum(const Type* expected) {
    ExprId left = product(expected);
    while (at("+") || at("-")) {
      const Node op = parts_[next_++];
      const ExprId right = product(nullptr);
      left = arithmetic(op, left, right);
    }
    return left;
  }

  ExprId product(const Type* expected) {
    ExprId left = unary(expected);
    while (at("*") || at("/")) {
      const Node op = parts_[next_++];
      const ExprId right = unary(nullptr);
      left = arithmetic(op, left, right);
    }
    return left;
  }

  ExprId unary(const Type* expected) {
    if (at("-")) {
      const Node op = parts_[next_++];
      const ExprId inner = unary(expected);
      if (absent(inner) || type(inner).broken()) return broken(place(inner));
      if (!type(inner).is(TypeKind::number) && !type(inner).is(TypeKind::money) && !type(inner).is(TypeKind::duration)) {
        c_.report(Code::bad_operands, c_.place(op), fmt::format("`-` does not go before {}", compiler::to_string(type(inner))), "");
        return broken(place(inner));
      }
      return make(Op::negate, type(inner), {place(inner).file, {c_.place(op).span.begin, place(inner).span.end}}, {inner});
    }
    if (next_ >= parts_.size()) return broken(c_.here_);
    return c_.operand_of(parts_[next_++], scope_, expected);
  }

  ExprId arithmetic(Node op, ExprId a, ExprId b) {
    const Place at = span(a, b);
    if (type(a).broken() || type(b).broken()) return broken(at);
    if (absent(a) || absent(b)) return broken(at);
    const TypeKind x = type(a).field.kind;
    const TypeKind y = type(b).field.kind;
    const auto is = [&](TypeKind p, TypeKind q) { return x == p && y == q; };
    using K = TypeKind;
    const bool monies = is(K::money, K::money) && type(a).field.currency == type(b).field.currency;
    if (op.is("+")) {
      if (is(K::number, K::number) || monies) return make(Op::add, type(a), at, {a, b});
      if (y == K::duration && (x == K::instant || x == K::date || x == K::duration)) return make(Op::shift, type(a), at, {a, b});
      if (is(K::duration, K::instant)) return make(Op::shift, type(b), at, {b, a});
      if (is(K::text, K::text)) return mismatch(op, a, b, "Texts are joined with holes: \"{a}{b}\".");
    } else if (op.is("-")) {
      if (is(K::number, K::number) || monies) return make(Op::subtract, type(a), at, {a, b});
      if (y == K::duration && (x == K::instant || x == K::date || x == K::duration)) return make(Op::unshift, type(a), at, {a, b});
      if (is(K::instant, K::instant) || is(K::date, K::date)) return make(Op::unshift, Type::of(K::duration), at, {a, b});
    } else if (op.is("*")) {
      if (x == K::number && (y == K::number || y == K::money || y == K::duration)) return make(Op::multiply, type(b), at, {a, b});
      if (y == K::number && (x == K::money || x == K::duration)) return make(Op::multiply, type(a), at, {a, b});
    } else if (op.is("/")) {
      if (y == K::number && (x == K::number || x == K::money || x == K::duration)) return make(Op::divide, type(a), at, {a, b});
      if (monies || is(K::duration, K::duration)) return make(Op::divide, Type::of(K::number), at, {a, b});
    }
    return mismatch(op, a, b);
  }

  Checker& c_;
  Scope scope_;
  std::vector<Node> parts_;
  std::size_t next_ = 0;
};

ExprId Checker::add(Expr expr) {
  program_.exprs.push_back(std::move(expr));
  return static_cast<ExprId>(program_.exprs.size() - 1);
}

ExprId Checker::constant(Place at, Type type, bytecode::Constant value) {
  return add({.op = Op::constant, .type = std::move(type), .place = at, .args = {}, .constant = std::move(value), .path = {}});
}

ExprId Checker::expression(Node node, const Scope& scope, const Type* expected) {
  if (!node) return constant(here_, Type{}, {});
  here_ = place(node);
  const ExprId id = ExpressionReader(*this, scope, node).read(expected);
  const Expr& expr = program_.exprs[id];
  if (expr.type.broken() && expr.path == "contact") {
    report(Code::type_mismatch, expr.place, "`contact` by itself is not a value", "the whole contact", "Name one of its fields, or ask `contact is SEGMENT`.");
  }
  return id;
}

Index Checker::add_function(ExprId root, std::string name) {
  program_.module.functions.push_back({.name = std::move(name), .registers = 0, .code = {}, .lines = {}});
  program_.roots.push_back(root);
  return static_cast<Index>(program_.roots.size() - 1);
}

Index Checker::function(Node node, const Scope& scope, const Type* expected, std::string name) {
  const ExprId root = expression(node, scope, expected);
  const Expr& expr = program_.exprs[root];
  if (expected != nullptr && !expr.type.broken() && !agrees(expr.type, *expected)) {
    if (expr.type.optional() && agrees(present(expr.type), *expected) && expr.type.form == Type::Form::value) {
      Diagnostic& d = report(Code::optional_used, expr.place, "this may be absent", to_string(expr.type), "Give a value for that case: `x or default`.");
      if (scope.stale.contains(expr.path) && scope.stale_since) {
        d.secondary.push_back({scope.stale_since->file, scope.stale_since->span, "it was there before this wait, and may have gone since"});
      }
    } else {
      report(Code::type_mismatch, expr.place, fmt::format("{} is wanted here, but this is {}", to_string(*expected), to_string(expr.type)), "", "");
    }
  }
  return add_function(root, std::move(name));
}

void Checker::facts(ExprId id, std::set<std::string>& out) const {
  const Expr& expr = program_.exprs[id];
  if (expr.op == Op::conjunction) {
    for (const ExprId arg : expr.args) facts(arg, out);
  } else if (expr.op == Op::exists && !program_.exprs[expr.args[0]].path.empty()) {
    out.insert(program_.exprs[expr.args[0]].path);
  } else if (expr.op == Op::equal) {
    // Equal to something that is there: there itself.
    for (int side = 0; side < 2; ++side) {
      const Expr& here = program_.exprs[expr.args[static_cast<std::size_t>(side)]];
      const Expr& other = program_.exprs[expr.args[static_cast<std::size_t>(1 - side)]];
      if (!here.path.empty() && !other.type.broken() && !other.type.optional()) out.insert(here.path);
    }
  }
}

}  // namespace fairlead::compiler
