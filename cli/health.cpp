// fairlead health: whether a `fairlead run` owns a store, and is well.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/serve/alive.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string project = ".", db;
  bool json = false;
};

/// A sign of life that is older is none: one is written every five seconds, between two batches.
constexpr Duration longest_silence = seconds(60);

void run(const Options& options, int& exit_code) {
  const std::string db = store_of(options.project, options.db);
  const std::optional<serve::Alive> sign = serve::read_alive(db);
  const Instant now = wall_clock();
  const Duration silent = sign ? now - sign->at : Duration{};
  const bool alive = sign && silent.ms <= longest_silence.ms;
  exit_code = alive ? fine : findings;
  if (options.json) {
    Json out{{"alive", alive}};
    if (sign) {
      out["at"] = to_string(sign->at);
      out["process"] = sign->process;
      out["version"] = sign->version;
      out["unsent"] = sign->unsent;
      out["late_seconds"] = static_cast<double>(sign->late.ms) / 1e3;
      out["circuit_open"] = sign->circuit_open;
      out["backed_up"] = sign->backed_up;
      out["paused"] = sign->paused;
    }
    fmt::print("{}\n", out.dump(2));
    return;
  }
  if (!sign) {
    fmt::print("nothing runs on {}; `fairlead run` would\n", db);
    return;
  }
  if (!alive) {
    fmt::print("process {} gave its last sign of life on {} at {}: it has ended without a word, or hangs\n",
               sign->process, db, to_string(sign->at));
    return;
  }
  fmt::print("process {} runs version {} on {}; {} in the outbox; timers at most {:.1f} s late\n", sign->process,
             sign->version, db, sign->unsent, static_cast<double>(sign->late.ms) / 1e3);
  if (sign->circuit_open) fmt::print("the connector fails and is left alone for a while\n");
  if (sign->backed_up) fmt::print("messages leave more slowly than they are made: timers wait\n");
  for (const std::string& workflow : sign->paused) fmt::print("{} is paused\n", workflow);
}

}  // namespace

void add_health(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("health", "whether `fairlead run` runs on a store, and is well");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
