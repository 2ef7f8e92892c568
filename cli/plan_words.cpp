// What a new version changes, as sentences.
#include "cli/plan_words.hpp"

#include <fmt/format.h>

#include "cli/shown.hpp"

namespace fairlead::cli {

namespace {

using engine::Around;
using engine::Following;
using engine::Plan;
using engine::RulePlan;
using engine::StepChange;
using engine::WeightPlan;
using engine::WorkflowPlan;
using engine::WorstCase;

std::string joined(const std::vector<std::string>& parts, std::string_view last = "and") {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? fmt::format(" {} ", last) : ", ";
    out += parts[i];
  }
  return out;
}

std::string_view are(std::uint64_t n) {
  return n == 1 ? "is" : "are";
}
std::string_view go(std::uint64_t n) {
  return n == 1 ? "goes on" : "go on";
}

/// Keys of steps without the workflow's name, wherever a sentence has one.
std::string shortened(std::string text, const std::string& workflow) {
  const std::string long_key = "`" + workflow + "/";
  for (std::size_t at = text.find(long_key); at != std::string::npos; at = text.find(long_key, at + 1))
    text.erase(at + 1, workflow.size() + 1);
  return text;
}

std::string place(const StepChange& change, const std::string& file) {
  const std::string step = fmt::format("`{}`", short_step(change.key));
  switch (change.kind) {
    case StepChange::Kind::added: return fmt::format("+ {} ({}:{}) is new", step, file, change.line);
    case StepChange::Kind::removed: return fmt::format("- {} is gone", step);
    case StepChange::Kind::changed:
      return fmt::format("~ {} ({}:{}): {} changed", step, file, change.line, joined(change.what));
    case StepChange::Kind::reordered:
      return fmt::format("~ {} ({}:{}) stands elsewhere among the others", step, file, change.line);
  }
  return step;
}

std::string counted(const Around& around) {
  std::vector<std::string> parts;
  if (around.before > 0) parts.push_back(fmt::format("{} before it", around.before));
  if (around.at > 0) parts.push_back(fmt::format("{} at it", around.at));
  if (around.past > 0) parts.push_back(fmt::format("{} past it", around.past));
  return parts.empty() ? "" : "; " + joined(parts, "and");
}

std::string money(const Decimal& amount, const std::string& currency) {
  return fmt::format("{} {}", amount.to_string(), currency);
}

class Words {
 public:
  Words(const Plan& plan, const std::string& together) : plan_(plan), together_(together) {}

  std::string all() {
    for (const WorkflowPlan& workflow : plan_.workflows) one(workflow);
    rules();
    proofs();
    waivers();
    segments();
    history();
    const std::string weights = weight_words(plan_);
    if (!weights.empty()) {
      line("");
      out_ += weights;
    }
    line("");
    line(
        "Most messages and money are those of one pass, by the longest way there is; rules and limits only make it "
        "less.");
    line("What all workflows together send one person, and cost, before any rule holds something back: {}.", together_);
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void one(const WorkflowPlan& w) {
    line("");
    const bool for_nobody = w.subject.empty();
    const std::string where = fmt::format("{} ({}:{})", w.name, w.file, w.line);
    switch (w.kind) {
      case WorkflowPlan::Kind::added: line("{}: new", where); break;
      case WorkflowPlan::Kind::removed: line("{}: gone, so nobody enters it any more", w.name); break;
      case WorkflowPlan::Kind::unchanged: line("{}: unchanged", where); break;
      case WorkflowPlan::Kind::changed: line("{}: changed", where); break;
    }
    for (const std::string& what : w.changes.head) line("  ~ {} changed", what);
    // Versions that differ from the new one in the same steps are told together.
    std::vector<Around> around(w.changes.steps.size());
    for (const Following& following : w.following) {
      if (following.same || following.changes != w.changes.steps) continue;
      for (std::size_t i = 0; i < around.size(); ++i) {
        around[i].before += following.around[i].before;
        around[i].at += following.around[i].at;
        around[i].past += following.around[i].past;
      }
    }
    for (std::size_t i = 0; i < w.changes.steps.size(); ++i)
      line("  {}{}", place(w.changes.steps[i], w.file), counted(around[i]));
    if (w.kind == WorkflowPlan::Kind::changed && w.changes.head.empty() && w.changes.steps.empty())
      line("  ~ where its steps lead");
    for (const Following& following : w.following) people_in(w, following, for_nobody);
    if (w.following.empty() && w.kind != WorkflowPlan::Kind::added) line("  nobody is in it");
    worst(w);
  }

  void people_in(const WorkflowPlan& w, const Following& f, bool for_nobody) {
    const std::uint64_t n = f.passes;
    const std::string who = people(n, for_nobody);
    if (f.same) {
      line("  {} {} in it by version {}, and its steps are the same for them", who, are(n), f.version);
      return;
    }
    line("  {} {} in it by version {}", who, are(n), f.version);
    // Seen from an older version other steps may be new, changed or gone: they are told by themselves.
    if (f.changes != w.changes.steps) {
      for (std::size_t i = 0; i < f.changes.size(); ++i)
        line("    {}{}", place(f.changes[i], w.file), counted(f.around[i]));
    }
    line("    stay   {} {} in version {}", n, go(n), f.version);
    const std::uint64_t rest = n - f.moves;
    if (f.moves > 0)
      line("    move   {} {} in version {} at the step where they stand, and wait as long as they would have", f.moves,
           go(f.moves), plan_.next);
    if (rest > 0)
      line("    {}  {} {} in version {} all the same:", f.moves == 0 ? "move " : "     ", rest, go(rest), f.version);
    for (const engine::Staying& staying : f.stays)
      line("             {}: {}", staying.passes, shortened(staying.why, w.name));
    line("    leave  {} {} taken out, for good; what was not handed over stays here", n, are(n));
  }

  void worst(const WorkflowPlan& w) {
    if (!w.after) return;
    const auto messages = [](const WorstCase& worst) {
      return fmt::format("{} message{}", worst.messages, worst.messages == 1 ? "" : "s");
    };
    const auto cost = [&](const WorstCase& worst) {
      return worst.money ? money(*worst.money, plan_.currency) : std::string("a sum that is not known until it runs");
    };
    std::string text = fmt::format("  at most {} a pass", messages(*w.after));
    if (w.before && w.before->messages != w.after->messages) text += fmt::format(" (before: {})", w.before->messages);
    text += ", and " + cost(*w.after);
    if (w.before && cost(*w.before) != cost(*w.after)) text += fmt::format(" (before: {})", cost(*w.before));
    if (!w.after->rows_of.empty())
      text += fmt::format(", with one row of {}; each further row adds its round", joined(w.after->rows_of));
    std::vector<std::string> spends;
    for (const std::string& step : w.after->unknown) spends.push_back(fmt::format("`{}`", short_step(step)));
    if (!spends.empty()) text += fmt::format(": {} says what it spends", joined(spends));
    if (!w.after->follows.empty())
      text += fmt::format("; then what {} does comes on top", joined(w.after->follows, "or"));
    line("{}", text);
  }

  void rules() {
    if (plan_.rules_now == 0 && plan_.rules.empty()) return;
    line("");
    line("{}", plan_.rules.empty() ? fmt::format("rules: {}, all as they are", plan_.rules_now) : "rules");
    for (const RulePlan& rule : plan_.rules) {
      switch (rule.kind) {
        case RulePlan::Kind::added: line("  + {}: {}", rule.name, rule.text); break;
        case RulePlan::Kind::removed: line("  - {}: {}", rule.name, rule.text); break;
        case RulePlan::Kind::changed:
          line("  ~ {}: {}", rule.name, rule.text);
          line("      before: {}", rule.before);
          break;
        case RulePlan::Kind::same: line("  = {}: {}", rule.name, rule.text); break;
      }
      if (!rule.binds.empty() && rule.kind != RulePlan::Kind::added)
        line("      binds {} from now on", joined(rule.binds));
      if (rule.kind == RulePlan::Kind::added)
        line("      binds {}", rule.binds.empty() ? "no workflow" : joined(rule.binds));
      if (!rule.frees.empty() && rule.kind != RulePlan::Kind::removed)
        line("      binds {} no more", joined(rule.frees));
    }
    line(
        "  Rules, limits and consent are those in force at the act, for people under way too, whatever becomes of "
        "them.");
    line("  Each rule that binds is asked at the act, also where it is proved; `fairlead proofs` says which are.");
  }

  void proofs() {
    if (plan_.proofs.empty()) return;
    line("");
    line("proofs");
    for (const engine::ProofPlan& one : plan_.proofs) {
      if (one.proved) {
        line("  + {} can break {} no more, which is proved", one.step, one.rule);
      } else {
        line("  - {} could not break {}, which was proved; from now on the rule's guard has to see to it", one.step,
             one.rule);
      }
    }
  }

  void waivers() {
    if (plan_.waivers.empty()) return;
    line("");
    line("waivers");
    for (const engine::WaiverPlan& one : plan_.waivers) {
      line("  {} {} is let pass in {} until {}, signed by {}", one.added ? "+" : "=", one.rule, one.workflow,
           to_string(one.until), one.by);
      line("      because {}", one.because);
    }
    line("  The rules are asked all the same: what is let pass is on record, and after the day nothing is.");
  }

  void segments() {
    if (plan_.segments.empty()) return;
    line("");
    line("segments, as the contacts are now");
    for (const engine::SegmentPlan& s : plan_.segments) {
      const std::string who = fmt::format("{} {} in it", people(s.now, false), are(s.now));
      line("  {} {}: {}{}", s.before ? "~" : "+", s.name, who, s.before ? fmt::format(" (before: {})", *s.before) : "");
    }
  }

  void history() {
    if (plan_.cut_short.empty()) return;
    line("");
    line("history that begins with what is kept, since what was before {} may have been pruned",
         to_string(plan_.pruned_before));
    for (const std::string& counter : plan_.cut_short) line("  ~ {}", counter);
  }

  const Plan& plan_;
  const std::string& together_;
  std::string out_;
};

}  // namespace

std::string people(std::uint64_t n, bool for_nobody) {
  if (for_nobody) return fmt::format("{} pass{}", n, n == 1 ? "" : "es");
  return fmt::format("{} {}", n, n == 1 ? "person" : "people");
}

std::string weight_words(const Plan& plan) {
  if (plan.weights.empty()) return "";
  std::string out = "what is learned\n";
  const auto line = [&out](const std::string& text) { out += "  " + text + "\n"; };
  const auto evidence = [](const WeightPlan& w) {
    return fmt::format("{} decision{} ({} reached the goal)", w.decisions, w.decisions == 1 ? "" : "s", w.reached);
  };
  for (const WeightPlan& w : plan.weights) {
    switch (w.kind) {
      case WeightPlan::Kind::kept: line(fmt::format("{}: kept, with {}", w.choice, evidence(w))); break;
      case WeightPlan::Kind::added: line(fmt::format("{}: new, begins with nothing learned", w.choice)); break;
      case WeightPlan::Kind::reset:
        line(fmt::format("{}: begins anew, since {}; {}", w.choice, joined(w.why),
                         w.decisions == 0 ? "it had learned nothing yet"
                                          : fmt::format("what it learned from {} is lost", evidence(w))));
        break;
      case WeightPlan::Kind::removed:
        line(fmt::format("{}: gone, and with it what it learned from {}", w.choice, evidence(w)));
        if (!w.like.empty())
          line(fmt::format(
              "  {} has the same options, and begins anew: weights are not carried over to another name yet", w.like));
        break;
    }
  }
  return out;
}

std::string staying_words(const Plan& plan) {
  std::string out;
  for (const WorkflowPlan& w : plan.workflows) {
    for (const Following& f : w.following) {
      for (const engine::Staying& staying : f.stays)
        out += fmt::format("    {}, version {}: {}: {}\n", w.name, f.version, staying.passes,
                           shortened(staying.why, w.name));
    }
  }
  return out;
}

std::string plan_words(const Plan& plan, const std::string& together) {
  return Words(plan, together).all();
}

}  // namespace fairlead::cli
