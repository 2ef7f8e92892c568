// Operands: literals, paths, calls, lists and texts with holes.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

namespace {

bytecode::Constant text_constant(std::string text) { return {.tag = Tag::text, .units = 0, .text = std::move(text), .items = {}}; }
bytecode::Constant plain(Tag tag, int128 units) { return {.tag = tag, .units = units, .text = {}, .items = {}}; }

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
      return value ? constant(at, Type::of(FieldType{.kind = TypeKind::money, .currency = value->second}), plain(Tag::money, value->first.units())) : broken();
    }
    case Kind::duration: {
      const auto value = duration(node);
      return value ? constant(at, Type::of(TypeKind::duration), plain(Tag::duration, value->ms)) : broken();
    }
    case Kind::instant: {
      const auto value = parse_instant(node.text());
      if (value) return constant(at, Type::of(TypeKind::instant), plain(Tag::instant, value->ms));
      report(Code::not_a_literal, at, fmt::format("`{}` is not an instant", node.text()), "", "Write it like 2026-11-23T09:00Z.");
      return broken();
    }
    case Kind::date: {
      const auto value = parse_date(node.text());
      if (value) return constant(at, Type::of(TypeKind::date), plain(Tag::date, value->day));
      report(Code::not_a_literal, at, fmt::format("`{}` is not a date of the calendar", node.text()), "");
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
      report(Code::not_supported, expr.place, "a list of values that are not fixed is not supported yet", "not a fixed value");
      sound = false;
      continue;
    }
    if (element.broken()) element = expr.type;
    if (!agrees(expr.type, element)) {
      report(Code::type_mismatch, expr.place, fmt::format("the items of a list are of one type: {}, but this is {}", to_string(element), to_string(expr.type)), "");
      sound = false;
      continue;
    }
    list.items.push_back(expr.constant);
  }
  if (!sound) return constant(at, Type{}, {});
  if (element.broken()) {
    report(Code::type_mismatch, at, "an empty list has no type here", "nothing in it");
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
        Diagnostic& d = report(Code::optional_used, expr.place, "this may be absent, and the text would have a gap", to_string(expr.type),
                               fmt::format("Say what stands there then: `{{{} or \"…\"}}`.", expr.path.empty() ? "x" : expr.path));
        if (scope.stale.contains(expr.path) && scope.stale_since) {
          d.secondary.push_back({scope.stale_since->file, scope.stale_since->span, "it was there before this wait, and may have gone since"});
        }
        sound = false;
        continue;
      }
      if (expr.type.is(TypeKind::boolean) || expr.type.is(TypeKind::list)) {
        report(Code::not_text, expr.place, fmt::format("{} has no text of its own", to_string(expr.type)), "cannot be shown");
        sound = false;
        continue;
      }
      parts.push_back(add({.op = Op::to_text, .type = Type::of(TypeKind::text), .place = expr.place, .args = {id}, .constant = {}, .path = {}}));
    }
  }
  if (!sound) return constant(at, Type{}, {});
  const bool holes = static_cast<bool>(node.child(Kind::hole));
  if (!holes) {
    Type type = Type::of(TypeKind::text);
    if (expected != nullptr && expected->form == Type::Form::value) {
      // A literal may be a country, an address, a zone: it is checked here, once and for all.
      const TypeKind kind = expected->field.kind;
      if (kind == TypeKind::timezone || kind == TypeKind::country || kind == TypeKind::email || kind == TypeKind::phone || kind == TypeKind::url || kind == TypeKind::html) {
        Arena arena;
        if (!parse_value(fixed, present(*expected).field, arena)) {
          report(Code::not_a_literal, at, fmt::format("\"{}\" is not {}", fixed, to_string(present(*expected))), "",
                 kind == TypeKind::country ? "A country is an ISO 3166 code of two letters, like \"NO\"." : kind == TypeKind::timezone ? "A zone is an IANA name, like \"Europe/Oslo\"." : "");
          return constant(at, Type{}, {});
        }
        type = Type::of(kind);
      } else if (kind == TypeKind::enumeration) {
        report(Code::type_mismatch, at, fmt::format("a value of an enumeration is written without quotes: {}", names_of(expected->field.members)), "a text");
        return constant(at, Type{}, {});
      }
    }
    return constant(at, type, text_constant(fixed));
  }
  return add({.op = Op::concat, .type = Type::of(TypeKind::text), .place = at, .args = std::move(parts), .constant = {}, .path = {}});
}

ExprId Checker::path_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  const std::vector<Node> names = node.children(Kind::name);
  const std::string head(names.front().text());
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
        return add({.op = Op::event, .type = narrowed(Type::of(event.fields[i].type), path), .place = at, .args = {}, .constant = {}, .ref = binding.number, .member = i, .path = path});
      }
    }
    std::vector<std::string_view> candidates;
    for (const bytecode::EventField& f : event.fields) candidates.push_back(f.name);
    const std::string_view near = grammar::closest(field.text(), candidates);
    report(Code::unknown_field, place(field), fmt::format("the event `{}` has no field `{}`", event.name, field.text()), "not a field of it",
           !near.empty()          ? fmt::format("Did you mean `{}`?", near)
           : candidates.empty()   ? fmt::format("It has no fields at all; declare them: event {} {{ {}: Text }}.", event.name, field.text())
                                  : "");
    return broken();
  };

  if (names.size() == 1) {
    // A bare word: a value that the expected type decides, a field of the tested event, a parameter, or one of the few built-in names.
    if (expected != nullptr && expected->is(TypeKind::enumeration) && std::find(expected->field.members.begin(), expected->field.members.end(), head) != expected->field.members.end()) {
      return constant(at, present(*expected), text_constant(head));
    }
    if (scope.subject) {
      const auto& fields = program_.module.events[scope.subject->event].fields;
      if (std::any_of(fields.begin(), fields.end(), [&](const bytecode::EventField& f) { return f.name == head; })) return event_field(*scope.subject, names.front(), head);
    }
    if (scope.parameters != nullptr) {
      for (Index i = 0; i < scope.parameters->size(); ++i) {
        if ((*scope.parameters)[i].name == head) {
          return add({.op = Op::parameter, .type = narrowed(Type::of((*scope.parameters)[i].type), head), .place = at, .args = {}, .constant = {}, .ref = i, .path = head});
        }
      }
    }
    if (scope.contact && head == "now") return add({.op = Op::now, .type = Type::of(TypeKind::instant), .place = at, .args = {}, .constant = {}, .path = {}});
    if (scope.contact && head == "today") return add({.op = Op::today, .type = Type::of(TypeKind::date), .place = at, .args = {}, .constant = {}, .path = {}});
    if (scope.contact && head == "contact") return broken("contact");
    if (scope.site && (head == "channel" || head == "content" || head == "workflow")) {
      FieldType type{.kind = TypeKind::enumeration};
      const NameKind kind = head == "channel" ? NameKind::channel : head == "content" ? NameKind::content : NameKind::workflow;
      for (const auto& [name, declared] : program_.names[kind]) type.members.push_back(name);
      const auto value = head == "channel" ? bytecode::SiteValue::channel : head == "content" ? bytecode::SiteValue::content : bytecode::SiteValue::workflow;
      return add({.op = Op::site, .type = Type::of(std::move(type)), .place = at, .args = {}, .constant = {}, .ref = static_cast<Index>(value), .path = head});
    }
    if (expected != nullptr && expected->is(TypeKind::enumeration)) {
      std::vector<std::string_view> candidates(expected->field.members.begin(), expected->field.members.end());
      const std::string_view near = grammar::closest(head, candidates);
      report(Code::unknown_member, at, fmt::format("`{}` is not one of {}", head, to_string(present(*expected))), "not a value of it",
             near.empty() ? "" : fmt::format("Did you mean `{}`?", near));
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
    report(Code::unknown_name, at, fmt::format("nothing here is called `{}`", head), "unknown",
           is_field && scope.contact ? fmt::format("Did you mean `contact.{}`?", head) : near.empty() ? "" : fmt::format("Did you mean `{}`?", near));
    return broken();
  }

  const std::string path(source_text(node));
  if (head == "contact") {
    if (!scope.contact) {
      report(Code::event_not_here, at, "only the event and fixed values may be read here, not the contact", "the contact's field",
             "The history is counted as events arrive, long before the question is asked.");
      return broken();
    }
    const std::string field = path.substr(path.find('.') + 1);
    for (Index i = 0; i < program_.module.fields.size(); ++i) {
      if (program_.module.fields[i].name == field) {
        return add({.op = Op::field, .type = narrowed(Type::of(program_.module.fields[i].type), path), .place = at, .args = {}, .constant = {}, .ref = i, .path = path});
      }
    }
    if (program_.field_places.contains(field)) {
      // A record of fields, or a field whose type was broken.
      const bool group = std::any_of(program_.module.fields.begin(), program_.module.fields.end(), [&](const bytecode::Field& f) { return f.name.starts_with(field + "."); });
      if (group) report(Code::type_mismatch, at, fmt::format("`{}` has parts; name one of them", path), "a record");
      return broken();
    }
    std::vector<std::string_view> candidates;
    for (const bytecode::Field& f : program_.module.fields) candidates.push_back(f.name);
    const std::string_view near = grammar::closest(field, candidates);
    report(Code::unknown_field, at, fmt::format("the contact has no field `{}`", field), "not declared in `record contact`", near.empty() ? "" : fmt::format("Did you mean `contact.{}`?", near));
    return broken();
  }
  if (scope.site && (path == "channel.consent" || path == "content.transactional")) {
    const bool consent = path == "channel.consent";
    FieldType type{.kind = consent ? TypeKind::enumeration : TypeKind::boolean};
    if (consent) type.members = {"given", "withdrawn", "unknown"};
    return add({.op = Op::site, .type = Type::of(std::move(type)), .place = at, .args = {}, .constant = {}, .ref = static_cast<Index>(consent ? bytecode::SiteValue::consent : bytecode::SiteValue::transactional), .path = path});
  }
  for (const Binding& binding : scope.bindings) {
    if (binding.name != head) continue;
    if (names.size() > 2) {
      report(Code::unknown_field, at, "an event's fields have no parts", "");
      return broken();
    }
    return event_field(binding, names[1], path);
  }
  if (head == "event") {
    report(Code::event_not_here, at, "there is no `event` here", "no entry supplies it",
           "`event` is the one that the workflow was entered on, where every entry is on the same event; others are named with `as`.");
    return broken();
  }
  report(Code::unknown_name, place(names.front()), fmt::format("nothing here is called `{}`", head), "unknown", "Fields of the person are written `contact.…`, of the entry's event `event.…`.");
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
      report(Code::wrong_arguments, at, "`link` wants one address: link(\"https://…\")", "");
      return broken();
    }
    const ExprId address = expression(arguments[0].child(Kind::expression), scope, &url);
    const Type& found = program_.exprs[address].type;
    if (!found.broken() && !found.is(TypeKind::url) && !found.is(TypeKind::text)) {
      report(Code::type_mismatch, program_.exprs[address].place, fmt::format("Url is wanted here, but this is {}", to_string(found)), "");
      return broken();
    }
    return address;
  }
  if (name.text() != "count" && name.text() != "seen") {
    static constexpr std::string_view later[] = {"sum", "last", "since", "idle", "rate"};
    if (std::find(std::begin(later), std::end(later), name.text()) != std::end(later)) {
      report(Code::not_supported, place(name), fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", name.text()), "not supported yet");
      return broken();
    }
    const std::string_view near = grammar::closest(name.text(), {"count", "seen", "link"});
    report(Code::unknown_name, place(name), fmt::format("there is no function called `{}`", name.text()), "unknown", near.empty() ? "There are count, seen and link." : fmt::format("Did you mean `{}`?", near));
    return broken();
  }

  // count(visited where page == "pricing", last 7 days)
  if (!scope.history) {
    report(Code::event_not_here, at, "history cannot be asked here", "", "Only the event and fixed values may be read here.");
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
    report(Code::wrong_arguments, at, fmt::format("`{}` wants an event and a window", name.text()), "", fmt::format("Write it like {}(visited, last 7 days).", name.text()));
    return broken();
  }
  const std::vector<Node> expressions = event_node.children(Kind::expression);
  const Node path = expressions.front().child(Kind::path);
  if (!path || expressions.front().children().size() != 1 || path.children().size() != 1) {
    report(Code::wrong_arguments, place(expressions.front()), "an event's name is wanted here", "not a name");
    return broken();
  }
  const Index event = find(NameKind::event, path.child(Kind::name));
  const auto window = duration(window_node);
  if (event == none || !window) return broken();
  if (*window <= Duration{}) {
    report(Code::number_range, place(window_node), "a window must be longer than nothing", "empty window");
    return broken();
  }
  std::string key = fmt::format("{}, {}", source_text(event_node), fairlead::to_string(*window));
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
  auto& counters = program_.module.counters;
  auto known = std::find_if(counters.begin(), counters.end(), [&](const bytecode::Counter& c) { return c.key == key; });
  if (known == counters.end()) {
    counters.push_back({.key = key, .id = name_id(key), .event = event, .where = where, .window = *window});
    known = counters.end() - 1;
  }
  const bool count = name.text() == "count";
  return add({.op = count ? Op::count : Op::seen, .type = Type::of(count ? TypeKind::number : TypeKind::boolean), .place = at, .args = {}, .constant = {},
              .ref = static_cast<Index>(known - counters.begin()), .path = {}});
}

}  // namespace fairlead::compiler
