// Whether a file is UTF-8 text, and what is said where it is not.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "grammar/diagnostic.hpp"

namespace fairlead::compiler {

/// The offset of the first byte that is not UTF-8, or nothing.
std::optional<std::size_t> invalid_utf8(std::string_view text);

grammar::Diagnostic not_utf8(std::uint32_t file, std::size_t offset);

}  // namespace fairlead::compiler
