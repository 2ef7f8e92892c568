// Of the head of a workflow: in which stages it is adopted, and what it may spend.
#include "compiler/heads.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

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

}  // namespace fairlead::compiler
