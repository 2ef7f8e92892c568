// The head of a workflow: who enters, who leaves, toward what, and under which rules.
#include "compiler/heads.hpp"

#include "compiler/rules.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

HeadReader::HeadReader(Checker& checker, Index workflow, Node node)
    : c_(checker), index_(workflow), node_(node), workflow_(checker.program_.module.workflows[workflow]) {}

void HeadReader::read() {
  const Place name = c_.place(node_.child(Kind::name));
  workflow_.file = c_.files_[name.file].path();
  workflow_.line = c_.line(name);
  subject();
  for (const Node& item : node_.child(Kind::block).children()) {
    if (item.kind() == Kind::rule && c_.once(seen_, "limit", item)) limits_.push_back(item);
    if (item.kind() == Kind::steps && c_.once(seen_, "steps", item.children().front())) steps_ = item;
    if (item.kind() == Kind::waiver) waivers_.push_back(item);
    if (item.kind() == Kind::clause) clause(item);
  }
  if (!entered_ && !c_.followed_.contains(workflow_.name)) {
    c_.report(Code::no_entry, name, fmt::format("nobody can enter the workflow `{}`", workflow_.name), "no `enter`",
              fmt::format("Say on which event: `enter on downloaded`. Or lead there from another workflow: `follow {}`.",
                          workflow_.name));
  }
  if (!steps_) {
    c_.report(Code::missing_clause, name, fmt::format("the workflow `{}` has no steps", workflow_.name), "no `steps`",
              "Add them: `steps { … }`.");
  }
  c_.program_.module.workflows[index_] = workflow_;
  std::vector<Index>& rules = c_.program_.module.workflows[index_].rules;
  for (const Node& limit : limits_) {
    if (const Index rule = RuleReader(c_, workflow_.name, index_).read(limit); rule != none) rules.push_back(rule);
  }
  c_.bind_policies(index_);
  for (const Node& item : waivers_) waive(item);
}

Scope HeadReader::scope() const {
  Scope out;
  out.nobody = workflow_.subject.empty();
  out.contact = out.history = !out.nobody;
  out.invariants = invariants_;
  out.present = invariants_;
  // A `follow` brings no event along, and vouches for nothing.
  if (c_.followed_.contains(workflow_.name)) return out;
  if (by_event_ && !workflow_.enter.empty()) {
    const Index event = workflow_.enter.front().event;
    if (event != none && std::all_of(workflow_.enter.begin(), workflow_.enter.end(),
                                     [&](const bytecode::Trigger& t) { return t.event == event; }))
      out.bindings.push_back({"event", event, 0});
  }
  known_.value_or(Facts()).each([&](const std::string& fact) {
    if (!fact.starts_with("event.") || !out.bindings.empty()) out.present.insert(fact);
  });
  return out;
}

void HeadReader::subject() {
  const Node record = node_.after("for");
  if (record && record.text() != "contact") {
    c_.not_supported(record, fmt::format("for {}", record.text()));
    return;
  }
  if (record) return;
  const Node clue = speaks_of_contact();
  if (!clue) {
    workflow_.subject.clear();
    return;
  }
  // Said once; what follows is read as what was meant.
  const Node name = node_.child(Kind::name);
  Diagnostic& d =
      c_.report(Code::no_contact_here, c_.place(name),
                fmt::format("the workflow `{}` does not say whom it is for", workflow_.name), "no `for contact`",
                fmt::format("Write `workflow {} for contact {{`.", workflow_.name));
  const Place at = c_.place(clue);
  d.secondary.push_back({at.file, at.span, "this is about a contact"});
}

Node HeadReader::speaks_of_contact() const {
  for (const Node& item : node_.child(Kind::block).children(Kind::clause)) {
    const Node head = item.children().front();
    if (head.is("leave") || head.is("again")) return item;
    if (head.is("enter") && (item.has("on") || item.has("when"))) return item;
  }
  return {};
}

bytecode::Trigger HeadReader::trigger(Node node, const char* what) {
  bytecode::Trigger out;
  const Type boolean = Type::of(TypeKind::boolean);
  out.event = c_.find(NameKind::event, node.child(Kind::name));
  const Node where = node.child(Kind::expression);
  if (!where || out.event == none) return out;
  Scope scope;
  scope.subject = Binding{"", out.event, 0};
  scope.bindings = {Binding{"event", out.event, 0}};
  out.where =
      c_.function(where, scope, &boolean,
                  fmt::format("{} {} {} where", workflow_.name, what, c_.program_.module.events[out.event].name));
  return out;
}

namespace {

/// A path that begins at the contact; empty where there is none.
Node contact_in(Node node) {
  if (node.is(Kind::path) && node.child(Kind::name).text() == "contact") return node;
  for (const Node& child : node.children()) {
    if (const Node found = contact_in(child)) return found;
  }
  return {};
}

}  // namespace

void HeadReader::clause(Node item) {
  const Node head = item.children().front();
  if (head.is("enter")) return enter(item);
  if (head.is("leave")) return leave(item);
  if (head.is("under")) {
    for (const Node& policy : item.children(Kind::name)) {
      if (c_.find(NameKind::policy, policy) != none) c_.under_[workflow_.name].emplace_back(policy.text());
    }
    return;
  }
  if (!c_.once(seen_, std::string(head.text()), item)) return;
  if (head.is("owner")) workflow_.owner = c_.plain_text(item.child(Kind::text)).value_or("");
  if (head.is("toward")) workflow_.goal = c_.find(NameKind::goal, item.child(Kind::name));
  if (head.is("again") && !item.has("never")) workflow_.again = c_.duration(item.child(Kind::duration));
  if (head.is("budget")) workflow_.head.budget = amount(item);
  if (head.is("rollout")) rollout(item);
  if (head.is("pause")) {
    if (const Node contact = contact_in(item)) {
      c_.report(Code::event_not_here, c_.place(contact), "a workflow pauses for everybody, so nobody's fields are read here",
                "whose?", "Ask how often something happens, like `rate(complained per sent, last 7 days) > 0.1%`.");
      return;
    }
    const Type boolean = Type::of(TypeKind::boolean);
    Scope scope;
    scope.contact = false;  // it is asked of the workflow, and not of a person
    scope.history = false;
    workflow_.head.pause =
        c_.function(item.child(Kind::expression), scope, &boolean, fmt::format("{} pause when", workflow_.name));
  }
}

void HeadReader::leave(Node item) {
  const Node when = item.child(Kind::expression);
  if (!when) {
    for (const Node& t : item.children(Kind::trigger)) workflow_.leave_on.push_back(trigger(t, "leave on"));
    return;
  }
  const Type boolean = Type::of(TypeKind::boolean);
  const Index function = c_.function(when, Scope{}, &boolean, fmt::format("{} leave when", workflow_.name));
  workflow_.leave_when.push_back(function);
  // Whoever is still here at the beginning of a turn is so because it did not hold (language, section 10.1). Where it
  // might fail instead of holding, nothing follows from that.
  const ExprId root = c_.program_.roots[function];
  if (c_.cannot_fail(root)) c_.facts(root, false, invariants_);
}

void HeadReader::enter(Node item) {
  entered_ = true;
  bytecode::Entry entry;
  entry.line = c_.line(c_.place(item));
  if (const Node rate = item.child(Kind::rate)) {
    const Node number = rate.child(Kind::number);
    const auto most = c_.number(number);
    if (most && (*most < Decimal::from_int(1) || !most->to_int() || Decimal::from_int(*most->to_int()) != *most))
      c_.report(Code::number_range, c_.place(number), "who enters is counted in whole numbers", "not a number of entries",
                "Write a whole number, like `500`.");
    entry.at_most = c_.quota(rate.after("per"));
    entry.at_most->most = most.value_or(Decimal());
  }
  if (item.has("on")) {
    entry.kind = bytecode::Entry::Kind::event;
    for (const Node& node : item.children(Kind::trigger)) {
      entry.triggers.push_back(static_cast<Index>(workflow_.enter.size()));
      workflow_.enter.push_back(trigger(node, "enter on"));
      Facts facts;
      if (const Index where = workflow_.enter.back().where; where != none) {
        Facts found;
        c_.facts(c_.program_.roots[where], true, found);
        // The event's fields go by their bare names there.
        found.each([&](const std::string& fact) {
          facts.insert(fact.starts_with("contact.") || fact.starts_with("event.") ? fact : "event." + fact);
        });
      }
      entry_knows(std::move(facts));
    }
  } else if (item.has("when")) {
    by_event_ = false;
    entry.kind = bytecode::Entry::Kind::segment;
    entry.segment = c_.find(NameKind::segment, item.child(Kind::name));
    if (entry.segment == none) return;
    const ExprId root = c_.program_.segment_roots[entry.segment];
    entry.by_clock = c_.comes_by_clock(root);
    Facts facts;
    c_.facts(root, true, facts);
    entry_knows(std::move(facts));
  } else if (item.has("every")) {
    by_event_ = false;
    entry.kind = bytecode::Entry::Kind::every;
    const Node length = item.child(Kind::duration);
    const auto every = c_.duration(length);
    if (every && *every <= Duration{})
      c_.report(Code::number_range, c_.place(length), "this would never end", "no time",
                "Write it like `enter every 1 day at 06:00`.");
    entry.every = every.value_or(Duration{});
    if (const Node at = item.child(Kind::time)) entry.at = c_.time(at);
    if (!workflow_.subject.empty()) {
      c_.report(Code::wrong_entry, c_.place(item), "the clock brings no contact along", "who enters?",
                "Name a segment, with `enter when SEGMENT`. Or leave out `for contact`, where the steps are about no "
                "person.");
      return;
    }
  } else {
    by_event_ = false;
    entry.kind = bytecode::Entry::Kind::hand;
    entry_knows({});
  }
  workflow_.head.entries.push_back(std::move(entry));
}

void HeadReader::entry_knows(Facts facts) {
  if (!known_) {
    known_ = std::move(facts);
  } else {
    known_->meet(facts);
  }
}

}  // namespace fairlead::compiler
