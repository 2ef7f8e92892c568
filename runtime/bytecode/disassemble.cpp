// A module for a person, beside the source: its tables in their own order, and every function where it is used. Only
// names and numbers of the module appear, so the same module always reads the same.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/listing.hpp"

namespace fairlead::bytecode {
namespace {

std::string_view to_string(Period period) {
  switch (period) {
    case Period::window: return "window";
    case Period::day: return "day";
    case Period::week: return "week";
    case Period::month: return "month";
  }
  return "?";
}

class Disassembly {
 public:
  explicit Disassembly(const Module& module) : m_(module), out_(module) {}

  std::string all() {
    header();
    fields();
    events();
    for (const Counter& c : m_.counters) counter(c);
    for (const Segment& s : m_.segments) {
      section("segment {}", s.name);
      out_.function(1, "when", s.when);
    }
    for (const Goal& g : m_.goals) goal(g);
    for (const Channel& c : m_.channels) channel(c);
    for (const Content& c : m_.contents) content(c);
    for (const Rule& r : m_.rules) rule(r);
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

  void fields() {
    section("contact");
    for (const Field& f : m_.fields) {
      std::string flags;
      const auto flag = [&flags](bool set, std::string_view name) {
        if (set) flags.append(" ").append(name);
      };
      flag(f.key, "key");
      flag(f.personal, "personal");
      flag(f.zone, "zone");
      flag(f.country, "country");
      flag(f.fixed, "fixed");
      out_.line(1, "{}: {}{}  ; id {:08x}", f.name, fairlead::to_string(f.type), flags, f.id);
      out_.function(2, "initial", f.initial);
    }
  }

  static std::string list(const std::vector<EventField>& fields) {
    std::vector<std::string> result;
    for (const EventField& f : fields) result.push_back(f.name + ": " + fairlead::to_string(f.type));
    return fmt::format("{}", fmt::join(result, ", "));
  }

  void events() {
    section("events");
    for (const EventType& e : m_.events) {
      const std::string fields = e.fields.empty() ? "" : fmt::format(" {{ {} }}", list(e.fields));
      out_.line(1, "{}{}{}", e.name, fields, e.of_message ? " of a message" : "");
    }
  }

  void counter(const Counter& c) {
    section("counter {}", quoted(c.key));
    out_.line(1, "of {}, last {}  ; id {:08x}", name_at(m_.events, c.event), fairlead::to_string(c.window), c.id);
    out_.function(1, "where", c.where, {{c.event}});
  }

  void goal(const Goal& g) {
    section("goal {}", g.name);
    out_.line(1, "reach {} within {}", name_at(m_.events, g.event), fairlead::to_string(g.within));
    out_.function(1, "where", g.where, {{g.event}});
    if (g.worth) out_.line(1, "worth {}", g.worth->to_string());
    if (g.baseline) out_.line(1, "baseline {}", g.baseline->to_string());
    if (g.target) out_.line(1, "target {}", g.target->to_string());
    out_.line(1, "holdout {}", g.holdout.to_string());
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
      for (const Slot& s : v.slots) out_.function(2, s.name, s.text, {{}, &c});
    }
  }

  void rule(const Rule& r) {
    section("rule {}  ; {}:{}", r.name, r.file, r.line);
    out_.line(1, "text {}", quoted(r.text));
    out_.line(1, "hash {}", short_hex(r.hash));
    if (r.channel != none) out_.line(1, "by {}", name_at(m_.channels, r.channel));
    if (r.workflow != none) out_.line(1, "workflow {}", name_at(m_.workflows, r.workflow));
    if (!r.transactional) out_.line(1, "not for transactional content");
    if (r.kind == RuleKind::limit) {
      const std::string per =
          r.period == Period::window ? fairlead::to_string(r.window) : std::string(to_string(r.period));
      out_.line(1, "limit {} per {}", r.count, per);
    } else {
      out_.function(1, r.clock_only ? "forbid by the clock when" : "forbid when", r.when);
      if (r.when == none) out_.line(1, "forbid always");
    }
    if (r.otherwise == Otherwise::skip) {
      out_.line(1, "otherwise skip");
    } else if (r.defer_up_to == Duration()) {
      out_.line(1, "otherwise defer");
    } else {
      out_.line(1, "otherwise defer up to {}", fairlead::to_string(r.defer_up_to));
    }
    if (!r.because.empty()) out_.line(1, "because {}", quoted(r.because));
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
    }
    return around;
  }

  void workflow(const Workflow& w) {
    section("workflow {}  ; {}:{}", w.name, w.file, w.line);
    if (!w.owner.empty()) out_.line(1, "owner {}", quoted(w.owner));
    if (w.goal != none) out_.line(1, "toward {}", name_at(m_.goals, w.goal));
    triggers("enter on", w.enter);
    triggers("leave on", w.leave_on);
    const Around around = bindings(w);
    for (const Index f : w.leave_when) out_.function(1, "leave when", f, around);
    if (w.again) out_.line(1, "again after {}", fairlead::to_string(*w.again));
    if (!w.rules.empty()) out_.line(1, "rules {}", names(m_.rules, w.rules));
    out_.line(1, "bindings {}", w.bindings);
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
      out_.line(2, "{} by {}", name_at(m_.contents, s.content), name_at(m_.channels, s.channel));
    }
    for (const Index a : s.arguments) out_.function(2, "argument", a, around);
    if (s.field != none) out_.line(2, "contact.{}", name_at(m_.fields, s.field));
    out_.function(2, "value", s.value, around);
    for (const Arm& a : s.arms) arm(a, around);
    if (s.choice < m_.choices.size()) choice(m_.choices[s.choice], around);
    if (s.kind == StepKind::branch || s.kind == StepKind::wait_event) {
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
      out_.line(3, "option {}{}: {}", o.name, o.start ? " start " + o.start->to_string() : "", target(o.first));
      out_.function(4, "when", o.when, around);
    }
  }

  const Module& m_;
  Listing out_;
};

}  // namespace

std::string disassemble(const Module& module) {
  return Disassembly(module).all();
}

}  // namespace fairlead::bytecode
