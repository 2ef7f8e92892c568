// What a decision of a `choose` takes: its row of the audit, and what it adds to the journal and to the cell. Everybody
// takes the same turn, from one wait to the next, with a choice in between and without one.
#include "tests/bench/engine_world.hpp"

namespace {

using namespace fairlead;
using namespace fairlead::bench;

std::string project(const std::string& choice) {
  return fmt::format(R"lead(use std.channels
project bench {{ currency USD }}
record contact {{
  key email: Email
  plan: free | pro = free
  consent: {{ email: Consent }}
}}
event joined
event visited {{ page: Text }}
event became_mql
goal qualified {{ reach became_mql within 14 days }}
content hello {{ email {{ subject "Hello" body "Hello." }} }}
workflow offers for contact {{
  toward qualified
  enter on joined
  leave on unsubscribed
  steps {{
    wait 1 hour
    {}
    wait 30 days
  }}
}}
)lead",
                     choice);
}

struct Bytes {
  double audit = 0, journal = 0, cell = 0;  // of a turn; the cell's are what it grows by
};

Bytes now_of(World& world) {
  must(world.engine->checkpoint());
  return {number(world, "SELECT sum(length(audit)) FROM journal"),
          number(world, "SELECT sum(length(journal)) FROM journal"),
          number(world, "SELECT sum(length(state)) FROM cell")};
}

Bytes turn(const std::string& choice, std::size_t contacts) {
  World world("decision", project(choice));
  world.fill(contacts);
  const Bytes before = now_of(world);
  const std::size_t moved = world.drain(world.now + hours(2));
  const Bytes after = now_of(world);
  if (moved != contacts) {
    fmt::print(stderr, "bench_decision: {} turns, where {} people had one each\n", moved, contacts);
    std::exit(3);
  }
  const auto each = static_cast<double>(contacts);
  return {(after.audit - before.audit) / each, (after.journal - before.journal) / each,
          (after.cell - before.cell) / each};
}

void report(const std::string& what, const std::string& choice, const Bytes& without, std::size_t contacts) {
  const Bytes with = turn(choice, contacts);
  fmt::print("{}\n  the turn: audit {:.0f}, journal {:.0f}; the cell grows by {:.0f}\n", what, with.audit, with.journal,
             with.cell);
  gate("bytes a decision: audit and journal of its whole turn", with.audit + with.journal, 400, false);
  gate("bytes a decision: what it adds to the turn and the cell",
       with.audit - without.audit + with.journal - without.journal + with.cell - without.cell, 400, false);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t contacts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20'000;
  const Bytes without = turn("", contacts);
  fmt::print("{} decisions; the same turn without one: audit {:.0f}, journal {:.0f}, the cell grows by {:.0f} bytes\n",
             contacts, without.audit, without.journal, without.cell);
  report("two options", R"lead(choose offer toward qualified {
      explore at least 5%
      option story { }
      option rest { }
    })lead",
         without, contacts);
  report("three options, learning from two features", R"lead(choose offer toward qualified {
      learn from contact.plan, count(visited, last 14 days)
      explore at least 5%
      option story { }
      option demo when contact.plan is not free { }
      option rest { }
    })lead",
         without, contacts);
  return all_met ? 0 : 1;
}
