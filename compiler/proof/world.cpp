// The world as variables, and what time does to them.
#include "compiler/proof/world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/planted.hpp"

namespace fairlead::compiler::proof {

namespace {

/// Numbers and sums on record are no larger (runtime/values/limits.hpp): a thousand million millions.
constexpr int128 largest_number = static_cast<int128>(1'000'000'000'000'000) * Decimal::one;

/// In milliseconds, before or after 1970 (runtime/values/limits.hpp).
constexpr int128 longest_time = 1'000'000'000'000'000;

Sort sort_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return Sort::truth;
    case TypeKind::number:
    case TypeKind::money: return Sort::real;
    default: return Sort::whole;
  }
}

}  // namespace

World::World(const Program& program, Formulas& formulas)
    : program_(program), f_(formulas), first_(static_cast<Variable>(formulas.variables())) {
  for (const bytecode::Step& step : program.module.steps) {
    if (step.kind == bytecode::StepKind::for_each || step.kind == bytecode::StepKind::allocate)
      record_bindings_.insert(step.bind);
  }
}

std::int64_t World::number_of(std::string_view text) {
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  const auto number = static_cast<std::int64_t>(texts_.size());
  texts_.emplace_back(text);
  numbers_.emplace(text, number);
  return number;
}

Term World::text(std::string_view text) {
  return {f_.whole(number_of(text)), Formulas::yes, Formulas::no};
}

Term World::variable(Key key, Index a, Index b, const Type& type, std::string name, bool always_there) {
  const auto [at, fresh] = known_.try_emplace({key, a, b});
  Known& known = at->second;
  if (fresh) {
    using Kind = Meaning::Kind;
    Meaning meaning{Kind::other, a, b, false, type.field};
    meaning.kind = key == Key::field                                                                    ? Kind::field
                   : key == Key::event                                                                  ? Kind::event
                   : key == Key::local                                                                  ? Kind::local
                   : key == Key::now || key == Key::today || key == Key::wall || key == Key::window     ? Kind::clock
                   : key == Key::zone || key == Key::site || key == Key::parameter || key == Key::given ? Kind::other
                                                                                                        : Kind::history;
    const bool event_said = key == Key::event && !record_bindings_.contains(a);
    const bool fixed =
        key == Key::field && program_.module.fields[a].fixed && program_.module.fields[a].initial == none;
    VariableInfo info{.name = name, .sort = sort_of(type.field.kind)};
    if (event_said || key == Key::local || (fixed && always_there)) info.lasting = Lasting::always;
    if (type.field.kind == TypeKind::enumeration) {
      info.members.emplace();
      for (const std::string& member : type.field.members) info.members->push_back(number_of(member));
    } else if (info.sort == Sort::real) {
      info.most = key == Key::score ? static_cast<int128>(Decimal::one) : largest_number;
      info.least = key == Key::score ? 0 : -largest_number;
      if (key == Key::count) info.least = 0;
      if (key == Key::sum || key == Key::local) info.least = info.most = std::nullopt;
    } else if (type.field.kind == TypeKind::instant || type.field.kind == TypeKind::duration) {
      info.least = -longest_time;
      info.most = longest_time;
    } else if (type.field.kind == TypeKind::date) {
      // Days since 1970, in 32 bits: so many milliseconds fit in 64.
      info.least = INT32_MIN;
      info.most = INT32_MAX;
    } else if (key == Key::wall) {
      info.least = 0;
      info.most = 86'399;
    }
    if (!always_there) {
      VariableInfo there{.name = name + " exists"};
      there.lasting = event_said || key == Key::local ? Lasting::always
                      : fixed || key == Key::since    ? Lasting::once_true
                                                      : Lasting::no;
      known.present = f_.variable(std::move(there));
      meanings_.push_back(meaning);
      meanings_.back().presence = true;
      if (fixed) {
        info.lasting = Lasting::with;
        info.partner = *known.present;
      }
    }
    known.value = f_.variable(std::move(info));
    meanings_.push_back(std::move(meaning));
  }
  return {f_.of(known.value), known.present ? f_.of(*known.present) : Formulas::yes, Formulas::no};
}

Term World::anything(const Type& type) {
  VariableInfo info{.name = "?", .sort = sort_of(type.field.kind)};
  const Variable out = f_.variable(std::move(info));
  meanings_.push_back({Meaning::Kind::other, none, none, false, type.field});
  return {f_.of(out), Formulas::yes, Formulas::no};
}

Term World::given(std::string name, const Type& type, bool always_there) {
  return variable(Key::given, next_given_++, 0, type, std::move(name), always_there);
}

Term World::field(Index index) {
  const bytecode::Field& field = program_.module.fields[index];
  return variable(Key::field, index, 0, Type::of(field.type), "contact." + field.name,
                  field.initial != none || !field.type.optional);
}

Term World::consent(Term field) {
  field.value = f_.choose(field.present, field.value, text("unknown").value);
  field.present = Formulas::yes;
  return field;
}

Term World::local(Index number, const Type& type) {
  return variable(Key::local, number, 0, type, fmt::format("value {}", number), false);
}

Formula World::can_go(Index channel, bool consented) {
  const bytecode::Channel& c = program_.module.channels[channel];
  Formula out = c.to == none ? Formulas::yes : field(c.to).present;
  if ((!consented && !planted(Mistake::consent_assumed)) || c.consent == none) return out;
  const Term consent = field(c.consent);
  return f_.both({out, consent.present, f_.equal(consent.value, text("given").value)});
}

Formula World::holds(ExprId condition, const Effect* effect) {
  const Term t = term(condition, effect);
  return f_.both({t.present, t.value, f_.opposite(t.fault)});
}

Formula World::fires(ExprId condition, const Effect* effect) {
  if (planted(Mistake::fault_is_false)) return holds(condition, effect);
  const Term t = term(condition, effect);
  return f_.either({t.fault, f_.opposite(t.present), t.value});
}

Formula World::pass_time(Formula state) {
  const auto [at, fresh] = lasting_.try_emplace(state, state);
  if (!fresh) return at->second;
  const Formula lasting = f_.after(state, [this](Variable v) {
    const Meaning& m = meaning(v);
    if (planted(Mistake::counts_outlast) && m.kind == Meaning::Kind::history && !m.presence) return Lasting::always;
    if (planted(Mistake::fields_outlast) && m.kind == Meaning::Kind::field) return Lasting::always;
    return f_.info(v).lasting;
  });
  return lasting_[state] = lasting;
}

Formula World::history() {
  std::vector<Formula> out;
  std::vector<std::pair<Index, Formula>> counts;
  for (const auto& [key, known] : known_) {
    if (std::get<0>(key) == Key::count) counts.emplace_back(std::get<1>(key), f_.of(known.value));
  }
  for (const auto& [a, fewer] : counts) {
    for (const auto& [b, more] : counts) {
      const bytecode::Counter& narrow = program_.module.counters[a];
      const bytecode::Counter& wide = program_.module.counters[b];
      if (a != b && asks_no_less(wide, narrow) && narrow.window <= wide.window)
        out.push_back(planted(Mistake::wide_is_narrow) ? f_.less_equal(more, fewer) : f_.less_equal(fewer, more));
    }
  }
  return f_.both(std::move(out));
}

bool World::asks_no_less(const bytecode::Counter& wide, const bytecode::Counter& narrow) {
  // Their keys are the questions as the language writes them, with the window behind: `visited where …, 7 days`.
  const auto question = [](const bytecode::Counter& counter) {
    const bool windowed = counter.kind != bytecode::CounterKind::last;
    return std::string_view(counter.key).substr(0, windowed ? counter.key.rfind(", ") : std::string_view::npos);
  };
  return wide.event == narrow.event && (wide.where == none || question(wide) == question(narrow));
}

Formula World::ever(Index windowed) {
  std::vector<Formula> out;
  const auto& counters = program_.module.counters;
  for (Index c = 0; c < counters.size(); ++c) {
    if (counters[c].kind == bytecode::CounterKind::last && asks_no_less(counters[c], counters[windowed]))
      out.push_back(since(c).present);
  }
  return f_.both(std::move(out));
}

Term World::since(Index counter) {
  Type duration = Type::of(TypeKind::duration);
  duration.field.optional = true;
  return variable(Key::since, counter, 0, duration, "since " + program_.module.counters[counter].key, false);
}

Formula World::forget(Formula state, const std::function<bool(const Meaning&)>& which) {
  return f_.after(state, [&](Variable v) { return which(meaning(v)) ? Lasting::no : Lasting::always; });
}

Formula World::forget_field(Formula state, Index field) {
  const bytecode::Field& f = program_.module.fields[field];
  return forget(state, [&](const Meaning& m) {
    // Whose clock it is may have changed with it.
    if ((f.zone || f.country) && m.kind == Meaning::Kind::clock) return !planted(Mistake::zone_set_keeps_clock);
    return m.kind == Meaning::Kind::field && m.index == field;
  });
}

Formula World::forget_event(Formula state, Index number) {
  return forget(state, [number](const Meaning& m) { return m.kind == Meaning::Kind::event && m.index == number; });
}

Formula World::forget_local(Formula state, Index number) {
  return forget(state, [number](const Meaning& m) { return m.kind == Meaning::Kind::local && m.index == number; });
}

std::string World::words(Variable v, int128 value) const {
  const Meaning& meaning = this->meaning(v);
  const auto integer = static_cast<std::int64_t>(value);
  switch (meaning.type.kind) {
    case TypeKind::boolean: return value != 0 ? "true" : "false";
    case TypeKind::number: return Decimal::from_units(value).to_string();
    case TypeKind::money: return fmt::format("{} {}", meaning.type.currency, Decimal::from_units(value).to_string());
    case TypeKind::duration: return to_string(Duration{integer});
    case TypeKind::instant: return to_string(Instant{integer});
    case TypeKind::date: return to_string(Date{static_cast<std::int32_t>(integer)});
    case TypeKind::time: return to_string(TimeOfDay{static_cast<std::int32_t>(integer)});
    case TypeKind::list: return "some list";
    default: break;
  }
  const bool known = integer >= 0 && static_cast<std::size_t>(integer) < texts_.size();
  if (meaning.type.kind == TypeKind::enumeration) return known ? texts_[static_cast<std::size_t>(integer)] : "?";
  return known ? fmt::format("\"{}\"", texts_[static_cast<std::size_t>(integer)]) : "something else";
}

}  // namespace fairlead::compiler::proof
