// What the commands share: exit codes, how they print, and how faults reach a person.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "compiler/compile.hpp"
#include "runtime/values/fault.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::cli {

/// 0 fine, 1 findings, 2 wrong use, 3 failed.
enum Exit : int { fine = 0, findings = 1, wrong_use = 2, failed = 3 };

/// A command adds itself to the application and, when it is chosen, runs and sets `exit_code`.
struct Session {
  CLI::App& app;
  int exit_code = fine;
};

void add_check(Session& session);
void add_explain(Session& session);
void add_lints(Session& session);
void add_proofs(Session& session);
void add_diff(Session& session);
void add_format(Session& session);
void add_disasm(Session& session);
void add_import(Session& session);
void add_send_event(Session& session);
void add_run(Session& session);
void add_plan(Session& session);
void add_deploy(Session& session);
void add_simulate(Session& session);
void add_test(Session& session);
void add_replay(Session& session);
void add_evaluate(Session& session);
void add_power(Session& session);
void add_score(Session& session);
void add_enter(Session& session);
void add_approve(Session& session);
void add_sign(Session& session);
void add_cancel(Session& session);
void add_skip(Session& session);
void add_forget(Session& session);
void add_pause(Session& session);
void add_rollout(Session& session);
void add_splits(Session& session);
void add_health(Session& session);
void add_resume(Session& session);
void add_where(Session& session);
void add_outbox(Session& session);
void add_backup(Session& session);
void add_vacuum(Session& session);
void add_prune(Session& session);
void add_weights(Session& session);
void add_decisions(Session& session);
void add_audit(Session& session);

/// Whether output to this stream is coloured. `--color` decides, then NO_COLOR, then CLICOLOR_FORCE, then whether it is
/// a terminal that can.
bool colours(int descriptor);
/// Carries out `--color`: what `colours` asks is the environment, which programs that are started inherit.
void choose_colours(const std::string& when);
bool terminal(int descriptor);

/// Where a project's own files lie: PATH itself, or the folder of the file that it names.
std::filesystem::path folder_of(const std::string& path);
/// Where a project's store is: `db` where somebody names one, else `fairlead.db` beside the project's files.
std::string store_of(const std::string& project, const std::string& db = "");

/// Prints a fault to stderr as one sentence; gives Exit::failed.
int report(const Fault& fault);

/// Now, by the machine.
Instant wall_clock();
/// For a store that has none yet: what its draws begin with.
std::uint64_t new_seed();

/// Compiles, prints what was found to stderr, and gives the module where there is one. `strict`: warnings fail too.
std::optional<bytecode::Module> compile_or_report(const std::string& path, int& exit_code);
/// With what was proved of it; its module is there.
std::optional<compiler::Compiled> compiled_or_report(const std::string& path, int& exit_code);
/// `until 2027-01-31 by lee@acme.example`
std::string waived_words(const bytecode::Waiver& waiver);
/// `notes`: what is only noted too.
void print(const compiler::Compiled& compiled, bool notes);

}  // namespace fairlead::cli
