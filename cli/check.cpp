// fairlead check: reads a project and says what is wrong with it, and how each rule is kept.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "compiler/mend.hpp"
#include "compiler/proof/cache.hpp"
#include "compiler/report/baseline.hpp"
#include "compiler/report/report.hpp"

namespace fairlead::cli {

namespace {

namespace report_of = compiler::report;
using grammar::Severity;
using report_of::Findings;
using report_of::Format;

/// A report that was asked for, and where it goes: standard output where no file is named.
struct Wanted {
  Format format = Format::text;
  std::string file;
};

struct Options {
  std::string path = ".";
  bool strict = false;
  bool json = false;
  bool fix = false;
  std::vector<std::string> formats;
  std::string baseline;
  std::string new_baseline;
  bool new_only = false;
  std::string cache;
};

/// `sarif` or `sarif:out.sarif`; says what is wrong where it is neither.
std::optional<std::vector<Wanted>> wanted(const Options& options) {
  std::vector<Wanted> out;
  for (const std::string& asked : options.formats) {
    const std::size_t colon = asked.find(':');
    const std::string name = asked.substr(0, colon);
    const auto format = report_of::format_named(name);
    if (!format || (colon != std::string::npos && colon + 1 == asked.size())) {
      std::string names;
      for (const auto& info : report_of::formats()) names += fmt::format("{}{}", names.empty() ? "" : ", ", info.name);
      if (format) {
        fmt::print(stderr, "fairlead: `--format {}` names no file after the colon\n", asked);
      } else {
        fmt::print(stderr, "fairlead: there is no format `{}`; there are {}\n", name, names);
      }
      return std::nullopt;
    }
    out.push_back({*format, colon == std::string::npos ? "" : asked.substr(colon + 1)});
  }
  if (options.json) out.push_back({Format::json, ""});
  if (out.empty()) out.push_back({Format::text, ""});
  const auto printed =
      std::count_if(out.begin(), out.end(), [](const Wanted& w) { return w.file.empty() && w.format != Format::text; });
  if (printed > 1) {
    fmt::print(stderr,
               "fairlead: only one format can go to standard output; give the others a file, like "
               "`--format sarif:out.sarif`\n");
    return std::nullopt;
  }
  return out;
}

/// Those that are new as they are read, then those that are known, a line each.
void print_findings(const Findings& found) {
  for (const report_of::Finding& one : found.all) {
    if (!one.known) fmt::print(stderr, "{}\n", grammar::render(*one.diagnostic, found.files(), colours(STDERR_FILENO)));
  }
  for (const report_of::Finding& one : found.all) {
    if (one.known) fmt::print(stderr, "{}", report_of::reminder(found, one));
  }
}

/// How each rule is kept: a line for each, by the worst of its verdicts.
void print_rules(const compiler::Compiled& compiled) {
  using compiler::proof::Obligation;
  using compiler::proof::Verdict;
  const bytecode::Module& module = *compiled.module;
  struct Tally {
    std::size_t proved = 0, guarded = 0, unreachable = 0;
  };
  std::map<bytecode::Index, Tally> rules;
  Tally all;
  for (const Obligation& o : compiled.proofs.obligations) {
    for (Tally* tally : {&rules[o.rule], &all}) {
      tally->proved += o.verdict == Verdict::proved ? 1 : 0;
      tally->guarded += o.verdict == Verdict::guarded ? 1 : 0;
      tally->unreachable += o.verdict == Verdict::unreachable ? 1 : 0;
    }
  }
  const std::size_t pairs = all.proved + all.guarded + all.unreachable;
  fmt::print("{}: {} workflow{}, {} rule{}, {} pair{} of effect and rule: {} proved, {} guarded{}\n", module.project,
             module.workflows.size(), module.workflows.size() == 1 ? "" : "s", module.rules.size(),
             module.rules.size() == 1 ? "" : "s", pairs, pairs == 1 ? "" : "s", all.proved, all.guarded,
             all.unreachable == 0 ? "" : fmt::format(", {} where nobody comes", all.unreachable));
  for (bytecode::Index r = 0; r < module.rules.size(); ++r) {
    const auto at = rules.find(r);
    const Tally tally = at == rules.end() ? Tally{} : at->second;
    const std::size_t of = tally.proved + tally.guarded + tally.unreachable;
    const std::string_view how = tally.guarded != 0 ? "guarded" : tally.proved != 0 ? "proved" : "idle";
    const std::string share =
        tally.guarded != 0 && tally.guarded < of ? fmt::format(" ({} of {})", tally.guarded, of) : "";
    fmt::print("  {:<8} {:<28} {}{}\n", how, module.rules[r].name, module.rules[r].text, share);
  }
  for (const compiler::AskedWaiver& asked : compiled.waivers) {
    if (asked.in_force())
      fmt::print("  {:<8} {:<28} in {} {}: {}\n", "waived", asked.wanted.rule, asked.wanted.workflow,
                 waived_words(asked.waiver), asked.waiver.because);
  }
}

std::string count_of(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

/// How many there are, and what can be done next.
void print_summary(const Findings& found) {
  const std::size_t errors = found.fresh(Severity::error), warnings = found.fresh(Severity::warning);
  const std::size_t notes = found.fresh(Severity::note);
  if (errors + warnings + notes == 0) return;
  const auto fresh = [](const report_of::Finding& f) { return !f.known; };
  const auto mendable = std::count_if(found.all.begin(), found.all.end(), [&](const report_of::Finding& f) {
    return fresh(f) && compiler::applicable(*f.diagnostic, *found.compiled) != nullptr;
  });
  const std::string more = notes == 0 ? "" : ", " + count_of(notes, "note");
  fmt::print(stderr, "{}, {}{}{}\n", count_of(errors, "error"), count_of(warnings, "warning"), more,
             found.compared ? " that the baseline does not know" : "");
  if (mendable > 0) fmt::print(stderr, "`fairlead check --fix` mends {} of them\n", mendable);
  const auto first = std::find_if(found.all.begin(), found.all.end(), fresh);
  fmt::print(stderr, "`fairlead explain {}` tells more\n", grammar::to_string(first->diagnostic->code));
}

/// What of a baseline is still there, and what is not.
void print_known(const Findings& found, std::size_t known, std::size_t errors, const std::string& file) {
  if (known > 0)
    fmt::print(stderr, "{} known by {}{}\n", known == 1 ? "1 finding is" : fmt::format("{} findings are", known), file,
               errors == 0 ? "" : "; `fairlead deploy` refuses the project until the errors among them are mended");
  if (!found.gone.empty())
    fmt::print(stderr, "{} of {} {} gone: `fairlead check --write-baseline {}` takes {} out\n",
               count_of(found.gone.size(), "finding"), file, found.gone.size() == 1 ? "is" : "are", file,
               found.gone.size() == 1 ? "it" : "them");
}

/// Writes the baseline that was asked for, and reads the one that is to be compared with. False where that fails.
bool take_baseline(Findings& found, const Options& options, int& exit_code) {
  std::string text;
  if (!options.new_baseline.empty()) {
    text = report_of::write_baseline(found);
    if (!write_whole(options.new_baseline, text)) {
      exit_code = report({FaultCode::file_unwritable, {options.new_baseline, "could not be written"}});
      return false;
    }
    fmt::print(stderr, "{} written to {}; `fairlead check --baseline {}` tells what is new\n",
               count_of(found.all.size(), "finding"), options.new_baseline, options.new_baseline);
  } else if (options.baseline.empty()) {
    return true;
  } else {
    std::ifstream in(options.baseline, std::ios::binary);
    std::ostringstream whole;
    whole << in.rdbuf();
    if (!in) {
      fmt::print(stderr, "fairlead: {} cannot be read; `fairlead check --write-baseline {}` makes it\n",
                 options.baseline, options.baseline);
      exit_code = failed;
      return false;
    }
    text = whole.str();
  }
  if (report_of::compare(found, text)) return true;
  fmt::print(stderr, "fairlead: {} is no baseline; `fairlead check --write-baseline {}` makes one\n", options.baseline,
             options.baseline);
  exit_code = failed;
  return false;
}

/// Applies what is sure and writes the files that changed. Says what it did on `to`.
bool fix(compiler::Compiled& compiled, const std::string& path, std::FILE* to, int& exit_code) {
  const std::vector<grammar::Source> before(compiled.files.begin(),
                                            compiled.files.begin() + static_cast<std::ptrdiff_t>(compiled.own));
  compiler::Mended mended = compiler::mend(before, compiler::project_files(path));
  for (std::size_t i = 0; i < before.size(); ++i) {
    const grammar::Source& now = mended.compiled.files[i];
    if (now.text() == before[i].text()) continue;
    if (!write_whole(now.path(), now.text())) {
      exit_code = report({FaultCode::file_unwritable, {now.path(), "could not be written"}});
      return false;
    }
  }
  for (const compiler::AppliedFix& one : mended.applied) {
    fmt::print(to, "mended {}:{}: {} ({})\n", before[one.file].path(), one.line, one.title,
               grammar::to_string(one.code));
  }
  compiled = std::move(mended.compiled);
  return true;
}

void run(const Options& options, int& exit_code) {
  const auto reports = wanted(options);
  if (!reports) {
    exit_code = wrong_use;
    return;
  }
  const bool machine = std::any_of(reports->begin(), reports->end(),
                                   [](const Wanted& w) { return w.file.empty() && w.format != Format::text; });
  std::optional<compiler::proof::Cache> cache;
  if (!options.cache.empty()) cache.emplace(options.cache);
  compiler::Compiled compiled = compiler::compile_path(options.path, {.cache = cache ? &*cache : nullptr});
  const bool unreadable =
      std::any_of(compiled.diagnostics.begin(), compiled.diagnostics.end(), [](const grammar::Diagnostic& d) {
        return d.code == grammar::Code::unreadable_file || d.code == grammar::Code::no_files;
      });
  if (options.fix && !unreadable && !fix(compiled, options.path, machine ? stderr : stdout, exit_code)) return;

  Findings found(compiled);
  if (!unreadable && !take_baseline(found, options, exit_code)) return;
  const std::size_t known = found.known(), known_errors = compiled.errors() - found.fresh(Severity::error);
  if (options.new_only) found.only_new();
  for (const Wanted& one : *reports) {
    if (!one.file.empty()) {
      if (write_whole(one.file, report_of::render(one.format, found))) continue;
      exit_code = report({FaultCode::file_unwritable, {one.file, "could not be written"}});
      return;
    }
    if (one.format == Format::text) {
      print_findings(found);
      print_summary(found);
      print_known(found, known, known_errors, options.new_baseline.empty() ? options.baseline : options.new_baseline);
      if (compiled.module && !machine) print_rules(compiled);
    } else {
      fmt::print("{}", report_of::render(one.format, found));
    }
  }
  if (compiled.module) {
    if (const Result<void> sound = bytecode::verify(*compiled.module); !sound) {
      exit_code = report(sound.error());
      return;
    }
  }
  const bool warnings = found.fresh(Severity::warning) > 0, errors = found.fresh(Severity::error) > 0;
  exit_code = unreadable ? failed : errors || (options.strict && warnings) ? findings : fine;
}

}  // namespace

void add_check(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("check", "read a project and say what is wrong with it");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_flag("--strict", options->strict, "warnings fail too");
  command->add_flag("--fix", options->fix, "mend what can surely be mended, and say what it was");
  std::string names;
  for (const auto& info : report_of::formats()) names += fmt::format("{}{}", names.empty() ? "" : ", ", info.name);
  command
      ->add_option("--format", options->formats,
                   fmt::format("how to report: {}; with `:FILE` into a file; may stand several times", names))
      ->option_text("FORMAT[:FILE]")
      ->expected(1)
      ->take_all();
  command->add_flag("--json", options->json, "short for --format json");
  CLI::Option* baseline =
      command->add_option("--baseline", options->baseline, "a file of findings that are known, and fail nothing");
  CLI::Option* write =
      command->add_option("--write-baseline", options->new_baseline, "write what is found now into such a file");
  write->excludes(baseline)->option_text("FILE");
  command->add_option("--cache", options->cache, "a folder that keeps what was proved, for the next time")
      ->option_text("FOLDER");
  command->add_flag("--new-only", options->new_only, "report only what the baseline does not know")->needs(baseline);
  baseline->option_text("FILE");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
