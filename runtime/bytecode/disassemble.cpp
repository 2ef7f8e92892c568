// A module for a person, beside the source: its tables in their own order, and every function where it is used. Only
// names and numbers of the module appear, so the same module always reads the same.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/listing_rules.hpp"

namespace fairlead::bytecode {
namespace {

class Disassembly {
 public:
  explicit Disassembly(const Module& module) : m_(module), out_(module) {}

  std::string all() {
    header();
    section("contact");
    fields(m_.fields);
    events();
    for (const RecordType& r : m_.records) {
      section("record {}", r.name);
      fields(r.fields);
    }
    for (const Counter& c : m_.counters) counter(c);
    for (const Rate& r : m_.rates) {
      section("rate {}", quoted(r.key));
      out_.line(1, "of {} per {}, last {}", name_at(m_.events, r.event),
                r.per == none ? "sent" : name_at(m_.events, r.per), fairlead::to_string(r.window));
    }
    for (const Score& s : m_.scores) score(s);
    for (const Points& p : m_.points) {
      section("points {}", p.name);
      out_.function(1, "value", p.value);
    }
    if (!m_.releases.empty()) releases();
    for (const Segment& s : m_.segments) {
      section("segment {}", s.name);
      out_.function(1, "when", s.when);
    }
    for (const Goal& g : m_.goals) goal(g);
    for (const Channel& c : m_.channels) channel(c);
    for (const Content& c : m_.contents) content(c);
    for (const Model& m : m_.models) model(m);
    for (const Rule& r : m_.rules) rule(r);
    for (const Role& r : m_.roles) section("role {}: {}", r.name, fmt::join(r.members, ", "));
    for (const Team& t : m_.teams) team(t);
    for (const Action& a : m_.actions) action(a);
    for (const Connector& c : m_.connectors) connector(c);
    for (const Workflow& w : m_.workflows) workflow(w);
    list_trials(out_, m_);
    return out_.take();
  }

 private:
  template <class... Args>
  void section(fmt::format_string<Args...> text, Args&&... args) {
    out_.blank();
    out_.line(0, text, std::forward<Args>(args)...);
  }

  template <class T>
  static std::string names(const std::vector<T>& items, const std::vector<Index>& indices) {
    std::vector<std::string> result;
    for (const Index i : indices) result.push_back(name_at(items, i));
    return fmt::format("{}", fmt::join(result, ", "));
  }

  [[nodiscard]] std::string target(Index step) const {
    if (step == none) return "end";
    return fmt::format("step {}", step);
  }

  void header() {
    out_.line(0, "project {}", m_.project);
    out_.line(1, "zone {}", m_.zone);
    out_.line(1, "currency {}", m_.currency);
    out_.line(1, "format {}", format_version);
    for (const SourceFile& s : m_.sources) out_.line(1, "source {}", s.path);
  }

  void fields(const std::vector<Field>& all) {
    for (const Field& f : all) {
      std::string flags;
      const auto flag = [&flags](bool set, std::string_view name) {
        if (set) flags.append(" ").append(name);
      };
      flag(f.key, "key");
      flag(!f.labels.empty(), to_string(f.labels));
      flag(f.zone, "zone");
      flag(f.country, "country");
      flag(f.fixed, "fixed");
      if (f.complete) flags += fmt::format(" complete {}", f.complete->to_string());
      if (f.fresh) flags += fmt::format(" fresh {}", fairlead::to_string(*f.fresh));
      out_.line(1, "{}: {}{}  ; id {:08x}", f.name, fairlead::to_string(f.type), flags, f.id);
      out_.function(2, "initial", f.initial);
    }
  }

  static std::string list(const std::vector<EventField>& fields) {
    std::vector<std::string> result;
    for (const EventField& f : fields) {
      const std::string labels = f.labels.empty() ? "" : " " + to_string(f.labels);
      result.push_back(f.name + ": " + fairlead::to_string(f.type) + labels);
    }
    return fmt::format("{}", fmt::join(result, ", "));
  }

  void events() {
    section("events");
    for (const EventType& e : m_.events) {
      const std::string fields = e.fields.empty() ? "" : fmt::format(" {{ {} }}", list(e.fields));
      out_.line(1, "{}{}{}{}", e.name, fields, e.of_message ? " of a message" : "",
                e.of_contact ? "" : " not of the contact");
    }
  }

  void counter(const Counter& c) {
    section("counter {}", quoted(c.key));
    const std::string of = c.event == none ? "anything from the contact" : name_at(m_.events, c.event);
    const std::string field =
        c.field == none || c.event >= m_.events.size() ? "" : "." + name_at(m_.events[c.event].fields, c.field);
    if (c.kind == CounterKind::last) {
      out_.line(1, "the last {}{}  ; id {:08x}", of, field, c.id);
    } else {
      out_.line(1, "{}{}{}, last {}  ; id {:08x}", c.kind == CounterKind::sum ? "sum of " : "of ", of, field,
                fairlead::to_string(c.window), c.id);
    }
    out_.function(1, "where", c.where, {{c.event}});
  }

  void goal(const Goal& g) {
    section("goal {}", g.name);
    const std::string sum =
        g.sum == none || g.event >= m_.events.size() ? "" : "." + name_at(m_.events[g.event].fields, g.sum);
    out_.line(1, "reach {}{}{} within {}", sum.empty() ? "" : "sum ", name_at(m_.events, g.event), sum,
              fairlead::to_string(g.within));
    out_.function(1, "where", g.where, {{g.event}});
    if (g.worth) out_.line(1, "worth {}", g.worth->to_string());
    if (g.baseline) out_.line(1, "baseline {}", g.baseline->to_string());
    if (g.target) out_.line(1, "target {}", g.target->to_string());
    out_.line(1, "holdout {}", g.holdout.to_string());
    for (const GuardMetric& guard : g.without)
      out_.line(1, "without {} above {}", name_at(m_.events, guard.event), guard.above.to_string());
  }

  void score(const Score& s) {
    section("score {}  ; {}:{}", s.name, s.file, s.line);
    out_.line(1, "predict {} within {}", name_at(m_.events, s.event), fairlead::to_string(s.within));
    out_.function(1, "where", s.where, {{s.event}});
    for (const Feature& f : s.features) {
      out_.line(1, "feature {}: {}", f.name, fairlead::to_string(f.type));
      out_.function(2, "value", f.value);
    }
    for (const Band& b : s.bands) out_.line(1, "band {}{}", b.name, b.below ? " below " + b.below->to_string() : "");
  }

  void releases() {
    section("released");
    for (const Release& r : m_.releases) {
      out_.line(1, "{} {} because {}  ; {}:{}", to_string(r.labels), quoted(r.text), quoted(r.because), r.file, r.line);
    }
  }

  void channel(const Channel& c) {
    section("channel {}", c.name);
    out_.line(1, "to {}", name_at(m_.fields, c.to));
    out_.line(1, "consent {}", name_at(m_.fields, c.consent));
    if (!c.withdrawn_on.empty()) out_.line(1, "withdrawn on {}", names(m_.events, c.withdrawn_on));
    if (!c.reports.empty()) out_.line(1, "reports {}", names(m_.events, c.reports));
    out_.line(1, "cost {}", c.cost.to_string());
  }

  void content(const Content& c) {
    section("content {}({}){}", c.name, list(c.parameters), c.transactional ? " transactional" : "");
    for (const Variant& v : c.variants) {
      out_.line(1, "{}", name_at(m_.channels, v.channel));
      for (const Slot& s : v.slots) slot(c, s);
    }
  }

  void slot(const Content& c, const Slot& s) {
    const Around around{{}, &c};
    if (!s.one_of.empty()) out_.line(2, "{} one of", s.name);
    for (const SlotText& t : s.one_of) out_.function(3, t.name, t.text, around);
    if (s.generated) {
      const std::string most = s.generated->at_most == 0 ? "" : fmt::format(", at most {}", s.generated->at_most);
      out_.line(2, "{} written by {}{}, otherwise the text below", s.name, name_at(m_.models, s.generated->model),
                most);
      out_.function(3, "prompt", s.generated->prompt, around);
    }
    out_.function(2, s.name, s.text, around);
  }

  void model(const Model& m) {
    section("model {}", m.name);
    out_.line(1, "connector {}, name {}, version {}", m.connector, quoted(m.provider_name), quoted(m.version));
  }

  void rule(const Rule& r) {
    section("rule {}  ; {}:{}", r.name, r.file, r.line);
    list_rule(out_, m_, r);
  }

  void team(const Team& t) {
    section("team {}", t.name);
    for (const Member& m : t.members) {
      out_.line(1, "{} capacity {} per {}", m.address, m.capacity, per(m.per, m.within));
      out_.function(2, "when", m.when);
    }
  }

  void action(const Action& a) {
    const std::string returns = a.returns.empty() ? "" : fmt::format(" returns {{ {} }}", list(a.returns));
    section("action {}({}){} effect {}", a.name, list(a.parameters), returns, to_string(a.effect));
    Around around;
    around.parameters = &a.parameters;
    out_.function(1, "amount", a.amount, around);
  }

  void pairs(std::string_view word, const std::vector<Pair>& items, const Around& around) {
    for (const Pair& p : items) out_.function(2, fmt::format("{} {}", word, quoted(p.name)), p.value, around);
  }

  void connector(const Connector& c) {
    section("connector {}  ; {}:{}", c.name, c.file, c.line);
    if (!c.channels.empty()) out_.line(1, "for channel {}", names(m_.channels, c.channels));
    if (!c.actions.empty()) out_.line(1, "for action {}", names(m_.actions, c.actions));
    if (!c.secrets.empty()) out_.line(1, "secret {}", fmt::join(c.secrets, ", "));
    Around around;
    around.parameters = &c.inputs;
    out_.line(1, "{}  ; line {}", to_string(c.request.method), c.request.line);
    out_.function(2, "address", c.request.address, around);
    for (const Index f : c.request.credentials)
      out_.function(2, c.request.credentials.size() == 1 ? "bearer" : "basic", f, around);
    pairs("header", c.request.headers, around);
    pairs("query", c.request.query, around);
    pairs("form", c.request.form, around);
    pairs("json", c.request.json, around);
    for (const Answer& a : c.request.answers) out_.line(2, "answer {} at {}", a.name, quoted(a.path));
    if (!c.request.idempotency_header.empty())
      out_.line(2, "idempotency header {}", quoted(c.request.idempotency_header));
    if (!c.retry_on.empty()) out_.line(1, "retry on {} up to {} times", fmt::join(c.retry_on, ", "), c.retries);
    if (c.rate != 0) out_.line(1, "at most {} per {}", c.rate, fairlead::to_string(c.rate_window));
    for (const Receive& r : c.receives) receive(r);
  }

  void receive(const Receive& r) {
    out_.line(1, "receive {} verified by {} in {} with {}", quoted(r.path),
              r.digest == Digest::sha1 ? "sha1" : "sha256", quoted(r.header), r.secret);
    for (std::size_t i = 0; i < r.fields.size(); ++i) out_.line(2, "parameter {} is {}", i, quoted(r.fields[i]));
    for (const Callback& callback : r.callbacks) {
      out_.line(2, "{} for {}", name_at(m_.events, callback.event), quoted(callback.message));
      out_.function(3, "when", callback.when);
    }
  }

  void triggers(std::string_view word, const std::vector<Trigger>& items) {
    for (const Trigger& t : items) {
      out_.line(1, "{} {}", word, name_at(m_.events, t.event));
      out_.function(2, "where", t.where, {{t.event}});
    }
  }

  /// Which event each binding holds, as far as it is one and the same on all ways.
  [[nodiscard]] Around bindings(const Workflow& w) const {
    constexpr std::uint32_t most = 256;  // what an instruction can name
    Around around;
    around.bound.assign(std::min(w.bindings, most), none);
    around.records = around.bound;
    std::vector<bool> several(around.bound.size());
    const auto bind = [&](Index number, Index event) {
      if (number >= around.bound.size() || several[number]) return;
      several[number] = around.bound[number] != none && around.bound[number] != event;
      around.bound[number] = several[number] ? none : event;
    };
    for (const Trigger& t : w.enter) bind(0, t.event);
    for (const Index s : w.steps) {
      if (s >= m_.steps.size()) continue;
      for (const Arm& a : m_.steps[s].arms) bind(a.bind, a.event);
      if (m_.steps[s].bind < around.records.size()) around.records[m_.steps[s].bind] = record_of(m_.steps[s]);
    }
    return around;
  }

  [[nodiscard]] Index record_of(const Step& s) const {
    return s.allocation < m_.allocations.size() ? m_.allocations[s.allocation].record : s.record;
  }

  void workflow(const Workflow& w) {
    section("workflow {}  ; {}:{}", w.name, w.file, w.line);
    if (!w.owner.empty()) out_.line(1, "owner {}", quoted(w.owner));
    if (w.goal != none) out_.line(1, "toward {}", name_at(m_.goals, w.goal));
    list_head(out_, m_, w);
    triggers("enter on", w.enter);
    triggers("leave on", w.leave_on);
    const Around around = bindings(w);
    for (const Index f : w.leave_when) out_.function(1, "leave when", f, around);
    if (w.again) out_.line(1, "again after {}", fairlead::to_string(*w.again));
    if (!w.rules.empty()) out_.line(1, "rules {}", names(m_.rules, w.rules));
    out_.line(1, "bindings {}", w.bindings);
    if (w.locals != 0) out_.line(1, "keeps {} values", w.locals);
    out_.line(1, "first {}", target(w.first));
    for (const Index s : w.steps) {
      if (s >= m_.steps.size()) {
        out_.line(1, "step ?{}", s);
      } else {
        step(s, m_.steps[s], around);
      }
    }
  }

  void step(Index index, const Step& s, const Around& around) {
    out_.line(1, "step {}  {}  {}  ; line {}", index, to_string(s.kind), s.key, s.line);
    if (s.content != none) {
      const std::string by = s.best.empty() ? name_at(m_.channels, s.channel) : "best of " + names(m_.channels, s.best);
      out_.line(2, "{} by {}", name_at(m_.contents, s.content), by);
    }
    if (s.action != none) out_.line(2, "{}", name_at(m_.actions, s.action));
    if (s.role != none) {
      out_.line(2, "by {} up to {}", name_at(m_.roles, s.role), fairlead::to_string(s.within));
      out_.line(2, "covers step {}", fmt::join(s.covered, ", "));
    }
    if (s.team != none) out_.line(2, "to {} by {}", name_at(m_.teams, s.team), to_string(s.by));
    if (s.local != none) out_.line(2, "keeps it as value {}", s.local);
    if (s.best_hour) {
      out_.line(2, "at best hour between {} and {}", fairlead::to_string(s.best_hour->from),
                fairlead::to_string(s.best_hour->to));
    }
    if (s.kind == StepKind::repeat) out_.line(2, "up to {} times every {}", s.times, fairlead::to_string(s.every));
    if (s.workflow != none) out_.line(2, "workflow {}", name_at(m_.workflows, s.workflow));
    if (s.record != none) out_.line(2, "record {} as {}", name_at(m_.records, s.record), s.bind);
    for (const Index a : s.arguments) out_.function(2, "argument", a, around);
    if (s.field != none) out_.line(2, "contact.{}", name_at(m_.fields, s.field));
    out_.function(2,
                  s.kind == StepKind::repeat     ? "until"
                  : s.kind == StepKind::for_each ? "where"
                                                 : "value",
                  s.value, around);
    for (const Arm& a : s.arms) arm(a, around);
    if (s.choice < m_.choices.size()) choice(m_.choices[s.choice], around);
    if (s.split < m_.splits.size()) split(m_.splits[s.split]);
    if (s.plan < m_.plans.size()) plan(m_.plans[s.plan], around);
    if (s.allocation < m_.allocations.size()) allocation(m_.allocations[s.allocation], around);
    if (s.kind == StepKind::repeat || s.kind == StepKind::for_each) {
      out_.line(2, "each round {}", target(s.next));
      return out_.line(2, "then {}", target(s.otherwise));
    }
    if (s.kind == StepKind::branch || s.kind == StepKind::wait_event || s.kind == StepKind::approve) {
      out_.line(2, "otherwise {}", target(s.otherwise));
    }
    out_.line(2, "next {}", target(s.next));
  }

  void arm(const Arm& a, const Around& around) {
    const std::string of = a.of_content == none ? "" : " of " + name_at(m_.contents, a.of_content);
    const std::string bound = a.bind == none ? "" : fmt::format(" as event {}", a.bind);
    out_.line(2, "for {}{}{}: {}", name_at(m_.events, a.event), of, bound, target(a.first));
    out_.function(3, "where", a.where, around);
  }

  void choice(const Choice& c, const Around& around) {
    out_.line(2, "choice {} toward {}, explore {}", c.key, name_at(m_.goals, c.goal), c.explore.to_string());
    for (const Feature& f : c.features) {
      out_.line(3, "feature {}: {}", f.name, fairlead::to_string(f.type));
      out_.function(4, "value", f.value, around);
    }
    for (const Option& o : c.options) {
      std::string shares = o.start ? " start " + o.start->to_string() : "";
      if (o.at_least > Decimal()) shares += " at least " + o.at_least.to_string();
      if (o.at_most) shares += " at most " + o.at_most->to_string();
      out_.line(3, "option {}{}: {}", o.name, shares, target(o.first));
      out_.function(4, "when", o.when, around);
    }
    if (c.half_life) out_.line(3, "forget with half-life {}", fairlead::to_string(*c.half_life));
    if (c.move) pace(*c.move);
  }

  static std::string approved(const std::string& role) { return role.empty() ? "" : " with approval by " + role; }

  void pace(const Pace& p) {
    out_.line(3, "move at most {} per {}{}", p.share.to_string(), per(p.period, p.window),
              p.approval.empty() ? "" : approved(p.approval) + " beyond");
  }

  void split(const Split& s) {
    out_.line(2, "split {} toward {}", s.key, name_at(m_.goals, s.goal));
    for (const SplitVariant& v : s.variants) {
      out_.line(3, "variant {} {}: {}", v.name, v.share.to_string(), target(v.first));
    }
    if (s.adopt) out_.line(3, "adopt when sure{}", approved(s.approval));
  }

  void plan(const Plan& p, const Around& around) {
    out_.line(2, "plan {} toward {}", p.key, name_at(m_.goals, p.goal));
    out_.line(3, "at most {} plays, at least {} apart, within {}", p.most, fairlead::to_string(p.apart),
              fairlead::to_string(p.within));
    for (const Stage& s : p.stages) {
      out_.line(3, "stage {}", s.name);
      out_.function(4, "when", s.when, around);
    }
    for (const Play& q : p.plays) {
      const std::string in = q.stages.empty() ? "" : " in " + names(p.stages, q.stages);
      out_.line(3, "play {}{}{}: {}", q.name, in, approved(q.approval), target(q.first));
      out_.function(4, "when", q.when, around);
    }
  }

  void allocation(const Allocation& a, const Around& around) {
    out_.line(2, "allocate {} per {} across {} toward {}", a.amount.to_string(), per(a.period, a.window),
              name_at(m_.records, a.record), name_at(m_.goals, a.goal));
    out_.function(3, "where", a.where, around);
    out_.line(3, "each between {} and {}", a.least.to_string(), a.most.to_string());
    if (a.move) pace(*a.move);
  }

  const Module& m_;
  Listing out_;
};

}  // namespace

std::string disassemble(const Module& module) {
  return Disassembly(module).all();
}

}  // namespace fairlead::bytecode
