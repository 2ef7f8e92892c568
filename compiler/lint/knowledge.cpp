// Assumptions about values, and what follows from them.
#include "compiler/lint/knowledge.hpp"

namespace fairlead::compiler::lint {

namespace {

std::string shown(const bytecode::Constant& constant) {
  std::string out =
      fmt::format("{} {} {}", static_cast<int>(constant.tag), static_cast<long long>(constant.units >> 64),
                  static_cast<unsigned long long>(constant.units));
  return out + " " + constant.text;
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

std::string known_as(const Expr& value) {
  switch (value.op) {
    case Op::field: return value.path;
    case Op::event: return fmt::format("event {} {}", value.ref, value.member);
    case Op::parameter: return fmt::format("parameter {}", value.path);
    case Op::site: return fmt::format("site {}", value.path);
    case Op::now:
    case Op::today: return value.op == Op::now ? "now" : "today";
    case Op::count: return fmt::format("count {}", value.ref);
    case Op::seen: return fmt::format("seen {}", value.ref);
    default: return "";
  }
}

Knowledge::Domain& Knowledge::domain(const std::string& key, const Expr& value) {
  const auto [at, fresh] = domains_.emplace(key, Domain{});
  if (fresh && value.op == Op::count) at->second.low = Bound{0, false};
  // Which channel or content is asked about differs from project to project: that there is but one proves nothing.
  if (fresh && value.op != Op::site && value.type.is(TypeKind::enumeration) && !value.type.optional()) {
    at->second.allowed.emplace();
    for (const std::string& member : value.type.field.members)
      at->second.allowed->insert(shown({.tag = Tag::text, .units = 0, .text = member, .items = {}}));
  }
  return at->second;
}

void Knowledge::settle(const Domain& domain) {
  if (domain.allowed && std::all_of(domain.allowed->begin(), domain.allowed->end(),
                                    [&](const std::string& value) { return domain.excluded.contains(value); }))
    impossible_ = true;
  if (!domain.low || !domain.high) return;
  const bool strict = domain.low->strict || domain.high->strict;
  if (domain.low->units > domain.high->units || (strict && domain.low->units == domain.high->units)) impossible_ = true;
}

void Knowledge::atom(const std::string& key, bool truth) {
  Domain& at = domains_[key];
  const std::set<std::string> only{truth ? "yes" : "no"};
  if (at.allowed && *at.allowed != only) impossible_ = true;
  at.allowed = only;
}

void Knowledge::equal(const Expr& asked, bool truth) {
  const Expr* value = &program_->exprs[asked.args[0]];
  const Expr* other = &program_->exprs[asked.args[1]];
  if (fixed(*value)) std::swap(value, other);
  if (!fixed(*other)) return;
  if (fixed(*value)) {
    if ((shown(value->constant) == shown(other->constant)) != truth) impossible_ = true;
    return;
  }
  const std::string key = known_as(*value);
  if (key.empty()) return;
  Domain& at = domain(key, *value);
  const std::string same = shown(other->constant);
  if (!truth) {
    at.excluded.insert(same);
    if (at.low && at.low->units == other->constant.units && ordered(other->type)) at.low->strict = true;
    if (at.high && at.high->units == other->constant.units && ordered(other->type)) at.high->strict = true;
  } else {
    if (at.excluded.contains(same) || (at.allowed && !at.allowed->contains(same))) impossible_ = true;
    at.allowed = std::set<std::string>{same};
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
    const int128 a = small.constant.units;
    const int128 b = large.constant.units;
    if (strict ? !(a < b) : !(a <= b)) impossible_ = true;
    return;
  }
  if (fixed(small)) {
    const std::string key = known_as(large);
    if (key.empty()) return;
    Domain& at = domain(key, large);
    const Bound bound{small.constant.units, strict};
    if (!at.low || bound.units > at.low->units || (bound.units == at.low->units && strict)) at.low = bound;
    settle(at);
  } else if (fixed(large)) {
    const std::string key = known_as(small);
    if (key.empty()) return;
    Domain& at = domain(key, small);
    const Bound bound{large.constant.units, strict};
    if (!at.high || bound.units < at.high->units || (bound.units == at.high->units && strict)) at.high = bound;
    settle(at);
  }
}

void Knowledge::member(const Expr& asked, bool truth) {
  const Expr& value = program_->exprs[asked.args[0]];
  const Expr& list = program_->exprs[asked.args[1]];
  if (list.op != Op::constant) return;
  std::set<std::string> items;
  for (const bytecode::Constant& item : list.constant.items) items.insert(shown(item));
  if (fixed(value)) {
    if (items.contains(shown(value.constant)) != truth) impossible_ = true;
    return;
  }
  const std::string key = known_as(value);
  if (key.empty()) return;
  Domain& at = domain(key, value);
  if (!truth) {
    at.excluded.insert(items.begin(), items.end());
  } else if (at.allowed) {
    std::erase_if(*at.allowed, [&](const std::string& one) { return !items.contains(one); });
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
      if (expr.type.is(TypeKind::boolean) && (expr.constant.units != 0) != truth) impossible_ = true;
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
      Knowledge first = *this;
      Knowledge second = *this;
      first.assume(expr.args[0], truth);
      second.assume(expr.args[1], truth);
      if (first.impossible_ && second.impossible_) impossible_ = true;
      if (first.impossible_ != second.impossible_) *this = first.impossible_ ? std::move(second) : std::move(first);
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
    case Op::exists: {
      const std::string key = known_as(program_->exprs[expr.args[0]]);
      if (!key.empty()) atom("exists " + key, truth);
      break;
    }
    case Op::field:
    case Op::event:
    case Op::seen: {
      const std::string key = known_as(expr);
      if (expr.type.is(TypeKind::boolean) && !key.empty()) atom("holds " + key, truth);
      break;
    }
    default: break;
  }
}

std::optional<bool> Knowledge::decide(ExprId condition) const {
  if (impossible_) return std::nullopt;
  Knowledge yes = *this;
  yes.assume(condition, true);
  if (yes.impossible_) return false;
  Knowledge no = *this;
  no.assume(condition, false);
  if (no.impossible_) return true;
  return std::nullopt;
}

void Knowledge::go_stale() {
  std::erase_if(domains_, [](const auto& entry) {
    const std::string& key = entry.first;
    return !key.starts_with("event ") && !key.starts_with("exists event ") && !key.starts_with("holds event ");
  });
}

}  // namespace fairlead::compiler::lint
