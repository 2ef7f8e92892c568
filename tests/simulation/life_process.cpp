// One process after another: how it begins, ends and begins again.
#include "tests/simulation/life.hpp"

#include <algorithm>

namespace fairlead::simulation {

Result<void> Life::open() {
  Result<std::unique_ptr<store::Store>> opened =
      store::open_sqlite(path_, store::Access::create, conditions_.durability);
  if (!opened) return tl::unexpected(opened.error());
  store_ = std::move(*opened);
  // What a real run would take from the operating system; a seed must give the same run again.
  const Result<std::optional<std::string>> salt = store_->note("salt");
  if (!salt) return tl::unexpected(salt.error());
  if (!*salt) {
    if (const auto kept = store_->set_note("salt", seen_.salt); !kept) return kept;
  }
  engine::Settings settings;
  settings.seed = seed_;
  settings.virtual_clock = !real_clock_;
  settings.batch_items = seed_ % 4 == 1 ? 3 : 2'000;
  settings.checkpoint_cells = seed_ % 5 == 2 ? 2 : 20'000;
  settings.keep_windows = false;
  settings.prune_rows = seed_ % 2 == 0 ? 2 : 5'000;
  if (!conditions_.plain_provider) {
    settings.pacing.rates = seen_.rates;
    settings.pacing.attempts = 4;
    settings.pacing.failures = 2 + seed_ % 3;
    settings.pacing.first_retry = minutes(1 + seed_ % 40);
    settings.pacing.longest_retry = hours(3);
    settings.pacing.shortest_break = minutes(5 + seed_ % 50);
    settings.pacing.longest_break = hours(4);
    if (seed_ % 11 == 5) settings.pacing.most_unsent = 2;
  }
  Result<std::unique_ptr<Engine>> engine = Engine::open(*store_, provider_, settings);
  if (!engine) return tl::unexpected(engine.error());
  engine_ = std::move(*engine);
  if (engine_->deployments().empty()) {
    if (const Result<bool> deployed = engine_->deploy(wall_, project_.module()); !deployed)
      return tl::unexpected(deployed.error());
  }
  // A post of which nobody knows whether it arrived: whoever posts looks before posting again.
  return look_for_unsure();
}

void Life::crash() {
  const Mishap how = chance(50) ? Mishap::process_dies : Mishap::power_fails;
  // A process that meets a fault ends by itself: in order, or not.
  if (!disk_.stopped() && chance(60)) disk_.stop(how);
  engine_.reset();
  store_.reset();
  disk_.restart();
}

void Life::recover() {
  constexpr int most_tries = 200;
  ++out_.disturbances;
  for (int tries = 1;; ++tries) {
    crash();
    if (disturbed() && chance(35)) plan_mishap(40);
    const Result<void> opened = open();
    if (opened) break;
    if (tries == most_tries) {
      out_.violations.push_back("the store cannot be opened any more: " + describe(opened.error()));
      return;
    }
    ++out_.disturbances;
  }
  if (out_.disturbances % 3 == 0 || conditions_.only_at) check(false);
}

void Life::stop_orderly() {
  const bool done = engine_->batch(Instant{0}) && engine_->checkpoint();
  if (done) {
    engine_.reset();
    store_.reset();
    disk_.restart();
    if (open()) return;
  }
  recover();
}

}  // namespace fairlead::simulation
