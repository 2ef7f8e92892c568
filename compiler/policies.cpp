// Policies. Every rule becomes a guard of its own, apart from the flow; which workflows it binds is settled at the end.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

void Checker::policy(Node node, Index index) {
  std::map<std::string, Place> seen;
  for (const Node& item : node.child(Kind::block).children()) {
    if (item.kind() == Kind::clause && item.has("default")) {
      not_supported(item, "default forbid");
    } else if (item.kind() == Kind::clause) {
      for (const Node& name : item.children(Kind::name)) {
        if (find(NameKind::workflow, name) != none) program_.policies[index].applies_to.emplace_back(name.text());
      }
    } else if (item.kind() == Kind::rule) {
      if (!once(seen, std::string(item.child(Kind::name).text()), item.child(Kind::name))) continue;
      const Index rule_index = rule(item, program_.policies[index].name, none);
      if (rule_index != none) program_.policies[index].rules.push_back(rule_index);
    }
  }
}

namespace {

Node prove_of(Node rule) {
  for (const Node& token : rule.children()) {
    if (token.is("prove")) return token;
  }
  return rule;
}

}  // namespace

Index Checker::rule(Node node, const std::string& owner, Index workflow) {
  bytecode::Rule rule;
  const bool own_limit = workflow != none;
  rule.name = own_limit ? fmt::format("{}.limit", owner) : fmt::format("{}.{}", owner, node.child(Kind::name).text());
  rule.workflow = workflow;
  rule.text = source_text(node);
  if (!own_limit) rule.text = rule.text.substr(rule.text.find(':') + 2);
  rule.file = files_[place(node).file].path();
  rule.line = line(place(node));
  if (node.has("prove")) {
    report(Code::no_prover, place(prove_of(node)),
           "`prove` is part of the Fairlead language, but this version does not support it yet", "not supported yet",
           "Remove `prove`: the rule is then asked for every message, just before it goes out.");
  }
  // What is not a `forbid send` or a `limit messages` is refused by name.
  const auto later = [&]() -> std::string {
    for (const std::string_view verb : {"require", "allow", "ban", "keep"}) {
      if (node.has(verb)) return std::string(verb);
    }
    if (node.has("deciding")) return "forbid deciding";
    if (node.has("sending")) return "forbid sending";
    if (node.has("weight")) return "limit weight";
    if (node.has("spend")) return "limit spend";
    if (const Node effect = node.child(Kind::effect); effect && !effect.has("send")) return fmt::format("forbid {}", effect.children().front().text());
    if (node.has("share")) return "share";
    if (node.has("per") && node.has("project")) return "per project";
    if (node.child(Kind::waivable)) return "waivable";
    if (const Node by = node.child(Kind::recipient_channel); by && by.children(Kind::name).size() > 1) return "by several channels";
    if (const Node otherwise = node.child(Kind::otherwise); otherwise && (otherwise.has("hold") || otherwise.has("stop")))
      return otherwise.has("hold") ? "otherwise hold" : "otherwise stop";
    return {};
  }();
  if (!later.empty()) {
    not_supported(node, later);
    return none;
  }
  if (const Node by = node.child(Kind::recipient_channel)) {
    rule.channel = find(NameKind::channel, by.child(Kind::name));
    if (rule.channel == none) return none;
  }

  Scope scope;
  scope.site = true;
  const Type boolean = Type::of(TypeKind::boolean);
  if (node.has("forbid")) {
    rule.kind = bytecode::RuleKind::forbid;
    ExprId condition = 0;
    bool conditioned = false;
    for (const Node& clause : node.children(Kind::clause)) {
      ExprId part = 0;
      if (clause.has("between")) {
        const std::vector<Node> ends = clause.children(Kind::time);
        const auto from = time(ends[0]);
        const auto to = time(ends[1]);
        if (!from || !to) return none;
        const Place at = place(clause);
        const auto end = [&](TimeOfDay t) {
          return constant(at, Type::of(TypeKind::time), {.tag = Tag::time, .units = t.second, .text = {}, .items = {}});
        };
        part = add({.op = Op::within,
                    .type = boolean,
                    .place = at,
                    .args = {end(*from), end(*to)},
                    .constant = {},
                    .path = {}});
      } else {
        part = expression(clause.child(Kind::expression), scope, &boolean);
        const Type& found = program_.exprs[part].type;
        if (!agrees(found, boolean)) {
          if (found.is(TypeKind::boolean)) {
            absent(program_.exprs[part], scope, "", "");
          } else {
            unlike(program_.exprs[part], boolean);
          }
        }
      }
      condition = conditioned ? add({.op = Op::conjunction,
                                     .type = boolean,
                                     .place = place(clause),
                                     .args = {condition, part},
                                     .constant = {},
                                     .path = {}})
                              : part;
      conditioned = true;
    }
    if (conditioned) {
      rule.when = add_function(condition, fmt::format("rule {}", rule.name));
      rule.clock_only = clock_only(condition);
    }
  } else {
    rule.kind = bytecode::RuleKind::limit;
    rule.transactional = false;  // a receipt is owed, however many other messages went out
    const Node count_node = node.child(Kind::number);
    const auto count = number(count_node);
    if (!count) return none;
    const auto whole = count->to_int();
    if (!whole || Decimal::from_int(*whole) != *count || *whole > 1'000'000) {
      report(Code::number_range, place(count_node), "a limit is a whole number of messages, at most a million",
             "not a number of messages", "Write a whole number, like `2`.");
      return none;
    }
    rule.count = static_cast<std::uint32_t>(*whole);
    const Node period = node.after("per");
    if (period.kind() == Kind::duration) {
      const auto window = duration(period);
      if (!window) return none;
      if (*window <= Duration{}) {
        report(Code::number_range, place(period), "nothing can happen in no time", "too short",
               "Write it like `per 7 days`.");
        return none;
      }
      rule.window = *window;
    } else {
      rule.period = period.is("day")    ? bytecode::Period::day
                    : period.is("week") ? bytecode::Period::week
                                        : bytecode::Period::month;
    }
  }

  std::map<std::string, Place> seen;
  for (const Node& tail : node.children()) {
    if (tail.kind() == Kind::because && once(seen, "because", tail)) {
      if (const auto text = plain_text(tail.child(Kind::text))) rule.because = *text;
    }
    if (tail.kind() == Kind::otherwise && once(seen, "otherwise", tail)) {
      if (!tail.has("defer")) continue;
      rule.otherwise = bytecode::Otherwise::defer;
      if (const Node up_to = tail.child(Kind::duration)) {
        if (const auto limit = duration(up_to)) rule.defer_up_to = *limit;
        if (rule.defer_up_to <= Duration{})
          report(Code::number_range, place(up_to), "to defer for no time is to skip", "no time",
                 "Write `otherwise skip`.");
      } else if (!rule.clock_only) {
        report(Code::defer_without_end, place(tail), "this rule could put a message off for ever", "no end",
               "Hours of the day pass by themselves; of anything else, say how long to wait at most: `otherwise defer "
               "up to 12 hours`.");
      }
    }
  }
  rule.hash = sha256({rule.name, rule.text});
  program_.module.rules.push_back(std::move(rule));
  return static_cast<Index>(program_.module.rules.size() - 1);
}

bool Checker::clock_only(ExprId id) const {
  const Expr& expr = program_.exprs[id];
  switch (expr.op) {
    case Op::within: return true;
    case Op::conjunction:
    case Op::disjunction:
    case Op::invert:
      return std::all_of(expr.args.begin(), expr.args.end(), [&](ExprId arg) { return clock_only(arg); });
    default: return false;
  }
}

void Checker::bind_rules() {
  bytecode::Module& module = program_.module;
  std::vector<bool> used(program_.policies.size());
  for (bytecode::Workflow& workflow : module.workflows) {
    for (std::size_t p = 0; p < program_.policies.size(); ++p) {
      const Policy& policy = program_.policies[p];
      const auto names = [&](const std::vector<std::string>& list, const std::string& name) {
        return std::find(list.begin(), list.end(), name) != list.end();
      };
      const bool under = names(program_.under, policy.name) || names(under_[workflow.name], policy.name);
      const bool binds = policy.applies_to.empty() ? under : names(policy.applies_to, workflow.name);
      if (!binds) continue;
      used[p] = true;
      workflow.rules.insert(workflow.rules.end(), policy.rules.begin(), policy.rules.end());
    }
  }
  for (std::size_t p = 0; p < program_.policies.size(); ++p) {
    if (used[p] || module.workflows.empty()) continue;
    const Declared& declared = program_.names[NameKind::policy].find(program_.policies[p].name)->second;
    warn(Code::rule_without_effect, declared.place,
         fmt::format("no workflow is under the policy `{}`", program_.policies[p].name), "binds nothing",
         fmt::format(
             "Put the project under it, with `under {}` in `project`; or a workflow, with the same in `workflow`.",
             program_.policies[p].name));
  }
}

}  // namespace fairlead::compiler
