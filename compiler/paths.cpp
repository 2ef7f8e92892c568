// Paths: what a name means where it stands, be it a value to choose from, a field of the contact or of an event, a
// parameter, or one of the few names that the language has built in.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Kind;
using grammar::Node;

namespace {

bytecode::Constant text_constant(std::string text) {
  return {.tag = Tag::text, .units = 0, .text = std::move(text), .items = {}};
}

}  // namespace

ExprId Checker::path_of(Node node, const Scope& scope, const Type* expected) {
  const Place at = place(node);
  const grammar::Nodes names = node.children(Kind::name);
  const std::string head(names.front().text());
  const auto first_part = [&](const std::string& prefix) -> std::string {
    for (const bytecode::Field& f : program_.module.fields) {
      if (f.name.starts_with(prefix + ".")) return f.name;
    }
    return prefix;
  };
  const auto broken = [&](std::string path = "") {
    return add({.op = Op::constant, .type = Type{}, .place = at, .args = {}, .path = path});
  };
  const auto narrowed = [&](Type type, const std::string& path) {
    if (scope.present.contains(path)) type.field.optional = false;
    return type;
  };
  const auto event_field = [&](const Binding& binding, const Node& at_name, std::string_view field,
                               const std::string& path) {
    const bytecode::EventType& event = program_.module.events[binding.event];
    for (Index i = 0; i < event.fields.size(); ++i) {
      if (event.fields[i].name == field) {
        return add({.op = Op::event,
                    .type = narrowed(Type::of(event.fields[i].type), path),
                    .place = at,
                    .args = {},
                    .ref = binding.number,
                    .member = i,
                    .path = path,
                    .labels = event.fields[i].labels});
      }
    }
    const auto part = std::find_if(event.fields.begin(), event.fields.end(), [&](const bytecode::EventField& f) {
      return f.name.size() > field.size() && f.name.starts_with(field) && f.name[field.size()] == '.';
    });
    if (part != event.fields.end()) {
      report(Code::type_mismatch, at, fmt::format("`{}` has parts, and one of them is wanted here", path), "has parts",
             fmt::format("Name the part, like `{}{}`.", path, std::string_view(part->name).substr(field.size())));
      return broken();
    }
    std::vector<std::string_view> candidates;
    for (const bytecode::EventField& f : event.fields) candidates.push_back(f.name);
    const std::string_view near = grammar::closest(field, candidates);
    std::string all;
    for (const std::string_view candidate : candidates)
      all += fmt::format("{}`{}`", all.empty() ? "" : ", ", candidate);
    mend_near(
        report(Code::unknown_field, place(at_name), fmt::format("the event `{}` has no field `{}`", event.name, field),
               "not a field of it",
               !near.empty() ? fmt::format("Did you mean `{}`?", near)
               : candidates.empty()
                   ? fmt::format("It has no fields at all. Declare them: `event {} {{ {}: Text }}`.", event.name, field)
                   : fmt::format("It has {}.", all)),
        at_name.span(), field, near);
    return broken();
  };

  if (scope.provided != nullptr) {
    const std::string field = source_text(node);
    auto known = std::find(scope.provided->begin(), scope.provided->end(), field);
    if (known == scope.provided->end()) known = scope.provided->insert(known, field);
    return add({.op = Op::parameter,
                .type = Type::of(TypeKind::text),
                .place = at,
                .args = {},
                .ref = static_cast<Index>(known - scope.provided->begin()),
                .path = field});
  }
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
        return event_field(*scope.subject, names.front(), head, head);
    }
    if (scope.parameters != nullptr) {
      for (Index i = 0; i < scope.parameters->size(); ++i) {
        if ((*scope.parameters)[i].name == head) {
          return add({.op = Op::parameter,
                      .type = narrowed(Type::of((*scope.parameters)[i].type), head),
                      .place = at,
                      .args = {},
                      .ref = i,
                      .path = head,
                      .labels = (*scope.parameters)[i].labels});
        }
      }
    }
    if (const auto kept = local_of(node, scope)) return *kept;
    if (const ExprId measure = measure_of(head, at, scope); measure != no_expr) return measure;
    const bool clock = scope.contact || scope.nobody;
    if (clock && head == "now")
      return add({.op = Op::now, .type = Type::of(TypeKind::instant), .place = at, .args = {}, .path = {}});
    if (clock && head == "today")
      return add({.op = Op::today, .type = Type::of(TypeKind::date), .place = at, .args = {}, .path = {}});
    if (scope.contact && head == "contact") return broken("contact");
    const bool of_message = scope.effect == bytecode::Effect::send || scope.effect == bytecode::Effect::generated;
    if (scope.site && head == "amount" && scope.effect == bytecode::Effect::spend) {
      return add({.op = Op::site,
                  .type = Type::of(FieldType{.kind = TypeKind::money, .currency = program_.module.currency}),
                  .place = at,
                  .args = {},
                  .ref = static_cast<Index>(bytecode::SiteValue::amount),
                  .path = head});
    }
    if (scope.site && (head == "workflow" || (of_message && (head == "channel" || head == "content")))) {
      FieldType type{.kind = TypeKind::enumeration};
      const auto value = head == "channel"   ? bytecode::SiteValue::channel
                         : head == "content" ? bytecode::SiteValue::content
                                             : bytecode::SiteValue::workflow;
      return add({.op = Op::site,
                  .type = Type::of(std::move(type)),
                  .place = at,
                  .args = {},
                  .ref = static_cast<Index>(value),
                  .path = head});
    }
    if (expected != nullptr && expected->is(TypeKind::enumeration)) {
      std::vector<std::string_view> candidates(expected->field.members.begin(), expected->field.members.end());
      const std::string_view near = grammar::closest(head, candidates);
      mend_near(report(Code::unknown_member, at, fmt::format("`{}` is not one of the values that this can have", head),
                       "not one of them",
                       near.empty() ? fmt::format("It can be {}.", listed(expected->field.members))
                                    : fmt::format("Did you mean `{}`?", near)),
                at.span, head, near);
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
    for (const Local& local : scope.locals) candidates.push_back(local.name);
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
    } else if (const auto secret = program_.secrets.find(head); secret != program_.secrets.end()) {
      help = fmt::format("It is a secret of the connector `{}`, and secrets are read there and nowhere else.",
                         secret->second);
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
    // What a question means, as far as the suggestion is one to be written in its place.
    const bool asks = help.starts_with("Did you mean `");
    const std::size_t tick = help.find('`');
    if (help.empty() && scope.site && (head == "channel" || head == "content"))
      help = "Only messages have one. What this rule is about can be asked for its `workflow`.";
    const std::string instead =
        !asks && !help.starts_with("Write `") ? "" : help.substr(tick + 1, help.rfind('`') - tick - 1);
    grammar::Diagnostic& said =
        report(Code::unknown_name, at, fmt::format("nothing here is called `{}`", head), "unknown", std::move(help));
    if (files_[at.file].text(at.span) == head) mend_near(said, at.span, head, instead);
    return broken();
  }

  const std::string path(source_text(node));
  if (head == "contact") {
    if (!scope.contact && scope.nobody) {
      report(Code::no_contact_here, at, "there is no contact here, because this workflow is not `for contact`",
             "whose?", "A workflow that is to read contacts says so in its head: `workflow NAME for contact`.");
      return broken();
    }
    if (!scope.contact) {
      if (scope.parameters != nullptr) {
        report(Code::event_not_here, at, "only what is handed over may be read here, not the contact",
               "the contact's field", "Make it a parameter, and give its value where the call is made.");
        return broken();
      }
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
                  .ref = found->second,
                  .path = path,
                  .labels = program_.module.fields[found->second].labels});
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
  // A part of a record: of the tested event, or of a parameter.
  if (scope.subject && head != "event") {
    const auto& fields = program_.module.events[scope.subject->event].fields;
    if (std::any_of(fields.begin(), fields.end(),
                    [&](const bytecode::EventField& f) { return f.name.starts_with(head + "."); }))
      return event_field(*scope.subject, names[1], path, path);
  }
  if (scope.parameters != nullptr) {
    for (Index i = 0; i < scope.parameters->size(); ++i) {
      if ((*scope.parameters)[i].name != path) continue;
      return add({.op = Op::parameter,
                  .type = narrowed(Type::of((*scope.parameters)[i].type), path),
                  .place = at,
                  .args = {},
                  .ref = i,
                  .path = path,
                  .labels = (*scope.parameters)[i].labels});
    }
  }
  const bool about_message = scope.effect == bytecode::Effect::send || scope.effect == bytecode::Effect::generated;
  if (scope.site && about_message && (path == "channel.consent" || path == "content.transactional")) {
    const bool consent = path == "channel.consent";
    FieldType type{.kind = consent ? TypeKind::enumeration : TypeKind::boolean};
    if (consent) type.members = {"given", "withdrawn", "unknown"};
    return add({.op = Op::site,
                .type = Type::of(std::move(type)),
                .place = at,
                .args = {},
                .ref = static_cast<Index>(consent ? bytecode::SiteValue::consent : bytecode::SiteValue::transactional),
                .path = path});
  }
  if (const auto kept = local_of(node, scope)) return *kept;
  for (auto at_binding = scope.bindings.rbegin(); at_binding != scope.bindings.rend(); ++at_binding) {
    const Binding& binding = *at_binding;  // the innermost of a name is the one that is meant
    if (binding.name != head) continue;
    if (binding.record != none) return record_field_of(binding, names, scope, at);
    return event_field(binding, names[1], std::string_view(path).substr(head.size() + 1), path);
  }
  if (program_.names[NameKind::record].contains(head)) {
    report(Code::unknown_name, place(names.front()), fmt::format("there is no `{}` here", head), "which one?",
           fmt::format("One after the other is what `for each {0}` gives: `for each {0} where … {{ … }}`.", head));
    return broken();
  }
  if (head == "event") {
    report(Code::event_not_here, at, "there is no `event` here", "which event?",
           "`event` is the one that the workflow was entered on, where all its entries are on the same event and no "
           "other workflow leads to it with `follow`. The "
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

std::optional<ExprId> Checker::local_of(Node node, const Scope& scope) {
  const grammar::Nodes names = node.children(Kind::name);
  const auto local = std::find_if(scope.locals.begin(), scope.locals.end(),
                                  [&](const Local& l) { return l.name == names.front().text(); });
  if (local == scope.locals.end()) return std::nullopt;
  const Place at = place(node);
  const std::string path = source_text(node);
  const auto read = [&](Index number, Type type) {
    if (scope.present.contains(path)) type.field.optional = false;
    return add({.op = Op::local,
                .type = std::move(type),
                .place = at,
                .args = {},
                .ref = number,
                .path = path,
                .labels = local->labels});
  };
  if (names.size() == 1) return read(local->number, local->type);
  if (local->action == none) {
    if (!local->type.broken())
      report(Code::unknown_field, place(names[1]), fmt::format("`{}` has no fields", local->name), "no such field",
             fmt::format("It is {}. Write `{}`.", described(local->type), local->name));
    return constant(at, Type{}, {});
  }
  const bytecode::Action& action = program_.module.actions[local->action];
  std::vector<std::string_view> candidates;
  for (Index i = 0; i < action.returns.size(); ++i) {
    if (names.size() == 2 && action.returns[i].name == names[1].text()) {
      Type type = Type::of(action.returns[i].type);
      if (!scope.present.contains(local->name)) type.field.optional = true;
      return read(local->number + 1 + i, std::move(type));
    }
    candidates.push_back(action.returns[i].name);
  }
  if (program_.broken_actions.contains(local->action)) return constant(at, Type{}, {});
  const std::string_view near = grammar::closest(names[1].text(), candidates);
  std::string all;
  for (const std::string_view candidate : candidates) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", candidate);
  report(Code::unknown_field, place(names[1]),
         fmt::format("the action `{}` returns no `{}`", action.name, names[1].text()), "not returned",
         !near.empty() ? fmt::format("Did you mean `{}`?", near)
         : candidates.empty()
             ? fmt::format("It returns nothing. Say what it returns: `action {}(…) returns {{ {}: Text "
                           "}} effect {}`.",
                           action.name, names[1].text(), to_string(action.effect))
             : fmt::format("It returns {}.", all));
  return constant(at, Type{}, {});
}

}  // namespace fairlead::compiler
