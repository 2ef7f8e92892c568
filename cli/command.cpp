// What the commands share.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <chrono>

#include <cstdlib>

#include "runtime/values/hash.hpp"

namespace fairlead::cli {

bool terminal(int descriptor) {
  return isatty(descriptor) == 1;
}

namespace {

/// A variable that counts where it is set to anything.
bool set_in_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

bool colours(int descriptor) {
  if (set_in_environment("NO_COLOR")) return false;
  if (set_in_environment("CLICOLOR_FORCE")) return std::string_view(std::getenv("CLICOLOR_FORCE")) != "0";
  const char* kind = std::getenv("TERM");
  return terminal(descriptor) && (kind == nullptr || std::string_view(kind) != "dumb");
}

void choose_colours(const std::string& when) {
  if (when == "always") {
    unsetenv("NO_COLOR");
    setenv("CLICOLOR_FORCE", "1", 1);
  } else if (when == "never") {
    setenv("NO_COLOR", "1", 1);
  }
}

std::filesystem::path folder_of(const std::string& path) {
  std::error_code unseen;
  return std::filesystem::is_regular_file(path, unseen) ? std::filesystem::path(path).parent_path()
                                                        : std::filesystem::path(path);
}

std::string store_of(const std::string& project, const std::string& db) {
  return db.empty() ? (folder_of(project) / "fairlead.db").string() : db;
}

Instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

std::uint64_t new_seed() {
  std::uint64_t out = 0;
  for (const char c : random_bytes(8)) out = out << 8U | static_cast<unsigned char>(c);
  return out;
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

std::string waived_words(const bytecode::Waiver& waiver) {
  return fmt::format("until {} by {}", to_string(waiver.until), waiver.signed_by);
}

std::optional<compiler::Compiled> compiled_or_report(const std::string& path, int& exit_code) {
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
  return compiled;
}

std::optional<bytecode::Module> compile_or_report(const std::string& path, int& exit_code) {
  std::optional<compiler::Compiled> compiled = compiled_or_report(path, exit_code);
  return compiled ? std::move(compiled->module) : std::nullopt;
}

}  // namespace fairlead::cli
