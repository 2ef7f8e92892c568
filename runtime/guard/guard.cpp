// Guards: what a rule says about one message or call, asked at the act.
#include "runtime/guard/guard.hpp"

#include <algorithm>
#include <array>

#include "runtime/bytecode/concerns.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::guard {

using bytecode::Period;
using bytecode::Rule;
using bytecode::RuleKind;

std::pair<Instant, Instant> calendar_period(Period which, Instant t, const Zone& zone) {
  const Date today = zone.civil(t).date;
  const auto start = [&](std::int32_t day) { return zone.at({day}, {0}); };
  if (which == Period::day) return {start(today.day), start(today.day + 1)};
  if (which == Period::week) {
    // 1970-01-01 was a Thursday; weeks begin on Monday (ISO 8601).
    const std::int32_t monday = today.day - ((today.day % 7 + 7 + 3) % 7);
    return {start(monday), start(monday + 7)};
  }
  const std::string text = to_string(today);  // 2026-11-23
  const int year = std::stoi(text.substr(0, 4));
  const int month = std::stoi(text.substr(5, 2));
  const auto first = [](int y, int m) {
    const std::string first_text = {static_cast<char>('0' + y / 1000),
                                    static_cast<char>('0' + y / 100 % 10),
                                    static_cast<char>('0' + y / 10 % 10),
                                    static_cast<char>('0' + y % 10),
                                    '-',
                                    static_cast<char>('0' + m / 10),
                                    static_cast<char>('0' + m % 10),
                                    '-',
                                    '0',
                                    '1'};
    return parse_date(first_text).value_or(Date{});
  };
  const Date next = month == 12 ? first(year + 1, 1) : first(year, month + 1);
  return {start(first(year, month).day), start(next.day)};
}

namespace {

/// Where nothing says when a condition ends, it is asked again so much later.
constexpr Duration ask_again = hours(1);
/// A clock condition that holds so long without a break is asked again then.
constexpr Duration clock_horizon = hours(49);
/// The clock is looked at so often; the changes of the world's clocks lie on quarters of an hour.
constexpr Duration longest_stride = minutes(15);

const Zone& zone_of(const vm::World& world, const Site& site) {
  static const Zone utc;
  if (world.zone != nullptr) return *world.zone;
  return site.project_zone != nullptr ? *site.project_zone : utc;
}

struct Fired {
  bool fires = false;
  Instant until;  // when it may stop firing
  std::string detail;
};

/// How closely the clock must be looked at so as not to miss a time at which the condition does not hold: as closely as
/// the times of day that it names lie together. `seconds`: some of them are not whole minutes.
struct Pace {
  Duration stride = longest_stride;
  bool seconds = false;
};

Pace pace_of(const bytecode::Module& module, const bytecode::Function& function) {
  constexpr std::int64_t day = 86'400;
  std::vector<std::int64_t> times;
  for (const bytecode::Instruction i : function.code) {
    if (i.op() != bytecode::Opcode::load || module.constants[i.x()].tag != Tag::time) continue;
    times.push_back(static_cast<std::int64_t>(module.constants[i.x()].units));
  }
  std::sort(times.begin(), times.end());
  Pace out;
  for (std::size_t i = 0; i < times.size(); ++i) {
    out.seconds = out.seconds || times[i] % 60 != 0;
    const std::int64_t apart = i + 1 < times.size() ? times[i + 1] - times[i] : times[0] + day - times[i];
    if (apart > 0) out.stride = std::min(out.stride, fairlead::seconds(apart));
  }
  if (!out.seconds) out.stride = std::max(out.stride, minutes(1));
  return out;
}

Fired ask_forbid(const vm::Program& program, const Rule& rule, const vm::World& world, Arena& arena) {
  if (rule.when == bytecode::none) return {true, world.now + ask_again, ""};
  const Result<Value> now = program.evaluate(rule.when, world, arena);
  if (!now) return {true, world.now + ask_again, describe(now.error())};
  if (now->tag() != Tag::boolean) return {true, world.now + ask_again, describe(Fault{FaultCode::wrong_type})};
  if (!now->as_bool()) return {};
  if (!rule.clock_only || rule.otherwise != bytecode::Otherwise::defer) return {true, world.now + ask_again, ""};
  vm::World at = world;
  const auto holds = [&](Instant t) {
    at.now = t;
    const Result<Value> value = program.evaluate(rule.when, at, arena);
    return value && value->tag() == Tag::boolean && value->as_bool();
  };
  // The clock's condition ends by itself: look for the minute (or second) at which it does, coarsely and then closely.
  const auto ends = [&](Instant from, Duration stride, Instant limit) {
    Instant t = from;
    while (t < limit && holds(t + stride)) t = t + stride;
    return t;
  };
  const Pace pace = pace_of(program.module(), program.module().functions[rule.when]);
  const Duration unit = pace.seconds ? seconds(1) : minutes(1);
  const Instant whole{world.now.ms / unit.ms * unit.ms};
  const Instant coarse = ends(whole, pace.stride, world.now + clock_horizon);
  const Instant fine = ends(coarse, unit, coarse + pace.stride);
  return {true, fine + unit, ""};
}

/// Whether a rule is about this message or call at all.
bool concerns(const Rule& rule, const Site& site, const bytecode::Act& act) {
  if (rule.workflow != bytecode::none && rule.workflow != site.workflow) return false;
  if (rule.kind == RuleKind::spend && !(Decimal() < site.cost)) return false;
  return bytecode::concerns(rule, act);
}

/// `default forbid`: fires unless one rule allows the message or call.
Fired ask_closed(const vm::Program& program, std::span<const Index> rules, const Site& site, const bytecode::Act& act,
                 const vm::World& world) {
  for (const Index index : rules) {
    const Rule& rule = program.module().rules[index];
    if (rule.kind != RuleKind::allow || !concerns(rule, site, act)) continue;
    if (rule.when == bytecode::none) return {};
    Arena arena;
    const Result<Value> allows = program.evaluate(rule.when, world, arena);
    if (allows && allows->tag() == Tag::boolean && allows->as_bool()) return {};
  }
  return {true, world.now + ask_again, ""};
}

Fired ask_limit(const bytecode::Module& module, const Rule& rule, const Site& site, const vm::World& world) {
  const auto workflow_id = [&](Index workflow) { return name_id(module.workflows[workflow].name); };
  std::vector<std::uint32_t> channels;
  for (const Index channel : rule.channels) channels.push_back(name_id(module.channels[channel].name));
  const std::uint32_t workflow = rule.workflow == bytecode::none ? 0 : workflow_id(rule.workflow);
  // What is limited over all contacts goes by the project's clock.
  const Zone& zone = rule.whole_project && site.project_zone != nullptr ? *site.project_zone : zone_of(world, site);
  const auto [start, next] = rule.period == Period::window ? std::pair(world.now - rule.window, Instant{})
                                                           : calendar_period(rule.period, world.now, zone);
  Fired out;
  const auto fires = [&out](Instant until) {
    if (!out.fires || out.until < until) out.until = until;
    out.fires = true;
  };
  // `most` of the messages of some workflows, oldest first.
  const auto ask = [&, first = start, after = next](std::uint32_t most, const auto& of) {
    if (rule.whole_project) {
      if (site.side != Side::out || site.caps == nullptr) return;
      if (site.caps->messages(channels, of, first, rule.period == Period::window) < most) return;
      fires(most == 0                       ? world.now + ask_again
            : rule.period == Period::window ? site.caps->room(channels, of, most, world.now, rule.window)
                                            : after);
      return;
    }
    std::vector<Instant> within;
    for (const Counted& message : site.counted) {
      const bool after_edge = planted(Bug::window_edge) ? !(message.at < first) : first < message.at;
      const bool inside = rule.period == Period::window ? after_edge : !(message.at < first);
      if (message.side != Side::out && message.side != site.side) continue;
      const bool by =
          channels.empty() || std::find(channels.begin(), channels.end(), message.channel) != channels.end();
      if (inside && by && of(message.workflow)) within.push_back(message.at);
    }
    if (within.size() < most) return;
    std::sort(within.begin(), within.end());
    fires(most == 0                       ? world.now + ask_again
          : rule.period == Period::window ? within[within.size() - most] + rule.window
                                          : after);
  };
  ask(rule.count, [&](std::uint32_t id) { return workflow == 0 || workflow == id; });
  if (rule.shares.empty()) return out;
  // A share is kept for its workflow; those without one have what is left over, together.
  std::uint32_t left = rule.count;
  const bytecode::LimitShare* own = nullptr;
  for (const bytecode::LimitShare& share : rule.shares) {
    left -= share.count;
    if (share.workflow == site.workflow) own = &share;
  }
  if (own != nullptr) {
    ask(own->count, [&, id_of = workflow_id(own->workflow)](std::uint32_t id) { return id == id_of; });
  } else {
    ask(left, [&](std::uint32_t id) {
      return std::none_of(rule.shares.begin(), rule.shares.end(),
                          [&](const bytecode::LimitShare& share) { return workflow_id(share.workflow) == id; });
    });
  }
  return out;
}

/// A limit of what is spent, by all workflows that the rule binds: over all contacts, or on this one.
Fired ask_spend(const bytecode::Module& module, Index index, const Site& site, const vm::World& world) {
  const Rule& rule = module.rules[index];
  static const Zone utc;
  const Zone& projects = site.project_zone != nullptr ? *site.project_zone : utc;
  const bool window = rule.period == Period::window;
  const auto [first, next] =
      window ? std::pair(world.now - rule.window, world.now + ask_again)
             : calendar_period(rule.period, world.now, rule.whole_project ? projects : zone_of(world, site));
  const auto bound = [&](std::uint32_t id) {
    return std::any_of(module.workflows.begin(), module.workflows.end(), [&](const bytecode::Workflow& workflow) {
      return name_id(workflow.name) == id &&
             (rule.workflow == bytecode::none || name_id(module.workflows[rule.workflow].name) == id) &&
             std::find(workflow.rules.begin(), workflow.rules.end(), index) != workflow.rules.end();
    });
  };
  Result<Decimal> sum = site.cost;
  if (rule.whole_project) {
    if (site.side != Side::out || site.caps == nullptr) return {};
    sum = add(site.caps->money(bound, first, window), site.cost);
  } else {
    const auto by = [&](std::uint32_t id) {
      return rule.channels.empty() || std::any_of(rule.channels.begin(), rule.channels.end(), [&](Index channel) {
               return name_id(module.channels[channel].name) == id;
             });
    };
    for (const Spent& one : site.spent) {
      const bool inside = window ? first < one.at : !(one.at < first);
      const bool counts = one.side == Side::out || one.side == site.side;
      if (sum && inside && counts && by(one.channel) && bound(one.workflow)) sum = add(*sum, one.cost);
    }
  }
  if (sum && *sum <= rule.amount) return {};
  return {true, next, ""};
}

/// What follows from a rule that fired.
Verdict follows(const Rule& rule, Index index, const Fired& fired, const Site& site, Instant now) {
  Verdict out{Verdict::Kind::skip, index, {}, fired.detail, {}, {}};
  if (rule.otherwise == bytecode::Otherwise::stop) out.kind = Verdict::Kind::stop;
  // A guard that fails denies: nobody is asked about what cannot be told.
  if (rule.otherwise == bytecode::Otherwise::hold && fired.detail.empty()) {
    out.kind = Verdict::Kind::hold;
    out.until = fired.until;
  }
  if (rule.otherwise != bytecode::Otherwise::defer || !fired.detail.empty()) return out;
  const bool bounded = rule.up_to > Duration{};
  const Instant end = site.held.value_or(now) + rule.up_to;
  if (bounded && !(now < end)) return out;
  out.kind = Verdict::Kind::defer;
  out.until = bounded ? std::min(fired.until, end) : fired.until;
  return out;
}

/// Whether somebody has signed that a rule which fired is let pass here and now.
bool waived(const bytecode::Module& module, const Site& site, Index rule, Instant now) {
  static const Zone utc;
  const bytecode::Waiver* waiver = module.workflows[site.workflow].head.signed_waiver(rule);
  return waiver != nullptr && now < runs_out(*waiver, site.project_zone != nullptr ? *site.project_zone : utc);
}

/// Whether somebody whose word the rule wants has given it.
bool granted(const Rule& rule, const Site& site) {
  const auto said_yes = [&](const std::string& role) {
    return !role.empty() && std::find(site.granted.begin(), site.granted.end(), role) != site.granted.end();
  };
  return said_yes(rule.role) || said_yes(rule.hold_for);
}

/// Of two that defer, the later one: before it the message could not go out anyway.
bool stronger(const Verdict& a, const Verdict& b) {
  return a.kind > b.kind || (a.kind == b.kind && b.until < a.until);
}

/// What follows from a rule that was asked.
void take(const bytecode::Module& module, const Site& site, Index index, const Fired& fired, Instant now,
          Verdict& worst) {
  if (granted(module.rules[index], site)) return;
  if (waived(module, site, index, now)) {
    worst.waived.push_back(index);
    return;
  }
  worst.fired.push_back(index);
  Verdict one = follows(module.rules[index], index, fired, site, now);
  if (!stronger(one, worst)) return;
  one.fired = std::move(worst.fired);
  one.waived = std::move(worst.waived);
  worst = std::move(one);
}

}  // namespace

Instant runs_out(const bytecode::Waiver& waiver, const Zone& project_zone) {
  return project_zone.at({waiver.until.day + 1}, {0});
}

bool over_budget(const bytecode::Quota& budget, std::uint32_t workflow, Decimal cost, const Caps& caps, Instant now,
                 const Zone& project_zone) {
  const bool window = budget.period == Period::window;
  const Instant first = window ? now - budget.window : calendar_period(budget.period, now, project_zone).first;
  const Result<Decimal> sum =
      add(caps.money([workflow](std::uint32_t id) { return id == workflow; }, first, window), cost);
  return !sum || budget.most < *sum;
}

namespace {

using Said = std::array<Value, bytecode::site_values>;

/// What rules may ask about the message or call itself.
Said said_of(const bytecode::Module& module, const Site& site, const vm::World& world) {
  Said out;
  const auto put = [&out](bytecode::SiteValue which, Value value) { out[static_cast<std::size_t>(which)] = value; };
  put(bytecode::SiteValue::workflow, Value::text(module.workflows[site.workflow].name));
  put(bytecode::SiteValue::amount, site.amount);
  if (site.action != bytecode::none) return out;
  const bytecode::Content& content = module.contents[site.content];
  const bytecode::Channel& channel = module.channels[site.channel];
  put(bytecode::SiteValue::channel, Value::text(channel.name));
  put(bytecode::SiteValue::content, Value::text(content.name));
  put(bytecode::SiteValue::transactional, Value::of(content.transactional));
  Value consent = Value::text("given");  // a channel that needs none
  if (channel.consent != bytecode::none) {
    consent = channel.consent < world.fields.size() ? world.fields[channel.consent] : Value();
    if (!consent.exists()) consent = Value::text("unknown");
  }
  put(bytecode::SiteValue::consent, consent);
  return out;
}

/// Whether it is asked at the act; the others were settled by the compiler, or look at texts.
bool guards(RuleKind kind) {
  switch (kind) {
    case RuleKind::forbid:
    case RuleKind::limit:
    case RuleKind::closed:
    case RuleKind::approval:
    case RuleKind::spend: return true;
    default: return false;
  }
}

}  // namespace

Verdict judge(const vm::Program& program, std::span<const Index> rules, const Site& site, vm::World& world, Ask ask,
              std::vector<Index>& asked) {
  const bytecode::Module& module = program.module();
  const Said said = said_of(module, site, world);
  const bool transactional = site.content != bytecode::none && module.contents[site.content].transactional;
  const bytecode::Act act = site.action == bytecode::none ? bytecode::message(module, site.content, site.channel)
                                                          : bytecode::call(module.actions[site.action]);
  world.site = said;
  world.parameters = site.arguments;

  Arena arena;
  Verdict worst;
  for (const Index index : rules) {
    const Rule& rule = module.rules[index];
    if (!guards(rule.kind) || !concerns(rule, site, act)) continue;
    if (transactional && !rule.transactional) continue;
    const bool counts = rule.kind == RuleKind::limit || rule.kind == RuleKind::spend;
    if (ask == Ask::forbidding && counts) continue;
    asked.push_back(index);
    const Fired fired = rule.kind == RuleKind::limit    ? ask_limit(module, rule, site, world)
                        : rule.kind == RuleKind::spend  ? ask_spend(module, index, site, world)
                        : rule.kind == RuleKind::closed ? ask_closed(program, rules, site, act, world)
                                                        : ask_forbid(program, rule, world, arena);
    if (fired.fires) take(module, site, index, fired, world.now, worst);
  }
  world.site = {};
  world.parameters = {};
  return worst;
}

Duration longest_window(const bytecode::Module& module, RuleKind of) {
  Duration out;
  for (const Rule& rule : module.rules) {
    if (rule.kind != of || rule.whole_project) continue;
    out = std::max(out, rule.period == Period::window ? rule.window : days(32));
  }
  return out;
}

}  // namespace fairlead::guard
