// fairlead outbox retry, outbox drop: what somebody decides on a message or call that was set aside. Each appends a
// command to the store's inbox; the engine carries it out.
#include "cli/dead_letters.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/shown.hpp"
#include "runtime/engine/intake.hpp"

namespace fairlead::cli {

namespace {

using How = audit::Resolved::How;
using store::OutboxState;

struct Options {
  std::vector<std::string> keys;
  std::string project = ".", db, as, because;
  bool all = false, anyway = false;
};

void run(const Options& options, How how, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  const auto failed_with = [&](const Fault& fault) { exit_code = report(fault); };
  if (options.as.empty()) return wrong("who does it? Add --as with your address, for the audit");
  if (options.keys.empty() != options.all)
    return wrong("say which: keys as `fairlead outbox list` shows them, or --all that did not go out");
  const std::string db = store_of(options.project, options.db);
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::existing);
  if (!store) return failed_with(store.error());
  std::vector<store::Outbox> dead;
  for (const OutboxState state : {OutboxState::failed, OutboxState::uncertain}) {
    Result<std::vector<store::Outbox>> some = (*store)->outbox(state, SIZE_MAX);
    if (!some) return failed_with(some.error());
    dead.insert(dead.end(), some->begin(), some->end());
  }
  std::vector<const store::Outbox*> chosen;
  for (const std::string& key : options.keys) {
    std::vector<const store::Outbox*> found;
    for (const store::Outbox& row : dead) {
      if (row.key.starts_with(key)) found.push_back(&row);
    }
    if (found.empty())
      return wrong(fmt::format("nothing that is set aside begins with {}; `fairlead outbox list` shows what is", key));
    if (found.size() > 1) return wrong(fmt::format("several begin with {}; give more of it", key));
    // Sent once more, it may be the second time: that is for whoever looked at the provider to say.
    if (how == How::retry && found[0]->state == OutboxState::uncertain && !options.anyway)
      return wrong(fmt::format("{} may have gone out already: look at the provider, and say --anyway if it did not",
                               short_key(found[0]->key)));
    chosen.push_back(found[0]);
  }
  for (const store::Outbox& row : dead) {
    if (options.all && (row.state == OutboxState::failed || options.anyway)) chosen.push_back(&row);
  }
  std::vector<store::Inbox> rows;
  for (const store::Outbox* row : chosen) {
    rows.push_back({0, wall_clock(), store::InboxKind::command,
                    engine::encode(engine::OutboxIn{how, row->key, options.as, options.because})});
  }
  if (const Result<void> posted = (*store)->post(rows, {}); !posted) return failed_with(posted.error());
  if (chosen.empty()) {
    fmt::print("nothing that did not go out is set aside in {}\n", db);
    return;
  }
  fmt::print("{} {} when the engine takes it in: it is in the inbox of {}\n",
             chosen.size() == 1 ? "1 message" : fmt::format("{} messages", chosen.size()),
             how == How::retry ? (chosen.size() == 1 ? "is tried again" : "are tried again")
                               : (chosen.size() == 1 ? "is dropped" : "are dropped"),
             db);
}

void add(Session& session, CLI::App& outbox, const char* name, const char* about, How how) {
  auto options = std::make_shared<Options>();
  CLI::App* command = outbox.add_subcommand(name, about);
  command->add_option("KEY", options->keys, "what was set aside, by the first letters of its key");
  command->add_flag("--all", options->all, "all that did not go out");
  command->add_flag("--anyway", options->anyway, "what may have gone out as well");
  command->add_option("--as", options->as, "the address of who does it");
  command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->callback([options, how, &session] { run(*options, how, session.exit_code); });
}

}  // namespace

void add_dead_letters(Session& session, CLI::App& outbox) {
  add(session, outbox, "retry", "try once more what was set aside; every rule is asked again", How::retry);
  add(session, outbox, "drop", "give up what was set aside: it does not go out", How::drop);
}

}  // namespace fairlead::cli
