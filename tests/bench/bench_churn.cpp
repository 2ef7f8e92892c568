// What a waiting contact takes on the disk after sixty days in which everybody moves, without VACUUM. Half of the
// people move by their timers, some before them by an event; the other half only by events, so that their timers,
// thirty days ahead, are overtaken and lie about until something clears them away.
#include "runtime/values/random.hpp"
#include "tests/bench/engine_world.hpp"

namespace {

using namespace fairlead;
using namespace fairlead::bench;

const std::string project = R"lead(use std.channels
project bench { currency USD }
record contact {
  key email: Email
  plan: free | pro = free
  consent: { email: Consent }
}
event joined
event visited { page: Text }
content hello { email { subject "Hello" body "Hello." } }
workflow readers for contact {
  enter on joined
  leave on unsubscribed
  steps {
    repeat up to 1000 times every 1 day {
      if contact.plan is pro {
        wait up to 30 days
          for visited as v { }
          otherwise { }
      } else {
        wait up to 20 hours
          for visited as v { }
          otherwise { }
      }
    }
  }
}
)lead";

/// What the sixty days had in them.
struct Churn {
  std::size_t turns = 0, visits = 0;
};

Churn live(World& world, std::size_t contacts, int days_long) {
  Churn out;
  Dice dice(1, stable_hash({"churn"}), 0);
  for (int day = 0; day < days_long; ++day) {
    // One in five comes by, at any time of the day.
    std::vector<store::Inbox> rows;
    for (std::size_t i = 0; i < contacts; ++i) {
      if (dice.below(5) != 0) continue;
      const Instant at = world.now + Duration{static_cast<std::int64_t>(dice.below(24ULL * 3'600'000))};
      rows.push_back(world.event(i, "visited", fmt::format("v{}-{}", day, i), at));
    }
    out.visits += rows.size();
    world.post(rows);
    world.now = world.now + days(1);
    out.turns += world.drain(world.now);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t contacts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const auto each = static_cast<double>(contacts);
  World world("churn", project);
  world.settings.checkpoint_cells = contacts / 5;  // several a day
  world.open();
  world.fill(contacts);
  must(world.engine->checkpoint());
  world.close();
  fmt::print("{} contacts, before the first day: {:.0f} bytes a waiting contact\n", contacts,
             file_bytes(world, waiting_tables) / each);
  world.open();
  const auto begin = Clock::now();
  const double used = processor();
  const Churn churn = live(world, contacts, 60);
  fmt::print("sixty days: {} turns, {} of them events; {:.0f} s, {:.1f} us of processor each\n", churn.turns,
             churn.visits, since(begin), (processor() - used) * 1e6 / static_cast<double>(churn.turns));
  must(world.engine->checkpoint());
  world.close();

  const double state = number(world, "SELECT sum(length(state)) FROM cell") / each;
  fmt::print("  bytes a contact: cells {:.0f} (of them {:.0f} live state), timers {:.0f}\n",
             file_bytes(world, "'cell'") / each, state, file_bytes(world, "'timer_run', 'timer_slot'") / each);
  fmt::print("  overtaken timers that still lie there: {:.2f} a contact\n",
             number(world, "SELECT sum(held) - sum(live) FROM timer_slot") / each);
  fmt::print(
      "  person and key rows: {:.0f} bytes a contact; events: {:.0f} bytes an event; journal and audit: {:.0f} "
      "bytes a turn\n",
      file_bytes(world, "'person', 'contact_key'") / each,
      file_bytes(world, "'event', 'event_index'") / static_cast<double>(churn.visits + contacts),
      file_bytes(world, "'journal'") / static_cast<double>(churn.turns + 2 * contacts));
  gate("bytes a waiting contact (cell and timer rows)", file_bytes(world, waiting_tables) / each, 150, false);
  return all_met ? 0 : 1;
}
