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
  ExpressionReader(Checker& checker, const Scope& scope, Node node)
      : c_(checker), scope_(&scope), parts_(node.children()) {}

  ExprId read(const Type* expected) { return disjunction(expected); }

 private:
  [[nodiscard]] bool at(std::string_view token) const { return next_ < parts_.size() && parts_[next_].is(token); }
  [[nodiscard]] const Type& type(ExprId id) const { return c_.program_.exprs[id].type; }
  [[nodiscard]] Place place(ExprId id) const { return c_.program_.exprs[id].place; }

  ExprId make(Op op, Type type, Place at, Args args) {
    return c_.add({.op = op, .type = std::move(type), .place = at, .args = std::move(args), .path = {}});
  }
  ExprId broken(Place at) { return make(Op::constant, Type{}, at, {}); }
  [[nodiscard]] Place span(ExprId a, ExprId b) const {
    return {place(a).file, {place(a).span.begin, place(b).span.end}};
  }
  ExprId invert(ExprId a) { return make(Op::invert, Type::of(TypeKind::boolean), place(a), {a}); }

  /// Says that an operand has the wrong type, unless something broken was reported before.
  ExprId mismatch(Node op, ExprId a, ExprId b, std::string help = "") {
    if (!type(a).broken() && !type(b).broken()) {
      const bool two_monies = type(a).is(TypeKind::money) && type(b).is(TypeKind::money) &&
                              type(a).field.currency != type(b).field.currency;
      std::string message = two_monies ? fmt::format("a sum in {} and a sum in {} cannot be mixed",
                                                     type(a).field.currency, type(b).field.currency)
                                       : fmt::format("`{}` does not go between {} and {}", op.text(),
                                                     described(present(type(a))), described(present(type(b))));
      if (two_monies) help = "Keep each sum in its own currency, or convert it before it is taken in.";
      Diagnostic& d = c_.report(two_monies ? Code::mixed_money : Code::bad_operands, c_.place(op), std::move(message),
                                two_monies ? "two currencies" : "", std::move(help));
      d.secondary.push_back({place(a).file, place(a).span, fmt::format("this is {}", described(type(a)))});
      d.secondary.push_back({place(b).file, place(b).span, fmt::format("this is {}", described(type(b)))});
    }
    return broken(span(a, b));
  }

  /// Says that a value may be absent where it must not.
  bool absent(ExprId a) {
    if (type(a).broken() || !type(a).optional()) return false;
    c_.absent(c_.program_.exprs[a], *scope_, "", "");
    return true;
  }

  bool boolean(ExprId a) {
    if (absent(a) || type(a).broken()) return false;
    if (type(a).is(TypeKind::boolean)) return true;
    c_.unlike(c_.program_.exprs[a], Type::of(TypeKind::boolean));
    return false;
  }

  /// The kind of names that a value of a rule's site is one of; null where it is not one.
  [[nodiscard]] const NameKind* named(ExprId id) const {
    static constexpr NameKind kinds[] = {NameKind::channel, NameKind::content, NameKind::workflow};
    if (c_.program_.exprs[id].op != Op::site) return nullptr;
    switch (static_cast<bytecode::SiteValue>(c_.program_.exprs[id].ref)) {
      case bytecode::SiteValue::channel: return &kinds[0];
      case bytecode::SiteValue::content: return &kinds[1];
      case bytecode::SiteValue::workflow: return &kinds[2];
      default: return nullptr;
    }
  }
  void list_names(ExprId id) {
    const NameKind* kind = named(id);
    auto& members = c_.program_.exprs[id].type.field.members;
    if (kind == nullptr || !members.empty()) return;
    for (const auto& [name, declared] : c_.program_.names[*kind]) members.push_back(name);
  }

  // ---- the levels ----------------------------------------------------------------------------------------------

  ExprId disjunction(const Type* expected) {
    ExprId left = conjunction(expected);
    while (at("or")) {
      const Node op = parts_[next_++];
      if (type(left).optional() && !type(left).broken()) {
        if (type(left).is(TypeKind::boolean)) {
          c_.report(Code::ambiguous_or, c_.place(op), "`or` after a condition that may be absent could mean two things",
                    "or else, or if absent?",
                    fmt::format("Say which: `({} == true) or …`, or ask first whether it exists.",
                                c_.source_of(place(left))));
          conjunction(nullptr);
          return broken(place(left));
        }
        const Type want = present(type(left));
        const ExprId right = conjunction(type(left).form == Type::Form::absent ? expected : &want);
        if (!type(right).broken() && type(left).form == Type::Form::value && !c_.agrees(present(type(right)), want)) {
          Diagnostic& d =
              c_.report(Code::type_mismatch, place(right),
                        fmt::format("what stands in when the value is absent must be {} too, but this is {}",
                                    described(want), described(type(right))),
                        "",
                        type(right).is(TypeKind::boolean)
                            ? fmt::format("If it belongs to `{}` alone, put parentheses round the two: `({} or …)`.",
                                          c_.source_of(place(left)), c_.source_of(place(left)))
                            : "");
          d.secondary.push_back({place(left).file, place(left).span, fmt::format("this is {}", described(type(left)))});
          left = broken(span(left, right));
          continue;
        }
        Type result = want;
        result.field.optional = type(right).optional();
        left = make(Op::fallback, type(right).broken() ? Type{} : result, span(left, right), {left, right});
        continue;
      }
      if (!type(left).broken() && !type(left).is(TypeKind::boolean)) {
        c_.report(Code::type_mismatch, place(left), "this is always there, so `or` has nothing to stand in for",
                  fmt::format("{}, and never absent", described(type(left))),
                  "Remove the `or` and what follows it. To join two conditions, compare this with something first.");
        conjunction(nullptr);
        left = broken(place(left));
        continue;
      }
      if (bare_member(left)) {
        left = broken(place(left));
        continue;
      }
      const ExprId right = conjunction(nullptr);
      left = boolean(left) && boolean(right)
                 ? make(Op::disjunction, Type::of(TypeKind::boolean), span(left, right), {left, right})
                 : broken(span(left, right));
    }
    return left;
  }

  /// `contact.plan is free or pro`: what follows `or` is a value, not a condition.
  bool bare_member(ExprId left) {
    const Expr& asked = c_.program_.exprs[left];
    if (next_ >= parts_.size() || asked.op != Op::equal || !type(asked.args[0]).is(TypeKind::enumeration)) return false;
    const Node word = parts_[next_];
    list_names(asked.args[0]);
    const auto& members = type(asked.args[0]).field.members;
    if (!word.is(Kind::path) || std::find(members.begin(), members.end(), word.text()) == members.end()) return false;
    const std::string value = c_.source_of(place(asked.args[0]));
    std::string all = c_.source_of(place(asked.args[1]));
    c_.report(Code::unknown_name, c_.place(word), fmt::format("`{}` alone is not a condition", word.text()),
              "a value of what stands before",
              fmt::format("To ask for one of several, write `{} in [{}, {}]`.", value, all, word.text()));
    ++next_;
    return true;
  }

  ExprId conjunction(const Type* expected) {
    ExprId left = negation(expected);
    const Scope* const before = scope_;
    std::optional<Scope> known;
    while (at("and")) {
      ++next_;
      // On the right of `and` what the left asked for is known.
      if (!known) known = *before;
      scope_ = &*known;
      c_.facts(left, true, known->present);
      const ExprId right = negation(nullptr);
      left = boolean(left) && boolean(right)
                 ? make(Op::conjunction, Type::of(TypeKind::boolean), span(left, right), {left, right})
                 : broken(span(left, right));
    }
    scope_ = before;
    return left;
  }

  ExprId negation(const Type* expected) {
    std::size_t nots = 0;
    for (; at("not"); ++next_) ++nots;
    if (nots == 0) return comparison(expected);
    const ExprId inner = comparison(nullptr);
    if (!boolean(inner)) return broken(place(inner));
    return nots % 2 == 1 ? invert(inner) : inner;
  }

  ExprId comparison(const Type* expected) {
    const ExprId left = sum(expected);
    if (next_ >= parts_.size()) return left;
    const Node op = parts_[next_];
    if (op.is("exists")) {
      ++next_;
      if (!type(left).broken() && !type(left).optional()) {
        c_.report(Code::type_mismatch, place(left), "this is always there, so there is nothing to ask", "never absent",
                  "Remove the question, or mark the field with `?` where it is declared.");
        return broken(place(left));
      }
      return make(Op::exists, Type::of(TypeKind::boolean),
                  {place(left).file, {place(left).span.begin, c_.place(op).span.end}}, {left});
    }
    if (op.is("is")) return membership(left);
    if (op.is("in")) return in_list(left);
    if (op.is("between")) return between(left);
    static constexpr std::string_view comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    if (op.kind() != Kind::symbol ||
        std::find(std::begin(comparisons), std::end(comparisons), op.text()) == std::end(comparisons))
      return left;
    ++next_;
    const Type want = present(type(left));
    ExprId right = sum(type(left).broken() ? nullptr : &want);
    if (type(left).broken() || type(right).broken()) return broken(span(left, right));
    const bool equality = op.is("==") || op.is("!=");
    const Type bare_left = present(type(left));
    const Type bare_right = present(type(right));
    const bool alike = type(left).form == Type::Form::absent || type(right).form == Type::Form::absent ||
                       c_.agrees(bare_left, bare_right);
    const auto asks_whether = [&](ExprId id) { return c_.program_.exprs[id].op == Op::seen; };
    if (!alike && (asks_whether(left) || asks_whether(right)))
      return mismatch(op, left, right, "`seen` answers yes or no. To ask how often, write `count`.");
    if (!alike) return mismatch(op, left, right, "Both sides must be of one kind.");
    if (!equality) {
      if (absent(left) || absent(right)) return broken(span(left, right));
      const TypeKind kind = type(left).field.kind;
      const bool ordered = kind == TypeKind::number || kind == TypeKind::money || kind == TypeKind::duration ||
                           kind == TypeKind::instant || kind == TypeKind::date || kind == TypeKind::time;
      if (!ordered) return mismatch(op, left, right, "One is not more than the other; they can only be equal or not.");
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
        c_.report(Code::unknown_name, c_.place(right), "after `contact is` comes the name of a segment",
                  "not a segment", "To ask about a field, name it: `contact.plan is pro`.");
        return broken(at);
      }
      const Index index = c_.find(NameKind::segment, right.child(Kind::name));
      if (index == none || c_.segment(index) == none) return broken(at);
      // The segment's expression stands in for the question, at the place of the question.
      Expr root = c_.program_.exprs[c_.program_.segment_roots[index]];
      if (!root.type.is(TypeKind::boolean) || root.type.optional()) return broken(at);  // said at the segment
      root.place = at;
      root.segment = index;
      const ExprId asked = c_.add(std::move(root));
      return negated ? invert(asked) : asked;
    }
    if (type(left).broken()) return broken(at);
    if (const NameKind* kind = named(left)) {
      if (right.is(Kind::path) && right.children().size() == 1 && c_.program_.names[*kind].contains(right.text())) {
        bytecode::Constant name{.tag = Tag::text, .units = 0, .text = std::string(right.text()), .items = {}};
        const ExprId value = c_.constant(c_.place(right), type(left), std::move(name));
        const ExprId same = make(Op::equal, Type::of(TypeKind::boolean), at, {left, value});
        return negated ? invert(same) : same;
      }
      list_names(left);
    }
    if (c_.program_.exprs[left].op == Op::score && right.is(Kind::path)) {
      const ExprId asked = c_.band_of(left, right);
      return negated && !type(asked).broken() ? invert(asked) : asked;
    }
    if (!type(left).is(TypeKind::enumeration)) {
      const std::string value = c_.source_of(place(left));
      const bool nothing = right.is("none") || right.text() == "null" || right.text() == "empty";
      Diagnostic& d = c_.report(
          Code::bad_operands, c_.place(op),
          fmt::format("`is` asks which of its values something has, but this is {}", described(present(type(left)))),
          "",
          nothing ? fmt::format("To ask whether it is there, write `{} exists` or `not {} exists`.", value, value)
          : type(left).is(TypeKind::boolean) ? fmt::format("Leave it out: `{}`, or `not {}`.", value, value)
                                             : "Compare it with `==`.");
      d.secondary.push_back({place(left).file, place(left).span, fmt::format("this is {}", described(type(left)))});
      return broken(at);
    }
    const Type want = present(type(left));
    const ExprId value = c_.operand_of(right, *scope_, &want);
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
    if (!c_.agrees(type(right), want))
      return mismatch(op, left, right, "After `in` comes a list: `in [\"NO\", \"SE\"]`.");
    return make(Op::member, Type::of(TypeKind::boolean), span(left, right), {left, right});
  }

  ExprId between(ExprId left) {
    const Node op = parts_[next_++];
    const bool clock = type(left).is(TypeKind::instant) && c_.program_.exprs[left].op == Op::now;
    const Type time = Type::of(TypeKind::time);
    const Type want = clock ? time : present(type(left));
    const ExprId low = sum(type(left).broken() ? nullptr : &want);
    if (!at("and")) {
      c_.report(Code::syntax, c_.place(op), "`between` has two ends", "the second one is missing",
                "Write `between … and …`.");
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
    if (type(left).is(TypeKind::time)) return around_the_clock(left, low, high, whole);
    const TypeKind kind = type(left).field.kind;
    if (kind == TypeKind::boolean || kind == TypeKind::enumeration || kind == TypeKind::list || kind == TypeKind::text)
      return mismatch(op, low, high, "`between` is for what can be more or less.");
    return make(Op::conjunction, boolean_type, whole,
                {make(Op::less_equal, boolean_type, whole, {low, left}),
                 make(Op::less_equal, boolean_type, whole, {left, high})});
  }

  /// `[low, high)`, which wraps midnight where it ends before it begins; where both are one time, it is all day.
  ExprId around_the_clock(ExprId left, ExprId low, ExprId high, Place whole) {
    const Type boolean_type = Type::of(TypeKind::boolean);
    const ExprId after = make(Op::less_equal, boolean_type, whole, {low, left});
    const ExprId before = make(Op::less, boolean_type, whole, {left, high});
    const ExprId one_day = make(Op::less, boolean_type, whole, {low, high});
    return make(Op::conditional, boolean_type, whole,
                {one_day, make(Op::conjunction, boolean_type, whole, {after, before}),
                 make(Op::disjunction, boolean_type, whole, {after, before})});
  }

  ExprId sum(const Type* expected) {
    ExprId left = product(expected);
    while (at("+") || at("-")) {
      const Node op = parts_[next_++];
      // After `contact.first-name` has been explained, `name` needs no message of its own.
      const bool hyphen = type(left).broken() && op.is("-") && place(left).span.end == op.span().begin;
      const std::size_t said = c_.diagnostics_.size();
      const ExprId right = product(nullptr);
      if (hyphen)
        c_.diagnostics_.erase(c_.diagnostics_.begin() + static_cast<std::ptrdiff_t>(said), c_.diagnostics_.end());
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
      std::size_t minuses = 1;
      for (; at("-"); ++next_) ++minuses;
      const ExprId inner = unary(expected);
      if (absent(inner) || type(inner).broken()) return broken(place(inner));
      if (!type(inner).is(TypeKind::number) && !type(inner).is(TypeKind::money) &&
          !type(inner).is(TypeKind::duration)) {
        c_.report(Code::bad_operands, c_.place(op), fmt::format("`-` does not go before {}", described(type(inner))),
                  "");
        return broken(place(inner));
      }
      if (minuses % 2 == 0) return inner;
      return make(Op::negate, type(inner), {place(inner).file, {c_.place(op).span.begin, place(inner).span.end}},
                  {inner});
    }
    if (next_ >= parts_.size()) return broken(c_.here_);
    const Node first = parts_[next_++];
    if (first.is(Kind::call) && first.child(Kind::name).text() == "last") {
      const Node field = at(".") && next_ + 1 < parts_.size() ? parts_[next_ + 1] : Node();
      if (field) next_ += 2;
      return c_.last_of(first, field, *scope_);
    }
    const ExprId operand = c_.operand_of(first, *scope_, expected);
    if (answer(operand)) return broken(place(operand));
    // `content is welcome` looks for one name; whatever else is asked wants all of them. Of many rules, each would
    // else list every content there is.
    if (c_.program_.exprs[operand].op == Op::site && !at("is")) list_names(operand);
    // A field of what a call gives.
    for (; at("."); next_ += 2) {
      if (!type(operand).broken()) {
        c_.report(Code::unknown_field, c_.place(parts_[next_ + 1]), "this has no fields", "no such field");
        return broken(place(operand));
      }
    }
    return operand;
  }

  /// Says that what an action answered is no value by itself.
  bool answer(ExprId id) {
    const Expr& expr = c_.program_.exprs[id];
    if (expr.op != Op::local || at("exists")) return false;
    const auto local = std::find_if(scope_->locals.begin(), scope_->locals.end(),
                                    [&](const Local& l) { return l.name == expr.path && l.action != none; });
    if (local == scope_->locals.end()) return false;
    const bytecode::Action& action = c_.program_.module.actions[local->action];
    c_.report(Code::type_mismatch, expr.place,
              fmt::format("`{}` is the answer to `{}`, and not a value by itself", local->name, action.name),
              "the whole answer",
              action.returns.empty()
                  ? fmt::format("Ask whether it came: `{} exists`.", local->name)
                  : fmt::format("Name a part of it, like `{}.{}`, or ask whether it came: `{} exists`.", local->name,
                                action.returns.front().name, local->name));
    return true;
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
      if (y == K::duration && (x == K::instant || x == K::date || x == K::duration))
        return make(Op::shift, type(a), at, {a, b});
      if (is(K::duration, K::instant)) return make(Op::shift, type(b), at, {b, a});
      if (is(K::text, K::text))
        return mismatch(op, a, b,
                        "Texts are joined by holes in one of them: \"{contact.first_name} from {contact.country}\".");
    } else if (op.is("-")) {
      if (is(K::number, K::number) || monies) return make(Op::subtract, type(a), at, {a, b});
      if (y == K::duration && (x == K::instant || x == K::date || x == K::duration))
        return make(Op::unshift, type(a), at, {a, b});
      if (is(K::instant, K::instant) || is(K::date, K::date))
        return make(Op::unshift, Type::of(K::duration), at, {a, b});
    } else if (op.is("*")) {
      if (x == K::number && (y == K::number || y == K::money || y == K::duration))
        return make(Op::multiply, type(b), at, {a, b});
      if (y == K::number && (x == K::money || x == K::duration)) return make(Op::multiply, type(a), at, {a, b});
    } else if (op.is("/")) {
      if (y == K::number && (x == K::number || x == K::money || x == K::duration))
        return make(Op::divide, type(a), at, {a, b});
      if (monies || is(K::duration, K::duration)) return make(Op::divide, Type::of(K::number), at, {a, b});
    }
    return mismatch(op, a, b);
  }

  Checker& c_;
  const Scope* scope_;  // what is known here; on the right of `and` more than on its left
  grammar::Nodes parts_;
  std::size_t next_ = 0;
};

ExprId Checker::expression(Node node, const Scope& scope, const Type* expected) {
  if (!node) return constant(here_, Type{}, {});
  here_ = place(node);
  const ExprId id = ExpressionReader(*this, scope, node).read(expected);
  program_.means(here_.file, node, id);
  const Expr& expr = program_.exprs[id];
  if (expr.type.broken() && expr.path == "contact") {
    report(Code::type_mismatch, expr.place, "`contact` by itself is not a value", "the whole contact",
           "Name one of its fields, like `contact.country`, or ask `contact is SEGMENT`.");
  }
  return id;
}

}  // namespace fairlead::compiler
