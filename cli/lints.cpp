// fairlead lints: what `check` says beside errors, at which level, and what each is about.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "compiler/lint/lints.hpp"

namespace fairlead::cli {

namespace {

void list(bool json) {
  nlohmann::json out = nlohmann::json::array();
  if (!json) fmt::print("{:<8} {:<24} {:<9} {}\n", "code", "name", "level", "about");
  for (const compiler::lint::Lint& lint : compiler::lint::lints()) {
    const std::string code = grammar::to_string(lint.code);
    if (json) {
      out.push_back(
          {{"code", code}, {"name", lint.name()}, {"level", grammar::to_string(lint.level)}, {"about", lint.about()}});
    } else {
      fmt::print("{:<8} {:<24} {:<9} {}\n", code, lint.name(), grammar::to_string(lint.level), lint.about());
    }
  }
  if (json) fmt::print("{}\n", out.dump(2));
}

}  // namespace

void add_lints(Session& session) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = session.app.add_subcommand("lints", "list what `check` says beside errors");
  command->add_flag("--json", *json, "print the list as JSON");
  command->callback([json] { list(*json); });
}

}  // namespace fairlead::cli
