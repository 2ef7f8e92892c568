// fairlead prune: removes from a store what is old and no longer needed. Where `fairlead run` owns the store, it is
// asked to do so through the inbox and does it between its batches; where nobody does, it is done here.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/progress.hpp"
#include "cli/shown.hpp"
#include "runtime/connect/connector.hpp"
#include "runtime/engine/engine.hpp"
#include "runtime/engine/retention.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string older_than, project = ".", db, as, because;
  bool dry_run = false, json = false;
};

/// Limits, undo, weights, decisions and reports are read from it.
constexpr const char* audit_stays =
    "The audit is kept whole: limits, undo, weights and decisions are read from it. Ids of events stay, so that none "
    "counts twice.";

std::string size_text(std::uint64_t bytes) {
  constexpr double kilo = 1000.0;
  const auto size = static_cast<double>(bytes);
  if (bytes < 1000) return fmt::format("{} B", bytes);
  return size < kilo * kilo ? fmt::format("{:.0f} KB", size / kilo) : fmt::format("{:.1f} MB", size / kilo / kilo);
}

/// What went, over all entries that said so.
struct Went {
  std::uint64_t events = 0, messages = 0, batches = 0, rejected = 0, kept = 0, bytes = 0;
  bool done = false;
  void add(const audit::Pruned& one) {
    events += one.events;
    messages += one.messages;
    batches += one.batches;
    rejected += one.rejected;
    kept += one.kept;
    bytes += one.bytes;
    done = !one.more;
  }
};

class Pruning {
 public:
  Pruning(const Options& options, int& exit_code) : options_(options), exit_code_(exit_code) {}

  void all() {
    Arena arena;
    const Result<Value> length = parse_value(options_.older_than, {.kind = TypeKind::duration}, arena);
    if (!length) return wrong(fmt::format("`--older-than {}`: say it like \"400 days\"", options_.older_than));
    if (options_.as.empty() && !options_.dry_run)
      return wrong("who does it? Add --as with your address, for the audit; or look first, with --dry-run");
    older_than_ = length->as_duration();
    db_ = store_of(options_.project, options_.db);
    Result<std::unique_ptr<store::Store>> store =
        store::open_sqlite(db_, options_.dry_run ? store::Access::read : store::Access::existing);
    if (!store) return failed_with(store.error());
    store_ = std::move(*store);
    const Result<store::Head> claimed = options_.dry_run ? fault(FaultCode::store_locked, db_) : store_->claim();
    if (!claimed && claimed.error().code != FaultCode::store_locked) return failed_with(claimed.error());
    Result<engine::View> view =
        engine::look(*store_, [this](store::ContactId id, engine::Cell cell) { tail_[id] = std::move(cell); });
    if (!view) return failed_with(view.error());
    view_ = std::move(*view);
    const Instant now = std::max(wall_clock(), view_.standing.clock);
    before_ = now - older_than_;
    if (refused()) return;
    if (options_.dry_run) return foresee();
    if (claimed) {
      here();
    } else {
      ask();
    }
  }

 private:
  void failed_with(const Fault& fault) { exit_code_ = report(fault); }
  void wrong(const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code_ = wrong_use;
  }
  [[nodiscard]] std::string horizon() const {
    const Zone& zone = view_.deployments.newest().zone;
    return fmt::format("{} ({})", moment(before_, zone), zone.name());
  }

  /// Says what looks back further.
  bool refused() {
    const std::vector<engine::Need> needs = engine::needs_of(view_.deployments.newest().module);
    const Duration least = engine::least_kept(needs);
    if (!(older_than_ < least)) return false;
    wrong(fmt::format("nothing younger than {} can go, which is the longest look back and a day:",
                      engine::length_text(least)));
    constexpr std::size_t most = 5;
    std::size_t told = 0;
    for (const engine::Need& need : needs) {
      if (need.window + days(1) <= older_than_) break;
      if (told++ == most) {
        fmt::print(stderr, "  … and more\n");
        break;
      }
      fmt::print(stderr, "  {} looks back {}{}\n", need.what, engine::length_text(need.window),
                 need.place.empty() ? "" : " (" + need.place + ")");
    }
    return true;
  }

  void foresee() {
    const Result<engine::Prunable> out = engine::prunable(*store_, before_, [this](store::ContactId id) {
      if (const auto known = tail_.find(id); known != tail_.end()) return Result<engine::Cell>(known->second);
      const Result<std::optional<store::Cell>> row = store_->cell(id);
      if (!row) return Result<engine::Cell>(tl::unexpected(row.error()));
      return engine::decode_cell(*row ? (*row)->state : std::string());
    });
    if (!out) return failed_with(out.error());
    if (options_.json) {
      const auto json = [](const engine::Amount& a) { return Json{{"rows", a.rows}, {"bytes", a.bytes}}; };
      Json events = json(out->events);
      events["kept"] = out->kept;
      fmt::print("{}\n", Json{{"store", db_},
                              {"before", to_string(before_)},
                              {"dry_run", true},
                              {"events", events},
                              {"outbox", json(out->outbox)},
                              {"journal", json(out->journal)},
                              {"rejected", json(out->rejected)}}
                             .dump(2, ' ', false, Json::error_handler_t::replace));
      return;
    }
    fmt::print("{}: would go, being older than {}, from before {}:\n", db_, engine::length_text(older_than_),
               horizon());
    const std::array<std::pair<const char*, engine::Amount>, 4> lines{
        {{"events", out->events},
         {"rows of the outbox that are done with", out->outbox},
         {"batches' states in the journal", out->journal},
         {"rows that were set aside", out->rejected}}};
    engine::Amount sum;
    const auto line = [](const char* what, const engine::Amount& a) {
      fmt::print("  {:<38}  {:>9}  {:>9}\n", what, a.rows, size_text(a.bytes));
    };
    for (const auto& [what, amount] : lines) {
      line(what, amount);
      sum.rows += amount.rows;
      sum.bytes += amount.bytes;
    }
    line("all", sum);
    kept(out->kept);
    fmt::print("{}\n", audit_stays);
  }

  void kept(std::uint64_t events) {
    if (events > 0)
      fmt::print("{} older event{}: somebody under way still reads {}\n", events, events == 1 ? " stays" : "s stay",
                 events == 1 ? "it" : "them");
  }

  void tell(const Went& went) {
    if (options_.json) {
      fmt::print("{}\n", Json{{"store", db_},
                              {"before", to_string(before_)},
                              {"dry_run", false},
                              {"done", went.done},
                              {"events", {{"rows", went.events}, {"kept", went.kept}}},
                              {"outbox", {{"rows", went.messages}}},
                              {"journal", {{"rows", went.batches}}},
                              {"rejected", {{"rows", went.rejected}}},
                              {"bytes", went.bytes}}
                             .dump(2, ' ', false, Json::error_handler_t::replace));
      return;
    }
    fmt::print(
        "{}: went, being older than {}, from before {}: {} events, {} rows of the outbox, the states of {} "
        "batches, {} rows that were set aside; {}\n",
        db_, engine::length_text(older_than_), horizon(), went.events, went.messages, went.batches, went.rejected,
        size_text(went.bytes));
    kept(went.kept);
    fmt::print("{} The room is used again; `fairlead vacuum` makes the file smaller.\n", audit_stays);
  }

  /// Nobody runs: the store is ours for this moment.
  void here() {
    // What was being handed over when the last run died, only `run` can settle: it knows where messages go.
    const Result<std::vector<store::Outbox>> claimed = store_->outbox(store::OutboxState::claimed, 1);
    if (!claimed) return failed_with(claimed.error());
    if (!claimed->empty()) {
      fmt::print(stderr,
                 "fairlead: messages were being handed over when the last `fairlead run` ended; let it run once "
                 "(--once will do), so that they are settled, and then prune\n");
      exit_code_ = failed;
      return;
    }
    const std::unique_ptr<connect::Connector> connector = connect::nowhere();
    engine::Settings settings;
    settings.seed = new_seed();
    Result<std::unique_ptr<engine::Engine>> engine = engine::Engine::open(*store_, *connector, settings);
    if (!engine) return failed_with(engine.error());
    Went went;
    const Result<std::string> refused =
        (*engine)->prune(wall_clock(), {.before = before_, .by = options_.as, .because = options_.because},
                         [&](const audit::Pruned& one) {
                           went.add(one);
                           progress(went);
                         });
    bar_.finish();
    if (!refused) return failed_with(refused.error());
    if (!refused->empty()) return wrong(*refused);
    if (const Result<void> written = (*engine)->checkpoint(); !written) return failed_with(written.error());
    tell(went);
  }

  /// `fairlead run` has the store: it does it between two batches, and the audit says how far it is.
  void ask() {
    const Result<store::Head> head = store_->head();
    if (!head) return failed_with(head.error());
    const engine::PruneIn in{.before = before_, .by = options_.as, .because = options_.because};
    if (const Result<void> posted =
            store_->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
        !posted)
      return failed_with(posted.error());
    constexpr auto between = std::chrono::milliseconds(100);
    constexpr auto patience = std::chrono::seconds(30);
    Went went;
    std::string refused;
    std::uint64_t after = head->seq;
    for (auto silent = std::chrono::milliseconds(0); silent < patience && !went.done; silent += between) {
      const Result<void> read = store_->records(after, [&](const store::Record& record) -> Result<void> {
        after = record.seq;
        const Result<std::vector<audit::Stamped>> entries = audit::read(record.audit);
        if (!entries) return tl::unexpected(entries.error());
        for (const audit::Stamped& stamped : *entries) {
          if (const auto* pruned = std::get_if<audit::Pruned>(&stamped.entry);
              pruned != nullptr && pruned->before == before_ && pruned->by == options_.as) {
            went.add(*pruned);
            silent = std::chrono::milliseconds(0);
          }
          const auto* no = std::get_if<audit::Refused>(&stamped.entry);
          if (no != nullptr && no->what == "a pruning by " + options_.as) refused = no->reason;
        }
        return {};
      });
      if (!read) return failed_with(read.error());
      if (!refused.empty()) return wrong(refused);
      progress(went);
      if (!went.done) std::this_thread::sleep_for(between);
    }
    bar_.finish();
    if (went.done) return tell(went);
    fmt::print(
        "it is in the inbox of {}, and `fairlead run` does it as it comes to it; `fairlead audit verify` tells\n", db_);
  }

  void progress(const Went& went) {
    // How much there is nobody has counted: of what there was, about so much is done with.
    const std::uint64_t all = view_.ledger.events + view_.head.seq;
    const std::uint64_t gone = went.events + went.kept + went.batches;
    bar_.update(went.done ? 1.0 : all == 0 ? 0.0 : static_cast<double>(gone) / static_cast<double>(all));
  }

  const Options& options_;
  int& exit_code_;
  std::string db_;
  Duration older_than_;
  Instant before_;
  std::unique_ptr<store::Store> store_;
  engine::View view_;
  std::map<store::ContactId, engine::Cell> tail_;
  ProgressBar bar_{"pruning"};
};

}  // namespace

void add_prune(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(
      "prune", "remove from a store what is old and no longer needed, also while it is in use; the audit stays whole");
  command->add_option("--older-than", options->older_than, "how old it must be, like \"400 days\"")
      ->required()
      ->option_text("DURATION");
  command->add_flag("--dry-run", options->dry_run, "only say what would go");
  command->add_option("--as", options->as, "the address of who does it");
  command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { Pruning(*options, session.exit_code).all(); });
}

}  // namespace fairlead::cli
