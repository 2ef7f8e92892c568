#include "tests/proofs/life.hpp"

#include <fmt/format.h>

#include "runtime/engine/turn.hpp"
#include "runtime/guard/guard.hpp"
#include "tests/proofs/dice.hpp"
#include "tests/proofs/people.hpp"
#include "tests/proofs/witness.hpp"

namespace fairlead::soundness {

using engine::testing::must;

Life live(const bytecode::Module& module, std::uint32_t seed, bool told) {
  Dice dice(seed * 7'919U + 3);
  engine::testing::Provider provider;
  const std::unique_ptr<store::Store> store =
      must(store::open_sqlite(":memory:", store::Access::create, store::Durability::none));
  engine::Settings settings;
  settings.seed = seed;
  settings.virtual_clock = true;
  const std::unique_ptr<engine::Engine> engine = must(engine::Engine::open(*store, provider, settings));
  // Some of the weeks have a night in them in which clocks change.
  const Instant start = engine::testing::at(dice.one({"2026-01-05T12:00Z", "2026-03-21T06:00Z", "2026-10-17T00:00Z"}));
  const Instant end = start + days(18);
  must(engine->deploy(start, module));
  Life out;
  People people(module, dice, start, end);
  Witness witness(*engine, module, out, told);
  engine->watch([&](const audit::Entry& entry) {
    witness.hear(entry);
    people.hear(entry);
  });
  must(store->post(people.come(told ? &out.story : nullptr), {}));
  while (true) {
    const auto due = must(engine->next_due());
    if (!due || end < *due) break;
    // One instant at a time, so that answers come when they are due.
    while (must(engine->batch(*due)).more) {
    }
    must(engine->hand_over(*due));
    const std::vector<store::Inbox> answers = people.answer(*due, told ? &out.story : nullptr);
    if (!answers.empty()) must(store->post(answers, {}));
  }
  return out;
}

}  // namespace fairlead::soundness
