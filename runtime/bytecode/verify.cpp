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
    each("segment", m_.segments, [this](const Segment& s) { segment(s); });
    each("goal", m_.goals, [this](const Goal& g) { goal(g); });
    each("channel", m_.channels, [this](const Channel& c) { channel(c); });
    each("content", m_.contents, [this](const Content& c) { content(c); });
    each("rule", m_.rules, [this](const Rule& r) { rule(r); });
    each("choice", m_.choices, [this](const Choice& c) { choice(c); });
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
    event(c.event);
    optional_function(c.where, "condition");
    duration(c.window, "window");
  }

  void goal(const Goal& g) {
    name(g.name);
    event(g.event);
    optional_function(g.where, "condition");
    duration(g.within, "window");
    share(g.holdout, "holdout");
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
      for (const Slot& s : v.slots) {
        name(s.name);
        function(s.text, "text");
      }
    }
  }

  void rule(const Rule& r) {
    name(r.name);
    optional(r.channel, m_.channels.size(), "channel");
    optional(r.workflow, m_.workflows.size(), "workflow");
    optional_function(r.when, "condition");
    duration(r.window, "window");
    duration(r.defer_up_to, "longest delay");
  }

  void choice(const Choice& c) {
    name(c.key);
    within(c.goal, m_.goals.size(), "goal");
    for (const Feature& f : c.features) {
      name(f.name);
      function(f.value, "feature");
      type(f.type, 0);
    }
    for (const Option& o : c.options) {
      name(o.name);
      optional_function(o.when, "condition");
      if (o.start) share(*o.start, "start");
      optional(o.first, m_.steps.size(), "first step");
    }
    share(c.explore, "exploration");
    const auto floors = multiply(c.explore, Decimal::from_int(static_cast<std::int64_t>(c.options.size())));
    found_.require(floors && *floors <= Decimal::from_int(1), "its exploration leaves its options more than the whole");
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
  }

  void values(const std::vector<Given>& items, std::size_t fields_there) {
    for (const Given& g : items) {
      within(g.field, fields_there, "field");
      function(g.value, "value");
    }
  }

  void test_step(const TestStep& s) {
    using enum TestStep::Kind;
    optional(s.event, m_.events.size(), "event");
    optional(s.of_content, m_.contents.size(), "content");
    optional(s.workflow, m_.workflows.size(), "workflow");
    optional(s.content, m_.contents.size(), "content");
    optional(s.channel, m_.channels.size(), "channel");
    optional(s.choice, m_.choices.size(), "choice");
    optional_function(s.condition, "condition");
    duration(s.after, "pause");
    for (const Index f : s.fields) within(f, m_.fields.size(), "field");
    if (s.kind == when) event(s.event);
    if (s.kind == expect_sent) within(s.content, m_.contents.size(), "content");
    if (s.kind == set) found_.require(s.values.size() == 1, "it does not set one field");
    if (s.kind == expect_that) function(s.condition, "condition");
    if (s.kind == expect_chosen) within(s.choice, m_.choices.size(), "choice");
    if (!found_.ok()) return;
    if (s.kind == expect_chosen) within(s.option, m_.choices[s.choice].options.size(), "option");
    values(s.values, s.kind == when ? m_.events[s.event].fields.size() : m_.fields.size());
  }

  void test(const Test& t) {
    name(t.name);
    for (const TestStep& s : t.steps) test_step(s);
    for (const TestCase& c : t.cases) {
      name(c.name);
      values(c.values, m_.fields.size());
      for (const TestStep& s : c.expect) {
        found_.require(s.kind >= TestStep::Kind::expect_sent, "a case does something beyond expecting");
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
  if (findings.ok()) verify_code(module, findings);
  if (findings.ok()) verify_flow(module, findings);
  return findings.result();
}

}  // namespace fairlead::bytecode
