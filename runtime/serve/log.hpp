// What a running engine tells whoever looks after it: lines on standard error, with a level.
#pragma once

#include <string>

#include "runtime/engine/engine.hpp"

namespace fairlead::serve {

/// `error`, `warning`, `info` or `debug`; what is below is not printed.
void log_from(const std::string& level);

/// An entry of the audit that somebody should hear of: a circuit that opens, a message that is set aside, a pause.
void log(const audit::Entry& entry);
void log_batch(const engine::Engine::Progress& progress, double seconds);
void log_warning(const std::string& text);
void log_info(const std::string& text);

}  // namespace fairlead::serve
