// The disk of the simulation: what is synced lasts, what is not may be lost or torn, and a store under which nothing is
// synced loses what it said it had, which the simulation sees.
#include "tests/simulation/seeds.hpp"

namespace fairlead::simulation {
namespace {

using engine::testing::must;

BOOST_AUTO_TEST_SUITE(disk)

BOOST_AUTO_TEST_CASE(what_is_synced_lasts_and_what_is_not_may_be_torn) {
  std::size_t whole = 0, lost = 0, torn = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    FaultyDisk disk(seed);
    const auto file = disk.open("a", true);
    const std::string first(4'096, 'a'), second(4'096, 'b');
    BOOST_REQUIRE(disk.write(*file, first.data(), first.size(), 0) == SQLITE_OK);
    BOOST_REQUIRE(disk.sync(*file) == SQLITE_OK);
    BOOST_REQUIRE(disk.write(*file, second.data(), second.size(), 0) == SQLITE_OK);
    std::string seen(4'096, '\0');
    BOOST_REQUIRE(disk.read(*file, seen.data(), seen.size(), 0) == SQLITE_OK);
    BOOST_REQUIRE(seen == second);
    disk.stop(Mishap::power_fails);
    disk.restart();
    BOOST_REQUIRE(file->seen.size() == 4'096U);
    for (std::size_t sector = 0; sector < 8; ++sector) {
      const std::string here = file->seen.substr(sector * 512, 512);
      BOOST_REQUIRE((here == std::string(512, 'a') || here == std::string(512, 'b')));
    }
    ++(file->seen == first ? lost : file->seen == second ? whole : torn);
    // What a process alone leaves behind is all that it wrote.
    BOOST_REQUIRE(disk.write(*file, second.data(), second.size(), 0) == SQLITE_OK);
    disk.stop(Mishap::process_dies);
    disk.restart();
    BOOST_REQUIRE(file->seen == second);
  }
  BOOST_TEST(whole > 10U);
  BOOST_TEST(lost > 10U);
  BOOST_TEST(torn > 50U);
}

BOOST_AUTO_TEST_CASE(mishaps_come_when_they_are_planned) {
  const engine::testing::Folder folder;
  FaultyDisk disk(1);
  const auto open = [&] { return store::open_sqlite(folder.file("a.db"), store::Access::create); };
  const auto post = [](store::Store& store) {
    return store.post({{0, {1}, store::InboxKind::event, std::string(9'000, 'x')}}, {});
  };
  {
    const auto store = must(open());
    must(post(*store));
    disk.plan(Mishap::disk_full, 1);
    const auto full = post(*store);
    BOOST_REQUIRE(!full);
    BOOST_TEST((full.error().code == FaultCode::store_full));
    BOOST_TEST(!post(*store));  // there is still no room
    disk.calm();
    must(post(*store));
    for (const Mishap mishap : {Mishap::write_fails, Mishap::sync_fails}) {
      disk.plan(mishap, 0);
      const auto failed = post(*store);
      BOOST_REQUIRE(!failed);
      BOOST_TEST((failed.error().code == FaultCode::store_failed));
      must(post(*store));
    }
    BOOST_TEST(must(store->inbox({1}, 100)).size() == 4U);
    disk.plan(Mishap::power_fails, 0);
    BOOST_TEST(!post(*store));
    BOOST_TEST(!store->inbox({1}, 100));  // there is no such process any more
  }
  disk.restart();
  const auto store = must(open());
  const std::size_t left = must(store->inbox({1}, 100)).size();
  BOOST_TEST((left == 4U || left == 5U));
  must(store->verify());
}

BOOST_AUTO_TEST_CASE(a_store_that_does_not_wait_for_the_disk_is_found_out) {
  const Findings findings = run_seeds({1, 40, true}, [](std::uint32_t seed, const std::string& folder) {
    return report(simulate(seed, folder, {.durability = store::Durability::none}));
  });
  BOOST_TEST(!findings.found.empty());
}

BOOST_AUTO_TEST_CASE(the_power_fails_at_every_write_of_a_life) {
  // Seeds whose lives differ: on the machine's clock and on a virtual one, with checkpoints and without.
  for (const std::uint32_t seed : {10U, 12U}) {
    const engine::testing::Folder folder;
    const std::uint64_t writes = simulate(seed, folder.file(""), {.disturbed = false}).writes;
    BOOST_REQUIRE(writes > 200U);
    for (const Mishap how : {Mishap::power_fails, Mishap::process_dies}) {
      // Every one of them is too much for each run of the tests: every seventh, and the nightly run's seeds find the
      // rest.
      const auto count = static_cast<std::uint32_t>(writes / 7);
      const Findings findings = run_seeds({0, count}, [&](std::uint32_t n, const std::string& own) {
        const std::uint64_t at = std::uint64_t{n} * 7 + seed % 7;
        return report(simulate(seed, own, {.only_at = at, .only = how}));
      });
      for (const auto& [n, what] : findings.found)
        BOOST_ERROR("seed " << seed << ", write " << n * 7 + seed % 7 << ": " << what);
      BOOST_TEST(findings.sums.at("disturbances") >= count * 9 / 10);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::simulation
