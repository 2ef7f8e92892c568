// How quick the engine is on a real file, beside what SQLite alone takes for the same bytes: durable steps, what a
// waiting contact costs, idling, starting, events. `./dev bench`, or by hand with another number of contacts:
// `build/release/tests/bench_engine 100000`. docs/performance.md has the figures of one run.
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/compile.hpp"
#include "runtime/engine/engine.hpp"

namespace {

using namespace fairlead;
using Clock = std::chrono::steady_clock;

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench_engine: {}\n", describe(result.error()));
    std::exit(3);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Seconds of processor time of this process, without what the kernel does for its writes where `user` is asked for.
double processor(bool user = false) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + (user ? 0.0 : seconds(usage.ru_stime));
}

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  return 0;
}

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
workflow sleepers for contact {
  enter on joined
  leave on unsubscribed
  steps {
    repeat up to 1000 times every 1 day {
      wait 1 hour
      wait up to 2 hours
        for visited as v { }
        otherwise { }
    }
  }
}
)lead";

struct World {
  std::filesystem::path folder;
  bytecode::Module module;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<connect::Connector> connector = connect::nowhere();
  std::unique_ptr<engine::Engine> engine;
  Instant now = *parse_instant("2026-01-05T12:00Z");

  explicit World(const std::string& name) {
    folder = std::filesystem::path("build/bench") / name;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    compiler::Compiled compiled = compiler::compile({grammar::Source("bench.lead", project)});
    if (!compiled.module) {
      for (const auto& d : compiled.diagnostics) fmt::print(stderr, "{}\n", grammar::render(d, compiled.files, false));
      std::exit(3);
    }
    module = std::move(*compiled.module);
    open();
    must(engine->deploy(now, module));
  }
  ~World() {
    engine.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }

  void open(std::size_t batch = 1'000) {
    engine.reset();
    store.reset();
    store = must(store::open_sqlite(path(), store::Access::create, store::Durability::full));
    engine::Settings settings;
    settings.seed = 1;
    settings.virtual_clock = true;
    settings.batch_items = batch;
    if (const char* c = getenv("CELLS")) settings.checkpoint_cells = atoi(c);
    engine = must(engine::Engine::open(*store, *connector, settings));
  }
  [[nodiscard]] std::string path() const { return (folder / "bench.db").string(); }

  static std::string email(std::size_t i) { return fmt::format("p{}@people.example", i); }
  [[nodiscard]] std::string values(std::size_t i) const {
    return engine::encode_values({{name_id("email"), Value::text(emails_.emplace_back(email(i)))},
                                  {name_id("consent.email"), Value::text("given")}});
  }
  engine::EventIn event(std::size_t i, const std::string& type, const std::string& id) const {
    engine::EventIn in;
    in.key_field = name_id("email");
    in.key = email(i);
    in.type = type;
    in.id = id;
    in.at = now;
    in.values = engine::encode_values({});
    return in;
  }
  void post(const std::vector<store::Inbox>& rows) { must(store->post(rows, {})); }
  std::size_t drain(Instant until) {
    std::size_t items = 0;
    while (true) {
      const auto done = must(engine->batch(until));
      items += done.items;
      if (!done.more) return items;
    }
  }
  /// So many contacts, each in the workflow, their waits of an hour begun over fifty minutes: nobody moves before all
  /// are there, and who is due one after the other lies anywhere in the store.
  void fill(std::size_t contacts) {
    constexpr std::size_t chunk = 10'000;
    const Instant start = now;
    for (std::size_t i = 0; i < contacts; i += chunk) {
      std::vector<store::Inbox> rows;
      now = start +
            Duration{static_cast<std::int64_t>(3'000'000.0 * static_cast<double>(i) / static_cast<double>(contacts))};
      for (std::size_t k = i; k < std::min(contacts, i + chunk); ++k) {
        rows.push_back({0, now, store::InboxKind::contact, engine::encode(engine::ContactIn{values(k)})});
        rows.push_back({0, now, store::InboxKind::event, engine::encode(event(k, "joined", fmt::format("j{}", k)))});
      }
      emails_.clear();
      post(rows);
      while (must(inbox_has_more())) must(engine->batch(now));
    }
  }

 private:
  Result<bool> inbox_has_more() {
    const Result<std::optional<Instant>> next = store->next_inbox();
    if (!next) return tl::unexpected(next.error());
    return next->has_value();
  }
  mutable std::deque<std::string> emails_;
};

double file_bytes(World& world, const char* tables) {
  SQLite::Database database(world.path(), SQLite::OPEN_READWRITE);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  SQLite::Statement pages(
      database, fmt::format("SELECT sum(pgsize) FROM dbstat WHERE name IN ({}) AND aggregate = TRUE", tables));
  return pages.executeStep() ? pages.getColumn(0).getDouble() : 0;
}

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

bool all_met = true;
void gate(const std::string& what, double value, double limit, bool at_least) {
  const bool met = at_least ? value >= limit : value <= limit;
  all_met = all_met && met;
  fmt::print("  {:<58} {:>12.4g}   asked {} {:.4g}{}\n", what, value, at_least ? ">=" : "<=", limit,
             met ? "" : "   NOT MET");
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
  const std::size_t wanted = std::min<std::size_t>(contacts, 300'000);
  const double floor_before = floor_steps(world.folder, 300'000);
  Instant until = world.now + minutes(10);  // the first are due
  std::size_t steps = 0;
  begin = Clock::now();
  cpu = processor();
  const double user = processor(true);
  std::vector<std::pair<double, std::size_t>> slices;
  while (steps < wanted) {
    const auto done = must(world.engine->batch(until));
    steps += done.items;
    if (!done.more) until = until + minutes(5);
  }
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

  begin = Clock::now();
  must(world.engine->checkpoint());
  fmt::print("checkpoint: {:.2f} s\n", since(begin));
  world.engine.reset();
  world.store.reset();
  gate("bytes a waiting contact (cell and timer rows)",
       file_bytes(world, "'cell', 'timer_run', 'timer_slot'") / static_cast<double>(contacts), 150, false);
  fmt::print("  person, key and event rows: {:.0f} bytes a contact; journal and audit: {:.0f}\n",
             file_bytes(world, "'person', 'contact_key', 'event', 'event_index'") / static_cast<double>(contacts),
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

  world.open(16'000);
  // Events: arrive, are matched with whoever waits, and are durable.
  constexpr std::size_t events = 400'000;
  std::vector<store::Inbox> rows;
  for (std::size_t i = 0; i < events; ++i)
    rows.push_back({0, quiet, store::InboxKind::event,
                    engine::encode(world.event((i * 7'919) % contacts, "visited", fmt::format("v{}", i)))});
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
