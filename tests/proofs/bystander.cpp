#include "tests/proofs/bystander.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::soundness {

using bytecode::CounterKind;
using bytecode::Index;
using bytecode::none;
using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;
using bytecode::SiteValue;
using compiler::diff::Fate;
using compiler::diff::Given;

namespace {

/// A value that conditions speak of, or one close by.
Value some_value(const FieldType& type, const std::string& field, Dice& dice, Arena& arena) {
  const auto number = [&](std::initializer_list<std::int64_t> hundredths) {
    const std::vector<std::int64_t> all(hundredths);
    return Decimal::from_units(static_cast<int128>(dice.any(all)) * (Decimal::one / 100));
  };
  std::string word;
  switch (type.kind) {
    case TypeKind::boolean: return Value::of(dice.likely(50));
    case TypeKind::number: return Value::of(number({0, 100, 200, 300, 400, 500, 600, 700}));
    case TypeKind::money: return Value::money(number({0, 2500, 5000, 6000, 7500, 10'000, 10'001, 15'000}));
    case TypeKind::enumeration: word = dice.any(type.members); break;
    case TypeKind::date: word = dice.one({"2026-01-01", "2026-01-15", "2026-03-10", "1990-01-01", "1990-06-01"}); break;
    case TypeKind::instant: word = dice.one({"2026-01-20T09:00Z", "2026-02-10T12:00Z", "2026-03-01T00:00Z"}); break;
    case TypeKind::country: word = dice.one({"DE", "US", "FR"}); break;
    case TypeKind::timezone: word = "Etc/UTC"; break;
    case TypeKind::email: word = "a@b.example"; break;
    case TypeKind::phone: word = "+4712345678"; break;
    case TypeKind::url: word = "https://b.example"; break;
    case TypeKind::duration: word = dice.one({"1 day", "3 days", "9 days"}); break;
    case TypeKind::time: word = dice.one({"09:00", "21:00"}); break;
    case TypeKind::list: return Value();  // of it nothing is known
    default: word = field == "country" ? dice.one({"DE", "US", "FR"}) : dice.one({"north", "east", "south", "west"});
  }
  if (type.kind == TypeKind::enumeration) return Value::text(arena.keep(word));
  return parse_value(word, type, arena).value();
}

std::string show(const Value& value) {
  switch (value.tag()) {
    case Tag::none: return "none";
    case Tag::text: return std::string(value.as_text());
    case Tag::number:
    case Tag::money: return value.as_decimal().to_string();
    case Tag::date: return to_string(value.as_date());
    case Tag::instant: return to_string(value.as_instant());
    default: return std::to_string(value.as_integer());
  }
}

Value value_of(const Given& given, Arena& arena) {
  const auto whole = static_cast<std::int64_t>(given.units);
  switch (given.type.kind) {
    case TypeKind::boolean: return Value::of(given.units != 0);
    case TypeKind::number: return Value::of(Decimal::from_units(given.units));
    case TypeKind::money: return Value::money(Decimal::from_units(given.units));
    case TypeKind::duration: return Value::of(Duration{whole});
    case TypeKind::instant: return Value::of(Instant{whole});
    case TypeKind::date: return Value::of(Date{static_cast<std::int32_t>(whole)});
    case TypeKind::time: return Value::of(TimeOfDay{static_cast<std::int32_t>(whole)});
    default: break;
  }
  std::string text = given.text;
  if (text.size() > 1 && text.front() == '"') text = text.substr(1, text.size() - 2);
  return Value::text(arena.keep(text));
}

}  // namespace

Bystander::Bystander(const bytecode::Module& module, Dice& dice) {
  now_ = *parse_instant("2026-02-10T00:00Z") + hours(dice.below(24)) + minutes(dice.likely(50) ? 0 : 30);
  for (const bytecode::Field& field : module.fields) {
    if (field.type.optional && dice.likely(40)) continue;
    fields_[field.name] = some_value(field.type, field.name, dice, arena_);
  }
  for (std::uint32_t i = dice.below(5); i > 0; --i) {
    Event event{dice.one({"visited", "visited", "purchased"}), now_ - hours(dice.below(30 * 24)), {}};
    if (event.type == "visited") {
      event.values["page"] = Value::text(arena_.keep(dice.one({"pricing", "jobs", "home"})));
      if (dice.likely(70)) event.values["seconds"] = Value::of(Decimal::from_int(9 + dice.below(4)));
    } else {
      event.values["amount"] = Value::money(Decimal::from_int(10 * dice.below(6)));
    }
    events_.push_back(std::move(event));
  }
  std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
}

bool Bystander::become(const std::vector<Given>& example) {
  std::optional<Instant> now;
  std::optional<Date> today;
  std::optional<TimeOfDay> wall;
  std::optional<bool> zone_known;
  std::vector<Hours> hours;
  constexpr std::string_view between = "it is between ";
  for (const Given& given : example) {
    const Value value = given.absent ? Value() : value_of(given, arena_);
    if (given.name.starts_with("contact.")) {
      // That something is there is all that is wanted of it: anything will do.
      const bool only_there = given.presence && !given.absent;
      const std::string field = given.name.substr(8);
      if (!only_there) {
        fields_[field] = value;
      } else if (!fields_[field].exists()) {
        return false;
      }
    } else if (given.name == "the content") {
      content_ = value.as_text();
    } else if (given.name == "it is transactional") {
      transactional_ = given.units != 0;
    } else if (given.name == "now") {
      now = value.as_instant();
    } else if (given.name == "today") {
      today = value.as_date();
    } else if (given.name == "the time of day") {
      wall = value.as_time();
    } else if (given.name == "the time zone is known") {
      zone_known = given.units != 0;
    } else if (given.name.starts_with(between)) {
      const std::string_view rest = std::string_view(given.name).substr(between.size());
      const std::size_t from = rest.find(' '), to = rest.find(' ', from + 5);
      hours.push_back({parse_time(rest.substr(0, from)).value(),
                       parse_time(rest.substr(from + 5, to - from - 5)).value(), given.units != 0});
    } else if (given.name.starts_with("since ") && given.presence && !given.absent) {
      known_[given.name] = Value::of(days(1));  // any time ago
    } else if (given.name == "the channel's consent" || (given.presence && !given.absent)) {
      return false;
    } else {
      known_[given.name] = value;
    }
  }
  if ((now || today || wall) && !dated(now, today, wall)) return false;
  return zone_known.value_or(hours.empty()) || in_country(hours);
}

bool Bystander::in_country(const std::vector<Hours>& all) {
  if (zone_.name() != Zone().name()) return false;  // a date that only some clocks show
  const auto shows = [&] {
    return std::ranges::all_of(all, [&](const Hours& hours) {
      return hours.shown == std::ranges::any_of(country_zones_, [&](const Zone& zone) {
               return within(zone.civil(now_).time, hours.from, hours.to);
             });
    });
  };
  for (int one = -14; one <= 12; ++one) {
    for (int other = one; other <= 12; ++other) {
      country_zones_ = {Zone::load(fmt::format("Etc/GMT{:+}", one)).value(),
                        Zone::load(fmt::format("Etc/GMT{:+}", other)).value()};
      if (shows()) return true;
    }
  }
  return false;
}

bool Bystander::dated(std::optional<Instant> now, std::optional<Date> today, std::optional<TimeOfDay> wall) {
  if (!now) {
    const CivilTime otherwise = zone_.civil(now_);
    now_ = zone_.at(today.value_or(otherwise.date), wall.value_or(otherwise.time));
    return true;
  }
  now_ = *now;
  // Of the three each was picked by itself; that they hang together is a clock's doing.
  for (int hours = -14; hours <= 12; ++hours) {
    zone_ = Zone::load(fmt::format("Etc/GMT{:+}", hours)).value();
    const CivilTime civil = zone_.civil(now_);
    if ((!today || *today == civil.date) && (!wall || *wall == civil.time)) return true;
  }
  return false;
}

bool Bystander::may_be(const bytecode::Module& module, const Sending& sending) const {
  const bytecode::Content& content = module.contents[sending.content];
  return (!content_ || *content_ == content.name) && (!transactional_ || *transactional_ == content.transactional);
}

std::vector<Value> Bystander::fields_of(const bytecode::Module& module) const {
  std::vector<Value> out;
  for (const bytecode::Field& field : module.fields) {
    const auto at = fields_.find(field.name);
    out.push_back(at == fields_.end() ? Value() : at->second);
  }
  return out;
}

/// What a counter holds: of `count` a number; of `last` without a field an instant.
Value Bystander::happened(const bytecode::Module& module, const vm::Program& program, Index index) const {
  const bytecode::Counter& counter = module.counters[index];
  std::string name = counter.key;
  if (counter.kind == CounterKind::last) {
    name = "since " + counter.key;
    if (counter.field != none)
      name = fmt::format("last({}).{}", module.events[counter.event].name,
                         module.events[counter.event].fields[counter.field].name);
  }
  if (const auto known = known_.find(name); known != known_.end()) {
    if (counter.kind != CounterKind::last || counter.field != none || !known->second.exists()) return known->second;
    return Value::of(now_ - known->second.as_duration());
  }
  std::int64_t count = 0;
  Decimal sum;
  Value last;
  for (const Event& event : events_) {
    if (counter.event != none && module.events[counter.event].name != event.type) continue;
    if (counter.kind != CounterKind::last && !(now_ - counter.window < event.at)) continue;
    std::vector<Value> values;
    const auto type = std::find_if(module.events.begin(), module.events.end(),
                                   [&](const bytecode::EventType& e) { return e.name == event.type; });
    for (const bytecode::EventField& field : type->fields) {
      const auto at = event.values.find(field.name);
      values.push_back(at == event.values.end() ? Value() : at->second);
    }
    if (counter.where != none) {
      const std::span<const Value> bound[] = {values};
      vm::World world;
      world.events = bound;
      world.now = now_;
      const Result<Value> holds = program.evaluate(counter.where, world, arena_);
      if (!holds || holds->tag() != Tag::boolean || !holds->as_bool()) continue;
    }
    ++count;
    if (counter.kind == CounterKind::sum && values[counter.field].exists())
      sum = add(sum, values[counter.field].as_decimal()).value();
    if (counter.kind == CounterKind::last) last = counter.field == none ? Value::of(event.at) : values[counter.field];
  }
  if (counter.kind == CounterKind::count) return Value::of(Decimal::from_int(count));
  if (counter.kind == CounterKind::last) return last;
  return module.events[counter.event].fields[counter.field].type.kind == TypeKind::money ? Value::money(sum)
                                                                                         : Value::of(sum);
}

void Bystander::see(const bytecode::Module& module, const vm::Program& program, const Sending& sending,
                    Seen& out) const {
  out.fields = fields_of(module);
  const auto put = [&out](SiteValue which, Value value) { out.site[static_cast<std::size_t>(which)] = value; };
  put(SiteValue::workflow, Value::text(module.workflows[sending.workflow].name));
  if (sending.channel != none) {
    const bytecode::Channel& channel = module.channels[sending.channel];
    const bytecode::Content& content = module.contents[sending.content];
    put(SiteValue::channel, Value::text(channel.name));
    put(SiteValue::content, Value::text(content.name));
    put(SiteValue::transactional, Value::of(content.transactional));
    const Value consent = channel.consent == none ? Value::text("given") : out.fields[channel.consent];
    put(SiteValue::consent, consent.exists() ? consent : Value::text("unknown"));
  }
  vm::World& world = out.world;
  world.fields = out.fields;
  world.site = out.site;
  world.now = now_;
  world.zone = country_zones_.empty() ? &zone_ : nullptr;
  world.country_zones = country_zones_;
  world.count = [&](Index counter) {
    return static_cast<std::uint64_t>(happened(module, program, counter).as_decimal().to_int().value_or(0));
  };
  world.history = [&](Index counter) -> Result<Value> { return happened(module, program, counter); };
}

Bystander::Says Bystander::says(const vm::Program& program, const Rule& rule, const Seen& seen, Arena& arena) {
  if (rule.when == none) return Says::yes;
  const Result<Value> value = program.evaluate(rule.when, seen.world, arena);
  if (!value || value->tag() != Tag::boolean) return Says::cannot_tell;
  return value->as_bool() ? Says::yes : Says::no;
}

Bystander::Says Bystander::asked(const bytecode::Module& module, const vm::Program& program, const Sending& sending,
                                 Index rule) const {
  Seen seen;
  see(module, program, sending, seen);
  return says(program, module.rules[rule], seen, arena_);
}

Fate Bystander::fate(const bytecode::Module& module, const vm::Program& program, const Sending& sending) const {
  Seen seen;
  see(module, program, sending, seen);
  const auto asked = [&](const Rule& rule) { return says(program, rule, seen, arena_); };
  const auto is_about = [&](const Rule& rule) {
    return rule.effect == bytecode::Effect::send &&
           (rule.channels.empty() ||
            std::find(rule.channels.begin(), rule.channels.end(), sending.channel) != rule.channels.end());
  };
  Fate worst = Fate::allowed;
  bool allowed = false, closed = false;
  for (const Index index : module.workflows[sending.workflow].rules) {
    const Rule& rule = module.rules[index];
    if (rule.kind == RuleKind::closed) closed = true;
    if (rule.kind == RuleKind::allow && is_about(rule) && asked(rule) == Says::yes) allowed = true;
    if (rule.kind != RuleKind::forbid || !is_about(rule) || asked(rule) == Says::no) continue;
    const Fate fate = rule.otherwise == Otherwise::stop    ? Fate::stopped
                      : rule.otherwise == Otherwise::defer ? Fate::deferred
                      : rule.otherwise == Otherwise::hold  ? Fate::held
                                                           : Fate::skipped;
    worst = std::max(worst, fate);
  }
  return closed && !allowed ? std::max(worst, Fate::skipped) : worst;
}

std::string Bystander::story() const {
  std::string out = to_string(now_);
  for (const auto& [name, value] : fields_) out += fmt::format(" {}={}", name, show(value));
  for (const auto& [name, value] : known_) out += fmt::format(" [{}]={}", name, show(value));
  for (const Event& event : events_) out += fmt::format(" {}@{}", event.type, to_string(event.at));
  return out;
}

}  // namespace fairlead::soundness
