// The fairlead binary: one command line, one file a command.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <csignal>
#include <new>

int main(int argc, char** argv) {
  using namespace fairlead::cli;
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Fairlead: marketing workflows that have goals, keep within policy, and learn.", "fairlead"};
  app.set_version_flag("--version", "fairlead " FAIRLEAD_VERSION);
  app.require_subcommand(1);
  app.footer("`fairlead COMMAND --help` tells more. Exit codes: 0 fine, 1 findings, 2 wrong use, 3 failed.");
  Session session{app};
  add_check(session);
  add_format(session);
  add_test(session);
  add_simulate(session);
  add_import(session);
  add_run(session);
  add_send_event(session);
  add_weights(session);
  add_decisions(session);
  add_audit(session);
  add_replay(session);
  add_disasm(session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? fine : wrong_use;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "fairlead: out of memory\n");
    return failed;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fairlead: {}\n", error.what());
    return failed;
  }
  return session.exit_code;
}
