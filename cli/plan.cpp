// fairlead plan: what would change if the project were deployed. It changes nothing.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/plan_power.hpp"
#include "cli/plan_words.hpp"
#include "cli/proofs.hpp"
#include "runtime/engine/unsupported.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".", db;
  bool json = false;
};

void run(const Options& options, int& exit_code) {
  const std::optional<compiler::Compiled> compiled = compiled_or_report(options.path, exit_code);
  if (!compiled) return;
  const std::optional<bytecode::Module>& module = compiled->module;
  const auto failed_with = [&](const Fault& fault) { exit_code = report(fault); };
  if (const Result<void> can = engine::supported(*module); !can) return failed_with(can.error());
  const std::string db = store_of(options.path, options.db);
  std::unique_ptr<store::Store> store;
  std::error_code unseen;
  // A project that never ran has no store yet, and a plan all the same.
  if (!options.db.empty() || std::filesystem::exists(db, unseen)) {
    Result<std::unique_ptr<store::Store>> opened = store::open_sqlite(db, store::Access::read);
    if (!opened) return failed_with(opened.error());
    store = std::move(*opened);
  }
  const Result<engine::Plan> plan = engine::plan(store.get(), *module);
  if (!plan) return failed_with(plan.error());
  std::vector<Measured> measures;
  if (plan->in_force != 0) {
    const Result<engine::View> view = engine::look(*store);
    if (!view) return failed_with(view.error());
    measures = measured(*view, *module);
  }
  if (options.json) {
    nlohmann::ordered_json json = plan_json(*plan);
    if (!measures.empty()) json["measurement"] = measured_json(measures);
    fmt::print("{}\n", json.dump(2));
    return;
  }
  if (plan->in_force == 0) {
    fmt::print("{} would be version 1: nothing is in force on {} yet\n", module->project, db);
  } else if (plan->same) {
    fmt::print("{} is version {}, which is in force on {}: nothing changes for who comes\n", module->project,
               plan->in_force, db);
  } else {
    fmt::print("{} would be version {}; version {} is in force on {}\n", module->project, plan->next, plan->in_force,
               db);
  }
  fmt::print("{}", plan_words(*plan, bound_words(*compiled)));
  fmt::print("{}", measured_words(measures));
}

}  // namespace

void add_plan(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("plan", "what would change, and for whom, if the project were deployed");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
