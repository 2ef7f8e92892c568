// Waivers in the head of a workflow: which rule it asks to be spared, until when, and whether somebody has signed that.
#include <chrono>

#include "compiler/heads.hpp"

namespace fairlead::compiler {

using bytecode::RuleKind;
using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

namespace {

/// The only clock of the compiler: with a waiver that has run out a project is judged as it is without.
Date today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::hours>(now).count() / 24)};
}

/// Whether a rule of the kind is asked at the act, where it can be seen that a waiver has run out.
bool asked_at_the_act(RuleKind kind) {
  return kind == RuleKind::forbid || kind == RuleKind::limit || kind == RuleKind::spend || kind == RuleKind::approval;
}

/// Why a signature does not count, in a reader's words; what to do about it.
std::pair<std::string, std::string> why(const AskedWaiver& asked) {
  const std::string& by = asked.waiver.signed_by;
  const std::string again =
      fmt::format("Let somebody in `{}` look at it again: `fairlead sign {} {} --as ADDRESS --key FILE`.", asked.role,
                  asked.wanted.workflow, asked.wanted.rule);
  switch (asked.standing) {
    case Standing::rule_changed: return {fmt::format("the rule is not the one that {} signed for", by), again};
    case Standing::workflow_changed: return {fmt::format("the workflow is not as it was when {} signed", by), again};
    case Standing::terms_changed: return {fmt::format("{} signed another reason or another last day", by), again};
    case Standing::no_key:
      return {fmt::format("there is no key by which the signature of {} could be told", by),
              fmt::format("Put their public key into `signers/{}.pem`, beside the project's files.", by)};
    case Standing::forged: return {fmt::format("the signature is not by the key of {}", by), again};
    case Standing::not_in_role: return {fmt::format("{} is not in the role `{}`", by, asked.role), again};
    case Standing::own_workflow: return {fmt::format("{} owns the workflow, and who asks does not sign", by), again};
    case Standing::signed_:
    case Standing::unsigned_: break;
  }
  return {};
}

}  // namespace

void HeadReader::waive(Node item) {
  const Node path = item.child(Kind::path);
  const Index index = waived_rule(path);
  if (index == none) return;
  const bytecode::Module& module = c_.program_.module;
  const bytecode::Rule& rule = module.rules[index];
  const Node until = item.child(Kind::date);
  const auto date = parse_date(until.text());
  if (!date) {
    c_.report(Code::not_a_literal, c_.place(until), fmt::format("`{}` is not a date of the calendar", until.text()),
              "no such day", "A date is written year-month-day, like 2026-11-23.");
    return;
  }
  AskedWaiver asked;
  asked.workflow = index_;
  asked.place = c_.place(path);
  asked.until = c_.place(until);
  asked.role = rule.waivable_by;
  asked.owner = workflow_.owner;
  asked.run_out = *date < today();
  asked.waiver = {.rule = index,
                  .until = *date,
                  .because = c_.plain_text(item.child(Kind::because).child(Kind::text)).value_or(""),
                  .line = c_.line(c_.place(item)),
                  .signed_by = {},
                  .signed_at = {}};
  asked.wanted.project = module.project;
  asked.wanted.workflow = workflow_.name;
  asked.wanted.rule = rule.name;
  asked.wanted.until = to_string(*date);
  asked.wanted.because = asked.waiver.because;
  asked.wanted.rule_hash = hex(rule.hash);
  asked.wanted.workflow_hash = hex(sha256({as_written()}));
  const auto role = std::find_if(module.roles.begin(), module.roles.end(),
                                 [&](const bytecode::Role& one) { return one.name == asked.role; });
  if (role != module.roles.end()) asked.may_sign = role->members;
  c_.signatures().judge(asked);
  tell(asked);
  // Whoever signed in vain has not signed.
  bytecode::Waiver out = asked.waiver;
  if (asked.standing != Standing::signed_) out.signed_by.clear();
  c_.program_.module.workflows[index_].head.waivers.push_back(std::move(out));
  c_.program_.waivers.push_back(std::move(asked));
}

void HeadReader::tell(const AskedWaiver& asked) {
  const std::string& rule = asked.wanted.rule;
  if (asked.run_out) {
    c_.warn(Code::waiver_expired, asked.until, fmt::format("this waiver of `{}` has run out", rule), "past",
            "Remove it: the rule holds here again.");
  } else if (asked.standing == Standing::unsigned_) {
    c_.warn(Code::waiver_unsigned, asked.place,
            fmt::format("nobody has signed this waiver, so `{}` holds here all the same", rule), "without effect",
            fmt::format("Somebody in the role `{}` has to sign it: `fairlead sign {} {} --as ADDRESS --key FILE`.",
                        asked.role, asked.wanted.workflow, rule));
  } else if (asked.standing != Standing::signed_) {
    const auto [reason, help] = why(asked);
    const bool stale = asked.standing == Standing::rule_changed || asked.standing == Standing::workflow_changed ||
                       asked.standing == Standing::terms_changed;
    c_.warn(stale ? Code::waiver_stale : Code::signature_invalid, asked.place,
            fmt::format("{}, so `{}` holds here all the same", reason, rule), "without effect", help);
  }
}

/// The rule that a waiver names, if it can be waived here; none after a diagnostic.
Index HeadReader::waived_rule(Node path) {
  const grammar::Nodes names = path.children(Kind::name);
  const bytecode::Module& module = c_.program_.module;
  if (names.size() != 2) {
    c_.report(Code::unknown_name, c_.place(path), "a waiver names a policy and one of its rules", "which rule?",
              "Write it like `waive brand.night_texts until 2027-01-31 because \"…\"`.");
    return none;
  }
  const Index policy = c_.find(NameKind::policy, names[0]);
  if (policy == none) return none;
  const std::string wanted = c_.source_text(path);
  Index out = none;
  std::vector<std::string_view> candidates;
  for (const Index rule : c_.program_.policies[policy].rules) {
    const std::string_view own = std::string_view(module.rules[rule].name).substr(names[0].text().size() + 1);
    candidates.push_back(own);
    if (module.rules[rule].name == wanted) out = rule;
  }
  if (out == none) {
    const std::string_view near = grammar::closest(names[1].text(), candidates);
    c_.report(Code::unknown_name, c_.place(names[1]),
              fmt::format("the policy `{}` has no rule `{}`", names[0].text(), names[1].text()), "not one of its rules",
              near.empty() ? "Name one that stands there." : fmt::format("Did you mean `{}`?", near));
    return none;
  }
  const bytecode::Rule& rule = module.rules[out];
  const auto refuse = [&](std::string message, std::string label, std::string help, std::string at_rule) {
    Diagnostic& d =
        c_.report(Code::not_waivable, c_.place(path), std::move(message), std::move(label), std::move(help));
    const Place source = c_.program_.rule_sources[out].place;
    d.secondary.push_back({source.file, source.span, std::move(at_rule)});
    return none;
  };
  const std::vector<Index>& bound = module.workflows[index_].rules;
  if (std::find(bound.begin(), bound.end(), out) == bound.end())
    return refuse(fmt::format("`{}` does not bind `{}`, so there is nothing to waive", rule.name, workflow_.name),
                  "does not apply here", "Remove the waiver.", "the rule");
  if (rule.waivable_by.empty())
    return refuse(fmt::format("`{}` cannot be waived", rule.name), "no exceptions",
                  "Whoever answers for the rule can allow it there: `waivable by ROLE`.", "does not say `waivable by`");
  if (!asked_at_the_act(rule.kind))
    return refuse(fmt::format("`{}` cannot be waived for a time: it is settled before anything runs", rule.name),
                  "nobody could see that it has run out",
                  "Remove the waiver, and keep the rule; or let the policy say itself what it does not apply to.",
                  "is not asked at the act");
  return out;
}

/// The workflow as it is written, without blanks and comments, and without what it asks to be spared.
std::string HeadReader::as_written() const {
  std::string out;
  for (const Node& part : node_.children()) {
    if (!part.is(Kind::block)) {
      out += c_.source_text(part) + "\n";
      continue;
    }
    for (const Node& item : part.children()) {
      if (item.kind() != Kind::waiver) out += c_.source_text(item) + "\n";
    }
  }
  return out;
}

}  // namespace fairlead::compiler
