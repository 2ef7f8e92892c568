// Cells and their timers: written at a checkpoint, as a whole, each timer where its cell says.
#include <SQLiteCpp/Database.h>

#include <map>
#include <random>

#include "tests/store/store_fixture.hpp"

namespace fairlead::store::test {

namespace {

/// Without those that a cell has overtaken.
std::vector<Timer> true_timers(Store& store, Instant from, Instant to) {
  TimerRun run = must(store.timers(from, to, 1'000'000));
  BOOST_TEST((run.until == to));
  std::erase_if(run.timers, [&](const Timer& timer) {
    const auto cell = must(store.cell(timer.id));
    return !cell || cell->due != timer.due;
  });
  return run.timers;
}

std::int64_t number_of(const std::string& path, const std::string& sql) {
  return SQLite::Database(path, SQLite::OPEN_READONLY).execAndGet(sql).getInt64();
}

}  // namespace

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
  BOOST_TEST((must(store->timers({0}, {101}, 10)).timers == std::vector<Timer>{{{100}, b}, {{100}, a}}));
  BOOST_TEST(must(store->timers({0}, {100}, 10)).timers.empty());
  BOOST_TEST(must(store->timers({100}, {101}, 10)).timers.size() == 2U);

  // Moves, stays, goes.
  must(store->checkpoint(1, {{a, Instant{50}, "a2"}, {b, Instant{100}, "b2"}}, ""));
  BOOST_TEST((true_timers(*store, {0}, {1000}) == std::vector<Timer>{{{50}, a}, {{100}, b}}));
  BOOST_TEST(*must(store->next_timer({0})) == Instant{50});
  BOOST_TEST(*must(store->next_timer({51})) == Instant{100});
  BOOST_TEST(!must(store->next_timer({101})).has_value());
  must(store->checkpoint(1, {{a, std::nullopt, "a3"}, {b, Instant{7}, ""}}, ""));
  BOOST_TEST(must(store->timers({0}, {1000}, 10)).timers.empty());
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
  const Folder folder;
  auto store = open(folder.file());
  must(store->claim());
  must(store->commit(batch(1)));
  // Before 1970 too, over several slots of 2^20 ms.
  constexpr std::int64_t first = -3'000'000, last = 5'000'000;
  std::map<ContactId, Cell> model;
  for (int round = 0; round < 200; ++round) {
    std::vector<Cell> cells;
    for (unsigned i = roll(20); i > 0; --i) {
      Cell cell{
          {static_cast<std::uint16_t>(roll(5)), roll(5)}, std::nullopt, roll(4) == 0 ? "" : std::to_string(round)};
      if (roll(3) != 0) cell.due = Instant{first + static_cast<std::int64_t>(roll(8)) * 1'000'000};
      // A writer may say what it replaces.
      const bool twice = std::ranges::any_of(cells, [&](const Cell& other) { return other.id == cell.id; });
      if (!twice && roll(2) == 0) {
        const auto known = model.find(cell.id);
        cell.was_due.emplace(known == model.end() ? std::nullopt : known->second.due);
      }
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
    BOOST_REQUIRE((true_timers(*store, {first}, {last}) == expected));
    const auto next = must(store->next_timer({first}));
    BOOST_REQUIRE(next.has_value() || expected.empty());
    if (!expected.empty()) BOOST_REQUIRE(!(expected.front().due < *next));
    // In pieces it is the same, and each says how far it goes.
    std::vector<Timer> pieces;
    for (Instant from{first}; from < Instant{last};) {
      const TimerRun run = must(store->timers(from, {last}, 1));
      for (const Timer& timer : run.timers) {
        BOOST_REQUIRE((!(timer.due < from) && timer.due < run.until));
        if (std::ranges::find(expected, timer) != expected.end()) pieces.push_back(timer);
      }
      BOOST_REQUIRE(from < run.until);
      from = run.until;
    }
    BOOST_REQUIRE((pieces == expected));
    // What a slot says is true of it is, and one where nothing is does not lie about.
    BOOST_REQUIRE(
        number_of(folder.file(),
                  "SELECT count(*) FROM timer_slot WHERE live <> (SELECT count(*) FROM cell WHERE due >> 20 = "
                  "slot) OR live = 0") == 0);
    BOOST_REQUIRE(number_of(folder.file(),
                            "SELECT count(*) FROM timer_run WHERE slot NOT IN (SELECT slot FROM timer_slot)") == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_slot_whose_timers_were_overtaken_is_written_anew) {
  const Folder folder;
  auto store = open(folder.file());
  must(store->claim());
  must(store->commit(batch(1)));
  std::vector<Cell> cells;
  for (std::uint64_t i = 0; i < 1'000; ++i) cells.push_back({{1, i}, Instant{static_cast<std::int64_t>(i)}, "waits"});
  must(store->checkpoint(1, cells, ""));
  // Nine of ten move on long before their time.
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    if (i % 10 != 0) cells[i].due = Instant{10'000'000};
  }
  must(store->checkpoint(1, cells, ""));
  BOOST_TEST(must(store->timers({0}, {1'000}, 10'000)).timers.size() == 100U);
  BOOST_TEST(true_timers(*store, {0}, {1'000}).size() == 100U);
  BOOST_TEST(true_timers(*store, {0}, {20'000'000}).size() == 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::store::test
