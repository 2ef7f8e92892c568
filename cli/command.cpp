// What the commands share.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace fairlead::cli {

bool terminal(int descriptor) {
  return isatty(descriptor) == 1;
}

bool colours(int descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  return terminal(descriptor) && (no_colour == nullptr || *no_colour == '\0');
}

std::filesystem::path folder_of(const std::string& path) {
  std::error_code unseen;
  return std::filesystem::is_regular_file(path, unseen) ? std::filesystem::path(path).parent_path()
                                                        : std::filesystem::path(path);
}

int report(const Fault& fault) {
  fmt::print(stderr, "fairlead: {}\n", describe(fault));
  return failed;
}

void print(const compiler::Compiled& compiled, bool notes) {
  for (const grammar::Diagnostic& diagnostic : compiled.diagnostics) {
    if (diagnostic.severity == grammar::Severity::note && !notes) continue;
    fmt::print(stderr, "{}\n", grammar::render(diagnostic, compiled.files, colours(STDERR_FILENO)));
  }
}

std::optional<bytecode::Module> compile_or_report(const std::string& path, int& exit_code) {
  compiler::Compiled compiled = compiler::compile_path(path);
  print(compiled, false);
  if (!compiled.module) {
    const bool unreadable =
        std::any_of(compiled.diagnostics.begin(), compiled.diagnostics.end(), [](const grammar::Diagnostic& d) {
          return d.code == grammar::Code::unreadable_file || d.code == grammar::Code::no_files;
        });
    exit_code = unreadable ? failed : findings;
    return std::nullopt;
  }
  // The compiler's work is verified like a stranger's.
  if (const Result<void> sound = bytecode::verify(*compiled.module); !sound) {
    exit_code = report(sound.error());
    return std::nullopt;
  }
  return std::move(*compiled.module);
}

}  // namespace fairlead::cli
