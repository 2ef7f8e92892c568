// Rules and the heads of workflows, as a disassembly shows them.
#include "runtime/bytecode/listing_rules.hpp"

#include <algorithm>

namespace fairlead::bytecode {
namespace {

std::string effect(const Rule& r) {
  switch (r.effect) {
    case Effect::send: return "send";
    case Effect::generated: return "sending generated";
    case Effect::spend: return "spend";
    case Effect::publish: return "publish";
    case Effect::retract: return "retract";
    case Effect::write: return "write";
    case Effect::action: return "do " + r.action;
  }
  return "?";
}

template <class T>
std::string names(const std::vector<T>& items, const std::vector<Index>& indices) {
  std::string out;
  for (const Index i : indices) out += (out.empty() ? "" : ", ") + name_at(items, i);
  return out;
}

std::string quoted_all(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + quoted(word);
  return out;
}

/// What the rule says, but for its condition; empty where that is a line of its own.
std::string about(const Rule& r) {
  switch (r.kind) {
    case RuleKind::forbid: return r.when == none ? fmt::format("forbid {} always", effect(r)) : "";
    case RuleKind::allow: return r.when == none ? fmt::format("allow {} always", effect(r)) : "";
    case RuleKind::approval: return fmt::format("require approval by {} before {}", r.role, effect(r));
    case RuleKind::closed: return "forbid what no rule allows";
    case RuleKind::limit: return fmt::format("limit {} per {}", r.count, per(r.period, r.window));
    case RuleKind::spend: return fmt::format("limit spend {} per {}", r.amount.to_string(), per(r.period, r.window));
    case RuleKind::moves:
      return fmt::format("limit weight moves {} per {}", r.amount.to_string(), per(r.period, r.window));
    case RuleKind::deciding: return fmt::format("forbid deciding on {}", to_string(r.label));
    case RuleKind::sending: return fmt::format("forbid sending {}", to_string(r.label));
    case RuleKind::goal:
      return fmt::format("require goal with{}{}{} {}", r.baseline ? " baseline" : "", r.target ? " target" : "",
                         r.holdout ? " holdout" : "", r.amount.to_string());
    case RuleKind::explore: return fmt::format("require exploration {}", r.amount.to_string());
    case RuleKind::words: return fmt::format("require {}{}", r.hole ? "hole " : "", quoted_all(r.words));
    case RuleKind::ban: return fmt::format("ban {}", quoted_all(r.words));
    case RuleKind::data: return "require data ready";
    case RuleKind::keep: return fmt::format("keep audit {}", fairlead::to_string(r.window));
  }
  return "?";
}

std::string otherwise(const Rule& r) {
  const std::string up_to = r.up_to == Duration() ? "" : " up to " + fairlead::to_string(r.up_to);
  switch (r.otherwise) {
    case Otherwise::skip: return "skip";
    case Otherwise::defer: return "defer" + up_to;
    case Otherwise::hold: return fmt::format("hold for {}{}", r.hold_for, up_to);
    case Otherwise::stop: return "stop";
  }
  return "?";
}

std::string entry(const Module& m, const Workflow& w, const Entry& e) {
  std::string out;
  switch (e.kind) {
    case Entry::Kind::event:
      for (const Index t : e.triggers) {
        out += out.empty() ? "on " : ", ";
        out += t < w.enter.size() ? name_at(m.events, w.enter[t].event) : fmt::format("?{}", t);
      }
      break;
    case Entry::Kind::segment:
      out = fmt::format("when {}{}", name_at(m.segments, e.segment), e.by_clock ? " by the clock" : "");
      break;
    case Entry::Kind::every:
      out = fmt::format("every {}{}", fairlead::to_string(e.every), e.at ? " at " + fairlead::to_string(*e.at) : "");
      break;
    case Entry::Kind::hand: out = "by hand"; break;
  }
  return e.at_most ? fmt::format("{} at most {}", out, to_string(*e.at_most)) : out;
}

std::string stage(const RolloutStage& s) {
  std::string out = s.shadow ? "shadow" : s.share.to_string();
  if (s.lasts) out += fmt::format(" for {}", fairlead::to_string(*s.lasts));
  if (!s.approval_by.empty()) out += fmt::format(" with approval by {}", s.approval_by);
  if (s.lift) out += fmt::format(" when lift above {} at {}", s.lift->to_string(), s.confidence.to_string());
  return out;
}

}  // namespace

std::string to_string(const Quota& rate) {
  return fmt::format("{} per {}", rate.most.to_string(), per(rate.period, rate.window));
}

void list_rule(Listing& out, const Module& m, const Rule& r) {
  out.line(1, "text {}", quoted(r.text));
  out.line(1, "hash {}", short_hex(r.hash));
  if (!r.channels.empty()) out.line(1, "by {}", names(m.channels, r.channels));
  if (r.workflow != none) out.line(1, "workflow {}", name_at(m.workflows, r.workflow));
  if (!r.transactional) out.line(1, "not for transactional content");
  if (const std::string what = about(r); !what.empty()) out.line(1, "{}", what);
  const std::string verb = r.kind == RuleKind::forbid ? "forbid " : r.kind == RuleKind::allow ? "allow " : "";
  out.function(1, verb + (r.clock_only ? "by the clock when" : "when"), r.when);
  for (const LimitShare& s : r.shares) out.line(1, "share {} {}", name_at(m.workflows, s.workflow), s.count);
  if (r.whole_project) out.line(1, "over all contacts together");
  out.line(1, "otherwise {}", otherwise(r));
  if (r.proved) out.line(1, "proved by looking");
  if (!r.because.empty()) out.line(1, "because {}", quoted(r.because));
  if (!r.waivable_by.empty()) out.line(1, "waivable by {}", r.waivable_by);
}

void list_head(Listing& out, const Module& m, const Workflow& w) {
  if (w.subject != "contact") out.line(1, "for {}", w.subject.empty() ? "nobody" : w.subject);
  for (const Entry& e : w.head.entries) out.line(1, "enter {}", entry(m, w, e));
  if (w.head.budget) out.line(1, "budget {}", to_string(*w.head.budget));
  out.function(1, "pause when", w.head.pause);
  for (const RolloutStage& s : w.head.rollout) out.line(1, "rollout {}", stage(s));
  for (const Waiver& v : w.head.waivers) {
    out.line(
        1, "waive {} until {}{} because {}", name_at(m.rules, v.rule), fairlead::to_string(v.until),
        v.signed_by.empty() ? "" : fmt::format(" signed by {} at {}", v.signed_by, fairlead::to_string(v.signed_at)),
        quoted(v.because));
  }
}

}  // namespace fairlead::bytecode
