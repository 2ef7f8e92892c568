// The fairlead binary: one command line, one file a command.
#include "cli/command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <system_error>

#include "cli/lift.hpp"

namespace {

using namespace fairlead::cli;

/// Started without standard streams, the next file to be opened, a store perhaps, would become one of them, and be
/// printed to.
void fill_standard_streams() {
  int descriptor = 0;
  do {
    descriptor = open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) close(descriptor);
}

/// What is still in the buffer goes out now, so that a full disk is noticed. A reader who has seen enough is no fault.
int flushed(int exit_code) {
  if (std::fflush(stdout) == 0 || errno == EPIPE) return exit_code;
  fmt::print(stderr, "fairlead: standard output could not be written: {}\n", std::strerror(errno));
  return failed;
}

int wrong(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && app.get_subcommands().empty()) {
    const std::vector<std::string> left = app.remaining();
    if (!left.empty()) {
      fmt::print(stderr, "fairlead: there is no command or option `{}`; `fairlead --help` lists them\n", left.front());
      return wrong_use;
    }
    fmt::print(stderr, "fairlead: which command? `fairlead --help` lists them\n");
    return wrong_use;
  }
  return app.exit(error) == 0 ? flushed(fine) : wrong_use;
}

int run(int argc, char** argv) {
  CLI::App app{"Fairlead: marketing workflows that have goals, keep within policy, and learn.", "fairlead"};
  app.set_version_flag("--version", "fairlead " FAIRLEAD_VERSION);
  app.require_subcommand(1);
  app.footer("`fairlead COMMAND --help` tells more. Exit codes: 0 fine, 1 findings, 2 wrong use, 3 failed.");
  Session session{app};
  app.add_option_function<std::string>("--color", choose_colours, "whether to colour the output: always, never or auto")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->option_text("WHEN")
      ->trigger_on_parse();
  app.fallthrough();
  add_check(session);
  add_explain(session);
  add_lints(session);
  add_proofs(session);
  add_diff(session);
  add_format(session);
  add_test(session);
  add_simulate(session);
  add_import(session);
  add_plan(session);
  add_deploy(session);
  add_run(session);
  add_send_event(session);
  add_enter(session);
  add_approve(session);
  add_sign(session);
  add_cancel(session);
  add_skip(session);
  add_forget(session);
  add_pause(session);
  add_resume(session);
  add_rollout(session);
  add_splits(session);
  add_health(session);
  add_where(session);
  add_outbox(session);
  add_weights(session);
  add_decisions(session);
  add_audit(session);
  add_replay(session);
  add_evaluate(session);
  add_power(session);
  add_lift(session);
  add_score(session);
  add_backup(session);
  add_prune(session);
  add_vacuum(session);
  add_disasm(session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return wrong(app, error);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "fairlead: out of memory\n");
    return failed;
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return session.exit_code;
    fmt::print(stderr, "fairlead: {}\n", error.what());
    return failed;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fairlead: {}\n", error.what());
    return failed;
  }
  return flushed(session.exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  fill_standard_streams();
  return run(argc, argv);
}
