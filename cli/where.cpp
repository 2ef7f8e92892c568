// fairlead where: where a person is, why not further, and what would let them on.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "cli/where_words.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string key, project = ".", db;
  bool all = false, json = false;
};

/// What other commands are told, so that they find the store of this one.
std::string same_store(const Options& options) {
  if (!options.db.empty()) return " --db " + options.db;
  return options.project == "." ? "" : " --project " + options.project;
}

Result<void> tell(const Options& options, int& exit_code) {
  const std::string db = store_of(options.project, options.db);
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
  if (!store) return tl::unexpected(store.error());
  // Cells that moved since the checkpoint: what the journal says last counts, over the row.
  std::map<store::ContactId, engine::Cell> moved;
  const Result<engine::View> view =
      engine::look(**store, [&](store::ContactId id, engine::Cell cell) { moved[id] = std::move(cell); });
  if (!view) return tl::unexpected(view.error());
  const Result<std::optional<store::ContactId>> id =
      engine::find_contact(**store, view->deployments.newest().module, options.key);
  if (!id) return tl::unexpected(id.error());
  if (!*id) {
    const Result<std::optional<Instant>> waits = (*store)->next_inbox();
    if (!waits) return tl::unexpected(waits.error());
    fmt::print(stderr, "fairlead: nobody in {} is known as {}{}\n", db, options.key,
               *waits ? "; the inbox holds what `fairlead run` has not taken in yet" : "");
    exit_code = findings;
    return {};
  }
  const auto cell = moved.find(**id);
  const Result<engine::Whereabouts> person = engine::whereabouts(
      **store, *view, **id, cell == moved.end() ? std::nullopt : std::optional(std::move(cell->second)));
  if (!person) return tl::unexpected(person.error());
  const Asked asked{options.key, same_store(options), options.all, wall_clock()};
  fmt::print("{}", options.json ? where_json(*view, *person, asked) : where_text(*view, *person, asked));
  return {};
}

void run(const Options& options, int& exit_code) {
  if (const Result<void> told = tell(options, exit_code); !told) exit_code = report(told.error());
}

}  // namespace

void add_where(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("where", "where a person is, and what they wait for");
  command->add_option("KEY", options->key, "a key of the contact: the e-mail address, say")->required();
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--all", options->all, "also the workflows that they were never in");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
