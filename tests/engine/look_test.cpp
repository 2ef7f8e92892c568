// What is seen beside a running engine: all of it once, also while the engine writes a checkpoint.
#include "runtime/engine/whereabouts.hpp"
#include "tests/engine/faulty_store.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

/// Lets something happen once, after the head was read and before the checkpoint is.
class Interrupted : public FaultyStore {
 public:
  Interrupted(std::unique_ptr<store::Store> inner, std::function<void()> happens)
      : FaultyStore(std::move(inner), [](const char*) { return Failing::no; }), happens_(std::move(happens)) {}

  Result<std::string> global() override {
    if (happens_) std::exchange(happens_, {})();
    return FaultyStore::global();
  }

 private:
  std::function<void()> happens_;
};

struct Beside {
  Folder folder;
  World world;
  Beside() : world(project(workflow("send welcome\nwait 2 days")), {.path = folder.file("x.db")}) {
    world.contact("a@x.example");
    world.event("a@x.example", "joined");
  }
  [[nodiscard]] std::unique_ptr<store::Store> reader() const {
    return must(store::open_sqlite(world.options.path, store::Access::read, store::Durability::none));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_checkpoint_while_one_looks_counts_nothing_twice, Beside) {
  Interrupted store(reader(), [this] { must(world.engine->checkpoint()); });
  const View view = must(look(store));
  BOOST_TEST(view.ledger.contacts == 1U);
  BOOST_TEST((view.ledger.save() == world.tallies().save()));
  BOOST_TEST(view.head.checkpoint == world.engine->head().checkpoint);
}

BOOST_FIXTURE_TEST_CASE(where_somebody_is_comes_from_the_tail_and_from_the_checkpoint_alike, Beside) {
  const store::ContactId id = *world.id("a@x.example");
  for (const bool checkpoint : {false, true}) {
    if (checkpoint) must(world.engine->checkpoint());
    const std::unique_ptr<store::Store> store = reader();
    std::optional<Cell> moved;
    const View view = must(look(*store, [&](store::ContactId who, Cell cell) {
      if (who == id) moved = std::move(cell);
    }));
    BOOST_TEST(moved.has_value() == !checkpoint);
    BOOST_TEST((must(find_contact(*store, view.deployments.newest().module, "A@X.example")) == id));
    const Whereabouts person = must(whereabouts(*store, view, id, moved));
    BOOST_TEST((person.cell == world.cell("a@x.example")));
    BOOST_REQUIRE(person.passes.size() == 1U);
    BOOST_TEST((person.passes[0].entered == world.start));
    BOOST_REQUIRE(person.cell.instances.size() == 1U);
    const Waits waits = waits_of(view.deployments.newest(), person.cell.instances[0], person);
    BOOST_TEST((waits.what == Waits::For::time));
    BOOST_TEST((waits.until == world.start + days(2)));
    BOOST_TEST(person.zone.name() == "America/New_York");
  }
}

}  // namespace fairlead::engine::testing
