// Assumptions about values, and what follows from them.
#include "compiler/lint/knowledge.hpp"

namespace fairlead::compiler::lint {

namespace {

template <class Values>
bool contains(const Values& values, const typename Values::value_type& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <class Values>
void add(Values& values, const typename Values::value_type& value) {
  if (!contains(values, value)) values.push_back(value);
}

bool ordered(const Type& type) {
  for (const TypeKind kind :
       {TypeKind::number, TypeKind::money, TypeKind::duration, TypeKind::instant, TypeKind::date, TypeKind::time}) {
    if (type.is(kind)) return true;
  }
  return false;
}

bool fixed(const Expr& expr) {
  return expr.op == Op::constant && expr.type.form == Type::Form::value && !expr.type.is(TypeKind::list);
}

}  // namespace

std::optional<Knowledge::Key> Knowledge::known_as(const Expr& value, Aspect aspect) {
  switch (value.op) {
    case Op::field:
    case Op::parameter:
    case Op::site: return Key{value.op, aspect, none, none, value.path};
    case Op::event: return Key{value.op, aspect, value.ref, value.member, {}};
    case Op::now:
    case Op::today: return Key{value.op, aspect, none, none, {}};
    case Op::count:
    case Op::seen: return Key{value.op, aspect, value.ref, none, {}};
    default: return std::nullopt;
  }
}

Knowledge::Domain& Knowledge::named(const Key& key) {
  const auto at = std::find_if(domains_.begin(), domains_.end(), [&](const Domain& d) { return d.key == key; });
  if (at != domains_.end()) return *at;
  domains_.emplace_back().key = key;
  return domains_.back();
}

Knowledge::Domain& Knowledge::domain(const Key& key, const Expr& value) {
  const std::size_t before = domains_.size();
  Domain& at = named(key);
  if (domains_.size() == before) return at;
  if (value.op == Op::count) at.low = Bound{0, false};
  // Which channel or content is asked about differs from project to project: that there is but one proves nothing.
  if (value.op != Op::site && value.type.is(TypeKind::enumeration) && !value.type.optional()) {
    at.allowed.emplace();
    for (const std::string& member : value.type.field.members) at.allowed->push_back({Tag::text, 0, member});
  }
  return at;
}

void Knowledge::settle(const Domain& domain) {
  if (domain.allowed && std::all_of(domain.allowed->begin(), domain.allowed->end(),
                                    [&](const Value& value) { return contains(domain.excluded, value); }))
    impossible_ = true;
  if (!domain.low || !domain.high) return;
  const bool strict = domain.low->strict || domain.high->strict;
  if (domain.low->units > domain.high->units || (strict && domain.low->units == domain.high->units)) impossible_ = true;
}

void Knowledge::atom(const std::optional<Key>& key, bool truth) {
  if (!key) return;
  Domain& at = named(*key);
  const Values only{{Tag::boolean, truth ? 1 : 0, {}}};
  if (at.allowed && *at.allowed != only) impossible_ = true;
  at.allowed = only;
}

void Knowledge::equal(const Expr& asked, bool truth) {
  const Expr* value = &program_->exprs[asked.args[0]];
  const Expr* other = &program_->exprs[asked.args[1]];
  if (fixed(*value)) std::swap(value, other);
  if (!fixed(*other)) return;
  if (fixed(*value)) {
    if ((shown(value->constant()) == shown(other->constant())) != truth) impossible_ = true;
    return;
  }
  const std::optional<Key> key = known_as(*value);
  if (!key) return;
  Domain& at = domain(*key, *value);
  const Value same = shown(other->constant());
  if (!truth) {
    add(at.excluded, same);
    if (at.low && at.low->units == other->constant().units && ordered(other->type)) at.low->strict = true;
    if (at.high && at.high->units == other->constant().units && ordered(other->type)) at.high->strict = true;
  } else {
    if (contains(at.excluded, same) || (at.allowed && !contains(*at.allowed, same))) impossible_ = true;
    at.allowed = Values{same};
    if (ordered(other->type)) {
      compare(asked.args[0], asked.args[1], false);
      compare(asked.args[1], asked.args[0], false);
    }
  }
  settle(at);
}

void Knowledge::compare(ExprId small_id, ExprId large_id, bool strict) {
  const Expr& small = program_->exprs[small_id];
  const Expr& large = program_->exprs[large_id];
  if (!ordered(small.type) || !ordered(large.type)) return;
  if (fixed(small) && fixed(large)) {
    const int128 a = small.constant().units;
    const int128 b = large.constant().units;
    if (strict ? !(a < b) : !(a <= b)) impossible_ = true;
    return;
  }
  if (fixed(small)) {
    const std::optional<Key> key = known_as(large);
    if (!key) return;
    Domain& at = domain(*key, large);
    const Bound bound{small.constant().units, strict};
    if (!at.low || bound.units > at.low->units || (bound.units == at.low->units && strict)) at.low = bound;
    settle(at);
  } else if (fixed(large)) {
    const std::optional<Key> key = known_as(small);
    if (!key) return;
    Domain& at = domain(*key, small);
    const Bound bound{large.constant().units, strict};
    if (!at.high || bound.units < at.high->units || (bound.units == at.high->units && strict)) at.high = bound;
    settle(at);
  }
}

void Knowledge::member(const Expr& asked, bool truth) {
  const Expr& value = program_->exprs[asked.args[0]];
  const Expr& list = program_->exprs[asked.args[1]];
  if (list.op != Op::constant) return;
  Values items;
  for (const bytecode::Constant& item : list.constant().items) add(items, shown(item));
  if (fixed(value)) {
    if (contains(items, shown(value.constant())) != truth) impossible_ = true;
    return;
  }
  const std::optional<Key> key = known_as(value);
  if (!key) return;
  Domain& at = domain(*key, value);
  if (!truth) {
    for (const Value& item : items) add(at.excluded, item);
  } else if (at.allowed) {
    at.allowed->erase(
        std::remove_if(at.allowed->begin(), at.allowed->end(), [&](const Value& one) { return !contains(items, one); }),
        at.allowed->end());
  } else {
    at.allowed = items;
  }
  settle(at);
}

void Knowledge::assume(ExprId id, bool truth) {
  const Expr& expr = program_->exprs[id];
  if (impossible_) return;
  switch (expr.op) {
    case Op::constant:
      if (expr.type.is(TypeKind::boolean) && (expr.constant().units != 0) != truth) impossible_ = true;
      break;
    case Op::invert: assume(expr.args[0], !truth); break;
    case Op::conjunction:
    case Op::disjunction: {
      const bool both = (expr.op == Op::conjunction) == truth;  // `a and b` holds, or `a or b` does not
      if (both) {
        for (const ExprId arg : expr.args) assume(arg, truth);
        break;
      }
      // One of the two is as it is said; where one cannot be, the other is.
      const bool not_first = decide(expr.args[0]) == !truth;
      const bool not_second = decide(expr.args[1]) == !truth;
      if (not_first && not_second) {
        impossible_ = true;
      } else if (not_first != not_second) {
        assume(expr.args[not_first ? 1 : 0], truth);
      }
      break;
    }
    case Op::equal: equal(expr, truth); break;
    case Op::less:
      truth ? compare(expr.args[0], expr.args[1], true) : compare(expr.args[1], expr.args[0], false);
      break;
    case Op::less_equal:
      truth ? compare(expr.args[0], expr.args[1], false) : compare(expr.args[1], expr.args[0], true);
      break;
    case Op::member: member(expr, truth); break;
    case Op::exists: atom(known_as(program_->exprs[expr.args[0]], Aspect::exists), truth); break;
    case Op::field:
    case Op::event:
    case Op::seen:
      if (expr.type.is(TypeKind::boolean)) atom(known_as(expr, Aspect::holds), truth);
      break;
    default: break;
  }
}

bool Knowledge::fresh(const Expr& value, Aspect aspect) const {
  const std::optional<Key> key = known_as(value, aspect);
  if (!key) return false;
  if (std::any_of(domains_.begin(), domains_.end(), [&](const Domain& d) { return d.key == *key; })) return false;
  // These have bounds before anybody asks.
  return aspect != Aspect::value || (value.op != Op::count && !value.type.is(TypeKind::enumeration));
}

bool Knowledge::open(const Expr& condition) const {
  switch (condition.op) {
    case Op::equal:
    case Op::less:
    case Op::less_equal: {
      const Expr& a = program_->exprs[condition.args[0]];
      const Expr& b = program_->exprs[condition.args[1]];
      return (fixed(b) && fresh(a)) || (fixed(a) && fresh(b));
    }
    case Op::exists: return fresh(program_->exprs[condition.args[0]], Aspect::exists);
    case Op::field:
    case Op::event:
    case Op::seen: return fresh(condition, Aspect::holds);
    default: return false;
  }
}

Knowledge Knowledge::about(const Expr& comparison) const {
  Knowledge out(*program_);
  const auto take = [&](const std::optional<Key>& key) {
    const auto at =
        std::find_if(domains_.begin(), domains_.end(), [&](const Domain& d) { return key && d.key == *key; });
    if (at != domains_.end()) out.domains_.push_back(*at);
  };
  take(known_as(comparison, Aspect::holds));
  for (const ExprId arg : comparison.args)
    take(known_as(program_->exprs[arg], comparison.op == Op::exists ? Aspect::exists : Aspect::value));
  return out;
}

std::optional<bool> Knowledge::decide(ExprId condition) const {
  const Expr& expr = program_->exprs[condition];
  if (impossible_ || open(expr)) return std::nullopt;
  if (expr.op == Op::invert) {
    const std::optional<bool> inner = decide(expr.args[0]);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (expr.op == Op::conjunction || expr.op == Op::disjunction) {
    // `a and b` cannot be where the two contradict each other; it is certain where both are. With `or` the other way.
    const bool both = expr.op == Op::conjunction;
    Knowledge joint = *this;
    joint.assume(condition, both);
    if (joint.impossible_) return !both;
    const bool certain =
        std::all_of(expr.args.begin(), expr.args.end(), [&](const ExprId arg) { return decide(arg) == both; });
    return certain ? std::optional(both) : std::nullopt;
  }
  const Knowledge known = about(expr);
  Knowledge yes = known;
  yes.assume(condition, true);
  if (yes.impossible_) return false;
  Knowledge no = known;
  no.assume(condition, false);
  if (no.impossible_) return true;
  return std::nullopt;
}

void Knowledge::go_stale() {
  domains_.erase(
      std::remove_if(domains_.begin(), domains_.end(), [](const Domain& d) { return d.key.op != Op::event; }),
      domains_.end());
}

}  // namespace fairlead::compiler::lint
