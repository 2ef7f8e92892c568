// What the benches of the engine share: a world on a real file, with people who came through the inbox.
#pragma once

#include <fmt/format.h>
#include <sqlite3.h>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/compile.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/bench/gate.hpp"

namespace fairlead::bench {

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench: {}\n", describe(result.error()));
    std::exit(3);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  return 0;
}

/// People who wait, are woken, wait for a visit, and begin again the next day.
inline const std::string sleepers = R"lead(use std.channels
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
  engine::Settings settings;  // in force at the next open()
  Instant now = *parse_instant("2026-01-05T12:00Z");

  explicit World(const std::string& name, const std::string& project = sleepers) {
    folder = std::filesystem::path("build/bench") / name;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    compiler::Compiled compiled = compiler::compile({grammar::Source("bench.lead", project)});
    if (!compiled.module) {
      for (const auto& d : compiled.diagnostics) fmt::print(stderr, "{}\n", grammar::render(d, compiled.files, false));
      std::exit(3);
    }
    module = std::move(*compiled.module);
    settings.seed = 1;
    settings.virtual_clock = true;
    settings.batch_items = 1'000;
    open();
    must(engine->deploy(now, module));
  }
  ~World() {
    close();
    std::filesystem::remove_all(folder);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void open() {
    close();
    store = must(store::open_sqlite(path(), store::Access::create, store::Durability::full));
    engine = must(engine::Engine::open(*store, *connector, settings));
  }
  void close() {
    engine.reset();
    store.reset();
  }
  [[nodiscard]] std::string path() const { return (folder / "bench.db").string(); }

  static std::string email(std::size_t i) { return fmt::format("p{}@people.example", i); }
  [[nodiscard]] store::Inbox event(std::size_t i, const std::string& type, const std::string& id, Instant at) const {
    engine::EventIn in;
    in.key_field = name_id("email");
    in.key = email(i);
    in.type = type;
    in.id = id;
    in.at = at;
    in.values = engine::encode_values({});
    return {0, at, store::InboxKind::event, engine::encode(in)};
  }
  [[nodiscard]] store::Inbox contact(std::size_t i) const {
    const std::string address = email(i);
    return {0, now, store::InboxKind::contact,
            engine::encode(
                engine::ContactIn{engine::encode_values({{name_id("email"), Value::text(address)},
                                                         {name_id("plan"), Value::text(i % 2 == 0 ? "free" : "pro")},
                                                         {name_id("consent.email"), Value::text("given")}})})};
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
  /// So many contacts, each in the workflow by the event `joined`, one after the other over `spread`: where they wait
  /// longer than that, nobody moves before all are there, and who is due one after the other lies anywhere in the
  /// store.
  void fill(std::size_t contacts, Duration spread = minutes(50)) {
    constexpr std::size_t chunk = 10'000;
    const Instant start = now;
    for (std::size_t i = 0; i < contacts; i += chunk) {
      std::vector<store::Inbox> rows;
      for (std::size_t k = i; k < std::min(contacts, i + chunk); ++k) {
        const double share = static_cast<double>(k) / static_cast<double>(contacts);
        now = start + Duration{static_cast<std::int64_t>(static_cast<double>(spread.ms) * share)};
        rows.push_back(contact(k));
        rows.push_back(event(k, "joined", fmt::format("j{}", k), now));
      }
      post(rows);
      while (must(store->next_inbox())) must(engine->batch(now));
    }
    if (const auto lost = must(store->rejected(1)); !lost.empty()) {
      fmt::print(stderr, "bench: a row was refused: {}\n", lost[0].reason);
      std::exit(3);
    }
  }
};

/// The first number that a query gives, of the world's file as it stands.
inline double number(World& world, const std::string& query) {
  SQLite::Database database(world.path(), SQLite::OPEN_READWRITE);
  SQLite::Statement statement(database, query);
  return statement.executeStep() ? statement.getColumn(0).getDouble() : 0;
}

/// Bytes of the pages that these tables lie on, without VACUUM.
inline double file_bytes(World& world, const std::string& tables) {
  return number(world, fmt::format("SELECT sum(pgsize) FROM dbstat WHERE name IN ({}) AND aggregate = TRUE", tables));
}
constexpr const char* waiting_tables = "'cell', 'timer_run', 'timer_slot'";
constexpr const char* people_tables = "'person', 'contact_key', 'event', 'event_index'";

}  // namespace fairlead::bench
