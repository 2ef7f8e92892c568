// Choices: options, what they learn from, and the shares that they are given.
#include "compiler/flow.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

FlowReader::Exits FlowReader::choose(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name_node = node.child(Kind::name);
  const std::string name = named_key(name_node, prefix, "choices", "what they learn could not be told apart");
  const Index index = add(bytecode::StepKind::choose, node, name);
  patch(exits, index);
  bytecode::Choice choice{.key = name, .features = {}, .options = {}};
  choice.goal =
      goal_of(node, name_node, "a choice learns only toward a goal, and this one has none",
              fmt::format("Say it here, with `choose {} toward GOAL {{ … }}`, or in the workflow, with `toward GOAL`.",
                          name_node.text()));
  has_contact(node, scope, "a choice needs somebody for whom it is made");
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
    } else if (clause.has("forget")) {
      if (!once(seen, "forget with half-life", clause)) continue;
      choice.half_life = c_.duration(clause.child(Kind::duration));
      if (choice.half_life == Duration{}) {
        c_.report(Code::number_range, c_.place(clause.child(Kind::duration)),
                  "nothing is left of what is forgotten at once", "no time",
                  "Say after how long half of it counts: `forget with half-life 30 days`.");
      }
    } else if (clause.has("move")) {
      if (once(seen, "move at most", clause)) choice.move = c_.pace(clause);
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
  const grammar::Nodes options = block.children(Kind::option);
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
        if (once(clauses, clause.has("least") ? "at least" : "at most", clause)) option_bounds(clause, option);
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
  check_bounds(node, module().choices[module_choice]);
  if (start > Decimal::from_int(1)) {
    c_.report(Code::start_too_high, c_.place(name_node),
              "the shares that the options start with come to more than 100%", "too much",
              "Lower them, so that they come to 100% at most.");
  }
  // Where no option is eligible, or none may carry what `at most` takes away, nothing goes out, and the flow goes on.
  out.push_back({index, Exit::next, 0});
  branches.push_back(scope);
  join(scope, branches);
  return out;
}

void FlowReader::option_bounds(Node clause, bytecode::Option& option) {
  const auto value = c_.share(clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number));
  if (!value) return;
  if (clause.has("least")) {
    option.at_least = *value;
  } else {
    option.at_most = *value;
  }
}

void FlowReader::check_bounds(Node node, const bytecode::Choice& choice) {
  const auto percent = [](Decimal share) {
    const auto hundredfold = multiply(share, Decimal::from_int(100));
    return hundredfold ? hundredfold->to_string() + "%" : "more";
  };
  const auto sum = [](Decimal a, Decimal b) { return fairlead::add(a, b).value_or(Decimal::from_int(2)); };
  Decimal floors;
  bool own = false;
  for (const bytecode::Option& option : choice.options) {
    const Decimal floor = sum(choice.explore, option.at_least);
    floors = sum(floors, floor);
    own = own || option.at_least > Decimal();
    if (!option.at_most || floor <= *option.at_most) continue;
    for (const Node& option_node : node.child(Kind::block).children(Kind::option)) {
      if (option_node.child(Kind::name).text() != option.name) continue;
      const bool both = option.at_least > Decimal() && choice.explore > Decimal();
      c_.report(Code::most_below_least, c_.place(option_node.child(Kind::name)),
                fmt::format("the option `{}` keeps at least {}, but may have at most {}", option.name, percent(floor),
                            percent(*option.at_most)),
                "more at least than at most",
                both ? "What is explored and its own `at least` add up. Lower one of them, or raise `at most`."
                     : "Lower what it keeps, or raise `at most`.");
    }
  }
  // Where exploring alone is too much, that has been said.
  if (own && floors > Decimal::from_int(1)) {
    c_.report(Code::floors_too_high, c_.place(node.child(Kind::name)),
              fmt::format("what the options keep at least comes to {}", percent(floors)), "more than 100%",
              "`explore at least` counts once for every option, and each `at least` beside it. Lower some of them.");
  }
}

}  // namespace fairlead::compiler
