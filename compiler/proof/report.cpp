// What is broken, as the compiler says it: the place, the rule, the way there, and somebody who takes it.
#include <fmt/format.h>

#include "compiler/proof/proof.hpp"

namespace fairlead::compiler::proof {

using bytecode::RuleKind;
using grammar::Code;
using grammar::Diagnostic;
using grammar::Severity;

namespace {

std::string in_example(const Obligation& o) {
  std::string out;
  for (const Note& note : o.example) out += fmt::format("{}{}", out.empty() ? "" : ", ", note.words);
  return out;
}

/// What can be done about it. Of a rule that is to be proved it is always one of the ways to ask for less.
std::string help(const bytecode::Rule& rule, const Obligation& o) {
  const auto or_guarded = [&](std::string_view mend, std::string_view guarded) {
    return o.by_law ? fmt::format("{}; or remove `prove`: {}.", mend, guarded) : fmt::format("{}.", mend);
  };
  switch (rule.kind) {
    case RuleKind::deciding:
    case RuleKind::sending:
      return "Use something else; or write `release … because \"…\"` around it, which every report shows.";
    case RuleKind::approval:
      return or_guarded(fmt::format("Put it into `approve by {} up to 2 days {{ … }} otherwise {{ … }}`", rule.role),
                        "it then waits each time for somebody's word");
    case RuleKind::limit:
      return or_guarded("Send less, wait longer between messages, or give each workflow its share",
                        "a message too many is then left out");
    case RuleKind::spend:
      return or_guarded(
          "Give each workflow that spends a `budget` over the same time, all of them together no more than the limit",
          "what would go beyond it is then left out");
    case RuleKind::closed: return "Allow it in a policy, or ask beforehand for what the policy asks.";
    default: break;
  }
  if (o.by_law && rule.clock_only) {
    return "Ask for the time here, after the last wait, as in `if now between 09:00 and 17:00 { … }`; or write "
           "`otherwise defer` at the end of the rule and remove `prove`: what comes too late then waits.";
  }
  if (o.by_law) {
    return "Ask for it here, after the last wait, or in `leave when …`; or remove `prove`: the rule is then asked for "
           "each of them, just before it happens.";
  }
  return "Change the step or, if the rule is wrong, the rule.";
}

}  // namespace

void report(const Program& program, const Proofs& proofs, std::vector<Diagnostic>& diagnostics) {
  for (const Obligation& o : proofs.obligations) {
    if (o.verdict != Verdict::broken || o.said) continue;
    // What no `allow` is about has been said already, with the words that allow it.
    const bytecode::Rule& rule = program.module.rules[o.rule];
    if (rule.kind == RuleKind::closed && o.because == "no rule allows it") continue;
    Diagnostic d;
    d.code = o.by_law ? Code::not_proved : Code::rule_broken;
    d.severity = Severity::error;
    d.message = o.by_law
                    ? fmt::format("`{}` is to be proved, and `{}` may break it: {}", o.rule_name, o.name, o.because)
                    : fmt::format("`{}` breaks `{}`: {}", o.name, o.rule_name, o.because);
    d.primary = {o.at.file, o.at.span, o.by_law ? "may break it" : "breaks it"};
    for (const Note& note : o.way) d.way.push_back({note.place.file, note.place.span, note.words});
    d.secondary.push_back({o.rule_at.file, o.rule_at.span, "the rule"});
    d.example = in_example(o);
    d.help = help(rule, o);
    diagnostics.push_back(std::move(d));
  }
}

}  // namespace fairlead::compiler::proof
