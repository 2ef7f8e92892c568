// fairlead check: reads a project and says what is wrong with it, and how each rule is kept.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".";
  bool strict = false;
  bool json = false;
};

nlohmann::json to_json(const compiler::Compiled& compiled) {
  nlohmann::json out = nlohmann::json::array();
  for (const grammar::Diagnostic& d : compiled.diagnostics) {
    nlohmann::json one{
        {"code", grammar::to_string(d.code)}, {"severity", grammar::to_string(d.severity)}, {"message", d.message}};
    if (d.primary.file < compiled.files.size()) {
      const grammar::Source& source = compiled.files[d.primary.file];
      const grammar::Position at = source.position(d.primary.span.begin);
      const grammar::Position to = source.position(d.primary.span.end);
      one["file"] = source.path();
      one["line"] = at.line;
      one["column"] = at.column;
      one["end_line"] = to.line;
      one["end_column"] = to.column;
    }
    if (!d.help.empty()) one["help"] = d.help;
    out.push_back(std::move(one));
  }
  return out;
}

void print_rules(const bytecode::Module& module) {
  std::size_t pairs = 0;
  for (const bytecode::Workflow& workflow : module.workflows) {
    std::size_t sends = 0;
    for (const bytecode::Index step : workflow.steps)
      sends += module.steps[step].kind == bytecode::StepKind::send ? 1 : 0;
    pairs += sends * workflow.rules.size();
  }
  fmt::print("{}: {} workflow{}, {} rule{}, {} pairs of message and rule: 0 proved, {} guarded, 0 broken\n",
             module.project, module.workflows.size(), module.workflows.size() == 1 ? "" : "s", module.rules.size(),
             module.rules.size() == 1 ? "" : "s", pairs, pairs);
  for (const bytecode::Rule& rule : module.rules) fmt::print("  guarded  {:<28} {}\n", rule.name, rule.text);
}

void run(const Options& options, int& exit_code) {
  const compiler::Compiled compiled = compiler::compile_path(options.path);
  const std::size_t errors = compiled.errors();
  const std::size_t warnings = compiled.count(grammar::Severity::warning);
  const std::size_t notes = compiled.count(grammar::Severity::note);
  if (options.json) {
    fmt::print("{}\n", to_json(compiled).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    print(compiled, true);
    if (errors + warnings + notes > 0) {
      const std::string more = notes == 0 ? "" : fmt::format(", {} note{}", notes, notes == 1 ? "" : "s");
      fmt::print(stderr, "{} error{}, {} warning{}{}\n", errors, errors == 1 ? "" : "s", warnings,
                 warnings == 1 ? "" : "s", more);
    }
    if (compiled.module) print_rules(*compiled.module);
  }
  const bool unreadable =
      std::any_of(compiled.diagnostics.begin(), compiled.diagnostics.end(), [](const grammar::Diagnostic& d) {
        return d.code == grammar::Code::unreadable_file || d.code == grammar::Code::no_files;
      });
  if (compiled.module) {
    if (const Result<void> sound = bytecode::verify(*compiled.module); !sound) {
      exit_code = report(sound.error());
      return;
    }
  }
  exit_code = unreadable ? failed : errors > 0 || (options.strict && warnings > 0) ? findings : fine;
}

}  // namespace

void add_check(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("check", "read a project and say what is wrong with it");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_flag("--strict", options->strict, "warnings fail too");
  command->add_flag("--json", options->json, "print the findings as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
