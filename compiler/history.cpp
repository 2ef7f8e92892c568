// Questions about the history. Each becomes a counter, which the engine keeps up to date as events arrive; questions
// that are the same share one.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using bytecode::CounterKind;
using grammar::Code;
using grammar::Kind;
using grammar::Node;

namespace {

/// The argument that says how far back: `last 7 days`.
Node window_argument(Node call) {
  for (const Node& argument : call.children(Kind::argument)) {
    if (argument.has("last")) return argument;
  }
  return {};
}

std::string example(std::string_view name) {
  if (name == "sum") return "Write it like `sum(purchased.amount, last 30 days)`.";
  if (name == "last") return "Write it like `last(purchased).amount`.";
  if (name == "since") return "Write it like `since last(visited)`.";
  if (name == "idle") return "Write it like `idle(30 days)`.";
  if (name == "rate") return "Write it like `rate(complained per sent, last 7 days)`.";
  return fmt::format("Write it like `{}(visited, last 7 days)`.", name);
}

}  // namespace

bool Checker::history_here(Place at, const Scope& scope) {
  if (scope.history) return true;
  if (scope.nobody) {
    report(Code::no_contact_here, at, "there is no contact here whose history could be asked", "whose?",
           "A workflow that is to read contacts says so in its head: `workflow NAME for contact`.");
    return false;
  }
  report(Code::event_not_here, at, "what happened before cannot be asked here", "asks for the history",
         "Only the event itself and fixed values can be read here.");
  return false;
}

ExprId Checker::history_of(Node call, const Scope& scope) {
  const Place at = place(call);
  const std::string_view name = call.child(Kind::name).text();
  const auto broken = [&] { return constant(at, Type{}, {}); };
  if (name == "rate") return rate_of(call, scope);  // of a workflow, not of a contact
  if (!history_here(at, scope)) return broken();
  if (name == "idle") return idle_of(call);
  const bool ever = name == "seen" && !window_argument(call);
  const auto asked = question(call, name == "sum", !ever);
  if (!asked) return broken();
  if (name == "sum") {
    const bytecode::EventField& field = program_.module.events[asked->event].fields[asked->field];
    const Type type = present(Type::of(field.type));
    if (!type.is(TypeKind::number) && !type.is(TypeKind::money)) {
      report(Code::type_mismatch, at,
             fmt::format("only numbers and sums of money can be added up, but `{}` is {}", field.name, described(type)),
             "cannot be added up", "To ask how often it happened, write `count`.");
      return broken();
    }
    const Index kept = counter(at, CounterKind::sum, *asked);
    return ask(Op::sum, type, at, kept);
  }
  if (ever) {
    const Index kept = counter(at, CounterKind::last, *asked);
    return add({.op = Op::exists,
                .type = Type::of(TypeKind::boolean),
                .place = at,
                .args = {since(at, kept, fmt::format("since last({})", asked->text))},
                .path = {}});
  }
  const Index kept = counter(at, CounterKind::count, *asked);
  const bool count = name == "count";
  return ask(count ? Op::count : Op::seen, Type::of(count ? TypeKind::number : TypeKind::boolean), at, kept);
}

ExprId Checker::last_of(Node call, Node field, const Scope& scope) {
  const Place at{place(call).file, {place(call).span.begin, field ? place(field).span.end : place(call).span.end}};
  const auto broken = [&] { return constant(at, Type{}, {}); };
  if (!history_here(at, scope)) return broken();
  if (const Node window = window_argument(call)) {
    report(Code::wrong_arguments, place(window), "`last` looks back as far as there is anything", "wants no window",
           "Ask how long ago it was: `since last(visited) < 7 days`.");
    return broken();
  }
  auto asked = question(call, false, false);
  if (!asked) return broken();
  const bytecode::EventType& event = program_.module.events[asked->event];
  if (!field) {
    const std::string first = event.fields.empty() ? "" : event.fields.front().name;
    report(Code::type_mismatch, at, "the last event by itself is not a value", "a whole event",
           first.empty() ? fmt::format("Ask how long ago it was: `since last({})`.", asked->text)
                         : fmt::format("Name one of its fields, like `last({}).{}`, or ask how long ago it was: `since "
                                       "last({})`.",
                                       asked->text, first, asked->text));
    return broken();
  }
  for (Index i = 0; i < event.fields.size(); ++i) {
    if (event.fields[i].name != field.text()) continue;
    asked->field = i;
    const std::string path = fmt::format("last({}).{}", asked->text, field.text());
    Type type = Type::of(event.fields[i].type);
    // Where it is known that it happened, only what the event itself may leave out may be absent.
    const bool happened = scope.present.contains(fmt::format("since last({})", asked->text));
    type.field.optional = !scope.present.contains(path) && (!happened || type.field.optional);
    const Index kept = counter(at, CounterKind::last, *asked);
    const ExprId out = ask(Op::last, type, at, kept);
    program_.exprs[out].path = program_.keep(path);
    return out;
  }
  std::vector<std::string_view> candidates;
  std::vector<std::string> all;
  for (const bytecode::EventField& f : event.fields) {
    candidates.push_back(f.name);
    all.push_back(f.name);
  }
  const std::string_view near = grammar::closest(field.text(), candidates);
  report(Code::unknown_field, place(field), fmt::format("the event `{}` has no field `{}`", event.name, field.text()),
         "not a field of it",
         !near.empty() ? fmt::format("Did you mean `{}`?", near)
         : all.empty() ? fmt::format("It has no fields at all. Declare them: `event {} {{ {}: Text }}`.", event.name,
                                     field.text())
                       : fmt::format("It has {}.", listed(all)));
  return broken();
}

ExprId Checker::since_of(Node node, const Scope& scope) {
  const Place at = place(node);
  const auto broken = [&] { return constant(at, Type{}, {}); };
  if (!history_here(at, scope)) return broken();
  const Node call = node.child(Kind::call);
  if (const Node window = window_argument(call)) {
    report(Code::wrong_arguments, place(window), "`since last` looks back as far as there is anything",
           "wants no window", "Compare what it gives: `since last(visited) < 7 days`.");
    return broken();
  }
  const auto asked = question(call, false, false);
  if (!asked) return broken();
  const std::string path = fmt::format("since last({})", asked->text);
  const Index kept = counter(at, CounterKind::last, *asked);
  const ExprId out = since(at, kept, path);
  if (scope.present.contains(path)) program_.exprs[out].type.field.optional = false;
  return out;
}

ExprId Checker::idle_of(Node call) {
  const Place at = place(call);
  const grammar::Nodes arguments = call.children(Kind::argument);
  Node literal;
  if (arguments.size() == 1) {
    const Node inner = arguments[0].has("last") ? arguments[0] : arguments[0].child(Kind::expression);
    if (inner && (arguments[0].has("last") || inner.children().size() == 1)) literal = inner.child(Kind::duration);
  }
  if (!literal) {
    report(Code::wrong_arguments, at, "`idle` wants a length of time, and nothing else",
           arguments.empty() ? "for how long?" : "not a length of time", example("idle"));
    return constant(at, Type{}, {});
  }
  const auto length = window_of(literal);
  if (!length) return constant(at, Type{}, {});
  // Nothing in `(now - D, now]`: either nothing ever, or the last of it lies at least D back.
  const Type boolean = Type::of(TypeKind::boolean);
  const auto make = [&](Op op, Args args) {
    return add({.op = op, .type = boolean, .place = at, .args = std::move(args), .path = {}});
  };
  Question anything;
  anything.text = "anything";
  const Index kept = counter(at, CounterKind::last, anything);
  const ExprId first = since(at, kept, "");
  const ExprId again = since(at, kept, "");
  const ExprId limit =
      constant(at, Type::of(TypeKind::duration), {.tag = Tag::duration, .units = length->ms, .text = {}, .items = {}});
  return make(Op::invert, {make(Op::conjunction, {make(Op::exists, {first}), make(Op::less, {again, limit})})});
}

ExprId Checker::rate_of(Node call, const Scope& scope) {
  const Place at = place(call);
  const auto broken = [&] { return constant(at, Type{}, {}); };
  if (!scope.rates) {
    report(Code::event_not_here, at, "`rate` looks at a whole workflow, not at one contact", "not here",
           "It can be asked in `pause when`. Of one contact, `count` says how often something happened.");
    return broken();
  }
  const grammar::Nodes arguments = call.children(Kind::argument);
  const Node window = window_argument(call);
  const Node what = !arguments.empty() && !arguments[0].has("last") ? arguments[0] : Node();
  const Node per = what ? what.after("per") : Node();
  if (!window || !per || arguments.size() != 2 || what.has("where")) {
    report(Code::wrong_arguments, at, "`rate` wants two events, and how far back it looks", "not two events and a time",
           example("rate"));
    return broken();
  }
  const Index event = event_named(what.child(Kind::expression), nullptr);
  // What a workflow sends is counted by us, and is no event that somebody declares.
  const bool sends = per.text() == "sent";
  const Index over = sends ? none : find(NameKind::event, per);
  const auto length = window_of(window.child(Kind::duration));
  if (event == none || (over == none && !sends) || !length) return broken();
  std::string key = fmt::format("{}, last {}", source_text(what), fairlead::to_string(*length));
  auto& rates = program_.module.rates;
  auto known = std::find_if(rates.begin(), rates.end(), [&](const bytecode::Rate& r) { return r.key == key; });
  if (known == rates.end()) {
    rates.push_back({std::move(key), event, over, *length, files_[at.file].path(), line(at)});
    known = rates.end() - 1;
  }
  return ask(Op::rate, Type::of(TypeKind::number), at, static_cast<Index>(known - rates.begin()));
}

Index Checker::event_named(Node expr, Index* field) {
  const Node path = expr.children().size() == 1 ? expr.child(Kind::path) : Node();
  const grammar::Nodes names = path ? path.children(Kind::name) : grammar::Nodes{};
  if (names.size() != 1 && (names.size() < 2 || field == nullptr)) {
    report(Code::wrong_arguments, place(expr), "the name of an event is wanted here", "not a name",
           names.size() > 1 ? fmt::format("Leave out the field: `{}`.", names.front().text())
                            : "Write it like `count(visited, last 7 days)`.");
    return none;
  }
  const Index event = find(NameKind::event, names.front());
  if (event == none || field == nullptr) return event;
  const bytecode::EventType& type = program_.module.events[event];
  const std::string wanted = names.size() == 1 ? "" : source_text(path).substr(names.front().text().size() + 1);
  std::vector<std::string> all;
  for (Index i = 0; i < type.fields.size(); ++i) {
    if (type.fields[i].name == wanted) *field = i;
    all.push_back(type.fields[i].name);
  }
  if (*field != none) return event;
  if (wanted.empty()) {
    report(Code::wrong_arguments, place(expr), "`sum` adds up a field of an event, and this names only the event",
           "which field?",
           all.empty() ? fmt::format("It has none. Declare one: `event {} {{ amount: Money }}`.", type.name)
                       : fmt::format("Write `{}.{}`.", type.name, all.front()));
  } else {
    const std::vector<std::string_view> candidates(all.begin(), all.end());
    const std::string_view near = grammar::closest(wanted, candidates);
    report(Code::unknown_field, place(names[1]), fmt::format("the event `{}` has no field `{}`", type.name, wanted),
           "not a field of it",
           !near.empty() ? fmt::format("Did you mean `{}`?", near)
           : all.empty()
               ? fmt::format("It has no fields at all. Declare them: `event {} {{ {}: Number }}`.", type.name, wanted)
               : fmt::format("It has {}.", listed(all)));
  }
  return none;
}

std::optional<Duration> Checker::window_of(Node literal) {
  const auto length = duration(literal);
  if (length && *length <= Duration{}) {
    report(Code::number_range, place(literal), "nothing can happen in no time", "too short",
           "Give a longer time, like `7 days`.");
    return std::nullopt;
  }
  return length;
}

std::optional<Checker::Question> Checker::question(Node call, bool field, bool window) {
  const std::string_view name = call.child(Kind::name).text();
  const grammar::Nodes arguments = call.children(Kind::argument);
  Node what;
  Node back;
  for (const Node& argument : arguments) (argument.has("last") ? back : what) = argument;
  if (!what || (window && !back) || arguments.size() != (window ? 2U : 1U) || what.has("per") ||
      what.child(Kind::name)) {
    const std::string_view wants = !window ? "an event, and nothing else"
                                   : field ? "a field of an event, and how far back it looks"
                                           : "an event, and how far back it looks";
    report(Code::wrong_arguments, place(call), fmt::format("`{}` wants {}", name, wants),
           arguments.empty()                          ? "which event?"
           : window && !back && arguments.size() == 1 ? "how far back?"
           : window                                   ? "not an event and a time"
                                                      : "not an event",
           example(name));
    return std::nullopt;
  }
  const grammar::Nodes expressions = what.children(Kind::expression);
  if (expressions.empty()) {
    report(Code::wrong_arguments, place(what), "the name of an event is wanted here", "not a name", example(name));
    return std::nullopt;
  }
  Question out;
  out.event = event_named(expressions.front(), field ? &out.field : nullptr);
  const auto length = window ? window_of(back.child(Kind::duration)) : std::optional(Duration{});
  if (out.event == none || !length) return std::nullopt;
  if (expressions.size() == 2) out.where = expressions[1];
  out.window = *length;
  out.text = source_text(what);
  return out;
}

Index Checker::counter(Place at, CounterKind kind, const Question& asked) {
  const std::string field = kind == CounterKind::last && asked.field != none
                                ? "." + program_.module.events[asked.event].fields[asked.field].name
                                : "";
  std::string key = kind == CounterKind::count ? fmt::format("{}, {}", asked.text, fairlead::to_string(asked.window))
                    : kind == CounterKind::sum
                        ? fmt::format("sum {}, {}", asked.text, fairlead::to_string(asked.window))
                        : fmt::format("last({}){}", asked.text, field);
  auto& counters = program_.module.counters;
  const auto [known, fresh] = counters_.emplace(key, static_cast<Index>(counters.size()));
  if (!fresh) return known->second;
  // Kept counts know their counter by a 32-bit hash of its key.
  const auto [other, alone] = counter_ids_.emplace(name_id(key), key);
  if (!alone)
    report(Code::reserved_name, at, fmt::format("`{}` cannot stand beside `{}` in one project", key, other->second), "",
           "Change the window of one of them a little.");
  bytecode::Labels labels;
  if (asked.field != none) labels |= program_.module.events[asked.event].fields[asked.field].labels;
  Index where = none;
  if (asked.where) {
    Scope inner;
    inner.contact = false;
    inner.history = false;
    inner.subject = Binding{"", asked.event, 0};
    inner.bindings = {Binding{"event", asked.event, 0}};
    const Type boolean = Type::of(TypeKind::boolean);
    where = function(asked.where, inner, &boolean, fmt::format("counter {} where", key));
    labels |= program_.exprs[program_.roots[where]].labels;
  }
  program_.counter_labels.push_back(labels);
  counters.push_back({.key = key,
                      .id = name_id(key),
                      .event = asked.event,
                      .where = where,
                      .window = asked.window,
                      .kind = kind,
                      .field = asked.field});
  return static_cast<Index>(counters.size() - 1);
}

ExprId Checker::ask(Op op, Type type, Place at, Index kept) {
  const bytecode::Labels labels = op == Op::rate ? bytecode::Labels{} : program_.counter_labels[kept];
  return add({.op = op, .type = std::move(type), .place = at, .args = {}, .ref = kept, .path = {}, .labels = labels});
}

ExprId Checker::since(Place at, Index kept, std::string path) {
  Type duration = Type::of(TypeKind::duration);
  duration.field.optional = true;
  const ExprId out = ask(Op::since, std::move(duration), at, kept);
  program_.exprs[out].path = program_.keep(path);
  return out;
}

void Checker::events_of_contact() {
  // What a provider says of a message's way. Openings count: a person is behind most of them.
  static constexpr std::string_view of_provider[] = {"sent",    "delivered", "bounced", "deferred",
                                                     "dropped", "rejected",  "failed",  "expired"};
  for (bytecode::EventType& event : program_.module.events) {
    event.of_contact = !event.of_message ||
                       std::find(std::begin(of_provider), std::end(of_provider), event.name) == std::end(of_provider);
  }
}

}  // namespace fairlead::compiler
