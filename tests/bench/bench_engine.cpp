// How quick the engine is on a real file, beside what SQLite alone takes for the same bytes: durable steps, what a
// waiting contact costs, idling, starting, events. `./dev bench`, or by hand with another number of contacts:
// `build/release/tests/bench_engine 100000`. docs/performance.md has the figures of one run.
#include <fcntl.h>
#include <unistd.h>

#include <SQLiteCpp/Transaction.h>

#include "tests/bench/engine_world.hpp"

namespace {

using namespace fairlead;
using namespace fairlead::bench;

/// The floor: only makes the same bytes durable, 112 a step, a record per 1,000 steps, each its own transaction.
double floor_steps(const std::filesystem::path& folder, std::size_t steps) {
  const std::string path = (folder / "floor.db").string();
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE record (seq INTEGER PRIMARY KEY, bytes "
      "BLOB)");
  SQLite::Statement insert(database, "INSERT INTO record (bytes) VALUES (?)");
  std::string bytes(112'000, '\0');
  const auto begin = Clock::now();
  for (std::size_t done = 0; done < steps; done += 1'000) {
    for (std::size_t i = 0; i < bytes.size(); i += 97) bytes[i] = static_cast<char>(i * (done + 1));
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    insert.bindNoCopy(1, bytes.data(), static_cast<int>(bytes.size()));
    insert.exec();
    insert.reset();
    transaction.commit();
  }
  return static_cast<double>(steps) / since(begin);
}

double fsync_ms(const std::filesystem::path& folder) {
  const std::string path = (folder / "probe").string();
  const int file = ::open(path.c_str(), O_CREAT | O_RDWR, 0600);
  const std::string page(4'096, 'x');
  const auto begin = Clock::now();
  constexpr int times = 100;
  for (int i = 0; i < times; ++i) {
    if (::pwrite(file, page.data(), page.size(), i * 4'096) < 0 || ::fdatasync(file) != 0) std::exit(3);
  }
  const double out = since(begin) * 1e3 / times;
  ::close(file);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t contacts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  World world("engine");
  fmt::print("fsync of 4 KiB: {:.3f} ms\n", fsync_ms(world.folder));
  const double before_filling = resident_mib();
  auto begin = Clock::now();
  double cpu = processor();
  world.fill(contacts);
  fmt::print("{} contacts taken in and entered, durably: {:.0f} contacts/s, {:.1f} us of processor each\n", contacts,
             static_cast<double>(contacts) / since(begin), (processor() - cpu) * 1e6 / static_cast<double>(contacts));
  must(world.engine->checkpoint());

  // Steps: everybody who is due in the next hours moves, 1,000 turns a transaction.
  // As many as two whole intervals between checkpoints, both of which are in the time.
  const std::size_t wanted = std::min<std::size_t>(contacts, 400'000);
  const double floor_before = floor_steps(world.folder, 300'000);
  Instant until = world.now + minutes(10);  // the first are due
  std::size_t steps = 0;
  begin = Clock::now();
  cpu = processor();
  const double user = processor(true);
  while (steps < wanted) {
    const auto done = must(world.engine->batch(until));
    steps += done.items;
    if (!done.more) until = until + minutes(5);
  }
  must(world.engine->checkpoint());  // so that nothing is left for later
  const double took = since(begin), used = processor() - cpu, used_user = processor(true) - user;
  std::filesystem::remove(world.folder / "floor.db");
  const double floor_after = floor_steps(world.folder, 300'000);
  const double floor = std::min(floor_before, floor_after);
  const double rate = static_cast<double>(steps) / took;
  fmt::print("durable steps, {} contacts waiting, 1,000 a transaction:\n", contacts);
  fmt::print("  floor (SQLite, 112 bytes a step): {:.0f} and {:.0f} steps/s, before and after\n", floor_before,
             floor_after);
  fmt::print("  engine: {:.0f} steps/s over {} steps; {:.2f} us of processor a step ({:.2f} in user mode)\n", rate,
             steps, used * 1e6 / static_cast<double>(steps), used_user * 1e6 / static_cast<double>(steps));
  gate("steps/s of the smaller of floor and 166,000, share", rate / std::min(floor, 166'000.0), 0.6, true);
  gate("processor a step, us", used * 1e6 / static_cast<double>(steps), 8, false);

  if (argc > 2 && std::string_view(argv[2]) == "steps") return all_met ? 0 : 1;  // for a profile of them

  world.close();
  gate("bytes a waiting contact (cell and timer rows)",
       file_bytes(world, waiting_tables) / static_cast<double>(contacts), 150, false);
  fmt::print("  person, key and event rows: {:.0f} bytes a contact; journal and audit: {:.0f}\n",
             file_bytes(world, people_tables) / static_cast<double>(contacts),
             file_bytes(world, "'journal'") / static_cast<double>(contacts));

  begin = Clock::now();
  world.open();
  must(world.engine->batch(Instant{0}));
  gate("start, s", since(begin), 1, false);

  // Nothing is due: what the service's loop does five times a second.
  const Instant quiet = must(world.engine->next_due()).value_or(until) - Duration{1};
  cpu = processor();
  constexpr int looks = 500;
  for (int i = 0; i < looks; ++i) {
    must(world.engine->batch(quiet));
    must(world.engine->hand_over(quiet));
  }
  gate("idle, % of a core at five looks a second", (processor() - cpu) / looks * 5 * 100, 0.1, false);
  gate("resident, MiB more than before", resident_mib() - before_filling, 300, false);

  world.settings.batch_items = 16'000;
  world.open();
  // Events: arrive, are matched with whoever waits, and are durable.
  constexpr std::size_t events = 400'000;
  std::vector<store::Inbox> rows;
  for (std::size_t i = 0; i < events; ++i)
    rows.push_back(world.event((i * 7'919) % contacts, "visited", fmt::format("v{}", i), quiet));
  begin = Clock::now();
  cpu = processor();
  for (std::size_t i = 0; i < events; i += 10'000)
    world.post({rows.begin() + static_cast<std::ptrdiff_t>(i), rows.begin() + static_cast<std::ptrdiff_t>(i + 10'000)});
  const double posted = since(begin);
  world.drain(quiet);
  must(world.engine->checkpoint());  // so that nothing is left for later
  fmt::print("events: {:.0f}/s into the inbox alone; {:.1f} us of processor each, in all\n", events / posted,
             (processor() - cpu) * 1e6 / events);
  if (const auto lost = must(world.store->rejected(1)); !lost.empty()) {
    fmt::print(stderr, "bench_engine: an event was refused: {}\n", lost[0].reason);
    return 3;
  }
  gate("events/s taken in, matched and durable, 16,000 a batch", events / since(begin), 50'000, true);
  return all_met ? 0 : 1;
}
