// The simulation: a thousand seeds in `./dev test`, a hundred thousand in `./dev test nightly`. A seed is one whole
// life of an engine; the same seed is the same life.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/simulation/seeds.hpp"

namespace fairlead::simulation {
namespace {

BOOST_AUTO_TEST_SUITE(simulation)

BOOST_AUTO_TEST_CASE(every_seed) {
  if (const char* one = std::getenv("FAIRLEAD_SEED")) {
    const engine::testing::Folder folder;
    const auto seed = static_cast<std::uint32_t>(std::strtoul(one, nullptr, 10));
    const Outcome outcome = life_of(seed, folder.file(""));
    BOOST_TEST_MESSAGE(outcome.text);
    for (const auto& [who, lines] : told(outcome.journal, true)) {
      BOOST_TEST_MESSAGE("---- " << who);
      for (const std::string& said : lines) BOOST_TEST_MESSAGE(said);
    }
    BOOST_TEST(outcome.violations.empty(), list(outcome));
    return;
  }
  const char* wanted = std::getenv("FAIRLEAD_SIMULATION_SEEDS");
  const std::uint32_t count = wanted == nullptr ? 1'000 : static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
  const Findings findings = run_seeds(
      {1, count}, [](std::uint32_t seed, const std::string& folder) { return report(life_of(seed, folder)); });
  for (const auto& [seed, what] : findings.found) BOOST_ERROR(reproduce(seed) << "\n  " << what);
  std::string figures;
  for (const auto& [what, sum] : findings.sums)
    figures += fmt::format("{}{} {}", figures.empty() ? "" : ", ", sum, what);
  BOOST_TEST_MESSAGE(count << " seeds: " << figures);
  // A simulation in which nothing happens finds nothing either.
  const auto sum = [&](const char* what) {
    const auto at = findings.sums.find(what);
    return at == findings.sums.end() ? 0 : at->second;
  };
  BOOST_TEST(sum("messages") >= count * 5U);
  BOOST_TEST(sum("disturbances") >= count * 5U);
  for (const char* mishap :
       {"failed writes", "failed syncs", "failed reads", "full disks", "deaths of the process", "power cuts"})
    BOOST_TEST(sum(mishap) >= count / 5, mishap);
  for (const char* what : {"caps reached", "spend limits reached", "budgets reached", "costs released",
                           "pauses by a rate", "pauses by hand", "resumed workflows", "stages by the clock",
                           "stages by a word", "passes in shadow", "kept out by a share", "passes moved on",
                           "passes moved back", "passes ended by a version", "passes that stayed behind"})
    BOOST_TEST(sum(what) >= count / 50, what);
}

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_life) {
  const engine::testing::Folder folder;
  for (const std::uint32_t seed : {3U, 4U, 5U}) {
    const Outcome one = simulate(seed, folder.file("")), other = simulate(seed, folder.file(""));
    BOOST_TEST(one.disturbances == other.disturbances);
    BOOST_TEST(one.writes == other.writes);
    BOOST_TEST(one.messages == other.messages);
    BOOST_TEST((told(one.journal) == told(other.journal)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::simulation
