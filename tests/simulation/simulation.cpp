// A life from beginning to end: stride after stride, and what must be true after.
#include "tests/simulation/life.hpp"

#include <algorithm>

#include "tests/simulation/replay.hpp"

namespace fairlead::simulation {

namespace {

/// Strides that are tried again after a fault; then the disk is left in peace.
constexpr std::size_t most_troubles = 14;

/// The ids of events whose values a cell may still be asked for. What a loop binds is no event, but a row.
std::vector<std::string> events_read_by(const engine::Deployments& deployments, const engine::Cell& cell) {
  std::vector<std::string> out;
  for (const engine::Instance& instance : cell.instances) {
    const engine::Version* version = deployments.find(instance.version);
    for (const engine::Bound& bound : instance.bound) {
      if (version == nullptr ||
          version->loop_of(version->workflows.at(instance.workflow), bound.number) == bytecode::none)
        out.push_back(bound.event_id);
    }
  }
  for (const engine::CounterState& counter : cell.counters)
    out.insert(out.end(), counter.events.begin(), counter.events.end());
  return out;
}

Instant start(std::uint32_t seed) {
  // Clocks change during the run, in some zone or other.
  const char* const starts[] = {"2026-03-05T11:17Z", "2026-10-22T12:00Z", "2026-03-26T09:00Z", "2026-10-01T00:30Z"};
  return *parse_instant(starts[seed % 4]);
}

}  // namespace

Life::Life(std::uint32_t seed, std::string path, Conditions conditions)
    : seed_(seed),
      conditions_(conditions),
      project_(seed),
      faults_(seed * 7919U + 13U),
      story_(make_story(seed ^ 0x5eedU, start(seed), project_.flows())),
      disk_(seed + 1),
      path_(std::move(path)),
      real_clock_(seed % 3 != 0),
      wall_(start(seed)) {
  seen_.versions.emplace(bytecode::fingerprint(project_.module()), project_.says());
  seen_.quotas = project_.quotas();
  seen_.salt = "salt" + std::to_string(seed);
  seen_.virtual_clock = !real_clock_;
  if (!conditions_.plain_provider && seed_ % 3 == 1) {
    seen_.rates["email"] = {1 + seed_ % 5, minutes(20 + seed_ % 200)};
    if (seed_ % 2 == 0) seen_.rates["sms"] = {1, minutes(45)};
  }
  connect();
}

Outcome Life::run() {
  out_.text = project_.text();
  calm_ = true;
  while (!open()) crash();
  calm_ = false;
  writes_before_ = disk_.writes() + disk_.syncs();
  if (conditions_.only_at) disk_.plan(conditions_.only, *conditions_.only_at);
  for (stride_ = 0; stride_ < story_.wall.size() && out_.violations.empty(); ++stride_) {
    begin_stride();
    stop_here_ = disturbed() && chance(6);
    if (disturbed() && chance(22)) plan_mishap(60);
    while (out_.violations.empty()) {
      const Result<void> done = stride();
      if (done) break;
      recover();
    }
    // The provider's slowness: whatever comes next comes later.
    if (slow_now_) delay_ = delay_ + minutes(30);
    if (out_.violations.empty() && disturbed() && chance(3)) stop_orderly();
  }
  calm_ = true;
  disk_.calm();
  while (out_.violations.empty()) {
    if (finish()) break;
    recover();
  }
  if (out_.violations.empty()) check(true);
  out_.strides = stride_;
  out_.messages = static_cast<std::size_t>(
      std::count_if(provider_.log.begin(), provider_.log.end(), [](const Delivered& message) { return message.out; }));
  out_.writes = disk_.writes() + disk_.syncs() - writes_before_;
  out_.mishaps = disk_.mishaps();
  if (store_) read_journal(out_.journal);
  engine_.reset();
  store_.reset();
  return std::move(out_);
}

void Life::begin_stride() {
  wall_ = story_.wall[stride_] + delay_;
  latest_ = std::max(latest_, wall_);
  shaken_ = words_said_ = pruned_ = slow_now_ = false;
}

bool Life::disturbed() const {
  return conditions_.disturbed && !conditions_.only_at && !calm_ && out_.disturbances < most_troubles;
}

std::uint32_t Life::dice(const std::string& what) const {
  return static_cast<std::uint32_t>(stable_hash({std::to_string(seed_), what}));
}

void Life::plan_mishap(std::uint32_t within) {
  constexpr Mishap all[] = {Mishap::write_fails,  Mishap::sync_fails,  Mishap::read_fails, Mishap::disk_full,
                            Mishap::process_dies, Mishap::power_fails, Mishap::power_fails};
  disk_.plan(all[below(std::size(all))], below(within));
}

Result<void> Life::stride() {
  if (const Result<void> posted = post_what_came(); !posted) return posted;
  if (const Result<void> posted = post_words(); !posted) return posted;
  if (const Result<void> posted = prune(); !posted) return posted;
  if (const Result<void> worked = work(); !worked) return worked;
  // Between the send and its hand-over: whoever waits for a message changes, as far as the story wants it.
  if (const Result<void> shaken = shake(); !shaken) return shaken;
  if (stop_here_) {
    stop_here_ = false;
    return fault(FaultCode::bad_input, "stopped");
  }
  if (const Result<std::size_t> handed = engine_->hand_over(wall_); !handed) return tl::unexpected(handed.error());
  if (disturbed() && chance(4)) return engine_->checkpoint();
  return {};
}

Result<void> Life::work() {
  for (int batches = 0;; ++batches) {
    const Result<Engine::Progress> done = engine_->batch(wall_);
    if (!done) return tl::unexpected(done.error());
    if (!done->more) return {};
    if (batches > 2'000) {
      out_.violations.emplace_back("the engine comes to no end");
      return {};
    }
  }
}

Result<void> Life::finish() {
  wall_ = latest_;
  if (const Result<void> worked = work(); !worked) return worked;
  if (const Result<std::size_t> handed = engine_->hand_over(latest_); !handed) return tl::unexpected(handed.error());
  return work();
}

void Life::read_journal(std::vector<store::Record>& into) {
  into.clear();
  engine::testing::must(store_->records(0, [&](const store::Record& record) -> Result<void> {
    into.push_back(record);
    return {};
  }));
}

void Life::check(bool over) {
  const FaultyDisk::Peace peace(disk_);
  const auto wrong = [this](std::string what) { out_.violations.push_back(std::move(what)); };
  if (const auto whole = audit::verify(*store_); !whole) return wrong(describe(whole.error()));
  seen_.over = over;
  seen_.delivered = provider_.log;
  seen_.backed_up = engine_->backed_up();
  read_journal(seen_.journal);
  seen_.cells.clear();
  for (const store::ContactId id : contacts_of(seen_.journal))
    seen_.cells[id] = *engine::testing::must(engine_->cell(id));
  for (const auto& [id, cell] : seen_.cells) {
    for (const std::string& event : events_read_by(engine_->deployments(), cell)) {
      if (engine::testing::must(engine_->event(id, event)) == nullptr)
        wrong(event + " is gone, and is still read by " + std::to_string(id.part) + "-" + std::to_string(id.id));
    }
  }
  seen_.outbox.clear();
  using State = store::OutboxState;
  for (const auto state : {State::ready, State::claimed, State::failed, State::uncertain}) {
    for (const store::Outbox& row : engine::testing::must(store_->outbox(state, 100'000)))
      seen_.outbox[state].push_back(row.key);
  }
  for (std::string& violation : violations(seen_)) wrong(std::move(violation));
  // What lasts is what lives: a second reading of a copy of the disk.
  const std::string copy = path_ + ".copy";
  disk_.copy(path_, copy);
  for (std::string& difference : differences(*engine_, seen_.cells, seen_.journal, copy)) wrong(std::move(difference));
  disk_.remove(copy);
}

Outcome simulate(std::uint32_t seed, const std::string& folder, Conditions conditions) {
  return Life(seed, folder + "/simulation.db", conditions).run();
}

}  // namespace fairlead::simulation
