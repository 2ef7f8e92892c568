// fairlead test: the language's own tests.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>

#include "cli/progress.hpp"
#include "cli/test_report.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".";
  std::vector<std::string> formats;
  std::string filter;
  std::string lcov;
  double least = -1;  // of coverage, percent
  bool coverage = false;
  bool json = false;
};

/// `junit:out.xml`: a form, and the file that it goes to; none: standard output.
struct Output {
  std::string form, file;
};

/// What was asked for; nothing, and a word about it, where that cannot be done.
std::optional<std::vector<Output>> outputs(const Options& options) {
  std::vector<std::string> asked = options.formats;
  if (options.json) asked.emplace_back("json");
  std::vector<Output> out;
  std::string printed;
  for (const std::string& one : asked) {
    const std::size_t colon = one.find(':');
    Output output{one.substr(0, colon), colon == std::string::npos ? "" : one.substr(colon + 1)};
    if (output.form != "text" && output.form != "junit" && output.form != "tap" && output.form != "json") {
      fmt::print(stderr, "fairlead: `{}` is not a form of output; there is text, junit, tap and json\n", output.form);
      return std::nullopt;
    }
    if (colon != std::string::npos && output.file.empty()) {
      fmt::print(stderr, "fairlead: --format {} names no file; write it like `--format {}:tests.out`\n", one,
                 output.form);
      return std::nullopt;
    }
    if (output.file.empty()) {
      if (!printed.empty()) {
        fmt::print(stderr,
                   "fairlead: {} and {} cannot both be printed; send one to a file, like `--format {}:tests.out`\n",
                   printed, output.form, output.form);
        return std::nullopt;
      }
      printed = output.form;
    }
    out.push_back(std::move(output));
  }
  if (printed.empty()) out.push_back({"text", ""});
  return out;
}

/// A file, whole, or a fault.
Result<void> write(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return fault(FaultCode::file_unwritable, file, "could not be written");
  return {};
}

std::string formed(const Output& output, const Tests& tests, const trial::Coverage* coverage) {
  if (output.form == "junit") return to_junit(tests);
  if (output.form == "tap") return to_tap(tests);
  if (output.form == "json") return to_json(tests, coverage);
  const bool colour = output.file.empty() && colours(STDOUT_FILENO);
  std::string out = to_text(tests, colour);
  if (coverage != nullptr) out += "\n" + to_text(*coverage, colour);
  return out;
}

/// The runs whose names hold the filter; none, and a word about it, is a failure.
std::vector<trial::TestRun> chosen(const bytecode::Module& module, const Options& options) {
  std::vector<trial::TestRun> all = trial::test_runs(module);
  const std::size_t there = all.size();
  std::erase_if(all, [&](const trial::TestRun& run) {
    return trial::name_of(module, run).find(options.filter) == std::string::npos;
  });
  if (there == 0) {
    fmt::print(stderr, "fairlead: there are no tests in {}; a run that tests nothing is a failure\n", options.path);
  } else if (all.empty()) {
    fmt::print(stderr,
               "fairlead: the name of no test holds \"{}\"; there {} {}, and a run that tests nothing is a failure\n",
               options.filter, there == 1 ? "is" : "are", there);
  }
  return all;
}

int run(const Options& options) {
  const std::optional<std::vector<Output>> wanted = outputs(options);
  if (!wanted) return wrong_use;
  int exit_code = fine;
  const std::optional<bytecode::Module> module = compile_or_report(options.path, exit_code);
  if (!module) return exit_code;
  const std::vector<trial::TestRun> runs = chosen(*module, options);
  if (runs.empty()) return findings;

  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  ProgressBar bar("testing");
  Tests tests{module->project, {}};
  trial::Trodden trodden;
  for (const trial::TestRun& one : runs) {
    const Clock::time_point start = Clock::now();
    // Nobody watches a bar that comes and goes in the blink of an eye.
    if (start - began > std::chrono::milliseconds(500))
      bar.update(static_cast<double>(tests.all.size()) / static_cast<double>(runs.size()));
    Result<trial::TestResult> result = trial::run_test(*module, one);
    if (!result) {
      bar.finish();
      return report(result.error());
    }
    trodden.add(result->trodden);
    tests.all.push_back({std::move(*result), std::chrono::duration<double>(Clock::now() - start).count()});
  }
  bar.finish();

  const bool covering = options.coverage || options.least >= 0 || !options.lcov.empty();
  const trial::Coverage coverage = trial::coverage(*module, trodden);
  for (const Output& output : *wanted) {
    const std::string text = formed(output, tests, covering ? &coverage : nullptr);
    if (output.file.empty()) {
      fmt::print("{}", text);
    } else if (const Result<void> written = write(output.file, text); !written) {
      return report(written.error());
    }
  }
  if (!options.lcov.empty()) {
    if (const Result<void> written = write(options.lcov, to_lcov(coverage)); !written) return report(written.error());
  }
  if (options.least >= 0 && coverage.percent() < options.least) {
    fmt::print(stderr, "fairlead: the tests reach {:.1f}%, and {:g}% is wanted\n", coverage.percent(), options.least);
    return findings;
  }
  return tests.failed() == 0 ? fine : findings;
}

}  // namespace

void add_test(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("test", "run the project's own tests on a virtual clock");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--filter", options->filter, "only tests whose names hold this text");
  command
      ->add_option("--format", options->formats,
                   "text, junit, tap or json; with :FILE into a file; may be given several times")
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "the same as --format json");
  command->add_flag("--coverage", options->coverage, "what the tests reached: steps, ways, options and rules");
  command->add_option("--coverage-min", options->least, "fail where the tests reach less than so many percent")
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--lcov", options->lcov, "write the coverage into this file, as lcov does");
  command->callback([options, &session] { session.exit_code = run(*options); });
}

}  // namespace fairlead::cli
