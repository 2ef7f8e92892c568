// fairlead cancel, skip, forget: what a colleague does with one person by hand. Each appends a command to the store's
// inbox; the engine carries it out.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "runtime/engine/intake.hpp"
#include "runtime/engine/recovery.hpp"

namespace fairlead::cli {

namespace {

using Act = engine::PersonIn::Act;

struct Options {
  std::string contact, workflow, project = ".", db, as, because;
  bool yes = false;
};

/// Erasing cannot be undone: it is asked once more, or said with --yes where nobody can be asked.
bool sure(const Options& options) {
  if (options.yes) return true;
  if (::isatty(STDIN_FILENO) == 0) {
    fmt::print(stderr, "fairlead: what is forgotten does not come back; say --yes if that is meant\n");
    return false;
  }
  fmt::print("Everything that is known of {} will be erased, for good. Type `forget` to go on: ", options.contact);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "forget") return true;
  fmt::print(stderr, "fairlead: nothing was done\n");
  return false;
}

std::string_view done(Act act) {
  switch (act) {
    case Act::cancel: return "is taken out";
    case Act::skip: return "goes on";
    case Act::forget: return "is forgotten";
  }
  return "";
}

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
  // What a contact is known by is as the version in force has it.
  const Result<engine::View> view = engine::look(**store);
  if (!view) return failed_with(view.error());
  const bytecode::Module& module = view->deployments.newest().module;
  engine::PersonIn in{act, 0, options.contact, options.workflow, options.as, options.because};
  Arena arena;
  std::optional<store::ContactId> found;
  for (const bytecode::Field& field : module.fields) {
    if (!field.key || found || !parse_value(options.contact, field.type, arena)) continue;
    const Result<std::optional<store::ContactId>> known = (*store)->find(engine::key_hash(field, options.contact));
    if (!known) return failed_with(known.error());
    found = *known;
    in.key_field = field.id;
  }
  if (!found) {
    fmt::print(stderr, "fairlead: nobody is known as {}\n", options.contact);
    exit_code = findings;
    return;
  }
  if (act != Act::forget) {
    // People may still be in a workflow that only an older version has.
    const auto& all = view->deployments.all();
    if (std::none_of(all.begin(), all.end(),
                     [&](const auto& version) { return version->workflows.contains(name_id(options.workflow)); }))
      return wrong(fmt::format("no version of the project has a workflow `{}`", options.workflow));
  }
  if (act == Act::forget && !sure(options)) {
    exit_code = wrong_use;
    return;
  }
  if (const Result<void> posted =
          (*store)->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
      !posted)
    return failed_with(posted.error());
  fmt::print("{} {} when the engine takes it in: it is in the inbox of {}\n", options.contact, done(act), db);
}

void add(Session& session, const char* name, const char* about, Act act) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand(name, about);
  if (act != Act::forget)
    command->add_option("WORKFLOW", options->workflow, "the workflow that the contact is in")->required();
  command->add_option("CONTACT", options->contact, "a key of the contact: the e-mail address, say")->required();
  command->add_option("--as", options->as, "the address of who does it");
  command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  if (act == Act::forget) command->add_flag("--yes", options->yes, "do not ask once more");
  command->callback([options, act, &session] { run(*options, act, session.exit_code); });
}

}  // namespace

void add_cancel(Session& session) {
  add(session, "cancel", "take a contact out of a workflow; what was not handed over stays here", Act::cancel);
}

void add_skip(Session& session) {
  add(session, "skip", "let a contact go on from a wait now, as if its time were over", Act::skip);
}

void add_forget(Session& session) {
  add(session, "forget", "erase a contact: its values, events and messages; the audit stays whole", Act::forget);
}

}  // namespace fairlead::cli
