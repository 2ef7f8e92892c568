// Channels and what is said on them.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

void Checker::channel(Node node, Index index) {
  bytecode::Channel channel = program_.module.channels[index];
  std::map<std::string, Place> seen;
  program_.slots.resize(program_.module.channels.size());
  std::vector<std::pair<Index, Node>> withdrawing;
  Scope scope;
  scope.history = false;
  // A channel of the library reads fields that the project has to declare: that is said where the project can mend it.
  const auto has_field = [&](const Node& clause, std::string_view verb, const Node& of) {
    const Node path = clause.child(Kind::path);
    const std::string text(path.text());
    const std::string name = text.starts_with("contact.") ? text.substr(8) : text;
    if (!in_library(place(of)) || no_contact_ || program_.field_places.contains(name))
      return !no_contact_ || !in_library(place(of));
    const bool consent = verb == "asks for";
    const std::size_t dot = name.find('.');
    const std::string declaration =
        consent && dot != std::string::npos
            ? fmt::format("{}: {{ {}: Consent }}", name.substr(0, dot), name.substr(dot + 1))
            : fmt::format("{}: {}", name,
                          consent           ? "Consent"
                          : name == "email" ? "Email"
                          : name == "phone" ? "Phone?"
                                            : "Text?");
    Diagnostic& d = report(Code::unknown_field, contact_,
                           fmt::format("the channel `{}` {} `{}`, which the contact does not have",
                                       of.child(Kind::name).text(), verb, text),
                           fmt::format("no `{}` here", name), fmt::format("Declare it here: `{}`.", declaration));
    d.secondary.push_back({place(path).file, place(path).span, "read here"});
    return false;
  };
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    if (!once(seen, std::string(head.text()), clause)) continue;
    if (head.is("to")) {
      if (!has_field(clause, "sends to", node)) continue;
      const ExprId to = path_of(clause.child(Kind::path), scope, nullptr);
      if (program_.exprs[to].op == Op::field) channel.to = program_.exprs[to].ref;
    } else if (head.is("consent")) {
      if (clause.has("needed")) continue;
      if (!has_field(clause, "asks for", node)) continue;
      const ExprId consent = path_of(clause.child(Kind::path), scope, nullptr);
      const Expr& expr = program_.exprs[consent];
      if (expr.op == Op::field) {
        const bytecode::Field& field = program_.module.fields[expr.ref];
        if (field.type.kind != TypeKind::enumeration ||
            field.type.members != std::vector<std::string>{"given", "withdrawn", "unknown"}) {
          report(Code::type_mismatch, expr.place,
                 fmt::format("a consent is wanted here, but this is {}", described(expr.type)), "not a Consent",
                 "Declare the field as `Consent`, or write `consent not needed because \"…\"`.");
        } else {
          channel.consent = expr.ref;
        }
      }
      for (const Node& name : clause.children(Kind::name)) {
        const Index event = find(NameKind::event, name);
        if (event == none) continue;
        channel.withdrawn_on.push_back(event);
        withdrawing.emplace_back(event, name);
      }
    } else if (head.is("content")) {
      for (const Node& slot : clause.child(Kind::block).children(Kind::field)) {
        const Type found = type(slot.child(Kind::type));
        if (!found.broken() && !found.is(TypeKind::text))
          report(Code::type_mismatch, place(slot.child(Kind::type)), "what a channel sends is text",
                 fmt::format("this is {}", described(found)), "Write `Text`.");
        program_.slots[index].emplace_back(slot.child(Kind::name).text());
      }
    } else if (head.is("reports")) {
      for (const Node& name : clause.children(Kind::name)) {
        const Index event = find(NameKind::event, name);
        if (event == none) continue;
        channel.reports.push_back(event);
        program_.module.events[event].of_message = true;
      }
    } else if (head.is("cost")) {
      const Node literal = clause.child(Kind::money);
      if (const auto cost = money(literal)) {
        if (in_library(place(node))) {
          channel.cost = cost->first;  // the library's costs are rough and in dollars
        } else if (cost->second != program_.module.currency) {
          report(
              Code::mixed_money, place(literal),
              fmt::format("what a message costs is said in the currency of the project, {}", program_.module.currency),
              fmt::format("this is {}", cost->second), "Convert it; or change `currency` in `project`.");
        } else {
          channel.cost = cost->first;
        }
      }
    }
  }
  for (const auto& [event, name] : withdrawing) {
    if (std::find(channel.reports.begin(), channel.reports.end(), event) == channel.reports.end()) {
      report(Code::unreported_event, place(name),
             fmt::format("consent is withdrawn on `{}`, but the channel does not report it", name.text()),
             "not under `reports`", fmt::format("Add it: `reports …, {}`.", name.text()));
    }
  }
  if (!seen.contains("consent")) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("the channel `{}` does not say whose consent it needs", channel.name), "no `consent`",
           "Name the field: `consent contact.consent.email`, or say `consent not needed because \"…\"`.");
  }
  if (program_.slots[index].empty()) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("the channel `{}` does not say what its content is made of", channel.name), "no `content`",
           "List its parts: `content { subject: Text, body: Text }`.");
  }
  program_.module.channels[index] = std::move(channel);
}

void Checker::content_head(Node node, Index index) {
  bytecode::Content& content = program_.module.contents[index];
  content.transactional = node.has("transactional");
  content.parameters = event_fields(node.children(Kind::parameter));
}

void Checker::content_texts(Node node, Index index) {
  const std::string name = program_.module.contents[index].name;
  const std::vector<bytecode::EventField> parameters = program_.module.contents[index].parameters;
  Scope scope;
  scope.parameters = &parameters;
  const Type text = Type::of(TypeKind::text);
  std::map<std::string, Place> seen;
  std::vector<bytecode::Variant> variants;
  for (const Node& variant_node : node.child(Kind::block).children(Kind::variant)) {
    const Node channel_name = variant_node.child(Kind::name);
    if (!once(seen, std::string(channel_name.text()), channel_name)) continue;
    const Index channel = find(NameKind::channel, channel_name);
    std::map<std::string, Place> slots;
    bytecode::Variant variant{.channel = channel, .slots = {}};
    for (const Node& slot : variant_node.child(Kind::block).children(Kind::slot)) {
      const std::string slot_name(slot.child(Kind::name).text());
      if (!once(slots, slot_name, slot.child(Kind::name))) continue;
      if (channel != none) {
        const std::vector<std::string>& known = program_.slots[channel];
        if (std::find(known.begin(), known.end(), slot_name) == known.end()) {
          const std::string_view near = grammar::closest(slot_name, {known.begin(), known.end()});
          // `"Say "hi" to them"`: what follows the quote looks like a slot.
          const Place at = place(slot.child(Kind::name));
          const bool in_quotes = at.span.begin > 0 && files_[at.file].text()[at.span.begin - 1] == '"';
          std::string all;
          for (const std::string& one : known) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", one);
          grammar::Diagnostic& said = report(
              Code::unknown_field, at,
              in_quotes ? std::string("the text before this ends at its quote, but the line goes on")
                        : fmt::format("the channel `{}` has nothing called `{}`", channel_name.text(), slot_name),
              in_quotes ? "outside of the text" : "not a part of it",
              in_quotes      ? "A quote inside of a text is written `\\\"`."
              : near.empty() ? fmt::format("It has {}.", all)
                             : fmt::format("Did you mean `{}`?", near));
          if (!in_quotes) mend_near(said, at.span, slot_name, near);
          if (in_quotes) {
            for (const std::string& one : known) slots.emplace(one, at);  // most likely they follow
            break;
          }
          if (!near.empty()) slots.emplace(near, at);
        }
      }
      const ExprId root = this->text(slot.child(Kind::text), scope, &text);
      variant.slots.push_back(
          {slot_name, add_function(root, fmt::format("content {} {} {}", name, channel_name.text(), slot_name))});
    }
    if (channel == none) continue;
    for (const std::string& wanted : program_.slots[channel]) {
      if (!slots.contains(wanted)) {
        report(Code::missing_clause, place(channel_name),
               fmt::format("the content `{}` has no `{}` for {}", name, wanted, channel_name.text()),
               fmt::format("no `{}`", wanted), fmt::format("Add it: `{} \"…\"`.", wanted));
      }
    }
    variants.push_back(std::move(variant));
  }
  if (variants.empty() && seen.empty()) {
    report(Code::missing_clause, place(node.child(Kind::name)),
           fmt::format("the content `{}` says nothing on any channel", name), "empty",
           "Add a channel with its texts: `email { subject \"…\" body \"…\" }`.");
  }
  program_.module.contents[index].variants = std::move(variants);
}

}  // namespace fairlead::compiler
