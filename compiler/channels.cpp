// Channels: how a message reaches somebody, and what it is made of. A channel of the standard library reads fields that
// a project need not have: it is dormant, and nobody hears of it, until something names it.
#include <algorithm>

#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;
using grammar::Severity;

bool Checker::channel_field(Node channel, Index index, Node clause, std::string_view verb) {
  if (!in_library(place(channel))) return true;
  if (no_contact_) return false;
  const Node path = clause.child(Kind::path);
  const std::string text(path.text());
  const std::string name = text.starts_with("contact.") ? text.substr(8) : text;
  if (program_.field_places.contains(name)) return true;
  const bool consent = verb == "asks for";
  const std::size_t dot = name.find('.');
  const std::string declaration = consent && dot != std::string::npos
                                      ? fmt::format("{}: {{ {}: Consent }}", name.substr(0, dot), name.substr(dot + 1))
                                      : fmt::format("{}: {}", name,
                                                    consent           ? "Consent"
                                                    : name == "email" ? "Email"
                                                    : name == "phone" ? "Phone?"
                                                                      : "Text?");
  // That is said where the project can mend it.
  Diagnostic d{Code::unknown_field,
               Severity::error,
               fmt::format("the channel `{}` {} `{}`, which the contact does not have",
                           channel.child(Kind::name).text(), verb, text),
               {contact_.file, contact_.span, fmt::format("no `{}` here", name)},
               {},
               fmt::format("Declare it here: `{}`.", declaration)};
  d.secondary.push_back({place(path).file, place(path).span, "read here"});
  dormant_[index].push_back(std::move(d));
  return false;
}

Index Checker::wake_channel(Index index, Node name) {
  const auto lacking = dormant_.find(index);
  if (lacking == dormant_.end()) return index;
  for (Diagnostic& d : lacking->second) {
    d.secondary.push_back({place(name).file, place(name).span, "the channel is named here"});
    diagnostics_.push_back(std::move(d));
  }
  // It changes places with the first that is dormant; nobody else knows those by their index.
  const auto first = static_cast<Index>(program_.module.channels.size() - dormant_.size());
  swap_channels(index, first);
  dormant_.erase(first);
  return first;
}

void Checker::swap_channels(Index a, Index b) {
  if (a == b) return;
  std::swap(program_.module.channels[a], program_.module.channels[b]);
  std::swap(program_.slots[a], program_.slots[b]);
  for (auto& [name, declared] : program_.names[NameKind::channel]) {
    if (declared.index == a || declared.index == b) declared.index = declared.index == a ? b : a;
  }
  auto first = dormant_.extract(a);
  auto second = dormant_.extract(b);
  if (first) first.key() = b;
  if (second) second.key() = a;
  dormant_.insert(std::move(first));
  dormant_.insert(std::move(second));
}

void Checker::library_channels_sleep() {
  std::vector<Index> library;
  for (const auto& [name, declared] : program_.names[NameKind::channel]) {
    if (in_library(declared.place)) library.push_back(declared.index);
  }
  std::sort(library.begin(), library.end());
  for (const Index i : library) dormant_[i];  // what it lacks is known already
  // They come last, so that those that nothing names are cut off in the end.
  auto last = static_cast<Index>(program_.module.channels.size());
  for (auto i = library.rbegin(); i != library.rend(); ++i) swap_channels(*i, --last);
}

void Checker::channel_slots(Node clause, Index index) {
  std::map<std::string, Place> seen;
  for (const Node& slot : clause.child(Kind::block).children(Kind::field)) {
    const std::string name(slot.child(Kind::name).text());
    if (!once(seen, name, slot.child(Kind::name))) continue;
    const Type found = type(slot.child(Kind::type));
    const bool known = found.is(TypeKind::text) || found.is(TypeKind::html) || found.is(TypeKind::url);
    if (!found.broken() && (!known || found.optional()))
      report(Code::type_mismatch, place(slot.child(Kind::type)),
             "what a channel sends is a text, HTML or a web address", fmt::format("this is {}", described(found)),
             "Write `Text`, `Html` or `Url`.");
    SlotForm form{.name = name, .kind = known ? found.field.kind : TypeKind::text};
    if (const Node most = slot.child(Kind::number)) {
      const std::optional<Decimal> value = number(most);
      const Result<std::int64_t> whole = value ? value->to_int() : Result<std::int64_t>(0);
      if (value && (!whole || *whole <= 0 || Decimal::from_int(*whole) != *value)) {
        report(Code::number_range, place(most), fmt::format("a text cannot have `{}` characters", most.text()),
               "not a number of characters", "Write a whole number, like `up to 160 characters`.");
      } else if (value) {
        form.at_most = static_cast<std::uint64_t>(*whole);
      }
    }
    program_.slots[index].push_back(std::move(form));
  }
}

void Checker::channel(Node node, Index index) {
  bytecode::Channel channel = program_.module.channels[index];
  std::map<std::string, Place> seen;
  program_.slots.resize(program_.module.channels.size());
  std::vector<std::pair<Index, Node>> withdrawing;
  Scope scope;
  scope.history = false;
  for (const Node& clause : node.child(Kind::block).children(Kind::clause)) {
    const Node head = clause.children().front();
    if (!once(seen, std::string(head.text()), clause)) continue;
    if (head.is("to")) {
      if (!channel_field(node, index, clause, "sends to")) continue;
      const ExprId to = path_of(clause.child(Kind::path), scope, nullptr);
      if (program_.exprs[to].op == Op::field) channel.to = program_.exprs[to].ref;
    } else if (head.is("consent")) {
      if (clause.has("needed")) continue;
      if (!channel_field(node, index, clause, "asks for")) continue;
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
      channel_slots(clause, index);
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
        if (cost->second != program_.module.currency) {
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

}  // namespace fairlead::compiler
