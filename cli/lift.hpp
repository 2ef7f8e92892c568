// The command that shows what the holdouts show.
#pragma once

#include "cli/command.hpp"

namespace fairlead::cli {

void add_lift(Session& session);

}  // namespace fairlead::cli
