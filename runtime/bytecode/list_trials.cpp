// Tests and simulations as a disassembly shows them.
#include "runtime/bytecode/listing.hpp"

#include "runtime/values/time.hpp"

namespace fairlead::bytecode {
namespace {

class Trials {
 public:
  Trials(Listing& out, const Module& module) : out_(out), m_(module) {}

  void test(const Test& t) {
    out_.blank();
    out_.line(0, "test {}  ; {}:{}", quoted(t.name), t.file, t.line);
    for (const TestStep& s : t.steps) step(1, s);
    for (const TestCase& c : t.cases) {
      out_.line(1, "case {}  ; line {}", c.name, c.line);
      values(2, c.values, m_.fields);
      for (const TestStep& s : c.expect) step(2, s);
    }
  }

  void simulation(const Simulation& s) {
    out_.blank();
    out_.line(0, "simulate {}  ; {}:{}", quoted(s.name), s.file, s.line);
    out_.line(1, "{} contacts{}, run {}, seed {}", s.contacts, s.from.empty() ? " made up" : " from " + quoted(s.from),
              fairlead::to_string(s.run), s.seed);
    for (const Mixture& m : s.like) {
      for (const Portion& p : m.portions)
        out_.function(2, fmt::format("{} {}", name_at(m_.fields, m.field), p.share.to_string()), p.value);
    }
    for (const Reaction& r : s.reactions) reaction(r);
    for (const Expectation& e : s.expect) {
      const std::string_view bound = e.above ? "above" : "below";
      if (e.goal == none) {
        out_.line(1, "expect sent {} {} {}  ; line {}", name_at(m_.contents, e.content), bound, e.count, e.line);
      } else {
        out_.line(1, "expect {} {} {}  ; line {}", name_at(m_.goals, e.goal), bound, e.share.to_string(), e.line);
      }
    }
  }

 private:
  template <class T>
  void values(int level, const std::vector<Given>& items, const std::vector<T>& table) {
    for (const Given& g : items) out_.function(level, name_at(table, g.field), g.value);
  }

  [[nodiscard]] std::string some(std::string_view word, const auto& table, Index index) const {
    return index == none ? "" : fmt::format(" {} {}", word, name_at(table, index));
  }

  void reaction(const Reaction& r) {
    const std::string cause = r.cause == Reaction::Cause::arrival ? "arrival"
                              : r.cause == Reaction::Cause::sent  ? "sent " + name_at(m_.contents, r.content)
                                                                  : name_at(m_.events, r.event);
    out_.line(1, "{} leads to {} {} within {}", cause, name_at(m_.events, r.effect), r.probability.to_string(),
              fairlead::to_string(r.within));
    if (r.effect < m_.events.size()) values(2, r.values, m_.events[r.effect].fields);
    out_.function(2, "when", r.when);
  }

  void step(int level, const TestStep& s) {
    using enum TestStep::Kind;
    const std::string_view expect = s.negated ? "expect not" : "expect";
    switch (s.kind) {
      case given: out_.line(level, "given  ; line {}", s.line); return values(level + 1, s.values, m_.fields);
      case given_row:
        out_.line(level, "given {}  ; line {}", name_at(m_.records, s.event), s.line);
        if (s.event < m_.records.size()) values(level + 1, s.values, m_.records[s.event].fields);
        return;
      case set: out_.line(level, "set  ; line {}", s.line); return values(level + 1, s.values, m_.fields);
      case after: return out_.line(level, "after {}  ; line {}", fairlead::to_string(s.after), s.line);
      case when:
        out_.line(level, "when {}{}  ; line {}", name_at(m_.events, s.event), some("of", m_.contents, s.of_content),
                  s.line);
        if (s.event < m_.events.size()) values(level + 1, s.values, m_.events[s.event].fields);
        return;
      case expect_sent:
        return out_.line(level, "{} sent {}{}{}  ; line {}", expect, name_at(m_.contents, s.content),
                         some("by", m_.channels, s.channel), s.times == 0 ? "" : fmt::format(" {} times", s.times),
                         s.line);
      case expect_nothing_sent:
        return out_.line(level, "expect nothing sent{}  ; line {}", some("by", m_.channels, s.channel), s.line);
      case expect_left:
      case expect_entered:
        return out_.line(level, "{} {} {}  ; line {}", expect, s.kind == expect_left ? "left" : "entered",
                         s.workflow == none ? "any" : name_at(m_.workflows, s.workflow), s.line);
      case expect_chosen:
        return out_.line(level, "{} option {} of {}  ; line {}", expect,
                         s.choice < m_.choices.size() ? name_at(m_.choices[s.choice].options, s.option) : "?",
                         name_at(m_.choices, s.choice), s.line);
      case expect_that:
        out_.line(level, "expect {}  ; line {}", quoted(s.text), s.line);
        return out_.function(level + 1, "condition", s.condition);
    }
  }

  Listing& out_;
  const Module& m_;
};

}  // namespace

void list_trials(Listing& out, const Module& module) {
  Trials trials(out, module);
  for (const Test& t : module.tests) trials.test(t);
  for (const Simulation& s : module.simulations) trials.simulation(s);
}

}  // namespace fairlead::bytecode
