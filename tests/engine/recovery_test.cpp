// Recovery: however often a run is stopped, and whatever write or delivery fails, it comes to the same end as one that
// nothing disturbed: the same messages, cells and tallies, and the same audit to the last bit.
#include <set>

#include "runtime/trial/reactions.hpp"
#include "tests/engine/faulty_store.hpp"
#include "tests/engine/random_project.hpp"

namespace fairlead::engine::testing {
namespace {

constexpr int people = 30;
constexpr int run_days = 12;

/// One run of a random project, in a store on disk that can be dropped at any moment.
class Run {
 public:
  Run(std::uint32_t seed, Options options)
      : random_(seed), faults_(seed + 1), world_(random_.text, std::move(options)) {
    populate(world_, random_, people, run_days);
    observe();
  }

  enum class Disturbed : std::uint8_t { never, stopped, failing };

  void to_the_end(Disturbed how) {
    if (how == Disturbed::failing) wrap();
    const Instant end = world_.start + days(run_days + 8);
    while (true) {
      const Result<bool> more = stride(end, how);
      if (more && !*more) break;
      if (!more) recover(how);
    }
    BOOST_TEST(!world_.engine->unconfirmed());
  }

  struct Outcome {
    std::vector<Sent> sent;
    std::string tallies, global;
    std::map<store::ContactId, std::string> cells;
    store::Head head;
    std::uint64_t entries = 0;
  };
  Outcome outcome() {
    quiet_ = true;
    while (!world_.engine->checkpoint()) recover(Disturbed::stopped);
    Outcome out;
    out.sent = world_.provider.sent;
    out.tallies = world_.tallies().save();
    out.global = must(world_.store->global());
    std::vector<store::ContactId> ids;
    must(world_.store->contacts([&](const store::Person& person) -> Result<void> {
      ids.push_back(person.id);
      return {};
    }));
    for (const store::ContactId id : ids) out.cells[id] = must(world_.store->cell(id))->state;
    const audit::Whole whole = must(audit::verify(*world_.store));
    out.head = whole.head;
    out.entries = whole.entries;
    std::set<std::string> keys;
    for (const Sent& sent : out.sent) BOOST_TEST(keys.insert(sent.key).second, "sent twice: " << sent.key);
    // Nothing lies between the send and its end: each message that was decided on has gone out or was withheld.
    std::size_t filled = 0, ended = 0;
    for (const auto& [when, effect] : world_.said<audit::Effect>()) filled += effect.suppressed ? 0 : 1;
    for (const auto& [when, handed] : world_.said<audit::Handed>())
      ended += handed.result == audit::Handed::Result::deferred ? 0 : 1;
    const std::size_t waiting = must(world_.store->outbox(store::OutboxState::ready, 100'000)).size();
    BOOST_TEST(must(world_.store->outbox(store::OutboxState::claimed, 100'000)).empty());
    BOOST_TEST(filled == ended + waiting);
    return out;
  }

  std::size_t disturbances = 0;
  const std::string& text() const { return random_.text; }

 private:
  void observe() {
    reactions_ = std::make_unique<trial::Reactions>(*world_.engine, world_.module, world_.module.simulations.at(0));
    world_.engine->observe(reactions_.get());
  }

  bool chance(std::uint32_t percent) { return static_cast<std::uint32_t>(faults_()) % 100 < percent; }

  /// What trial::run_until does, one stride, with an end where it is stopped. False: nothing is due any more.
  Result<bool> stride(Instant end, Disturbed how) {
    const auto stops = [&] { return how == Disturbed::stopped && chance(4); };
    const Result<std::optional<Instant>> due = world_.engine->next_due();
    if (!due) return tl::unexpected(due.error());
    if (!*due || end < **due) return false;
    const Duration length = world_.options.stride;
    const std::int64_t strides = (std::max<std::int64_t>(0, (**due - world_.start).ms) + length.ms - 1) / length.ms;
    const Instant until = world_.start + Duration{strides * length.ms};
    world_.provider.clock = until;
    while (true) {
      const Result<Engine::Progress> done = world_.engine->batch(until);
      if (!done) return tl::unexpected(done.error());
      if (stops()) return fault(FaultCode::bad_input, "stopped");
      if (!done->more) break;
    }
    const Result<std::size_t> handed = world_.engine->hand_over(until);
    if (!handed) return tl::unexpected(handed.error());
    if (stops()) return fault(FaultCode::bad_input, "stopped");
    if (how == Disturbed::failing && chance(2)) {
      if (const Result<void> written = world_.engine->checkpoint(); !written) return tl::unexpected(written.error());
    }
    return true;
  }

  void recover(Disturbed how) {
    ++disturbances;
    reactions_.reset();
    world_.provider.calls_until_fault = -1;
    while (true) {
      world_.engine.reset();
      world_.store.reset();
      world_.store = must(store::open_sqlite(world_.options.path, store::Access::create, store::Durability::none));
      if (how == Disturbed::failing) wrap();
      Settings settings;
      settings.seed = 123;  // the store knows better
      settings.virtual_clock = true;
      settings.holdout = world_.options.holdout;
      settings.batch_items = world_.options.batch_items;
      settings.checkpoint_cells = world_.options.checkpoint_cells;
      Result<std::unique_ptr<Engine>> engine = Engine::open(*world_.store, world_.provider, settings);
      if (!engine) continue;
      world_.engine = std::move(*engine);
      if (world_.engine->deploy(world_.now, world_.module)) break;
    }
    observe();
    if (how != Disturbed::failing) return;
    world_.provider.fault_after = chance(50);
    if (chance(60)) world_.provider.calls_until_fault = static_cast<int>(faults_() % 8);
  }

  void wrap() {
    const bool running = world_.engine != nullptr;
    world_.engine.reset();  // it keeps a reference to its store
    world_.store = std::make_unique<FaultyStore>(std::move(world_.store), [this](const char*) {
      if (quiet_ || !chance(5)) return Failing::no;
      return chance(50) ? Failing::before : Failing::after;
    });
    if (!running) return;
    quiet_ = true;
    world_.open();
    must(world_.engine->deploy(world_.now, world_.module));
    quiet_ = false;
    observe();
  }

  RandomProject random_;
  std::mt19937 faults_;
  World world_;
  std::unique_ptr<trial::Reactions> reactions_;
  bool quiet_ = false;
};

Options options(const Folder& folder, const char* name, std::uint32_t seed) {
  Options out;
  out.path = folder.file(name);
  out.start = seed % 2 == 0 ? "2026-03-05T11:17Z" : "2026-10-28T12:00Z";  // clocks change during the run
  out.stride = minutes(30);
  out.holdout = true;
  out.seed = seed;
  out.batch_items = seed % 3 == 0 ? 7 : 2'000;
  return out;
}

void compare(const Run::Outcome& straight, const Run::Outcome& other) {
  BOOST_TEST(straight.sent.size() == other.sent.size());
  BOOST_TEST((straight.sent == other.sent));
  BOOST_TEST((straight.tallies == other.tallies));
  BOOST_TEST((straight.global == other.global));
  BOOST_TEST((straight.cells == other.cells));
  BOOST_TEST(straight.entries == other.entries);
  BOOST_TEST(straight.head.seq == other.head.seq);
  BOOST_TEST(hex(straight.head.chain) == hex(other.head.chain));
}

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(a_run_that_is_stopped_anywhere_ends_as_one_that_is_not) {
  std::size_t stops = 0, sent = 0;
  for (std::uint32_t seed = 1; seed <= 14; ++seed) {
    const Folder folder;
    Run straight(seed, options(folder, "straight.db", seed));
    straight.to_the_end(Run::Disturbed::never);
    const Run::Outcome expected = straight.outcome();
    sent += expected.sent.size();
    Options often = options(folder, "stopped.db", seed);
    often.checkpoint_cells = seed % 4 == 0 ? 5 : 20'000;
    Run stopped(seed, often);
    stopped.to_the_end(Run::Disturbed::stopped);
    stops += stopped.disturbances;
    BOOST_TEST_CONTEXT("seed " << seed << "\n" << straight.text()) {
      compare(expected, stopped.outcome());
    }
  }
  BOOST_TEST(stops > 100U);
  BOOST_TEST(sent > 500U);
}

BOOST_AUTO_TEST_CASE(a_write_or_a_delivery_that_fails_loses_nothing_and_sends_nothing_twice) {
  std::size_t faults = 0;
  for (std::uint32_t seed = 21; seed <= 32; ++seed) {
    const Folder folder;
    Run straight(seed, options(folder, "straight.db", seed));
    straight.to_the_end(Run::Disturbed::never);
    Options often = options(folder, "failing.db", seed);
    often.checkpoint_cells = 20;
    Run failing(seed, often);
    failing.to_the_end(Run::Disturbed::failing);
    faults += failing.disturbances;
    BOOST_TEST_CONTEXT("seed " << seed << "\n" << straight.text()) {
      compare(straight.outcome(), failing.outcome());
    }
  }
  BOOST_TEST(faults > 200U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
