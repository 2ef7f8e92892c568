// Choices: options, what they learn from, and the shares that they are given.
#include "compiler/flow.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

FlowReader::Exits FlowReader::choose(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name_node = node.child(Kind::name);
  const std::string name = fmt::format("{}/{}", prefix, name_node.text());
  if (++labels_[name] > 1) {
    c_.report(
        Code::declared_twice, c_.place(name_node),
        fmt::format("two choices here are called `{}`, so what they learn could not be told apart", name_node.text()),
        "the second one", "Rename one of them.");
  }
  const Index index = add(bytecode::StepKind::choose, node, name);
  patch(exits, index);
  bytecode::Choice choice{.key = name, .features = {}, .options = {}};
  choice.goal = module().workflows[workflow_].goal;
  if (const Node goal = node.after("toward")) choice.goal = c_.find(NameKind::goal, goal);
  if (choice.goal == none && !node.after("toward")) {
    c_.report(Code::no_goal, c_.place(name_node), "a choice learns only toward a goal, and this one has none",
              "toward what?",
              fmt::format("Say it here, with `choose {} toward GOAL {{ … }}`, or in the workflow, with `toward GOAL`.",
                          name_node.text()));
  }
  const Node block = node.child(Kind::block);
  std::map<std::string, Place> seen;
  for (const Node& clause : block.children(Kind::clause)) {
    if (clause.has("learn")) {
      if (!once(seen, "learn from", clause)) continue;
      for (const Node& feature : clause.children(Kind::expression)) {
        const ExprId root = c_.expression(feature, scope, nullptr);
        const Type type = c_.program_.exprs[root].type;
        if (type.broken()) continue;
        if (type.is(TypeKind::list)) {
          c_.report(Code::type_mismatch, c_.place(feature), "nothing can be learned from a list", "a list",
                    "Learn from a field that holds one value.");
          continue;
        }
        const std::string text = c_.source_text(feature);
        choice.features.push_back(
            {text, c_.add_function(root, fmt::format("{} learn from {}", name, text)), type.field});
      }
    } else if (clause.has("forget") || clause.has("move")) {
      c_.not_supported(clause, clause.has("forget") ? "forget" : "move");
    } else if (once(seen, "explore at least", clause)) {
      const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
      if (const auto floor = c_.share(literal)) choice.explore = *floor;
      const auto options = static_cast<std::int64_t>(block.children(Kind::option).size());
      const auto total = multiply(choice.explore, Decimal::from_int(options));
      if (total && *total > Decimal::from_int(1)) {
        c_.report(Code::floors_too_high, c_.place(clause),
                  fmt::format("{} options with at least {} each come to more than 100%", options, literal.text()),
                  "too much", fmt::format("With {} options it can be {}% at most.", options, 100 / options));
      }
    }
  }
  const auto module_choice = static_cast<Index>(module().choices.size());
  module().choices.push_back(choice);
  module().steps[index].choice = module_choice;

  Exits out;
  std::vector<Scope> branches;
  Decimal start;
  std::map<std::string, Place> names;
  const std::vector<Node> options = block.children(Kind::option);
  if (options.size() < 2) {
    c_.report(Code::too_few_options, c_.place(name_node), "a choice wants at least two options",
              options.empty() ? "has none" : "has one",
              "Add one. `option rest { }` does nothing, which is often the one to beat.");
  }
  for (const Node& option_node : options) {
    const std::string option_name(option_node.child(Kind::name).text());
    if (const auto [at, fresh] = names.emplace(option_name, c_.place(option_node.child(Kind::name))); !fresh) {
      Diagnostic& d =
          c_.report(Code::duplicate_option, c_.place(option_node.child(Kind::name)),
                    fmt::format("two options are called `{}`", option_name), "the second one", "Rename one of them.");
      d.secondary.push_back({at->second.file, at->second.span, "the first one"});
      continue;
    }
    bytecode::Option option{.name = option_name};
    Scope inner = scope;
    std::map<std::string, Place> clauses;
    for (const Node& clause : option_node.children(Kind::clause)) {
      if (clause.has("when")) {
        if (!once(clauses, "when", clause)) continue;
        const Type boolean = Type::of(TypeKind::boolean);
        option.when =
            c_.function(clause.child(Kind::expression), scope, &boolean, fmt::format("{}/{} when", name, option_name));
        c_.facts(c_.program_.roots[option.when], true, inner.present);
      } else if (clause.has("at")) {
        c_.not_supported(clause, clause.has("least") ? "at least" : "at most");
      } else if (once(clauses, "start", clause)) {
        const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
        option.start = c_.share(literal);
        if (option.start) {
          if (const auto sum = fairlead::add(start, *option.start)) start = *sum;
        }
      }
    }
    const std::size_t number = module().choices[module_choice].options.size();
    module().choices[module_choice].options.push_back(option);
    const Exits ends = sequence(option_node.child(Kind::block), inner, fmt::format("{}/{}", name, option_name),
                                {{index, Exit::option, number}});
    out.insert(out.end(), ends.begin(), ends.end());
    if (!ends.empty()) branches.push_back(std::move(inner));
  }
  if (start > Decimal::from_int(1)) {
    c_.report(Code::start_too_high, c_.place(name_node),
              "the shares that the options start with come to more than 100%", "too much",
              "Lower them, so that they come to 100% at most.");
  }
  // Where no option is eligible nothing goes out, and the flow goes on.
  out.push_back({index, Exit::next, 0});
  branches.push_back(scope);
  join(scope, branches);
  return out;
}

}  // namespace fairlead::compiler
