// fairlead run: the engine on the real clock, until it is told to stop.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <thread>

#include "runtime/engine/engine.hpp"
#include "runtime/engine/retention.hpp"
#include "runtime/serve/alive.hpp"
#include "runtime/serve/log.hpp"
#include "runtime/serve/metrics.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".", db, messages, program;
  std::vector<std::string> rates;
  std::string metrics, log = "info", keep;
  bool once = false;
};

/// `email=100/second`: no more than so many in any second.
Result<void> read_rate(const std::string& text, const bytecode::Module& module, engine::Pacing& out) {
  const auto bad = [&](const std::string& why) {
    return fault(FaultCode::bad_input, fmt::format("`--rate {}`: {}", text, why));
  };
  const std::size_t equals = text.find('=');
  const std::size_t slash = text.find('/', equals == std::string::npos ? 0 : equals);
  if (equals == std::string::npos || slash == std::string::npos) return bad("say it like email=100/second");
  const std::string channel = text.substr(0, equals);
  if (std::none_of(module.channels.begin(), module.channels.end(), [&](const auto& c) { return c.name == channel; }))
    return bad(fmt::format("the project has no channel `{}`", channel));
  engine::Rate rate;
  const char* end = text.data() + slash;
  const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, rate.count);
  if (error != std::errc{} || stop != end || rate.count == 0) return bad("before the / stands a whole number above 0");
  const std::string per = text.substr(slash + 1);
  const std::map<std::string, Duration> windows{
      {"second", seconds(1)}, {"minute", minutes(1)}, {"hour", hours(1)}, {"day", days(1)}};
  const auto window = windows.find(per);
  if (window == windows.end()) return bad("after the / stands second, minute, hour or day");
  rate.window = window->second;
  out.rates[channel] = rate;
  return {};
}

std::atomic<bool> stopping{false};
void stop(int) {
  stopping = true;
}

/// What looks on while the engine runs: metrics, a sign of life, and warnings that are not said twice.
class Service {
 public:
  Service(engine::Engine& engine, store::Store& store, std::string db, serve::Metrics* metrics)
      : engine_(engine), store_(store), db_(std::move(db)), metrics_(metrics) {}

  Result<void> batch(const engine::Engine::Progress& progress, double seconds) {
    serve::log_batch(progress, seconds);
    if (metrics_ != nullptr) metrics_->batch(progress, seconds);
    late_ = std::max(late_, progress.late.value_or(Duration{}));
    if (engine_.backed_up() != backed_up_) {
      backed_up_ = !backed_up_;
      serve::log_warning(backed_up_ ? "messages leave more slowly than they are made: timers wait"
                                    : "the outbox has drained: timers go on");
    }
    const Instant now = wall_clock();
    if (now < next_sign_) return {};
    next_sign_ = now + seconds_between_signs;
    if (const Result<void> written = write_alive(db_, serve::alive(engine_, now, late_)); !written) return written;
    late_ = {};
    return metrics_ == nullptr ? Result<void>() : metrics_->look(engine_, store_);
  }

 private:
  static constexpr Duration seconds_between_signs = fairlead::seconds(5);
  engine::Engine& engine_;
  store::Store& store_;
  std::string db_;
  serve::Metrics* metrics_;
  Instant next_sign_;
  Duration late_;
  bool backed_up_ = false;
};

/// Once a day, when nothing else is to be done, what is older goes: by a command, which the engine takes in slices.
class Pruning {
 public:
  Pruning(store::Store& store, std::optional<Duration> keep) : store_(store), keep_(keep) {}

  /// Whether there is something to be done again.
  Result<bool> idle(Instant now) {
    if (!keep_ || now < next_) return false;
    next_ = now + days(1);
    const engine::PruneIn in{.before = now - *keep_, .by = "`fairlead run --keep`"};
    const Result<void> posted = store_.post({{0, now, store::InboxKind::command, engine::encode(in)}}, {});
    if (!posted) return tl::unexpected(posted.error());
    return true;
  }

 private:
  store::Store& store_;
  std::optional<Duration> keep_;
  Instant next_;
};

/// Nothing where the option is not there. A fault where it is no time, or less than what the project looks back over.
Result<std::optional<Duration>> read_keep(const std::string& text, const bytecode::Module& module) {
  if (text.empty()) return std::nullopt;
  Arena arena;
  const Result<Value> length = parse_value(text, {.kind = TypeKind::duration}, arena);
  if (!length) return fault(FaultCode::bad_input, fmt::format("`--keep {}`: say it like \"400 days\"", text));
  const std::vector<engine::Need> needs = engine::needs_of(module);
  const Duration least = engine::least_kept(needs);
  if (length->as_duration() < least)
    return fault(FaultCode::bad_input,
                 fmt::format("`--keep {}`: {} looks back {}, so at least {} are kept", text,
                             needs.empty() ? std::string("nothing") : needs.front().what,
                             engine::length_text(needs.empty() ? Duration{} : needs.front().window),
                             engine::length_text(least)));
  return length->as_duration();
}

Result<void> serve(engine::Engine& engine, Service& service, Pruning& pruning, bool once) {
  // The inbox may get rows from other processes at any time: it is looked at so often.
  constexpr auto look_again = std::chrono::milliseconds(200);
  while (!stopping) {
    const Instant now = wall_clock();
    const auto began = std::chrono::steady_clock::now();
    const bool confirming = engine.unconfirmed();
    const Result<engine::Engine::Progress> done = engine.batch(now);
    if (!done) return tl::unexpected(done.error());
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (const Result<void> looked = service.batch(*done, took); !looked) return looked;
    const Result<std::size_t> handed = engine.hand_over(wall_clock());
    if (!handed) return tl::unexpected(handed.error());
    if (done->more || *handed > 0 || done->items > 0) continue;
    const Result<bool> prunes = pruning.idle(now);
    if (!prunes) return tl::unexpected(prunes.error());
    if (*prunes) continue;
    if (once && !confirming) break;
    if (!once) std::this_thread::sleep_for(look_again);
  }
  // A graceful end: what was handed over is recorded, and cells are written, so that the next start is quick.
  const Result<engine::Engine::Progress> last = engine.batch(Instant{0});
  if (!last) return tl::unexpected(last.error());
  return engine.checkpoint();
}

void run(const Options& options, int& exit_code) {
  const std::optional<bytecode::Module> module = compile_or_report(options.path, exit_code);
  if (!module) return;
  const std::string db = store_of(options.path, options.db);
  const std::string messages =
      options.messages.empty() ? (folder_of(options.path) / "messages.jsonl").string() : options.messages;
  const auto failed_with = [&](const Fault& fault) { exit_code = report(fault); };
  Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::create);
  if (!store) return failed_with(store.error());
  const Result<std::optional<std::string>> simulated = (*store)->note("simulation");
  if (!simulated) return failed_with(simulated.error());
  if (*simulated) {
    fmt::print(stderr, "fairlead: {} is a simulation's store, whose people do not exist; name another one with --db\n",
               db);
    exit_code = wrong_use;
    return;
  }
  // Ours before the messages' file is touched: opening it cuts off a torn line, which may be one that another process
  // is writing.
  if (const Result<store::Head> ours = (*store)->claim(); !ours) return failed_with(ours.error());
  constexpr Duration patience = seconds(60);
  Result<std::unique_ptr<connect::Connector>> connector =
      options.program.empty() ? connect::open_file(messages, true) : connect::open_program(options.program, patience);
  if (!connector) return failed_with(connector.error());
  engine::Settings settings;
  settings.seed = new_seed();
  const Result<std::optional<Duration>> keep = read_keep(options.keep, *module);
  if (!keep) return failed_with(keep.error());
  for (const std::string& rate : options.rates) {
    if (const Result<void> read = read_rate(rate, *module, settings.pacing); !read) return failed_with(read.error());
  }
  Result<std::unique_ptr<engine::Engine>> engine = engine::Engine::open(**store, **connector, settings);
  if (!engine) return failed_with(engine.error());
  std::unique_ptr<serve::Metrics> metrics;
  if (!options.metrics.empty()) {
    Result<std::unique_ptr<serve::Metrics>> listening = serve::Metrics::listen(options.metrics);
    if (!listening) return failed_with(listening.error());
    metrics = std::move(*listening);
  }
  serve::log_from(options.log);
  (*engine)->watch([&metrics](const audit::Entry& entry) {
    serve::log(entry);
    if (metrics != nullptr) metrics->said(entry);
  });
  const Result<bool> deployed = (*engine)->deploy(wall_clock(), *module);
  if (!deployed) return failed_with(deployed.error());
  fmt::print("{}: version {}{} of {}, messages to {}; Ctrl-C stops\n", db, (*engine)->deployments().newest().number,
             *deployed ? " (new)" : "", module->project, (*connector)->name());
  std::fflush(stdout);
  std::signal(SIGINT, stop);
  std::signal(SIGTERM, stop);
  Service service(**engine, **store, db, metrics.get());
  Pruning pruning(**store, *keep);
  const Result<void> served = serve(**engine, service, pruning, options.once);
  serve::remove_alive(db);
  if (!served) return failed_with(served.error());
  const engine::Ledger& ledger = (*engine)->ledger();
  std::uint64_t sent = 0;
  for (const auto& [key, tally] : ledger.messages) sent += tally.sent;
  const Result<std::map<std::uint32_t, std::uint64_t>> counts = (*store)->row_counts();
  if (!counts) return failed_with(counts.error());
  std::string rows;
  for (const bytecode::RecordType& record : module->records) {
    const auto count = counts->find(name_id(record.name));
    rows += fmt::format("{} of {}, ", count == counts->end() ? 0 : count->second, record.name);
  }
  fmt::print("stopped: {} contacts, {}{} events, {} messages sent so far\n", ledger.contacts, rows, ledger.events,
             sent);
}

}  // namespace

void add_run(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("run", "run a project's workflows on the real clock");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_option("--messages", options->messages,
                      "the file that messages are written to (default: messages.jsonl in the project)");
  command
      ->add_option("--deliver-with", options->program,
                   "a command that messages are handed to, line by line, instead of the file")
      ->excludes("--messages");
  command
      ->add_option("--rate", options->rates,
                   "how fast a channel goes at most, like email=100/second; what is more waits for its turn")
      ->option_text("CHANNEL=N/PERIOD …");
  command->add_option("--metrics", options->metrics, "serve Prometheus metrics there, like 127.0.0.1:9464")
      ->option_text("HOST:PORT");
  command->add_option("--log", options->log, "what is told on standard error: error, warning, info or debug")
      ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
      ->capture_default_str();
  command
      ->add_option("--keep", options->keep,
                   "prune once a day what is older and no longer needed, like \"400 days\" (default: nothing)")
      ->option_text("DURATION");
  command->add_flag("--once", options->once, "do what is due now, and stop");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
