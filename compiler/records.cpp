// Records beside the contact, what their fields mean in an expression, and budgets that are shared out over them.
#include "compiler/flow.hpp"
#include "runtime/bytecode/findings.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

void Checker::other_record(Node node, Index index) {
  bytecode::RecordType record{.name = std::string(node.child(Kind::name).text()), .fields = {}};
  std::map<std::string, Place> seen;
  for (const Node& field : node.child(Kind::block).children(Kind::field))
    other_field(field, "", field.child(Kind::type), record, seen);
  const Place at = place(node.child(Kind::name));
  const grammar::Nodes fields = node.child(Kind::block).children(Kind::field);
  if (std::none_of(fields.begin(), fields.end(), [](const Node& field) { return field.has("key"); })) {
    report(Code::missing_clause, at,
           fmt::format("no field of `{}` is marked `key`, so none could be told from another", record.name),
           "no `key` field", "Mark the field that identifies it: `key name: Text`.");
  }
  if (record.fields.size() > bytecode::most_fields) {
    report(Code::too_complex, at, fmt::format("a record has at most {} fields", bytecode::most_fields), "too many",
           "Split it into several.");
    record.fields.clear();
  }
  program_.module.records[index] = std::move(record);
}

void Checker::other_field(Node node, const std::string& prefix, Node type_node, bytecode::RecordType& record,
                          std::map<std::string, Place>& seen) {
  const Node name_node = node.child(Kind::name);
  const std::string name = prefix + std::string(name_node.text());
  if (const auto [at, fresh] = seen.emplace(name, place(name_node)); !fresh) {
    Diagnostic& d =
        report(Code::declared_twice, place(name_node), fmt::format("the field `{}` is declared twice", name),
               "the second one", "Keep one of them.");
    d.secondary.push_back({at->second.file, at->second.span, "the first one"});
    return;
  }
  for (const std::string_view mark : {"zone", "fixed"}) {
    if (!node.has(mark)) continue;
    report(Code::type_mismatch, place(name_node), fmt::format("only a field of the contact can be marked `{}`", mark),
           fmt::format("a field of `{}`", record.name), "Leave the mark out.");
    return;
  }
  if (const Node parts = record_of(type_node)) {
    for (const Node& part : parts.children(Kind::field))
      other_field(part, name + ".", part.child(Kind::type), record, seen);
    return;
  }
  if (type_node.child(Kind::name) && type_node.child(Kind::name).text() == "Consent") {
    report(Code::type_mismatch, place(type_node), "only a contact gives its consent", "not a contact",
           "Put the consent into `record contact`.");
    return;
  }
  const Type found = type(type_node);
  if (found.broken()) return;
  bytecode::Field field{.name = name, .id = name_id(name), .type = found.field};
  field.key = node.has("key");
  field.labels = labels_of(node);
  std::map<std::string, Place> marks;
  for (const Node& readiness : node.children(Kind::readiness)) {
    const Node word = readiness.children().front();
    if (!once(marks, std::string(word.text()), readiness)) continue;
    if (word.is("fresh")) field.fresh = window_of(readiness.child(Kind::duration));
    if (word.is("complete")) field.complete = share(readiness.child(Kind::percent));
  }
  if (const Node value = node.child(Kind::expression)) {
    Scope scope;
    scope.contact = false;
    scope.history = false;
    field.initial = function(value, scope, &found, fmt::format("{}.{} default", record.name, name));
  }
  record.fields.push_back(std::move(field));
}

ExprId Checker::record_field_of(const Binding& binding, const grammar::Nodes& names, const Scope& scope, Place at) {
  const bytecode::RecordType& record = program_.module.records[binding.record];
  std::string field;
  for (std::size_t i = 1; i < names.size(); ++i) field += fmt::format("{}{}", i == 1 ? "" : ".", names[i].text());
  const std::string path = fmt::format("{}.{}", binding.name, field);
  for (Index i = 0; i < record.fields.size(); ++i) {
    if (record.fields[i].name != field) continue;
    Type type = Type::of(record.fields[i].type);
    if (scope.present.contains(path)) type.field.optional = false;
    return add({.op = Op::event,
                .type = std::move(type),
                .place = at,
                .args = {},
                .ref = binding.number,
                .member = i,
                .path = path,
                .labels = record.fields[i].labels});
  }
  no_record_field(at, binding.record, field, binding.name + ".");
  return constant(at, Type{}, {});
}

void Checker::no_record_field(Place at, Index index, const std::string& field, const std::string& before) {
  const bytecode::RecordType& record = program_.module.records[index];
  std::vector<std::string_view> candidates;
  std::vector<std::string> known;
  for (const bytecode::Field& f : record.fields) {
    candidates.push_back(f.name);
    known.push_back(f.name);
  }
  const std::string_view near = grammar::closest(field, candidates);
  report(Code::unknown_field, at, fmt::format("the record `{}` has no field `{}`", record.name, field),
         fmt::format("not declared in `record {}`", record.name),
         !near.empty()   ? fmt::format("Did you mean `{}{}`?", before, near)
         : known.empty() ? fmt::format("Declare it there: `{}: Text`.", field)
                         : fmt::format("It has {}.", listed(known)));
}

FlowReader::Exits FlowReader::allocate(Node node, const Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node record_node = node.after("across");
  const Index index =
      add(bytecode::StepKind::allocate, node, key(prefix, fmt::format("allocate {}", record_node.text())));
  patch(exits, index);
  const std::string name = module().steps[index].key;
  bytecode::Allocation out{.key = name};
  out.goal = goal_of(node, node.children().front(), "a budget is shared out toward a goal, and this one has none",
                     "Say it before the block, `… toward GOAL { … }`, or in the workflow, with `toward GOAL`.");
  const Node literal = node.child(Kind::money);
  if (const auto amount = c_.money(literal)) {
    out.amount = amount->first;
    if (amount->second != module().currency) {
      c_.report(Code::mixed_money, c_.place(literal),
                fmt::format("a budget is in the currency of the project, {}", module().currency),
                fmt::format("this is {}", amount->second), "Convert it; or change `currency` in `project`.");
    } else if (amount->first <= Decimal()) {
      c_.report(Code::number_range, c_.place(literal), "there is nothing to share out", "no money",
                "Write it like `allocate $10_000 per week across campaign { … }`.");
    }
  }
  if (const auto per = c_.period(node.after("per"))) std::tie(out.period, out.window) = *per;
  out.record = c_.find(NameKind::record, record_node);
  Scope inner = scope;
  module().steps[index].bind = bind_record(record_node, inner);
  if (const Node where = node.child(Kind::expression)) {
    const Type boolean = Type::of(TypeKind::boolean);
    out.where = c_.function(where, inner, &boolean, name + " where");
  }
  out.most = Decimal::from_int(1);
  std::map<std::string, Place> seen;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    if (clause.has("move")) {
      if (once(seen, "move at most", clause)) out.move = c_.pace(clause);
      continue;
    }
    if (!once(seen, "each between", clause)) continue;
    grammar::Nodes ends;
    for (const Node& child : clause.children()) {
      if (child.is(Kind::percent) || child.is(Kind::number)) ends.push_back(child);
    }
    const auto least = c_.share(ends[0]);
    const auto most = c_.share(ends[1]);
    if (!least || !most) continue;
    if (*least > *most) {
      c_.report(
          Code::most_below_least, c_.place(clause), "each would have more at least than at most", "the wrong way round",
          fmt::format("Write the smaller share first: `each between {} and {}`.", ends[1].text(), ends[0].text()));
      continue;
    }
    out.least = *least;
    out.most = *most;
  }
  module().steps[index].allocation = static_cast<Index>(module().allocations.size());
  module().allocations.push_back(std::move(out));
  return {{index, Exit::next, 0}};
}

}  // namespace fairlead::compiler
