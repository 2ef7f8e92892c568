// fairlead disasm: the bytecode of a project, for a person beside the source; or of a module file.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace fairlead::cli {

namespace {

struct Options {
  std::string path = ".";
  std::string out;
};

void run(const Options& options, int& exit_code) {
  std::optional<bytecode::Module> module;
  if (options.path.ends_with(".flbc")) {
    if (std::error_code unseen; std::filesystem::is_directory(options.path, unseen)) {
      exit_code = report({FaultCode::file_unreadable, {options.path, "it is a folder"}});
      return;
    }
    std::ifstream in(options.path, std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    if (!in) {
      exit_code = report({FaultCode::file_unreadable, {options.path, "cannot be opened"}});
      return;
    }
    Result<bytecode::Module> decoded = bytecode::decode(bytes.str());
    if (!decoded) {
      exit_code = report(decoded.error());
      return;
    }
    module = std::move(*decoded);
  } else {
    module = compile_or_report(options.path, exit_code);
    if (!module) return;
  }
  if (options.out.empty()) {
    fmt::print("{}", bytecode::disassemble(*module));
    return;
  }
  std::ofstream out(options.out, std::ios::binary);
  out << bytecode::encode(*module);
  out.close();
  if (!out) exit_code = report({FaultCode::file_unwritable, {options.out, "could not be written"}});
}

}  // namespace

void add_disasm(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("disasm", "show the bytecode of a project beside its source's lines");
  command->add_option("PATH", options->path, "a folder of .lead files, one file, or a compiled .flbc")
      ->capture_default_str();
  command->add_option("-o,--out", options->out, "write the module itself to this file instead");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
