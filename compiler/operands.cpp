// Operands: literals, paths, calls, lists and texts with holes.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

namespace {

bytecode::Constant text_constant(std::string text) {
  return {.tag = Tag::text, .units = 0, .text = std::move(text), .items = {}};
}
bytecode::Constant plain(Tag tag, int128 units) {
  return {.tag = tag, .units = units, .text = {}, .items = {}};
}

std::string names_of(const std::vector<std::string>& members) {
  std::string out;
  for (const std::string& member : members) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", member);
  return out;
}

}  // namespace

ExprId Checker::operand_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  const auto broken = [&] { return constant(at, Type{}, {}); };
  switch (node.kind()) {
    case Kind::number:
    case Kind::percent: {
      const auto value = number(node);
      return value ? constant(at, Type::of(TypeKind::number), plain(Tag::number, value->units())) : broken();
    }
    case Kind::money: {
      const auto value = money(node);
      return value ? constant(at, Type::of(FieldType{.kind = TypeKind::money, .currency = value->second}),
                              plain(Tag::money, value->first.units()))
                   : broken();
    }
    case Kind::duration: {
      const auto value = duration(node);
      return value ? constant(at, Type::of(TypeKind::duration), plain(Tag::duration, value->ms)) : broken();
    }
    case Kind::instant: {
      const auto value = parse_instant(node.text());
      if (value) return constant(at, Type::of(TypeKind::instant), plain(Tag::instant, value->ms));
      report(Code::not_a_literal, at, fmt::format("`{}` is not an instant", node.text()), "no such instant",
             "Write it like 2026-11-23T09:00Z, or with its distance to UTC: 2026-11-23T09:00+01:00.");
      return broken();
    }
    case Kind::date: {
      const auto value = parse_date(node.text());
      if (value) return constant(at, Type::of(TypeKind::date), plain(Tag::date, value->day));
      report(Code::not_a_literal, at, fmt::format("`{}` is not a date of the calendar", node.text()), "no such day",
             "A date is written year-month-day, like 2026-11-23.");
      return broken();
    }
    case Kind::time: {
      const auto value = time(node);
      return value ? constant(at, Type::of(TypeKind::time), plain(Tag::time, value->second)) : broken();
    }
    case Kind::word:
      if (node.is("none")) return constant(at, Type{Type::Form::absent, {}}, {});
      return constant(at, Type::of(TypeKind::boolean), plain(Tag::boolean, node.is("true") ? 1 : 0));
    case Kind::text: return text(node, scope, expected);
    case Kind::group: return expression(node.child(Kind::expression), scope, expected);
    case Kind::list: return list_of(node, scope, expected);
    case Kind::call: return call_of(node, scope);
    case Kind::path: return path_of(node, scope, expected);
    default: return broken();
  }
}

ExprId Checker::list_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  Type element;
  if (expected != nullptr && expected->is(TypeKind::list)) element = Type::of(expected->field.element.front());
  bytecode::Constant list{.tag = Tag::list, .units = 0, .text = {}, .items = {}};
  bool sound = true;
  for (const Node& item : node.children(Kind::expression)) {
    const ExprId id = expression(item, scope, element.broken() ? nullptr : &element);
    const Expr& expr = program_.exprs[id];
    if (expr.type.broken()) {
      sound = false;
      continue;
    }
    if (expr.op != Op::constant) {
      report(Code::not_supported, expr.place,
             "a list of values that are not fixed is part of the Fairlead language, but this version does not support "
             "it yet",
             "not a fixed value", "Compare with each of them, joined by `or`.");
      sound = false;
      continue;
    }
    if (element.broken()) element = expr.type;
    if (!agrees(expr.type, element)) {
      report(Code::type_mismatch, expr.place,
             fmt::format("the items of a list are of one kind, but this is {}", described(expr.type)),
             fmt::format("the others: {}", described(element)), "");
      sound = false;
      continue;
    }
    list.items.push_back(expr.constant);
  }
  if (!sound) return constant(at, Type{}, {});
  if (element.broken()) {
    report(Code::type_mismatch, at, "nothing can be in an empty list", "nothing in it",
           "Write what it holds: `[\"NO\", \"SE\"]`.");
    return constant(at, Type{}, {});
  }
  FieldType type{.kind = TypeKind::list};
  type.element.push_back(element.field);
  return constant(at, Type::of(std::move(type)), std::move(list));
}

ExprId Checker::text(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  std::vector<ExprId> parts;
  bool sound = true;
  std::string fixed;
  for (const Node& part : node.children()) {
    if (part.kind() == Kind::chunk) {
      const std::string chunk = unescape(part);
      fixed += chunk;
      parts.push_back(constant(place(part), Type::of(TypeKind::text), text_constant(chunk)));
    } else if (part.kind() == Kind::hole) {
      const ExprId id = expression(part.child(Kind::expression), scope, nullptr);
      const Expr& expr = program_.exprs[id];
      if (expr.type.broken()) {
        sound = false;
        continue;
      }
      if (expr.type.optional()) {
        const std::string value = source_of(expr.place);
        absent(expr, scope,
               expr.type.form == Type::Form::absent
                   ? ""
                   : fmt::format("`{}` may be absent, and the text would have a gap", value),
               expr.type.form == Type::Form::absent
                   ? ""
                   : fmt::format("Say what stands there then: `{{{} or \"…\"}}`.", value));
        sound = false;
        continue;
      }
      if (expr.type.is(TypeKind::boolean) || expr.type.is(TypeKind::list)) {
        report(Code::not_text, expr.place, fmt::format("a text cannot show what is {}", described(expr.type)),
               "cannot be shown", "Show a text, a number, a sum, a date or a choice.");
        sound = false;
        continue;
      }
      parts.push_back(add({.op = Op::to_text,
                           .type = Type::of(TypeKind::text),
                           .place = expr.place,
                           .args = {id},
                           .constant = {},
                           .path = {}}));
    }
  }
  if (!sound) return constant(at, Type{}, {});
  const bool holes = static_cast<bool>(node.child(Kind::hole));
  if (!holes) {
    Type type = Type::of(TypeKind::text);
    if (expected != nullptr && expected->form == Type::Form::value) {
      // A literal may be a country, an address, a zone: it is checked here, once and for all.
      const TypeKind kind = expected->field.kind;
      if (kind == TypeKind::timezone || kind == TypeKind::country || kind == TypeKind::email ||
          kind == TypeKind::phone || kind == TypeKind::url || kind == TypeKind::html) {
        Arena arena;
        if (!parse_value(fixed, present(*expected).field, arena)) {
          report(Code::not_a_literal, at, fmt::format("\"{}\" is not {}", fixed, described(present(*expected))),
                 kind == TypeKind::country    ? "unknown country"
                 : kind == TypeKind::timezone ? "unknown zone"
                                              : "",
                 kind == TypeKind::country ? "A country is its code of two letters (ISO 3166), like \"NO\" or \"US\"."
                 : kind == TypeKind::timezone
                     ? "A time zone is its IANA name, like \"Europe/Oslo\" or \"America/New_York\"."
                 : kind == TypeKind::phone ? "A phone number begins with `+` and its country, like \"+4722000000\"."
                 : kind == TypeKind::url   ? "A web address begins with https://."
                 : kind == TypeKind::email ? "An e-mail address is written like \"ana@acme.example\"."
                                           : "");
          return constant(at, Type{}, {});
        }
        type = Type::of(kind);
      } else if (kind == TypeKind::enumeration) {
        const auto& members = expected->field.members;
        const bool known = std::find(members.begin(), members.end(), fixed) != members.end();
        report(Code::type_mismatch, at, "a value to choose from is written without quotes", "a text",
               known ? fmt::format("Write `{}`.", fixed) : fmt::format("It can be {}.", names_of(members)));
        return constant(at, Type{}, {});
      }
    }
    return constant(at, type, text_constant(fixed));
  }
  // Each part of a joined text wants a register; a long text is joined in groups.
  constexpr std::size_t most = 64;
  while (parts.size() > most) {
    std::vector<ExprId> groups;
    for (std::size_t i = 0; i < parts.size(); i += most) {
      const auto end = parts.begin() + static_cast<std::ptrdiff_t>(std::min(i + most, parts.size()));
      groups.push_back(add({.op = Op::concat,
                            .type = Type::of(TypeKind::text),
                            .place = at,
                            .args = {parts.begin() + static_cast<std::ptrdiff_t>(i), end},
                            .constant = {},
                            .path = {}}));
    }
    parts = std::move(groups);
  }
  return add({.op = Op::concat,
              .type = Type::of(TypeKind::text),
              .place = at,
              .args = std::move(parts),
              .constant = {},
              .path = {}});
}

ExprId Checker::path_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  const std::vector<Node> names = node.children(Kind::name);
  const std::string head(names.front().text());
  const auto first_part = [&](const std::string& prefix) -> std::string {
    for (const bytecode::Field& f : program_.module.fields) {
      if (f.name.starts_with(prefix + ".")) return f.name;
    }
    return prefix;
  };
  const auto broken = [&](std::string path = "") {
    return add({.op = Op::constant, .type = Type{}, .place = at, .args = {}, .constant = {}, .path = std::move(path)});
  };
  const auto narrowed = [&](Type type, const std::string& path) {
    if (scope.present.contains(path)) type.field.optional = false;
    return type;
  };
  const auto event_field = [&](const Binding& binding, const Node& field, const std::string& path) {
    const bytecode::EventType& event = program_.module.events[binding.event];
    for (Index i = 0; i < event.fields.size(); ++i) {
      if (event.fields[i].name == field.text()) {
        return add({.op = Op::event,
                    .type = narrowed(Type::of(event.fields[i].type), path),
                    .place = at,
                    .args = {},
                    .constant = {},
                    .ref = binding.number,
                    .member = i,
                    .path = path});
      }
    }
    std::vector<std::string_view> candidates;
    for (const bytecode::EventField& f : event.fields) candidates.push_back(f.name);
    const std::string_view near = grammar::closest(field.text(), candidates);
    std::string all;
    for (const std::string_view candidate : candidates)
      all += fmt::format("{}`{}`", all.empty() ? "" : ", ", candidate);
    report(Code::unknown_field, place(field), fmt::format("the event `{}` has no field `{}`", event.name, field.text()),
           "not a field of it",
           !near.empty()        ? fmt::format("Did you mean `{}`?", near)
           : candidates.empty() ? fmt::format("It has no fields at all. Declare them: `event {} {{ {}: Text }}`.",
                                              event.name, field.text())
                                : fmt::format("It has {}.", all));
    return broken();
  };

  if (names.size() == 1) {
    // A bare word: a value that the expected type decides, a field of the tested event, a parameter, or one of the few
    // built-in names.
    if (expected != nullptr && expected->is(TypeKind::enumeration) &&
        std::find(expected->field.members.begin(), expected->field.members.end(), head) !=
            expected->field.members.end()) {
      return constant(at, present(*expected), text_constant(head));
    }
    if (scope.subject) {
      const auto& fields = program_.module.events[scope.subject->event].fields;
      if (std::any_of(fields.begin(), fields.end(), [&](const bytecode::EventField& f) { return f.name == head; }))
        return event_field(*scope.subject, names.front(), head);
    }
    if (scope.parameters != nullptr) {
      for (Index i = 0; i < scope.parameters->size(); ++i) {
        if ((*scope.parameters)[i].name == head) {
          return add({.op = Op::parameter,
                      .type = narrowed(Type::of((*scope.parameters)[i].type), head),
                      .place = at,
                      .args = {},
                      .constant = {},
                      .ref = i,
                      .path = head});
        }
      }
    }
    if (scope.contact && head == "now")
      return add(
          {.op = Op::now, .type = Type::of(TypeKind::instant), .place = at, .args = {}, .constant = {}, .path = {}});
    if (scope.contact && head == "today")
      return add(
          {.op = Op::today, .type = Type::of(TypeKind::date), .place = at, .args = {}, .constant = {}, .path = {}});
    if (scope.contact && head == "contact") return broken("contact");
    if (scope.site && (head == "channel" || head == "content" || head == "workflow")) {
      FieldType type{.kind = TypeKind::enumeration};
      const NameKind kind = head == "channel"   ? NameKind::channel
                            : head == "content" ? NameKind::content
                                                : NameKind::workflow;
      for (const auto& [name, declared] : program_.names[kind]) type.members.push_back(name);
      const auto value = head == "channel"   ? bytecode::SiteValue::channel
                         : head == "content" ? bytecode::SiteValue::content
                                             : bytecode::SiteValue::workflow;
      return add({.op = Op::site,
                  .type = Type::of(std::move(type)),
                  .place = at,
                  .args = {},
                  .constant = {},
                  .ref = static_cast<Index>(value),
                  .path = head});
    }
    if (expected != nullptr && expected->is(TypeKind::enumeration)) {
      std::vector<std::string_view> candidates(expected->field.members.begin(), expected->field.members.end());
      const std::string_view near = grammar::closest(head, candidates);
      report(Code::unknown_member, at, fmt::format("`{}` is not one of the values that this can have", head),
             "not one of them",
             near.empty() ? fmt::format("It can be {}.", names_of(expected->field.members))
                          : fmt::format("Did you mean `{}`?", near));
      return broken();
    }
    std::vector<std::string_view> candidates{"contact", "now", "today"};
    if (scope.subject) {
      for (const auto& f : program_.module.events[scope.subject->event].fields) candidates.push_back(f.name);
    }
    if (scope.parameters != nullptr) {
      for (const auto& p : *scope.parameters) candidates.push_back(p.name);
    }
    for (const Binding& b : scope.bindings) candidates.push_back(b.name);
    const bool is_field = program_.field_places.contains(head);
    const std::string_view near = grammar::closest(head, candidates);
    const bool text_wanted = expected != nullptr && expected->form == Type::Form::value &&
                             expected->field.kind != TypeKind::list && expected->field.kind != TypeKind::boolean;
    const auto is_any = [&](std::initializer_list<std::string_view> words) {
      return std::find(words.begin(), words.end(), std::string_view(head)) != words.end();
    };
    std::string help;
    if (is_any({"null", "NULL", "nil", "None", "undefined", "empty"})) {
      help = "What may be absent is asked with `exists`, like `contact.first_name exists`.";
    } else if (is_any({"True", "TRUE", "yes"})) {
      help = "Write `true`.";
    } else if (is_any({"False", "FALSE", "no"})) {
      help = "Write `false`.";
    } else if (is_field && scope.contact) {
      help = fmt::format("Did you mean `contact.{}`?", head);
    } else if (!near.empty()) {
      help = fmt::format("Did you mean `{}`?", near);
    } else if (const auto segment = program_.names[NameKind::segment].find(head);
               segment != program_.names[NameKind::segment].end()) {
      help = fmt::format("It is a segment; ask `contact is {}`.", head);
    } else if (text_wanted &&
               (expected->is(TypeKind::text) || expected->is(TypeKind::country) || expected->is(TypeKind::email) ||
                expected->is(TypeKind::url) || expected->is(TypeKind::timezone) || expected->is(TypeKind::phone))) {
      help = fmt::format("If it is a text, put it in quotes: \"{}\".", head);
    }
    report(Code::unknown_name, at, fmt::format("nothing here is called `{}`", head), "unknown", std::move(help));
    return broken();
  }

  const std::string path(source_text(node));
  if (head == "contact") {
    if (!scope.contact) {
      report(Code::event_not_here, at, "only the event and fixed values may be read here, not the contact",
             "the contact's field",
             "History is counted as events arrive, and contacts may change later. Ask about the contact outside of the "
             "parentheses.");
      return broken();
    }
    const std::string field = path.substr(path.find('.') + 1);
    if (const auto found = program_.field_index.find(field); found != program_.field_index.end()) {
      return add({.op = Op::field,
                  .type = narrowed(Type::of(program_.module.fields[found->second].type), path),
                  .place = at,
                  .args = {},
                  .constant = {},
                  .ref = found->second,
                  .path = path});
    }
    if (program_.field_places.contains(field)) {
      // A record of fields, or a field whose type was broken.
      const bool group = std::any_of(program_.module.fields.begin(), program_.module.fields.end(),
                                     [&](const bytecode::Field& f) { return f.name.starts_with(field + "."); });
      if (group)
        report(Code::type_mismatch, at, fmt::format("`{}` has parts, and one of them is wanted here", path),
               "has parts", fmt::format("Name the part, like `contact.{}`.", first_part(field)));
      return broken();
    }
    no_field(at, field);
    return broken();
  }
  if (scope.site && (path == "channel.consent" || path == "content.transactional")) {
    const bool consent = path == "channel.consent";
    FieldType type{.kind = consent ? TypeKind::enumeration : TypeKind::boolean};
    if (consent) type.members = {"given", "withdrawn", "unknown"};
    return add({.op = Op::site,
                .type = Type::of(std::move(type)),
                .place = at,
                .args = {},
                .constant = {},
                .ref = static_cast<Index>(consent ? bytecode::SiteValue::consent : bytecode::SiteValue::transactional),
                .path = path});
  }
  for (const Binding& binding : scope.bindings) {
    if (binding.name != head) continue;
    if (names.size() > 2) {
      report(Code::unknown_field, at, "the fields of an event have no parts", "one name too many",
             fmt::format("Write `{}.{}`.", head, names[1].text()));
      return broken();
    }
    return event_field(binding, names[1], path);
  }
  if (head == "event") {
    report(Code::event_not_here, at, "there is no `event` here", "which event?",
           "`event` is the one that the workflow was entered on, where all its entries are on the same event. The "
           "event of a wait gets a name: `for clicked as click { … }`.");
    return broken();
  }
  report(Code::unknown_name, place(names.front()), fmt::format("nothing here is called `{}`", head), "unknown",
         program_.names[NameKind::event].contains(head)
             ? fmt::format("`{}` is an event. Of the event that the workflow was entered on, write `event.{}`.", head,
                           names[1].text())
             : "Fields of the person are written `contact.…`, those of the event that the workflow was entered on "
               "`event.…`.");
  return broken();
}

ExprId Checker::call_of(Node node, const Scope& scope) {
  const Place at = place(node);
  const Node name = node.child(Kind::name);
  const std::vector<Node> arguments = node.children(Kind::argument);
  const auto broken = [&] { return constant(at, Type{}, {}); };

  if (name.text() == "link") {
    const Type url = Type::of(TypeKind::url);
    if (arguments.size() != 1 || !arguments[0].child(Kind::expression)) {
      report(Code::wrong_arguments, at, "`link` takes one web address", "",
             "Write it like `link(\"https://acme.example/demo\")`.");
      return broken();
    }
    const ExprId address = expression(arguments[0].child(Kind::expression), scope, &url);
    const Type& found = program_.exprs[address].type;
    if (!found.broken() && !found.is(TypeKind::url) && !found.is(TypeKind::text)) {
      report(Code::type_mismatch, program_.exprs[address].place,
             fmt::format("a web address is wanted here, but this is {}", described(found)), "",
             "Write it like `link(\"https://acme.example/demo\")`.");
      return broken();
    }
    return address;
  }
  if (name.text() != "count" && name.text() != "seen") {
    static constexpr std::string_view later[] = {"sum", "last", "since", "idle", "rate"};
    if (std::find(std::begin(later), std::end(later), name.text()) != std::end(later)) {
      report(
          Code::not_supported, place(name),
          fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", name.text()),
          "not supported yet", "docs/language.md lists what this version reads.");
      return broken();
    }
    const std::string_view near = grammar::closest(name.text(), {"count", "seen", "link"});
    report(Code::unknown_name, place(name), fmt::format("there is no function called `{}`", name.text()), "unknown",
           near.empty() ? "There are `count`, `seen` and `link`." : fmt::format("Did you mean `{}`?", near));
    return broken();
  }

  // count(visited where page == "pricing", last 7 days)
  if (!scope.history) {
    report(Code::event_not_here, at, "what happened before cannot be asked here", "asks for the history",
           "Only the event itself and fixed values can be read here.");
    return broken();
  }
  Node event_node;
  Node window_node;
  for (const Node& argument : arguments) {
    if (argument.has("last")) {
      window_node = argument.child(Kind::duration);
    } else {
      event_node = argument;
    }
  }
  if (!event_node || !window_node || arguments.size() != 2) {
    report(Code::wrong_arguments, at, fmt::format("`{}` wants an event, and how far back it looks", name.text()), "",
           fmt::format("Write it like `{}(visited, last 7 days)`.", name.text()));
    return broken();
  }
  const std::vector<Node> expressions = event_node.children(Kind::expression);
  const Node path = expressions.front().child(Kind::path);
  if (!path || expressions.front().children().size() != 1 || path.children().size() != 1) {
    report(Code::wrong_arguments, place(expressions.front()), "the name of an event is wanted here", "not a name",
           fmt::format("Write it like `{}(visited, last 7 days)`.", name.text()));
    return broken();
  }
  const Index event = find(NameKind::event, path.child(Kind::name));
  const auto window = duration(window_node);
  if (event == none || !window) return broken();
  if (*window <= Duration{}) {
    report(Code::number_range, place(window_node), "nothing can happen in no time", "too short",
           "Write it like `last 7 days`.");
    return broken();
  }
  std::string key = fmt::format("{}, {}", source_text(event_node), fairlead::to_string(*window));
  auto& counters = program_.module.counters;
  const auto [known, fresh] = counters_.emplace(key, static_cast<Index>(counters.size()));
  if (fresh) {
    // Kept counts know their counter by a 32-bit hash of its key.
    const auto [other, alone] = counter_ids_.emplace(name_id(key), key);
    if (!alone)
      report(Code::reserved_name, at, fmt::format("`{}` cannot stand beside `{}` in one project", key, other->second),
             "", "Change the window of one of them a little.");
    Index where = none;
    if (expressions.size() == 2) {
      Scope inner;
      inner.contact = false;
      inner.history = false;
      inner.subject = Binding{"", event, 0};
      inner.bindings = {Binding{"event", event, 0}};
      const Type boolean = Type::of(TypeKind::boolean);
      where = function(expressions[1], inner, &boolean, fmt::format("counter {} where", key));
    }
    counters.push_back({.key = key, .id = name_id(key), .event = event, .where = where, .window = *window});
  }
  const bool count = name.text() == "count";
  return add({.op = count ? Op::count : Op::seen,
              .type = Type::of(count ? TypeKind::number : TypeKind::boolean),
              .place = at,
              .args = {},
              .constant = {},
              .ref = known->second,
              .path = {}});
}

}  // namespace fairlead::compiler
