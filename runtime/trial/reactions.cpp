// How simulated people answer.
#include "runtime/trial/reactions.hpp"

#include <fmt/format.h>

#include "runtime/engine/turn.hpp"
#include "runtime/values/random.hpp"

namespace fairlead::trial {

using bytecode::Reaction;

void Reactions::arrived(store::ContactId contact, Instant now, std::vector<store::Inbox>& post) {
  for (std::size_t i = 0; i < simulation_.reactions.size(); ++i) {
    if (simulation_.reactions[i].cause == Reaction::Cause::arrival) react(i, contact, "arrival", "", now, post);
  }
}

void Reactions::happened(const engine::EventIn& event, Instant now, std::vector<store::Inbox>& post) {
  for (std::size_t i = 0; i < simulation_.reactions.size(); ++i) {
    const Reaction& reaction = simulation_.reactions[i];
    if (reaction.cause == Reaction::Cause::event && module_.events[reaction.event].name == event.type)
      react(i, event.contact, event.id, event.content, now, post);
  }
}

void Reactions::sent(store::ContactId contact, const std::string& key, const std::string& content, Instant filled,
                     std::vector<store::Inbox>& post) {
  for (std::size_t i = 0; i < simulation_.reactions.size(); ++i) {
    const Reaction& reaction = simulation_.reactions[i];
    if (reaction.cause == Reaction::Cause::sent && module_.contents[reaction.content].name == content)
      react(i, contact, key, content, filled, post);
  }
}

void Reactions::react(std::size_t line, store::ContactId contact, const std::string& cause, const std::string& content,
                      Instant at, std::vector<store::Inbox>& post) {
  const Reaction& reaction = simulation_.reactions[line];
  const std::string who = fmt::format("{}-{}", contact.part, contact.id);
  Dice dice(simulation_.seed, stable_hash({"reaction", std::to_string(line), who, cause}), 0);
  if (dice.below(1'000'000'000) >= static_cast<std::uint64_t>(reaction.probability.units())) return;
  const engine::Version& version = engine_.deployments().newest();
  engine::Turn turn(engine_, contact, at);
  const Result<vm::World> world = turn.world(version, nullptr);
  if (!world) return;  // the store's fault comes back at the next commit
  Arena arena;
  if (reaction.when != bytecode::none) {
    const Result<Value> holds = version.program->evaluate(reaction.when, *world, arena);
    if (!holds || holds->tag() != Tag::boolean || !holds->as_bool()) return;
  }
  engine::EventIn event;
  event.contact = contact;
  event.type = module_.events[reaction.effect].name;
  event.id = short_hex(sha256({"reaction", std::to_string(line), who, cause}), 8);
  // At any moment of the window alike.
  event.at = at + Duration{1 + static_cast<std::int64_t>(dice.below(
                                   static_cast<std::uint64_t>(std::max<std::int64_t>(reaction.within.ms, 1))))};
  if (module_.events[reaction.effect].of_message) event.content = content;
  std::vector<std::pair<std::uint32_t, Value>> values;
  for (const bytecode::Given& given : reaction.values) {
    const Result<Value> value = version.program->evaluate(given.value, *world, arena);
    if (value) values.emplace_back(name_id(module_.events[reaction.effect].fields[given.field].name), *value);
  }
  event.values = engine::encode_values(std::move(values));
  post.push_back({0, event.at, store::InboxKind::event, engine::encode(event)});
}

}  // namespace fairlead::trial
