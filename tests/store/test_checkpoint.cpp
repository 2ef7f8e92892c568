// Cells and their timers: written at a checkpoint, as a whole, each timer where its cell says.
#include <map>
#include <random>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

BOOST_AUTO_TEST_SUITE(checkpoints)

BOOST_AUTO_TEST_CASE(a_cell_is_replaced_and_its_timer_moves_with_it) {
  auto store = open(":memory:");
  must(store->claim());
  must(store->commit(batch(1)));
  const ContactId a{3, 1};
  const ContactId b{2, 9};
  BOOST_TEST(must(store->global()).empty());
  must(store->checkpoint(1, {{a, Instant{100}, awkward("a")}, {b, Instant{100}, "b"}}, awkward("global")));
  BOOST_TEST(must(store->head()).checkpoint == 1U);
  BOOST_TEST(must(store->global()) == awkward("global"));
  BOOST_TEST(must(store->cell(a))->state == awkward("a"));
  BOOST_TEST(*must(store->cell(a))->due == Instant{100});
  BOOST_TEST((must(store->timers({0}, {101}, 10)) == std::vector<Timer>{{{100}, b}, {{100}, a}}));
  BOOST_TEST(must(store->timers({0}, {100}, 10)).empty());
  BOOST_TEST(must(store->timers({100}, {101}, 1)).size() == 1U);

  // Moves, stays, goes.
  must(store->checkpoint(1, {{a, Instant{50}, "a2"}, {b, Instant{100}, "b2"}}, ""));
  BOOST_TEST((must(store->timers({0}, {1000}, 10)) == std::vector<Timer>{{{50}, a}, {{100}, b}}));
  BOOST_TEST(*must(store->next_timer({0})) == Instant{50});
  BOOST_TEST(*must(store->next_timer({51})) == Instant{100});
  BOOST_TEST(!must(store->next_timer({101})).has_value());
  must(store->checkpoint(1, {{a, std::nullopt, "a3"}, {b, Instant{7}, ""}}, ""));
  BOOST_TEST(must(store->timers({0}, {1000}, 10)).empty());
  BOOST_TEST(must(store->cell(a))->state == "a3");
  BOOST_TEST(!must(store->cell(a))->due.has_value());
  BOOST_TEST(!must(store->cell(b)).has_value());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_lies_between_the_last_one_and_the_head) {
  auto store = open(":memory:");
  BOOST_TEST(fault_of(store->checkpoint(0, {}, "")).code == FaultCode::store_fenced);
  must(store->claim());
  for (int i = 0; i < 3; ++i) must(store->commit(batch(i)));
  must(store->checkpoint(2, {{{1, 1}, std::nullopt, "kept"}}, ""));
  BOOST_TEST(fault_of(store->checkpoint(4, {{{1, 1}, std::nullopt, "x"}}, "")).code == FaultCode::store_failed);
  BOOST_TEST(fault_of(store->checkpoint(1, {{{1, 1}, std::nullopt, "x"}}, "")).code == FaultCode::store_failed);
  BOOST_TEST(must(store->cell({1, 1}))->state == "kept");
  BOOST_TEST(must(store->commit(batch(9))).checkpoint == 2U);
  BOOST_TEST(must(store->head()).checkpoint == 2U);
}

// Against a model: whatever is written in whatever order, timers are exactly the dues of the cells.
BOOST_AUTO_TEST_CASE(timers_are_the_dues_of_the_cells) {
  std::mt19937 dice(20261123);
  const auto roll = [&](unsigned sides) { return static_cast<unsigned>(dice() % sides); };
  auto store = open(":memory:");
  must(store->claim());
  must(store->commit(batch(1)));
  std::map<ContactId, Cell> model;
  for (int round = 0; round < 100; ++round) {
    std::vector<Cell> cells;
    for (unsigned i = roll(20); i > 0; --i) {
      Cell cell{
          {static_cast<std::uint16_t>(roll(5)), roll(5)}, std::nullopt, roll(4) == 0 ? "" : std::to_string(round)};
      if (roll(3) != 0) cell.due = Instant{static_cast<std::int64_t>(roll(10))};
      cells.push_back(cell);  // the same cell may come twice: the later one holds
    }
    must(store->checkpoint(1, cells, ""));
    for (const Cell& cell : cells) {
      model.erase(cell.id);
      if (!cell.state.empty()) model.emplace(cell.id, cell);
    }
    std::vector<Timer> expected;
    for (const auto& [id, cell] : model) {
      const auto stored = must(store->cell(id));
      BOOST_REQUIRE(stored.has_value());
      BOOST_REQUIRE(stored->state == cell.state);
      BOOST_REQUIRE((stored->due == cell.due));
      if (cell.due) expected.push_back({*cell.due, id});
    }
    std::ranges::sort(expected);
    BOOST_REQUIRE((must(store->timers({0}, {10}, 1000)) == expected));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
