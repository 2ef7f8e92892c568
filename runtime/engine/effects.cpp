// Effects as they go out: what a message or a call says, calls themselves, and the values that a pass keeps.
#include <algorithm>

#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;
using Json = nlohmann::ordered_json;

namespace {

/// A value as the other side of a connector reads it. Sums keep every digit, and say their currency.
Json json_of(const Value& value, const FieldType& type) {
  switch (value.tag()) {
    case Tag::none: return {};
    case Tag::boolean: return value.as_bool();
    case Tag::number: {
      const std::string digits = value.as_decimal().to_string();
      return Json::parse(digits, nullptr, false);
    }
    case Tag::money: return Json{{"amount", value.as_decimal().to_string()}, {"currency", type.currency}};
    case Tag::list: {
      Json out = Json::array();
      for (const Value& item : value.as_list())
        out.push_back(json_of(item, type.element.empty() ? type : type.element.front()));
      return out;
    }
    default: return render(value);
  }
}

/// The same read back.
Result<Value> value_of(const nlohmann::json& json, const FieldType& type, Arena& arena) {
  if (json.is_null()) return Value();
  if (type.kind == TypeKind::list) {
    std::vector<Value> items;
    for (const nlohmann::json& item : json) {
      const Result<Value> one = value_of(item, type.element.empty() ? type : type.element.front(), arena);
      if (!one) return one;
      items.push_back(*one);
    }
    return Value::list(arena.keep(std::move(items)));
  }
  if (type.kind == TypeKind::text && json.is_string()) return Value::text(arena.keep(json.get<std::string>()));
  const nlohmann::json& plain = json.is_object() && json.contains("amount") ? json["amount"] : json;
  return parse_value(plain.is_string() ? plain.get<std::string>() : plain.dump(), type, arena);
}

void keep(Instance& instance, Index number, const Value& value) {
  std::erase_if(instance.kept, [number](const Kept& k) { return k.number == number; });
  if (!value.exists()) return;
  ByteWriter out;
  out.value(value);
  instance.kept.push_back({static_cast<std::uint8_t>(number), out.take()});
}

}  // namespace

Result<std::vector<Value>> arguments_in(const nlohmann::json& payload, const bytecode::Action& action, Arena& arena) {
  std::vector<Value> out;
  const auto given = payload.find("arguments");
  for (const bytecode::EventField& parameter : action.parameters) {
    const bool there = given != payload.end() && given->contains(parameter.name);
    const Result<Value> value = there ? value_of((*given)[parameter.name], parameter.type, arena) : Value();
    if (!value) return tl::unexpected(value.error());
    out.push_back(*value);
  }
  return out;
}

Result<Value> amount_in(const nlohmann::json& payload, const std::string& currency, Arena& arena) {
  const auto amount = payload.find("amount");
  if (amount == payload.end()) return Value();
  return value_of(*amount, {.kind = TypeKind::money, .currency = currency}, arena);
}

std::string Turn::effect_key(const Version& version, const Instance& instance, const Step& step) const {
  const std::uint64_t visit = planted(Bug::key_without_visit) ? 1 : instance.visit;
  return short_hex(sha256({"effect", audit::to_string(pass(version, instance)), step.key, std::to_string(visit)}), 16);
}

Result<std::vector<Value>> Turn::arguments_of(const Version& version, const Step& step, const vm::World& world) {
  std::vector<Value> out;
  for (const Index argument : step.arguments) {
    if (argument == none) {
      out.emplace_back();
      continue;
    }
    const Result<Value> value = version.program->evaluate(argument, world, arena_);
    if (!value) return tl::unexpected(value.error());
    out.push_back(*value);
  }
  return out;
}

Result<Json> Turn::rendered(const Version& version, Instance& instance, const Step& step) {
  Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  const Result<std::vector<Value>> evaluated = arguments_of(version, step, *world);
  if (!evaluated) return tl::unexpected(evaluated.error());
  const std::vector<Value>& arguments = *evaluated;
  world->parameters = arguments;
  if (step.kind == StepKind::act) {
    const bytecode::Action& action = version.module.actions[step.action];
    Json out{{"action", action.name}, {"effect", to_string(action.effect)}};
    if (action.amount != none) {
      const Result<Value> amount = version.program->evaluate(action.amount, *world, arena_);
      if (!amount) return tl::unexpected(amount.error());
      out["amount"] = json_of(*amount, {.kind = TypeKind::money, .currency = version.module.currency});
    }
    Json& given = out["arguments"] = Json::object();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i].exists()) given[action.parameters[i].name] = json_of(arguments[i], action.parameters[i].type);
    }
    return out;
  }
  if (step.kind == StepKind::assign) {
    Json out{{"assign", version.module.teams[step.team].name}, {"by", to_string(step.by)}};
    Json& who = out["contact"] = Json::object();
    for (Index i = 0; i < version.module.fields.size(); ++i) {
      if (version.module.fields[i].key && world->fields[i].exists())
        who[version.module.fields[i].name] = render(world->fields[i]);
    }
    return out;
  }
  const bytecode::Content& content = version.module.contents[step.content];
  const Result<Index> by = shown_channel(version, instance, step);
  if (!by) return tl::unexpected(by.error());
  const bytecode::Channel& channel = version.module.channels[*by];
  Json out{{"channel", channel.name}};
  if (channel.to != none) {
    const Value& to = world->fields[channel.to];
    if (!to.exists()) return fault(FaultCode::absent, version.module.fields[channel.to].name);
    out["to"] = render(to);
  }
  out["content"] = content.name;
  for (const bytecode::Variant& variant : content.variants) {
    if (variant.channel != *by) continue;
    for (const bytecode::Slot& slot : variant.slots) {
      const Result<Value> text =
          version.program->evaluate(words_of(version, instance, step, *by, slot), *world, arena_);
      if (!text) return tl::unexpected(text.error());
      if (text->tag() != Tag::text) return fault(FaultCode::wrong_type);
      out[slot.name] = std::string(text->as_text());
    }
  }
  return out;
}

std::string Turn::payload(const Version& version, const Instance& instance, const std::string& key,
                          const Json& effect) const {
  Json out{{"key", key}};
  for (const auto& [name, value] : effect.items()) {
    out[name] = value;
    if (name != "content" && name != "arguments" && !(name == "contact" && effect.contains("assign"))) continue;
    out["workflow"] = pass(version, instance).workflow;
    out["at"] = to_string(now_);
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Turn::Flow> Turn::act(const Version& version, Instance& instance, const Step& step) {
  const audit::Pass who = pass(version, instance);
  const bytecode::Action& action = version.module.actions[step.action];
  const bool suppressed = instance.mode != Mode::live;
  const Result<Json> effect = rendered(version, instance, step);
  if (!effect && of_store(effect.error())) return tl::unexpected(effect.error());
  using Kind = guard::Verdict::Kind;
  Sending sending{instance.workflow, "", "", instance.held, side_of(instance.mode)};
  sending.action = action.name;
  std::vector<Value> arguments;
  Judged judged;  // nobody is asked about what cannot be made
  if (effect) {
    Result<Calling> calling = this->calling(version, instance, step);
    if (!calling) return tl::unexpected(calling.error());
    arguments = std::move(calling->arguments);
    sending.arguments = arguments;
    sending.amount = calling->amount;
    if (calling->amount.tag() == Tag::money && action.effect == bytecode::EffectKind::spend)
      sending.cost = calling->amount.as_decimal();
    Result<Judged> asked = this->judged(version, instance, step, sending);
    if (!asked) return tl::unexpected(asked.error());
    judged = std::move(*asked);
  } else {
    refused_.clear();
  }
  const Decimal cost = sending.cost;
  if (judged.kind == Kind::hold) return hold(version, instance, step, judged, *effect);
  forget_words(version, instance, judged.kind != Kind::defer);
  if (judged.kind == Kind::defer) {
    // Time passes while a call is held; the pass waits with it, and is asked again.
    if (!instance.held) instance.held = now_;
    instance.wake = std::max(judged.until, now_ + Duration{1});
    engine_.say(now_, audit::Guarded{who, step.key, judged.rule, audit::Guarded::Action::deferred, *instance.wake, ""});
    return Flow::wait;
  }
  instance.held.reset();
  if (!effect) {
    engine_.say(now_,
                audit::Guarded{who, step.key, "", audit::Guarded::Action::impossible, {}, describe(effect.error())});
  } else if (judged.kind != Kind::allowed) {
    if (const Flow flow = withheld(instance, step, judged); flow != Flow::go_on) return flow;
  } else if (const Approval approval = take_approval(instance, step, *effect); approval == Approval::lapsed) {
    engine_.say(now_, audit::Guarded{who, step.key, "", audit::Guarded::Action::skipped, {}, lapsed_approval});
  } else {
    const std::string key = effect_key(version, instance, step);
    for (const LetPass& one : judged.let_pass) engine_.say(now_, entry_of(one, who, step.key));
    spend(0, instance, sending.side, cost);
    if (!suppressed) {
      Origin origin{instance.workflow, instance.serial, version.number, "", "", now_, action.name, "", {}};
      origin.granted = sending.granted;
      if (approval == Approval::holds || !origin.granted.empty())
        origin.rules = view(rules_hash(engine_.deployments(), instance.workflow));
      origin.cost = cost;
      if (cost.units() != 0) engine_.say(now_, audit::Charged{who.workflow, "", cost});
      engine_.out().fill.push_back({key, contact_, "", payload(version, instance, key, *effect), encode(origin),
                                    cell_->revision, now_, now_, store::OutboxState::ready, 0});
    }
    engine_.say(now_, audit::Acted{who, step.key, key, action.name, std::string(to_string(action.effect)), suppressed});
  }
  if (step.local == none) return Flow::go_on;
  // A call whose answer is used is a place where time passes. The connector that there is answers nothing, so that
  // there is nothing to wait for: the answer is absent, and the pass goes on in a turn of its own.
  for (Index i = 0; i <= action.returns.size(); ++i) keep(instance, step.local + i, {});
  instance.wake = now_;
  return Flow::wait;
}

Result<Turn::Calling> Turn::calling(const Version& version, Instance& instance, const Step& step) {
  Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  Result<std::vector<Value>> arguments = arguments_of(version, step, *world);
  if (!arguments) return tl::unexpected(arguments.error());
  Calling out{std::move(*arguments), {}};
  const Index amount = version.module.actions[step.action].amount;
  if (amount == none) return out;
  world->parameters = out.arguments;
  const Result<Value> spent = version.program->evaluate(amount, *world, arena_);
  if (!spent) return tl::unexpected(spent.error());
  out.amount = *spent;
  return out;
}

void Turn::spend(std::uint32_t channel, const Instance& instance, guard::Side side, Decimal cost) {
  const bytecode::Module& newest = engine_.deployments().newest().module;
  const Duration keep = guard::longest_window(newest, bytecode::RuleKind::spend);
  std::erase_if(cell_->spent, [&](const guard::Spent& s) { return s.at < now_ - keep; });
  if (planted(Bug::own_spend_of_messages) && channel == 0) return;
  if (keep > Duration{} && cost.units() != 0) cell_->spent.push_back({now_, channel, instance.workflow, side, cost});
}

Result<void> Turn::let(const Version& version, Instance& instance, const Step& step) {
  const Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  const Result<Value> value = version.program->evaluate(step.value, *world, arena_);
  if (!value) {
    engine_.say(
        now_,
        audit::Guarded{
            pass(version, instance), step.key, "", audit::Guarded::Action::impossible, {}, describe(value.error())});
  }
  keep(instance, step.local, value.value_or(Value()));
  return {};
}

}  // namespace fairlead::engine
