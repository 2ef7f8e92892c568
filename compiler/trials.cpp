// Tests.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using bytecode::TestStep;
using grammar::Code;
using grammar::Diagnostic;
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

void Checker::given_row(Node block, Index record, const std::string& prefix, std::vector<bytecode::Given>& out) {
  for (const Node& value : block.children(Kind::argument)) {
    const Node name_node = value.child(Kind::name);
    const std::string name = prefix + std::string(name_node.text());
    if (const Node inner = value.child(Kind::block)) {
      given_row(inner, record, name + ".", out);
      continue;
    }
    const bytecode::RecordType& of = program_.module.records[record];
    const auto found =
        std::find_if(of.fields.begin(), of.fields.end(), [&](const bytecode::Field& f) { return f.name == name; });
    if (found == of.fields.end()) {
      no_record_field(place(name_node), record, name, "");
      continue;
    }
    const auto index = static_cast<Index>(found - of.fields.begin());
    const Type type = Type::of(found->type);
    Scope scope;
    scope.contact = false;
    scope.history = false;
    out.push_back({index, function(value.child(Kind::expression), scope, &type, fmt::format("given {}", name))});
  }
}

void Checker::row_is_whole(Node name, Index record, const std::vector<bytecode::Given>& values) {
  const bytecode::RecordType& of = program_.module.records[record];
  for (Index i = 0; i < of.fields.size(); ++i) {
    const bool needed = of.fields[i].key || (!of.fields[i].type.optional && of.fields[i].initial == none);
    if (!needed || std::any_of(values.begin(), values.end(), [i](const bytecode::Given& g) { return g.field == i; }))
      continue;
    report(Code::missing_clause, place(name),
           fmt::format("this row of `{}` does not say its `{}`{}", of.name, of.fields[i].name,
                       of.fields[i].key ? ", which is its key" : ""),
           fmt::format("no `{}`", of.fields[i].name),
           fmt::format("Write it like `given {} {{ {}: … }}`.", of.name, of.fields[i].name));
  }
}

Index Checker::choice_of(Node path) {
  const std::string written = source_text(path);
  const std::size_t dot = written.find('.');
  const std::string workflow = dot == std::string::npos ? "" : written.substr(0, dot);
  const std::string name = dot == std::string::npos ? written : written.substr(dot + 1);
  std::vector<Index> found;
  std::vector<std::string> all;
  const std::vector<bytecode::Choice>& choices = program_.module.choices;
  for (Index i = 0; i < choices.size(); ++i) {
    const std::string& key = choices[i].key;
    const std::string last = key.substr(key.rfind('/') + 1);
    const std::string first = key.substr(0, key.find('/'));
    all.push_back(last);
    if (last == name && (workflow.empty() || first == workflow)) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    const std::vector<std::string_view> candidates(all.begin(), all.end());
    const std::string_view near = grammar::closest(name, candidates);
    report(Code::unknown_name, place(path), fmt::format("there is no `choose` called `{}`", written), "not declared",
           !near.empty() && near != name ? fmt::format("Did you mean `{}`?", near)
           : all.empty()                 ? "This project has none: `choose offer toward GOAL { … }` is one."
                                         : fmt::format("There is {}.", listed(all)));
  } else {
    const std::string& key = choices[found.front()].key;
    report(Code::several_choices, place(path), fmt::format("more than one `choose` is called `{}`", written),
           "which one?",
           workflow.empty() ? fmt::format("Name its workflow too: `{}.{}`.", key.substr(0, key.find('/')), name)
                            : "Give one of them another name.");
  }
  return none;
}

/// The fields of the contact that an expression reads, each once.
void Checker::fields_read(ExprId id, std::vector<Index>& out) const {
  const Expr& expr = program_.exprs[id];
  if (expr.op == Op::field && std::find(out.begin(), out.end(), expr.ref) == out.end()) out.push_back(expr.ref);
  for (const ExprId arg : expr.args) fields_read(arg, out);
}

void Checker::outcome(Node node, std::vector<TestStep>& out) {
  TestStep step{.line = line(place(node)), .values = {}, .fields = {}, .text = {}};
  if (const Node condition = node.child(Kind::expression)) {
    const Type boolean = Type::of(TypeKind::boolean);
    step.kind = TestStep::Kind::expect_that;
    step.text = source_text(condition);
    step.condition = function(condition, Scope{}, &boolean, fmt::format("expect {}", step.text));
    fields_read(program_.roots[step.condition], step.fields);
    out.push_back(std::move(step));
    return;
  }
  step.negated = node.has("not");
  if (const Node by = node.child(Kind::recipient_channel)) step.channel = find(NameKind::channel, by.child(Kind::name));
  if (node.has("nothing")) {
    step.kind = TestStep::Kind::expect_nothing_sent;
  } else if (node.has("sent")) {
    step.kind = TestStep::Kind::expect_sent;
    step.content = find(NameKind::content, node.child(Kind::name));
    if (const Node by = node.child(Kind::recipient_channel); by && step.content != none && step.channel != none) {
      const bytecode::Content& content = program_.module.contents[step.content];
      if (std::none_of(content.variants.begin(), content.variants.end(),
                       [&](const bytecode::Variant& v) { return v.channel == step.channel; })) {
        report(Code::no_channel, place(by),
               fmt::format("the content `{}` has nothing for {}, so it never goes out by it", content.name,
                           program_.module.channels[step.channel].name),
               "no texts for this channel", "Name one of the channels that the content has texts for.");
      }
    }
    if (const Node times = node.child(Kind::number)) {
      const auto value = number(times);
      const auto whole = value ? value->to_int() : Result<std::int64_t>(0);
      if (!whole || Decimal::from_int(*whole) != *value || *whole < 1 || *whole > 1'000'000) {
        report(Code::number_range, place(times), "a whole number from 1 is wanted here", "not so many times",
               step.content == none ? "Write it like `expect sent welcome 2 times`."
                                    : fmt::format("For none at all write `expect not sent {}`.",
                                                  program_.module.contents[step.content].name));
      } else {
        step.times = static_cast<std::uint32_t>(*whole);
      }
    }
  } else if (node.has("option")) {
    step.kind = TestStep::Kind::expect_chosen;
    step.choice = choice_of(node.child(Kind::path));
    const Node name = node.child(Kind::name);
    if (step.choice == none) return;
    const std::vector<bytecode::Option>& options = program_.module.choices[step.choice].options;
    const auto at = std::find_if(options.begin(), options.end(),
                                 [&](const bytecode::Option& option) { return option.name == name.text(); });
    if (at == options.end()) {
      std::vector<std::string> names;
      for (const bytecode::Option& option : options) names.push_back(option.name);
      const std::string_view near = grammar::closest(name.text(), {names.begin(), names.end()});
      report(Code::unknown_name, place(name),
             fmt::format("`{}` has no option called `{}`", source_text(node.child(Kind::path)), name.text()),
             "not declared",
             near.empty() ? fmt::format("It has {}.", listed(names)) : fmt::format("Did you mean `{}`?", near));
      return;
    }
    step.option = static_cast<std::uint32_t>(at - options.begin());
  } else {
    step.kind = node.has("left") ? TestStep::Kind::expect_left : TestStep::Kind::expect_entered;
    if (const Node name = node.child(Kind::name)) step.workflow = find(NameKind::workflow, name);
  }
  out.push_back(std::move(step));
}

void Checker::test_case(Node node, bytecode::Test& test, std::map<std::string, Place>& seen, bool expects) {
  const Node name = node.child(Kind::name);
  bytecode::TestCase out{.name = std::string(name.text()), .line = line(place(node)), .values = {}, .expect = {}};
  if (const auto [at, fresh] = seen.emplace(out.name, place(name)); !fresh) {
    Diagnostic& d =
        report(Code::declared_twice, place(name), fmt::format("a case called `{}` stands here twice", out.name),
               "the second one", "Results go by the names of cases. Rename one of them.");
    d.secondary.push_back({at->second.file, at->second.span, "the first one"});
  }
  given_values(node.child(Kind::block), "", out.values);
  if (const Node expect = node.child(Kind::expect)) {
    for (const Node& item : expect.children(Kind::outcome)) outcome(item, out.expect);
  } else if (!expects) {
    report(Code::nothing_to_test, place(name),
           fmt::format("the case `{}` expects nothing, so it could not fail", out.name), "no `expect`",
           fmt::format("Say what should have happened: `case {} {{ … }} expect sent …`.", out.name));
  }
  test.cases.push_back(std::move(out));
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
  const Node block = node.child(Kind::block);
  const bool expects = bool(block.child(Kind::expect));
  const bool tabled = bool(block.child(Kind::test_case));
  bool acted = false;
  std::map<std::string, Place> cases;
  const auto add_step = [&](TestStep::Kind kind, Node at) -> TestStep& {
    test.steps.push_back({.kind = kind, .line = line(place(at)), .values = {}, .fields = {}, .text = {}});
    return test.steps.back();
  };
  for (const Node& item : block.children()) {
    switch (item.kind()) {
      case Kind::given: {
        std::vector<bytecode::Given> values;
        if (const Node record = item.child(Kind::name)) {
          const Index of = find(NameKind::record, record);
          if (of == none) break;
          given_row(item.child(Kind::block), of, "", values);
          row_is_whole(record, of, values);
          TestStep& step = add_step(TestStep::Kind::given_row, item);
          step.event = of;
          step.values = std::move(values);
          break;
        }
        given_values(item.child(Kind::block), "", values);
        add_step(TestStep::Kind::given, item).values = std::move(values);
        break;
      }
      case Kind::test_case: test_case(item, test, cases, expects); break;
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
      case Kind::expect:
        if (!acted) {
          report(Code::expect_before_act, place(item), "nothing has happened yet that this could speak of", "too early",
                 "Put a `when`, a `set` or an `after` before it.");
          break;
        }
        for (const Node& one : item.children(Kind::outcome)) outcome(one, test.steps);
        break;
      default: break;
    }
  }
  if (!expects && !tabled) {
    report(Code::nothing_to_test, place(node.child(Kind::text)), "this test expects nothing, so it could not fail",
           "no `expect`", "Say what should have happened: `expect sent …`, `expect nothing sent`, `expect left`.");
  } else if (tabled && !acted && !expects) {
    report(Code::expect_before_act, place(node.child(Kind::text)),
           "nothing happens in this test that its cases could speak of", "no `when`, `set` or `after`",
           "Say what happens: `when downloaded(asset: \"whitepaper\")`.");
  }
  program_.module.tests.push_back(std::move(test));
}

}  // namespace fairlead::compiler
