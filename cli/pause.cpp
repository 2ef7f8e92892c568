// fairlead pause, resume: what a colleague does with a workflow as a whole. Each appends a command to the store's
// inbox; the engine carries it out.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "runtime/engine/intake.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::cli {

namespace {

using Act = engine::WorkflowIn::Act;

struct Options {
  std::string workflow, project = ".", db, as, because;
};

void run(const Options& options, Act act, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  const auto failed_with = [&](const Fault& fault) { exit_code = report(fault); };
  if (options.as.empty()) return wrong("who does it? Add --as with your address, for the audit");
  const std::string db = store_of(options.project, options.db);
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::existing);
  if (!store) return failed_with(store.error());
  const Result<engine::View> view = engine::look(**store);
  if (!view) return failed_with(view.error());
  const auto& all = view->deployments.all();
  if (std::none_of(all.begin(), all.end(),
                   [&](const auto& version) { return version->workflows.contains(name_id(options.workflow)); }))
    return wrong(fmt::format("no version of the project has a workflow `{}`", options.workflow));
  const bool paused = view->standing.pauses.paused(name_id(options.workflow));
  if (paused == (act == Act::pause))
    return wrong(fmt::format("`{}` is {}", options.workflow, paused ? "paused already" : "not paused"));
  const engine::WorkflowIn in{act, options.workflow, options.as, options.because};
  if (const Result<void> posted =
          (*store)->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
      !posted)
    return failed_with(posted.error());
  fmt::print("{} {} when the engine takes it in: it is in the inbox of {}\n", options.workflow,
             act == Act::pause ? "is paused" : "goes on", db);
}

void add(Session& session, const char* name, const char* about, Act act) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(name, about);
  command->add_option("WORKFLOW", options->workflow, "the workflow")->required();
  command->add_option("--as", options->as, "the address of who does it");
  command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->callback([options, act, &session] { run(*options, act, session.exit_code); });
}

}  // namespace

void add_pause(Session& session) {
  add(session, "pause", "stop a workflow: nobody enters it, nobody in it goes on, nothing of it goes out", Act::pause);
}

void add_resume(Session& session) {
  add(session, "resume", "let a workflow that is paused go on", Act::resume);
}

}  // namespace fairlead::cli
