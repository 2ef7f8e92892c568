// Simulations: who takes part, how they answer, and what is expected of it all.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

namespace {

Decimal add_shares(Decimal a, Decimal b) {
  const Result<Decimal> sum = add(a, b);
  return sum ? *sum : Decimal::from_int(2);  // more than the whole, however much
}

std::string percents(Decimal share) {
  const Result<Decimal> hundred = multiply(share, Decimal::from_int(100));
  return hundred ? hundred->to_string() + "%" : "more than can be counted";
}

}  // namespace

void Checker::mixtures(Node block, const std::string& prefix, std::map<std::string, Place>& seen,
                       bytecode::Simulation& simulation) {
  for (const Node& value : block.children(Kind::argument)) {
    const Node name_node = value.child(Kind::name);
    const std::string name = prefix + std::string(name_node.text());
    if (const Node inner = value.child(Kind::block)) {
      mixtures(inner, name + ".", seen, simulation);
      continue;
    }
    const auto found = program_.field_index.find(name);
    if (found == program_.field_index.end()) {
      if (!program_.field_places.contains(name)) no_field(place(name_node), name);
      continue;
    }
    if (!once(seen, name, value)) continue;
    bytecode::Mixture mixture{.field = found->second, .portions = {}};
    const bytecode::Field field = program_.module.fields[mixture.field];
    const grammar::Nodes portions = value.children(Kind::portion);
    if (field.key) {
      report(Code::key_given, place(value),
             fmt::format("`{}` tells people apart, so they cannot share its values", name), "a key",
             "Leave it out: each of them gets one of their own.");
      continue;
    }
    const Type type = Type::of(field.type);
    Scope scope;
    scope.contact = false;
    scope.history = false;
    Decimal sum;
    bool shared = true;
    for (const Node& portion : portions) {
      const Node percent = portion.child(Kind::percent);
      if (!percent && portions.size() > 1) {
        report(Code::shares_of_people, place(portion), "it is not said how many people have this", "no share",
               fmt::format("Write the share behind the value: `{} 20%`.", source_of(place(portion))));
        shared = false;
      }
      const Decimal part = percent ? share(percent).value_or(Decimal()) : Decimal::from_int(1);
      sum = add_shares(sum, part);
      mixture.portions.push_back({function(portion.child(Kind::expression), scope, &type,
                                           fmt::format("simulate {} {}", simulation.name, name)),
                                  part});
    }
    const Decimal whole = Decimal::from_int(1);
    const std::string percent = percents(sum);
    if (shared && sum > whole) {
      report(Code::shares_of_people, place(value), fmt::format("the shares of `{}` come to {}", name, percent),
             "more than 100%", "Together they can be 100% at most.");
    } else if (shared && sum < whole && !field.type.optional && field.initial == none) {
      report(Code::shares_of_people, place(value),
             fmt::format("the shares of `{}` come to {}, and everybody has one", name, percent), "less than 100%",
             "Add what the others have, or declare a default for the field.");
    }
    simulation.like.push_back(std::move(mixture));
  }
}

void Checker::people(Node clause, Node mix, bytecode::Simulation& simulation) {
  if (simulation.contacts > bytecode::most_made_up) {
    report(Code::number_range, place(clause.child(Kind::number)),
           fmt::format("no more than {} million people are made up", bytecode::most_made_up / 1'000'000), "too many",
           "Take fewer; what a simulation shows hardly changes beyond some thousands.");
  }
  Node like;
  for (const Node& word : clause.children(Kind::word)) like = word;
  std::map<std::string, Place> seen;
  mixtures(mix, "", seen, simulation);
  for (const bytecode::Field& field : program_.module.fields) {
    if (field.key || field.type.optional || field.initial != none || seen.contains(field.name)) continue;
    report(Code::people_without_field, place(like),
           fmt::format("everybody has a `{}`, and it is not said which these people have", field.name),
           fmt::format("no `{}`", field.name),
           fmt::format("Say it: `{}: …`, with shares where they differ.", field.name));
    return;
  }
}

void Checker::simulate(Node node) {
  bytecode::Simulation simulation;
  simulation.name = plain_text(node.child(Kind::text)).value_or("");
  simulation.file = files_[place(node).file].path();
  simulation.line = line(place(node));
  std::map<std::string, Place> seen;
  const auto whole = [&](Node literal) -> std::uint64_t {
    const auto value = number(literal);
    const auto integer = value ? value->to_int() : Result<std::int64_t>(0);
    if (!integer || Decimal::from_int(*integer) != *value) {
      report(Code::number_range, place(literal), "a whole number is wanted here", "not a whole number", "");
      return 0;
    }
    return static_cast<std::uint64_t>(*integer);
  };
  for (const Node& item : node.child(Kind::block).children()) {
    if (item.kind() == Kind::clause) {
      const Node head = item.children().front();
      if (!once(seen, std::string(head.text()), item)) continue;
      if (head.is("contacts")) {
        simulation.contacts = whole(item.child(Kind::number));
        if (const Node mix = item.child(Kind::block)) {
          people(item, mix, simulation);
        } else {
          simulation.from = plain_text(item.child(Kind::text)).value_or("");
          if (simulation.from.empty() && item.child(Kind::text))
            report(Code::missing_clause, place(item.child(Kind::text)), "a file without a name", "which file?",
                   "Write it like `contacts 1_000 from \"people.csv\"`.");
        }
      } else {
        if (const auto run = duration(item.child(Kind::duration))) simulation.run = *run;
        simulation.seed = whole(item.child(Kind::number));
      }
    } else if (item.kind() == Kind::expect) {
      bytecode::Expectation expectation;
      expectation.above = item.has("above");
      expectation.line = line(place(item));
      if (item.has("sent")) {
        expectation.content = find(NameKind::content, item.child(Kind::name));
        expectation.count = whole(item.child(Kind::number));
      } else {
        expectation.goal = find(NameKind::goal, item.child(Kind::name));
        if (const auto value = share(item.children().back())) expectation.share = *value;
      }
      if (expectation.goal != none || expectation.content != none) simulation.expect.push_back(expectation);
    } else if (item.kind() == Kind::reaction) {
      bytecode::Reaction reaction{.values = {}};
      const grammar::Nodes parts = item.children();
      const Node cause = parts[0];
      if (cause.kind() == Kind::call) {
        const grammar::Nodes arguments = cause.children(Kind::argument);
        Node content;
        if (arguments.size() == 1) content = arguments[0].child(Kind::expression).child(Kind::path).child(Kind::name);
        if (cause.child(Kind::name).text() != "sent" || !content) {
          report(Code::wrong_arguments, place(cause),
                 "what leads to something is `arrival`, `sent(CONTENT)` or an event", "none of these",
                 "Write it like `sent(welcome) leads to clicked 8% within 2 days`.");
          continue;
        }
        reaction.cause = bytecode::Reaction::Cause::sent;
        reaction.content = find(NameKind::content, content);
        if (reaction.content == none) continue;
      } else if (cause.text() == "arrival") {
        reaction.cause = bytecode::Reaction::Cause::arrival;
      } else {
        reaction.cause = bytecode::Reaction::Cause::event;
        reaction.event = find(NameKind::event, cause);
        if (reaction.event == none) continue;
      }
      const Node effect = item.after("to");
      reaction.effect = find(NameKind::event, effect.kind() == Kind::call ? effect.child(Kind::name) : effect);
      if (reaction.effect == none) continue;
      reaction.values = event_arguments(effect, reaction.effect);
      const Node probability = item.child(Kind::percent) ? item.child(Kind::percent) : item.child(Kind::number);
      if (const auto value = share(probability)) reaction.probability = *value;
      if (const Node when = item.child(Kind::expression)) {
        const Type boolean = Type::of(TypeKind::boolean);
        reaction.when = function(when, Scope{}, &boolean, fmt::format("simulate {} when", simulation.name));
      }
      if (const auto within = duration(item.child(Kind::duration))) reaction.within = *within;
      simulation.reactions.push_back(std::move(reaction));
    }
  }
  const Place name = place(node.child(Kind::text));
  if (simulation.name.empty()) report(Code::missing_clause, name, "a simulation without a name", "what is it called?");
  if (!seen.contains("contacts"))
    report(Code::missing_clause, name, "this simulation has no people in it", "no `contacts`",
           "Say who: `contacts 1_000 from \"people.csv\"`, or `contacts 1_000 like { … }`.");
  if (!seen.contains("run"))
    report(Code::missing_clause, name, "this simulation does not say how long it runs", "no `run`",
           "Say how long, and from which number chance starts: `run 30 days seed 7`.");
  program_.module.simulations.push_back(std::move(simulation));
}

}  // namespace fairlead::compiler
