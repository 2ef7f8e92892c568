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

std::string help(const bytecode::Rule& rule, const Obligation& o) {
  std::string out;
  if (const std::string example = in_example(o); !example.empty()) out = fmt::format("For example: {}. ", example);
  switch (rule.kind) {
    case RuleKind::deciding:
    case RuleKind::sending:
      return out + "Use something else; or write `release … because \"…\"` around it, which every report shows.";
    case RuleKind::approval: return out + fmt::format("Put it into `approve by {} up to 2 days {{ … }}`.", rule.role);
    case RuleKind::limit: return out + "Send less, wait longer between messages, or give each workflow its share.";
    case RuleKind::closed: return out + "Allow it in a policy, or ask beforehand for what the policy asks.";
    default: break;
  }
  if (o.by_law)
    return out +
           "Ask for it here, after the last wait, or in `leave when …`; or remove `prove`: the rule is then asked "
           "for each of them, just before it happens.";
  return out + "Change the step or, if the rule is wrong, the rule.";
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
    for (const Note& note : o.way) d.secondary.push_back({note.place.file, note.place.span, note.words});
    d.secondary.push_back({o.rule_at.file, o.rule_at.span, "the rule"});
    d.help = help(rule, o);
    diagnostics.push_back(std::move(d));
  }
}

}  // namespace fairlead::compiler::proof
