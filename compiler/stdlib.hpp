// The standard library, compiled into the binary (stdlib/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace fairlead::compiler {

struct StandardModule {
  std::string_view name;  // `std.channels`
  std::string_view path;  // `stdlib/channels.lead`, for diagnostics
  std::string_view text;
};

std::span<const StandardModule> standard_modules();

}  // namespace fairlead::compiler
