// Fixed experiments, and what is said of shares and of picking the best: `split`, `by best of`, `at best hour`.
#include "compiler/flow.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

std::string FlowReader::named_key(Node name, const std::string& prefix, std::string_view what, std::string_view why) {
  const std::string made = fmt::format("{}/{}", prefix, name.text());
  if (++labels_[made] > 1) {
    c_.report(Code::declared_twice, c_.place(name),
              fmt::format("two {} here are called `{}`, so {}", what, name.text(), why), "the second one",
              "Rename one of them.");
  }
  return made;
}

Index FlowReader::goal_of(Node node, Node at, std::string_view without, std::string_view help) {
  if (const Node goal = node.after("toward")) return c_.find(NameKind::goal, goal);
  const Index goal = module().workflows[workflow_].goal;
  if (goal == none && !without.empty())
    c_.report(Code::no_goal, c_.place(at), std::string(without), "toward what?", std::string(help));
  return goal;
}

FlowReader::Exits FlowReader::split(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name_node = node.child(Kind::name);
  const std::string name = named_key(name_node, prefix, "steps", "who goes which way could not be told apart");
  const Index index = add(bytecode::StepKind::split, node, name);
  patch(exits, index);
  has_contact(node, scope, "a split needs people to divide");
  const Node block = node.child(Kind::block);
  bytecode::Split split{.key = name, .variants = {}, .approval = {}};
  const grammar::Nodes adopts = block.children(Kind::clause);
  split.goal = goal_of(node, name_node,
                       adopts.empty() ? "" : "which variant is better is told by a goal, and this split has none",
                       fmt::format("Say it here, with `split {} toward GOAL {{ … }}`, or in the workflow, with `toward "
                                   "GOAL`. Or leave out `adopt when sure`.",
                                   name_node.text()));
  std::map<std::string, Place> seen;
  for (const Node& adopt : adopts) {
    if (!once(seen, "adopt when sure", adopt)) continue;
    split.adopt = true;
    split.approval = c_.approver(adopt);
  }
  const auto module_split = static_cast<Index>(module().splits.size());
  module().splits.push_back(split);
  module().steps[index].split = module_split;
  const grammar::Nodes variants = block.children(Kind::option);
  if (variants.size() < 2) {
    c_.report(Code::too_few_options, c_.place(name_node), "a split wants at least two variants",
              variants.empty() ? "has none" : "has one", "Add one. `variant nothing 50% { }` does nothing.");
  }
  Exits out;
  std::vector<Scope> branches;
  std::map<std::string, Place> names;
  Decimal whole;
  bool readable = variants.size() >= 2;
  for (const Node& variant_node : variants) {
    const Node label = variant_node.child(Kind::name);
    const std::string variant_name(label.text());
    if (const auto [at, fresh] = names.emplace(variant_name, c_.place(label)); !fresh) {
      Diagnostic& d =
          c_.report(Code::duplicate_option, c_.place(label), fmt::format("two variants are called `{}`", variant_name),
                    "the second one", "Rename one of them.");
      d.secondary.push_back({at->second.file, at->second.span, "the first one"});
      readable = false;
      continue;
    }
    const auto share = c_.share(variant_node.child(Kind::percent) ? variant_node.child(Kind::percent)
                                                                  : variant_node.child(Kind::number));
    const auto sum = share ? fairlead::add(whole, *share) : Result<Decimal>(whole);
    readable = readable && share && sum;
    whole = sum.value_or(whole);
    const std::size_t number = module().splits[module_split].variants.size();
    module().splits[module_split].variants.push_back({variant_name, share.value_or(Decimal()), none});
    Scope inner = scope;
    const Exits ends = sequence(variant_node.child(Kind::block), inner, fmt::format("{}/{}", name, variant_name),
                                {{index, Exit::variant, number}});
    out.insert(out.end(), ends.begin(), ends.end());
    if (!ends.empty()) branches.push_back(std::move(inner));
  }
  if (readable && whole != Decimal::from_int(1)) {
    const auto percent = multiply(whole, Decimal::from_int(100));
    c_.report(Code::shares_not_whole, c_.place(name_node),
              fmt::format("the shares of the variants come to {}%, not to 100%",
                          percent ? percent->to_string() : whole.to_string()),
              whole < Decimal::from_int(1) ? "too little" : "too much",
              whole < Decimal::from_int(1)
                  ? "Raise one of them, or add a variant that does nothing: `variant nothing …% { }`."
                  : "Lower one of them.");
  }
  join(scope, branches);
  return out;
}

void FlowReader::best_of(Node by, Index content, Index step) {
  std::map<std::string, Place> seen;
  const grammar::Nodes names = by.children(Kind::name);
  if (names.size() == 1) {
    c_.report(Code::too_few_options, c_.place(by), "the best of one channel is that one", "only one",
              fmt::format("Write `by {}`, or name the others: `by best of email, sms`.", names.front().text()));
    return;
  }
  for (const Node& name : names) {
    const Index channel = c_.find(NameKind::channel, name);
    if (channel == none || !once(seen, std::string(name.text()), name)) continue;
    module().steps[step].best.push_back(channel);
    if (content == none) continue;
    const bytecode::Content& what = module().contents[content];
    if (std::any_of(what.variants.begin(), what.variants.end(),
                    [&](const bytecode::Variant& v) { return v.channel == channel; }))
      continue;
    c_.report(Code::no_channel, c_.place(name),
              fmt::format("the content `{}` has nothing for {}", what.name, name.text()), "no texts for this channel",
              fmt::format("Add them to the content: `{} {{ … }}`. Or leave the channel out.", name.text()));
  }
}

void FlowReader::best_hour(Node node, Index step) {
  const grammar::Nodes ends = node.children(Kind::time);
  const auto from = c_.time(ends[0]);
  const auto to = c_.time(ends[1]);
  if (!from || !to) return;
  if (*from == *to) {
    c_.report(Code::number_range, c_.place(node), "there is no hour between these, because they are the same",
              "no time between", "Write it like `at best hour between 08:00 and 20:00`.");
    return;
  }
  module().steps[step].best_hour = bytecode::Hours{*from, *to};
}

std::optional<std::pair<bytecode::Period, Duration>> Checker::period(Node token) {
  if (token.is("day")) return {{bytecode::Period::day, Duration{}}};
  if (token.is("week")) return {{bytecode::Period::week, Duration{}}};
  if (token.is("month")) return {{bytecode::Period::month, Duration{}}};
  std::optional<Duration> window;
  if (token.is(Kind::duration)) {
    window = duration(token);
  } else {
    window = token.is("second") ? Duration{1'000} : token.is("minute") ? minutes(1) : hours(1);
  }
  if (window && *window <= Duration{}) {
    report(Code::number_range, place(token), "nothing can happen in no time", "too short",
           "Write it like `per 7 days`.");
    return std::nullopt;
  }
  if (!window) return std::nullopt;
  return {{bytecode::Period::window, *window}};
}

std::optional<bytecode::Pace> Checker::pace(Node clause) {
  bytecode::Pace out;
  const auto most = share(clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number));
  const auto per = period(clause.after("per"));
  out.approval = approver(clause);
  if (!most || !per) return std::nullopt;
  out.share = *most;
  std::tie(out.period, out.window) = *per;
  return out;
}

std::string Checker::approver(Node owner) {
  const Node approval = owner.child(Kind::approval);
  if (!approval) return "";
  const Node role = approval.child(Kind::name);
  return find(NameKind::role, role) == none ? "" : std::string(role.text());
}

std::optional<std::uint32_t> Checker::whole(Node token, std::uint32_t most, std::string_view what) {
  const auto value = number(token);
  if (!value) return std::nullopt;
  const auto count = value->to_int();
  if (count && *count >= 1 && *count <= most && Decimal::from_int(*count) == *value)
    return static_cast<std::uint32_t>(*count);
  report(Code::number_range, place(token), fmt::format("the number of {} is a whole one, from 1 to {}", what, most),
         fmt::format("not a number of {}", what), "Write a whole number, like `5`.");
  return std::nullopt;
}

}  // namespace fairlead::compiler
