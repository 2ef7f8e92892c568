// fairlead format: one way to write each file. No options but what to do with the result.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/files.hpp"
#include "grammar/format.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::vector<std::string> paths;
  bool check = false;
};

/// The canonical text, or nothing after the file's mistakes have been printed.
std::optional<std::string> formatted(const grammar::Source& source) {
  std::optional<std::string> out = grammar::format(source);
  if (out) return out;
  const grammar::Parsed parsed = grammar::parse(source, 0);
  for (const grammar::Diagnostic& d : parsed.diagnostics)
    fmt::print(stderr, "{}\n", grammar::render(d, {source}, colours(2)));
  return std::nullopt;
}

void run(const Options& options, int& exit_code) {
  if (options.paths.size() == 1 && options.paths[0] == "-") {
    std::stringstream text;
    text << std::cin.rdbuf();
    const grammar::Source source("standard input", text.str());
    const auto out = formatted(source);
    if (!out) {
      exit_code = findings;
    } else if (options.check) {
      exit_code = *out == source.text() ? fine : findings;
    } else {
      fmt::print("{}", *out);
    }
    return;
  }
  std::size_t changed = 0;
  for (const std::string& path : options.paths) {
    const std::vector<std::string> files = compiler::lead_files(path);
    if (files.empty()) exit_code = report({FaultCode::file_unreadable, {path, "there are no .lead files in " + path}});
    for (const std::string& file : files) {
      std::ifstream in(file, std::ios::binary);
      std::stringstream text;
      text << in.rdbuf();
      if (!in) {
        exit_code = report({FaultCode::file_unreadable, {file, "cannot be opened"}});
        continue;
      }
      const grammar::Source source(file, text.str());
      const auto out = formatted(source);
      if (!out) {
        exit_code = std::max<int>(exit_code, findings);
        continue;
      }
      if (*out == source.text()) continue;
      ++changed;
      if (options.check) {
        fmt::print("{} is not formatted\n", file);
        exit_code = std::max<int>(exit_code, findings);
        continue;
      }
      if (!write_whole(file, *out)) {
        exit_code = report({FaultCode::file_unwritable, {file, "could not be written"}});
        continue;
      }
      fmt::print("formatted {}\n", file);
    }
  }
  if (options.check && changed > 0) fmt::print("run `fairlead format` to mend {}\n", changed == 1 ? "it" : "them");
}

}  // namespace

void add_format(Session& session) {
  auto options = std::make_shared<Options>();
  options->paths = {"."};
  CLI::App* command = session.app.add_subcommand("format", "write .lead files the one way they are written");
  command->add_option("PATH", options->paths, "folders or files; `-` reads standard input and prints the result");
  command->add_flag("--check", options->check, "change nothing; exit 1 where something would change");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
