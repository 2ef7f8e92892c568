// How the outside is reached: actions, and connectors, which say how a channel or an action is carried out.
#include "compiler/connection.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

void Checker::action(Node node, Index index) {
  bytecode::Action action = program_.module.actions[index];
  const grammar::Nodes parameters = node.children(Kind::parameter);
  bool known = true;
  for (const Node& parameter : parameters) {
    const Node type = parameter.child(Kind::type);
    if (!program_.names[NameKind::record].contains(type.text())) continue;
    not_supported(type, fmt::format("a parameter that is a {}", type.text()));
    known = false;
  }
  if (!known) {
    program_.broken_actions.insert(index);
    return;
  }
  action.parameters = event_fields(parameters);
  if (action.parameters.size() < parameters.size()) program_.broken_actions.insert(index);  // which has been said
  for (const Node& clause : node.children(Kind::clause)) {
    if (const Node returns = clause.child(Kind::record_type)) {
      const grammar::Nodes fields = returns.children(Kind::field);
      action.returns = event_fields(fields);
      if (action.returns.size() < fields.size()) program_.broken_actions.insert(index);
      continue;
    }
    if (!clause.has("effect")) continue;
    using enum bytecode::EffectKind;
    action.effect = clause.has("message")   ? message
                    : clause.has("spend")   ? spend
                    : clause.has("publish") ? publish
                    : clause.has("retract") ? retract
                                            : write;
    if (const Node amount = clause.child(Kind::expression)) {
      Scope scope;
      scope.contact = false;
      scope.history = false;
      scope.parameters = &action.parameters;
      const Type money = Type::of(FieldType{.kind = TypeKind::money, .currency = program_.module.currency});
      action.amount = function(amount, scope, &money, fmt::format("action {} amount", action.name));
    }
  }
  program_.module.actions[index] = std::move(action);
}

bytecode::Connector ConnectionReader::read() {
  const Place name = c_.place(node_.child(Kind::name));
  out_.file = c_.files_[name.file].path();
  out_.line = c_.line(name);
  targets();
  const Node block = node_.child(Kind::block);
  for (const Node& clause : block.children(Kind::clause)) {
    if (clause.has("secret")) secrets(clause);
  }
  inputs();
  for (const Node& clause : block.children(Kind::clause)) {
    if (clause.has("retry")) retry(clause);
    if (clause.has("most")) rate(clause);
  }
  std::map<std::string, Place> seen;
  for (const Node& item : block.children(Kind::request)) {
    if (c_.once(seen, "request", item.children().front())) request(item);
  }
  for (const Node& item : block.children(Kind::receive)) receive(item);
  if (!seen.contains("request")) {
    c_.report(Code::missing_clause, name, fmt::format("the connector `{}` asks its provider nothing", out_.name),
              "no request", "Say where it sends: `post \"https://…\" { … }`.");
  }
  repeats();
  return std::move(out_);
}

void ConnectionReader::targets() {
  const grammar::Nodes names = node_.children(Kind::name);
  if (names.size() == 1) {
    c_.report(Code::missing_clause, c_.place(names.front()),
              fmt::format("the connector `{}` does not say what it carries out", out_.name), "for what?",
              fmt::format("Name a channel or an action: `connector {} for sms {{ … }}`.", out_.name));
  }
  for (std::size_t i = 1; i < names.size(); ++i) {
    const auto& channels = c_.program_.names[NameKind::channel];
    const auto& actions = c_.program_.names[NameKind::action];
    const auto channel = channels.find(names[i].text());
    const auto action = actions.find(names[i].text());
    if (channel != channels.end()) {
      out_.channels.push_back(c_.find(NameKind::channel, names[i]));  // which wakes it
      connected(names[i]);
    } else if (action != actions.end()) {
      out_.actions.push_back(action->second.index);
      connected(names[i]);
    } else {
      nothing(names[i]);
    }
  }
}

void ConnectionReader::connected(Node name) {
  const auto [at, fresh] = c_.connected_.emplace(std::string(name.text()), c_.place(name));
  if (fresh) return;
  Diagnostic& d =
      c_.report(Code::declared_twice, c_.place(name),
                fmt::format("two connectors carry out `{}`, and what goes out would go out twice", name.text()),
                "the second one", "Keep one of them.");
  d.secondary.push_back({at->second.file, at->second.span, "the first one"});
}

void ConnectionReader::nothing(Node name) {
  std::vector<std::string_view> candidates;
  for (const NameKind kind : {NameKind::channel, NameKind::action}) {
    for (const auto& [text, declared] : c_.program_.names[kind]) candidates.push_back(text);
  }
  const std::string_view near = grammar::closest(name.text(), candidates);
  const std::string help =
      !near.empty() ? fmt::format("Did you mean `{}`?", near) : c_.suggestion(NameKind::channel, name.text());
  for (const auto& [kind, names] : c_.program_.names) {
    const auto other = names.find(name.text());
    if (other == names.end()) continue;
    Diagnostic& d =
        c_.report(Code::wrong_kind_of_name, c_.place(name),
                  fmt::format("`{}` is {}, but a channel or an action is wanted here", name.text(), to_string(kind)),
                  "not a channel or an action", help);
    d.secondary.push_back({other->second.place.file, other->second.place.span, "declared here"});
    return;
  }
  c_.report(Code::unknown_name, c_.place(name), fmt::format("there is no channel or action called `{}`", name.text()),
            "not declared", help);
}

void ConnectionReader::secrets(Node clause) {
  for (const Node& name : clause.children(Kind::name)) {
    const std::string text(name.text());
    if (!c_.once(secret_places_, text, name)) continue;
    out_.secrets.push_back(text);
    out_.inputs.push_back({text, {.kind = TypeKind::text}});
    c_.program_.secrets.emplace(text, out_.name);
  }
}

void ConnectionReader::inputs() {
  std::vector<std::vector<bytecode::EventField>> all;
  for (const Index index : out_.channels) {
    const bytecode::Channel& channel = module().channels[index];
    std::vector<bytecode::EventField> of;
    if (channel.to != none) {
      FieldType to = module().fields[channel.to].type;
      to.optional = false;
      of.push_back({"to", to});
    }
    for (const SlotForm& slot : c_.program_.slots[index]) of.push_back({slot.name, {.kind = slot.kind}});
    all.push_back(std::move(of));
  }
  for (const Index index : out_.actions) {
    known_ = known_ && !c_.program_.broken_actions.contains(index);
    all.push_back(module().actions[index].parameters);
  }
  known_ = known_ && !all.empty();
  if (all.empty()) return;
  for (const bytecode::EventField& field : all.front()) {
    const bool everywhere = std::all_of(
        all.begin(), all.end(), [&](const auto& of) { return std::find(of.begin(), of.end(), field) != of.end(); });
    if (!everywhere) continue;
    if (const auto secret = secret_places_.find(field.name); secret != secret_places_.end()) {
      c_.report(Code::reserved_name, secret->second,
                fmt::format("`{}` is what the call says already, so no secret can be called that", field.name),
                "means something else too", "Rename the secret.");
      continue;
    }
    out_.inputs.push_back(field);
  }
}

void ConnectionReader::retry(Node clause) {
  if (!c_.once(once_, "retry", clause.children().front())) return;
  const grammar::Nodes numbers = clause.children(Kind::number);
  const bool bounded = clause.has("times");
  for (std::size_t i = 0; i + (bounded ? 1 : 0) < numbers.size(); ++i) {
    const std::string_view status = numbers[i].text();
    if (status.size() != 3 || status.front() < '1' || status.front() > '5' ||
        status.find_first_not_of("0123456789") < 3) {
      c_.report(Code::number_range, c_.place(numbers[i]), fmt::format("`{}` is no status of HTTP", status),
                "not from 100 to 599", "Write it like `retry on 429`.");
      continue;
    }
    out_.retry_on.push_back(static_cast<std::uint32_t>(std::stoul(std::string(status))));
    // Too many requests, and not available: these were surely not carried out.
    if (status != "429" && status != "503") risky_.push_back(numbers[i]);
  }
  if (!bounded) return;
  if (const auto times = c_.whole(numbers.back(), 1'000, "retries")) out_.retries = *times;
}

void ConnectionReader::repeats() {
  if (!out_.request.idempotency_header.empty()) return;
  for (const Node& status : risky_) {
    c_.report(
        Code::retry_may_repeat, c_.place(status),
        fmt::format("after a {} nobody knows whether the call was carried out, and a retry could do it twice",
                    status.text()),
        "could be the second time",
        "Say in which header the provider takes a key, `idempotency header \"Idempotency-Key\"`, or retry on 429 and "
        "503 only.");
  }
}

void ConnectionReader::rate(Node clause) {
  if (!c_.once(once_, "at most", clause.children().front())) return;
  if (const auto most = c_.whole(clause.child(Kind::number), 1'000'000'000, "requests")) out_.rate = *most;
  const Node period = clause.after("per");
  const auto window = period.is(Kind::duration) ? c_.duration(period)
                      : period.is("second")     ? std::optional(seconds(1))
                      : period.is("minute")     ? std::optional(minutes(1))
                      : period.is("hour")       ? std::optional(hours(1))
                      : period.is("day")        ? std::optional(days(1))
                      : period.is("week")       ? std::optional(days(7))
                                                : std::optional(days(30));
  if (!window) return;
  out_.rate_window = *window;
  if (*window <= Duration{})
    c_.report(Code::number_range, c_.place(period), "nothing can happen in no time", "too short",
              "Write it like `per second`.");
}

void Checker::connector(Node node, Index index) {
  bytecode::Connector made = ConnectionReader(*this, node, index).read();
  program_.module.connectors[index] = std::move(made);
}

}  // namespace fairlead::compiler
