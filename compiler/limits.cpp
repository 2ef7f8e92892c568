// Limits: how many messages, how much money and how far weights may go, in which time.
#include <tuple>

#include "compiler/rules.hpp"

namespace fairlead::compiler {

using bytecode::RuleKind;
using grammar::Code;
using grammar::Kind;
using grammar::Node;

bool RuleReader::limit(Node node) {
  if (node.has("messages")) return messages(node);
  if (node.has("weight")) {
    rule_.kind = RuleKind::moves;
    const auto most = c_.share(node.child(Kind::percent) ? node.child(Kind::percent) : node.child(Kind::number));
    rule_.amount = most.value_or(Decimal());
    period(node.after("per"));
    return most.has_value();
  }
  rule_.kind = RuleKind::spend;
  rule_.effect = bytecode::Effect::spend;
  rule_.whole_project = !node.has("contact");
  const Node sum = node.child(Kind::money);
  const auto most = c_.money(sum);
  if (most && most->second != c_.program_.module.currency) {
    c_.report(Code::mixed_money, c_.place(sum),
              fmt::format("what is spent is counted in the currency of the project, {}", c_.program_.module.currency),
              fmt::format("this is {}", most->second), "Convert it; or change `currency` in `project`.");
    return false;
  }
  if (most) rule_.amount = most->first;
  period(node.after("per"));
  return most && by(node);
}

bool RuleReader::messages(Node node) {
  rule_.kind = RuleKind::limit;
  rule_.transactional = false;  // a receipt is owed, however many other messages went out
  rule_.whole_project = node.has("project");
  if (!by(node) || !whole(node.child(Kind::number), "messages", rule_.count)) return false;
  period(node.after("per"));
  std::set<Index> shared;
  std::uint64_t kept = 0;
  for (const Node& share : node.children(Kind::share)) {
    bytecode::LimitShare out;
    const Node name = share.child(Kind::name);
    out.workflow = c_.find(NameKind::workflow, name);
    if (out.workflow == none || !whole(share.child(Kind::number), "messages", out.count)) return false;
    if (!shared.insert(out.workflow).second) {
      c_.report(Code::share_of_limit, c_.place(share), fmt::format("`{}` has two shares of this limit", name.text()),
                "the second one", "Keep one of them.");
      return false;
    }
    kept += out.count;
    if (kept > rule_.count) {
      c_.report(Code::share_of_limit, c_.place(share),
                fmt::format("the shares come to {} messages, but the limit is {}", kept, rule_.count), "too much",
                "Lower a share, or raise the limit.");
      return false;
    }
    source_.shares.push_back(c_.place(name));
    rule_.shares.push_back(out);
  }
  return true;
}

bool RuleReader::whole(Node token, std::string_view what, std::uint32_t& out) {
  const auto count = c_.number(token);
  if (!count) return false;
  const auto number = count->to_int();
  if (!number || Decimal::from_int(*number) != *count || *number > 1'000'000 || *number < 0) {
    c_.report(Code::number_range, c_.place(token),
              fmt::format("a limit is a whole number of {}, at most a million", what),
              fmt::format("not a number of {}", what), "Write a whole number, like `2`.");
    return false;
  }
  out = static_cast<std::uint32_t>(*number);
  return true;
}

void RuleReader::period(Node token) {
  const bytecode::Quota quota = c_.quota(token);
  rule_.period = quota.period;
  rule_.window = quota.window;
}

bytecode::Quota Checker::quota(Node token) {
  bytecode::Quota out;
  if (const auto per = period(token)) std::tie(out.period, out.window) = *per;
  return out;
}

}  // namespace fairlead::compiler
