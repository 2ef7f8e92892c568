// What expressions say of the world, as formulas.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/proof/planted.hpp"

#include "compiler/proof/world.hpp"

namespace fairlead::compiler::proof {

using bytecode::SiteValue;

Term World::constant(const bytecode::Constant& c, const Type& type) {
  const auto whole = [&] { return f_.whole(static_cast<std::int64_t>(c.units)); };
  switch (c.tag) {
    case Tag::none: {
      Term out = anything(type);
      out.present = Formulas::no;
      return out;
    }
    case Tag::boolean: return {f_.truth(c.units != 0), Formulas::yes, Formulas::no};
    case Tag::number:
    case Tag::money: return {f_.real(c.units), Formulas::yes, Formulas::no};
    case Tag::text: return text(c.text);
    case Tag::duration:
    case Tag::instant:
    case Tag::date:
    case Tag::time: return {whole(), Formulas::yes, Formulas::no};
    case Tag::list: break;
  }
  return anything(type);
}

Term World::term(ExprId id, const Effect* effect, const std::vector<Term>* parameters) {
  const Expr& e = program_.exprs[id];
  const auto arg = [&](std::size_t i) { return term(e.args[i], effect, parameters); };
  switch (e.op) {
    case Op::constant: return constant(e.constant(), e.type);
    case Op::field: return field(e.ref);
    case Op::event: {
      const bool record = record_bindings_.contains(e.ref);
      return variable(Key::event, e.ref, e.member + (e.ref == 0 ? entry_ << 16U : 0), e.type, std::string(e.path),
                      !record && !e.type.optional());
    }
    case Op::local: return local(e.ref, e.type);
    case Op::parameter:
      if (parameters != nullptr && e.ref < parameters->size()) return (*parameters)[e.ref];
      if (effect == nullptr) break;
      if (e.ref < effect->arguments.size()) return effect->arguments[e.ref];
      if (effect->whichever) return variable(Key::parameter, e.ref, 0, e.type, std::string(e.path), !e.type.optional());
      break;
    case Op::site:
      if (effect == nullptr) break;
      if (const auto other = effect->said.find(static_cast<SiteValue>(e.ref)); other != effect->said.end())
        return other->second;
      if (const auto known = said(static_cast<SiteValue>(e.ref), *effect)) return *known;
      if (effect->whichever) return variable(Key::site, e.ref, 0, e.type, std::string(e.path), true);
      break;
    case Op::now: return variable(Key::now, 0, 0, e.type, "now", true);
    case Op::today: return variable(Key::today, 0, 0, e.type, "today", true);
    case Op::local_time: return variable(Key::wall, 0, 0, e.type, "the time of day", true);
    case Op::within: return clock_within(e);
    case Op::count:
    case Op::seen: {
      const Type number = Type::of(TypeKind::number);
      Term out = variable(Key::count, e.ref, 0, number, program_.module.counters[e.ref].key, true);
      if (e.op == Op::seen) out.value = f_.both(f_.less_equal(f_.real(Decimal::one), out.value), ever(e.ref));
      return out;
    }
    case Op::sum: return variable(Key::sum, e.ref, 0, e.type, program_.module.counters[e.ref].key, true);
    case Op::since: return since(e.ref);
    case Op::last:
      return variable(Key::last, e.ref, program_.module.counters[e.ref].field, e.type, std::string(e.path), false);
    case Op::rate: return variable(Key::rate, e.ref, 0, e.type, "rate", false);
    case Op::score:
      return variable(Key::score, e.ref, 0, e.type, program_.module.scores[e.ref].name, !e.type.optional());
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::shift:
    case Op::unshift: return arithmetic(e, arg(0), arg(1));
    case Op::negate: {
      const Term a = arg(0);
      const Formula minus_one = sort_is_real(a.value) ? f_.real(-static_cast<int128>(Decimal::one)) : f_.whole(-1);
      return {f_.multiply(minus_one, a.value), Formulas::yes, f_.either(a.fault, f_.opposite(a.present))};
    }
    case Op::equal:
    case Op::less:
    case Op::less_equal: return compare(e, arg(0), arg(1));
    case Op::member: return member(e, effect, parameters);
    case Op::exists: {
      const Term a = arg(0);
      return {a.present, Formulas::yes, a.fault};
    }
    case Op::invert: {
      const Term a = arg(0);
      return {f_.opposite(a.value), Formulas::yes, f_.either(a.fault, f_.opposite(a.present))};
    }
    case Op::conjunction:
    case Op::disjunction: {
      const bool both = e.op == Op::conjunction;
      const Term a = arg(0), b = arg(1);
      const Formula a_fails = f_.either(a.fault, f_.opposite(a.present));
      const Formula b_fails = f_.either(b.fault, f_.opposite(b.present));
      const Formula asked = both ? a.value : f_.opposite(a.value);  // where the first does not decide
      if (planted(Mistake::second_never_fails))
        return {both ? f_.both(a.value, b.value) : f_.either(a.value, b.value), Formulas::yes, a_fails};
      return {both ? f_.both(a.value, b.value) : f_.either(a.value, b.value), Formulas::yes,
              f_.either(a_fails, f_.both(asked, b_fails))};
    }
    case Op::fallback: {
      const Term a = arg(0), b = arg(1);
      if (planted(Mistake::fallback_ignored)) return {a.value, f_.either(a.present, b.present), a.fault};
      return {f_.choose(a.present, a.value, b.value), f_.either(a.present, b.present),
              f_.either(a.fault, f_.both(f_.opposite(a.present), b.fault))};
    }
    case Op::conditional: {
      const Term c = arg(0), a = arg(1), b = arg(2);
      return {f_.choose(c.value, a.value, b.value), f_.choose(c.value, a.present, b.present),
              f_.either({c.fault, f_.opposite(c.present), f_.choose(c.value, a.fault, b.fault)})};
    }
    case Op::release: return arg(0);
    case Op::list:
    case Op::to_text:
    case Op::escape:
    case Op::concat: break;
  }
  // Nothing is known of it: it may be anything, be absent, and fail.
  Term out = anything(e.type);
  out.present = anything(Type::of(TypeKind::boolean)).value;
  out.fault = anything(Type::of(TypeKind::boolean)).value;
  return out;
}

std::optional<Term> World::said(SiteValue value, const Effect& effect) {
  const bytecode::Module& module = program_.module;
  switch (value) {
    case SiteValue::channel:
      if (effect.channel == none) break;
      return text(module.channels[effect.channel].name);
    case SiteValue::content:
      if (effect.content == none) break;
      return text(module.contents[effect.content].name);
    case SiteValue::workflow:
      if (effect.workflow == none) break;
      return text(module.workflows[effect.workflow].name);
    case SiteValue::transactional:
      if (effect.content == none) break;
      return Term{f_.truth(module.contents[effect.content].transactional), Formulas::yes, Formulas::no};
    case SiteValue::consent: {
      if (effect.channel == none) break;
      const Index consent = module.channels[effect.channel].consent;
      if (consent == none) return text("given");
      return this->consent(field(consent));
    }
    case SiteValue::amount: return effect.amount;
  }
  return std::nullopt;
}

Term World::compare(const Expr& e, const Term& a, const Term& b) {
  Term out;
  const FieldType& type = program_.exprs[e.args[0]].type.field;
  if (type.kind == TypeKind::list) {
    out = anything(e.type);
  } else if (e.op == Op::equal) {
    // Nothing is equal to nothing.
    out.value = f_.either(
        f_.both({a.present, b.present, f_.equal(a.value, b.value)}),
        planted(Mistake::none_is_unlike) ? Formulas::no : f_.both(f_.opposite(a.present), f_.opposite(b.present)));
    out.fault = f_.either(a.fault, b.fault);
    return out;
  } else if (sort_of_term(a.value) == Sort::real || type.kind == TypeKind::duration || type.kind == TypeKind::instant ||
             type.kind == TypeKind::date || type.kind == TypeKind::time) {
    out.value = e.op == Op::less ? f_.less(a.value, b.value) : f_.less_equal(a.value, b.value);
  } else {
    out = anything(e.type);
  }
  out.fault = f_.either({a.fault, b.fault, f_.opposite(a.present), f_.opposite(b.present)});
  return out;
}

Term World::member(const Expr& e, const Effect* effect, const std::vector<Term>* parameters) {
  const Term a = term(e.args[0], effect, parameters);
  const Expr& list = program_.exprs[e.args[1]];
  Term out;
  out.fault = f_.either(a.fault, f_.opposite(a.present));
  std::vector<Formula> ways;
  if (list.op == Op::constant) {
    for (const bytecode::Constant& item : list.constant().items) {
      const Term one = constant(item, program_.exprs[e.args[0]].type);
      ways.push_back(f_.equal(a.value, one.value));
    }
    if (planted(Mistake::list_cut) && ways.size() > 1) ways.pop_back();
  } else if (list.op == Op::list) {
    for (const ExprId item : list.args) {
      const Term one = term(item, effect, parameters);
      ways.push_back(f_.both(one.present, f_.equal(a.value, one.value)));
      out.fault = f_.either({out.fault, one.fault, f_.opposite(one.present)});
    }
  } else {
    const Term whole = term(e.args[1], effect, parameters);
    out.value = anything(e.type).value;
    out.fault = f_.either({out.fault, whole.fault, f_.opposite(whole.present)});
    return out;
  }
  out.value = f_.either(std::move(ways));
  return out;
}

/// On the recipient's clock, or, where nobody knows whose that is, on any of several: then one window says nothing of
/// another.
Term World::clock_within(const Expr& e) {
  const Expr& from = program_.exprs[e.args[0]];
  const Expr& to = program_.exprs[e.args[1]];
  const Type boolean = Type::of(TypeKind::boolean);
  if (from.op != Op::constant || to.op != Op::constant) {
    Term out = anything(boolean);
    out.fault = anything(boolean).value;
    return out;
  }
  const auto low = static_cast<std::int64_t>(from.constant().units);
  const auto high = static_cast<std::int64_t>(to.constant().units);
  const Formula wall = variable(Key::wall, 0, 0, Type::of(TypeKind::time), "the time of day", true).value;
  const Formula after = f_.less_equal(f_.whole(low), wall);
  const Formula before = f_.less(wall, f_.whole(high));
  const Formula shows = low < high ? f_.both(after, before) : f_.either(after, before);
  // Where no zone is on record, or none that is known, the country's count, and without a country the project's.
  const auto& fields = program_.module.fields;
  const auto marked = [&](bool bytecode::Field::*mark) {
    return std::any_of(fields.begin(), fields.end(), [mark](const bytecode::Field& field) { return field.*mark; });
  };
  const bool several = marked(&bytecode::Field::zone) && marked(&bytecode::Field::country);
  const Formula known =
      several ? variable(Key::zone, 0, 0, boolean, "the time zone is known", true).value : Formulas::yes;
  const auto shown = [](std::int64_t second) { return to_string(TimeOfDay{static_cast<std::int32_t>(second)}); };
  const Formula some =
      variable(Key::window, static_cast<Index>(low), static_cast<Index>(high), boolean,
               fmt::format("it is between {} and {} somewhere in the country", shown(low), shown(high)), true)
          .value;
  return {f_.choose(known, shows, some), Formulas::yes, Formulas::no};
}

Term World::arithmetic(const Expr& e, const Term& a, const Term& b) {
  Term out;
  const FieldType& left = program_.exprs[e.args[0]].type.field;
  const FieldType& right = program_.exprs[e.args[1]].type.field;
  const bool real = sort_of_term(a.value) == Sort::real && sort_of_term(b.value) == Sort::real;
  const bool instants = left.kind == TypeKind::instant || left.kind == TypeKind::duration;
  const bool lengths = right.kind == TypeKind::instant || right.kind == TypeKind::duration;
  const bool exact = real || (instants && lengths);
  const auto minus = [&](Formula value) {
    return f_.multiply(real ? f_.real(-static_cast<int128>(Decimal::one)) : f_.whole(-1), value);
  };
  out.fault = f_.either({a.fault, b.fault, f_.opposite(a.present), f_.opposite(b.present)});
  const auto divides = [&](Formula f) {
    return f_.node(f).shape == Shape::constant && f_.node(f).value % Decimal::one == 0;
  };
  if ((e.op == Op::add || e.op == Op::shift) && exact) {
    out.value = f_.add(a.value, b.value);
  } else if ((e.op == Op::subtract || e.op == Op::unshift) && exact) {
    out.value = f_.add(a.value, minus(b.value));
  } else if (e.op == Op::unshift && left.kind == TypeKind::date && right.kind == TypeKind::date) {
    out.value = f_.multiply(f_.whole(days(1).ms), f_.add(a.value, minus(b.value)));
  } else if (e.op == Op::multiply && real) {
    const Formula product = f_.multiply(a.value, b.value);
    out.value = divides(a.value) || divides(b.value) ? product : f_.rounded(product);
  } else if (e.op == Op::divide && real) {
    out.fault = f_.either(out.fault, f_.equal(b.value, f_.real(0)));
    out.value = f_.rounded(f_.divide(a.value, b.value));
  } else {
    out.value = anything(e.type).value;
    out.fault = f_.either(out.fault, anything(Type::of(TypeKind::boolean)).value);
    return out;
  }
  out.fault = f_.either(out.fault, too_large(out.value));
  return out;
}

/// Where the result does not fit; `no` where that cannot be.
Formula World::too_large(Formula value) {
  const bool real = sort_of_term(value) == Sort::real;
  const long double most = real ? 1.7e38L : 9.2e18L;
  const auto [low, high] = range(value);
  if (-most < low && high < most) return Formulas::no;
  const int128 largest = real ? static_cast<int128>(~static_cast<uint128>(0) >> 1U) : INT64_MAX;
  const auto limit = [&](int128 units) { return real ? f_.real(units) : f_.whole(static_cast<std::int64_t>(units)); };
  return f_.either(f_.less(limit(largest), value), f_.less(value, limit(-largest - 1)));
}

std::pair<long double, long double> World::range(Formula f) {
  constexpr long double all = HUGE_VALL;
  const FormulaNode node = f_.node(f);
  const auto arg = [&](std::size_t i) { return range(node.args[i]); };
  const auto one = static_cast<long double>(Decimal::one);
  switch (node.shape) {
    case Shape::constant: return {static_cast<long double>(node.value), static_cast<long double>(node.value)};
    case Shape::variable: {
      const VariableInfo& info = f_.info(node.variable);
      return {info.least ? static_cast<long double>(*info.least) : -all,
              info.most ? static_cast<long double>(*info.most) : all};
    }
    case Shape::add: {
      const auto a = arg(0), b = arg(1);
      return {a.first + b.first, a.second + b.second};
    }
    case Shape::multiply: {
      const auto a = arg(0), b = arg(1);
      const long double scale = node.sort == Sort::real ? one : 1;
      long double low = all, high = -all;
      for (const long double x : {a.first, a.second}) {
        for (const long double y : {b.first, b.second}) {
          const long double product = x == 0 || y == 0 ? 0 : x / scale * y;
          low = std::min(low, product);
          high = std::max(high, product);
        }
      }
      return {low, high};
    }
    case Shape::rounded: {
      const auto a = arg(0);
      return {a.first - 1, a.second + 1};
    }
    case Shape::choose: {
      const auto a = arg(1), b = arg(2);
      return {std::min(a.first, b.first), std::max(a.second, b.second)};
    }
    default: return {-all, all};
  }
}

}  // namespace fairlead::compiler::proof
