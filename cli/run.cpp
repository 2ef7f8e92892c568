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

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".", db, messages, program;
  std::vector<std::string> rates;
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

Result<void> serve(engine::Engine& engine, bool once) {
  // The inbox may get rows from other processes at any time: it is looked at so often.
  constexpr auto look_again = std::chrono::milliseconds(200);
  while (!stopping) {
    const Instant now = wall_clock();
    const bool confirming = engine.unconfirmed();
    const Result<engine::Engine::Progress> done = engine.batch(now);
    if (!done) return tl::unexpected(done.error());
    const Result<std::size_t> handed = engine.hand_over(wall_clock());
    if (!handed) return tl::unexpected(handed.error());
    if (done->more || *handed > 0 || done->items > 0) continue;
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
  const std::string db = options.db.empty() ? (folder_of(options.path) / "fairlead.db").string() : options.db;
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
  const std::string random = random_bytes(8);
  for (const char c : random) settings.seed = settings.seed << 8U | static_cast<unsigned char>(c);
  for (const std::string& rate : options.rates) {
    if (const Result<void> read = read_rate(rate, *module, settings.pacing); !read) return failed_with(read.error());
  }
  Result<std::unique_ptr<engine::Engine>> engine = engine::Engine::open(**store, **connector, settings);
  if (!engine) return failed_with(engine.error());
  const Result<bool> deployed = (*engine)->deploy(wall_clock(), *module);
  if (!deployed) return failed_with(deployed.error());
  fmt::print("{}: version {}{} of {}, messages to {}; Ctrl-C stops\n", db, (*engine)->deployments().newest().number,
             *deployed ? " (new)" : "", module->project, (*connector)->name());
  std::fflush(stdout);
  std::signal(SIGINT, stop);
  std::signal(SIGTERM, stop);
  if (const Result<void> served = serve(**engine, options.once); !served) return failed_with(served.error());
  const engine::Ledger& ledger = (*engine)->ledger();
  std::uint64_t sent = 0;
  for (const auto& [key, tally] : ledger.messages) sent += tally.sent;
  fmt::print("stopped: {} contacts, {} events, {} messages sent so far\n", ledger.contacts, ledger.events, sent);
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
  command->add_flag("--once", options->once, "do what is due now, and stop");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
