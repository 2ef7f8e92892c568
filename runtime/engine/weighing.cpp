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
  const LearnedChoice* learned = ledger_.choice(in.choice);
  if (learned == nullptr) return refuse_it("the project has no such choice");
  if (const std::string why = refused(*learned, in.act, in.state); !why.empty()) return refuse_it(why);
  say(now, audit::Steered{in.choice, in.act, in.state, in.by, in.because});
  // It is in force at once, as far as a limit lets it.
  if (in.act != Act::freeze && to_publish(*learned, now)) publish(now, in.choice, *learned);
  return {};
}

}  // namespace fairlead::engine
