#include "tests/simulation/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/simulation/replay.hpp"

namespace fairlead::simulation {

namespace {

using engine::Engine;
using engine::testing::Beside;
using engine::testing::RandomProject;

/// Strides that are tried again after a fault; then the disk is left in peace.
constexpr std::size_t most_troubles = 14;

class Life {
 public:
  Life(std::uint32_t seed, std::string path, Conditions conditions)
      : seed_(seed),
        conditions_(conditions),
        random_(project(seed)),
        faults_(seed * 7919U + 13U),
        story_(make_story(seed ^ 0x5eedU, start(seed), random_.flows)),
        disk_(seed + 1),
        path_(std::move(path)),
        real_clock_(seed % 3 != 0),
        wall_(start(seed)) {
    module_ = engine::testing::compiled(random_.text);
    seen_.rules.push_back(random_.rules);
    seen_.quotas = random_.quotas;
    seen_.virtual_clock = !real_clock_;
    if (!conditions_.plain_provider && seed_ % 3 == 1) {
      seen_.rates["email"] = {1 + seed_ % 5, minutes(20 + seed_ % 200)};
      if (seed_ % 2 == 0) seen_.rates["sms"] = {1, minutes(45)};
    }
    connect();
  }

  Outcome run() {
    out_.text = random_.text;
    calm_ = true;
    while (!open()) crash();
    calm_ = false;
    writes_before_ = disk_.writes() + disk_.syncs();
    if (conditions_.only_at) disk_.plan(conditions_.only, *conditions_.only_at);
    for (stride_ = 0; stride_ < story_.wall.size() && out_.violations.empty(); ++stride_) {
      begin_stride();
      stop_here_ = disturbed() && chance(6);
      if (disturbed() && chance(22)) plan_mishap(60);
      while (true) {
        const Result<void> done = stride();
        if (done) break;
        recover();
      }
      // The provider's slowness: whatever comes next comes later.
      if (slow_now_) delay_ = delay_ + minutes(30);
      if (disturbed() && chance(3)) stop_orderly();
    }
    calm_ = true;
    disk_.calm();
    while (out_.violations.empty()) {
      if (finish()) break;
      recover();
    }
    if (out_.violations.empty()) check(true);
    out_.strides = stride_;
    out_.messages = static_cast<std::size_t>(std::count_if(provider_.log.begin(), provider_.log.end(),
                                                           [](const Delivered& message) { return message.out; }));
    out_.writes = disk_.writes() + disk_.syncs() - writes_before_;
    out_.mishaps = disk_.mishaps();
    if (store_) read_journal(out_.journal);
    engine_.reset();
    store_.reset();
    return std::move(out_);
  }

 private:
  /// Now and then a random project says what is always so, which the compiler refuses: then the next one is taken.
  static RandomProject project(std::uint32_t seed) {
    for (;; seed += 1'000'003U) {
      RandomProject out(seed, Beside::calls_and_approvals);
      if (compiler::compile({grammar::Source("x.lead", out.text)}).module) return out;
    }
  }

  static Instant start(std::uint32_t seed) {
    // Clocks change during the run, in some zone or other.
    const char* const starts[] = {"2026-03-05T11:17Z", "2026-10-22T12:00Z", "2026-03-26T09:00Z", "2026-10-01T00:30Z"};
    return *parse_instant(starts[seed % 4]);
  }

  void begin_stride() {
    wall_ = story_.wall[stride_] + delay_;
    latest_ = std::max(latest_, wall_);
    shaken_ = words_said_ = slow_now_ = false;
  }

  bool chance(std::uint32_t percent) { return static_cast<std::uint32_t>(faults_()) % 100 < percent; }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(faults_()) % n; }
  bool disturbed() const {
    return conditions_.disturbed && !conditions_.only_at && !calm_ && out_.disturbances < most_troubles;
  }
  /// Dice that fall the same way however often they are thrown: of the story, not of the faults.
  std::uint32_t dice(const std::string& what) const {
    return static_cast<std::uint32_t>(stable_hash({std::to_string(seed_), what}));
  }

  void plan_mishap(std::uint32_t within) {
    constexpr Mishap all[] = {Mishap::write_fails,  Mishap::sync_fails,  Mishap::read_fails, Mishap::disk_full,
                              Mishap::process_dies, Mishap::power_fails, Mishap::power_fails};
    disk_.plan(all[below(std::size(all))], below(within));
  }

  // ---- the provider

  void connect() {
    provider_.fate = [this] {
      // Of the story, so that time passes alike where the call fails besides.
      slow_now_ = slow_now_ || dice("slow " + std::to_string(stride_)) % 8 == 0;
      if (!disturbed()) return Provider::Fate::answers;
      switch (below(16)) {
        case 0: return Provider::Fate::fails_before;
        case 1: return Provider::Fate::fails_after;
        case 2: return Provider::Fate::fails_within;
        case 3: return Provider::Fate::dies_within;
        default: return Provider::Fate::answers;
      }
    };
    // Whether it answers badly goes by days, so that there are some on which nothing gets through.
    provider_.knows_keys = seed_ % 2 == 1;
    provider_.word = [this](const std::string& key) -> Provider::Word {
      using connect::Outcome;
      if (conditions_.plain_provider || calm_) return {};
      const bool bad_day = dice("day " + std::to_string(wall_.ms / days(1).ms)) % 4 == 0;
      if (below(100) >= (bad_day ? 80U : 8U)) return {};
      switch ((dice(key) + below(3)) % 4) {
        case 0: return {Outcome::refused, false};
        case 1: return {Outcome::unknown, chance(50)};
        // That it surely did not go out is believed; from a provider that knows keys a lie does no harm.
        default: return {Outcome::failed, provider_.knows_keys && chance(30)};
      }
    };
    provider_.remembers = [this] { return conditions_.plain_provider || !chance(provider_.knows_keys ? 50 : 10); };
    provider_.seq = [this] {
      const FaultyDisk::Peace peace(disk_);
      return engine::testing::must(store_->head()).seq;
    };
    provider_.clock = [this] { return wall_; };
    provider_.die = [this] { disk_.stop(Mishap::process_dies); };
    provider_.reachable = [this] { return !disturbed() || !chance(15); };
    provider_.went_out = [this](const Delivered& message) { answer(message); };
  }

  /// Some people answer what they get.
  void answer(const Delivered& message) {
    const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
    if (!payload.contains("content") || !answered_.insert(message.key).second) return;
    const std::uint32_t n = dice(message.key);
    if (n % 100 >= 45) return;
    Arrival arrival;
    arrival.at = latest_ + minutes(1 + n / 128 % 1'500);
    arrival.row = {.kind = Posted::Kind::event,
                   .email = payload.value("to", ""),
                   .id = "a" + message.key,
                   .type = n % 100 < 30   ? "clicked"
                           : n % 100 < 42 ? "became_mql"
                                          : "unsubscribed",
                   .at = arrival.at};
    if (arrival.row.type == "clicked") arrival.of = payload.value("content", "");
    answers_.push_back(arrival);
  }

  // ---- one process after another

  Result<void> open() {
    Result<std::unique_ptr<store::Store>> opened =
        store::open_sqlite(path_, store::Access::create, conditions_.durability);
    if (!opened) return tl::unexpected(opened.error());
    store_ = std::move(*opened);
    // What a real run would take from the operating system; a seed must give the same run again.
    const Result<std::optional<std::string>> salt = store_->note("salt");
    if (!salt) return tl::unexpected(salt.error());
    if (!*salt) {
      if (const auto kept = store_->set_note("salt", "salt" + std::to_string(seed_)); !kept) return kept;
    }
    engine::Settings settings;
    settings.seed = seed_;
    settings.virtual_clock = !real_clock_;
    settings.batch_items = seed_ % 4 == 1 ? 3 : 2'000;
    settings.checkpoint_cells = seed_ % 5 == 2 ? 2 : 20'000;
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
    if (const Result<bool> deployed = engine_->deploy(wall_, module_); !deployed)
      return tl::unexpected(deployed.error());
    // A post of which nobody knows whether it arrived: whoever posts looks before posting again.
    return look_for_unsure();
  }

  void crash() {
    const Mishap how = chance(50) ? Mishap::process_dies : Mishap::power_fails;
    // A process that meets a fault ends by itself: in order, or not.
    if (!disk_.stopped() && chance(60)) disk_.stop(how);
    engine_.reset();
    store_.reset();
    disk_.restart();
  }

  void recover() {
    ++out_.disturbances;
    while (true) {
      crash();
      if (disturbed() && chance(35)) plan_mishap(40);
      if (open()) break;
      ++out_.disturbances;
    }
    if (out_.disturbances % 3 == 0 || conditions_.only_at) check(false);
  }

  /// As when somebody presses Ctrl-C.
  void stop_orderly() {
    const bool done = engine_->batch(Instant{0}) && engine_->checkpoint();
    if (done) {
      engine_.reset();
      store_.reset();
      disk_.restart();
      if (open()) return;
    }
    recover();
  }

  // ---- one stride

  /// What `fairlead run` does when it looks, and what happens meanwhile. A fault: the process is over, and once there
  /// is another the stride is taken again.
  Result<void> stride() {
    if (const Result<void> posted = post_what_came(); !posted) return posted;
    if (const Result<void> posted = post_words(); !posted) return posted;
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

  Result<void> work() {
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

  Result<void> post_what_came() {
    // Those of the story, and the answers of people, in the order of time.
    while (true) {
      auto answer = std::min_element(answers_.begin(), answers_.end(), [](const Arrival& a, const Arrival& b) {
        return std::tie(a.at, a.row.id) < std::tie(b.at, b.row.id);
      });
      const bool has_row = next_arrival_ < story_.arrivals.size();
      const bool from_story =
          has_row && (answer == answers_.end() || !(answer->at < story_.arrivals[next_arrival_].at));
      if (!from_story && answer == answers_.end()) return {};
      const Arrival& arrival = from_story ? story_.arrivals[next_arrival_] : *answer;
      if (latest_ < arrival.at) return {};
      const auto arrived = [this, from_story, id = arrival.row.id] {
        if (from_story) {
          ++next_arrival_;
        } else {
          std::erase_if(answers_, [&](const Arrival& other) { return other.row.id == id; });
        }
      };
      if (arrival.deploys) {
        if (const Result<void> done = deploy(); !done) return done;
        arrived();
      } else if (const Result<void> done = post(arrival, arrived); !done) {
        return done;
      }
    }
  }

  Result<void> deploy() {
    if (deploying_ != next_arrival_) {
      module_ = engine::testing::compiled(random_.change_policy());
      seen_.rules.push_back(random_.rules);
      deploying_ = next_arrival_;
    }
    const Result<bool> deployed = engine_->deploy(wall_, module_);
    if (!deployed) return tl::unexpected(deployed.error());
    return {};
  }

  /// Appends one row to the inbox, once; `arrived` is done when it is there.
  Result<void> post(const Arrival& arrival, std::function<void()> arrived) {
    store::InboxKind kind = store::InboxKind::command;
    if (arrival.row.kind == Posted::Kind::contact) kind = store::InboxKind::contact;
    if (arrival.row.kind == Posted::Kind::event) kind = store::InboxKind::event;
    return post(arrival.row, kind, body_of(arrival, module_), std::move(arrived));
  }

  Result<void> post(const Posted& row, store::InboxKind kind, const std::string& body, std::function<void()> arrived) {
    unsure_ = {row, std::move(arrived)};
    if (const Result<void> done = store_->post({{0, latest_, kind, body}}, {}); !done) return done;
    return settle_unsure();
  }

  Result<void> settle_unsure() {
    seen_.posted.push_back(unsure_->first);
    unsure_->second();
    unsure_.reset();
    return note_last_row();
  }

  Result<void> note_last_row() {
    const FaultyDisk::Peace peace(disk_);
    const Result<std::vector<store::Inbox>> rows = store_->inbox({INT64_MAX}, 100'000);
    if (!rows) return tl::unexpected(rows.error());
    for (const store::Inbox& row : *rows) last_row_ = std::max(last_row_, row.id);
    return {};
  }

  Result<void> look_for_unsure() {
    if (!unsure_) return {};
    const FaultyDisk::Peace peace(disk_);
    const Result<std::vector<store::Inbox>> rows = store_->inbox({INT64_MAX}, 100'000);
    if (!rows) return tl::unexpected(rows.error());
    if (std::any_of(rows->begin(), rows->end(), [this](const store::Inbox& row) { return last_row_ < row.id; }))
      return settle_unsure();
    unsure_.reset();
    return {};
  }

  /// The worst moment: the message lies in the outbox, and its contact withdraws, is cancelled, forgotten or changed.
  Result<void> shake() {
    if (shaken_) return {};
    const Result<std::vector<store::Outbox>> rows = store_->outbox(store::OutboxState::ready, 1);
    if (!rows) return tl::unexpected(rows.error());
    const std::uint32_t n = dice("shake " + std::to_string(stride_));
    if (rows->empty() || n % 4 != 0) {
      shaken_ = true;
      return {};
    }
    const nlohmann::json payload = nlohmann::json::parse(rows->front().payload, nullptr, false);
    Arrival arrival;
    arrival.row.email = payload.value("to", "");
    if (arrival.row.email.empty()) {
      shaken_ = true;
      return {};
    }
    switch (n / 4 % 5) {
      case 0: arrival.row.consent = "withdrawn"; break;
      case 1: arrival.row.plan = n / 32 % 2 == 0 ? "free" : "pro"; break;
      case 2:
        arrival.row.kind = Posted::Kind::event;
        arrival.row.id = "s" + std::to_string(stride_);
        arrival.row.type = n / 32 % 2 == 0 ? "unsubscribed" : "became_mql";
        arrival.row.at = latest_;
        break;
      default:
        arrival.row.by = "s" + std::to_string(stride_) + "@a.example";
        arrival.workflow = payload.value("workflow", "");
        arrival.act = n / 4 % 5 == 3 ? engine::PersonIn::Act::cancel : engine::PersonIn::Act::forget;
        arrival.row.kind = n / 4 % 5 == 3 ? Posted::Kind::by_hand : Posted::Kind::forget;
    }
    if (const Result<void> posted = post(arrival, [this] { shaken_ = true; }); !posted) return posted;
    return work();
  }

  /// Approvers take their time, and are not always asked in time; now and then something changes before they say yes.
  Result<void> post_words() {
    if (words_said_) return {};
    const Result<std::vector<store::Outbox>> asked = store_->outbox(store::OutboxState::asked, 100);
    if (!asked) return tl::unexpected(asked.error());
    for (const store::Outbox& row : *asked) {
      const nlohmann::json shown = nlohmann::json::parse(row.payload, nullptr, false);
      seen_.shown[row.key] = shown["effects"].dump();
      const std::uint32_t n = dice(row.key);
      if (n % 8 == 7 || said_.contains(row.key) || latest_ < row.filled_at + minutes(n / 64 % 2'000)) continue;
      if (n % 8 == 6 && !changed_.contains(row.key)) {
        for (const nlohmann::json& effect : shown["effects"]) {
          if (!effect.contains("to")) continue;
          Arrival change;
          change.row.email = effect["to"];
          change.row.plan = n / 8 % 2 == 0 ? "pro" : "free";
          const Result<void> posted = post(change, [this, key = row.key] { changed_.insert(key); });
          if (!posted) return posted;
          break;
        }
      }
      const engine::ApprovalIn word{row.key, n % 8 != 0, n / 16 % 2 == 0 ? "lee@a.example" : "sam@a.example", ""};
      const Result<void> posted = post({.kind = Posted::Kind::word}, store::InboxKind::command, encode(word),
                                       [this, key = row.key] { said_.insert(key); });
      if (!posted) return posted;
    }
    if (const Result<void> decided = decide_on_letters(); !decided) return decided;
    words_said_ = true;
    return {};
  }

  /// Somebody looks at what was set aside, and at the provider's own records.
  Result<void> decide_on_letters() {
    using How = audit::Resolved::How;
    for (const auto state : {store::OutboxState::failed, store::OutboxState::uncertain}) {
      const Result<std::vector<store::Outbox>> letters = store_->outbox(state, 100);
      if (!letters) return tl::unexpected(letters.error());
      for (const store::Outbox& letter : *letters) {
        const std::string once = letter.key + " at " + std::to_string(stride_);
        if (dice("letter " + once) % 4 != 0 || said_.contains(once)) continue;
        const bool again = !provider_.has(letter.key) && dice("again " + once) % 3 != 0;
        const engine::OutboxIn decision{again ? How::retry : How::drop, letter.key, "ops@a.example", ""};
        const Result<void> posted = post({.kind = Posted::Kind::word}, store::InboxKind::command, encode(decision),
                                         [this, once] { said_.insert(once); });
        if (!posted) return posted;
      }
    }
    return {};
  }

  // ---- the end, and what must be true

  /// Everything that is due is done, and everything handed over is recorded.
  Result<void> finish() {
    wall_ = latest_;
    if (const Result<void> worked = work(); !worked) return worked;
    if (const Result<std::size_t> handed = engine_->hand_over(latest_); !handed) return tl::unexpected(handed.error());
    return work();
  }

  void read_journal(std::vector<store::Record>& into) {
    into.clear();
    engine::testing::must(store_->records(0, [&](const store::Record& record) -> Result<void> {
      into.push_back(record);
      return {};
    }));
  }

  void check(bool over) {
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
    for (std::string& difference : differences(*engine_, seen_.cells, seen_.journal, copy))
      wrong(std::move(difference));
    disk_.remove(copy);
  }

  std::uint32_t seed_;
  Conditions conditions_;
  RandomProject random_;
  std::mt19937 faults_;
  Story story_;
  FaultyDisk disk_;
  std::string path_;
  bool real_clock_;
  bytecode::Module module_;
  Provider provider_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
  Seen seen_;
  Outcome out_;

  Instant wall_, latest_{0};
  Duration delay_;
  std::size_t stride_ = 0, next_arrival_ = 0, deploying_ = SIZE_MAX;
  std::vector<Arrival> answers_;
  std::set<std::string> answered_, said_, changed_;
  std::uint64_t last_row_ = 0, writes_before_ = 0;
  /// A row of which nobody knows whether it arrived, and what to do once it has.
  std::optional<std::pair<Posted, std::function<void()>>> unsure_;
  bool shaken_ = false, words_said_ = false, slow_now_ = false, stop_here_ = false, calm_ = false;
};

}  // namespace

Outcome simulate(std::uint32_t seed, const std::string& folder, Conditions conditions) {
  return Life(seed, folder + "/simulation.db", conditions).run();
}

}  // namespace fairlead::simulation
