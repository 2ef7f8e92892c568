// fairlead audit: whether the audit is whole.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>

#include "runtime/audit/verify.hpp"

namespace fairlead::cli {

namespace {

void verify(const std::string& db, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  const Result<audit::Whole> whole = audit::verify(**store);
  if (!whole) {
    report(whole.error());
    exit_code = whole.error().code == FaultCode::chain_broken ? findings : failed;
    return;
  }
  fmt::print("{}: {} batches, {} entries, the chain is whole\nhead {}\n", db, whole->batches, whole->entries,
             hex(whole->head.chain));
  if (whole->pruned_at.ms != 0) {
    const audit::Pruned& gone = whole->pruned;
    fmt::print(
        "pruned {} time{}, the last at {}{}, from before {}: all in all {} events, {} rows of the outbox, the states "
        "of "
        "{} batches, {} rows that were set aside\n",
        whole->prunings, whole->prunings == 1 ? "" : "s", to_string(whole->pruned_at),
        gone.by.empty() ? "" : " by " + gone.by, to_string(gone.before), gone.events, gone.messages, gone.batches,
        gone.rejected);
  }
  fmt::print("Write the head down elsewhere: a chain that only its keeper checks proves little.\n");
}

}  // namespace

void add_audit(Session& session) {
  CLI::App* command = session.app.add_subcommand("audit", "the record of everything that was decided and done");
  command->require_subcommand(1);
  auto db = std::make_shared<std::string>();
  CLI::App* check =
      command->add_subcommand("verify", "recompute the hash chain over every batch; exit 1 where it does not hold");
  check->add_option("DB", *db, "the store")->required();
  check->callback([db, &session] { verify(*db, session.exit_code); });
}

}  // namespace fairlead::cli
