// fairlead backup and fairlead vacuum: looking after a store's file.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>

#include "runtime/engine/recovery.hpp"
#include "runtime/store/upkeep.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string file, project = ".", db;
};

/// `4.0 MB`, `128 KB`.
std::string size_text(std::uint64_t bytes) {
  constexpr double kilo = 1000.0;
  const auto size = static_cast<double>(bytes);
  return size < kilo * kilo ? fmt::format("{:.0f} KB", size / kilo) : fmt::format("{:.1f} MB", size / kilo / kilo);
}

std::string counted(std::uint64_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : noun == "batch" ? "es" : "s");
}

/// What the copy holds, as the copy itself says it.
Result<std::string> contents(const std::string& file) {
  const Result<std::unique_ptr<store::Store>> copy = store::open_sqlite(file, store::Access::read);
  if (!copy) return tl::unexpected(copy.error());
  const Result<std::vector<store::Deployment>> deployed = (*copy)->deployments();
  if (!deployed) return tl::unexpected(deployed.error());
  if (deployed->empty()) return std::string("nothing has run on it yet");
  const Result<engine::View> view = engine::look(**copy);
  if (!view) return tl::unexpected(view.error());
  return fmt::format("version {} of {}, {}, {}", view->deployments.newest().number,
                     view->deployments.newest().module.project, counted(view->ledger.contacts, "contact"),
                     counted(view->ledger.events, "event"));
}

void backup(const Options& options, int& exit_code) {
  std::error_code unseen;
  if (std::filesystem::exists(std::filesystem::symlink_status(options.file, unseen))) {
    fmt::print(stderr, "fairlead: {} is there already, and is not overwritten\n", options.file);
    exit_code = wrong_use;
    return;
  }
  const Result<store::Head> head = store::backup_sqlite(store_of(options.project, options.db), options.file);
  if (!head) {
    report(head.error());
    exit_code = head.error().code == FaultCode::chain_broken ? findings : failed;
    return;
  }
  const Result<std::string> holds = contents(options.file);
  if (!holds) {
    exit_code = report(holds.error());
    return;
  }
  fmt::print("{}: {}, {}; {}, the chain is whole\nhead {}\n", options.file,
             size_text(std::filesystem::file_size(options.file, unseen)), *holds, counted(head->seq, "batch"),
             hex(head->chain));
}

void vacuum(const Options& options, int& exit_code) {
  const std::string db = store_of(options.project, options.db);
  const Result<store::Vacuumed> done = store::vacuum_sqlite(db);
  if (!done) {
    exit_code = report(done.error());
    return;
  }
  fmt::print("{}: {} before, {} now\n", db, size_text(done->before), size_text(done->after));
}

}  // namespace

void add_backup(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("backup", "copy a store to a new file, also while it is in use");
  command->add_option("FILE", options->file, "the copy; it must not be there yet")->required();
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->callback([options, &session] { backup(*options, session.exit_code); });
}

void add_vacuum(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("vacuum", "give back the space that a store no longer needs");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->callback([options, &session] { vacuum(*options, session.exit_code); });
}

}  // namespace fairlead::cli
