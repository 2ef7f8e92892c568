// What a project declares first: settings, types, the contact, events.
#include "compiler/checker.hpp"
#include "compiler/lint/lints.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;
using grammar::Severity;

void Checker::project(Node node) {
  program_.module.project = std::string(node.child(Kind::name).text());
  std::map<std::string, Place> seen;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    if (head.is("lint")) {
      if (once(seen, fmt::format("lint {}", clause.child(Kind::name).text()), clause)) lint_level(clause);
      continue;
    }
    if (!once(seen, head.is("time") ? "time zone" : std::string(head.text()), clause)) continue;
    if (head.is("time")) {
      const Node literal = clause.child(Kind::text);
      const auto name = plain_text(literal);
      if (!name) continue;
      if (Zone::load(*name)) {
        program_.module.zone = *name;
      } else {
        report(Code::not_a_literal, place(literal), fmt::format("\"{}\" is not a time zone", *name), "unknown zone",
               "A time zone is its IANA name, like \"Europe/Oslo\" or \"America/New_York\".");
      }
    } else if (head.is("currency")) {
      const Node code = clause.child(Kind::name);
      if (is_currency(code.text())) {
        program_.module.currency = std::string(code.text());
      } else {
        report(Code::not_a_literal, place(code), fmt::format("`{}` is not a currency", code.text()), "unknown",
               "Write its code of three letters, like USD or EUR.");
      }
    } else if (head.is("under")) {
      for (const Node& name : clause.children(Kind::name)) {
        if (find(NameKind::policy, name) != none) program_.under.emplace_back(name.text());
      }
    }
  }
}

void Checker::lint_level(Node clause) {
  const Node name = clause.child(Kind::name);
  if (lint::find(name.text()) == nullptr) {
    report(Code::unknown_name, place(name), fmt::format("there is no lint called `{}`", name.text()), "unknown",
           lint::suggestion(name.text()));
    return;
  }
  LintLevel level{.name = std::string(name.text()), .severity = std::nullopt, .place = place(name)};
  if (clause.has("note")) level.severity = Severity::note;
  if (clause.has("warning")) level.severity = Severity::warning;
  if (clause.has("error")) level.severity = Severity::error;
  const Node because = clause.child(Kind::text);
  const std::string reason = because ? plain_text(because).value_or("…") : "";
  if (!level.severity && reason.find_first_not_of(' ') == std::string::npos) {
    report(Code::missing_clause, place(clause), fmt::format("`{}` is turned off without a reason", level.name),
           "no `because`", fmt::format("Whoever reads it next will ask: `lint {} off because \"…\"`.", level.name));
    return;
  }
  program_.lint_levels.push_back(std::move(level));
}

void Checker::type_alias(Node node) {
  const std::string name(node.child(Kind::name).text());
  const Node type_node = node.child(Kind::type);
  if (type_node.has("?")) {
    report(Code::type_mismatch, place(type_node), "a named type is not absent by itself", "",
           "Leave out the `?` here, and write it where the type is used.");
  }
  if (const Node parts = record_of(type_node)) {
    // Its parts are read now, so that what is wrong with them is said once, and where it stands.
    const std::size_t said = diagnostics_.size();
    event_fields(parts.children(Kind::field));
    if (diagnostics_.size() == said) {
      program_.records.emplace(name, parts);
    } else {
      program_.types.emplace(name, Type{});
    }
    return;
  }
  Type found = type(type_node);
  found.field.optional = false;
  // A name whose type is broken is known too: it has been said what is wrong with it.
  program_.types.emplace(name, std::move(found));
}

Node Checker::record_of(Node type_node) const {
  if (const Node parts = type_node.child(Kind::record_type)) return parts;
  const Node name = type_node.child(Kind::name);
  const auto alias = name ? program_.records.find(name.text()) : program_.records.end();
  return alias == program_.records.end() ? Node() : alias->second;
}

bytecode::Labels Checker::labels_of(Node field) {
  bytecode::Labels out;
  for (unsigned i = 0; i < bytecode::label_count; ++i) {
    const auto label = static_cast<bytecode::Label>(i);
    if (field.has(bytecode::to_string(label))) out.add(label);
  }
  return out;
}

std::vector<bytecode::EventField> Checker::event_fields(const grammar::Nodes& nodes) {
  std::vector<bytecode::EventField> out;
  std::map<std::string, Place> seen;
  // What stands at a record goes for all of its parts.
  const std::function<void(const Node&, const std::string&, bool, bytecode::Labels)> take =
      [&](const Node& field, const std::string& prefix, bool optional, bytecode::Labels labels) {
        const std::string name = prefix + std::string(field.child(Kind::name).text());
        if (!once(seen, name, field.child(Kind::name))) return;
        const Node type_node = field.child(Kind::type);
        labels |= labels_of(field);
        if (const Node parts = record_of(type_node)) {
          for (const Node& part : parts.children(Kind::field))
            take(part, name + ".", optional || type_node.has("?"), labels);
          return;
        }
        Type found = type(type_node);
        found.field.optional = found.field.optional || optional;
        if (!found.broken()) out.push_back({name, found.field, labels});
      };
  for (const Node& field : nodes) take(field, "", false, {});
  return out;
}

void Checker::event(Node node, Index index) {
  program_.module.events[index].fields = event_fields(node.child(Kind::block).children(Kind::field));
}

void Checker::record(Node node) {
  for (const Node& field : node.child(Kind::block).children(Kind::field)) record_field(field, "", {});
  auto& fields = program_.module.fields;
  std::map<std::uint32_t, std::string> ids;
  Index zones = 0;
  bool key = false;
  for (const bytecode::Field& field : fields) {
    zones += field.zone ? 1 : 0;
    // Stored records know fields by a 32-bit hash of their name: two names with one hash would share a place.
    const auto [at, fresh] = ids.emplace(field.id, field.name);
    if (!fresh)
      report(Code::reserved_name, program_.field_places[field.name],
             fmt::format("the fields `{}` and `{}` cannot stand in one record: their short forms are the same",
                         at->second, field.name),
             "", "Rename one of them a little.");
  }
  for (const Node& field : node.child(Kind::block).children(Kind::field)) key = key || field.has("key");
  if (const auto bare = program_.field_places.find("key"); !key && bare != program_.field_places.end()) {
    report(Code::missing_clause, bare->second, "`key` marks a field, and has no name after it here", "the key of what?",
           "Name the field: `key email: Email`.");
    no_contact_ = true;  // what it is called would be asked for elsewhere
  } else if (!key) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           "no field is marked `key`, so nobody could be told from anybody else", "no `key` field",
           "Mark the field that identifies a person: `key email: Email`.");
  }
  if (zones > 1)
    report(Code::repeated_clause, place(node.child(Kind::name)), "more than one field is marked `zone`",
           "which one is the clock?", "Keep the mark at one of them.");
}

void Checker::record_field(Node node, const std::string& prefix, const Inherited& inherited) {
  const Node type_node = node.child(Kind::type);
  const Node name_node = node.child(Kind::name);
  const std::string name = prefix + std::string(name_node.text());
  if (const auto [at, fresh] = program_.field_places.emplace(name, place(name_node)); !fresh) {
    Diagnostic& d =
        report(Code::declared_twice, place(name_node), fmt::format("the field `{}` is declared twice", name),
               "the second one", "Keep one of them.");
    d.secondary.push_back({at->second.file, at->second.span, "the first one"});
    return;
  }
  const auto flagged = [&](std::string_view flag) { return node.has(flag); };
  std::optional<Duration> fresh = inherited.fresh;
  std::optional<Decimal> complete = inherited.complete;
  std::map<std::string, Place> marks;
  for (const Node& readiness : node.children(Kind::readiness)) {
    const Node word = readiness.children().front();
    if (!once(marks, std::string(word.text()), readiness)) continue;
    if (word.is("fresh")) fresh = window_of(readiness.child(Kind::duration));
    if (word.is("complete")) complete = share(readiness.child(Kind::percent));
  }
  const auto add_field = [&](const std::string& field_name, FieldType type) -> bytecode::Field& {
    bytecode::Field field{.name = field_name, .id = name_id(field_name), .type = std::move(type)};
    field.labels = inherited.labels;
    field.labels |= labels_of(node);
    field.fixed = inherited.fixed || flagged("fixed");
    field.fresh = fresh;
    field.complete = complete;
    program_.field_places.emplace(field_name, place(name_node));
    program_.field_index.emplace(field_name, static_cast<Index>(program_.module.fields.size()));
    program_.module.fields.push_back(std::move(field));
    return program_.module.fields.back();
  };
  const auto default_of = [&](bytecode::Field& field, bytecode::Constant value, const FieldType& type) {
    field.initial = add_function(constant(place(name_node), Type::of(type), std::move(value)),
                                 fmt::format("contact.{} default", field.name));
  };

  if (const Node parts = record_of(type_node)) {
    if (flagged("key") || flagged("zone"))
      report(Code::type_mismatch, place(name_node), "a field with parts can be neither key nor zone", "has parts",
             "Mark one of its parts in a field of its own.");
    if (node.child(Kind::expression))
      report(Code::type_mismatch, place(node.child(Kind::expression)), "a field with parts has no value of its own",
             "has parts", "Give its parts as fields of their own, each with its value.");
    Inherited given = inherited;
    given.labels |= labels_of(node);
    given.fixed = given.fixed || flagged("fixed");
    given.optional = given.optional || type_node.has("?");
    given.fresh = fresh;
    given.complete = complete;
    for (const Node& part : parts.children(Kind::field)) record_field(part, name + ".", given);
    return;
  }
  if (type_node.child(Kind::name) && type_node.child(Kind::name).text() == "Consent") {
    // A consent is three fields: what was said, how, and since when.
    const FieldType state{.kind = TypeKind::enumeration, .members = {"given", "withdrawn", "unknown"}};
    default_of(add_field(name, state), {.tag = Tag::text, .units = 0, .text = "unknown", .items = {}}, state);
    add_field(name + ".kind", {.kind = TypeKind::enumeration, .optional = true, .members = {"express", "implied"}});
    add_field(name + ".since", {.kind = TypeKind::instant, .optional = true});
    return;
  }
  Type found = type(type_node);
  if (found.broken()) return;
  found.field.optional = found.field.optional || inherited.optional;
  const std::size_t index = program_.module.fields.size();
  bytecode::Field& field = add_field(name, found.field);
  field.key = flagged("key");
  field.zone = flagged("zone");
  field.country = found.is(TypeKind::country);
  if (field.zone && !present(found).is(TypeKind::timezone))
    report(Code::type_mismatch, place(type_node), "the field marked `zone` holds a time zone",
           fmt::format("this is {}", described(found)), "Write `timezone: TimeZone? zone`.");
  if (field.key) {
    const TypeKind kind = found.field.kind;
    if (kind != TypeKind::email && kind != TypeKind::text && kind != TypeKind::phone) {
      report(Code::type_mismatch, place(type_node), "a key is an Email, a Phone or a Text",
             fmt::format("this is {}", described(found)), "Choose a field that identifies one person.");
    }
  }
  if (const Node value = node.child(Kind::expression)) {
    Scope scope;
    scope.contact = false;
    scope.history = false;
    const Index initial = function(value, scope, &found, fmt::format("contact.{} default", name));
    program_.module.fields[index].initial = initial;
  }
}

}  // namespace fairlead::compiler
