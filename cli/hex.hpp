// Bytes in files that people may look at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead::cli {

std::string hex_of(std::string_view bytes);
/// Nothing where the text is no such.
std::optional<std::string> bytes_of(std::string_view text);

}  // namespace fairlead::cli
