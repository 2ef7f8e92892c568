// fairlead test: the language's own tests.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "runtime/trial/test.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".";
};

void run(const Options& options, int& exit_code) {
  const std::optional<bytecode::Module> module = compile_or_report(options.path, exit_code);
  if (!module) return;
  if (module->tests.empty()) {
    fmt::print(stderr, "fairlead: there are no tests in {}; a run that tests nothing is a failure\n", options.path);
    exit_code = findings;
    return;
  }
  const bool colour = colours(STDOUT_FILENO);
  std::size_t failures = 0;
  for (bytecode::Index i = 0; i < module->tests.size(); ++i) {
    const Result<trial::TestResult> result = trial::run_test(*module, i);
    if (!result) {
      exit_code = report(result.error());
      return;
    }
    const bool passed = result->failures.empty();
    failures += passed ? 0 : 1;
    fmt::print("{} {}\n", passed ? (colour ? "\x1b[32m✓\x1b[0m" : "✓") : (colour ? "\x1b[31m✗\x1b[0m" : "✗"),
               result->name);
    for (const trial::Failure& failure : result->failures)
      fmt::print("    {}:{}: {}\n", module->tests[i].file, failure.line, failure.text);
  }
  fmt::print("{} passed, {} failed\n", module->tests.size() - failures, failures);
  exit_code = failures == 0 ? fine : findings;
}

}  // namespace

void add_test(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("test", "run the project's own tests on a virtual clock");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
