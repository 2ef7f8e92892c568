// The verifier's first part, the tables, and the order of its parts.
#include <limits>

#include "runtime/bytecode/findings.hpp"

namespace fairlead::bytecode {
namespace {

class Tables {
 public:
  Tables(const Module& module, Findings& findings) : m_(module), found_(findings) {}

  void all() {
    found_.at("", 0, "");
    found_.require(!m_.project.empty(), "the project has no name");
    found_.require(!m_.zone.empty(), "the project has no zone");
    each("constant", m_.constants, [this](const Constant& c) { constant(c, 0); });
    each("currency", m_.currencies, [this](const std::string& c) { name(c); });
    each("field", m_.fields, [this](const Field& f) { field(f); });
    each("event", m_.events, [this](const EventType& e) { event_type(e); });
    each("counter", m_.counters, [this](const Counter& c) { counter(c); });
    each("rate", m_.rates, [this](const Rate& r) { rate(r); });
    each("segment", m_.segments, [this](const Segment& s) { segment(s); });
    each("score", m_.scores, [this](const Score& s) { score(s); });
    each("points", m_.points, [this](const Points& p) {
      name(p.name);
      function(p.value, "value");
    });
    each("release", m_.releases, [this](const Release& r) { name(r.text); });
    each("goal", m_.goals, [this](const Goal& g) { goal(g); });
    each("channel", m_.channels, [this](const Channel& c) { channel(c); });
    each("content", m_.contents, [this](const Content& c) { content(c); });
    each("model", m_.models, [this](const Model& m) { name(m.name); });
    each("rule", m_.rules, [this](const Rule& r) { name(r.name); });
    each("role", m_.roles, [this](const Role& r) { role(r); });
    each("team", m_.teams, [this](const Team& t) { team(t); });
    each("action", m_.actions, [this](const Action& a) { action(a); });
    each("connector", m_.connectors, [this](const Connector& c) { connector(c); });
    each("choice", m_.choices, [this](const Choice& c) { choice(c); });
    each("split", m_.splits, [this](const Split& s) { split(s); });
    each("plan", m_.plans, [this](const Plan& p) { plan(p); });
    each("record", m_.records, [this](const RecordType& r) { record(r); });
    each("allocation", m_.allocations, [this](const Allocation& a) { allocation(a); });
    each("step", m_.steps, [this](const Step& s) { step(s); });
    each("workflow", m_.workflows, [this](const Workflow& w) { workflow(w); });
    each("test", m_.tests, [this](const Test& t) { test(t); });
    each("simulation", m_.simulations, [this](const Simulation& s) { simulation(s); });
  }

 private:
  template <class T, class Check>
  void each(std::string_view table, const std::vector<T>& items, Check check) {
    for (std::size_t i = 0; i < items.size() && found_.ok(); ++i) {
      found_.at(table, i, name_of(items[i]));
      check(items[i]);
    }
  }

  template <class T>
  static std::string_view name_of(const T& item) {
    if constexpr (requires { item.name; }) return item.name;
    // A step, a choice and a counter have a key for a name.
    if constexpr (
        !requires { item.name; } && requires { item.key; })
      return item.key;
    return "unnamed";
  }

  void name(std::string_view text) { found_.require(!text.empty(), "it has no name"); }

  void within(Index index, std::size_t size, std::string_view what) {
    found_.require(index < size, "its {} is {} of a table of {}", what,
                   index == none ? std::string("none") : std::to_string(index), size);
  }
  void optional(Index index, std::size_t size, std::string_view what) {
    if (index != none) within(index, size, what);
  }
  void function(Index index, std::string_view what) { within(index, m_.functions.size(), what); }
  void optional_function(Index index, std::string_view what) { optional(index, m_.functions.size(), what); }
  void event(Index index) { within(index, m_.events.size(), "event"); }
  void events(const std::vector<Index>& indices) {
    for (const Index i : indices) event(i);
  }

  void share(const Decimal& value, std::string_view what) {
    found_.require(value >= Decimal() && value <= Decimal::from_int(1), "its {} is not between 0 and 1", what);
  }
  void duration(Duration value, std::string_view what) {
    found_.require(value >= Duration() && value <= longest, "its {} is not between nothing and ten thousand years",
                   what);
  }

  void type(const FieldType& t, unsigned depth) {
    if (depth > deepest_nesting) return found_.refuse("its type is nested too deep");
    found_.require(t.element.size() == (t.kind == TypeKind::list ? 1U : 0U),
                   "its type is not one of a list's or others");
    for (const FieldType& element : t.element) type(element, depth + 1);
  }
  void fields(const std::vector<EventField>& items) {
    for (const EventField& f : items) {
      name(f.name);
      type(f.type, 0);
    }
  }

  void constant(const Constant& c, unsigned depth) {
    const auto in = [&c](std::int64_t low, std::int64_t high) { return c.units >= low && c.units <= high; };
    found_.require(c.tag == Tag::list || c.items.empty(), "it has items and is not a list");
    switch (c.tag) {
      case Tag::none:
      case Tag::number:
      case Tag::money: return;
      case Tag::boolean: return found_.require(in(0, 1), "it is not a truth value");
      case Tag::text:
        return found_.require(c.text.size() <= std::numeric_limits<std::uint32_t>::max(), "its text is too long");
      case Tag::duration:
      case Tag::instant:
        return found_.require(in(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()),
                              "it is not a count of milliseconds");
      case Tag::date:
        return found_.require(in(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()),
                              "it is not a date");
      case Tag::time: return found_.require(in(0, 86'399), "it is not a time of day");
      case Tag::list: break;
    }
    if (depth >= deepest_nesting) return found_.refuse("its lists are nested too deep");
    for (const Constant& item : c.items) {
      found_.require(item.tag != Tag::none, "an item of its list is absent");
      constant(item, depth + 1);
    }
  }

  void field(const Field& f) {
    name(f.name);
    type(f.type, 0);
    optional_function(f.initial, "default");
    if (f.fresh) duration(*f.fresh, "greatest age");
    if (f.complete) share(*f.complete, "completeness");
  }

  void event_type(const EventType& e) {
    name(e.name);
    fields(e.fields);
  }

  void segment(const Segment& s) {
    name(s.name);
    function(s.when, "condition");
  }

  void counter(const Counter& c) {
    name(c.key);
    const bool anything = c.kind == CounterKind::last && c.event == none && c.where == none && c.field == none;
    if (!anything) event(c.event);
    optional_function(c.where, "condition");
    duration(c.window, "window");
    if (c.kind == CounterKind::count) found_.require(c.field == none, "it counts, and has a field");
    if (c.kind == CounterKind::sum) found_.require(c.field != none, "it adds up no field");
    if (found_.ok() && c.event != none) optional(c.field, m_.events[c.event].fields.size(), "field");
    if (found_.ok() && c.kind == CounterKind::sum) amount(m_.events[c.event].fields[c.field].type);
  }

  void amount(const FieldType& t) {
    found_.require(t.kind == TypeKind::number || t.kind == TypeKind::money, "what it adds up is no amount");
  }

  void rate(const Rate& r) {
    name(r.key);
    event(r.event);
    if (r.per != none) event(r.per);
    duration(r.window, "window");
  }

  void features(const std::vector<Feature>& items) {
    for (const Feature& f : items) {
      name(f.name);
      function(f.value, "feature");
      type(f.type, 0);
    }
  }

  void score(const Score& s) {
    name(s.name);
    event(s.event);
    optional_function(s.where, "condition");
    duration(s.within, "window");
    features(s.features);
    std::optional<Decimal> before;
    for (std::size_t i = 0; i < s.bands.size() && found_.ok(); ++i) {
      const Band& band = s.bands[i];
      name(band.name);
      found_.require(band.below.has_value() == (i + 1 < s.bands.size()),
                     "its last band has an end, or another has none");
      if (!band.below) continue;
      share(*band.below, "band");
      found_.require(!before || *before < *band.below, "its bands do not rise");
      before = band.below;
    }
  }

  void goal(const Goal& g) {
    name(g.name);
    event(g.event);
    optional_function(g.where, "condition");
    duration(g.within, "window");
    share(g.holdout, "holdout");
    if (found_.ok()) optional(g.sum, m_.events[g.event].fields.size(), "field");
    if (found_.ok() && g.sum != none) amount(m_.events[g.event].fields[g.sum].type);
    for (const GuardMetric& guard : g.without) {
      event(guard.event);
      share(guard.above, "guard metric");
    }
  }

  void channel(const Channel& c) {
    name(c.name);
    optional(c.to, m_.fields.size(), "address");
    optional(c.consent, m_.fields.size(), "consent");
    events(c.withdrawn_on);
    events(c.reports);
  }

  void content(const Content& c) {
    name(c.name);
    fields(c.parameters);
    for (const Variant& v : c.variants) {
      within(v.channel, m_.channels.size(), "channel");
      for (const Slot& s : v.slots) slot(s);
    }
  }

  void slot(const Slot& s) {
    name(s.name);
    if (s.one_of.empty()) return written(s);
    found_.require(s.one_of.size() >= 2, "its slot has one text to choose from");
    found_.require(s.text == none && !s.generated, "its slot has a text of its own beside those to choose from");
    for (const SlotText& t : s.one_of) {
      name(t.name);
      function(t.text, "text");
    }
  }
  void written(const Slot& s) {
    function(s.text, "text");
    if (!s.generated) return;
    within(s.generated->model, m_.models.size(), "model");
    function(s.generated->prompt, "prompt");
  }

  void role(const Role& r) {
    name(r.name);
    for (const std::string& member : r.members) name(member);
  }

  void team(const Team& t) {
    name(t.name);
    for (const Member& member : t.members) {
      name(member.address);
      optional_function(member.when, "condition");
      duration(member.within, "period");
    }
  }

  void action(const Action& a) {
    name(a.name);
    fields(a.parameters);
    fields(a.returns);
    found_.require((a.effect == EffectKind::spend) == (a.amount != none),
                   "it spends and does not say how much, or says so and does not spend");
    optional_function(a.amount, "amount");
  }

  void pairs(const std::vector<Pair>& items) {
    for (const Pair& p : items) {
      name(p.name);
      function(p.value, "value");
      type(p.type, 0);
    }
  }

  void connector(const Connector& c) {
    name(c.name);
    for (const Index i : c.channels) within(i, m_.channels.size(), "channel");
    for (const Index i : c.actions) within(i, m_.actions.size(), "action");
    for (const std::string& secret : c.secrets) name(secret);
    fields(c.inputs);
    found_.require(c.secrets.size() <= c.inputs.size(), "it has more secrets than its requests may read");
    function(c.request.address, "address");
    found_.require(c.request.credentials.size() <= 2, "its request is signed with more than two values");
    for (const Index i : c.request.credentials) function(i, "credential");
    for (const auto* items : {&c.request.headers, &c.request.query, &c.request.form, &c.request.json}) pairs(*items);
    for (const Answer& a : c.request.answers) name(a.name);
    for (const std::uint32_t status : c.retry_on)
      found_.require(status >= 100 && status <= 599, "{} is no status of HTTP", status);
    duration(c.rate_window, "rate");
    for (const Receive& r : c.receives) {
      name(r.path);
      for (const Callback& callback : r.callbacks) {
        event(callback.event);
        optional_function(callback.when, "condition");
      }
    }
  }

  void choice(const Choice& c) {
    name(c.key);
    within(c.goal, m_.goals.size(), "goal");
    features(c.features);
    for (const Option& o : c.options) {
      name(o.name);
      optional_function(o.when, "condition");
      if (o.start) share(*o.start, "start");
      optional(o.first, m_.steps.size(), "first step");
    }
    share(c.explore, "exploration");
    const auto explored = multiply(c.explore, Decimal::from_int(static_cast<std::int64_t>(c.options.size())));
    // Too much to be added up is too much.
    const Decimal too_much = Decimal::from_int(2);
    Decimal floors = explored ? *explored : too_much;
    for (const Option& o : c.options) {
      share(o.at_least, "least");
      if (o.at_most) share(*o.at_most, "most");
      const auto floor = add(c.explore, o.at_least);
      found_.require(!o.at_most || (floor && *floor <= *o.at_most), "an option has more at least than at most");
      const auto sum = add(floors, o.at_least);
      floors = sum ? *sum : too_much;
    }
    found_.require(floors <= Decimal::from_int(1), "its exploration leaves its options more than the whole");
    if (c.half_life) {
      duration(*c.half_life, "half-life");
      found_.require(*c.half_life > Duration(), "its half-life is nothing");
    }
    if (c.move) pace(*c.move);
  }

  void pace(const Pace& p) {
    share(p.share, "move");
    duration(p.window, "move");
  }

  void split(const Split& s) {
    name(s.key);
    optional(s.goal, m_.goals.size(), "goal");
    found_.require(!s.adopt || s.goal != none, "it adopts the better way and has no goal");
    Decimal whole;
    for (const SplitVariant& v : s.variants) {
      name(v.name);
      share(v.share, "share");
      optional(v.first, m_.steps.size(), "first step");
      const auto sum = add(whole, v.share);
      if (!sum || *sum > Decimal::from_int(1)) return found_.refuse("its shares are not the whole");
      whole = *sum;
    }
    found_.require(whole == Decimal::from_int(1), "its shares are not the whole");
  }

  void plan(const Plan& p) {
    name(p.key);
    within(p.goal, m_.goals.size(), "goal");
    found_.require(p.most >= 1 && p.most <= most_plays, "it plays {} times, and 1 to {} are possible", p.most,
                   most_plays);
    duration(p.apart, "least distance");
    duration(p.within, "longest time");
    found_.require(!p.stages.empty() && !p.plays.empty(), "it has no stages or no plays");
    for (const Stage& s : p.stages) {
      name(s.name);
      optional_function(s.when, "condition");
    }
    for (const Play& q : p.plays) {
      name(q.name);
      for (const Index s : q.stages) within(s, p.stages.size(), "stage");
      optional_function(q.when, "condition");
      optional(q.first, m_.steps.size(), "first step");
    }
  }

  void record(const RecordType& r) {
    name(r.name);
    found_.require(r.fields.size() <= most_fields, "it has {} fields, and {} are possible", r.fields.size(),
                   most_fields);
    for (const Field& f : r.fields) field(f);
  }

  void allocation(const Allocation& a) {
    name(a.key);
    within(a.goal, m_.goals.size(), "goal");
    found_.require(a.amount > Decimal(), "it has nothing to share out");
    duration(a.window, "period");
    within(a.record, m_.records.size(), "record");
    optional_function(a.where, "condition");
    share(a.least, "least");
    share(a.most, "most");
    found_.require(a.least <= a.most, "each has more at least than at most");
    if (a.move) pace(*a.move);
  }

  void step(const Step& s) {
    name(s.key);
    optional(s.next, m_.steps.size(), "next step");
    optional(s.otherwise, m_.steps.size(), "other step");
    optional_function(s.value, "value");
    optional(s.content, m_.contents.size(), "content");
    optional(s.channel, m_.channels.size(), "channel");
    for (const Index a : s.arguments) function(a, "argument");
    for (const Arm& a : s.arms) {
      event(a.event);
      optional(a.of_content, m_.contents.size(), "content");
      optional_function(a.where, "condition");
      optional(a.bind, most_bindings, "binding");
      optional(a.first, m_.steps.size(), "first step");
    }
    optional(s.choice, m_.choices.size(), "choice");
    optional(s.field, m_.fields.size(), "field");
    optional(s.action, m_.actions.size(), "action");
    optional(s.local, most_locals, "kept value");
    optional(s.role, m_.roles.size(), "role");
    duration(s.within, "time");
    for (const Index covered : s.covered) within(covered, m_.steps.size(), "covered step");
    optional(s.team, m_.teams.size(), "team");
    optional(s.split, m_.splits.size(), "split");
    optional(s.plan, m_.plans.size(), "plan");
    optional(s.allocation, m_.allocations.size(), "allocation");
    optional(s.workflow, m_.workflows.size(), "workflow");
    optional(s.record, m_.records.size(), "record");
    optional(s.bind, most_bindings, "binding");
    for (const Index c : s.best) within(c, m_.channels.size(), "channel");
    duration(s.every, "round");
  }

  void triggers(const std::vector<Trigger>& items) {
    for (const Trigger& t : items) {
      event(t.event);
      optional_function(t.where, "condition");
    }
  }

  void workflow(const Workflow& w) {
    name(w.name);
    optional(w.goal, m_.goals.size(), "goal");
    triggers(w.enter);
    triggers(w.leave_on);
    for (const Index f : w.leave_when) function(f, "condition");
    if (w.again) duration(*w.again, "pause");
    for (const Index r : w.rules) within(r, m_.rules.size(), "rule");
    for (const Index s : w.steps) within(s, m_.steps.size(), "step");
    optional(w.first, m_.steps.size(), "first step");
    found_.require(w.bindings >= 1 && w.bindings <= most_bindings, "it binds {} events, and 1 to {} are possible",
                   w.bindings, most_bindings);
    found_.require(w.locals <= most_locals, "it keeps {} values, and at most {} are possible", w.locals, most_locals);
  }

  void values(const std::vector<Given>& items, std::size_t fields_there) {
    for (const Given& g : items) {
      within(g.field, fields_there, "field");
      function(g.value, "value");
    }
  }

  void test_step(const TestStep& s) {
    using enum TestStep::Kind;
    if (s.kind != given_row) optional(s.event, m_.events.size(), "event");
    optional(s.of_content, m_.contents.size(), "content");
    optional(s.workflow, m_.workflows.size(), "workflow");
    optional(s.content, m_.contents.size(), "content");
    optional(s.channel, m_.channels.size(), "channel");
    optional(s.choice, m_.choices.size(), "choice");
    optional_function(s.condition, "condition");
    duration(s.after, "pause");
    for (const Index f : s.fields) within(f, m_.fields.size(), "field");
    if (s.kind == when) event(s.event);
    if (s.kind == given_row) within(s.event, m_.records.size(), "record");
    if (s.kind == expect_sent) within(s.content, m_.contents.size(), "content");
    if (s.kind == set) found_.require(s.values.size() == 1, "it does not set one field");
    if (s.kind == expect_that) function(s.condition, "condition");
    if (s.kind == expect_chosen) within(s.choice, m_.choices.size(), "choice");
    if (!found_.ok()) return;
    if (s.kind == expect_chosen) within(s.option, m_.choices[s.choice].options.size(), "option");
    values(s.values, s.kind == when        ? m_.events[s.event].fields.size()
                     : s.kind == given_row ? m_.records[s.event].fields.size()
                                           : m_.fields.size());
  }

  void test(const Test& t) {
    name(t.name);
    for (const TestStep& s : t.steps) test_step(s);
    for (const TestCase& c : t.cases) {
      name(c.name);
      values(c.values, m_.fields.size());
      for (const TestStep& s : c.expect) {
        found_.require(s.kind >= TestStep::Kind::expect_sent && s.kind != TestStep::Kind::given_row,
                       "a case does something beyond expecting");
        test_step(s);
      }
    }
  }

  void mixture(const Mixture& m) {
    within(m.field, m_.fields.size(), "field");
    Decimal whole;
    for (const Portion& p : m.portions) {
      function(p.value, "value");
      share(p.share, "share");
      if (!found_.ok()) return;
      const Result<Decimal> sum = add(whole, p.share);
      whole = sum ? *sum : Decimal::from_int(2);
    }
    share(whole, "shares together");
  }

  void simulation(const Simulation& s) {
    name(s.name);
    duration(s.run, "run");
    found_.require(!s.from.empty() || s.contacts <= most_made_up, "it makes up more than {} people", most_made_up);
    for (const Mixture& m : s.like) mixture(m);
    for (const Reaction& r : s.reactions) {
      optional(r.content, m_.contents.size(), "content");
      optional(r.event, m_.events.size(), "event");
      if (r.cause == Reaction::Cause::sent) within(r.content, m_.contents.size(), "content");
      if (r.cause == Reaction::Cause::event) event(r.event);
      event(r.effect);
      share(r.probability, "probability");
      optional_function(r.when, "condition");
      duration(r.within, "delay");
      if (!found_.ok()) return;
      values(r.values, m_.events[r.effect].fields.size());
    }
    for (const Expectation& e : s.expect) {
      optional(e.goal, m_.goals.size(), "goal");
      if (e.goal == none) {
        found_.require(e.content < m_.contents.size(), "its goal is none, and it names no content");
      } else {
        optional(e.content, m_.contents.size(), "content");
      }
      share(e.share, "expected share");
    }
  }

  const Module& m_;
  Findings& found_;
};

}  // namespace

void verify_tables(const Module& module, Findings& findings) {
  Tables(module, findings).all();
}

Result<void> verify(const Module& module) {
  Findings findings;
  verify_tables(module, findings);
  if (findings.ok()) verify_rules(module, findings);
  if (findings.ok()) verify_code(module, findings);
  if (findings.ok()) verify_flow(module, findings);
  return findings.result();
}

}  // namespace fairlead::bytecode
