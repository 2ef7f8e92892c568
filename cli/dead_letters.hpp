// The commands of `fairlead outbox` that decide on what was set aside.
#pragma once

#include "cli/command.hpp"

namespace fairlead::cli {

void add_dead_letters(Session& session, CLI::App& outbox);

}  // namespace fairlead::cli
