// How much can come together. The least time in which a contact can have got so many messages since the first of them,
// for each place in the flow: a shortest way (Dijkstra 1959) over places, rounds that have begun, and how many came.
#include "compiler/proof/bounds.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <set>

#include "compiler/proof/flow_counts.hpp"
#include "compiler/proof/planted.hpp"

namespace fairlead::compiler::proof {

using bytecode::Period;
using bytecode::Step;
using bytecode::StepKind;

namespace {

/// Places with their rounds and counts; more than this are not followed.
constexpr std::size_t most_places = 400'000;
constexpr Index outside = none - 1;  // between two passes

struct Way {
  Index to = none;
  std::int64_t least = 0;  // ms
};

/// How a step is left, and the least time that takes.
class Ways {
 public:
  Ways(const Program& program, Index workflow) : p_(program), workflow_(program.module.workflows[workflow]) {}

  /// Where the flow ends a pass is over.
  [[nodiscard]] std::vector<Way> of(Index s) const {
    const Step& step = p_.module.steps[s];
    std::vector<Way> out;
    const auto add = [&](Index to, std::int64_t least = 0) { out.push_back({to == none ? outside : to, least}); };
    switch (step.kind) {
      case StepKind::wait_for: add(step.next, length(step.value)); break;
      case StepKind::wait_event:
        for (const bytecode::Arm& arm : step.arms)
          add(arm.first == none ? step.next : arm.first, planted(Mistake::early_is_late) ? length(step.value) : 0);
        add(step.otherwise == none ? step.next : step.otherwise, length(step.value));
        if (length(step.value) == 0) add(step.next);
        break;
      case StepKind::branch:
      case StepKind::approve:
        add(step.next);
        add(step.otherwise);
        break;
      case StepKind::choose:
        for (const bytecode::Option& option : p_.module.choices[step.choice].options)
          add(option.first == none ? step.next : option.first);
        add(step.next);
        break;
      case StepKind::split:
        for (const bytecode::SplitVariant& variant : p_.module.splits[step.split].variants)
          add(variant.first == none ? step.next : variant.first);
        break;
      case StepKind::stop:
      case StepKind::leave:
      case StepKind::follow: add(outside); break;
      default: add(step.next); break;
    }
    return out;
  }

  /// The least that a wait lasts: what is not fixed may be nothing.
  [[nodiscard]] std::int64_t length(Index function) const {
    const Expr& value = p_.exprs[p_.roots[function]];
    const bool fixed = value.op == Op::constant && value.constant().tag == Tag::duration;
    const std::int64_t times = planted(Mistake::waits_longer) ? 2 : 1;
    return fixed ? std::max<std::int64_t>(0, times * static_cast<std::int64_t>(value.constant().units)) : 0;
  }

 private:
  const Program& p_;
  const bytecode::Workflow& workflow_;
};

/// The rounds of a loop that have begun, and when the last of them did: long ago where the window began within it.
struct Rounds {
  std::uint32_t begun = 0;
  std::int64_t since = long_ago;
  auto operator<=>(const Rounds&) const = default;

  static constexpr std::int64_t long_ago = INT64_MIN / 4;
};

/// A place: a step, the rounds of each loop around it, and what has come since the first message.
struct At {
  Index step = none;
  std::vector<Rounds> rounds;  // by loop, in the order of the source
  std::uint64_t count = 0;
  auto operator<=>(const At&) const = default;
};

class Shortest {
 public:
  Shortest(const Program& program, Index workflow, Duration window, const Weight& weight)
      : p_(program),
        w_(program.module.workflows[workflow]),
        ways_(program, workflow),
        window_(window),
        weight_(weight) {
    held_back_ = std::any_of(w_.rules.begin(), w_.rules.end(), [&](Index r) {
      const bytecode::Otherwise otherwise = p_.module.rules[r].otherwise;
      return otherwise == bytecode::Otherwise::defer || otherwise == bytecode::Otherwise::hold;
    });
    for (const Index s : w_.steps) {
      const StepKind kind = p_.module.steps[s].kind;
      if (kind == StepKind::repeat || kind == StepKind::for_each || kind == StepKind::plan) look_into(s);
    }
  }

  Most most() {
    Most out{0, {}};
    if (w_.first == none) return out;
    // Without a window all ways begin where the workflow does.
    const bool ever = window_.ms == INT64_MAX;
    for (const Index s : ever ? std::vector<Index>{w_.first} : w_.steps) {
      if (weight_(s) == 0 && !ever) continue;
      const auto found = from(s, out.up_to);
      if (!found) return {};
      out.all = std::max(*out.all, *found);
    }
    return out;
  }

 private:
  /// With a message of `first` as the first one of the window.
  std::optional<std::uint64_t> from(Index first, std::map<Index, std::uint64_t>& up_to) {
    std::map<At, std::int64_t> least;
    using Open = std::pair<std::int64_t, At>;
    std::priority_queue<Open, std::vector<Open>, std::greater<>> open;
    std::uint64_t most = 0;
    const auto come = [&](At at, std::int64_t time) {
      if (planted(Mistake::window_edge) ? time > window_.ms : time >= window_.ms)
        return;  // the first one has left the window
      const auto [known, fresh] = least.try_emplace(at, time);
      if (!fresh && known->second <= time) return;
      known->second = time;
      open.emplace(time, std::move(at));
    };
    // One round at least has begun of each loop around it; so many more may come. Where nothing in a round takes time
    // the message stands at its start.
    std::vector<Rounds> rounds(loops_.size());
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      if (bodies_[i].contains(first)) rounds[i] = {1, lasts_[i] ? Rounds::long_ago : 0};
    }
    come({first, std::move(rounds), weight_(first)}, 0);
    while (!open.empty()) {
      const auto [time, at] = open.top();
      open.pop();
      if (least[at] < time) continue;
      most = std::max(most, at.count);
      if (at.step != outside && weight_(at.step) != 0) up_to[at.step] = std::max(up_to[at.step], at.count);
      if (most > most_counted || least.size() > most_places) return std::nullopt;
      go_on(at, time, come);
    }
    return most;
  }

  template <class Come>
  void go_on(const At& at, std::int64_t time, const Come& come) {
    const auto arrive = [&](Index step, std::vector<Rounds> rounds, std::int64_t when) {
      const std::uint64_t adds = step == outside ? 0 : weight_(step);
      come({step, std::move(rounds), at.count + adds}, when);
    };
    const std::vector<Rounds> none_begun(loops_.size());
    if (at.step == outside) {
      if (w_.again && !planted(Mistake::again_ignored))
        arrive(w_.first, none_begun, time + std::max<std::int64_t>(0, w_.again->ms));
      return;
    }
    // Whoever stands here may be taken out, and may come again after that.
    if (w_.again) come({outside, none_begun, at.count}, time);
    const auto loop = std::find(loops_.begin(), loops_.end(), at.step);
    if (loop == loops_.end()) {
      for (const Way& way : ways_.of(at.step)) arrive(way.to, at.rounds, time + way.least);
      return;
    }
    const Step& step = p_.module.steps[at.step];
    const auto number = static_cast<std::size_t>(loop - loops_.begin());
    const Rounds& last = at.rounds[number];
    const bool plan = step.kind == StepKind::plan;
    const bool repeat = step.kind == StepKind::repeat;
    const std::int64_t every = plan ? p_.module.plans[step.plan].apart.ms : repeat ? step.every.ms : 0;
    const std::int64_t over = last.begun == 0 ? time : std::max(time, last.since + every);
    const Index past = plan ? step.next : step.otherwise;
    std::vector<Rounds> done = at.rounds;
    done[number] = {};
    arrive(past == none ? outside : past, std::move(done), repeat ? over : time);
    // `for each` goes through as many as there are.
    const std::uint64_t most = plan ? p_.module.plans[step.plan].most : repeat ? step.times : most_counted + 1;
    if (last.begun >= most) return;
    std::vector<Rounds> begun = at.rounds;
    begun[number] = {last.begun + 1, over};
    if (plan) {
      for (const bytecode::Play& play : p_.module.plans[step.plan].plays) arrive(play.first, begun, over);
    } else {
      arrive(step.next, std::move(begun), over);
    }
  }

  /// The steps of a loop's body, and whether time may pass among them.
  void look_into(Index head) {
    std::set<Index> body;
    std::vector<Index> open;
    const Step& loop = p_.module.steps[head];
    const auto add = [&](Index s) {
      if (s != none && s != outside && s > head && body.insert(s).second) open.push_back(s);
    };
    if (loop.kind == StepKind::plan) {
      for (const bytecode::Play& play : p_.module.plans[loop.plan].plays) add(play.first);
    } else {
      add(loop.next);
    }
    bool lasts = loop.kind == StepKind::plan;
    while (!open.empty()) {
      const Index s = open.back();
      open.pop_back();
      switch (p_.module.steps[s].kind) {
        case StepKind::wait_for:
        case StepKind::wait_until:
        case StepKind::wait_event:
        case StepKind::approve:
        case StepKind::allocate: lasts = true; break;
        case StepKind::repeat:
        case StepKind::for_each:
        case StepKind::plan:
          lasts = true;
          add(p_.module.steps[s].otherwise);
          break;
        // What a rule holds back holds the pass with it.
        case StepKind::send: lasts = lasts || held_back_; break;
        case StepKind::act: lasts = lasts || held_back_ || p_.module.steps[s].local != none; break;
        default: break;
      }
      if (p_.module.steps[s].plan != none) {
        for (const bytecode::Play& play : p_.module.plans[p_.module.steps[s].plan].plays) add(play.first);
      }
      for (const Way& way : ways_.of(s)) add(way.to);
    }
    loops_.push_back(head);
    bodies_.push_back(std::move(body));
    lasts_.push_back(lasts);
  }

  const Program& p_;
  const bytecode::Workflow& w_;
  Ways ways_;
  Duration window_;
  const Weight& weight_;
  bool held_back_ = false;  // some rule may defer or hold what the workflow does
  std::vector<Index> loops_;
  std::vector<std::set<Index>> bodies_;
  std::vector<bool> lasts_;
};

}  // namespace

Duration longest(const Program& program, Period period, Duration window) {
  if (period == Period::window) return window;
  if (planted(Mistake::days_of_24_hours)) return hours(period == Period::day ? 24 : period == Period::week ? 168 : 744);
  const std::int64_t dates = period == Period::day ? 1 : period == Period::week ? 7 : 31;
  const auto& fields = program.module.fields;
  const auto zone = std::find_if(fields.begin(), fields.end(), [](const bytecode::Field& f) { return f.zone; });
  // From the first place on earth where a date begins to the last where it ends: 26 hours more than it lasts.
  if (zone != fields.end() && !zone->fixed) return hours(24 * dates + 26);
  if (zone != fields.end()) return hours(24 * dates + 1);
  const Result<Zone> own = Zone::load(program.module.zone);
  if (!own) return hours(24 * dates + 26);
  // As this machine knows the zone, up to 2045.
  std::int64_t longest_ms = 0;
  for (std::int32_t day = 20'000; day < 27'400; ++day) {
    const Instant begins = own->at({day}, {0}), ends = own->at({day + static_cast<std::int32_t>(dates)}, {0});
    longest_ms = std::max(longest_ms, ends.ms - begins.ms);
  }
  return Duration{longest_ms};
}

Most most_within(const Program& program, Index workflow, Duration window, const Weight& weight) {
  return Shortest(program, workflow, window, weight).most();
}

std::vector<Bound> bounds(const Program& program, FlowCounts& counts) {
  const bytecode::Module& module = program.module;
  std::vector<Bound> out;
  Bound all;
  all.messages_a_day = all.messages_a_week = all.messages_a_month = all.messages_a_pass = 0;
  all.cost_a_month = Decimal();
  const auto sum = [](auto& total, const auto& part) {
    if (!total || !part) {
      total.reset();
    } else {
      *total += *part;
    }
  };
  for (Index w = 0; w < module.workflows.size(); ++w) {
    if (module.workflows[w].subject.empty()) continue;
    const auto sends = [&](Index s) {
      const Step& step = module.steps[s];
      return step.kind == StepKind::send && step.content != none && !module.contents[step.content].transactional;
    };
    Bound bound{.workflow = w, .name = module.workflows[w].name};
    bound.messages_a_day = counts.most(w, hours(24), sends).all;
    bound.messages_a_week = counts.most(w, days(7), sends).all;
    bound.messages_a_month = counts.most(w, days(30), sends).all;
    if (!module.workflows[w].again) bound.messages_a_pass = counts.most(w, Duration{INT64_MAX}, sends).all;
    // In hundred-thousandths, so that a message of 0.0079 is not nothing.
    const auto costs = [&](Index s) {
      const Step& step = module.steps[s];
      if (step.kind != StepKind::send) return false;
      int128 most = 0;
      std::vector<Index> channels = step.best;
      if (step.channel != none) channels.push_back(step.channel);
      for (const Index channel : channels) most = std::max(most, module.channels[channel].cost.units());
      return most > 0;
    };
    int128 dearest = 0;
    for (const Index s : module.workflows[w].steps) {
      const Step& step = module.steps[s];
      std::vector<Index> channels = step.best;
      if (step.channel != none) channels.push_back(step.channel);
      for (const Index channel : channels) dearest = std::max(dearest, module.channels[channel].cost.units());
    }
    // The dearest message so often: never too low.
    if (const auto paid = counts.most(w, days(31), costs).all)
      bound.cost_a_month = Decimal::from_units(dearest * static_cast<int128>(*paid));
    sum(all.messages_a_day, bound.messages_a_day);
    sum(all.messages_a_week, bound.messages_a_week);
    sum(all.messages_a_month, bound.messages_a_month);
    sum(all.messages_a_pass, bound.messages_a_pass);
    if (!all.cost_a_month || !bound.cost_a_month) {
      all.cost_a_month.reset();
    } else {
      all.cost_a_month = Decimal::from_units(all.cost_a_month->units() + bound.cost_a_month->units());
    }
    out.push_back(bound);
  }
  if (!out.empty()) out.push_back(all);
  return out;
}

}  // namespace fairlead::compiler::proof
