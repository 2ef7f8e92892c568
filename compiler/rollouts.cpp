// Of the head of a workflow: in which stages it is adopted, what it may spend, and which rules it asks to be spared.
#include <chrono>

#include "compiler/heads.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

namespace {

/// The only clock of the compiler: a waiver that has run out is pointed out, and nothing depends on it.
Date today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::hours>(now).count() / 24)};
}

}  // namespace

std::optional<bytecode::Quota> HeadReader::amount(Node item) {
  const Node sum = item.child(Kind::money);
  const auto most = c_.money(sum);
  if (!most) return std::nullopt;
  if (most->second != c_.program_.module.currency) {
    c_.report(Code::mixed_money, c_.place(sum),
              fmt::format("a budget is in the currency of the project, {}", c_.program_.module.currency),
              fmt::format("this is {}", most->second), "Convert it; or change `currency` in `project`.");
    return std::nullopt;
  }
  bytecode::Quota out = c_.quota(item.after("per"));
  out.most = most->first;
  return out;
}

void HeadReader::rollout(Node item) {
  const grammar::Nodes stages = item.children(Kind::stage);
  Decimal before;
  Place before_at;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    bytecode::RolloutStage out;
    if (!stage(stages[i], i + 1 == stages.size(), out)) return;
    if (i > 0 && out.shadow) {
      c_.report(Code::rollout_order, c_.place(stages[i]), "a shadow comes before anything is sent, and not after it",
                "too late", "Put it first: `rollout shadow 3 days, …`.");
      return;
    }
    if (!out.shadow && out.share <= before) {
      Diagnostic& d = c_.report(Code::rollout_order, c_.place(stages[i]),
                                "each stage of a rollout reaches more people than the one before",
                                before == Decimal() ? "reaches nobody" : "not more",
                                before == Decimal() ? "Begin with a share like `5%`, or with `shadow 3 days`."
                                                    : "Put the stages in the order of their shares.");
      if (before != Decimal()) d.secondary.push_back({before_at.file, before_at.span, "the stage before"});
      return;
    }
    before = out.share;
    before_at = c_.place(stages[i]);
    workflow_.head.rollout.push_back(std::move(out));
  }
}

bool HeadReader::stage(Node node, bool last, bytecode::RolloutStage& out) {
  out.shadow = node.has("shadow");
  if (const Node lasts = node.child(Kind::duration)) out.lasts = c_.duration(lasts);
  if (out.lasts && *out.lasts <= Duration{}) {
    c_.report(Code::number_range, c_.place(node.child(Kind::duration)), "a stage of no time is no stage", "no time",
              "Write it like `5% for 7 days`.");
    return false;
  }
  if (!out.shadow) {
    const auto share = c_.share(node.child(Kind::percent) ? node.child(Kind::percent) : node.child(Kind::number));
    if (!share) return false;
    out.share = *share;
  }
  if (last && out.lasts) {
    c_.report(Code::rollout_order, c_.place(node), "this rollout does not say what comes after its last stage",
              "and then?", "Add what is to stay: `…, then 100%`.");
    return false;
  }
  if (!last && !out.lasts && !out.shadow) {
    c_.report(Code::rollout_order, c_.place(node), "only the last stage of a rollout may go on without an end",
              "for how long?", "Say how long it lasts: `5% for 7 days`.");
    return false;
  }
  if (const Node approval = node.child(Kind::approval)) {
    const Node role = approval.child(Kind::name);
    if (c_.find(NameKind::role, role) == none) return false;
    out.approval_by = role.text();
  }
  if (node.has("lift")) {
    const auto above = c_.share(node.after("above"));
    const auto sure = c_.share(node.after("at"));
    if (!above || !sure) return false;
    out.lift = *above;
    out.confidence = *sure;
  }
  return true;
}

void HeadReader::waive(Node item) {
  const Node path = item.child(Kind::path);
  const grammar::Nodes names = path.children(Kind::name);
  const bytecode::Module& module = c_.program_.module;
  if (names.size() != 2) {
    c_.report(Code::unknown_name, c_.place(path), "a waiver names a policy and one of its rules", "which rule?",
              "Write it like `waive brand.night_texts until 2027-01-31 because \"…\"`.");
    return;
  }
  const Index policy = c_.find(NameKind::policy, names[0]);
  if (policy == none) return;
  const std::string wanted = c_.source_text(path);
  bytecode::Waiver out;
  std::vector<std::string_view> candidates;
  for (const Index rule : c_.program_.policies[policy].rules) {
    const std::string_view own = std::string_view(module.rules[rule].name).substr(names[0].text().size() + 1);
    candidates.push_back(own);
    if (module.rules[rule].name == wanted) out.rule = rule;
  }
  if (out.rule == none) {
    const std::string_view near = grammar::closest(names[1].text(), candidates);
    c_.report(Code::unknown_name, c_.place(names[1]),
              fmt::format("the policy `{}` has no rule `{}`", names[0].text(), names[1].text()), "not one of its rules",
              near.empty() ? "Name one that stands there." : fmt::format("Did you mean `{}`?", near));
    return;
  }
  const bytecode::Rule& rule = module.rules[out.rule];
  const Place source = c_.program_.rule_sources[out.rule].place;
  const std::vector<Index>& bound = module.workflows[index_].rules;
  if (std::find(bound.begin(), bound.end(), out.rule) == bound.end()) {
    Diagnostic& d =
        c_.report(Code::not_waivable, c_.place(path),
                  fmt::format("`{}` does not bind `{}`, so there is nothing to waive", rule.name, workflow_.name),
                  "does not apply here", "Remove the waiver.");
    d.secondary.push_back({source.file, source.span, "the rule"});
    return;
  }
  if (rule.waivable_by.empty()) {
    Diagnostic& d = c_.report(Code::not_waivable, c_.place(path), fmt::format("`{}` cannot be waived", rule.name),
                              "no exceptions", "Whoever answers for the rule can allow it there: `waivable by ROLE`.");
    d.secondary.push_back({source.file, source.span, "does not say `waivable by`"});
    return;
  }
  const Node until = item.child(Kind::date);
  const auto date = parse_date(until.text());
  if (!date) {
    c_.report(Code::not_a_literal, c_.place(until), fmt::format("`{}` is not a date of the calendar", until.text()),
              "no such day", "A date is written year-month-day, like 2026-11-23.");
    return;
  }
  out.until = *date;
  out.because = c_.plain_text(item.child(Kind::because).child(Kind::text)).value_or("");
  out.line = c_.line(c_.place(item));
  if (out.until < today()) {
    c_.warn(Code::waiver_expired, c_.place(until), fmt::format("this waiver of `{}` has run out", rule.name), "past",
            "Remove it: the rule holds here again.");
  } else {
    c_.warn(Code::waiver_unsigned, c_.place(path),
            fmt::format("nobody has signed this waiver, so `{}` holds here all the same", rule.name), "without effect",
            fmt::format("Somebody in the role `{}` has to sign it.", rule.waivable_by));
  }
  c_.program_.module.workflows[index_].head.waivers.push_back(std::move(out));
}

}  // namespace fairlead::compiler
