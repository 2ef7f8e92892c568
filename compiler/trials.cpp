// Tests and simulations.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using bytecode::TestStep;
using grammar::Code;
using grammar::Kind;
using grammar::Node;

std::vector<bytecode::Given> Checker::event_arguments(Node call, Index event) {
  std::vector<bytecode::Given> out;
  const std::vector<bytecode::EventField> fields = program_.module.events[event].fields;
  const std::string name = program_.module.events[event].name;
  std::set<std::string> given;
  if (call.kind() == Kind::call) {
    for (const Argument& argument : arguments_of(call)) {
      const std::string& label = argument.name;
      const auto at =
          std::find_if(fields.begin(), fields.end(), [&](const bytecode::EventField& f) { return f.name == label; });
      if (at == fields.end() || !argument.value) {
        report(Code::wrong_arguments, place(argument.node),
               !label.empty() ? fmt::format("the event `{}` has no field `{}`", name, label)
                              : "the values of an event are given by name",
               !label.empty() ? "not a field of it" : "no name",
               fields.empty()
                   ? fmt::format("Declare it: `event {} {{ {}: Text }}`.", name, label.empty() ? "page" : label)
                   : fmt::format("Write it like `{}({}: …)`.", name, fields.front().name));
        continue;
      }
      const Type type = Type::of(at->type);
      Scope scope;
      scope.contact = false;
      scope.history = false;
      out.push_back({static_cast<Index>(at - fields.begin()),
                     function(argument.value, scope, &type, fmt::format("{} {}", name, at->name))});
      given.insert(at->name);
    }
  }
  for (const bytecode::EventField& field : fields) {
    if (!given.contains(field.name) && !field.type.optional) {
      report(Code::wrong_arguments, place(call), fmt::format("the event `{}` needs `{}`", name, field.name),
             fmt::format("no `{}`", field.name), fmt::format("Write it like `{}({}: …)`.", name, field.name));
    }
  }
  return out;
}

void Checker::given_values(Node block, const std::string& prefix, std::vector<bytecode::Given>& out) {
  for (const Node& value : block.children(Kind::argument)) {
    const Node name_node = value.child(Kind::name);
    const std::string name = prefix + std::string(name_node.text());
    if (const Node inner = value.child(Kind::block)) {
      given_values(inner, name + ".", out);
      continue;
    }
    const auto found = program_.field_index.find(name);
    if (found == program_.field_index.end()) {
      if (!program_.field_places.contains(name)) no_field(place(name_node), name);
      continue;
    }
    const Index index = found->second;
    const Type type = Type::of(program_.module.fields[index].type);
    Scope scope;
    scope.contact = false;
    scope.history = false;
    out.push_back({index, function(value.child(Kind::expression), scope, &type, fmt::format("given {}", name))});
  }
}

void Checker::test(Node node) {
  bytecode::Test test;
  test.name = plain_text(node.child(Kind::text)).value_or("");
  if (test.name.empty() && !node.child(Kind::text).child(Kind::hole)) {
    report(Code::missing_clause, place(node.child(Kind::text)), "this test does not say what it shows", "empty",
           "Say it in a few words: `test \"nobody is written to at night\" { … }`.");
  }
  test.file = files_[place(node).file].path();
  test.line = line(place(node));
  bool acted = false;
  bool expects = false;
  const auto add_step = [&](TestStep::Kind kind, Node at) -> TestStep& {
    test.steps.push_back({.kind = kind, .line = line(place(at)), .values = {}});
    return test.steps.back();
  };
  for (const Node& item : node.child(Kind::block).children()) {
    switch (item.kind()) {
      case Kind::given: {
        std::vector<bytecode::Given> values;
        given_values(item.child(Kind::block), "", values);
        add_step(TestStep::Kind::given, item).values = std::move(values);
        break;
      }
      case Kind::trigger: {
        acted = true;
        const Node call = item.child(Kind::call);
        const Node name = call ? call.child(Kind::name) : item.child(Kind::name);
        const Index event = find(NameKind::event, name);
        if (event == none) break;
        std::vector<bytecode::Given> values = event_arguments(call ? call : name, event);
        TestStep& step = add_step(TestStep::Kind::when, item);
        step.values = std::move(values);
        step.event = event;
        if (const Node of = item.after("of")) {
          const Index content = find(NameKind::content, of);
          test.steps.back().of_content = content;
        }
        break;
      }
      case Kind::clause: {
        acted = true;
        const auto after = duration(item.child(Kind::duration));
        add_step(TestStep::Kind::after, item).after = after.value_or(Duration{});
        break;
      }
      case Kind::set: {
        acted = true;
        const ExprId target = path_of(item.child(Kind::path), Scope{}, nullptr);
        const Expr expr = program_.exprs[target];
        if (expr.op != Op::field) break;
        Scope scope;
        scope.contact = false;
        const Index value =
            function(item.child(Kind::expression), scope, &expr.type, fmt::format("test {} set", test.name));
        add_step(TestStep::Kind::set, item).values = {{expr.ref, value}};
        break;
      }
      case Kind::expect: {
        expects = true;
        if (!acted) {
          report(Code::expect_before_act, place(item), "nothing has happened yet that this could speak of", "too early",
                 "Put a `when`, a `set` or an `after` before it.");
          break;
        }
        if (item.has("nothing")) {
          add_step(TestStep::Kind::expect_nothing_sent, item);
        } else if (item.has("sent")) {
          const Index content = find(NameKind::content, item.child(Kind::name));
          Index channel = none;
          if (const Node by = item.child(Kind::recipient_channel))
            channel = find(NameKind::channel, by.child(Kind::name));
          TestStep& step = add_step(TestStep::Kind::expect_sent, item);
          step.content = content;
          step.channel = channel;
        } else {
          Index workflow = none;
          if (const Node name = item.child(Kind::name)) workflow = find(NameKind::workflow, name);
          add_step(item.has("left") ? TestStep::Kind::expect_left : TestStep::Kind::expect_entered, item).workflow =
              workflow;
        }
        break;
      }
      default: break;
    }
  }
  if (!expects) {
    report(Code::nothing_to_test, place(node.child(Kind::text)), "this test expects nothing, so it could not fail",
           "no `expect`", "Say what should have happened: `expect sent …`, `expect nothing sent`, `expect left`.");
  }
  program_.module.tests.push_back(std::move(test));
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
        simulation.from = plain_text(item.child(Kind::text)).value_or("");
      } else {
        if (const auto run = duration(item.child(Kind::duration))) simulation.run = *run;
        simulation.seed = whole(item.child(Kind::number));
      }
    } else if (item.kind() == Kind::expect) {
      const std::vector<Node> parts = item.children();
      bytecode::Expectation expectation;
      expectation.goal = find(NameKind::goal, item.child(Kind::name));
      expectation.above = item.has("above");
      expectation.line = line(place(item));
      if (const auto value = share(parts.back())) expectation.share = *value;
      if (expectation.goal != none) simulation.expect.push_back(expectation);
    } else if (item.kind() == Kind::reaction) {
      bytecode::Reaction reaction{.values = {}};
      const std::vector<Node> parts = item.children();
      const Node cause = parts[0];
      if (cause.kind() == Kind::call) {
        const std::vector<Node> arguments = cause.children(Kind::argument);
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
  if (!seen.contains("contacts"))
    report(Code::missing_clause, name, "this simulation has no people in it", "no `contacts`",
           "Say who: `contacts 1_000 from \"people.csv\"`.");
  if (!seen.contains("run"))
    report(Code::missing_clause, name, "this simulation does not say how long it runs", "no `run`",
           "Say how long, and from which number chance starts: `run 30 days seed 7`.");
  program_.module.simulations.push_back(std::move(simulation));
}

}  // namespace fairlead::compiler
