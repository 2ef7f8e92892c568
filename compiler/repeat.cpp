// Rounds, and going on elsewhere: `repeat`, `for each`, and `follow`.
#include "compiler/flow.hpp"
#include "runtime/bytecode/findings.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

FlowReader::Exits FlowReader::repeat(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Index index = add(bytecode::StepKind::repeat, node, key(prefix, "repeat"));
  patch(exits, index);
  const std::string name = module().steps[index].key;
  if (const auto times = c_.whole(node.child(Kind::number), bytecode::most_rounds, "rounds"))
    module().steps[index].times = *times;
  const Node every = node.child(Kind::duration);
  if (const auto length = c_.duration(every)) {
    module().steps[index].every = *length;
    if (*length <= Duration{}) {
      c_.report(Code::number_range, c_.place(every), "rounds that take no time would all come at once", "no time",
                "Say how long a round lasts, like `every 7 days`.");
    }
  }
  // A round may be the second: what was known before may be old at its start, and after the last one.
  go_stale(scope, node.children().front());
  Scope inner = scope;
  if (const Node until = node.child(Kind::expression)) {
    const Type boolean = Type::of(TypeKind::boolean);
    const Index condition = c_.function(until, scope, &boolean, name + " until");
    module().steps[index].value = condition;
    c_.facts(c_.program_.roots[condition], false, inner.present);
  }
  patch(sequence(node.child(Kind::block), inner, name, {{index, Exit::next, 0}}), index);
  scope.stale.merge(inner.stale);
  return {{index, Exit::otherwise, 0}};
}

FlowReader::Exits FlowReader::for_each(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name_node = node.child(Kind::name);
  const Index index =
      add(bytecode::StepKind::for_each, node, key(prefix, fmt::format("for each {}", name_node.text())));
  patch(exits, index);
  const std::string name = module().steps[index].key;
  // Each round is a turn.
  go_stale(scope, node.children().front());
  Scope inner = scope;
  module().steps[index].record = c_.find(NameKind::record, name_node);
  module().steps[index].bind = bind_record(name_node, inner);
  if (const Node where = node.child(Kind::expression)) {
    const Type boolean = Type::of(TypeKind::boolean);
    const Index condition = c_.function(where, inner, &boolean, name + " where");
    module().steps[index].value = condition;
    c_.facts(c_.program_.roots[condition], true, inner.present);
  }
  patch(sequence(node.child(Kind::block), inner, name, {{index, Exit::next, 0}}), index);
  scope.stale.merge(inner.stale);
  return {{index, Exit::otherwise, 0}};
}

Index FlowReader::bind_record(Node name, Scope& scope) {
  const Index number = module().workflows[workflow_].bindings++;
  const auto& records = c_.program_.names[NameKind::record];
  const auto declared = records.find(name.text());
  if (declared == records.end()) return number;
  for (const Binding& binding : scope.bindings) {
    if (binding.name != name.text()) continue;
    c_.report(Code::declared_twice, c_.place(name),
              fmt::format("`{}` stands for another one already, in the rounds around this", name.text()),
              "of which one?", "Do what is to be done with each in the outer rounds.");
    return number;
  }
  bind(scope, name, none, number);
  scope.bindings.back().record = declared->second.index;
  return number;
}

FlowReader::Exits FlowReader::follow(Node node, const Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name = node.child(Kind::name);
  const Index index = add(bytecode::StepKind::follow, node, key(prefix, fmt::format("follow {}", name.text())));
  patch(exits, index);
  if (!has_contact(node, scope, "to follow another workflow needs somebody who does")) return {};
  const Index to = c_.find(NameKind::workflow, name);
  module().steps[index].workflow = to;
  if (to == none) return {};
  if (!c_.program_.names[NameKind::workflow].find(name.text())->second.node.after("for")) {
    c_.report(Code::no_contact_here, c_.place(name),
              fmt::format("the workflow `{}` is not `for contact`, so that no contact can go on in it", name.text()),
              "for nobody", fmt::format("Say in its head whom it is for: `workflow {} for contact`.", name.text()));
    return {};
  }
  c_.follows_.resize(module().workflows.size());
  c_.follows_[workflow_].push_back({to, c_.place(name)});
  return {};
}

void Checker::follow_circles() {
  // Depth first with a stack of our own; each circle is said once, at the `follow` that closes it.
  enum class Colour : std::uint8_t { fresh, open, done };
  follows_.resize(program_.module.workflows.size());
  std::vector<Colour> colour(follows_.size(), Colour::fresh);
  std::vector<std::pair<Index, std::size_t>> way;
  for (Index start = 0; start < follows_.size(); ++start) {
    if (colour[start] == Colour::fresh) way.emplace_back(start, 0);
    while (!way.empty()) {
      auto& [here, next] = way.back();
      colour[here] = Colour::open;
      if (next == follows_[here].size()) {
        colour[here] = Colour::done;
        way.pop_back();
        continue;
      }
      const Follow follow = follows_[here][next++];
      if (colour[follow.to] == Colour::fresh) {
        way.emplace_back(follow.to, 0);
      } else if (colour[follow.to] == Colour::open) {
        const std::string& name = program_.module.workflows[follow.to].name;
        Diagnostic& d = report(Code::cycle, follow.place,
                               follow.to == way.back().first
                                   ? fmt::format("the workflow `{}` follows itself", name)
                                   : fmt::format("workflows follow each other in a circle, back to `{}`", name),
                               "leads back",
                               "Who is to come again later enters again: `again after 90 days`. What is done several "
                               "times stands in `repeat`.");
        for (auto at = way.rbegin(); at != way.rend() && at->first != follow.to;) {
          ++at;
          const Follow& before = follows_[at->first][at->second - 1];
          d.secondary.push_back({before.place.file, before.place.span,
                                 fmt::format("`{}` is followed here", program_.module.workflows[before.to].name)});
        }
      }
    }
  }
}

bool FlowReader::has_contact(Node node, const Scope& scope, std::string_view what) {
  if (!scope.nobody) return true;
  c_.report(Code::no_contact_here, c_.place(node.children().front()),
            fmt::format("{}, but this workflow is not `for contact`", what), "for whom?",
            "A workflow for people says so in its head: `workflow NAME for contact`.");
  return false;
}

}  // namespace fairlead::compiler
