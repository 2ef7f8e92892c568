// What colleagues do with the weights of a choice: keep them as they are, let it begin anew, or begin with what was
// learned elsewhere.
#include "runtime/engine/weighing.hpp"

#include <fmt/format.h>

#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

using Act = audit::Steered::Act;

std::string_view verb(Act act) {
  switch (act) {
    case Act::freeze: return "freeze";
    case Act::unfreeze: return "unfreeze";
    case Act::reset: return "reset";
    case Act::import: return "import";
  }
  return "?";
}

std::string refused(const LearnedChoice& learned, Act act, std::string_view state) {
  if (act == Act::freeze && learned.frozen) return "its weights are frozen already";
  if (act == Act::unfreeze && !learned.frozen) return "its weights are not frozen";
  if (act == Act::import && !learn::make_learner(learned.spec.learner)->load(state))
    return "what is to be imported was not learned by such a choice";
  return "";
}

Result<void> Engine::weights_item(const store::Inbox& row, const WeightsIn& in, Instant now) {
  const auto refuse_it = [&](const std::string& why) {
    return refuse(row, now, fmt::format("`weights {} {}` by {}", verb(in.act), in.choice, in.by), why);
  };
  if (!score_of_key(in.choice).empty()) return score_item(row, in, now);
  const LearnedChoice* learned = ledger_.choice(in.choice);
  if (learned == nullptr) return refuse_it("the project has no such choice");
  if (const std::string why = refused(*learned, in.act, in.state); !why.empty()) return refuse_it(why);
  say(now, audit::Steered{in.choice, in.act, in.state, in.by, in.because});
  // It is in force at once, as far as a limit lets it.
  if (in.act != Act::freeze && to_publish(*learned, now)) publish(now, in.choice, *learned);
  return {};
}

Result<void> Engine::score_item(const store::Inbox& row, const WeightsIn& in, Instant now) {
  const std::string name = score_of_key(in.choice);
  const LearnedScore* learned = standing_.scores.find(name);
  const std::string why =
      learned == nullptr ? "the project has no such score" : engine::refused(*learned, in.act, in.state);
  if (!why.empty()) return refuse(row, now, fmt::format("`score {} {}` by {}", verb(in.act), name, in.by), why);
  say(now, audit::Steered{in.choice, in.act, in.state, in.by, in.because});
  if (to_publish(*learned)) publish_score(now, name, *learned);
  return {};
}

void Engine::publish_score(Instant at, const std::string& name, const LearnedScore& learned) {
  say(at, audit::Published{key_of_score(name), {}, learned.version + 1, {}});
}

}  // namespace fairlead::engine
