// What a project declares beside channels, policies and workflows: settings, types, the contact, events, segments,
// goals.
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
  Type found = type(node.child(Kind::type));
  if (found.optional() && !found.broken()) {
    report(Code::type_mismatch, place(node.child(Kind::type)), "a named type is not absent by itself", "",
           "Leave out the `?` here, and write it where the type is used.");
    found.field.optional = false;
  }
  if (!found.broken()) program_.types.emplace(name, std::move(found));
}

std::vector<bytecode::EventField> Checker::event_fields(const std::vector<Node>& nodes) {
  std::vector<bytecode::EventField> out;
  std::map<std::string, Place> seen;
  for (const Node& field : nodes) {
    const std::string name(field.child(Kind::name).text());
    if (!once(seen, name, field.child(Kind::name))) continue;
    const Type found = type(field.child(Kind::type));
    if (!found.broken()) out.push_back({name, found.field});
  }
  return out;
}

void Checker::event(Node node, Index index) {
  program_.module.events[index].fields = event_fields(node.child(Kind::block).children(Kind::field));
}

void Checker::record(Node node) {
  for (const Node& field : node.child(Kind::block).children(Kind::field))
    record_field(field, "", field.child(Kind::type), nullptr);
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

void Checker::record_field(Node node, const std::string& prefix, Node type_node, const FieldType* inherited) {
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
  const auto add_field = [&](const std::string& field_name, FieldType type) -> bytecode::Field& {
    bytecode::Field field{.name = field_name, .id = name_id(field_name), .type = std::move(type)};
    field.personal = flagged("private") || flagged("sensitive") || flagged("protected");
    field.fixed = flagged("fixed");
    program_.field_places.emplace(field_name, place(name_node));
    program_.field_index.emplace(field_name, static_cast<Index>(program_.module.fields.size()));
    program_.module.fields.push_back(std::move(field));
    return program_.module.fields.back();
  };
  const auto default_of = [&](bytecode::Field& field, bytecode::Constant value, const FieldType& type) {
    field.initial = add_function(constant(place(name_node), Type::of(type), std::move(value)),
                                 fmt::format("contact.{} default", field.name));
  };

  if (inherited == nullptr && type_node.child(Kind::record_type)) {
    if (flagged("key") || flagged("zone"))
      report(Code::type_mismatch, place(name_node), "a field with parts can be neither key nor zone", "has parts",
             "Mark one of its parts in a field of its own.");
    for (const Node& part : type_node.child(Kind::record_type).children(Kind::field))
      record_field(part, name + ".", part.child(Kind::type), nullptr);
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
  if (const Node readiness = node.child(Kind::readiness)) {
    not_supported(readiness, readiness.children().front().text());
    return;
  }
  const Type found = type(type_node);
  if (found.broken()) return;
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

Index Checker::segment(Index index) {
  // Segments are inlined where they are asked; one that asks itself would never end.
  const Node node = segments_[index].node;
  const std::string name(node.child(Kind::name).text());
  if (program_.segment_roots.size() < program_.module.segments.size())
    program_.segment_roots.resize(program_.module.segments.size());
  if (segment_state_[index] == 2) return index;
  if (segment_state_[index] == 1) {
    report(Code::cycle, segments_[index].place, fmt::format("the segment `{}` is defined by itself", name),
           "asks, in the end, for itself", "Write out what is meant in one of the segments.");
    segment_state_[index] = 3;
    return none;
  }
  if (segment_state_[index] == 3) return none;
  constexpr unsigned deepest = 100;
  if (segment_depth_ >= deepest) {
    report(Code::too_complex, segments_[index].place, "segments are built on each other too many times",
           "the last one that can be followed", "Write out what is meant in one of the segments.");
    segment_state_[index] = 3;
    return none;
  }
  segment_state_[index] = 1;
  ++segment_depth_;
  const Type boolean = Type::of(TypeKind::boolean);
  const Index when = function(node.child(Kind::expression), Scope{}, &boolean, fmt::format("segment {}", name));
  --segment_depth_;
  program_.module.segments[index].when = when;
  program_.segment_roots[index] = program_.roots[when];
  if (segment_state_[index] == 3) return none;
  segment_state_[index] = 2;
  return index;
}

void Checker::goal(Node node, Index index) {
  std::map<std::string, Place> seen;
  bytecode::Goal goal = program_.module.goals[index];
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    if (!once(seen, std::string(head.text()), clause)) continue;
    if (head.is("without") || clause.has("sum")) {
      not_supported(clause, head.is("without") ? "without" : "reach sum");
      continue;
    }
    if (head.is("reach")) {
      goal.event = find(NameKind::event, clause.child(Kind::name));
      if (const auto within = duration(clause.child(Kind::duration))) goal.within = *within;
      if (const Node where = clause.child(Kind::expression); where && goal.event != none) {
        Scope scope;
        scope.subject = Binding{"", goal.event, 0};
        scope.bindings = {Binding{"event", goal.event, 0}};
        const Type boolean = Type::of(TypeKind::boolean);
        goal.where = function(where, scope, &boolean, fmt::format("goal {} where", goal.name));
      }
    } else if (head.is("worth")) {
      const Node literal = clause.child(Kind::money);
      if (const auto worth = money(literal)) {
        if (worth->second != program_.module.currency) {
          report(
              Code::mixed_money, place(literal),
              fmt::format("what a goal is worth is said in the currency of the project, {}", program_.module.currency),
              fmt::format("this is {}", worth->second), "Convert it; or change `currency` in `project`.");
        }
        goal.worth = worth->first;
      }
    } else {
      const Node literal = clause.child(Kind::percent) ? clause.child(Kind::percent) : clause.child(Kind::number);
      if (!literal) {
        not_supported(clause, fmt::format("{} of a sum", head.text()));
        continue;
      }
      const auto value = share(literal);
      if (!value) continue;
      if (head.is("baseline")) goal.baseline = *value;
      if (head.is("target")) goal.target = *value;
      if (head.is("holdout")) goal.holdout = *value;
    }
  }
  if (!seen.contains("reach")) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("the goal `{}` does not say what reaches it", goal.name), "no `reach`",
           "Say which event, and how soon: `reach purchased within 30 days`.");
  }
  program_.module.goals[index] = std::move(goal);
}

}  // namespace fairlead::compiler
