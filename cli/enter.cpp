// fairlead enter: somebody begins a workflow that says `enter by hand`. It goes to the inbox; the engine takes it in.
#include "cli/command.hpp"
#include "cli/looked.hpp"

#include <fmt/format.h>

#include <memory>

#include "runtime/engine/intake.hpp"
#include "runtime/engine/occasions.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string workflow, contact, project = ".", db;
};

/// Why the workflow cannot be entered so, as far as that can be told from here; empty where it can. `in` and `id` say
/// by whom.
Result<std::string> refusal(store::Store& store, const engine::View& view, const Options& options,
                            engine::EnterIn& in) {
  const engine::Version& version = view.deployments.newest();
  const bytecode::Module& module = version.module;
  const auto at = version.workflows.find(name_id(options.workflow));
  if (at == version.workflows.end()) return fmt::format("the project has no workflow `{}`", options.workflow);
  const bytecode::Workflow& workflow = module.workflows[at->second];
  if (std::none_of(workflow.head.entries.begin(), workflow.head.entries.end(),
                   [](const bytecode::Entry& entry) { return entry.kind == bytecode::Entry::Kind::hand; }))
    return fmt::format("`{}` does not say `enter by hand`", workflow.name);
  store::ContactId id = engine::nobody;
  if (workflow.subject.empty()) {
    if (!options.contact.empty()) return fmt::format("`{}` is for nobody", workflow.name);
  } else {
    if (options.contact.empty()) return fmt::format("who is to enter `{}`? Add a key of the contact", workflow.name);
    Arena arena;
    std::optional<store::ContactId> known;
    for (const bytecode::Field& field : module.fields) {
      if (!field.key || known || !parse_value(options.contact, field.type, arena)) continue;
      const Result<std::optional<store::ContactId>> found = store.find(engine::key_hash(field, options.contact));
      if (!found) return tl::unexpected(found.error());
      known = *found;
      in.key_field = field.id;
    }
    if (!known) return fmt::format("nobody is known as {}", options.contact);
    id = *known;
  }
  const Result<engine::Cell> cell = engine::cell_of(store, id);
  if (!cell) return tl::unexpected(cell.error());
  const Instant now = wall_clock();
  std::string why =
      engine::kept_out(*cell, version, at->second, now, engine::in_shadow(view.standing.rollouts, version, at->second));
  if (why.empty()) why = engine::not_reached(view.standing.rollouts, view.salt, version, at->second, id);
  return why.empty() ? why : fmt::format("`{}` cannot be entered: {}", workflow.name, why);
}

void run(const Options& options, int& exit_code) {
  // What may be entered is as the version in force has it.
  const std::optional<Looked> looked =
      look_into(store_of(options.project, options.db), store::Access::existing, exit_code);
  if (!looked) return;
  engine::EnterIn in{options.workflow, 0, options.contact};
  const Result<std::string> why = refusal(*looked->store, looked->view, options, in);
  if (!why) {
    exit_code = report(why.error());
    return;
  }
  if (!why->empty()) {
    fmt::print(stderr, "fairlead: {}\n", *why);
    exit_code = wrong_use;
    return;
  }
  const Instant now = wall_clock();
  if (const Result<void> posted = looked->store->post({{0, now, store::InboxKind::command, engine::encode(in)}}, {});
      !posted) {
    exit_code = report(posted.error());
    return;
  }
  fmt::print("the entry into {} is in the inbox, and counts when the engine takes it in\n", options.workflow);
}

}  // namespace

void add_enter(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("enter", "begin a workflow that is entered by hand");
  command->add_option("WORKFLOW", options->workflow, "the workflow")->required();
  command->add_option("CONTACT", options->contact, "a key of the contact; left out where the workflow is for nobody");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
