// Quiet hours over midnight in each night in which some clock of the world changes, from 2000 to 2040: a message that
// is asked about in that night is held exactly until the first minute at which glibc's clock shows an hour that is not
// quiet.
#include <set>

#include "tests/engine/world.hpp"
#include "tests/values/zone_oracle.hpp"

namespace fairlead::engine::testing {
namespace {

using zones::Oracle;

BOOST_AUTO_TEST_SUITE(quiet_nights)

BOOST_AUTO_TEST_CASE(quiet_hours_around_every_change_of_every_clock) {
  struct Night {
    std::int64_t from, to;  // seconds since midnight
  };
  // Those that people have, one that ends inside most gaps and folds, and one that a change may begin in.
  const Night nights[] = {{21 * 3'600, 8 * 3'600}, {22 * 3'600 + 1'800, 2 * 3'600 + 1'800}, {1 * 3'600, 3 * 3'600}};
  const bytecode::Module module = compiled(project(workflow("send welcome"), "under brand") +
                                           "policy brand {\na: forbid send between 21:00 and 08:00 otherwise defer\n"
                                           "b: forbid send between 22:30 and 02:30 otherwise defer\nc: forbid send "
                                           "between 01:00 and 03:00 otherwise defer\n}\n");
  const vm::Program program(module);
  std::vector<Value> fields(module.fields.size());
  for (std::size_t i = 0; i < module.fields.size(); ++i) {
    if (module.fields[i].name == "consent.email") fields[i] = Value::text("given");
  }
  guard::Site site;
  site.workflow = 0;
  for (Index i = 0; i < module.contents.size(); ++i) {
    if (module.contents[i].name == "welcome") site.content = i;
  }
  site.channel = module.contents[site.content].variants.at(0).channel;
  const std::vector<Index>& rules = module.workflows[0].rules;
  BOOST_REQUIRE(rules.size() == 3U);

  std::set<std::string> seen;
  std::size_t held = 0, free = 0;
  for (const std::string& name : zones::all_names()) {
    if (!seen.insert(zones::bytes_of(zones::tzdata / name)).second) continue;
    const Zone zone = Zone::load(name).value();
    const Oracle oracle(name);
    std::string wrong;
    for (std::size_t i = 1; i < oracle.pieces().size(); ++i) {
      const std::int64_t change = oracle.pieces()[i].from;
      for (const std::int64_t t : {change - 3 * 3'600, change + 1'800}) {
        for (std::size_t n = 0; n < std::size(nights); ++n) {
          const auto [from, to] = nights[n];
          const auto quiet = [&, from = from, to = to](std::int64_t when) {
            const std::int64_t wall = Oracle::wall(when);
            const std::int64_t second = wall - Oracle::floor_day(wall) * 86'400;
            return from < to ? from <= second && second < to : from <= second || second < to;
          };
          std::int64_t until = t;
          while (quiet(until)) until += 60 - (until % 60 + 60) % 60;
          vm::World world;
          world.now = {t * 1000};
          world.fields = fields;
          world.zone = &zone;
          std::vector<Index> asked;
          const guard::Verdict verdict =
              guard::judge(program, std::span(rules).subspan(n, 1), site, world, guard::Ask::all, asked);
          const bool holds = verdict.kind == guard::Verdict::Kind::defer;
          ++(holds ? held : free);
          if (holds == (until != t) && (!holds || verdict.until.ms == until * 1000)) continue;
          if (wrong.empty()) {
            wrong = to_string(Instant{t * 1000}) + ", night " + std::to_string(n) + ": until " +
                    to_string(holds ? verdict.until : world.now) + " instead of " + to_string(Instant{until * 1000});
          }
        }
      }
    }
    BOOST_TEST(wrong.empty(), name << ": " << wrong);
  }
  BOOST_TEST(held > 40'000U);
  BOOST_TEST(free > 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
