// The verifier's fourth part: rules and the heads of workflows. Guards and entries are asked by the engine without a
// further look, so whatever they point to is there, and every share and period is one.
#include <algorithm>
#include <cstdlib>

#include "runtime/bytecode/findings.hpp"
#include "runtime/values/limits.hpp"

namespace fairlead::bytecode {
namespace {

/// More than a person writes, and far from what an addition could overflow.
const Decimal most_money = Decimal::from_int(1'000'000'000'000);

class Rules {
 public:
  Rules(const Module& module, Findings& findings) : m_(module), found_(findings) {}

  void all() {
    for (Index r = 0; r < m_.rules.size() && found_.ok(); ++r) {
      found_.at("rule", r, m_.rules[r].name);
      rule(m_.rules[r]);
    }
    for (Index w = 0; w < m_.workflows.size() && found_.ok(); ++w) {
      found_.at("workflow", w, m_.workflows[w].name);
      head(m_.workflows[w]);
    }
  }

 private:
  void within(Index index, std::size_t size, std::string_view what) {
    found_.require(index < size, "its {} is {} of a table of {}", what,
                   index == none ? std::string("none") : std::to_string(index), size);
  }
  void share(const Decimal& value, std::string_view what) {
    found_.require(value >= Decimal() && value <= Decimal::from_int(1), "its {} is not between 0 and 1", what);
  }
  void amount(const Decimal& value, std::string_view what) {
    found_.require(value >= Decimal() && value <= most_money, "its {} is no sum that is spent", what);
  }
  void duration(Duration value, std::string_view what) {
    found_.require(value >= Duration() && value <= longest, "its {} is not between nothing and ten thousand years",
                   what);
  }

  void rule(const Rule& r) {
    for (const Index c : r.channels) within(c, m_.channels.size(), "channel");
    if (r.workflow != none) within(r.workflow, m_.workflows.size(), "workflow");
    if (r.when != none) within(r.when, m_.functions.size(), "condition");
    duration(r.window, "window");
    duration(r.up_to, "longest delay");
    std::uint64_t kept = 0;
    for (const LimitShare& s : r.shares) {
      within(s.workflow, m_.workflows.size(), "workflow of a share");
      kept += s.count;
    }
    found_.require(kept <= r.count, "its shares come to {} of {}", kept, r.count);
    if (r.kind == RuleKind::spend) {
      amount(r.amount, "amount");
    } else {
      share(r.amount, "share");
    }
    const bool words = r.kind == RuleKind::ban || r.kind == RuleKind::words;
    found_.require(words != r.words.empty(), "it has words where none are wanted, or none where they are");
    found_.require(std::ranges::none_of(r.words, [](const std::string& w) { return w.empty(); }), "a word is empty");
    found_.require((r.kind == RuleKind::approval) != r.role.empty(), "it asks nobody, or somebody without a need");
    found_.require((r.otherwise == Otherwise::hold) != r.hold_for.empty(), "it holds for nobody, or does not hold");
    found_.require((r.effect == Effect::action) != r.action.empty(), "its action is missing, or not wanted");
  }

  void rate(const Quota& r, std::string_view what) {
    amount(r.most, what);
    duration(r.window, "period");
    found_.require(r.period != Period::window || r.window > Duration{}, "its {} is for no time", what);
  }

  void head(const Workflow& w) {
    for (const Entry& e : w.head.entries) entry(w, e);
    if (w.head.budget) rate(*w.head.budget, "budget");
    if (w.head.pause != none) within(w.head.pause, m_.functions.size(), "condition of a pause");
    for (const RolloutStage& s : w.head.rollout) {
      share(s.share, "share of a stage");
      share(s.confidence, "confidence");
      if (s.lift) share(*s.lift, "lift");
      if (s.lasts) duration(*s.lasts, "stage");
    }
    for (const Waiver& v : w.head.waivers) {
      within(v.rule, m_.rules.size(), "waived rule");
      // A day has to have an end, and both have to be shown.
      const std::int64_t until_ms = v.until.day * days(1).ms;
      found_.require(std::abs(until_ms) <= longest_on_record_ms, "a waiver lasts too long");
      found_.require(v.signed_at.ms <= longest_on_record_ms && -longest_on_record_ms <= v.signed_at.ms,
                     "a waiver was signed at no time");
    }
  }

  void entry(const Workflow& w, const Entry& e) {
    for (const Index t : e.triggers) within(t, w.enter.size(), "trigger");
    found_.require((e.kind == Entry::Kind::event) != e.triggers.empty(),
                   "an entry has no trigger, or does not want one");
    if (e.kind == Entry::Kind::segment) within(e.segment, m_.segments.size(), "segment");
    duration(e.every, "interval");
    found_.require(e.kind != Entry::Kind::every || e.every > Duration{}, "it is entered without a pause");
    if (e.at) found_.require(e.at->second >= 0 && e.at->second < 86'400, "it is entered at no time of day");
    if (e.at_most) rate(*e.at_most, "limit of entries");
  }

  const Module& m_;
  Findings& found_;
};

}  // namespace

void verify_rules(const Module& module, Findings& findings) {
  Rules(module, findings).all();
}

}  // namespace fairlead::bytecode
